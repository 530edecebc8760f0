"""How a call is answered: seen, acknowledged, arrived at, solved within its window, or made a stop. Knows no page."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.accounts import Person
from qms.models.stops import Rung, Stop
from qms.rules import stops as rules
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, NotFound
from qms.workflows.stops_records import begun, one, said


def see(session: Session, person: Actor, stop_id: int) -> Stop:
    """Note that someone whom a raised rung names has read of it; the clock runs on until somebody is at the spot.

    Raises NotFound, IllegalStep when no rung names them.
    """
    stop = one(session, person, stop_id)
    if not _mark_seen(session, person, stop, ()):
        raise IllegalStep("Nobody asked you about this call yet, or you have seen it.", "尚未通知您, 或您已阅。")
    return stop


def acknowledge(session: Session, person: Actor, stop_id: int, rev: int) -> Stop:
    """Say that one is coming. Raises Stale, IllegalStep, NotAllowed, NotFound."""
    stop, _ = begun(session, person, stop_id, rev, "acknowledge")
    if stop.acknowledged_at is not None:
        raise _taken(session, stop.acknowledged_by_id, "has acknowledged this call already", "已签收此呼叫")
    stop.acknowledged_at, stop.acknowledged_by_id = now(session), person.id
    _mark_seen(session, person, stop, person.roles)
    session.flush()
    return stop


def arrive(session: Session, person: Actor, stop_id: int, rev: int) -> Stop:
    """Arrive at the spot: the problem is theirs from here on, and no further rung is raised (R-18).

    Raises Stale, IllegalStep, NotAllowed, NotFound.
    """
    stop, _ = begun(session, person, stop_id, rev, "arrive")
    if stop.arrived_at is not None:
        raise _taken(session, stop.arrived_by_id, "is at the spot already", "已在现场")
    come(session, person, stop)
    session.flush()
    return stop


def resolve(session: Session, person: Actor, stop_id: int, rev: int, *, note: str | None) -> Stop:
    """Solve a call before the line stands: it runs on. Raises Refused (R-19), Stale, Invalid, IllegalStep..."""
    stop, state = begun(session, person, stop_id, rev, "resolve", measure=note)
    rules.check_resolve(critical=stop.critical)
    come(session, person, stop)
    stop.state, stop.measure = state, said(note, "note")
    stop.restarted_at, stop.restarted_by_id = now(session), person.id
    session.flush()
    return stop


def stop_line(session: Session, person: Actor, stop_id: int, rev: int) -> Stop:
    """Stop the line of a call before its window has ended. Raises Stale, IllegalStep, NotAllowed, NotFound."""
    stop, state = begun(session, person, stop_id, rev, "stop")
    stop.state, stop.stopped_at = state, now(session)
    session.flush()
    return stop


def come(session: Session, person: Actor, stop: Stop) -> None:
    """Let a person be at the spot, if nobody was before."""
    if stop.arrived_at is not None:
        return
    stop.arrived_at, stop.arrived_by_id = now(session), person.id
    if stop.acknowledged_at is None:
        stop.acknowledged_at, stop.acknowledged_by_id = stop.arrived_at, person.id
    _mark_seen(session, person, stop, person.roles)


def _mark_seen(session: Session, person: Actor, stop: Stop, roles: Collection[str]) -> bool:
    """Mark the raised rungs that name a person, or one of their roles; tell whether there were any."""
    rungs = [rung for rung in session.scalars(select(Rung).where(
        Rung.stop_id == stop.id, Rung.raised_at.is_not(None), Rung.seen_at.is_(None)).order_by(Rung.position))
        if str(person.id) in rung.people.split(",") or set(roles) & set(rung.roles.split(","))]
    for rung in rungs:
        rung.seen_at, rung.seen_by_id = now(session), person.id
    session.flush()
    return bool(rungs)


def _taken(session: Session, person_id: int | None, en: str, zh: str) -> IllegalStep:
    if person_id is None:
        raise NotFound
    name = session.get_one(Person, person_id).name
    return IllegalStep(f"{name} {en}.", f"{name}{zh}。")
