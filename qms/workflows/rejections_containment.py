"""How every place is asked for suspect product and its answer kept. Knows no page and no form."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, Protocol
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.chain import Site
from qms.models.rejections import ContainmentLine, Hold, Rejection
from qms.rules import rejections as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound, Refused
from qms.rules.steps import step
from qms.workflows import chain
from qms.workflows.accounts_qualifications import check_qualified
from qms.workflows.rejections_records import check_version, locked, path_of, settle

PERMISSION = "rejections.contain"
_INBOUND = ("supplier", "in_transit_in")
_OUTBOUND = ("finished", "warehouse", "in_transit_out", "customer", "field")


class Place(NamedTuple):
    """Where suspect product may be, and of which lot. `unit_id` only for work in process."""

    place: str
    unit_id: int | None
    lot_id: int | None


class Suspect(Protocol):
    """What says where suspect product may be: a rejection, or a case that is like one."""

    @property
    def site_id(self) -> int: ...
    @property
    def item_id(self) -> int | None: ...
    @property
    def lot_id(self) -> int | None: ...
    @property
    def origin_unit_id(self) -> int | None: ...
    @property
    def found_unit_id(self) -> int | None: ...
    @property
    def found_at(self) -> datetime: ...


def ask_containment(session: Session, person: Actor, rejection_id: int, rev: int) -> list[ContainmentLine]:
    """Ask every place where suspect product may be (R-22); places asked before are not asked again.

    The rejected lot is asked for at every place and operation from the origin on; each lot it was made from, and each
    made from it, once, wherever it is. Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    rejection = locked(session, person, rejection_id)
    person.need(PERMISSION, site_id=rejection.site_id, unit_path=path_of(session, rejection.found_unit_id))
    step(rules.STEPS, rejection.state, "contain")
    check_version(rejection, rev, {})
    asked = {Place(*row) for row in session.execute(
        select(ContainmentLine.place, ContainmentLine.unit_id, ContainmentLine.lot_id)
        .where(ContainmentLine.rejection_id == rejection.id))}
    lines = [ContainmentLine(rejection_id=rejection.id, place=p.place, unit_id=p.unit_id, lot_id=p.lot_id)
             for p in places(session, rejection) if p not in asked]
    if not lines:
        raise Invalid("Every place has been asked already.", "所有位置都已列入围堵清单。")
    session.add_all(lines)
    acted(session, "R-22")
    settle(session, rejection)
    return lines


def answer_containment(session: Session, person: Actor, line_id: int, rev: int, *, suspect: int | None,
                       checked: int | None, nonconforming: int | None, good: int | None,
                       method: str | None = None, reason: str | None = None) -> ContainmentLine:
    """Answer one place: pieces suspect, checked, nonconforming and good. Zero is an answer, blank is not (R-22).

    What is not known to be good is held at once. `reason` lets somebody whose qualification is missing answer (R-51).
    Raises Invalid, Refused (R-01), Stale, IllegalStep, NotAllowed,
    NotFound.
    """
    rejection_id = session.scalar(select(ContainmentLine.rejection_id).where(ContainmentLine.id == line_id))
    if rejection_id is None:
        raise NotFound
    rejection = locked(session, person, rejection_id)
    line = session.get_one(ContainmentLine, line_id)  # Read under the lock: somebody else may just have answered.
    place = path_of(session, line.unit_id or rejection.found_unit_id)
    if not person.may(PERMISSION, site_id=rejection.site_id, unit_path=place):
        person.need(PERMISSION, site_id=rejection.site_id, unit_path=path_of(session, rejection.found_unit_id))
    step(rules.STEPS, rejection.state, "contain")
    given = {"suspect": suspect, "checked": checked, "nonconforming": nonconforming, "good": good, "method": method}
    check_version(line, rev, given)
    check_qualified(session, person, rejection.site_id, "containment", reason)
    rules.check_answer(suspect=suspect, checked=checked, nonconforming=nonconforming, good=good)
    line.suspect, line.checked, line.nonconforming, line.good = suspect, checked, nonconforming, good
    line.method = (method or "").strip() or None
    line.answered_by_id, line.answered_at = person.id, now(session)
    _hold(session, rejection, line, (suspect or 0) - (good or 0))
    settle(session, rejection)
    return line


def places(session: Session, rejection: Suspect) -> Iterator[Place]:
    """Yield where suspect product may be, in the order in which it flows."""
    lot = rejection.lot_id
    for place in _INBOUND:
        yield Place(place, None, lot)
    for unit_id in _operations(session, rejection):
        yield Place("wip", unit_id, lot)
    for place in _OUTBOUND:
        yield Place(place, None, lot)
    if lot is not None:
        for other in sorted((chain.lot_family(session, lot) | chain.descendants(session, lot)) - {lot}):
            yield Place("anywhere", None, other)


def _operations(session: Session, rejection: Suspect) -> Sequence[int]:
    """Return the operations of the routing from the origin on; without a routing, origin and finding unit."""
    route: Sequence[int] = []
    if rejection.item_id is not None:
        zone = session.get_one(Site, rejection.site_id).time_zone
        route = chain.route(session, rejection.item_id, rejection.found_at.astimezone(ZoneInfo(zone)).date())
    ends = [unit for unit in (rejection.origin_unit_id, rejection.found_unit_id) if unit is not None]
    if rejection.origin_unit_id in route:
        route = route[route.index(rejection.origin_unit_id):]
    return list(dict.fromkeys(route or ends))


def _hold(session: Session, rejection: Rejection, line: ContainmentLine, not_good: int) -> None:
    """Hold what an answer does not know to be good, less what the report itself holds of the same place and lot."""
    own_lot = line.lot_id == rejection.lot_id
    if own_lot and (rejection.whole_lot or line.unit_id == rejection.found_unit_id):
        not_good = max(0, not_good - _held(session, rejection, None))
    held = _held(session, rejection, line.id)
    if not_good < held:
        raise Refused("R-01", f"{held} pieces of this place are held. Release them after re-inspection first.",
                      f"该位置仍有 {held} 件冻结。请先复检解除冻结。")
    if not_good > held:
        session.add(Hold(rejection_id=rejection.id, lot_id=line.lot_id, line_id=line.id, quantity=not_good - held,
                         location=None, state="held", held_at=now(session)))


def _held(session: Session, rejection: Rejection, line_id: int | None) -> int:
    return session.scalar(select(func.coalesce(func.sum(Hold.quantity), 0)).where(
        Hold.rejection_id == rejection.id, Hold.state == "held",
        Hold.line_id.is_(None) if line_id is None else Hold.line_id == line_id)) or 0
