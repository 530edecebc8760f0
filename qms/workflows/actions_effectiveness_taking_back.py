"""How a reopening is taken back: what came back is void or proved to be something else (R-29, R-43). Knows no page."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.actions import Action, ActionSource, ActionStep
from qms.models.actions_effectiveness import EffectivenessPlan, EffectivenessVerdict, Reopening
from qms.models.rejections import Rejection
from qms.rules import actions as cases
from qms.rules import actions_effectiveness as rules
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, NotFound, RuleError
from qms.rules.steps import step
from qms.workflows.actions_effectiveness import judged
from qms.workflows.actions_effectiveness_counts import newest, still_counts
from qms.workflows.actions_effectiveness_reopening import KEPT, reopened_steps, tell
from qms.workflows.actions_records import find_by, need_here, one
from qms.workflows.rejections_records import check_version

TAKES_BACK = "actions.confirm"
BEFORE_WATCH = ("draft", "withdrawn")


def take_back(session: Session, person: Actor, plan_id: int, rev: int, *, reason: str | None) -> EffectivenessPlan:
    """Take back the reopening of a case: plan, case and disciplines are again as they were before it.

    Only where what is found against the plan is no come-back any more. A discipline that was finished anew keeps its
    new finish; a draft of a new plan is withdrawn.
    Raises Refused (R-29, R-43), NotAllowed, NotFound, Stale, IllegalStep.
    """
    plan = session.get(EffectivenessPlan, plan_id, with_for_update=True)
    if plan is None:
        raise NotFound
    action = session.get_one(Action, one(session, person, plan.action_id).id, with_for_update=True)
    grant_id = need_here(session, person, TAKES_BACK, action)
    check_version(plan, rev, {"state": "running"})
    reopening = _check(session, action, plan)
    given = rules.check_taken_back(reason, worked_on=is_worked_on(session, action, plan),
                                   still=still(session, plan, reopening.verdict_id))
    plan.state, action.state, action.closed_at = reopening.plan_state, reopening.action_state, reopening.closed_at
    reopening.taken_back_at, reopening.taken_back_by_id = now(session), person.id
    reopening.taken_back_reason, reopening.grant_id = given, grant_id
    _withdraw_drafts(session, plan)
    _restore(session, action, reopening)
    acted(session, "R-49")
    tell(session, action, rules.taken_back(action.number, action.title, _came_back(session, reopening).number, given))
    session.flush()
    return plan


def may_take_back(session: Session, person: Actor, action: Action, plan: EffectivenessPlan) -> bool:
    """Tell whether this person could take the reopening of a plan back now, with a reason."""
    try:
        need_here(session, person, TAKES_BACK, action)
        reopening = _check(session, action, plan)
    except RuleError:
        return False
    return not is_worked_on(session, action, plan) and still(session, plan, reopening.verdict_id) is None


def reopening_of(session: Session, plan_id: int) -> Reopening | None:
    """Return the reopening by a plan that stands; None where there is none."""
    return session.scalars(
        select(Reopening).join(EffectivenessVerdict, EffectivenessVerdict.id == Reopening.verdict_id)
        .where(EffectivenessVerdict.plan_id == plan_id, Reopening.taken_back_at.is_(None))
        .order_by(Reopening.id.desc()).limit(1)).first()


def is_worked_on(session: Session, action: Action, plan: EffectivenessPlan) -> bool:
    """Tell whether a newer plan was started since, or the case took a route that needs no proof."""
    newer = session.scalar(select(EffectivenessPlan.id).where(
        EffectivenessPlan.action_id == plan.action_id, EffectivenessPlan.id > plan.id,
        EffectivenessPlan.state.not_in(BEFORE_WATCH)).limit(1))
    return newer is not None or not cases.is_proven(action.route)


def still(session: Session, plan: EffectivenessPlan, verdict_id: int) -> str | None:
    """Return the number of what still makes it a come-back, the same rejection or another; None: nothing does."""
    at = now(session)
    if judged(session, plan, at).verdict != "come_back":
        return None
    verdict = session.get_one(EffectivenessVerdict, verdict_id)
    if verdict.rejection is not None and still_counts(session, plan, verdict.rejection.id):
        return verdict.rejection.number
    other = newest(session, plan, at)
    return other.number if other is not None else None


def _check(session: Session, action: Action, plan: EffectivenessPlan) -> Reopening:
    """Return the reopening that stands. Raises IllegalStep."""
    step(rules.STEPS, plan.state, "take_back")
    step(cases.STEPS, action.state, "take_back")
    found = reopening_of(session, plan.id)
    if found is None:
        raise IllegalStep("This plan opened no case again.", "此计划未曾重新打开案件。")
    return found


def _withdraw_drafts(session: Session, plan: EffectivenessPlan) -> None:
    for draft in session.scalars(select(EffectivenessPlan).where(
            EffectivenessPlan.action_id == plan.action_id, EffectivenessPlan.id > plan.id,
            EffectivenessPlan.state == "draft")):
        draft.state = step(rules.STEPS, draft.state, "withdraw")


def _restore(session: Session, action: Action, reopening: Reopening) -> None:
    """Let the disciplines stand as before, but those finished anew, and take off the source that was linked."""
    rows: dict[str, ActionStep] = {row.step: row for row in reopened_steps(session, action)}
    for kept in reopening.steps:
        row = rows.get(kept.step)
        if row is not None and row.done_at is None:
            for name in KEPT:
                setattr(row, name, getattr(kept, name))
    if reopening.added_source_id is not None:
        session.get_one(ActionSource, reopening.added_source_id).active = False
        session.flush()
        find_by(session, action)


def _came_back(session: Session, reopening: Reopening) -> Rejection:
    verdict = session.get_one(EffectivenessVerdict, reopening.verdict_id)
    return session.get_one(Rejection, verdict.rejection_id)
