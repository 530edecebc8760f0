"""Internal complaints, appeals and follow-ups by JSON: registers, records, every step. Decides nothing.

A change carries the version (`rev`) at which the record was read; an older one is answered with 409 and both versions.
"""

from collections.abc import Callable
from datetime import date
from typing import Literal

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from forms.base_json import LARGEST_ID, Body
from forms.chain import id_or_none
from forms.trail_signatures_json import SignedBody
from qms.db import Record
from qms.db.ledger import plain
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body, told
from qms.web.openapi_routes import takes
from qms.web.signing import sent_by, told_signatures
from qms.workflows import service_appeals, service_complaints, service_complaints_shown, service_follow_ups
from qms.workflows import service_complaints_register as pages
from qms.workflows.chain_paging import Wish
from qms.workflows.service_complaints_scores import does_count

bp = Blueprint("service_complaints_api", __name__, url_prefix="/api/v1/service")

Id = Field(ge=1, le=LARGEST_ID)


class ComplaintSent(Body):
    """A complaint of one unit on another."""

    complaining_id: int = Id
    accused_id: int = Id
    matter: str = Field(max_length=500)
    kind: str = Field(default="", max_length=20, description="empty: as the link between the two says")
    standard_ref: str | None = Field(default=None, max_length=200)
    evidence: str | None = Field(default=None, max_length=4000)
    impact: str | None = Field(default=None, max_length=500)
    expectation: str | None = Field(default=None, max_length=500)
    source_kind: Literal["free", "rejections", "stops", "handovers", "other"] = "free"
    record_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    source_ref: str | None = Field(default=None, max_length=120)


class StepSent(Body):
    """A step that asks for nothing but the version at which the record was read."""

    rev: int = Field(ge=1)


class AcceptSent(StepSent):
    """The acceptance of a complaint."""

    answer: str | None = Field(default=None, max_length=500)


class RefuseSent(StepSent):
    """Why a complaint is not accepted."""

    answer: str = Field(max_length=500)


class PlanSent(StepSent):
    """What will be done, by whom, until when."""

    plan: str = Field(max_length=4000)
    promised_on: date
    owner_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    cause: str | None = Field(default=None, max_length=500)


class FinishSent(StepSent):
    """What was done."""

    result: str = Field(max_length=4000)


class ConfirmSent(StepSent):
    """The complaining unit's word that it is solved."""

    satisfied: int = Field(ge=1, le=5)
    confirmation: str | None = Field(default=None, max_length=500)


class ReasonSent(StepSent):
    """Why a complaint is reopened or withdrawn."""

    reason: str = Field(max_length=500)


class AppealSent(StepSent):
    """The grounds of an appeal."""

    grounds: str = Field(max_length=4000)


class DecideSent(StepSent, SignedBody):
    """The decision of an appeal."""

    decision: Literal["uphold", "overturn"]
    reasons: str = Field(max_length=4000)


class FollowUpSent(StepSent):
    """One follow-up visit."""

    recurred: bool
    channel: Literal["visit", "call", "message"]
    satisfied: int | None = Field(default=None, ge=1, le=5)
    note: str | None = Field(default=None, max_length=500)


class LookSent(StepSent):
    """What a person says of a marked complaint."""

    conclusion: Literal["genuine", "set_aside"]
    note: str = Field(max_length=500)


STEPS: dict[str, tuple[type[StepSent], Callable[..., Record], str]] = {
    "acknowledge": (StepSent, service_complaints.acknowledge, "service.acknowledge_complaint"),
    "accept": (AcceptSent, service_complaints.accept, "service.accept_complaint"),
    "refuse": (RefuseSent, service_complaints.refuse, "service.refuse_complaint"),
    "plan": (PlanSent, service_complaints.plan, "service.plan_complaint"),
    "finish": (FinishSent, service_complaints.finish, "service.finish_complaint"),
    "confirm": (ConfirmSent, service_complaints.confirm, "service.confirm_complaint"),
    "reopen": (ReasonSent, service_complaints.reopen, "service.reopen_complaint"),
    "withdraw": (ReasonSent, service_complaints.withdraw, "service.withdraw_complaint"),
    "appeal": (AppealSent, service_complaints.appeal, "service.appeal"),
}


@bp.get("/complaints")
@needs("service.view")
def register() -> ResponseReturnValue:
    """Read a page of complaints (`site`, `state`, `kind`, `complaining`, `accused`, `q`, `after`)."""
    given = request.args
    wanted = pages.Filter(
        sought=given.get("q", "")[:100], site_id=given.get("site", type=id_or_none), state=given.get("state", "")[:20],
        kind=given.get("kind", "")[:20], complaining_id=given.get("complaining", type=id_or_none),
        accused_id=given.get("accused", type=id_or_none))
    page = pages.register(reading(), person(), wanted, _wish())
    return jsonify({"complaints": [told(row) for row in page.rows], "next": page.following or None})


@bp.post("/complaints")
@needs("service.complain")
@takes(ComplaintSent)
def file() -> ResponseReturnValue:
    """File a complaint: 201."""
    sent = read_body(ComplaintSent).model_dump()
    return _written("service.file_complaint", lambda session: service_complaints.file(session, person(), **sent), 201)


@bp.get("/complaints/<id:complaint_id>")
@needs("service.view")
def show(complaint_id: int) -> ResponseReturnValue:
    """Read a complaint with its six steps, appeals, follow-ups and marks, and the steps that the caller may take."""
    held = pages.whole(reading(), person(), complaint_id)
    follow_ups = service_follow_ups.of_complaint(reading(), held.id)
    appeals = service_appeals.of_complaint(reading(), held.id)
    six = [{"step": s.words.en, "unit_id": s.unit.id, "at": plain(s.at), "due_at": plain(s.due_at), "late": s.late}
           for s in service_complaints_shown.told_back(held, follow_ups)]
    return jsonify(told(held) | {
        "told_back": six, "counts": does_count(held), "steps": [told(one) for one in held.steps],
        "appeals": [told(one) for one in appeals],
        "signatures": told_signatures("appeals", [one.id for one in appeals]),
        "follow_ups": [told(one) for one in follow_ups], "flags": [told(one) for one in held.flags],
        "offered": service_complaints_shown.offered(reading(), person(), held)})


@bp.post("/complaints/<id:complaint_id>/acknowledge")
@needs("service.answer")
@takes(StepSent)
def acknowledge(complaint_id: int) -> ResponseReturnValue:
    """Say that the complaint was received."""
    return _step("acknowledge", complaint_id)


@bp.post("/complaints/<id:complaint_id>/accept")
@needs("service.answer")
@takes(AcceptSent)
def accept(complaint_id: int) -> ResponseReturnValue:
    """Accept the complaint."""
    return _step("accept", complaint_id)


@bp.post("/complaints/<id:complaint_id>/refuse")
@needs("service.answer")
@takes(RefuseSent)
def refuse(complaint_id: int) -> ResponseReturnValue:
    """Do not accept the complaint, with reasons."""
    return _step("refuse", complaint_id)


@bp.post("/complaints/<id:complaint_id>/plan")
@needs("service.answer")
@takes(PlanSent)
def plan(complaint_id: int) -> ResponseReturnValue:
    """Say what will be done."""
    return _step("plan", complaint_id)


@bp.post("/complaints/<id:complaint_id>/finish")
@needs("service.answer")
@takes(FinishSent)
def finish(complaint_id: int) -> ResponseReturnValue:
    """Report as done."""
    return _step("finish", complaint_id)


@bp.post("/complaints/<id:complaint_id>/confirm")
@needs("service.complain")
@takes(ConfirmSent)
def confirm(complaint_id: int) -> ResponseReturnValue:
    """Confirm for the complaining unit that it is solved (R-32)."""
    return _step("confirm", complaint_id)


@bp.post("/complaints/<id:complaint_id>/reopen")
@needs("service.complain")
@takes(ReasonSent)
def reopen(complaint_id: int) -> ResponseReturnValue:
    """Say that it is not solved (R-32)."""
    return _step("reopen", complaint_id)


@bp.post("/complaints/<id:complaint_id>/withdraw")
@needs("service.complain")
@takes(ReasonSent)
def withdraw(complaint_id: int) -> ResponseReturnValue:
    """Take the complaint back (R-32)."""
    return _step("withdraw", complaint_id)


@bp.post("/complaints/<id:complaint_id>/appeal")
@needs("service.view")
@takes(AppealSent)
def appeal(complaint_id: int) -> ResponseReturnValue:
    """Appeal for one of the parties: 201 (R-33)."""
    return _step("appeal", complaint_id, 201)


@bp.post("/complaints/flags/<id:flag_id>")
@needs("service.review")
@takes(LookSent)
def look_at(flag_id: int) -> ResponseReturnValue:
    """Say what a marked complaint is, as someone uninvolved (R-33)."""
    sent = read_body(LookSent).model_dump()
    return _written("service.look_at_flag",
                    lambda session: service_complaints.look_at(session, person(), flag_id, **sent))


@bp.get("/appeals")
@needs("service.view")
def appeals() -> ResponseReturnValue:
    """Read a page of appeals (`site`, `state`, `unit`, `q`, `after`)."""
    given = request.args
    wanted = service_appeals.Filter(given.get("q", "")[:100], given.get("site", type=id_or_none),
                                    given.get("state", "")[:20], given.get("unit", type=id_or_none))
    page = service_appeals.register(reading(), person(), wanted, _wish())
    return jsonify({"appeals": [told(row) for row in page.rows], "next": page.following or None})


@bp.post("/appeals/<id:appeal_id>/decide")
@needs("service.review")
@takes(DecideSent)
def decide(appeal_id: int) -> ResponseReturnValue:
    """Decide an appeal as someone uninvolved (R-33)."""
    sent = sent_by(read_body(DecideSent))
    return _written("service.decide_appeal",
                    lambda session: service_complaints.decide(session, person(), appeal_id, **sent))


@bp.get("/follow-ups")
@needs("service.view")
def follow_ups() -> ResponseReturnValue:
    """Read a page of follow-ups (`site`, `state`, `unit`, `q`, `after`)."""
    given = request.args
    wanted = service_follow_ups.Filter(given.get("q", "")[:100], given.get("site", type=id_or_none),
                                       given.get("state", "")[:20], given.get("unit", type=id_or_none))
    page = service_follow_ups.register(reading(), person(), wanted, _wish())
    return jsonify({"follow_ups": [told(row) for row in page.rows], "next": page.following or None})


@bp.post("/follow-ups/<id:follow_up_id>")
@needs("service.follow")
@takes(FollowUpSent)
def make(follow_up_id: int) -> ResponseReturnValue:
    """Record a follow-up; "came back" reopens the complaint (R-32)."""
    sent = read_body(FollowUpSent).model_dump()
    return _written("service.follow_up",
                    lambda session: service_follow_ups.make(session, person(), follow_up_id, **sent))


def _step(name: str, complaint_id: int, status: int = 200) -> ResponseReturnValue:
    body, work, action = STEPS[name]
    sent = read_body(body).model_dump()
    return _written(action, lambda session: work(session, person(), complaint_id, **sent), status)


def _written(action: str, work: Callable[[Session], Record], status: int = 200) -> ResponseReturnValue:
    with writing(action) as session:
        body = told(work(session))
    return jsonify(body), status


def _wish() -> Wish:
    return Wish(sort=request.args.get("sort", "")[:300], after=request.args.get("after", "")[:300])
