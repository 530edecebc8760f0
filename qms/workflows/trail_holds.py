"""How records are held back from disposal whatever their time, and what a hold covers (R-44)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.db import acted, now
from qms.models.chain import Item, Lot, Site, Unit
from qms.models.trail_retention import LegalHold
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, Invalid, NotFound
from qms.rules.trail_retention import HOLD_KINDS
from qms.rules.trail_retention_classes import ROOTS
from qms.workflows.chain_records import check_version
from qms.workflows.trail_disposals_reach import table_of
from qms.workflows.trail_retention import SET, site_seen

Covers = Callable[[str, Mapping[str, Any]], bool]
_COLUMN = {"lot": "lot_id", "item": "item_id", "customer": "customer_id"}


def put_hold(session: Session, person: Actor, site_id: int, *, kind: str, named: str | None = None,
             first_on: date | None = None, last_on: date | None = None, reason: str | None) -> LegalHold:
    """Hold back a record, lot, item or customer by its number or code, or all of a site's period.

    Raises Invalid, NotFound, NotAllowed.
    """
    site_seen(session, person, site_id, SET)
    why = _said(reason)
    if kind not in HOLD_KINDS:
        raise Invalid("Choose what is held.", "请选择冻结对象。", field="kind")
    if kind == "period":
        if first_on is None or last_on is None or last_on < first_on:
            raise Invalid("Give a first and a last day.", "请填写起止日期。", field="first_on")
        entity, record_id, called = None, None, f"{first_on} – {last_on}"
    else:
        entity, record_id, called = _meant(session, site_id, kind, (named or "").strip())
        first_on = last_on = None
    made = LegalHold(site_id=site_id, kind=kind, entity=entity, record_id=record_id, named=called, first_on=first_on,
                     last_on=last_on, reason=why, put_at=now(session), put_by_id=person.id)
    session.add(made)
    acted(session, "R-44")
    session.flush()
    return made


def lift_hold(session: Session, person: Actor, hold_id: int, rev: int, *, reason: str | None) -> LegalHold:
    """Lift a hold, with the reason. Raises Stale, Invalid, IllegalStep, NotFound, NotAllowed."""
    hold = session.get(LegalHold, hold_id, with_for_update=True)
    if hold is None:
        raise NotFound
    site_seen(session, person, hold.site_id, SET)
    check_version(hold, rev, {"lift_reason": reason})
    if hold.lifted_at is not None:
        raise IllegalStep("This hold was lifted already.", "该冻结已解除。")
    hold.lifted_at, hold.lifted_by_id, hold.lift_reason = now(session), person.id, _said(reason)
    acted(session, "R-44")
    session.flush()
    return hold


def holds(session: Session, site_id: int, *, standing: bool = False) -> Sequence[LegalHold]:
    """Return a site's holds, those that stand first, the newest first; `standing`: no lifted ones."""
    query = select(LegalHold).where(LegalHold.site_id == site_id).options(
        joinedload(LegalHold.put_by), joinedload(LegalHold.lifted_by))
    if standing:
        query = query.where(LegalHold.lifted_at.is_(None))
    return session.scalars(query.order_by(LegalHold.lifted_at.is_not(None), LegalHold.id.desc())).all()


def covering(session: Session, site: Site) -> Covers | None:
    """Return what tells whether a row is covered by a hold of the site that stands; None where none stands."""
    standing = holds(session, site.id, standing=True)
    if not standing:
        return None
    zone = ZoneInfo(site.time_zone)

    def covers(table: str, row: Mapping[str, Any]) -> bool:
        return any(_covers(hold, table, row, zone) for hold in standing)

    return covers


def _covers(hold: LegalHold, table: str, row: Mapping[str, Any], zone: ZoneInfo) -> bool:
    if hold.kind == "period":
        begun = row.get(ROOTS[table].opened) if table in ROOTS else None
        day = begun.astimezone(zone).date() if isinstance(begun, datetime) else None
        return day is not None and (hold.first_on or day) <= day <= (hold.last_on or day)
    if (hold.entity, hold.record_id) == (table, row["id"]):
        return True
    column = _COLUMN.get(hold.kind, "")
    return row.get(column) == hold.record_id if column in row else False


def _meant(session: Session, site_id: int, kind: str, named: str) -> tuple[str, int, str]:
    """Return (table, id, name) of what a number or code means. Raises Invalid."""
    model: Any = {"lot": Lot, "item": Item, "customer": Unit}.get(kind)
    if model is not None:
        mark = model.number if kind == "lot" else model.code
        query = select(model.id).where(model.site_id == site_id, mark == named)
        if kind == "customer":
            query = query.where(Unit.kind == "customer")
        found = session.scalar(query)
        if found is not None:
            return model.__tablename__, found, named
    else:
        for name in ROOTS:
            table = table_of(name)
            if "number" in table.c and "site_id" in table.c and name != "lots":
                row_id = session.scalar(select(table.c.id).where(table.c.number == named, table.c.site_id == site_id))
                if row_id is not None:
                    return name, row_id, named
    raise Invalid("Nothing here has this number or code.", "没有此编号或代码。", field="named")


def _said(reason: str | None) -> str:
    why = (reason or "").strip()
    if not why:
        raise Invalid("Say why, for the history.", "请说明理由, 以便追溯。", field="reason")
    return why
