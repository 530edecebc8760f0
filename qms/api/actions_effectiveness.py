"""Effectiveness of corrective actions by JSON: plans, how they stand, confirming. Decides nothing."""

from datetime import UTC
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from pydantic import AwareDatetime, Field

from forms.base_json import LARGEST_ID, Body
from qms.models.actions_effectiveness import EffectivenessPlan, Reopening
from qms.rules.actions_effectiveness import progress
from qms.rules.clock import rfc3339, utc_now
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.workflows import actions_effectiveness as effectiveness
from qms.workflows import actions_effectiveness_taking_back as taking_back
from qms.workflows.actions_effectiveness_shown import one_plan, plans_of, propose
from qms.workflows.actions_records import one

bp = Blueprint("actions_effectiveness_api", __name__, url_prefix="/api/v1/actions")

_PLAIN = ("id", "rev", "action_id", "state", "metric", "item_id", "defect_id", "link_id", "origin_unit_id", "in_use",
          "baseline_count", "baseline_exposure", "most", "needed", "drafted_by_id", "confirmed_by_id")
_TIMES = ("baseline_from", "baseline_to", "starts_at", "drafted_at", "confirmed_at")


def _id() -> Any:
    return Field(default=None, ge=1, le=LARGEST_ID)


class Baseline(Body):
    """What is counted, and in which time before the measures."""

    metric: str = Field(max_length=20)
    item_id: int | None = _id()
    defect_id: int | None = _id()
    link_id: int | None = _id()
    origin_unit_id: int | None = _id()
    baseline_from: AwareDatetime
    baseline_to: AwareDatetime
    most: int = Field(default=0, ge=0, le=1_000_000)

    def fields(self) -> dict[str, Any]:
        """Return what the workflow is told, instants in UTC."""
        given = self.model_dump()
        return given | {key: given[key].astimezone(UTC) for key in ("baseline_from", "baseline_to")}


class Plan(Baseline):
    """A plan. `rev`: version of the draft that is changed; `needed`: None takes the shortest window that can prove."""

    rev: int | None = Field(default=None, ge=1)
    needed: int | None = Field(default=None, ge=1, le=1_000_000_000)


class PlanVersion(Body):
    """The version at which the plan was read."""

    rev: int = Field(ge=1)


class TakenBack(PlanVersion):
    """Why a reopening is taken back (R-43)."""

    reason: str = Field(max_length=500)


@bp.get("/<id:action_id>/effectiveness")
@needs("actions.view")
def plans(action_id: int) -> ResponseReturnValue:
    """Read the plans of a case, newest first, with their verdicts and how they stand now."""
    one(reading(), person(), action_id)
    return jsonify({"plans": [_shown(plan) for plan in plans_of(reading(), action_id)]})


@bp.post("/<id:action_id>/effectiveness/proposal")
@needs("actions.work")
@takes(Baseline)
def proposal(action_id: int) -> ResponseReturnValue:
    """Count the time before, and tell the shortest window that could be proof; writes nothing."""
    found = propose(reading(), person(), action_id, **read_body(Baseline).fields())
    return jsonify({"count": found.before.found, "exposure": found.before.exposure, "least": found.least,
                    "rule_of_three": found.three})


@bp.post("/<id:action_id>/effectiveness")
@needs("actions.work")
@takes(Plan)
def draft(action_id: int) -> ResponseReturnValue:
    """Plan how it will be seen that the cause is gone, or change the draft (R-26): 201 with it."""
    sent = read_body(Plan)
    given = sent.fields()
    with writing("actions.draft_plan") as session:
        made = effectiveness.draft_plan(session, person(), action_id, given.pop("rev"), **given)
    return jsonify(_shown(one_plan(reading(), person(), made.id))), 201


@bp.post("/effectiveness/<id:plan_id>/take-back")
@needs("actions.confirm")
@takes(TakenBack)
def take_back(plan_id: int) -> ResponseReturnValue:
    """Take back a reopening whose cause does not count any more (R-29): plan and case are as they were before."""
    sent = read_body(TakenBack)
    with writing("actions.take_back_reopening", sent.reason) as session:
        taking_back.take_back(session, person(), plan_id, sent.rev, reason=sent.reason)
    return jsonify(_shown(one_plan(reading(), person(), plan_id)))


@bp.post("/effectiveness/<id:plan_id>/confirm")
@needs("actions.confirm")
@takes(PlanVersion)
def confirm(plan_id: int) -> ResponseReturnValue:
    """Confirm, as somebody who owns none of the measures, that the cause is gone (R-27)."""
    sent = read_body(PlanVersion)
    with writing("actions.confirm_effectiveness") as session:
        effectiveness.confirm(session, person(), plan_id, sent.rev)
    return jsonify(_shown(one_plan(reading(), person(), plan_id)))


def _shown(plan: EffectivenessPlan) -> dict[str, Any]:
    standing = effectiveness.judged(reading(), plan, utc_now()) if plan.starts_at is not None else None
    return {
        **{name: getattr(plan, name) for name in _PLAIN},
        **{name: rfc3339(at) if (at := getattr(plan, name)) is not None else None for name in _TIMES},
        "standing": None if standing is None else {
            "count": standing.count.found, "exposure": standing.count.exposure, "verdict": standing.verdict,
            "p_value": standing.evidence.p_value,
            "words": progress(plan.metric, standing.count, most=plan.most, needed=plan.needed)._asdict()},
        "verdicts": [{"at": rfc3339(v.at), "verdict": v.verdict, "count": v.count, "exposure": v.exposure,
                      "p_value": None if v.p_value is None else float(v.p_value), "rejection_id": v.rejection_id,
                      "reopening": _reopening(v.reopening)}
                     for v in plan.verdicts],
    }


def _reopening(reopening: Reopening | None) -> dict[str, Any] | None:
    if reopening is None:
        return None
    at = reopening.taken_back_at
    return {"plan_state": reopening.plan_state, "action_state": reopening.action_state,
            "taken_back_at": rfc3339(at) if at is not None else None, "taken_back_by_id": reopening.taken_back_by_id,
            "taken_back_reason": reopening.taken_back_reason}
