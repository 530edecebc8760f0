"""Lessons learned by JSON: find them, read one, write and reword them. Decides nothing."""

from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from forms.base_json import Body
from forms.chain import id_or_none
from qms.models.actions_causes import Lesson
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.workflows import actions_lessons
from qms.workflows.chain_paging import Wish

bp = Blueprint("actions_lessons_api", __name__, url_prefix="/api/v1/actions")


class LessonSent(Body):
    """What was learnt: one line, and all of it."""

    title: str = Field(max_length=200)
    text: str = Field(max_length=4000)


class LessonReworded(LessonSent):
    """A lesson worded anew, at the version that was read."""

    rev: int = Field(ge=1)


@bp.get("/lessons")
@needs("actions.view")
def register() -> ResponseReturnValue:
    """Find lessons (`q`, `site`, `action`), newest first; `next` is what to send as `after` for older ones."""
    wanted = actions_lessons.Filter(
        sought=request.args.get("q", "")[:100], site_id=request.args.get("site", type=id_or_none),
        action_id=request.args.get("action", type=id_or_none))
    found = actions_lessons.register(reading(), person(), wanted, Wish(after=request.args.get("after", "")[:300]))
    return jsonify({"lessons": [_shown(lesson) for lesson in found.rows], "next": found.following or None})


@bp.get("/lessons/<id:lesson_id>")
@needs("actions.view")
def show(lesson_id: int) -> ResponseReturnValue:
    """Read one lesson."""
    return jsonify(_shown(actions_lessons.one(reading(), person(), lesson_id)))


@bp.post("/<id:action_id>/lessons")
@needs("actions.work")
@takes(LessonSent)
def write(action_id: int) -> ResponseReturnValue:
    """Write a lesson from a case: 201 with it."""
    sent = read_body(LessonSent)
    with writing("actions.write_lesson") as session:
        made = actions_lessons.write(session, person(), action_id, **sent.model_dump())
    return jsonify(_shown(made)), 201


@bp.put("/lessons/<id:lesson_id>")
@needs("actions.work")
@takes(LessonReworded)
def edit(lesson_id: int) -> ResponseReturnValue:
    """Word a lesson anew."""
    sent = read_body(LessonReworded)
    with writing("actions.edit_lesson") as session:
        held = actions_lessons.edit(session, person(), lesson_id, **sent.model_dump())
    return jsonify(_shown(held))


def _shown(lesson: Lesson) -> dict[str, Any]:
    fields = ("id", "rev", "number", "site_id", "action_id", "title", "text", "written_by_id")
    return {name: getattr(lesson, name) for name in fields} | {"written_on": lesson.written_on.isoformat()}
