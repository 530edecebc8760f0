"""Knows the fields of settlement: its month, its switch, and an internal price. Knows no record."""

from wtforms import DateField, DecimalField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp

from forms.base import Form, mark
from forms.chain import id_or_none

_MONTH = Regexp(r"^20\d\d-(0[1-9]|1[0-2])$", message=mark("A month is written as 2026-11."))


class MonthFilter(Form):
    """Which month of which site is shown."""

    site = SelectField(mark("Site"), coerce=id_or_none, choices=[])
    month = StringField(mark("Month"), [Optional(), _MONTH])


class SwitchForm(Form):
    """Why settlement is switched on or off."""

    reason = TextAreaField(mark("Reason"), [DataRequired(), Length(max=500)])


class PriceForm(Form):
    """An internal price from a day on; the one before it ends the day before."""

    link_id = SelectField(mark("Link"), [InputRequired()], coerce=id_or_none, choices=[])
    item = StringField(mark("Item"), [Optional(), Length(max=200)],
                       description=mark("Empty: the price of any item on this link."))
    price = DecimalField(mark("Price of a piece"), [InputRequired()], places=None)
    currency = StringField(mark("Currency"), [DataRequired(), Length(min=3, max=3)], default="CNY")
    valid_from = DateField(mark("Valid from"), [InputRequired()])
