"""Knows the fields of rejections, their holds, containment and origin. Knows no record."""

from typing import Any

from wtforms import BooleanField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from forms.acceptance_filters import IdField
from forms.base import EditForm, Form, mark
from forms.chain import id_or_none, worded
from forms.trail_signatures import SignedForm
from qms.rules.rejections import KIND_HINTS, KINDS, LARGEST, SEVERITIES

_PIECES = NumberRange(0, LARGEST)
_SOME_PIECES = NumberRange(1, LARGEST)


class ReportForm(Form):
    """A defect as whoever found it reports it: what, where, how many; the rest may follow."""

    client_id = HiddenField()
    handover_id = IdField()
    kind = RadioField(mark("What happened"), [InputRequired()])
    defect = StringField(mark("Defect"), [Optional(), Length(max=200)],
                         description=mark("Code, name or pinyin initials. Leave it empty if you do not know."))
    found_unit_id = SelectField(mark("Where it was found"), [InputRequired()], coerce=id_or_none, choices=[])
    lot = StringField(mark("Lot"), [Optional(), Length(max=80)], description=mark(
        "Lot, batch, work order or serial number. Empty: it cannot be read, and the product is held as suspect."))
    item = StringField(mark("Item"), [Optional(), Length(max=200)],
                       description=mark("Only needed when the lot is not known."))
    quantity = IntegerField(mark("Quantity"), [InputRequired(), _SOME_PIECES])
    whole_lot = BooleanField(mark("The whole lot is suspect: hold all of it"))
    location = StringField(mark("Where it is kept now"), [Optional(), Length(max=120)])
    origin_unit_id = SelectField(mark("Who seems to have made it"), coerce=id_or_none, choices=[])
    severity = SelectField(mark("Severity"))
    zone = StringField(mark("Where on the part"), [Optional(), Length(max=60)])
    requirement = TextAreaField(mark("Requirement"), [Optional(), Length(max=500)])
    actual = TextAreaField(mark("What was found"), [Optional(), Length(max=500)])
    note = TextAreaField(mark("Note"), [Optional(), Length(max=4000)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = [SelectChoice(code, f"{words.to(self.language)}: {KIND_HINTS[code].to(self.language)}")
                             for code, words in KINDS.items()]
        self.severity.choices = [SelectChoice("", self.meta.translate(mark("That of the defect"))),
                                 *worded(SEVERITIES, self.language)]

    @property
    def has_details(self) -> bool:
        """Tell whether anything beyond what, where and how many was entered or is wrong."""
        details = ("location", "origin_unit_id", "severity", "zone", "requirement", "actual", "note")
        return any(self[key].data or self[key].errors for key in details)


class CorrectForm(EditForm):
    """What was reported, with the reason why it is changed."""

    reason = TextAreaField(mark("Why is it corrected"), [DataRequired(), Length(max=1000)])
    quantity = IntegerField(mark("Quantity"), [InputRequired(), _SOME_PIECES])
    lot = StringField(mark("Lot"), [Optional(), Length(max=80)])
    item = StringField(mark("Item"), [Optional(), Length(max=200)],
                       description=mark("Only needed when the lot is not known."))
    defect = StringField(mark("Defect"), [Optional(), Length(max=200)])
    severity = SelectField(mark("Severity"), [InputRequired()])
    zone = StringField(mark("Where on the part"), [Optional(), Length(max=60)])
    requirement = TextAreaField(mark("Requirement"), [Optional(), Length(max=500)])
    actual = TextAreaField(mark("What was found"), [Optional(), Length(max=500)])
    note = TextAreaField(mark("Note"), [Optional(), Length(max=4000)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.severity.choices = worded(SEVERITIES, self.language)


class VoidForm(EditForm):
    """The reason why a rejection is void."""

    reason = TextAreaField(mark("Why is it void"), [DataRequired(), Length(max=500)])


class ReleaseForm(EditForm):
    """What a re-inspection found."""

    good = IntegerField(mark("Good"), [InputRequired(), _PIECES])
    not_good = IntegerField(mark("Not good: stays held"), [InputRequired(), _PIECES])
    result = TextAreaField(mark("Result of the re-inspection"), [DataRequired(), Length(max=500)],
                           description=mark("What was checked, how, and what was found."))
    criteria_ref = StringField(mark("Agreed criteria"), [Optional(), Length(max=120)],
                               description=mark("Asked for when the customer found it."))


class LineForm(EditForm):
    """The answer of one place; four empty quantities: not answered yet."""

    suspect = IntegerField(mark("Suspect"), [Optional(), _PIECES])
    checked = IntegerField(mark("Checked"), [Optional(), _PIECES])
    nonconforming = IntegerField(mark("Nonconforming"), [Optional(), _PIECES])
    good = IntegerField(mark("Good"), [Optional(), _PIECES])
    method = StringField(mark("Method"), [Optional(), Length(max=200)])

    @property
    def changed(self) -> dict[str, Any] | None:
        """Return the answer if it is not what was stored before; None when nothing was entered or changed."""
        given = {name: self[name].data for name in ("suspect", "checked", "nonconforming", "good")}
        given["method"] = (self.method.data or "").strip() or None
        before = {name: self[name].object_data for name in given}
        return None if given == before else given


class ConfirmForm(EditForm):
    """The words with which an origin is confirmed; they may be none."""

    reason = TextAreaField(mark("Remark"), [Optional(), Length(max=1000)])


class ContestForm(EditForm):
    """Why an origin is wrong, and who made it instead."""

    reason = TextAreaField(mark("Why is this origin wrong"), [DataRequired(), Length(max=1000)])
    unit_id = SelectField(mark("Who made it instead"), coerce=id_or_none, choices=[])


class AssumeForm(EditForm):
    """Another origin to be assumed."""

    unit_id = SelectField(mark("Who seems to have made it"), [InputRequired()], coerce=id_or_none, choices=[])
    reason = TextAreaField(mark("Reason"), [Optional(), Length(max=1000)])


class DecideForm(SignedForm):
    """Who made the defect, as someone uninvolved decides."""

    unit_id = SelectField(mark("Who made the defect"), [InputRequired()], coerce=id_or_none, choices=[])
    reason = TextAreaField(mark("Reasons of the decision"), [DataRequired(), Length(max=1000)])
