"""Knows the fields of retention, legal holds and disposal. Knows no record."""

from typing import Any

from wtforms import DateField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from forms.base import EditForm, Form, mark
from forms.trail_signatures import SignedForm
from qms.rules.trail_retention import HOLD_KINDS, LEAST_YEARS, MOST_YEARS

_REASON = mark("Reason")


class RetentionForm(Form):
    """For how many years a class is kept."""

    rev = HiddenField()
    years = IntegerField(mark("Years"), [InputRequired(), NumberRange(LEAST_YEARS, MOST_YEARS)])
    special_years = IntegerField(mark("Years, special characteristics"),
                                 [Optional(), NumberRange(LEAST_YEARS, MOST_YEARS)])
    reason = TextAreaField(_REASON, [DataRequired(), Length(max=500)],
                           description=mark("For example: the customer requirement or the law that asks for it."))

    @property
    def read_at(self) -> int:
        """Return the version of the site's own setting that the editor saw; 0: there was none."""
        sent = str(self.rev.data or "")
        return int(sent) if sent.isdecimal() and len(sent) < 10 else 0


class HoldForm(Form):
    """What is held back, and why."""

    kind = SelectField(mark("What is held"), choices=[])
    named = StringField(mark("Number or code"), [Optional(), Length(max=120)],
                        description=mark("Of the record, lot, item or customer; empty for a period."))
    first_on = DateField(mark("First day"), [Optional()])
    last_on = DateField(mark("Last day"), [Optional()])
    reason = TextAreaField(_REASON, [DataRequired(), Length(max=500)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = [SelectChoice(code, words.to(self.language)) for code, words in HOLD_KINDS.items()]


class WhyForm(EditForm):
    """A step that needs nothing but its reason."""

    reason = TextAreaField(_REASON, [DataRequired(), Length(max=500)])


class ProposeForm(Form):
    """The proposal to dispose of what is due."""

    reason = TextAreaField(_REASON, [DataRequired(), Length(max=500)])


class ApproveDisposalForm(SignedForm):
    """The approval of a disposal."""
