"""Knows the fields of visits and calls, of each step on them, and the filter row."""

from typing import Any, ClassVar

from wtforms import DateField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from forms.base import EditForm, mark
from forms.chain import id_or_none, worded
from forms.chain_filters import RegisterFilter
from qms.rules.customers_visits import KINDS, LEAST, LISTED, MOST, STATES


class VisitFilter(RegisterFilter):
    """What visits are asked for."""

    unit = SelectField(mark("Customer or unit"), coerce=id_or_none, choices=[])
    kind = SelectField(mark("Kind"), default="")
    state = SelectField(mark("State"), default="")
    vocabularies: ClassVar = {"kind": KINDS, "state": LISTED | STATES}


class WhenForm(EditForm):
    """Who goes on which day."""

    planned_on = DateField(mark("Planned for"), [InputRequired()])
    goer_id = SelectField(mark("Who goes"), [InputRequired()], coerce=id_or_none, choices=[])
    best_time = StringField(mark("Best time to meet"), [Optional(), Length(max=200)])


class PlanForm(WhenForm):
    """A visit or call that is planned."""

    unit_id = SelectField(mark("Customer or unit"), [InputRequired()], coerce=id_or_none, choices=[])
    kind = SelectField(mark("Kind"), [InputRequired()], default="visit")
    purpose = TextAreaField(mark("Purpose"), [DataRequired(), Length(max=1000)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = worded(KINDS, self.language)


class MoveForm(WhenForm):
    """A visit that is moved to another day or person."""

    reason = TextAreaField(mark("Reason"), [DataRequired(), Length(max=500)])


class CallOffForm(EditForm):
    """A visit that is called off."""

    reason = TextAreaField(mark("Reason"), [DataRequired(), Length(max=500)])


class LogForm(EditForm):
    """What was said."""

    done_on = DateField(mark("Done on"), [InputRequired()])
    said = TextAreaField(mark("What was said"), [DataRequired(), Length(max=4000)])
    satisfied = SelectField(mark("How satisfied are they, from 1 to 5?"), [Optional()],
                            description=mark("Left open: nobody said. That is not the same as satisfied."))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.satisfied.choices = [SelectChoice("", "–"), *(SelectChoice(str(n), str(n))
                                                           for n in range(LEAST, MOST + 1))]

    def values(self) -> dict[str, Any]:
        """Return what was entered; the rating as a number, None where it was not given."""
        given = super().values()
        return given | {"satisfied": int(given["satisfied"]) if given["satisfied"] else None}


class RecordForm(LogForm):
    """What was said, and when the next one is."""

    next_on = DateField(mark("Next one on"), [Optional()], description=mark("Plans the next one at once."))
    best_time = StringField(mark("Best time to meet"), [Optional(), Length(max=200)])


class CorrectForm(LogForm):
    """A log that is corrected."""

    reason = TextAreaField(mark("Reason"), [DataRequired(), Length(max=500)])
