"""Knows the fields by which corrective actions are found, opened, rerouted and tied to records. Knows no record."""

from typing import Any, ClassVar

from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from forms.base import EditForm, Form, mark
from forms.chain import id_or_none, worded
from forms.chain_filters import ChainFilter, RegisterFilter
from forms.trail_signatures import SignedForm
from qms.rules.actions import ROUTES, SOURCES, STATES
from qms.rules.rejections import SEVERITIES
from qms.rules.words import Words

RUNNING: dict[str, Words] = {"running": Words("All that are running", "所有进行中")}


class ActionFilter(RegisterFilter):
    """What corrective actions are asked for."""

    state = SelectField(mark("State"), default="")
    unit = SelectField(mark("Made or found in"), coerce=id_or_none, choices=[])
    route = SelectField(mark("Route"), default="")
    severity = SelectField(mark("Severity"), default="")
    overdue = BooleanField(mark("Overdue"), default=False)
    vocabularies: ClassVar = {"state": RUNNING | STATES, "route": ROUTES, "severity": SEVERITIES}


class BoardFilter(ChainFilter):
    """Which cases the team board shows."""

    unit = SelectField(mark("Made or found in"), coerce=id_or_none, choices=[])


class OpenForm(Form):
    """A new case. What its source tells stands there already."""

    site_id = SelectField(mark("Site"), [InputRequired()], coerce=id_or_none, choices=[])
    title = StringField(mark("Title"), [DataRequired(), Length(max=200)],
                        description=mark("Object and defect, as one would call it in a meeting."))
    severity = SelectField(mark("Severity"), [InputRequired()])
    safety = BooleanField(mark("It touches safety or the law"),
                          description=mark("Then it is critical and takes the whole 8D."))
    symptom = TextAreaField(mark("What was seen"), [Optional(), Length(max=1000)])
    item = StringField(mark("Item"), [Optional(), Length(max=200)])
    defect = StringField(mark("Defect"), [Optional(), Length(max=200)])
    lot = StringField(mark("Lot"), [Optional(), Length(max=80)])
    origin_unit_id = SelectField(mark("Origin"), coerce=id_or_none, choices=[])
    detecting_unit_id = SelectField(mark("Where it was found"), coerce=id_or_none, choices=[])
    customer_id = SelectField(mark("Outside customer"), coerce=id_or_none, choices=[],
                              description=mark("Only where it reached one; then it takes the whole 8D."))
    customer_ref = StringField(mark("Customer's reference"), [Optional(), Length(max=120)])
    route = SelectField(mark("Route"), default="")
    route_reason = TextAreaField(mark("Why this route and not the rule's"), [Optional(), Length(max=500)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.severity.choices = worded(SEVERITIES, self.language)
        self.route.choices = [SelectChoice("", self.meta.translate(mark("As the rule decides"))),
                              *worded(ROUTES, self.language)]


class RouteForm(EditForm):
    """Another route, and why."""

    route = SelectField(mark("Route"), [InputRequired()])
    route_reason = TextAreaField(mark("Why this route and not the rule's"), [Optional(), Length(max=500)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.route.choices = worded(ROUTES, self.language)


class SourceForm(EditForm):
    """One more record that a case comes from, by its number."""

    kind = SelectField(mark("Kind"), [InputRequired()])
    number = StringField(mark("Number"), [DataRequired(), Length(max=40)])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = worded(SOURCES, self.language)


class CloseForm(SignedForm):
    """The signature that closes a case."""


class VoidForm(EditForm):
    """The reason why a case is void."""

    reason = TextAreaField(mark("Why is it void"), [DataRequired(), Length(max=500)])


class GateForm(EditForm):
    """Which discipline is finished."""

    step = HiddenField()
