"""Counts hand-overs and rejections once for a whole review, cut where months and periods begin. Only reads.

A year of a large plant holds a million hand-overs: every input that speaks of them sums the same few counts.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.models.rejections import Rejection
from qms.rules.measures import VOID, Bucket, Period
from qms.rules.rejections import SETTLED
from qms.workflows.measures_escapes import Counted
from qms.workflows.measures_handovers import HandedOver, by_link_and_item_between, by_link_between
from qms.workflows.review_scope import Scope

K = TypeVar("K", bound=Hashable)
V = TypeVar("V", HandedOver, Counted, int)
Stretch = Period | Bucket


class Found(NamedTuple):
    """What rejections are counted by. `confirmed`: the origin counts (R-34). Pieces that wait for a board are out."""

    found_unit_id: int
    origin_unit_id: int | None
    confirmed: bool
    escape_class: str
    escape_steps: int | None
    kind: str
    link_id: int | None


@dataclass(frozen=True, slots=True)
class Cut(Generic[K, V]):
    """Counts by key between each pair of neighbouring instants."""

    at: tuple[datetime, ...]
    counts: tuple[dict[K, V], ...]

    def within(self, stretch: Stretch) -> dict[K, V]:
        """Return the counts of a period or of a month of the history. Raises ValueError where it was not cut."""
        starts_at, ends_at = stretch.bounds if isinstance(stretch, Period) else (stretch.starts_at, stretch.ends_at)
        summed: dict[K, V] = {}
        for counts in self.counts[self.at.index(starts_at):self.at.index(ends_at)]:
            for key, value in counts.items():
                summed[key] = summed[key] + value if key in summed else value
        return summed


def handed_over(session: Session, scope: Scope) -> Cut[int, HandedOver]:
    """Return hand-overs by link."""
    if "handovers" not in scope.memo:
        items = handed_items(session, scope)
        scope.memo["handovers"] = Cut(items.at, tuple(
            _by_link(counts) or (by_link_between(session, scope.site_ids, start, end, scope.link_ids)
                                 if _is_wanted(scope, start) else {})
            for counts, (start, end) in zip(items.counts, pairwise(items.at), strict=True)))
    held: Cut[int, HandedOver] = scope.memo["handovers"]
    return held


def handed_items(session: Session, scope: Scope) -> Cut[tuple[int, int], HandedOver]:
    """Return hand-overs by (link id, item id): within the two periods only, which is all that asks for items."""
    both = (scope.period, scope.before)
    return counted_once(scope, "items", lambda start, end: by_link_and_item_between(session, scope.site_ids, start, end)
                 if scope.link_ids is None and _is_within(both, start) else {})


def rejected(session: Session, scope: Scope) -> Cut[Found, Counted]:
    """Return rejections, void ones left out, by where they were found and made and how far they came."""
    return counted_once(scope, "rejections", lambda start, end: _rejected(session, scope.site_ids, start, end))


def counted_once(scope: Scope, name: str, count: Callable[[datetime, datetime], dict[Any, Any]]) -> Cut[Any, Any]:
    """Return what `count` finds between each pair of instants at which months and periods begin, found once."""
    if name not in scope.memo:
        at = _cuts(scope)
        scope.memo[name] = Cut(at, tuple(count(start, end) if _is_wanted(scope, start) else {}
                                         for start, end in pairwise(at)))
    held: Cut[Any, Any] = scope.memo[name]
    return held


def _cuts(scope: Scope) -> tuple[datetime, ...]:
    months = {bucket.starts_at for bucket in scope.history.buckets}
    return tuple(sorted({*months, *scope.history.bounds, *scope.period.bounds, *scope.before.bounds}))


def _is_wanted(scope: Scope, start: datetime) -> bool:
    return _is_within((scope.history, scope.period, scope.before), start)


def _is_within(periods: Sequence[Period], start: datetime) -> bool:
    return any(begins <= start < ends for begins, ends in (period.bounds for period in periods))


def _by_link(counts: dict[tuple[int, int], HandedOver]) -> dict[int, HandedOver]:
    summed: dict[int, HandedOver] = {}
    for (link_id, _item_id), value in counts.items():
        summed[link_id] = summed[link_id] + value if link_id in summed else value
    return summed


def _rejected(session: Session, site_ids: Sequence[int], start: datetime, end: datetime) -> dict[Found, Counted]:
    columns = (Rejection.found_unit_id, Rejection.origin_unit_id, Rejection.origin_state.in_(sorted(SETTLED)),
               Rejection.escape_class, Rejection.escape_steps, Rejection.kind, Rejection.link_id)
    rows = session.execute(
        select(*columns, func.count(Rejection.id), func.coalesce(func.sum(Rejection.quantity), 0))
        .where(Rejection.site_id.in_(site_ids), Rejection.found_at >= start, Rejection.found_at < end,
               Rejection.state != VOID, Rejection.for_review.is_(False))
        .group_by(*columns))
    return {Found(found, origin, bool(confirmed), far, steps, kind, link): Counted(int(records), int(pieces))
            for found, origin, confirmed, far, steps, kind, link, records, pieces in rows}
