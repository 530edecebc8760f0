"""How the register of records from tablets is cut into pages by key, newest first. Changes nothing.

Each part of it, and each tablet, has an index in the order of receipt, so that time does not grow with the table.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Row, func, literal, select, tuple_
from sqlalchemy.orm import Session, aliased

from qms.db import UtcTime
from qms.models.accounts import Person
from qms.models.accounts_devices import Device
from qms.models.chain import Defect, Item, Lot, Unit
from qms.models.rejections import Rejection
from qms.models.rejections_intake import LATE, TO_CONFIRM, TO_REVIEW, Intake
from qms.rules.accounts import Actor
from qms.rules.chain import check_time_zone
from qms.rules.clock import day_bounds
from qms.rules.words import Words
from qms.workflows.rejections_records import VIEW
from qms.workflows.rejections_register import Mark

SIZE = 50
MOST_COUNTED = 1_000

PARTS: dict[str, Words] = {
    "review": Words("To be looked through", "待复核"),
    "confirm": Words("Offline, to be confirmed", "离线待确认"),
    "late": Words("Came late", "延迟送达"),
}
"""Parts of the register that have a name in its address."""

_CONDITIONS: dict[str, ColumnElement[bool]] = {"review": TO_REVIEW, "confirm": TO_CONFIRM, "late": LATE}
_FOUND = aliased(Unit)
_COLUMNS = (
    Intake.id, Intake.received_at, Intake.device_time, Intake.skew_ms, Intake.review, Intake.reviewed_at,
    Intake.author_auth, Intake.confirmed_at, Intake.photos, Device.name.label("device"),
    Person.name.label("author"), Rejection.number, Rejection.state, Rejection.quantity, Rejection.found_at,
    Item.unit, Item.code.label("item_code"), Item.name_zh.label("item_zh"), Item.name_en.label("item_en"),
    Lot.number.label("lot_number"), Defect.name_zh.label("defect_zh"), Defect.name_en.label("defect_en"),
    _FOUND.code.label("found_code"), _FOUND.name_zh.label("found_zh"), _FOUND.name_en.label("found_en"))


@dataclass(frozen=True)
class Filter:
    """What part of the register is asked for; None asks for everything. Days are whole days of `zone`, by receipt."""

    part: str | None = None
    device_id: int | None = None
    first: date | None = None
    last: date | None = None
    zone: str = "Asia/Shanghai"


@dataclass(frozen=True)
class Page:
    """One page. `total` is a lower bound where `is_capped`; marks are None where nothing follows."""

    rows: Sequence[Row[Any]]
    total: int
    is_capped: bool
    newer: Mark | None
    older: Mark | None


def page(session: Session, person: Actor, wanted: Filter, *, before: Mark | None = None, after: Mark | None = None,
         size: int = SIZE) -> Page:
    """Return a page of the register: what came `before` a mark (older) or `after` it (newer).

    Raises NotAllowed, Invalid.
    """
    met = conditions(person, wanted)
    counted = select(Intake.id).where(*met).limit(MOST_COUNTED + 1).subquery()
    total = session.scalar(select(func.count()).select_from(counted)) or 0
    mark, upwards = before or after, after is not None and before is None
    here = tuple_(Intake.received_at, Intake.id)
    if mark is not None and mark.at is not None:
        there = tuple_(literal(mark.at, UtcTime), literal(mark.id))
        met.append(here > there if upwards else here < there)
    found = session.execute(_rows(upwards=upwards).where(*met).limit(size + 1)).all()
    more, rows = len(found) > size, found[:size]
    if upwards:
        rows = rows[::-1]
    has_newer, has_older = (more, True) if upwards else (before is not None, more)
    return Page(rows, min(total, MOST_COUNTED), total > MOST_COUNTED, _mark(rows[0]) if rows and has_newer else None,
                _mark(rows[-1]) if rows and has_older else None)


def conditions(person: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what a row must fulfil to be in this part of the register and of a site the person may see.

    Raises NotAllowed, Invalid.
    """
    person.need(VIEW)
    check_time_zone(wanted.zone)
    met = [_CONDITIONS[wanted.part]] if wanted.part in _CONDITIONS else []
    sites = person.sites(VIEW)
    if sites is not None:
        met.append(Intake.device_id.in_(select(Device.id).where(Device.site_id.in_(sorted(sites)))))
    if wanted.device_id is not None:
        met.append(Intake.device_id == wanted.device_id)
    if wanted.first is not None:
        met.append(Intake.received_at >= day_bounds(wanted.first, wanted.first, wanted.zone)[0])
    if wanted.last is not None:
        met.append(Intake.received_at < day_bounds(wanted.last, wanted.last, wanted.zone)[1])
    return met


def tablets(session: Session, person: Actor) -> list[tuple[int, str]]:
    """Return (id, name) of the tablets of the sites that the person may see, by name."""
    sites = person.sites(VIEW)
    query = select(Device.id, Device.name).order_by(Device.name, Device.id)
    rows = session.execute(query if sites is None else query.where(Device.site_id.in_(sorted(sites))))
    return [(row.id, row.name) for row in rows]


def _rows(*, upwards: bool) -> Any:
    by = (Intake.received_at, Intake.id)
    return (select(*_COLUMNS).select_from(Intake).join(Device, Device.id == Intake.device_id)
            .join(Rejection, Rejection.id == Intake.rejection_id).join(_FOUND, _FOUND.id == Rejection.found_unit_id)
            .outerjoin(Person, Person.id == Intake.author_id).outerjoin(Item, Item.id == Rejection.item_id)
            .outerjoin(Lot, Lot.id == Rejection.lot_id).outerjoin(Defect, Defect.id == Rejection.defect_id)
            .order_by(*(part.asc() if upwards else part.desc() for part in by)))


def _mark(row: Row[Any]) -> Mark:
    return Mark(row.id, row.received_at)
