"""When first pieces and patrols fall due by the clock: at each shift start, and every so often while a shift runs.

What is asked for has a key made of unit, shift and time, so that any number of nodes may ask at once. One that is not
done before the next of its kind falls due was missed, and says so; it never counts as good.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.acceptance_pieces import PatrolPlan, PieceCheck
from qms.models.chain import Site, Unit
from qms.models.chain_rosters import Shift
from qms.rules.acceptance_pieces import STEPS, begins, patrol_times, runs
from qms.rules.accounts import SYSTEM
from qms.rules.chain_rosters import began_on
from qms.rules.steps import step
from qms.workflows.acceptance_pieces import ask_for

BY_CLOCK = ("shift_start", "interval")


class Due(NamedTuple):
    """An inspection that the clock asks a unit for, and the key by which it is asked for once."""

    plan_id: int
    unit_id: int
    kind: str
    reason: str
    at: datetime
    key: str


def is_due(session: Session, at: datetime) -> bool:
    """Tell whether anything has to be asked for: three small questions, which grow with the plans alone."""
    return bool(_missing(session, _due(session, at)))


def fall_due(session: Session) -> int:
    """Ask for everything that is due by now and was not asked for; return how many. Plans in work are left out."""
    waiting = _missing(session, _due(session, now(session)))
    if not waiting:
        return 0
    mine = set(session.scalars(
        select(PatrolPlan.id).where(PatrolPlan.id.in_({due.plan_id for due in waiting})).order_by(PatrolPlan.id)
        .with_for_update(skip_locked=True)))
    asked = _missing(session, [due for due in waiting if due.plan_id in mine])
    for due in asked:
        _miss_earlier(session, due)
        ask_for(session, SYSTEM, unit_id=due.unit_id, kind=due.kind, reason=due.reason, due_at=due.at,
                source_key=due.key)
    return len(asked)


def _due(session: Session, at: datetime) -> list[Due]:
    """Return what the shifts that run at an instant ask for: the first piece, and the latest patrol that is due."""
    plans = session.execute(
        select(PatrolPlan, Site.id, Site.time_zone).join(Unit, Unit.id == PatrolPlan.unit_id)
        .join(Site, Site.id == Unit.site_id).where(PatrolPlan.active, Unit.active)).all()
    if not plans:
        return []
    shifts: dict[int, list[Shift]] = defaultdict(list)
    for shift in session.scalars(select(Shift).where(Shift.active).order_by(Shift.id)):
        shifts[shift.site_id].append(shift)
    return [due for plan, site_id, zone in plans for due in _of_plan(plan, shifts[site_id], zone, at)]


def _of_plan(plan: PatrolPlan, shifts: Iterable[Shift], zone: str, at: datetime) -> list[Due]:
    found = []
    for shift in shifts:
        day = began_on(shift.starts, shift.ends, shift.weekdays, at, zone)
        if day is None:
            continue
        begun = begins(day, shift.starts, zone)
        key = f"{plan.unit_id}-{shift.id}-{day.isoformat()}"
        if plan.first_piece:
            found.append(Due(plan.id, plan.unit_id, "first_piece", "shift_start", begun, f"shift-{key}"))
        past = [t for t in patrol_times(begun, runs(shift.starts, shift.ends), plan.every_min) if t <= at]
        if past:
            found.append(Due(plan.id, plan.unit_id, "patrol", "interval", past[-1],
                             f"patrol-{key}-{(past[-1] - begun).seconds // 60}"))
    return found


def _missing(session: Session, due: Sequence[Due]) -> list[Due]:
    """Return what was not asked for yet."""
    if not due:
        return []
    known = set(session.scalars(select(PieceCheck.source_key).where(PieceCheck.source_key.in_([d.key for d in due]))))
    return [d for d in due if d.key not in known]


def _miss_earlier(session: Session, due: Due) -> None:
    """Mark what the clock asked a unit for before, and nobody has begun, as missed."""
    for check in session.scalars(
            select(PieceCheck).where(PieceCheck.unit_id == due.unit_id, PieceCheck.state == STEPS.first,
                                     PieceCheck.kind == due.kind, PieceCheck.reason.in_(BY_CLOCK),
                                     PieceCheck.due_at < due.at).with_for_update()):
        check.state = step(STEPS, check.state, "miss")
