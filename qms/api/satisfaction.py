"""Surveys by JSON: register, drafting, each step, token links, answering, published results. Decides nothing.

A step carries the version (`rev`) at which the survey was read; an older one is answered with 409 and both versions.
Answers are given by their token alone; nothing but published figures is ever read.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from forms.base_json import LARGEST_ID, Body
from forms.chain import id_or_none
from qms.db import Record
from qms.rules.accounts import SYSTEM
from qms.web import database, needs, person, public, reading, writing
from qms.web.bodies import read_body, told
from qms.web.openapi_routes import takes
from qms.web.requests import close_reading
from qms.workflows import satisfaction, satisfaction_answering, satisfaction_results
from qms.workflows import satisfaction_register as registers
from qms.workflows.chain_paging import Wish
from qms.workflows.satisfaction_names import called

bp = Blueprint("satisfaction_api", __name__, url_prefix="/api/v1/satisfaction")

Id = Field(ge=1, le=LARGEST_ID)
Rev = Field(ge=1)


class TargetSent(Body):
    """A link, or an outside customer, and how many people are invited."""

    id: int = Id
    places: int = Field(ge=0, le=5000)


class DraftSent(Body):
    """A survey as it is drafted."""

    name_zh: str = Field(max_length=120)
    name_en: str = Field(max_length=120)
    opens_on: date
    closes_on: date
    threshold: int = Field(default=5, ge=1, le=100)
    attributed: bool = False
    set_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    targets: list[TargetSent] = Field(max_length=2000)


class NewSurvey(DraftSent):
    """A survey of a kind at a site."""

    site_id: int = Id
    kind: str = Field(max_length=20)


class ChangedSurvey(DraftSent):
    """A draft that is changed."""

    rev: int = Rev


class StepSent(Body):
    """A step that asks for nothing but the version at which the survey was read."""

    rev: int = Rev


class DecisionSent(StepSent):
    """What is done about the results."""

    decision: str = Field(max_length=4000)


class KioskSent(Body):
    """Places at a tablet for the people of a unit."""

    unit_id: int = Id
    places: int = Field(ge=1, le=5000)


class InviteSent(Body):
    """Which targets get new token links; none named: all of them."""

    target_ids: list[int] = Field(default=[], max_length=2000)


class AnswerSent(Body):
    """One answer: values by question, 1 to 5, 0 to 10 or `dk`; importance under `<code>.w`."""

    answers: dict[str, int | str] = Field(max_length=100)
    comment: str | None = Field(default=None, max_length=1000)


class RemarkSent(Body):
    """A comment by its key, as it may be published, or withheld."""

    key: str = Field(max_length=64)
    text: str = Field(max_length=1000)
    withheld: bool = False


class ScrubSent(StepSent):
    """Comments of which names are taken out; those not named stay as they are."""

    comments: list[RemarkSent] = Field(min_length=1, max_length=5000)


@bp.get("")
@needs("satisfaction.view")
def register() -> ResponseReturnValue:
    """Read a page of surveys, newest first, with how many answered and were invited (`site`, `kind`, `state`, `q`)."""
    given = request.args
    wanted = registers.Filter(sought=given.get("q", "")[:100], site_id=given.get("site", type=id_or_none),
                              kind=given.get("kind", "")[:20], state=given.get("state", "")[:20])
    page = registers.surveys(reading(), person(), wanted, Wish(after=given.get("after", "")[:300]))
    taken = registers.taken_part(reading(), page.rows)
    return jsonify({"surveys": [told(s) | dict(zip(("answered", "invited"), taken[s.id], strict=True))
                                for s in page.rows], "next": page.following or None})


@bp.post("")
@needs("satisfaction.survey")
@takes(NewSurvey)
def draft() -> ResponseReturnValue:
    """Draft a survey: 201."""
    sent = read_body(NewSurvey)
    return _written("satisfaction.draft", lambda session: satisfaction.draft(session, person(), **_given(sent)), 201)


@bp.get("/<id:survey_id>")
@needs("satisfaction.view")
def show(survey_id: int) -> ResponseReturnValue:
    """Read a survey with what it asks about and how many have answered; never what."""
    survey = satisfaction.whole(reading(), person(), survey_id)
    answered = registers.answered(reading(), survey)
    return jsonify(told(survey) | {"targets": [told(t) | {"responded": answered.get(t.id, 0)}
                                               for t in survey.targets if t.active]})


@bp.put("/<id:survey_id>")
@needs("satisfaction.survey")
@takes(ChangedSurvey)
def edit(survey_id: int) -> ResponseReturnValue:
    """Change a draft."""
    sent = read_body(ChangedSurvey)
    return _written("satisfaction.edit", lambda session: satisfaction.edit(
        session, person(), survey_id, **_given(sent)))


@bp.post("/<id:survey_id>/open", endpoint="open")
@needs("satisfaction.survey")
@takes(StepSent)
def open_survey(survey_id: int) -> ResponseReturnValue:
    """Open a survey for answers."""
    return _step("satisfaction.open", satisfaction.open_survey, survey_id)


@bp.post("/<id:survey_id>/close")
@needs("satisfaction.survey")
@takes(StepSent)
def close(survey_id: int) -> ResponseReturnValue:
    """Close a survey and seal its answers."""
    return _step("satisfaction.close", satisfaction.close, survey_id)


@bp.post("/<id:survey_id>/publish")
@needs("satisfaction.survey")
@takes(StepSent)
def publish(survey_id: int) -> ResponseReturnValue:
    """Publish the results (R-37)."""
    return _step("satisfaction.publish", satisfaction.publish, survey_id)


@bp.post("/<id:survey_id>/remind")
@needs("satisfaction.survey")
@takes(StepSent)
def remind(survey_id: int) -> ResponseReturnValue:
    """Remind the leaders of units of which not everybody has answered; gives how many mails are on their way."""
    rev = read_body(StepSent).rev
    with writing("satisfaction.remind") as session:
        mails = satisfaction.remind(session, person(), survey_id, rev)
    return jsonify({"mails": mails})


@bp.get("/<id:survey_id>/comments")
@needs("satisfaction.survey")
def comments(survey_id: int) -> ResponseReturnValue:
    """Read the comments of a closed survey that may be published, by group, in no order, with their keys."""
    survey = satisfaction.whole(reading(), person(), survey_id)
    return jsonify({"rev": survey.rev, "groups": [
        {"grouping": group.level, "unit_id": group.unit_id, "link_id": group.link_id,
         "comments": [{"key": r.key, "text": r.text, "withheld": r.withheld} for r in rows]}
        for group, rows in satisfaction.remarks(reading(), person(), survey_id)]})


@bp.post("/<id:survey_id>/scrub")
@needs("satisfaction.survey")
@takes(ScrubSent)
def scrub(survey_id: int) -> ResponseReturnValue:
    """Take names out of comments before they are published, or withhold some. What they were is kept nowhere."""
    sent = read_body(ScrubSent)
    return _written("satisfaction.scrub", lambda session: satisfaction.scrub(
        session, person(), survey_id, sent.rev, {one.key: one.text for one in sent.comments},
        [one.key for one in sent.comments if one.withheld]))


@bp.post("/<id:survey_id>/decide")
@needs("satisfaction.survey")
@takes(DecisionSent)
def decide(survey_id: int) -> ResponseReturnValue:
    """Say what is done about the results."""
    sent = read_body(DecisionSent)
    return _written("satisfaction.decide", lambda session: satisfaction.decide(
        session, person(), survey_id, sent.rev, decision=sent.decision))


@bp.post("/<id:survey_id>/invitations")
@needs("satisfaction.survey")
@takes(InviteSent)
def invite(survey_id: int) -> ResponseReturnValue:
    """Make the token links, given this once: 201. Those made before and not used stop working."""
    sent = read_body(InviteSent)
    with writing("satisfaction.invite") as session:
        made = satisfaction.invite(session, person(), survey_id, sent.target_ids)
        links = [{"target_id": one.target.id, "address": url_for(
            "satisfaction_answers.answer", token=one.token, _external=True)} for one in made]
    return jsonify({"links": links}), 201


@bp.post("/<id:survey_id>/kiosks")
@needs("satisfaction.kiosk")
@takes(KioskSent)
def kiosk(survey_id: int) -> ResponseReturnValue:
    """Start a kiosk; its address is given this once: 201."""
    sent = read_body(KioskSent)
    with writing("satisfaction.kiosk") as session:
        code = satisfaction.start_kiosk(session, person(), survey_id, unit_id=sent.unit_id, places=sent.places)
    return jsonify({"address": url_for("satisfaction_answers.kiosk", code=code, _external=True)}), 201


@bp.post("/answers/<string:token>")
@public
@takes(AnswerSent)
def answer(token: str) -> ResponseReturnValue:
    """Answer once by a token: 204. Neither who nor when is kept."""
    sent = read_body(AnswerSent)
    close_reading()
    with database().transaction(SYSTEM, "satisfaction.answer") as session:
        satisfaction_answering.answer(session, token, sent.answers, sent.comment)
    return "", 204


@bp.get("/<id:survey_id>/results")
@needs("satisfaction.view")
def results(survey_id: int) -> ResponseReturnValue:
    """Read the published counts by group and question; null is hidden (R-37). 409 before they are published."""
    survey, lines = satisfaction_results.results(reading(), person(), survey_id)
    return jsonify({
        "survey": told(survey),
        "groups": [told(x.result) | {"name_en": called(x.result).en, "name_zh": called(x.result).zh,
                                     "weak_basis": x.is_weak} for x in lines],
        "comments": [told(c) for c in satisfaction_results.comments(reading(), survey)]})


def _given(sent: DraftSent) -> dict[str, Any]:
    return sent.model_dump() | {"targets": {one.id: one.places for one in sent.targets}}


def _step(action: str, step: Callable[..., Any], record_id: int) -> ResponseReturnValue:
    rev = read_body(StepSent).rev
    return _written(action, lambda session: step(session, person(), record_id, rev))


def _written(action: str, work: Callable[[Session], Record], status: int = 200) -> ResponseReturnValue:
    with writing(action) as session:
        made: Any = work(session)
        body = told(made)
    return jsonify(body), status
