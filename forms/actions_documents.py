"""Knows the fields of D7: documents, risk register, similar places; and of lessons. Knows no record."""

from typing import Any

from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from forms.actions_tasks import DueForm
from forms.base import EditForm, Form, mark
from forms.chain import id_or_none
from forms.chain_filters import RegisterFilter


class DocumentForm(EditForm):
    """The answer for one class of document."""

    affected = RadioField(mark("Affected?"), [InputRequired()])
    reference = StringField(mark("Number"), [Optional(), Length(max=120)])
    rev_before = StringField(mark("Revision before"), [Optional(), Length(max=20)])
    rev_after = StringField(mark("Revision after"), [Optional(), Length(max=20)])
    standard_id = SelectField(mark("Acceptance standard"), coerce=id_or_none, choices=[])
    reason = StringField(mark("Why it is not affected"), [Optional(), Length(max=500)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.affected.choices = [SelectChoice("yes", self.meta.translate(mark("Revised"))),
                                 SelectChoice("no", self.meta.translate(mark("Not affected")))]

    def values(self) -> dict[str, Any]:
        """Return what was entered, the answer as True or False."""
        given = super().values()
        return given | {"affected": given["affected"] == "yes"}


class RiskForm(EditForm):
    """The answer for the risk register."""

    risk_register = TextAreaField(mark("What changed in the risk register, or why nothing did"),
                                  [DataRequired(), Length(max=500)])


class PlaceForm(Form):
    """A similar place to ask for."""

    unit_id = SelectField(mark("Unit"), coerce=id_or_none, choices=[])
    item_id = SelectField(mark("Item"), coerce=id_or_none, choices=[])
    note = StringField(mark("In words"), [Optional(), Length(max=500)],
                       description=mark("A place that is not in the list, or that there is none like it."))


class AcrossForm(DueForm):
    """The answer for a similar place."""

    applies = RadioField(mark("Can it happen there?"), [InputRequired()])
    reason = StringField(mark("Why not"), [Optional(), Length(max=500)])
    task = StringField(mark("What is done there"), [Optional(), Length(max=1000)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.applies.choices = [SelectChoice("yes", self.meta.translate(mark("Yes"))),
                                SelectChoice("no", self.meta.translate(mark("No")))]
        self.due_hours.description = ""

    def values(self) -> dict[str, Any]:
        """Return what was entered, the answer as True or False."""
        given = super().values()
        return given | {"applies": given["applies"] == "yes"}


class LessonForm(EditForm):
    """What was learnt."""

    title = StringField(mark("In one line"), [DataRequired(), Length(max=200)])
    text = TextAreaField(mark("What was learnt"), [DataRequired(), Length(max=4000)],
                         description=mark("What happened, why, what works now, and where else it may matter."))


class LessonFilter(RegisterFilter):
    """What lessons are asked for."""
