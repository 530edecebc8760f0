"""What part of the trail is asked for: by whom, what, when, at which site, about which record. Writes nothing."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, String, and_, exists, false, or_, select
from sqlalchemy.orm import Session

from qms.db import record_classes
from qms.db.ledger import ledger
from qms.rules.trail import CODED

MOST_NUMBERED = 50
"""Records of one kind that bear one number and are looked for; lots of several suppliers may."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What part of the trail is asked for; None asks for everything. `number` is that of a record as people read it.

    Days are those of the zone. A site asks for the records that name their site.
    """

    entity: str | None = None
    entity_id: int | None = None
    actor_id: int | None = None
    action: str | None = None
    site_id: int | None = None
    number: str | None = None
    first: date | None = None
    last: date | None = None
    zone: str = "UTC"


def conditions(session: Session, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what an entry must fulfil to be what is asked for."""
    held = ((ledger.c.entity, wanted.entity), (ledger.c.entity_id, wanted.entity_id),
            (ledger.c.actor_id, wanted.actor_id), (ledger.c.action, wanted.action))
    asked = [column == value for column, value in held if value is not None]
    if wanted.first is not None:
        asked.append(ledger.c.at >= _begin(wanted.first, wanted.zone))
    if wanted.last is not None:
        asked.append(ledger.c.at < _begin(wanted.last + timedelta(days=1), wanted.zone))
    if wanted.number:
        asked.append(or_(false(), *(and_(ledger.c.entity == entity, ledger.c.entity_id == entity_id)
                                         for entity, entity_id in _numbered(session, wanted.number))))
    if wanted.site_id is not None:
        asked.append(or_(*_at_site(wanted.site_id)))
    return asked


def _begin(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def _numbered(session: Session, number: str) -> list[tuple[str, int]]:
    """Return (table, id) of every record that has this number; of several, each."""
    found = []
    for table, cls in sorted(record_classes().items()):
        column = next((cls.__table__.columns[name] for name in ("number", "form_number") if name in
                       cls.__table__.columns and (table, name) not in CODED), None)
        if column is not None and isinstance(column.type, String):
            found += [(table, row_id) for row_id in session.scalars(
                select(cls.__table__.c.id).where(column == number).limit(MOST_NUMBERED))]
    return found


def _at_site(site_id: int) -> Iterator[ColumnElement[bool]]:
    """Yield for each table whose records name their site the condition that an entry is about one of this site."""
    yield and_(ledger.c.entity == "sites", ledger.c.entity_id == site_id)
    for table, cls in record_classes().items():
        columns = cls.__table__.c
        if "site_id" in columns:
            yield and_(ledger.c.entity == table,
                       exists().where(columns.id == ledger.c.entity_id, columns.site_id == site_id))
