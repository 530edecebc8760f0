"""Knows the fields of causes and of their whys. Knows no record.

Many of these stand on one page, each under a prefix of its own.
"""

from typing import Any

from wtforms import IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from forms.base import EditForm, mark
from forms.chain import id_or_none, worded
from qms.rules.actions import CATEGORIES


class CauseForm(EditForm):
    """A candidate: its bone and its words."""

    category = SelectField(mark("Bone"), [InputRequired()])
    text = StringField(mark("Possible cause"), [DataRequired(), Length(max=500)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.category.choices = worded(CATEGORIES, self.language)


class WhyForm(EditForm):
    """One why and the evidence for it."""

    text = StringField(mark("Because"), [DataRequired(), Length(max=500)])
    evidence = StringField(mark("Evidence"), [Optional(), Length(max=500)])


class TestForm(EditForm):
    """What the test of a candidate showed."""

    holds = RadioField(mark("The test shows"), [InputRequired()])
    test = TextAreaField(mark("How it was tested and what was seen"), [Optional(), Length(max=1000)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.holds.choices = [SelectChoice("yes", self.meta.translate(mark("Yes, it holds"))),
                              SelectChoice("no", self.meta.translate(mark("It is ruled out"))),
                              SelectChoice("open", self.meta.translate(mark("Not tested yet")))]

    def values(self) -> dict[str, Any]:
        """Return what was entered, the result as True, False or None."""
        given = super().values()
        return given | {"holds": {"yes": True, "no": False}.get(given["holds"])}


class DescribeForm(EditForm):
    """What else is known of a cause."""

    control_unit_id = SelectField(mark("First control that should have caught it"), coerce=id_or_none, choices=[])
    contribution_percent = IntegerField(mark("Contribution"), [Optional(), NumberRange(0, 100)])
    pfmea_ref = StringField(mark("PFMEA line"), [Optional(), Length(max=120)],
                            description=mark("Was this mode listed there, and rated right?"))


class VerifyForm(EditForm):
    """How a cause was proven."""

    verification = TextAreaField(
        mark("How it was proven"), [DataRequired(), Length(max=1000)],
        description=mark("The fault was switched on and off with it, or data show it: numbers, pieces, dates."))
