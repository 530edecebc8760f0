"""The lines of the quality ledger, streamed from the database in the reader's language; must not know any file."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased

from qms.models.acceptance import Handover
from qms.models.accounts import Person
from qms.models.chain import Defect, Item, Lot, Site, Unit
from qms.models.rejections import Hold, Rejection
from qms.rules import rejections as rules
from qms.rules.accounts import Actor
from qms.workflows.exports import called, coded, spoken, streamed
from qms.workflows.rejections_register import Filter, conditions

_SAID = {"kind": rules.KINDS, "severity": rules.SEVERITIES, "origin_state": rules.ORIGIN_STATES,
         "escape_class": rules.ESCAPE_CLASSES, "state": rules.STATES}


def lines(session: Session, person: Actor, wanted: Filter, language: str, zone: ZoneInfo,
          address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per rejection of the register, oldest first, with the keys of the quality ledger.

    Times are naive local time of the zone. `address` is where the records' pages are; empty: no links.
    Raises NotAllowed, NotFound.
    """
    found, origin, reporter = aliased(Unit), aliased(Unit), aliased(Person)
    held = (select(func.sum(Hold.quantity)).where(Hold.rejection_id == Rejection.id, Hold.state == "held")
            .correlate(Rejection).scalar_subquery())
    requirement = Defect.requirement_zh if language == "zh" else Defect.requirement_en
    query = (
        select(
            Rejection.id, Rejection.number, Rejection.found_at, called(Site, language).label("site"),
            Rejection.kind, Item.code.label("item_code"), called(Item, language).label("item_name"),
            Lot.number.label("lot"), Rejection.quantity, Item.unit.label("quantity_unit"),
            Defect.code.label("defect_code"), called(Defect, language).label("defect_name"), Rejection.severity,
            Rejection.zone, func.coalesce(Rejection.requirement, requirement).label("requirement"),
            Rejection.actual, coded(found, language).label("found_at_unit"),
            coded(origin, language).label("origin_unit"), Rejection.origin_state,
            Rejection.escape_steps.label("escape_distance"), Rejection.escape_class,
            func.coalesce(held, 0).label("held_quantity"), Rejection.state, reporter.name.label("reported_by"),
            Handover.number.label("reference"), Rejection.note, Rejection.closed_at)
        .outerjoin(Site, Site.id == Rejection.site_id)
        .outerjoin(found, found.id == Rejection.found_unit_id)
        .outerjoin(reporter, reporter.id == Rejection.reported_by_id)
        .outerjoin(origin, origin.id == Rejection.origin_unit_id)
        .outerjoin(Item, Item.id == Rejection.item_id)
        .outerjoin(Lot, Lot.id == Rejection.lot_id)
        .outerjoin(Defect, Defect.id == Rejection.defect_id)
        .outerjoin(Handover, Handover.id == Rejection.handover_id)
        .where(*_chosen(session, person, wanted))
        .order_by(*((Rejection.found_at, Rejection.id) if wanted.sorted_by_found else (Rejection.id,))))
    page = f"{address}/rejections/" if address else ""
    return spoken(streamed(session, query), _SAID, ("found_at", "closed_at"), language, zone, page)


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many rejections the register holds under this filter. Raises NotAllowed, NotFound."""
    chosen = _chosen(session, person, wanted)
    return session.scalar(select(func.count()).select_from(Rejection).where(*chosen)) or 0


def _chosen(session: Session, person: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return the register's own conditions; no filter's index leads, as all rows are read in the ledger's order."""
    return conditions(wanted, person, sqlite=session.get_bind().dialect.name == "sqlite", leader="")
