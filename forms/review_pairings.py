"""Knows the fields of a pairing of measures: set with a lag, ended with a reason. Knows no record."""

from typing import Any

from wtforms import IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from forms.base import EditForm, Form, mark
from forms.chain import id_or_none, worded
from qms.rules.review_pairings import INNER, MOST_LAG, OUTER


class PairForm(Form):
    """Which two measures are held beside each other, and the lag that is said beforehand."""

    customer_id = SelectField(mark("Outside customer"), [InputRequired()], coerce=id_or_none, choices=[])
    inner = SelectField(mark("Internal measure"), [InputRequired()],
                        description=mark("Over the links that lead to this customer."))
    outer = SelectField(mark("Measure of the customer"), [InputRequired()])
    lag = IntegerField(mark("Lag in months"), [InputRequired(), NumberRange(0, MOST_LAG)],
                       description=mark("By so many months the internal measure comes first: lead time and stock."))
    also = StringField(mark("Other lags shown"), [Optional(), Length(max=40)],
                       description=mark("At most three, as 0, 2. Each one makes every result less sure."))
    why = TextAreaField(mark("Why this lag"), [DataRequired(), Length(max=500)],
                        description=mark("From lead time and stock, not from the figures."))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.inner.choices = worded({code: one.words for code, one in INNER.items()}, self.language)
        self.outer.choices = worded({code: one.words for code, one in OUTER.items()}, self.language)


class EndForm(EditForm):
    """Why a pairing is ended."""

    reason = TextAreaField(mark("Reason"), [DataRequired(), Length(max=500)])
