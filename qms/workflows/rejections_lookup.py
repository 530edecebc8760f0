"""How lots, items and defects are found by what people type: numbers, codes, names, initials. Changes nothing."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from qms.models.accounts import Person
from qms.models.chain import Defect, Item, Lot, Unit
from qms.models.rejections import Rejection
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound

REPORT = "rejections.report"
MOST_OFFERED = 12
MOST_UNITS = 2_000


def lots_like(session: Session, person: Actor, typed: str) -> Sequence[Lot]:
    """Return the first lots whose number begins like this, where the person may report."""
    typed = typed.strip()[:80]
    if not typed:
        return []
    query = (select(Lot).where(Lot.number >= typed, Lot.number < typed + "\U0010ffff", *_at_sites(person, Lot.site_id))
             .options(joinedload(Lot.item)).order_by(Lot.number).limit(MOST_OFFERED))
    return session.scalars(query).all()


def items_like(session: Session, person: Actor, typed: str) -> Sequence[Item]:
    """Return the first items whose code, name or initials hold this, where the person may report."""
    return session.scalars(_named_like(Item, typed, _at_sites(person, Item.site_id))).all()


def defects_like(session: Session, person: Actor, typed: str) -> Sequence[Defect]:
    """Return the first defects whose code, name or initials hold this, where the person may report."""
    return session.scalars(_named_like(Defect, typed, _at_sites(person, Defect.site_id))).all()


def units_to_report_in(session: Session, person: Actor) -> list[Unit]:
    """Return the units in use where the person may report, by code."""
    units = session.scalars(select(Unit).where(Unit.active, *_at_sites(person, Unit.site_id)).order_by(Unit.code)
                            .limit(MOST_UNITS))
    return [unit for unit in units if person.may(REPORT, site_id=unit.site_id, unit_path=unit.path)]


def units_of_site(session: Session, site_id: int, *, producing: bool = False) -> Sequence[Unit]:
    """Return the units in use of a site by code; only those that may be an origin when `producing`."""
    where = [~Unit.inspects] if producing else []
    return session.scalars(select(Unit).where(Unit.site_id == site_id, Unit.active, *where).order_by(Unit.code)
                           .limit(MOST_UNITS)).all()


def site_of_unit(session: Session, unit_id: int) -> int:
    """Return the site of a unit. Raises NotFound."""
    site_id = session.scalar(select(Unit.site_id).where(Unit.id == unit_id))
    if site_id is None:
        raise NotFound
    return site_id


def home_of(session: Session, person: Actor) -> int | None:
    """Return the unit where the person works: their own, else the one that a grant is limited to."""
    home = session.scalar(select(Person.unit_id).where(Person.id == person.id))
    paths = [grant.unit_path for grant in person.grants if grant.unit_path]
    return home if home is not None or not paths else int(paths[0].rstrip(".").rpartition(".")[2])


def lot_id(session: Session, site_id: int, typed: str | None) -> int | None:
    """Return the lot with exactly this number; None when nothing was typed. Raises Invalid."""
    number = (typed or "").strip()
    if not number:
        return None
    found = session.scalar(select(Lot.id).where(Lot.site_id == site_id, Lot.number == number))
    if found is None:
        raise Invalid(f"There is no lot {number}. Leave this empty if the number cannot be read.",
                      f"没有批次 {number}。号码无法辨认时请留空。", field="lot")
    return found


def item_id(session: Session, site_id: int, typed: str | None) -> int | None:
    """Return the one item meant by a code, name or initials; None when nothing was typed. Raises Invalid."""
    return _meant(session, Item, site_id, typed, "item")


def item_meant(session: Session, person: Actor, unit_id: int | None, lot: str, item: str) -> int | None:
    """Return the item of the lot typed, else the one typed; None while neither tells, or what is told is not clear."""
    unit = session.get(Unit, unit_id) if unit_id is not None else None
    if unit is None or not person.may(REPORT, site_id=unit.site_id, unit_path=unit.path):
        return None
    of_lot = session.scalar(select(Lot.item_id).where(Lot.site_id == unit.site_id, Lot.number == lot.strip()))
    if of_lot is not None:
        return of_lot
    try:
        return item_id(session, unit.site_id, item)
    except Invalid:
        return None


def defect_id(session: Session, site_id: int, typed: str | None) -> int | None:
    """Return the one defect meant by a code, name or initials; None when nothing was typed. Raises Invalid."""
    return _meant(session, Defect, site_id, typed, "defect")


def by_client_id(session: Session, client_id: str) -> Rejection | None:
    """Return the rejection that was recorded under an id given by the client."""
    return session.scalar(select(Rejection).where(Rejection.client_id == client_id))


def _meant(session: Session, cls: Any, site_id: int, typed: str | None, field: str) -> int | None:
    text = (typed or "").strip()
    if not text:
        return None
    for meant in (text, text.split()[0]):
        found: int | None = session.scalar(select(cls.id).where(cls.site_id == site_id, cls.code == meant))
        if found is not None:
            return found
    ids = session.scalars(_named_like(cls, text, [cls.site_id == site_id]).with_only_columns(cls.id)).all()
    if len(ids) != 1:
        say = ("fits several", "对应多条") if ids else ("fits nothing", "没有对应的记录")
        raise Invalid(f"“{text}” {say[0]}. Choose from the list.", f"“{text}” {say[1]}。请从列表中选择。", field=field)
    return int(ids[0])


def _named_like(cls: Any, typed: str, where: list[ColumnElement[bool]]) -> Any:
    text = typed.strip()[:100].lower()
    if not text:
        return select(cls).where(*where, cls.active).order_by(cls.code).limit(MOST_OFFERED)
    holds = [func.lower(column).contains(text, autoescape=True) for column in (cls.code, cls.name_zh, cls.name_en)]
    return (select(cls).where(or_(*holds, cls.initials.startswith(text, autoescape=True)), *where, cls.active)
            .order_by(cls.code).limit(MOST_OFFERED))


def _at_sites(person: Actor, column: Any) -> list[ColumnElement[bool]]:
    sites = person.sites(REPORT)
    return [] if sites is None else [column.in_(sorted(sites))]
