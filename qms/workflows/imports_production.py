"""How the reports of a production log are kept, and hand-overs and rejections derived from them. Knows no file.

Every report is kept. What follows from the reports of a work order is derived from all that are kept, whichever files
they came in: a longer log, or the next month's, brings the hand-overs of an order up to date and doubles none.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.models.chain import Item, Link, Routing, RoutingStep, Site, Unit
from qms.models.imports import ProductionReport
from qms.rules.accounts import Actor
from qms.rules.errors import BadFile
from qms.rules.imports import IN_PROCESS, NOT_NAMED, PERMISSION
from qms.rules.inspections import Place
from qms.rules.production import WORK, Report, WorkOrder
from qms.rules.words import Words
from qms.workflows import chain
from qms.workflows.imports_places import (
    LONGEST_ITEM_CODE,
    LONGEST_UNIT_CODE,
    by_code,
    code_of,
    item_of,
    known_site,
    link_of,
    lots_of,
    unit_of,
)

KEYS_AT_ONCE = 500
ROUTINGS_PER_ITEM = 5
LONGEST_ROUTING = 200
FINAL_WORDS = ("final", "终检", "出货")


@dataclass(frozen=True)
class Shop:
    """Where a log belongs: its site, and its operations and items by the names in the log."""

    site: Site
    units: dict[str, Unit]
    items: dict[str, Item]


def decided(session: Session, person: Actor, site_code: str, names: Iterable[str]) -> dict[str, bool]:
    """Map operations that the site knows to whether they inspect: a person's word goes before a name's."""
    site = known_site(session, person, site_code)
    if site is None:
        return {}
    codes = {code_of(name, LONGEST_UNIT_CODE): name for name in names}
    return {codes[code]: unit.inspects for code, unit in by_code(session, Unit, site.id, list(codes)).items()}


def zone_of(session: Session, person: Actor, site_code: str) -> str | None:
    """Return the zone of a site; None when there is no such site yet. Raises NotAllowed."""
    site = known_site(session, person, site_code)
    return site.time_zone if site else None


def known_keys(session: Session, site_id: int, reports: Sequence[Report]) -> dict[str, int]:
    """Map the keys of reports that are kept already to the import that kept them."""
    known: dict[str, int] = {}
    for start in range(0, len(reports), KEYS_AT_ONCE):
        keys = {source_key(site_id, report): report.key for report in reports[start : start + KEYS_AT_ONCE]}
        rows = session.execute(
            select(ProductionReport.source_key, ProductionReport.import_id).where(
                ProductionReport.source_key.in_(list(keys))
            )
        )
        known |= {keys[key]: import_id for key, import_id in rows}
    return known


def count_known(session: Session, person: Actor, site_code: str, reports: Sequence[Report]) -> int:
    """Count the reports that a site keeps already."""
    site = known_site(session, person, site_code)
    return len(known_keys(session, site.id, reports)) if site else 0


def source_key(site_id: int, report: Report) -> str:
    """Return the identity of a report at its site."""
    return f"log:{site_id}:{report.key}"


def shop_of(
    session: Session, person: Actor, *, site_code: str, zone: str, operations: dict[str, bool], items: Iterable[str]
) -> Shop:
    """Find or make the site, the operations (name -> whether it inspects) and the items of a log.

    Raises Invalid, NotAllowed.
    """
    site = known_site(session, person, site_code) or chain.add_site(
        session, person, code=site_code, name_zh=site_code, name_en=site_code, time_zone=zone
    )
    units = {name: _operation(session, person, site, name, inspects) for name, inspects in operations.items()}
    made = {name: _item(session, person, site, name) for name in items}
    return Shop(site, units, made)


def _operation(session: Session, person: Actor, site: Site, name: str, inspects: bool) -> Unit:
    final = inspects and any(word in name.casefold() for word in FINAL_WORDS)
    place = Place(code_of(name, LONGEST_UNIT_CODE), Words(name, name), "operation", inspects)
    return unit_of(session, person, site, place, final=final)


def _item(session: Session, person: Actor, site: Site, name: str) -> Item:
    words = Words(name, name) if name else NOT_NAMED
    return item_of(session, person, site, Place(code_of(name, LONGEST_ITEM_CODE) or "UNKNOWN", words))


def keep(session: Session, person: Actor, run_id: int, shop: Shop, orders: Sequence[WorkOrder]) -> list[Report]:
    """Keep those reports of the orders that are not kept yet; return all that this import has kept."""
    person.need(PERMISSION, site_id=shop.site.id)
    reports = [report for order in orders for report in order.reports]
    known = known_keys(session, shop.site.id, reports)
    wanted = {order.number: (shop.items[order.item].id, order.order_quantity or 0) for order in orders}
    lots = lots_of(session, person, shop.site, wanted)
    zone = ZoneInfo(shop.site.time_zone)
    session.add_all(
        ProductionReport(
            site_id=shop.site.id,
            import_id=run_id,
            source_key=source_key(shop.site.id, report),
            line=report.line,
            lot_id=lots[report.work_order].id,
            unit_id=shop.units[report.operation].id,
            resource=report.resource,
            started_at=report.start.replace(tzinfo=zone),
            completed_at=report.complete.replace(tzinfo=zone),
            kind=report.kind,
            completed=report.completed,
            rejected=report.rejected,
            for_review=report.mrb,
            rework=report.rework,
            repeated=report.repeat_of is not None,
        )
        for report in reports
        if report.key not in known
    )
    session.flush()
    return [report for report in reports if known.get(report.key, run_id) == run_id]


def propose_links(session: Session, person: Actor, shop: Shop, pairs: Iterable[tuple[str, str, int]]) -> list[Link]:
    """Propose a link for each (giver, receiver, hand-overs) that has none; raise the count of those still proposed."""
    links = []
    for giver, receiver, count in pairs:
        link = link_of(
            session,
            person,
            shop.units[giver],
            shop.units[receiver],
            Place("", IN_PROCESS, "operation"),
            source="log",
            proposed=True,
        )
        if link.proposed and link.observed < count:
            link.observed = count
        links.append(link)
    session.flush()
    return links


def propose_routings(
    session: Session, person: Actor, shop: Shop, first_on: date, seen: Iterable[tuple[str, tuple[str, ...], int]]
) -> int:
    """Propose the most frequent sequences of each item as routings; return how many are new.

    `seen` holds (item, operations, lots), the most frequent first within an item.
    """
    proposed: dict[str, int] = {}
    made = 0
    for item, operations, count in seen:
        proposed[item] = proposed.get(item, 0) + 1
        if not item or proposed[item] > ROUTINGS_PER_ITEM or len(operations) > LONGEST_ROUTING:
            continue
        unit_ids = [shop.units[name].id for name in operations]
        known = _routing(session, shop.items[item].id, unit_ids)
        if known is None:
            chain.add_routing(
                session,
                person,
                item_id=shop.items[item].id,
                unit_ids=unit_ids,
                valid_from=first_on,
                source="log",
                proposed=True,
                observed=count,
            )
            made += 1
        elif known.proposed and known.observed < count:
            known.observed = count
    session.flush()
    return made


def _routing(session: Session, item_id: int, unit_ids: list[int]) -> Routing | None:
    """Return the item's routing that has just these operations, whatever became of it."""
    steps: dict[int, list[int]] = {}
    rows = session.execute(
        select(RoutingStep.routing_id, RoutingStep.unit_id)
        .join(Routing, Routing.id == RoutingStep.routing_id)
        .where(Routing.item_id == item_id)
        .order_by(RoutingStep.routing_id, RoutingStep.position)
    )
    for routing_id, unit_id in rows:
        steps.setdefault(routing_id, []).append(unit_id)
    same = next((routing_id for routing_id, found in steps.items() if found == unit_ids), None)
    return None if same is None else session.get(Routing, same)


def check_totals(session: Session, run_id: int, reports: Sequence[Report]) -> None:
    """Hold what an import kept against its reports, row by row and piece by piece. Raises BadFile."""
    row = ProductionReport
    moved = [
        func.coalesce(func.sum(column).filter(row.kind == WORK), 0)
        for column in (row.completed, row.rejected, row.for_review)
    ]
    stored = tuple(session.execute(select(func.count(), *moved).where(row.import_id == run_id)).one())
    told = (len(reports), *(sum(report.moved(name) for report in reports) for name in ("completed", "rejected", "mrb")))
    if stored != told:
        raise BadFile(
            f"The records do not add up to the file: rows, completed, rejected, MRB {stored} kept, {told} read.",
            f"记录与文件不符：行数、完工、拒收、待评审已存 {stored}，读取 {told}。",
        )
