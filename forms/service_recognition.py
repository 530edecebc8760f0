"""Knows the fields of recognition, suggestions, training and notices, and their filter rows. Knows no record."""

from typing import Any, ClassVar

from wtforms import DateField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional

from forms.base import EditForm, Form, mark
from forms.chain import id_or_none, worded
from forms.chain_filters import RegisterFilter
from qms.rules.service_recognition import KINDS, MOST_POINTS, RECOGNITION, SUGGESTION
from qms.rules.words import Words

_SHORT, _LONG = Length(max=500), Length(max=4000)
DECISIONS: dict[str, Words] = {step.name: step.words for step in SUGGESTION.steps if step.name != "put_in_place"}


class RecognitionFilter(RegisterFilter):
    """What recognitions are asked for."""

    unit = SelectField(mark("Unit"), coerce=id_or_none, choices=[])
    kind = SelectField(mark("For what"), default="")
    state = SelectField(mark("State"), default="")
    vocabularies: ClassVar = {"kind": KINDS, "state": RECOGNITION.words}


class SuggestionFilter(RegisterFilter):
    """What suggestions are asked for."""

    unit = SelectField(mark("Unit"), coerce=id_or_none, choices=[])
    state = SelectField(mark("State"), default="")
    vocabularies: ClassVar = {"state": SUGGESTION.words}


class UnitFilter(RegisterFilter):
    """What sessions and notices are asked for."""

    unit = SelectField(mark("Unit"), coerce=id_or_none, choices=[])


class ProposeForm(Form):
    """A unit or person to be recognised."""

    unit_id = SelectField(mark("Unit"), [InputRequired()], coerce=id_or_none, choices=[])
    kind = SelectField(mark("For what"), [InputRequired()])
    record = StringField(mark("Number of the case or self-report"), [DataRequired(), Length(max=40)],
                         description=mark("A case closed as effective, or a rejection that they reported themselves."))
    reason = TextAreaField(mark("Reason"), [DataRequired(), _SHORT])
    honoured_id = SelectField(mark("Person"), [Optional()], coerce=id_or_none, choices=[],
                              description=mark("Only if one person is meant; they are asked first."))
    points = IntegerField(mark("Recognition points"), [Optional(), NumberRange(0, MOST_POINTS)],
                          description=mark("Never money."))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.kind.choices = worded(KINDS, self.language)


class SuggestForm(Form):
    """An idea."""

    unit_id = SelectField(mark("Unit that it is about"), [InputRequired()], coerce=id_or_none, choices=[])
    idea = TextAreaField(mark("Idea"), [DataRequired(), _LONG])
    benefit = TextAreaField(mark("What it would bring"), [Optional(), _SHORT])


class EvaluateForm(EditForm):
    """The evaluation of an idea."""

    decision = RadioField(mark("Evaluation"), [InputRequired()])
    evaluation = TextAreaField(mark("Why"), [DataRequired(), _SHORT],
                               description=mark("Whoever had the idea reads this."))

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.decision.choices = worded(DECISIONS, self.language)


class OutcomeForm(EditForm):
    """What an adopted idea brought."""

    outcome = TextAreaField(mark("What it brought"), [DataRequired(), _SHORT])


class TrainingForm(Form):
    """A session that was held."""

    site_id = SelectField(mark("Site"), [InputRequired()], coerce=id_or_none, choices=[])
    topic = StringField(mark("Topic"), [DataRequired(), Length(max=200)])
    held_on = DateField(mark("Held on"), [InputRequired()])
    trainer = StringField(mark("Trainer"), [DataRequired(), Length(max=120)])
    material_ref = StringField(mark("Material"), [Optional(), Length(max=120)])


class AttendForm(Form):
    """How many of a unit came."""

    unit_id = SelectField(mark("Unit"), [InputRequired()], coerce=id_or_none, choices=[])
    expected = IntegerField(mark("Expected"), [InputRequired(), NumberRange(1, 100_000)])
    attended = IntegerField(mark("Came"), [InputRequired(), NumberRange(0, 100_000)])


class NoticeForm(Form):
    """A notice in both languages."""

    site_id = SelectField(mark("Site"), [InputRequired()], coerce=id_or_none, choices=[])
    unit_id = SelectField(mark("Addressed to"), [Optional()], coerce=id_or_none, choices=[])
    title_zh = StringField(mark("Chinese title"), [DataRequired(), Length(max=200)])
    title_en = StringField(mark("English title"), [DataRequired(), Length(max=200)])
    body_zh = TextAreaField(mark("Chinese text"), [DataRequired(), _LONG])
    body_en = TextAreaField(mark("English text"), [DataRequired(), _LONG])
