"""Knows the fields of an effectiveness plan. Knows no record."""

from typing import Any

from wtforms import DateField, IntegerField, RadioField, SelectField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from forms.base import EditForm, mark
from forms.chain import id_or_none
from qms.rules.actions_effectiveness import METRICS


class PlanForm(EditForm):
    """What is counted, in which time before the measures, and how long it has to stay away."""

    metric = RadioField(mark("Metric"), default="per_shift")
    item_id = SelectField(mark("Item"), coerce=id_or_none, choices=[])
    defect_id = SelectField(mark("Defect"), coerce=id_or_none, choices=[])
    origin_unit_id = SelectField(mark("Origin"), coerce=id_or_none, choices=[])
    link_id = SelectField(mark("Link"), coerce=id_or_none, choices=[])
    first = DateField(mark("Time before the measures: first day"), [InputRequired()])
    last = DateField(mark("Time before the measures: last day"), [InputRequired()])
    most = IntegerField(mark("Allowed in the window"), [InputRequired(), NumberRange(0, 1_000_000)], default=0)
    needed = IntegerField(mark("Window: shifts or pieces"), [Optional(), NumberRange(1, 1_000_000_000)],
                          description=mark("Empty: the shortest window that can be proof."))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.metric.choices = [(code, words.to(self.language)) for code, words in METRICS.items()]


class TakeBackForm(EditForm):
    """The reason why a reopening is taken back."""

    reason = TextAreaField(mark("Why the reopening is taken back"), [DataRequired(), Length(max=500)],
                           description=mark("For example: what came back was void, or proved to be another defect."))
