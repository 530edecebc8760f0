"""How a rejection is found for a person, locked for a change, and settled after one. Knows no page and no form."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from qms.db import now
from qms.db.ledger import plain
from qms.models.chain import Unit
from qms.models.rejections import ContainmentLine, Hold, Rejection
from qms.rules import rejections as rules
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound, Stale
from qms.rules.steps import step
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
    """Move a rejection on after a release or an answer, once its condition is met.

    Contained: every place asked for has answered (R-22). Closed: besides, nothing is held any more, and no customer is
    still to be told (R-16).
    """
    session.flush()
    waits = waits_for_notice(session, rejection)
    lines = select(func.count(), func.count(ContainmentLine.answered_at)).where(
        ContainmentLine.rejection_id == rejection.id)
    asked, answered = session.execute(lines).one()
    if asked > answered:
        return
    if asked and rejection.state == "held":
        rejection.state = step(rules.STEPS, rejection.state, "contain")
    held = session.scalar(select(Hold.id).where(Hold.rejection_id == rejection.id, Hold.state == "held").limit(1))
    if held is None and not waits:
        rejection.state = step(rules.STEPS, rejection.state, "release")
        rejection.closed_at = now(session)
    session.flush()
