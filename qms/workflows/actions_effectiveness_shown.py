"""What a page shows of effectiveness: plan, how it stands now, its verdicts, findings week by week. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.models.actions import Action
from qms.models.actions_effectiveness import EffectivenessPlan, EffectivenessVerdict, Reopening
from qms.rules import actions as cases
from qms.rules import actions_effectiveness as rules
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound, RuleError
from qms.rules.words import Words
from qms.workflows.actions_effectiveness import Judgement, judged, owners
from qms.workflows.actions_effectiveness_counts import Scope, baseline, found_in, least, scope_of, still_counts
from qms.workflows.actions_effectiveness_taking_back import BEFORE_WATCH, may_take_back
from qms.workflows.actions_records import need_here, one

MOST_WEEKS = 156


@dataclass(frozen=True, slots=True)
class Week:
    """What was found in a week from Monday: what counts, and what was made before the start and does not."""

    first: date
    counted: int
    old: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the time before tells, before anything is written: counts, shortest window, rule of three."""

    before: rules.Count
    least: int | None
    three: int | None


@dataclass(frozen=True, slots=True)
class Effectiveness:
    """The newest plan of a case (None: there is none), those that failed before it, and what the reader may do.

    `may_take_back`: the plan whose reopening this reader could take back now. `gone`: ids of the rejections that came
    back and do not count any more.
    `why_not`: why this reader may not confirm a plan that is proven; None: they may, or there is nothing to confirm.
    """

    plan: EffectivenessPlan | None
    earlier: Sequence[EffectivenessPlan]
    standing: Judgement | None
    may_draft: bool
    may_take_back: EffectivenessPlan | None
    gone: frozenset[int]
    may_confirm: bool
    why_not: RuleError | None

    @property
    def progress(self) -> Words | None:
        """Return how far the watch is, in words; None before it has begun."""
        if self.plan is None or self.standing is None:
            return None
        return rules.progress(self.plan.metric, self.standing.count, most=self.plan.most, needed=self.plan.needed)


def shown(session: Session, person: Actor, action: Action, at: datetime) -> Effectiveness:
    """Return what the page of a case shows of its effectiveness."""
    plans = plans_of(session, action.id)
    plan = next((one for one in plans if one.state != "withdrawn"), None)
    reopened = next((one for one in plans if one.state not in BEFORE_WATCH), None)
    back = reopened if reopened is not None and may_take_back(session, person, action, reopened) else None
    gone = frozenset(v.rejection_id for one in plans for v in one.verdicts
                     if v.rejection_id is not None and not still_counts(session, one, v.rejection_id))
    standing = judged(session, plan, at) if plan is not None and plan.state in {"running", "proven"} else None
    why_not = _why_not(session, person, action, plan)
    is_open = plan is None or plan.state in {"draft", "failed"}
    may_draft = (is_open and action.state in cases.RUNNING and cases.is_proven(action.route)
                 and _may(session, person, "actions.work", action))
    may_confirm = (plan is not None and plan.state == "proven" and why_not is None
                   and _may(session, person, "actions.confirm", action))
    earlier = [one for one in plans if one is not plan]
    return Effectiveness(plan, earlier, standing, may_draft, back, gone, may_confirm, why_not)


def plans_of(session: Session, action_id: int) -> Sequence[EffectivenessPlan]:
    """Return the plans of a case, newest first, with their scope and verdicts."""
    parts = (EffectivenessPlan.item, EffectivenessPlan.defect, EffectivenessPlan.link, EffectivenessPlan.origin_unit,
             EffectivenessPlan.drafted_by, EffectivenessPlan.confirmed_by)
    return session.scalars(
        select(EffectivenessPlan).where(EffectivenessPlan.action_id == action_id)
        .options(*(joinedload(part) for part in parts),
                 selectinload(EffectivenessPlan.verdicts).options(
                     joinedload(EffectivenessVerdict.rejection),
                     joinedload(EffectivenessVerdict.reopening).joinedload(Reopening.taken_back_by)))
        .order_by(EffectivenessPlan.id.desc())).all()


def one_plan(session: Session, person: Actor, plan_id: int) -> EffectivenessPlan:
    """Return a plan of a case that the person may see. Raises NotFound."""
    plan = session.get(EffectivenessPlan, plan_id)
    if plan is None:
        raise NotFound
    one(session, person, plan.action_id)
    return plan


def propose(session: Session, person: Actor, action_id: int, *, metric: str, baseline_from: datetime,
            baseline_to: datetime, most: int = 0, **scope: int | None) -> Proposal:
    """Count the time before for a plan that is not written yet. Raises Refused (R-26), Invalid, NotFound."""
    wanted = Scope(one(session, person, action_id).site_id, **scope)
    rules.check_scope(metric, has_scope=wanted.is_told, has_exposure=bool(wanted.link_id or wanted.item_id))
    before, _ = baseline(session, wanted, metric, baseline_from, baseline_to)
    return Proposal(before, least(metric, before, most), rules.rule_of_three(before) if before.exposure else None)


def weeks_of(session: Session, plan: EffectivenessPlan, at: datetime) -> tuple[list[Week], date | None]:
    """Return what was found week by week from the baseline on, and the Monday of the week in which the watch began."""
    zone = ZoneInfo(plan.action.site.time_zone)
    last = _monday(at, zone)
    first = max(_monday(plan.baseline_from, zone), last - timedelta(weeks=MOST_WEEKS))
    start = datetime.combine(first, datetime.min.time(), zone)
    counts: dict[date, list[int]] = {}
    for found_at, made_at in found_in(session, scope_of(plan), start, at):
        is_old = plan.starts_at is not None and made_at is not None and made_at <= plan.starts_at < found_at
        counts.setdefault(_monday(found_at, zone), [0, 0])[is_old] += 1
    days = [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]
    return ([Week(day, *counts.get(day, (0, 0))) for day in days],
            _monday(plan.starts_at, zone) if plan.starts_at is not None else None)


def _why_not(session: Session, person: Actor, action: Action, plan: EffectivenessPlan | None) -> RuleError | None:
    if plan is None or plan.state != "proven":
        return None
    try:
        rules.check_confirmer(person.id, drafter_id=plan.drafted_by_id, owners=owners(session, action))
    except RuleError as refusal:
        return refusal
    return None


def _may(session: Session, person: Actor, permission: str, action: Action) -> bool:
    try:
        need_here(session, person, permission, action)
    except RuleError:
        return False
    return True


def _monday(at: Any, zone: ZoneInfo) -> date:
    day = at.astimezone(zone).date()
    monday: date = day - timedelta(days=day.weekday())
    return monday
