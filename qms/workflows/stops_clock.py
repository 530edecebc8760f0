"""How a call climbs its rungs and its window ends, by the server's clock (R-18). Knows no page and no person."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.accounts import Person
from qms.models.rejections import Rejection
from qms.models.stops import Rung, Stop
from qms.rules.stops import LADDER, UPSTREAM_RUNG, RungPlan
from qms.workflows.chain_rosters import Roster, on_duty, roster_of
from qms.workflows.stops_records import run_out

AT_ONCE = 50
"""Stops that one run of the clock moves on; the next run follows at once where there are more."""
_MOST_PEOPLE = 120


def write_rungs(session: Session, stop: Stop) -> None:
    """Write the rungs of a new call, each for whoever is on duty when it falls due; the first is raised at once."""
    roster = roster_of(session, stop.unit_id)
    for position, plan in enumerate(LADDER):
        due_at = stop.called_at + plan.after
        rung = Rung(stop_id=stop.id, position=position, roles=",".join(plan.roles), due_at=due_at,
                    people=_told(session, stop, roster, position, plan, due_at))
        if position == 0:
            rung.raised_at = stop.called_at
        session.add(rung)


def is_due(session: Session, at: datetime) -> bool:
    """Tell whether the clock has anything to do: one question that the index of open stops answers."""
    return session.scalar(select(Stop.id).where(_waits(at)).limit(1)) is not None


def escalate(session: Session) -> int:
    """Raise every rung that is due and stop every line whose window has ended; return how many stops moved on.

    A stop on which someone works at this moment, or another clock, is left to the next run.
    """
    at = now(session)
    due = session.scalars(select(Stop).where(_waits(at)).order_by(Stop.id).limit(AT_ONCE)
                          .with_for_update(skip_locked=True)).all()
    moved = sum([_move_on(session, stop, at) for stop in due])
    if moved:
        acted(session, "R-18")
    return moved


def _waits(at: datetime) -> ColumnElement[bool]:
    """Return the condition that a stop has a rung or a window that is due, and nobody has come."""
    rung = exists().where(Rung.stop_id == Stop.id, Rung.raised_at.is_(None), Rung.due_at <= at)
    return and_(Stop.restarted_at.is_(None), Stop.arrived_at.is_(None),
                or_(and_(Stop.state == "called", Stop.window_ends_at <= at), rung))


def _move_on(session: Session, stop: Stop, at: datetime) -> bool:
    if stop.arrived_at is not None or stop.restarted_at is not None:
        return False
    stopped = run_out(stop, at)
    rungs = session.scalars(select(Rung).where(Rung.stop_id == stop.id, Rung.raised_at.is_(None), Rung.due_at <= at)
                            .order_by(Rung.position).execution_options(populate_existing=True)).all()
    roster = roster_of(session, stop.unit_id) if rungs else None
    for rung in rungs:
        rung.raised_at = at
        if roster is not None:
            rung.people = _told(session, stop, roster, rung.position, LADDER[rung.position], at)
    return stopped or bool(rungs)


def _told(session: Session, stop: Stop, roster: Roster, position: int, plan: RungPlan, at: datetime) -> str:
    """Return the ids of those whom a rung tells."""
    people = roster.on_duty(plan.roles, at)
    if position == UPSTREAM_RUNG:
        people += _upstream_leaders(session, stop, at)
    return ",".join(str(i) for i in _ids(people))


def _upstream_leaders(session: Session, stop: Stop, at: datetime) -> list[Person]:
    """Return the leaders of where the fault seems to come from."""
    rejection = session.get(Rejection, stop.rejection_id) if stop.rejection_id is not None else None
    if rejection is None or rejection.origin_unit_id in {None, stop.unit_id}:
        return []
    return on_duty(session, rejection.origin_unit_id, LADDER[0].roles, at)


def _ids(people: Iterable[Person]) -> list[int]:
    return list(dict.fromkeys(p.id for p in people))[:_MOST_PEOPLE]
