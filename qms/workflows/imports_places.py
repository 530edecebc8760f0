"""How what a file names is found in the chain, or made there. Knows no row of any file."""

import hashlib
from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.models.acceptance import Handover
from qms.models.chain import Defect, Item, Link, Lot, Site, Unit
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid
from qms.rules.imports import PERMISSION
from qms.rules.inspections import Place
from qms.workflows import chain

LONGEST_UNIT_CODE = 40
LONGEST_ITEM_CODE = 60

T = TypeVar("T", Unit, Item, Defect)


def code_of(name: str, longest: int) -> str:
    """Return a name as a code: itself, or cut with a digest so that two long names stay two."""
    if len(name) <= longest:
        return name
    return f"{name[: longest - 9]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def by_code(session: Session, cls: type[T], site_id: int, codes: Sequence[str]) -> dict[str, T]:
    """Map those of the codes that the site knows to their records."""
    found = session.scalars(select(cls).where(cls.site_id == site_id, cls.code.in_(codes)))
    return {record.code: record for record in found}


def known_site(session: Session, person: Actor, code: str) -> Site | None:
    """Return the site of a code, None when there is none yet. Raises NotAllowed where the person may not import."""
    site = session.scalar(select(Site).where(Site.code == code))
    person.need(PERMISSION, site_id=site.id if site else None)
    return site


def site_of(session: Session, person: Actor, place: Place, zone: str) -> Site:
    """Return the site of a code, made when it is not there; one that is there keeps its own names and zone.

    Raises Invalid when its zone is not the one in which the file's times were read.
    """
    site = known_site(session, person, place.code)
    if site is None:
        return chain.add_site(
            session, person, code=place.code, name_zh=place.name.zh, name_en=place.name.en, time_zone=zone
        )
    if site.time_zone != zone:
        raise Invalid(
            f"The site {site.code} is in the zone {site.time_zone}, the file is read in {zone}.",
            f"工厂 {site.code} 的时区为 {site.time_zone}，而文件按 {zone} 读取。",
            field="zone",
        )
    return site


def unit_of(session: Session, person: Actor, site: Site, place: Place, **more: Any) -> Unit:
    """Return the unit of a code, made when it is not there. Raises Invalid when it is out of use."""
    unit = by_code(session, Unit, site.id, [place.code]).get(place.code)
    if unit is None:
        return chain.add_unit(
            session,
            person,
            site_id=site.id,
            kind=place.kind or "operation",
            code=place.code,
            name_zh=place.name.zh,
            name_en=place.name.en,
            inspects=place.inspects,
            **more,
        )
    if not unit.active:
        raise Invalid(f"The unit {unit.code} is out of use.", f"单元 {unit.code} 已停用。")
    return unit


def item_of(session: Session, person: Actor, site: Site, place: Place) -> Item:
    """Return the item of a code, made when it is not there."""
    found = by_code(session, Item, site.id, [place.code]).get(place.code)
    return found or chain.add_item(
        session,
        person,
        site_id=site.id,
        code=place.code,
        name_zh=place.name.zh,
        name_en=place.name.en,
        unit=place.kind or "pcs",
    )


def link_of(
    session: Session,
    person: Actor,
    supplier: Unit,
    customer: Unit,
    place: Place,
    *,
    source: str,
    proposed: bool = False,
) -> Link:
    """Return the link of two units in use, of this kind; made when there is none, else the oldest."""
    found = session.scalar(
        select(Link)
        .where(Link.supplier_id == supplier.id, Link.customer_id == customer.id, Link.kind == place.kind, Link.active)
        .order_by(Link.id)
        .limit(1)
    )
    return found or chain.add_link(
        session,
        person,
        supplier_id=supplier.id,
        customer_id=customer.id,
        kind=place.kind,
        output_zh=place.name.zh,
        output_en=place.name.en,
        source=source,
        proposed=proposed,
    )


def lots_of(session: Session, person: Actor, site: Site, wanted: dict[str, tuple[int, int]]) -> dict[str, Lot]:
    """Return lots by number; those that are not there are made of their item id and quantity."""
    lots = {
        lot.number: lot
        for lot in session.scalars(select(Lot).where(Lot.site_id == site.id, Lot.number.in_(list(wanted))))
    }
    for number, (item_id, quantity) in wanted.items():
        if number not in lots:
            lots[number] = chain.add_lot(
                session, person, site_id=site.id, number=number, item_id=item_id, quantity=quantity
            )
    return lots


def fit_lots(session: Session, link_id: int, lots: Sequence[Lot]) -> None:
    """Raise the quantity of lots of which more was handed over on a link than they are said to hold."""
    rows = session.execute(
        select(Handover.lot_id, func.sum(Handover.quantity))
        .where(Handover.link_id == link_id, Handover.lot_id.in_([lot.id for lot in lots]))
        .group_by(Handover.lot_id)
    ).all()
    handed = {lot_id: int(pieces) for lot_id, pieces in rows}
    for lot in lots:
        lot.quantity = max(lot.quantity, handed.get(lot.id, 0))
