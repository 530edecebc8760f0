"""Knows the fields of cost rates, entered amounts and corrections, and the filter row. Knows no record."""

from typing import Any, ClassVar

from wtforms import DateField, DecimalField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp

from forms.base import EditForm, Form, mark
from forms.chain import id_or_none, worded
from forms.chain_filters import RegisterFilter
from qms.rules.dispositions_costs import CATEGORIES, ELEMENT_WORDS, ELEMENTS, OUTSIDE, RATE_WORDS
from qms.rules.words import Words

STATES: dict[str, Words] = {
    "estimate": Words("Estimate", "估算"),
    "approved": Words("Approved by finance", "财务已批准"),
}
_MONTH = Regexp(r"^20\d\d-(0[1-9]|1[0-2])$", message=mark("A month is written as 2026-11."))


class CostFilter(RegisterFilter):
    """What cost lines are asked for."""

    period = StringField(mark("Month"), [Optional(), _MONTH])
    category = SelectField(mark("Class"), default="")
    element = SelectField(mark("Element"), default="")
    state = SelectField(mark("State"), default="")
    vocabularies: ClassVar = {"category": CATEGORIES, "element": ELEMENT_WORDS, "state": STATES}


class RateForm(Form):
    """A rate from a day on; the one before it ends the day before."""

    kind = SelectField(mark("Kind"), [InputRequired()])
    item = StringField(mark("Item"), [Optional(), Length(max=200)],
                       description=mark("A standard cost belongs to an item; others may be of any item."))
    unit_id = SelectField(mark("Operation"), coerce=id_or_none, choices=[])
    rate = DecimalField(mark("Rate"), [InputRequired()], places=None)
    currency = StringField(mark("Currency"), [DataRequired(), Length(min=3, max=3)], default="CNY")
    valid_from = DateField(mark("Valid from"), [InputRequired()])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = worded(RATE_WORDS, self.language)


class CostForm(Form):
    """An amount that is entered by hand."""

    element = SelectField(mark("Element"), [InputRequired()])
    amount = DecimalField(mark("Amount"), [InputRequired()], places=2)
    currency = StringField(mark("Currency"), [DataRequired(), Length(min=3, max=3)], default="CNY")
    period = StringField(mark("Month"), [DataRequired(), _MONTH],
                         description=mark("Of a closed month it goes to the next open one."))
    unit_id = SelectField(mark("Operation"), coerce=id_or_none, choices=[])
    note = TextAreaField(mark("What it is for"), [DataRequired(), Length(max=500)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.element.choices = [
            SelectChoice(code, f"{CATEGORIES[e.category].to(self.language)}: {e.words.to(self.language)}")
            for code, e in ELEMENTS.items()]


class ComplaintCostForm(CostForm):
    """What a complaint of an outside customer costs."""

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.element.choices = [SelectChoice(code, e.words.to(self.language)) for code, e in ELEMENTS.items()
                                if e.category == OUTSIDE]


class ReverseForm(EditForm):
    """Why a line is taken back."""

    reason = TextAreaField(mark("Reason"), [DataRequired(), Length(max=500)])


class MonthForm(EditForm):
    """A month that is approved or closed."""
