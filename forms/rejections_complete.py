"""Knows the fields by which a leader completes what a worker tapped. Knows no record."""

from typing import Any

from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from forms.base import EditForm, mark
from forms.chain import id_or_none, worded
from qms.rules.rejections import SEVERITIES

TEXTS = ("requirement", "actual", "note", "location")


class CompleteForm(EditForm):
    """What the leader adds to a report."""

    requirement = TextAreaField(mark("Requirement"), [Optional(), Length(max=500)],
                                description=mark("What should be, by drawing or limit. Empty: that of the defect."))
    actual = TextAreaField(mark("What was found"), [Optional(), Length(max=500)],
                           description=mark("What is, measured or described."))
    severity = SelectField(mark("Severity"), [InputRequired()])
    origin_unit_id = SelectField(mark("Who seems to have made it"), coerce=id_or_none, choices=[])
    location = StringField(mark("Where it is kept now"), [Optional(), Length(max=120)])
    whole_lot = BooleanField(mark("The whole lot is suspect: hold all of it"))
    contain = BooleanField(mark("Begin containment: ask every place"))
    note = TextAreaField(mark("Note"), [Optional(), Length(max=4000)])
    reason = TextAreaField(mark("Why something said before is changed"), [Optional(), Length(max=1000)],
                           description=mark("Only needed when you change what was there already (R-43)."))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.severity.choices = worded(SEVERITIES, self.language)

    def added(self) -> dict[str, Any]:
        """Return what was entered, but for the reason."""
        return {"severity": self.severity.data, "origin_unit_id": self.origin_unit_id.data,
                "whole_lot": bool(self.whole_lot.data), "contain": bool(self.contain.data),
                **{name: (self[name].data or "").replace("\r\n", "\n").strip() or None for name in TEXTS}}
