"""Knows the fields of tasks and of the steps on them. Knows no record."""

from typing import Any

from wtforms import FloatField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields import DateTimeLocalField, SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from forms.base import EditForm, mark
from forms.chain import id_or_none, worded
from qms.rules.actions_tasks import KINDS, LEVELS


class DueForm(EditForm):
    """Who has to do something by when: a time at the site, or working hours from now."""

    owner_id = SelectField(mark("Who does it"), coerce=id_or_none, choices=[])
    due_at = DateTimeLocalField(mark("Due at"), [Optional()], format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"])
    due_hours = FloatField(mark("or working hours from now"), [Optional(), NumberRange(0.1, 4000)],
                           description=mark("Counted by shifts and calendar of the plant."))


class TaskForm(DueForm):
    """A task, and how it was weighed."""

    kind = SelectField(mark("Kind"), [InputRequired()], default="corrective",
                       description=mark("Corrective and preventive actions begin as options; the sponsor chooses."))
    cause_id = SelectField(mark("Cause that it answers"), coerce=id_or_none, choices=[])
    text = TextAreaField(mark("What is to be done"), [DataRequired(), Length(max=1000)])
    level = SelectField(mark("Error-proofing level"), [Optional()])
    risk = TextAreaField(mark("Which new failure may it bring?"), [Optional(), Length(max=500)],
                         description=mark("Name it and what is done about it, or say why there is none."))
    trial_pieces = IntegerField(mark("Trial: pieces"), [Optional(), NumberRange(1, 1_000_000_000)])
    trial_result = StringField(mark("Trial: result"), [Optional(), Length(max=500)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = worded(KINDS, self.language)
        self.level.choices = [SelectChoice("", self.meta.translate(mark("Choose a level"))),
                              *worded(LEVELS, self.language)]


class ReportForm(EditForm):
    """The proof that a task is done."""

    evidence = TextAreaField(mark("By what can it be seen?"), [DataRequired(), Length(max=1000)],
                             description=mark("Photo, record, measurement, with number and date."))
    effective_from = StringField(mark("In effect from lot or serial"), [Optional(), Length(max=120)])
    changes_process = RadioField(mark("Does it change the process?"), [Optional()])
    change_ref = StringField(mark("Customer's approval of the change"), [Optional(), Length(max=120)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.changes_process.choices = [SelectChoice("yes", self.meta.translate(mark("Yes"))),
                                        SelectChoice("no", self.meta.translate(mark("No")))]

    def values(self) -> dict[str, Any]:
        """Return what was entered, the change as True, False or None."""
        given = super().values()
        if "changes_process" in given:
            given["changes_process"] = {"yes": True, "no": False}.get(given["changes_process"] or "")
        return given


class ReasonForm(EditForm):
    """A step that asks why."""

    reason = TextAreaField(mark("Why?"), [DataRequired(), Length(max=500)])
