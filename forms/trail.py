"""Knows the fields by which the trail is searched and its review written down. Knows no record."""

from typing import Any, ClassVar

from wtforms import DateField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import InputRequired, Length, Optional

from forms.base import Form, mark
from forms.chain import id_or_none
from forms.chain_filters import ChainFilter
from qms.rules.trail import TABLES
from qms.rules.trail_actions import ACTIONS
from qms.rules.trail_reviews import FINDINGS


class TrailFilter(ChainFilter):
    """The filter row of the trail. An unknown choice filters nothing."""

    person: Any = SelectField(mark("Who"), coerce=id_or_none, choices=[])
    action = SelectField(mark("Action"), default="")
    entity = SelectField(mark("Record kind"), default="")
    number = StringField(mark("Number of a record"), [Length(max=60)])
    first = DateField(mark("From"), [Optional()])
    last = DateField(mark("To day"), [Optional()])
    id = HiddenField()
    vocabularies: ClassVar = {"action": ACTIONS, "entity": TABLES}


class TrailReviewForm(Form):
    """What a review of the trail covered and found."""

    first = DateField(mark("First day"), [InputRequired()])
    last = DateField(mark("Last day"), [InputRequired()])
    finding: Any = SelectField(mark("Finding"), [InputRequired()], choices=[])
    said = TextAreaField(mark("What was found, and what becomes of it"), [Optional(), Length(max=2000)])
    next_due_on = DateField(mark("Next review due"), [InputRequired()])

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.finding.choices = [SelectChoice(code, said.to(self.language)) for code, said in FINDINGS.items()]


class TrailReviewsFilter(ChainFilter):
    """The filter row of the register of reviews."""

    site = None
    finding = SelectField(mark("Finding"), default="")
    vocabularies: ClassVar = {"finding": FINDINGS}
