"""Counts hand-overs in the database, by link, item and supplier, and time; must not know who looks at them."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, ColumnElement, Integer, and_, case, column, func, select, values
from sqlalchemy.orm import Session

from qms.db import UtcTime
from qms.measures.intervals import Rate
from qms.measures.intervals import rate as share
from qms.measures.yields import first_pass_yield, first_time_acceptance
from qms.models.acceptance import Handover
from qms.rules.measures import ACCEPTED, DECIDED, NOT_INSPECTED, Period


@dataclass(frozen=True, slots=True)
class HandedOver:
    """Hand-overs of a scope and period; the first seven count what was decided, the last two what was not."""

    lots: int = 0
    accepted_first: int = 0
    pieces: int = 0
    good_first: int = 0
    received: int = 0
    rejected: int = 0
    for_review: int = 0
    waiting: int = 0
    not_inspected: int = 0

    def __add__(self, other: "HandedOver") -> "HandedOver":
        return HandedOver(*(a + b for a, b in zip(astuple(self), astuple(other), strict=True)))

    @property
    def acceptance(self) -> Rate:
        """Return FTA: lots wholly accepted at their first presentation out of lots presented and decided."""
        return first_time_acceptance(self.accepted_first, self.lots)

    @property
    def refused(self) -> Rate:
        """Return the rest: lots not wholly accepted at their first presentation."""
        return share(self.lots - self.accepted_first, self.lots)

    @property
    def yielded(self) -> Rate:
        """Return FPY: pieces accepted at first presentation without rework out of pieces first presented."""
        return first_pass_yield(self.good_first, self.pieces)

    @property
    def nonconforming(self) -> Rate:
        """Return rejected pieces out of pieces received, every presentation being a receipt."""
        return share(self.rejected, self.received)


NONE_HANDED_OVER = HandedOver()


def _sum(value: Any, *conditions: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((and_(*conditions), value), else_=0)), 0)


def _counts() -> tuple[ColumnElement[int], ...]:
    """Return one column for each field of HandedOver, in its order."""
    first, decided = Handover.presentation == 1, Handover.state.in_(DECIDED)
    return (
        _sum(1, first, decided),
        _sum(1, first, Handover.state == ACCEPTED),
        _sum(Handover.quantity, first, decided),
        _sum(Handover.accepted, first, decided, Handover.rework.is_(False)),
        _sum(Handover.quantity, decided),
        _sum(Handover.rejected, decided),
        _sum(Handover.for_review, decided),
        _sum(1, Handover.state.not_in((*DECIDED, NOT_INSPECTED))),
        _sum(1, Handover.state == NOT_INSPECTED),
    )


def _within(period: Period) -> ColumnElement[bool]:
    starts_at, ends_at = period.bounds
    return and_(Handover.presented_at >= starts_at, Handover.presented_at < ends_at)


def by_link(session: Session, link_ids: Sequence[int], period: Period) -> dict[int, HandedOver]:
    """Count the hand-overs of each link; a link without any is left out."""
    found = session.execute(
        select(Handover.link_id, *_counts())
        .where(Handover.link_id.in_(link_ids), _within(period))
        .group_by(Handover.link_id)
    )
    return {link_id: HandedOver(*map(int, counts)) for link_id, *counts in found}


def by_link_of_site(session: Session, site_id: int, period: Period) -> dict[int, HandedOver]:
    """Count the hand-overs of each link of a site; a link without any is left out."""
    found = session.execute(
        select(Handover.link_id, *_counts())
        .where(Handover.site_id == site_id, _within(period))
        .group_by(Handover.link_id)
    )
    return {link_id: HandedOver(*map(int, counts)) for link_id, *counts in found}


def by_link_between(session: Session, site_ids: Sequence[int], start: datetime, end: datetime,
                    link_ids: Sequence[int] | None = None) -> dict[int, HandedOver]:
    """Count the hand-overs of each link of sites presented from an instant on and before another.

    `link_ids`: of these links only; None: of all.
    """
    found = session.execute(
        select(Handover.link_id, *_counts())
        .where(Handover.site_id.in_(site_ids) if link_ids is None else Handover.link_id.in_(link_ids),
               Handover.presented_at >= start, Handover.presented_at < end)
        .group_by(Handover.link_id)
    )
    return {link_id: HandedOver(*map(int, counts)) for link_id, *counts in found}


def by_link_and_item_between(session: Session, site_ids: Sequence[int], start: datetime,
                             end: datetime) -> dict[tuple[int, int], HandedOver]:
    """Count the same by link and item; keys are (link id, item id)."""
    found = session.execute(
        select(Handover.link_id, Handover.item_id, *_counts())
        .where(Handover.site_id.in_(site_ids), Handover.presented_at >= start, Handover.presented_at < end)
        .group_by(Handover.link_id, Handover.item_id)
    )
    return {(link_id, item_id): HandedOver(*map(int, counts)) for link_id, item_id, *counts in found}


def by_item_and_supplier(
    session: Session, item_ids: Sequence[int], period: Period
) -> dict[tuple[int, int], HandedOver]:
    """Count the hand-overs of items by who handed them over; keys are (item id, unit id)."""
    found = session.execute(
        select(Handover.item_id, Handover.supplier_id, *_counts())
        .where(Handover.item_id.in_(item_ids), _within(period))
        .group_by(Handover.item_id, Handover.supplier_id)
    )
    return {(item_id, unit_id): HandedOver(*map(int, counts)) for item_id, unit_id, *counts in found}


def by_time(session: Session, link_ids: Sequence[int], period: Period) -> list[HandedOver]:
    """Count the hand-overs of links for each bucket of the period, in its order."""
    days = calendar(period)
    then = and_(Handover.presented_at >= days.c.starts_at, Handover.presented_at < days.c.ends_at)
    found = session.execute(
        select(days.c.bucket, *_counts())
        .join(Handover, then)
        .where(Handover.link_id.in_(link_ids))
        .group_by(days.c.bucket)
    )
    counted = {bucket: HandedOver(*map(int, counts)) for bucket, *counts in found}
    return [counted.get(bucket, NONE_HANDED_OVER) for bucket in range(len(period.buckets))]


def calendar(period: Period) -> CTE:
    """Return the buckets of a period as a table to join: bucket, starts_at, ends_at."""
    rows = [(i, bucket.starts_at, bucket.ends_at) for i, bucket in enumerate(period.buckets)]
    columns = (column("bucket", Integer), column("starts_at", UtcTime), column("ends_at", UtcTime))
    return values(*columns, name="calendar").data(rows).cte("calendar")
