"""How a rejection is found for a person, locked for a change, and settled after one. Knows no page and no form."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, bindparam, func, select
from sqlalchemy.orm import Session

from qms.db import now
from qms.db.ledger import plain
from qms.models.chain import Unit
from qms.models.dispositions import Disposition
from qms.models.rejections import ContainmentLine, Hold, Rejection
from qms.rules import rejections as rules
from qms.rules.accounts import Actor
from qms.rules.dispositions import CONCEDED, OPEN
from qms.rules.errors import NotFound, Stale
from qms.workflows.dispositions_notices_opening import waits_for_notice

VIEW = "rejections.view"
_OPEN_HOLDS = (
    select(Hold).where(Hold.lot_id.in_(bindparam("lot_ids", expanding=True)), Hold.state == "held").order_by(Hold.id))


def one(session: Session, person: Actor, rejection_id: int) -> Rejection:
    """Return a rejection of a site that the person may see. Raises NotFound."""
    found = session.get(Rejection, rejection_id)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def one_hold(session: Session, person: Actor, hold_id: int) -> Hold:
    """Return a hold of a rejection that the person may see. Raises NotFound."""
    found = session.get(Hold, hold_id)
    if found is None:
        raise NotFound
    one(session, person, found.rejection_id)
    return found


def sees(person: Actor, site_id: int) -> bool:
    """Tell whether the person may know of a site's rejections."""
    sites = person.sites(VIEW)
    return sites is None or site_id in sites


def locked(session: Session, person: Actor, rejection_id: int) -> Rejection:
    """Return a rejection that no one else changes meanwhile. Raises NotFound."""
    found = session.get(Rejection, rejection_id, with_for_update=True)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def check_version(record: Any, rev: int, given: dict[str, Any]) -> None:
    """Raise Stale, with both versions of the given fields, unless the record is still as it was read."""
    if record.rev != rev:
        raise Stale({name: plain(getattr(record, name)) for name in given},
                    {name: plain(value) for name, value in given.items()})


def path_of(session: Session, unit_id: int) -> str:
    """Return the path of a unit, as grants are scoped by it."""
    return session.get_one(Unit, unit_id).path


def open_holds(session: Session, lot_ids: Collection[int]) -> list[Hold]:
    """Return what is still held of any of these lots, oldest first."""
    if not lot_ids:
        return []
    return list(session.scalars(_OPEN_HOLDS, {"lot_ids": list(lot_ids)}))


def settle(session: Session, rejection: Rejection) -> None:
    """Move a rejection on to the state that its holds, their disposition lines and its containment make.

    It does not close while a customer is still to be told (R-16).
    """
    session.flush()
    waits = waits_for_notice(session, rejection)
    lines = select(func.count(), func.count(ContainmentLine.answered_at)).where(
        ContainmentLine.rejection_id == rejection.id)
    asked, answered = session.execute(lines).one()
    state = rules.settled(_held(session, rejection), asked=asked, answered=answered, waits=waits)
    if state != rejection.state:
        rejection.state = state
        rejection.closed_at = now(session) if state == "closed" else None
    session.flush()


def _held(session: Session, rejection: Rejection) -> list[str | None]:
    """Return, for each quantity that is held, the state of its open line; None where nothing is decided."""
    rows = session.execute(
        select(Disposition.state, Disposition.code, Disposition.concession_id).select_from(Hold)
        .outerjoin(Disposition, and_(Disposition.hold_id == Hold.id, Disposition.state.in_(OPEN)))
        .where(Hold.rejection_id == rejection.id, Hold.state == "held"))
    return ["waiting_customer" if state == "decided" and code in CONCEDED and concession_id is None else state
            for state, code, concession_id in rows]
