"""How a rejection is reported: recorded, numbered, held at once, its origin assumed. Knows no page and no file."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.db.bulk import Part, add_now, add_with
from qms.db.search import searchable
from qms.models.chain import Lot, Unit
from qms.models.rejections import Hold, OriginStatement, Rejection
from qms.rules import rejections as rules
from qms.rules.accounts import Actor
from qms.workflows import chain
from qms.workflows.chain_briefs import DefectBrief, ItemBrief, LotBrief, UnitBrief
from qms.workflows.dispositions_notices_opening import waits_for_notice
from qms.workflows.numbers import REJECTION, next_number
from qms.workflows.rejections_escapes import AnyUnit, classify, passages_of, producing_origin, way
from qms.workflows.rejections_situation import Situation, situation


def report(session: Session, person: Actor, *, kind: str, found_unit_id: int, quantity: int,
           severity: str | None = None, lot_id: int | None = None, item_id: int | None = None,
           defect_id: int | None = None, origin_unit_id: int | None = None, link_id: int | None = None,
           handover_id: int | None = None, zone: str | None = None, requirement: str | None = None,
           actual: str | None = None, note: str | None = None, location: str | None = None, whole_lot: bool = False,
           for_review: bool = False, found_at: datetime | None = None, in_field: bool = False,
           client_id: str | None = None, content_hash: str | None = None, source: str = "desk",
           source_key: str | None = None, import_id: int | None = None) -> Rejection:
    """Record a rejection and hold its quantity at once; `whole_lot` holds the lot's whole quantity.

    Severity comes from the defect code unless given. The origin is assumed: the unit given, else the finding unit for
    its own work, else the supplier of the link or the operation before it; never a unit that only inspects. A lot or
    item that is not known makes the product suspect (R-02). `in_field`: an outside customer found it past its own line.
    Raises NotAllowed, NotFound, Invalid, Doubled.
    """
    at = now(session)
    rules.check_report(kind=kind, quantity=quantity, severity=severity, source=source, found_at=found_at, now=at)
    case = situation(session, person, found_unit_id=found_unit_id, lot_id=lot_id, item_id=item_id,
                     defect_id=defect_id, origin_unit_id=origin_unit_id, link_id=link_id, handover_id=handover_id)
    grant_id = person.need("rejections.report", site_id=case.site.id, unit_path=case.found.path)
    found_at = found_at or at
    on = case.day(found_at)
    origin, route = _assumed_origin(session, case, kind, on, is_told=origin_unit_id is not None)
    item = case.item
    units = None if origin is None else way(session, item.id if item else None, on, origin, case.found, route)
    rejection = Rejection(
        site_id=case.site.id, kind=kind, state=rules.STEPS.first, item_id=item.id if item else None,
        lot_id=case.lot.id if case.lot else None, quantity=quantity, whole_lot=whole_lot, for_review=for_review,
        defect_id=case.defect.id if case.defect else None, zone=zone,
        severity=severity or (case.defect.severity if case.defect else rules.UNCODED_SEVERITY),
        requirement=requirement, actual=actual, note=note, found_unit_id=case.found.id,
        origin_unit_id=origin.id if origin else None, origin_state="assumed" if origin else "unknown",
        link_id=case.link_id, handover_id=case.handover_id, found_at=found_at, received_at=at,
        reported_by_id=person.id, source=source, source_key=source_key, import_id=import_id,
        client_id=None if client_id is None else rules.check_client_id(client_id), content_hash=content_hash)
    classify(rejection, case.found, units, in_field=in_field)
    # The number comes late: on PostgreSQL nobody else gets the next one until this transaction ends.
    rejection.year, rejection.serial, rejection.number = next_number(session, REJECTION, case.site)
    rejection.search_text = found_by(rejection, case)
    held = {"lot_id": rejection.lot_id, "location": location, "state": "held", "held_at": at,
            "quantity": to_hold(quantity, whole_lot, case.lot)}
    add_with(session, rejection, "rejection_id", [(Hold, held), *_first_statement(rejection, grant_id)])
    add_now(session, *passages_of(session, rejection, units, on))
    if case.lot is None or item is None:
        acted(session, "R-02")
    if case.found.kind == "customer":
        waits_for_notice(session, rejection)
    return rejection


def found_by(rejection: Rejection, case: Situation) -> str:
    """Return the words by which the register finds a rejection."""
    return searchable(
        rejection.number, case.lot.number if case.lot else None, *_names(case.item), *_names(case.defect),
        *_names(case.found), rejection.zone, rejection.actual, rejection.note)


def _names(record: ItemBrief | DefectBrief | UnitBrief | None) -> tuple[str, ...]:
    return () if record is None else (record.code, record.name_zh, record.name_en)


def _assumed_origin(session: Session, case: Situation, kind: str, on: date, *,
                    is_told: bool) -> tuple[AnyUnit | None, Sequence[int] | None]:
    """Return who seems to have made the defect, and the route if it had to be read for that."""
    if is_told:
        told = case.told
        rules.check_origin(inspects=told is not None and told.inspects)
        return told, None
    maker: AnyUnit | None = case.found if kind in rules.OWN_WORK else case.told
    if maker is not None and not maker.inspects:
        return maker, None
    route = chain.route(session, case.item.id, on) if case.item else []
    if maker is None:
        maker = _before(session, route, case.found)
    return (None if maker is None else producing_origin(session, route, maker)), route


def _before(session: Session, route: Sequence[int], found: UnitBrief) -> Unit | None:
    """Return the operation that hands over to this unit on the route; the last one to an outside customer."""
    if found.id in route:
        position = route.index(found.id)
        return session.get(Unit, route[position - 1]) if position else None
    return session.get(Unit, route[-1]) if route and found.kind == "customer" else None


def to_hold(quantity: int, whole_lot: bool, lot: Lot | LotBrief | None) -> int:
    """Return how many pieces a report holds: what was reported, or the whole lot where all of it is suspect."""
    return max(quantity, lot.quantity) if whole_lot and lot is not None else quantity


def _first_statement(rejection: Rejection, grant_id: int | None) -> list[Part]:
    """Return what the report says of the origin; nothing when it is not known."""
    if rejection.origin_unit_id is None:
        return []
    return [(OriginStatement, {"state": "assumed", "unit_id": rejection.origin_unit_id, "grant_id": grant_id,
                               "person_id": rejection.reported_by_id, "at": rejection.received_at})]
