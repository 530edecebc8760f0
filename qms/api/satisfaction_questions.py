"""The question sets of surveys by JSON: every version, the default one, the next one. Decides nothing."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from forms.base_json import LARGEST_ID, Body
from forms.chain import id_or_none
from qms.rules.satisfaction_questions import Question
from qms.rules.words import Words
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body, told
from qms.web.openapi_routes import takes
from qms.workflows import satisfaction, satisfaction_questions

bp = Blueprint("satisfaction_questions_api", __name__, url_prefix="/api/v1/satisfaction/question-sets")


class DefaultSent(Body):
    """A site whose first questions are the default ones."""

    site_id: int = Field(ge=1, le=LARGEST_ID)
    kind: str = Field(max_length=20)


class QuestionSent(Body):
    """One question in both languages."""

    code: str = Field(max_length=20)
    kind: str = Field(max_length=20)
    text_zh: str = Field(max_length=300)
    text_en: str = Field(max_length=300)


class SetSent(Body):
    """The next version of a question set."""

    name_zh: str = Field(max_length=120)
    name_en: str = Field(max_length=120)
    importance: bool = True
    reason: str = Field(max_length=500)
    questions: list[QuestionSent] = Field(max_length=40)


@bp.get("")
@needs("satisfaction.view")
def question_sets() -> ResponseReturnValue:
    """Read every version of the question sets."""
    found = satisfaction_questions.question_sets(reading(), person(), request.args.get("site", type=id_or_none))
    return jsonify({"question_sets": [told(s) | {"questions": [told(q) for q in s.questions]} for s in found]})


@bp.post("")
@needs("satisfaction.survey")
@takes(DefaultSent)
def take_default() -> ResponseReturnValue:
    """Take the default questions as a site's first version: 201."""
    sent = read_body(DefaultSent).model_dump()
    with writing("satisfaction.take_default") as session:
        made = told(satisfaction.take_default(session, person(), **sent))
    return jsonify(made), 201


@bp.post("/<id:set_id>/versions")
@needs("satisfaction.survey")
@takes(SetSent)
def revise(set_id: int) -> ResponseReturnValue:
    """Make the next version of a question set: 201."""
    sent = read_body(SetSent)
    asked = [Question(q.code, q.kind, Words(q.text_en, q.text_zh)) for q in sent.questions]
    given = sent.model_dump() | {"questions": asked}
    with writing("satisfaction.revise") as session:
        made = told(satisfaction.revise(session, person(), set_id, **given))
    return jsonify(made), 201
