"""Knows the fields of surveys and question sets, and the filter row. Knows no record."""

from collections.abc import Mapping
from typing import Any, ClassVar

from wtforms import BooleanField, DateField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from forms.base import EditForm, Form, mark
from forms.chain import id_or_none
from forms.chain_filters import RegisterFilter
from qms.rules.errors import Invalid
from qms.rules.satisfaction import KINDS, MOST_PLACES, MOST_QUESTIONS, STATES, USUAL
from qms.rules.satisfaction_questions import KINDS as QUESTION_KINDS
from qms.rules.satisfaction_questions import Question
from qms.rules.words import Words

_NAME = [DataRequired(), Length(max=120)]
PLACES = "places-"


class SurveyFilter(RegisterFilter):
    """What surveys are asked for."""

    kind = SelectField(mark("Kind"), default="")
    state = SelectField(mark("State"), default="")
    vocabularies: ClassVar = {"kind": KINDS, "state": STATES}


class SurveyForm(EditForm):
    """A survey as it is drafted; what it asks about stands in a table of its own (`places`)."""

    name_zh = StringField(mark("Chinese name"), _NAME)
    name_en = StringField(mark("English name"), _NAME)
    opens_on = DateField(mark("Opens on"), [InputRequired()])
    closes_on = DateField(mark("Closes on"), [InputRequired()])
    set_id = SelectField(mark("Question set"), coerce=id_or_none, choices=[])
    threshold = IntegerField(mark("Anonymity threshold"), [InputRequired(), NumberRange(1, 100)], default=USUAL,
                             description=mark("Fewest answers behind a figure that is shown: 3 at least, usually 5."))
    attributed = BooleanField(mark("Show each customer's figures under its name, however few answered"),
                              description=mark("Whoever answers is told so before the first question."))


class KioskForm(Form):
    """Places at a tablet for the people of one unit."""

    unit_id = SelectField(mark("Whose people answer"), [InputRequired()], coerce=id_or_none, choices=[])
    places = IntegerField(mark("How many people"), [InputRequired(), NumberRange(1, MOST_PLACES)])


class DecideForm(EditForm):
    """What is done about the results."""

    decision = TextAreaField(mark("What is done about it"), [DataRequired(), Length(max=4000)])


class SetForm(Form):
    """The next version of a question set; its questions stand in a table of their own (`questions`)."""

    name_zh = StringField(mark("Chinese name"), _NAME)
    name_en = StringField(mark("English name"), _NAME)
    importance = BooleanField(mark("Each rating also asks how important it is"))
    reason = StringField(mark("Why the wording changes"), [DataRequired(), Length(max=500)])


def places(sent: Mapping[str, str]) -> dict[int, int]:
    """Return how many people are invited for each thing, as sent. Raises Invalid for what is no number."""
    found: dict[int, int] = {}
    for name, value in sent.items():
        key = name.removeprefix(PLACES)
        if name.startswith(PLACES) and key.isdecimal() and len(key) < 18 and value.strip():
            if not value.strip().isdecimal() or len(value.strip()) > 6:
                raise Invalid("The number of invited people is a whole number.", "邀请人数须为整数。")
            found[int(key)] = int(value)
    return found


def questions(sent: Mapping[str, str]) -> list[Question]:
    """Return the questions of a set as sent, in order; empty rows too."""
    rows = range(MOST_QUESTIONS + 1)
    return [Question(sent.get(f"code-{n}", "")[:40], sent.get(f"kind-{n}", "rating"),
                     Words(sent.get(f"en-{n}", "")[:300], sent.get(f"zh-{n}", "")[:300]))
            for n in rows if f"code-{n}" in sent and not sent.get(f"drop-{n}")]


def question_kinds(kind: str) -> dict[str, Words]:
    """Return the kinds of questions that a kind of survey may ask."""
    return {code: words for code, words in QUESTION_KINDS.items() if code != "recommend" or kind == "customers"}


def answers(sent: Mapping[str, str]) -> dict[str, Any]:
    """Return the answers of a sheet as sent: numbers as numbers, anything else as it is."""
    given = {name.removeprefix("q-"): value for name, value in sent.items() if name.startswith("q-")}
    return {name: int(value) if value.isdecimal() and len(value) < 3 else value for name, value in given.items()}
