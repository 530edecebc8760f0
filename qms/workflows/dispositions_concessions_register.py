"""Which concessions there are by filter, page by page. Changes nothing."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from qms.models.chain import Item
from qms.models.dispositions_concessions import Concession
from qms.rules.accounts import Actor
from qms.rules.dispositions_concessions import ENDING, WARNED_AT_PERCENT, WARNED_BEFORE
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.dispositions_concessions_records import VIEW


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the register is asked for; empty texts and None ask for everything. `on`: the day ENDING is told by."""

    sought: str = ""
    site_id: int | None = None
    state: str = ""
    kind: str = ""
    customer_id: int | None = None
    item_id: int | None = None
    on: date | None = None


def register(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Concession]:
    """Return a page of concessions, newest first unless asked for the other way. Raises NotAllowed."""
    person.need(VIEW)
    query = (select(Concession).join(Concession.item).where(*conditions(person, wanted))
             .options(contains_eager(Concession.item), joinedload(Concession.customer), joinedload(Concession.lot),
                      joinedload(Concession.defect)))
    return page(session, query, Concession, {"number": Sorting(Concession.id, "id")},
                wish._replace(sort=wish.sort or "-number"))


def conditions(person: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what a concession of the register must fulfil; its item is joined."""
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [Concession.site_id.in_(sorted(sites))]
    same: dict[Any, Any] = {
        Concession.site_id: wanted.site_id, Concession.kind: wanted.kind, Concession.customer_id: wanted.customer_id,
        Concession.item_id: wanted.item_id, Concession.state: "" if wanted.state in ENDING else wanted.state}
    met += [column == value for column, value in same.items() if value not in {"", None}]
    if wanted.state in ENDING:
        met.append(ends_soon(wanted.on))
    for word in wanted.sought.split():
        met.append(or_(*(column.icontains(word, autoescape=True) for column in (
            Concession.number, Concession.customer_ref, Concession.characteristic, Item.code, Item.name_zh,
            Item.name_en))))
    return met


def ends_soon(day: date | None) -> ColumnElement[bool]:
    """Return the condition that a concession in force is near its last day, or nearly used up."""
    nearly = Concession.quantity_used * 100 >= Concession.quantity_authorised * WARNED_AT_PERCENT
    last = [] if day is None else [Concession.expires_on <= day + WARNED_BEFORE]
    return and_(Concession.state == "active", or_(nearly, *last))
