"""Knows the fields of scorecard readings and of special status. Knows no record."""

from typing import Any

from wtforms import DateField, DecimalField, FileField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields import MonthField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from forms.base import EditForm, Form, mark
from forms.chain import id_or_none, worded
from qms.rules.customers_metrics import METRICS, WORDS
from qms.rules.customers_scores import STATUSES

_ACTION = mark("Needed for a value off target, or the reason below.")


class CorrectForm(EditForm):
    """A reading that is corrected."""

    value = DecimalField(mark("Value"), [InputRequired()], places=None)
    action = StringField(mark("Corrective action"), [Optional(), Length(max=40)], description=_ACTION)
    note = TextAreaField(mark("Why no action is needed"), [Optional(), Length(max=500)])
    reason = TextAreaField(mark("Why it is corrected"), [DataRequired(), Length(max=500)])


class ReadingForm(EditForm):
    """What a scorecard says of a metric in a month."""

    month = MonthField(mark("Month"), [InputRequired()])
    metric = SelectField(mark("Metric"), [InputRequired()])
    plant_id = SelectField(mark("Plant of the customer"), coerce=id_or_none, choices=[])
    value = DecimalField(mark("Value"), [InputRequired()], places=None)
    read_on = DateField(mark("Read on"), [InputRequired()])
    action = StringField(mark("Corrective action"), [Optional(), Length(max=40)], description=_ACTION)
    note = TextAreaField(mark("Why no action is needed"), [Optional(), Length(max=500)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.metric.choices = [(code, f"{words.to(self.language)} [{METRICS[code].unit.to(self.language)}]")
                               for code, words in WORDS.items()]


class WorkbookForm(Form):
    """A scorecard workbook for a site."""

    site_id = SelectField(mark("Site"), [InputRequired()], coerce=id_or_none, choices=[])
    file = FileField(mark("Workbook (.xlsx)"), [InputRequired()],
                     description=mark("Nothing is saved yet: first you see what would change."))


class MonthsForm(Form):
    """The months of a template."""

    first = MonthField(mark("From month"), [InputRequired()])
    last = MonthField(mark("To month"), [InputRequired()])


class TakeOverForm(Form):
    """The decision to take a scorecard workbook over as its preview showed it."""

    digest = HiddenField()
    read_on = DateField(mark("Read on"), [InputRequired()],
                        description=mark("When the new readings were read at the customers' portals."))
    reason = TextAreaField(mark("Reason"), [DataRequired(), Length(max=500)],
                           description=mark("It is kept with every reading that is corrected."))


class StatusForm(EditForm):
    """A special status that a customer put us under."""

    kind = SelectField(mark("Kind"), [InputRequired()])
    plant_id = SelectField(mark("Plant of the customer"), coerce=id_or_none, choices=[])
    from_on = DateField(mark("First day"), [InputRequired()])
    to_on = DateField(mark("Last day"), [Optional()], description=mark("Empty: still in force."))
    cause = TextAreaField(mark("Why the customer did so"), [DataRequired(), Length(max=1000)])
    exit_criteria = TextAreaField(mark("Exit criteria"), [DataRequired(), Length(max=1000)])
    body_told_on = DateField(mark("Certification body told on"), [Optional()],
                             description=mark("Red until it was told."))
    body_ref = StringField(mark("How it was told"), [Optional(), Length(max=200)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = worded(STATUSES, self.language)
