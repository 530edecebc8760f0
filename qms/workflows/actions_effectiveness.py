"""How effectiveness is planned, watched and confirmed, and how a case that comes back is reopened. Knows no page.

The system judges by the figures; a person who owns none of the measures confirms.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.measures.effectiveness import Evidence
from qms.models.actions import Action
from qms.models.actions_causes import Task
from qms.models.actions_effectiveness import EffectivenessPlan, EffectivenessVerdict
from qms.rules import actions as cases
from qms.rules import actions_effectiveness as rules
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound, Refused
from qms.rules.steps import step
from qms.workflows.actions_effectiveness_counts import (
    Scope,
    baseline,
    counted,
    evidence,
    least,
    newest,
    rounded,
)
from qms.workflows.actions_effectiveness_reopening import reopen
from qms.workflows.actions_records import begun, need_here, one
from qms.workflows.rejections_records import check_version


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was counted against a plan at an instant, and what follows from it."""

    count: rules.Count
    evidence: Evidence
    verdict: str


def draft_plan(session: Session, person: Actor, action_id: int, rev: int | None, *, metric: str,
               baseline_from: datetime, baseline_to: datetime, most: int = 0, needed: int | None = None,
               **scope: int | None) -> EffectivenessPlan:
    """Plan how it will be seen that the cause is gone, or change the draft; the system counts the time before.

    `rev`: version of the draft that is changed; None: there is none yet. `needed` None: the shortest window that can be
    proof. Scope: item_id, defect_id, link_id, origin_unit_id. Raises Refused (R-26), Invalid, Stale, IllegalStep,
    NotFound, NotAllowed.
    """
    action, _, _ = begun(session, person, action_id, "edit")
    at = now(session)
    wanted = Scope(action.site_id, **scope)
    rules.check_scope(metric, has_scope=wanted.is_told, has_exposure=bool(wanted.link_id or wanted.item_id))
    rules.check_baseline(baseline_from, baseline_to, at)
    before, in_use = baseline(session, wanted, metric, baseline_from, baseline_to)
    shortest = least(metric, before, most)
    needed = (shortest or 0) if needed is None else needed
    rules.check_plan(metric, before, most=most, needed=needed, least=shortest)
    given: dict[str, Any] = {
        "metric": metric, "item_id": wanted.item_id, "defect_id": wanted.defect_id, "link_id": wanted.link_id,
        "origin_unit_id": wanted.origin_unit_id, "baseline_from": baseline_from, "baseline_to": baseline_to,
        "most": most, "needed": needed}
    plan = _draft_of(session, action, rev, given)
    for name, value in {**given, "in_use": in_use, "baseline_count": before.found,
                        "baseline_exposure": before.exposure, "drafted_at": at, "drafted_by_id": person.id}.items():
        setattr(plan, name, value)
    session.add(plan)
    session.flush()
    return plan


def check_planned(session: Session, action: Action) -> EffectivenessPlan:
    """Return the plan of an action as the gates ask for it (R-26). Raises Refused."""
    plan = plan_of(session, action.id)
    if plan is None or plan.state == "failed":
        raise Refused("R-26", "Plan first how it will be seen that the cause is gone.", "请先制定有效性验证计划。",
                      field="effectiveness")
    return plan


def start(session: Session, action: Action, at: datetime) -> EffectivenessPlan:
    """Start to watch from the clean point: the measures are in place (D6). Raises Refused (R-26)."""
    plan = check_planned(session, action)
    plan.state = step(rules.STEPS, plan.state, "start")
    plan.starts_at = at
    session.flush()
    return plan


def judged(session: Session, plan: EffectivenessPlan, at: datetime) -> Judgement:
    """Return how a plan stands at an instant, by the exact test on what was counted. Changes nothing."""
    count = counted(session, plan, at)
    found = evidence(plan.metric, rules.Count(plan.baseline_count, plan.baseline_exposure), count)
    return Judgement(count, found, rules.verdict(count, most=plan.most, needed=plan.needed, is_proof=found.proven))


def is_news(plan: EffectivenessPlan, judgement: Judgement) -> bool:
    """Tell whether a judgement says something that the plan's last verdict does not."""
    if plan.state == "confirmed":
        return judgement.verdict == "come_back"
    last = plan.verdicts[-1] if plan.verdicts else None
    held = (last.verdict, last.count) if last else ("not_yet", 0)
    return (judgement.verdict, judgement.count.found) != held


def judge(session: Session, plan_id: int) -> EffectivenessVerdict | None:
    """Judge a watched plan and write down what is new; a case that has come back is reopened at D4 (R-27, R-29).

    A plan that another node judges at this moment is left to it.
    """
    at = now(session)
    plan = session.scalars(select(EffectivenessPlan).where(EffectivenessPlan.id == plan_id)
                           .with_for_update(skip_locked=True)).first()
    if plan is None or plan.state not in rules.WATCHED:
        return None
    judgement = judged(session, plan, at)
    if not is_news(plan, judgement):
        return None
    back = newest(session, plan, at) if judgement.verdict == "come_back" else None
    written = EffectivenessVerdict(
        plan_id=plan.id, at=at, verdict=judgement.verdict, count=judgement.count.found,
        exposure=judgement.count.exposure, p_value=rounded(judgement.evidence.p_value),
        rejection_id=back.id if back else None)
    session.add(written)
    if judgement.verdict == "proven" and plan.state == "running":
        plan.state = step(rules.STEPS, plan.state, "prove")
    if back is not None:
        session.flush()
        reopen(session, plan, written, back, at)
    session.flush()
    return written


def confirm(session: Session, person: Actor, plan_id: int, rev: int) -> EffectivenessPlan:
    """Confirm as somebody who owns none of the measures that the cause is gone (R-27).

    Raises Refused, NotAllowed, NotFound, Stale, IllegalStep.
    """
    plan = session.get(EffectivenessPlan, plan_id, with_for_update=True)
    if plan is None:
        raise NotFound
    action = session.get_one(Action, one(session, person, plan.action_id).id, with_for_update=True)
    grant_id = need_here(session, person, "actions.confirm", action)
    check_version(plan, rev, {"state": "confirmed"})
    state = step(rules.STEPS, plan.state, "confirm")
    for each in person.selves:
        rules.check_confirmer(each, drafter_id=plan.drafted_by_id, owners=owners(session, action))
    at = now(session)
    if judged(session, plan, at).verdict != "proven":
        raise Refused("R-27", "It has come back meanwhile.", "期间问题已再次发生。")
    plan.state, plan.confirmed_at, plan.confirmed_by_id, plan.grant_id = state, at, person.id, grant_id
    if action.state == "watching":
        action.state = step(cases.STEPS, action.state, "confirm")
    session.flush()
    return plan


def plan_of(session: Session, action_id: int) -> EffectivenessPlan | None:
    """Return the newest plan of an action that was not withdrawn."""
    return session.scalars(select(EffectivenessPlan).where(EffectivenessPlan.action_id == action_id,
                                                           EffectivenessPlan.state != "withdrawn")
                           .order_by(EffectivenessPlan.id.desc()).limit(1)).first()


def owners(session: Session, action: Action) -> set[int]:
    """Return the ids of those who own or did a measure of an action, and of who leads it (R-27)."""
    rows = session.execute(select(Task.owner_id, Task.done_by_id).where(
        Task.action_id == action.id, Task.dropped_reason.is_(None)))
    found = {person for row in rows for person in row} | {action.leader_id}
    return {person for person in found if person is not None}


def _draft_of(session: Session, action: Action, rev: int | None, given: dict[str, Any]) -> EffectivenessPlan:
    """Return the draft to change, a new one where the last plan failed. Raises Stale, IllegalStep."""
    last = plan_of(session, action.id)
    if last is None or last.state == "failed":
        return EffectivenessPlan(action_id=action.id, state=rules.STEPS.first)
    step(rules.STEPS, last.state, "draft")
    check_version(last, rev or 0, given)
    return last
