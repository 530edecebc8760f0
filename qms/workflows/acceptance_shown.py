"""What the pages of standards and hand-overs show: records loaded whole, their thread, choices. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload, selectinload

from qms.db.session import clean_text
from qms.models.acceptance import Characteristic, Check, Handover, Reading, Standard
from qms.models.chain import Defect, Item, Link, Lot, Site, Unit
from qms.models.rejections import Rejection
from qms.rules.acceptance import HANDOVER, STANDARD
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.steps import step, step_of
from qms.workflows import chain, rejections
from qms.workflows.acceptance_conditions import standard_of
from qms.workflows.acceptance_records import sees
from qms.workflows.chain_paging import Page, Sorting, Wish, page

VIEW = "acceptance.view"
MOST_LINKS = 2_000


@dataclass(frozen=True)
class StandardFilter:
    """What standards are asked for; None and empty texts ask for everything."""

    site_id: int | None = None
    state: str | None = None
    link_id: int | None = None
    item_id: int | None = None
    sought: str = ""


def whole_handover(session: Session, person: Actor, handover_id: int) -> Handover:
    """Return a hand-over with everything that its page shows, loaded together. Raises NotFound."""
    parts = (Handover.site, Handover.supplier, Handover.customer, Handover.item, Handover.lot, Handover.standard,
             Handover.presented_by, Handover.decided_by)
    found = session.scalar(select(Handover).where(Handover.id == handover_id).options(
        *(joinedload(part) for part in parts), joinedload(Handover.link),
        selectinload(Handover.checks).options(
            joinedload(Check.person),
            selectinload(Check.readings).joinedload(Reading.characteristic))))
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def whole_standard(session: Session, person: Actor, standard_id: int) -> Standard:
    """Return a standard with its link, units, item and people. Raises NotFound."""
    found = session.scalar(select(Standard).where(Standard.id == standard_id).options(
        joinedload(Standard.link).options(joinedload(Link.supplier), joinedload(Link.customer), joinedload(Link.site)),
        joinedload(Standard.item), joinedload(Standard.drafted_by), joinedload(Standard.approved_by)))
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def handover_to_step(session: Session, person: Actor, handover_id: int, name: str) -> Handover:
    """Return a hand-over whole, for the page of a step that the person may take now.

    Raises NotFound, NotAllowed, IllegalStep.
    """
    handover = whole_handover(session, person, handover_id)
    taken = step_of(HANDOVER, name)
    unit = handover.supplier if taken.permission == "acceptance.present" else handover.customer
    person.need(taken.permission, site_id=handover.site_id, unit_path=unit.path)
    step(HANDOVER, handover.state, name)
    return handover


def standard_to_step(session: Session, person: Actor, standard_id: int, name: str) -> Standard:
    """Return a standard whole, for the page of a step that the person may take now.

    Raises NotFound, NotAllowed, IllegalStep.
    """
    standard = whole_standard(session, person, standard_id)
    person.need(step_of(STANDARD, name).permission, site_id=standard.site_id,
                unit_path=standard.link.customer.path)
    step(STANDARD, standard.state, name)
    return standard


def characteristics_of(session: Session, standard_id: int) -> Sequence[Characteristic]:
    """Return what a standard asks for, in order, with the defect codes."""
    return session.scalars(
        select(Characteristic).where(Characteristic.standard_id == standard_id, Characteristic.position > 0)
        .options(joinedload(Characteristic.defect)).order_by(Characteristic.position, Characteristic.id)).all()


def revisions_of(session: Session, standard: Standard) -> Sequence[Standard]:
    """Return every revision under a form number, newest first."""
    return session.scalars(select(Standard).where(
        Standard.site_id == standard.site_id, Standard.form_number == standard.form_number)
        .order_by(Standard.revision.desc())).all()


def replaced_by(session: Session, standard: Standard) -> Standard | None:
    """Return the approved standard of the same link and item that ends when this draft is approved."""
    same = Standard.item_id.is_(None) if standard.item_id is None else Standard.item_id == standard.item_id
    return session.scalar(select(Standard).where(Standard.link_id == standard.link_id, same,
                                                 Standard.state == "approved", Standard.id != standard.id)
                          .order_by(Standard.valid_from.desc(), Standard.id.desc()).limit(1))


def presentations(session: Session, handover: Handover) -> list[Handover]:
    """Return every presentation of the same quantity, from the first on, this one among them."""
    first = handover
    while first.previous_id is not None:
        first = session.get_one(Handover, first.previous_id)
    found, waiting = [first], [first.id]
    while waiting:
        again = session.scalars(select(Handover).where(Handover.previous_id.in_(waiting)).order_by(Handover.id)).all()
        found += again
        waiting = [each.id for each in again]
    return found


def rejections_of(session: Session, handovers: Sequence[Handover]) -> Sequence[Rejection]:
    """Return the rejections that were reported of these hand-overs, oldest first."""
    return session.scalars(select(Rejection).where(Rejection.handover_id.in_([h.id for h in handovers]))
                           .options(joinedload(Rejection.defect), joinedload(Rejection.reported_by))
                           .order_by(Rejection.id)).all()


def earlier_rejections(session: Session, lot_id: int, most: int = 5) -> Sequence[Rejection]:
    """Return the newest rejections of a lot and of the lots it was made from."""
    return session.scalars(
        select(Rejection).where(Rejection.lot_id.in_(chain.lot_family(session, lot_id)), Rejection.state != "void")
        .options(joinedload(Rejection.defect), joinedload(Rejection.found_unit))
        .order_by(Rejection.id.desc()).limit(most)).all()


def holding(session: Session, lot_id: int) -> Sequence[Rejection]:
    """Return the rejections that hold a lot or a lot it was made from, oldest first."""
    holds = rejections.open_holds(session, chain.lot_family(session, lot_id))
    return session.scalars(select(Rejection).where(Rejection.id.in_({h.rejection_id for h in holds}))
                           .order_by(Rejection.id)).all()


def last_readings(handover: Handover) -> dict[int, list[Reading]]:
    """Map each characteristic to its readings in the last check that has any; the checks are loaded with theirs."""
    found: dict[int, list[Reading]] = {}
    for reading in next((c.readings for c in reversed(handover.checks) if c.readings), []):
        found.setdefault(reading.characteristic_id, []).append(reading)
    return found


def standard_to_use(session: Session, handover: Handover) -> Standard | None:
    """Return the standard that a hand-over is judged by, loaded for its page; None: none is in force."""
    found = standard_of(session, handover)
    return found and session.scalar(select(Standard).where(Standard.id == found.id).options(
        joinedload(Standard.link).options(joinedload(Link.supplier), joinedload(Link.customer), joinedload(Link.site)),
        joinedload(Standard.item), joinedload(Standard.drafted_by), joinedload(Standard.approved_by)))


def named_filters(session: Session, person: Actor, wanted: Any) -> dict[str, Any]:
    """Return the Link, Item and Lot that a filter names by id, by the filter's key; None: not to be seen."""
    found: dict[str, Any] = {}
    for key, cls in (("link_id", Link), ("item_id", Item), ("lot_id", Lot)):
        record_id = getattr(wanted, key, None)
        if record_id is not None:
            record: Any = session.get(cls, record_id)
            found[key] = record if record is not None and sees(person, record.site_id) else None
    return found


def links_for(session: Session, person: Actor, permission: str, *, supplier: bool) -> list[Link]:
    """Return the links in use where the person holds a permission at the supplier's end, or else at the customer's."""
    giver, taker = aliased(Unit), aliased(Unit)
    sites = person.sites(permission)
    query = (select(Link).join(giver, giver.id == Link.supplier_id).join(taker, taker.id == Link.customer_id)
             .options(contains_eager(Link.supplier.of_type(giver)), contains_eager(Link.customer.of_type(taker)))
             .where(Link.active, *([] if sites is None else [Link.site_id.in_(sites)]))
             .order_by(giver.code, taker.code, Link.id).limit(MOST_LINKS))
    return [link for link in session.scalars(query)
            if person.may(permission, site_id=link.site_id,
                          unit_path=(link.supplier if supplier else link.customer).path)]


def lot_numbered(session: Session, person: Actor, link_id: int, number: str) -> Lot:
    """Return the lot of a link's site with this number. Raises NotFound, Invalid."""
    link = session.get(Link, link_id)
    if link is None or not sees(person, link.site_id):
        raise NotFound
    number = clean_text(number.strip(), "lot", None)
    lot = session.scalar(select(Lot).where(Lot.site_id == link.site_id, Lot.number == number))
    if lot is None:
        raise Invalid(f"There is no lot {number} at this site.", f"本工厂没有批次 {number}。", field="lot")
    return lot


def defects_of(session: Session, site_id: int) -> Sequence[Defect]:
    """Return the defect codes in use of a site, by code."""
    return session.scalars(select(Defect).where(Defect.site_id == site_id, Defect.active).order_by(Defect.code)).all()


def items_of(session: Session, site_ids: Sequence[int]) -> Sequence[Item]:
    """Return the items in use of these sites, by code, as choices of a form."""
    return session.scalars(select(Item).where(Item.site_id.in_(site_ids), Item.active).order_by(Item.code)
                           .limit(MOST_LINKS)).all()


def units_of(session: Session, person: Actor) -> Sequence[Unit]:
    """Return the units in use that the person may know of, by code, as choices of a filter."""
    sites = person.sites(VIEW)
    where = [] if sites is None else [Unit.site_id.in_(sites)]
    return session.scalars(select(Unit).where(Unit.active, *where).order_by(Unit.code).limit(MOST_LINKS)).all()


def sites_of(session: Session, person: Actor) -> Sequence[Site]:
    """Return the sites whose standards and hand-overs the person may see."""
    sites = person.sites(VIEW)
    where = [] if sites is None else [Site.id.in_(sites)]
    return session.scalars(select(Site).where(*where).order_by(Site.code)).all()


def standards(session: Session, person: Actor, wanted: StandardFilter, wish: Wish) -> Page[Standard]:
    """Return a page of standards, by form number, title or first day in force. Raises NotAllowed."""
    person.need(VIEW)
    sites = person.sites(VIEW)
    giver, taker = aliased(Unit), aliased(Unit)
    query = (
        select(Standard).join(Link, Link.id == Standard.link_id).join(giver, giver.id == Link.supplier_id)
        .join(taker, taker.id == Link.customer_id)
        .options(contains_eager(Standard.link).options(contains_eager(Link.supplier.of_type(giver)),
                                                       contains_eager(Link.customer.of_type(taker))),
                 joinedload(Standard.item))
        .where(*([] if sites is None else [Standard.site_id.in_(sites)]),
               *(column == value for column, value in (
                   (Standard.site_id, wanted.site_id), (Standard.state, wanted.state),
                   (Standard.link_id, wanted.link_id), (Standard.item_id, wanted.item_id)) if value is not None),
               *_found(wanted.sought, Standard.form_number, Standard.title_zh, Standard.title_en, giver.code,
                       giver.name_zh, giver.name_en, taker.code, taker.name_zh, taker.name_en)))
    sortings = {"form": Sorting(Standard.form_number, "form_number"),
                "revision": Sorting(Standard.revision, "revision")}
    return page(session, query, Standard, sortings, wish)


def _found(sought: str, *columns: Any) -> list[ColumnElement[bool]]:
    return [or_(*(column.icontains(part, autoescape=True) for column in columns))
            for part in sought.replace("\x00", " ").split()]
