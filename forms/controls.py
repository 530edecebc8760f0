"""Knows the fields of process controls, their tests and bypasses, and the filter rows. Knows no record."""

from typing import Any, ClassVar

from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import DateTimeLocalField, SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from forms.accounts_qualifications import UnqualifiedForm
from forms.base import EditForm, Form, mark
from forms.chain import id_or_none, worded
from forms.chain_filters import RegisterFilter
from qms.rules.controls import KINDS, LISTED, MOST_HOURS, STATES

_PIECES = NumberRange(0, 1_000_000)
_REF = Length(max=120)


class ControlFilter(RegisterFilter):
    """What controls are asked for."""

    unit = SelectField(mark("Operation"), coerce=id_or_none, choices=[])
    kind = SelectField(mark("Kind"), default="")
    state = SelectField(mark("State"), default="")
    vocabularies: ClassVar = {"kind": KINDS, "state": LISTED}


class BypassFilter(RegisterFilter):
    """What bypasses are asked for."""

    unit = SelectField(mark("Operation"), coerce=id_or_none, choices=[])
    state = SelectField(mark("State"), default="")
    vocabularies: ClassVar = {"state": STATES}


class ControlForm(EditForm):
    """A primary control as the control plan names it."""

    code = StringField(mark("Code"), [DataRequired(), Length(max=40)])
    kind = SelectField(mark("Kind"), [InputRequired()])
    name_zh = StringField(mark("Chinese name"), [DataRequired(), Length(max=200)])
    name_en = StringField(mark("English name"), [DataRequired(), Length(max=200)])
    pfmea_ref = StringField(mark("PFMEA line"), [Optional(), _REF])
    severity = IntegerField(mark("Severity in the PFMEA"), [Optional(), NumberRange(1, 10)])
    test_every_hours = IntegerField(mark("Test every"), [Optional(), NumberRange(1, MOST_HOURS)],
                                    description=mark("In hours that the plant works. Empty: not tested by failure."))
    challenge_part = StringField(mark("Challenge part"), [Optional(), _REF],
                                 description=mark("The known-bad part that the device must catch."))
    challenge_valid_to = DateField(mark("Challenge part valid until"), [Optional()])
    reaction_zh = TextAreaField(mark("Reaction when a test fails (Chinese)"), [Optional(), Length(max=500)])
    reaction_en = TextAreaField(mark("Reaction when a test fails (English)"), [Optional(), Length(max=500)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = worded(KINDS, self.language)


class NewControlForm(ControlForm):
    """A control that is put on the list of an operation."""

    unit_id = SelectField(mark("Operation"), [InputRequired()], coerce=id_or_none, choices=[])


class ChangedControlForm(ControlForm):
    """A control that is changed, or taken out of use."""

    active = BooleanField(mark("In use"))


class TestForm(UnqualifiedForm):
    """One test by failure or simulated failure."""

    __test__ = False

    good = RadioField(mark("Did the device catch it?"), [InputRequired()])
    note = TextAreaField(mark("Note"), [Optional(), Length(max=500)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.good.choices = [
            SelectChoice("yes", self.meta.translate(mark("Yes, the test is good"))),
            SelectChoice("no", self.meta.translate(mark("No: hold everything since the last good test")))]


class AlternateForm(Form):
    """A method that may stand in for a control once it is approved."""

    name_zh = StringField(mark("Chinese name"), [DataRequired(), Length(max=200)])
    name_en = StringField(mark("English name"), [DataRequired(), Length(max=200)])
    instruction_ref = StringField(mark("Work instruction"), [DataRequired(), _REF])
    instruction_rev = StringField(mark("Revision of the instruction"), [DataRequired(), Length(max=20)])
    risk_ref = StringField(mark("Risk analysis"), [DataRequired(), _REF],
                           description=mark("The PFMEA line or other analysis by which it is approved."))
    verify_pieces = IntegerField(mark("Pieces to verify after the control is back"),
                                 [InputRequired(), NumberRange(1, 1_000_000)])
    customer_needed = BooleanField(mark("The customer has to approve before shipping"))


class StartForm(Form):
    """The start of a bypass."""

    alternate_id = SelectField(mark("Alternate"), [InputRequired()], coerce=id_or_none, choices=[])
    reason = TextAreaField(mark("Why the control is not used"), [DataRequired(), Length(max=500)])
    planned_end_at = DateTimeLocalField(mark("Planned end"), [InputRequired()])
    customer_ref = StringField(mark("Customer's approval"), [Optional(), _REF],
                               description=mark("Needed where the alternate says so."))


class ReviewForm(Form):
    """The daily look at a bypass."""

    note = TextAreaField(mark("What was found, and what is done to end it"), [DataRequired(), Length(max=500)])


class TagForm(Form):
    """A lot that is tagged by hand."""

    lot = StringField(mark("Lot"), [DataRequired(), Length(max=80)])
    first_piece = StringField(mark("First piece kept"), [Optional(), _REF])
    last_piece = StringField(mark("Last piece kept"), [Optional(), _REF])


class LotReviewForm(Form):
    """The review of a tagged lot by the pieces that were kept of it."""

    first_piece = StringField(mark("First piece kept"), [DataRequired(), _REF])
    last_piece = StringField(mark("Last piece kept"), [DataRequired(), _REF])


class VerifyForm(EditForm):
    """The verification of the restart."""

    pieces = IntegerField(mark("Pieces looked at"), [InputRequired(), _PIECES])
    nonconforming = IntegerField(mark("Nonconforming"), [InputRequired(), _PIECES], default=0)
    verification = TextAreaField(mark("How it was verified"), [DataRequired(), Length(max=500)])
