"""How a line is called for or stopped: recorded, numbered, told to the first rung at once (R-17). Knows no page."""

from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.chain import Defect, Item, Link, Lot, Site, Unit
from qms.models.rejections import Rejection
from qms.models.stops import Stop
from qms.rules import stops as rules
from qms.rules.accounts import Actor
from qms.rules.devices import KnownDevice
from qms.rules.errors import Doubled, Invalid, NotFound
from qms.rules.rejections import SOURCES, check_client_id
from qms.workflows import rejections
from qms.workflows.numbers import STOP, next_number
from qms.workflows.stops_clock import write_rungs
from qms.workflows.stops_records import sees

CALL = "stops.call"


@dataclass(frozen=True)
class Upstream:
    """What came in wrong. `quantity` None: not counted yet, so the whole lot is suspect."""

    quantity: int | None = None
    defect_id: int | None = None
    lot_id: int | None = None
    item_id: int | None = None
    link_id: int | None = None
    handover_id: int | None = None


def call(session: Session, person: Actor, *, unit_id: int, red: bool, reason: str, client_id: str | None = None,
         note: str | None = None, product_affecting: bool | None = None, critical: bool = False,
         from_upstream: bool = False, upstream: Upstream | None = None, customer_id: int | None = None,
         item_id: int | None = None, lot_id: int | None = None, device: KnownDevice | None = None,
         source: str = "desk") -> Stop:
    """Call for help at an operation (yellow), or stop its line (red).

    At an enrolled tablet anyone may, for what it serves (R-17). `customer_id`: the receiving operation that stops its
    supplier's line. What came from upstream opens its rejection at once. The same `client_id` again gives the first
    stop. Raises NotAllowed, NotFound, Invalid, Doubled.
    """
    known = _known(session, client_id, unit_id, red=red, reason=reason)
    if known is not None:
        return known
    unit = _unit(session, person, unit_id, customer_id, device)
    rules.check_reason(reason)
    if source not in SOURCES:
        raise Invalid(f"There is no source {source}.", f"没有来源 {source}。", field="source")
    from_upstream = from_upstream or upstream is not None or customer_id is not None
    told = upstream or Upstream()
    lot_id, item_id = _product(session, unit.site_id, lot_id or told.lot_id, item_id or told.item_id)
    critical = critical or _is_critical(session, told.defect_id)
    number = next_number(session, STOP, session.get_one(Site, unit.site_id))
    at = now(session)
    stop = Stop(
        site_id=unit.site_id, year=number.year, serial=number.serial, number=number.text, unit_id=unit.id,
        client_id=None if client_id is None else check_client_id(client_id),
        state="stopped" if red else rules.STEPS.first, reason=reason, note=(note or "").strip() or None,
        product_affecting=rules.is_product_affecting(reason, said=product_affecting, from_upstream=from_upstream,
                                                     critical=critical),
        critical=critical, from_upstream=from_upstream, item_id=item_id, lot_id=lot_id, customer_id=customer_id,
        device_id=device.id if device else None, called_by_id=person.id, called_at=at,
        window_ends_at=None if red else at + rules.WINDOW, stopped_at=at if red else None, source=source)
    if from_upstream:
        told = replace(told, lot_id=lot_id, item_id=item_id)
        stop.rejection_id = _open_rejection(session, person, stop, told, free=device is not None).id
    session.add(stop)
    session.flush()
    write_rungs(session, stop)
    session.flush()
    return stop


def by_client_id(session: Session, client_id: str) -> Stop | None:
    """Return the stop that was made under an id given by a tablet. Raises Invalid for what is no UUID."""
    return session.scalar(select(Stop).where(Stop.client_id == check_client_id(client_id)))


def _known(session: Session, client_id: str | None, unit_id: int, *, red: bool, reason: str) -> Stop | None:
    """Return the stop made under this id before. Raises Doubled when it was another one."""
    if client_id is None:
        return None
    found = by_client_id(session, client_id)
    if found is None:
        return None
    if (found.unit_id, found.window_ends_at is None, found.reason) != (unit_id, red, reason):
        raise Doubled("Something else was called under this client_id.", "此 client_id 下已有其他呼叫。")
    return found


def _unit(session: Session, person: Actor, unit_id: int, customer_id: int | None, device: KnownDevice | None) -> Unit:
    """Return the operation that may be stopped from here. Raises NotFound, Invalid, NotAllowed."""
    unit = session.get(Unit, unit_id)
    if unit is None or not (sees(person, unit.site_id) if device is None else device.site_id == unit.site_id):
        raise NotFound("There is no such unit.", "没有这个单元。")
    if unit.kind in rules.NOT_STOPPABLE or not unit.active:
        raise Invalid("This unit has no line that could be stopped.", "该单元没有可停的产线。", field="unit_id")
    caller = unit if customer_id is None else _customer(session, unit, customer_id)
    may = person.may(CALL, site_id=unit.site_id, unit_path=caller.path) and not person.everything
    if device is None:
        person.need(CALL, site_id=unit.site_id, unit_path=caller.path)
    elif caller.id not in device.units:
        raise NotFound("This tablet does not serve that operation.", "此平板不服务于该工序。")
    elif not may:
        acted(session, "R-17")
    return unit


def _customer(session: Session, supplier: Unit, customer_id: int) -> Unit:
    """Return the receiving operation of a supplier. Raises Invalid when it receives nothing from there."""
    customer = session.get(Unit, customer_id)
    linked = session.scalar(select(Link.id).where(Link.supplier_id == supplier.id, Link.customer_id == customer_id,
                                                  Link.active).limit(1))
    if customer is None or linked is None:
        raise Invalid("Only an operation that receives from there can stop that line.",
                      "只有接收该工序产品的工序才能停其产线。", field="customer_id")
    return customer


def _product(session: Session, site_id: int, lot_id: int | None, item_id: int | None) -> tuple[int | None, int | None]:
    """Return lot and item of what runs there; a lot tells its item. Raises Invalid."""
    lot = session.get(Lot, lot_id) if lot_id is not None else None
    item = session.get(Item, lot.item_id if lot else item_id) if lot or item_id is not None else None
    for field, given, record in (("lot_id", lot_id, lot), ("item_id", item_id, item)):
        found: Any = record
        if given is not None and (found is None or found.site_id != site_id):
            raise Invalid("There is no such record at this site.", "该工厂没有这条记录。", field=field)
    return (lot.id if lot else None), (item.id if item else None)


def _is_critical(session: Session, defect_id: int | None) -> bool:
    defect = session.get(Defect, defect_id) if defect_id is not None else None
    return defect is not None and defect.severity == "CR"


def _open_rejection(session: Session, person: Actor, stop: Stop, told: Upstream, *, free: bool) -> Rejection:
    """Open the rejection of what came in; `free`: at a tablet, where everyone may hold (R-17).

    A stop is never refused for what nobody has counted yet: one piece is reported then, and the whole lot is suspect.
    """
    link_id = told.link_id
    if stop.customer_id is not None and link_id is None:
        link_id = session.scalar(select(Link.id).where(
            Link.supplier_id == stop.unit_id, Link.customer_id == stop.customer_id, Link.active)
            .order_by(Link.id).limit(1))
    return rejections.report(
        session, replace(person, everything=True) if free else person, kind="not_accepted",
        found_unit_id=stop.customer_id or stop.unit_id, quantity=told.quantity or 1, whole_lot=told.quantity is None,
        lot_id=told.lot_id, item_id=told.item_id, defect_id=told.defect_id, link_id=link_id,
        handover_id=told.handover_id, note=stop.note, source=stop.source)
