"""How long each site keeps its records, and what is due when (R-44). Disposes of nothing."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, String, Table, and_, case, cast, false, func, literal, or_, select, true
from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.db.ledger import ledger
from qms.models.chain import Item, Site
from qms.models.trail_retention import RetentionSetting
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.trail_retention import LEAST_YEARS, MOST_YEARS, Retention, due_on, latest_start
from qms.rules.trail_retention_classes import CLASSES, ROOTS
from qms.workflows.chain_records import check_version
from qms.workflows.trail_disposals_reach import Key, table_of

VIEW, SET = "trail.view", "trail.retain"
SHOWN_YEARS = 5


@dataclass(frozen=True, slots=True)
class Kept:
    """How a site keeps a class: for how many years, set by whom and why where the site chose its own."""

    code: str
    retention: Retention
    years: int | None
    special_years: int | None
    setting: RetentionSetting | None


@dataclass(frozen=True, slots=True)
class Counted:
    """A class of a site: how many records, how many without a start yet, due now, and by due year."""

    kept: Kept
    records: int
    not_begun: int
    due: int
    by_year: dict[int, int]
    later: int


@dataclass(frozen=True, slots=True)
class Due:
    """A record that is due: its version, what it is called, the day from which its time counts, and its due day."""

    key: Key
    rev: int
    named: str
    started_on: date
    due_on: date


def sites_seen(session: Session, person: Actor, permission: str = VIEW) -> list[Site]:
    """Return the sites where a person holds the permission, by code. Raises NotAllowed."""
    person.need(permission)
    allowed = person.sites(permission)
    query = select(Site).order_by(Site.code)
    return list(session.scalars(query if allowed is None else query.where(Site.id.in_(sorted(allowed)))))


def site_seen(session: Session, person: Actor, site_id: int, permission: str = VIEW) -> Site:
    """Return a site where a person holds the permission. Raises NotFound, NotAllowed."""
    site, seen = session.get(Site, site_id), person.sites(VIEW)
    if site is None or (seen is not None and site_id not in seen):
        raise NotFound
    person.need(permission, site_id=site_id)
    return site


def kept_by(session: Session, site_id: int) -> dict[str, Kept]:
    """Return how a site keeps every class."""
    own = {one.class_code: one for one in session.scalars(
        select(RetentionSetting).where(RetentionSetting.site_id == site_id))}
    return {code: Kept(code, one, own[code].years if code in own else one.years,
                       own[code].special_years if code in own else one.special_years, own.get(code))
            for code, one in CLASSES.items()}


def set_years(session: Session, person: Actor, site_id: int, code: str, rev: int, *, years: int | None,
              special_years: int | None, reason: str | None) -> RetentionSetting:
    """Set for how many years a site keeps a class; `rev` 0: it has chosen none yet.

    Raises Invalid, Stale, NotFound, NotAllowed.
    """
    site_seen(session, person, site_id, SET)
    retention = CLASSES.get(code)
    if retention is None:
        raise NotFound
    if retention.kind == "event":
        raise Invalid("This class is kept while it is in use; it has no years.", "该类别在使用期间保存, 无年限。",
                      field="years")
    for field, value in (("years", years), ("special_years", special_years)):
        if (value is None and field == "years") or (value is not None and not LEAST_YEARS <= value <= MOST_YEARS):
            raise Invalid(f"From {LEAST_YEARS} to {MOST_YEARS} years.", f"{LEAST_YEARS} 至 {MOST_YEARS} 年。",
                          field=field)
    if retention.special_years is not None and (special_years or 0) < (years or 0):
        raise Invalid("Special characteristics are kept at least as long.", "特殊特性的保存期不得更短。",
                      field="special_years")
    why = (reason or "").strip()
    if not why:
        raise Invalid("Say why, for the history.", "请说明理由, 以便追溯。", field="reason")
    held = session.scalar(select(RetentionSetting).where(
        RetentionSetting.site_id == site_id, RetentionSetting.class_code == code).with_for_update())
    special = special_years if retention.special_years is not None else None
    if held is None:
        held = RetentionSetting(site_id=site_id, class_code=code)
        session.add(held)
    else:
        check_version(held, rev, {"years": years, "special_years": special_years})
    held.years, held.special_years, held.reason = years or 0, special, why
    held.set_at, held.set_by_id = now(session), person.id
    acted(session, "R-44")
    session.flush()
    return held


def counted(session: Session, person: Actor, site_id: int, today: date) -> list[Counted]:
    """Count a site's records of each class by the year in which they are due. Raises NotFound, NotAllowed."""
    site_seen(session, person, site_id)
    return [_counted(session, site_id, kept, today) for kept in kept_by(session, site_id).values()]


def due(session: Session, site_id: int, code: str, today: date, most: int) -> list[Due]:
    """Return the records of a class that are due, longest due first; nothing is said of what holds them back."""
    kept, found = kept_by(session, site_id)[code], list[Due]()
    for name in kept.retention.roots:
        table, start, years = _asked(kept, name)
        named = table.c.number if "number" in table.c else cast(table.c.id, String)
        rows = session.execute(
            select(table.c.id, table.c.rev, named, start.label("start"), years.label("years"))
            .where(_at(table, site_id), _is_due(kept, start, today, years)).order_by(start, table.c.id).limit(most))
        found += [Due((name, i), rev, str(called), _day(begun), _end(kept, _day(begun), int(for_years)))
                  for i, rev, called, begun, for_years in rows]
    return sorted(found, key=lambda one: (one.due_on, one.key))[:most]


def still_due(session: Session, site_id: int, code: str, today: date, keys: list[Key]) -> dict[Key, int]:
    """Map those of some records that are due to their version."""
    kept, found = kept_by(session, site_id)[code], dict[Key, int]()
    for name in kept.retention.roots:
        table, start, years = _asked(kept, name)
        ids = [row_id for entity, row_id in keys if entity == name]
        rows = session.execute(select(table.c.id, table.c.rev).where(
            table.c.id.in_(ids), _at(table, site_id), _is_due(kept, start, today, years)))
        found |= {(name, row_id): rev for row_id, rev in rows}
    return found


def _counted(session: Session, site_id: int, kept: Kept, today: date) -> Counted:
    records, not_begun, is_due, by_year = 0, 0, 0, dict[int, int]()
    for name in kept.retention.roots:
        table, start, years = _asked(kept, name)
        many, begun = session.execute(select(func.count(), func.count(start)).where(_at(table, site_id))).one()
        records, not_begun = records + many, not_begun + many - begun
        is_due += session.scalar(select(func.count()).select_from(table).where(
            _at(table, site_id), _is_due(kept, start, today, years))) or 0
        more = 1 if kept.retention.kind == "active" else 0
        year = func.extract("year", start) + years + more
        for due_year, count in session.execute(
                select(year, func.count()).where(_at(table, site_id), start.is_not(None)).group_by(year)):
            by_year[int(due_year)] = by_year.get(int(due_year), 0) + count
    shown = range(today.year, today.year + SHOWN_YEARS)
    if not kept.retention.roots:
        records = sum(session.scalar(select(func.count()).select_from(table_of(name)).where(
            _at(table_of(name), site_id))) or 0 for name in kept.retention.others if "site_id" in table_of(name).c)
    return Counted(kept, records, not_begun, is_due, {y: by_year.get(y, 0) for y in shown},
                   sum(count for y, count in by_year.items() if y > shown[-1]))


def _asked(kept: Kept, name: str) -> tuple[Table, Any, Any]:
    """Return a root's table, the start of its time, and its years as a row says them."""
    table = table_of(name)
    items = Item.__table__
    if kept.retention.kind == "active":
        newest = and_(items.c.id == ledger.c.entity_id, items.c.rev == ledger.c.entity_rev)
        retired = select(ledger.c.at).join(items, newest).where(
            ledger.c.entity == "items", items.c.id == table.c.item_id, ~items.c.active).scalar_subquery()
        return table, retired, literal(kept.years)
    start: Any = table.c[ROOTS[name].start]
    if kept.special_years is None or "item_id" not in table.c:
        return table, start, literal(kept.years)
    special = select(items.c.id).where(items.c.id == table.c.item_id, items.c.special != "").exists()
    safety = table.c.safety if "safety" in table.c else false()
    return table, start, case((or_(special, safety, table.c.item_id.is_(None)), kept.special_years), else_=kept.years)


def _at(table: Table, site_id: int) -> ColumnElement[bool]:
    if "site_id" in table.c:
        return and_(table.c.site_id == site_id)
    parent = next((key.column.table for column in table.c for key in column.foreign_keys
                   if "site_id" in key.column.table.c and not column.nullable), None)
    if parent is None:
        return true()
    mark = next(column for column in table.c for key in column.foreign_keys if key.column.table is parent)
    whole: Select[Any] = select(parent.c.id).where(parent.c.site_id == site_id)
    return mark.in_(whole)


def _is_due(kept: Kept, start: Any, today: date, years: Any) -> ColumnElement[bool]:
    if kept.years is None:
        return false()
    if kept.retention.kind == "active":
        return and_(start < _instant(date(today.year - kept.years, 1, 1)))
    longest = kept.special_years or kept.years
    return or_(and_(years == kept.years, start < _instant(latest_start(today, kept.years) + timedelta(days=1))),
               and_(years == longest, start < _instant(latest_start(today, longest) + timedelta(days=1))))


def _instant(day: date) -> datetime:
    return datetime.combine(day, time.min, UTC)


def _day(at: date | datetime) -> date:
    return at.date() if isinstance(at, datetime) else at


def _end(kept: Kept, start: date, years: int) -> date:
    return date(start.year + years + 1, 1, 1) if kept.retention.kind == "active" else due_on(start, years)
