"""What is counted for an effectiveness plan: rejections in scope, shifts worked, pieces handed over. Writes nothing.

Every rejection of the scope counts unless it is void, whether its origin is assumed, confirmed or contested: a cause
that is gone brings no reports at all. What was made before the start is not held against the measures.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from qms.measures.effectiveness import (
    NO_EVIDENCE,
    Evidence,
    exposure_to_prove,
    fewer_per_exposure,
    lower_proportion,
    number_to_prove,
)
from qms.models.acceptance import Handover
from qms.models.actions_effectiveness import EffectivenessPlan
from qms.models.chain import Lot
from qms.models.rejections import Rejection
from qms.rules.actions_effectiveness import Count
from qms.rules.chain_calendar import shifts_in
from qms.workflows.chain_calendar import hours_of

_P_DIGITS = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Scope:
    """Which rejections count; None: any."""

    site_id: int
    item_id: int | None = None
    defect_id: int | None = None
    link_id: int | None = None
    origin_unit_id: int | None = None

    @property
    def is_told(self) -> bool:
        """Tell whether it says more than the site."""
        return any((self.item_id, self.defect_id, self.link_id, self.origin_unit_id))


def scope_of(plan: EffectivenessPlan) -> Scope:
    """Return what a plan counts."""
    return Scope(plan.action.site_id, plan.item_id, plan.defect_id, plan.link_id, plan.origin_unit_id)


def baseline(session: Session, scope: Scope, metric: str, start: datetime, end: datetime) -> tuple[Count, bool]:
    """Count the time before the measures, and tell whether its shifts count only where something was handed over.

    Hand-overs that all lie outside the calendar's shifts do not tell which shifts were worked: then every one counts.
    """
    in_use = metric == "per_shift" and bool(scope.link_id or scope.item_id) and bool(
        _exposure(session, scope, metric, start, end, in_use=True))
    found = session.scalar(select(_found(metric)).where(*_of_scope(scope), Rejection.found_at >= start,
                                                        Rejection.found_at < end)) or 0
    return Count(found, _exposure(session, scope, metric, start, end, in_use=in_use)), in_use


def since(plan: EffectivenessPlan, at: datetime) -> datetime:
    """Return from when on findings count against a plan: its start, and once it is confirmed, that instant."""
    return plan.confirmed_at or plan.starts_at or at


def counted(session: Session, plan: EffectivenessPlan, at: datetime) -> Count:
    """Count what came since a plan was started, or confirmed."""
    scope, start = scope_of(plan), since(plan, at)
    found = session.scalar(select(_found(plan.metric)).select_from(Rejection).outerjoin(Lot, Lot.id == Rejection.lot_id)
                           .where(*_of_scope(scope), *_after(start), Rejection.found_at <= at)) or 0
    return Count(found, _exposure(session, scope, plan.metric, start, at, in_use=plan.in_use))


def newest(session: Session, plan: EffectivenessPlan, at: datetime) -> Rejection | None:
    """Return the rejection that was found last of those that count against a plan."""
    return session.scalars(
        select(Rejection).outerjoin(Lot, Lot.id == Rejection.lot_id)
        .where(*_of_scope(scope_of(plan)), *_after(since(plan, at)))
        .order_by(Rejection.found_at.desc(), Rejection.id.desc()).limit(1)).first()


def still_counts(session: Session, plan: EffectivenessPlan, rejection_id: int) -> bool:
    """Tell whether a rejection counts against a plan now: it is not void, and still of its scope."""
    return session.scalar(select(Rejection.id).outerjoin(Lot, Lot.id == Rejection.lot_id).where(
        Rejection.id == rejection_id, *_of_scope(scope_of(plan)), *_after(since(plan, plan.drafted_at)))) is not None


def found_in(session: Session, scope: Scope, start: datetime, end: datetime) -> Sequence[Any]:
    """Return (found_at, made_at) of the rejections in scope between two instants; made_at None: not known."""
    return session.execute(select(Rejection.found_at, Lot.made_at).outerjoin(Lot, Lot.id == Rejection.lot_id).where(
        *_of_scope(scope), Rejection.found_at >= start, Rejection.found_at <= end)).all()


def evidence(metric: str, before: Count, after: Count) -> Evidence:
    """Return how likely such a fall is by chance, by the exact test of the metric; none where it cannot be compared.

    More pieces rejected than were handed over is no share: hand-overs are missing.
    """
    if metric == "per_shift":
        return fewer_per_exposure(*before, *after)
    return NO_EVIDENCE if after.found > after.exposure else lower_proportion(*before, *after)


def least(metric: str, before: Count, most: int) -> int | None:
    """Return the shortest window in which `most` would be proof; None: none would, or nothing to compare with."""
    if not before.found or not before.exposure or most < 0 or (metric == "share" and before.found > before.exposure):
        return None
    return (exposure_to_prove if metric == "per_shift" else number_to_prove)(*before, most)


def rounded(p_value: float | None) -> Decimal | None:
    """Return a p-value as it is kept."""
    return None if p_value is None else Decimal(p_value).quantize(_P_DIGITS)


def _exposure(session: Session, scope: Scope, metric: str, start: datetime, end: datetime, *, in_use: bool) -> int:
    if metric == "share":
        judged = Handover.accepted + Handover.rejected + Handover.for_review
        return session.scalar(select(func.coalesce(func.sum(judged), 0)).where(
            *_handed_over(scope, start, end), Handover.presentation == 1, Handover.decided_at.is_not(None))) or 0
    shifts = list(shifts_in(hours_of(session, scope.site_id), start, end))
    if not in_use:
        return len(shifts)
    at = session.scalars(select(Handover.presented_at).where(*_handed_over(scope, start, end))
                         .order_by(Handover.presented_at)).all()
    return sum(1 for _ in _busy(shifts, at))


def _busy(shifts: Sequence[tuple[datetime, datetime]], instants: Sequence[datetime]) -> Iterator[int]:
    """Yield the position of each shift in which an instant lies."""
    for n, (begun, ended) in enumerate(shifts):
        first = bisect_left(instants, begun)
        if first < len(instants) and instants[first] <= ended:
            yield n


def _handed_over(scope: Scope, start: datetime, end: datetime) -> tuple[ColumnElement[bool], ...]:
    wanted = [Handover.presented_at >= start, Handover.presented_at < end]
    if scope.link_id is not None:
        wanted.append(Handover.link_id == scope.link_id)
    if scope.item_id is not None:
        wanted.append(Handover.item_id == scope.item_id)
    return tuple(wanted)


def _of_scope(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    told = ((Rejection.item_id, scope.item_id), (Rejection.defect_id, scope.defect_id),
            (Rejection.link_id, scope.link_id), (Rejection.origin_unit_id, scope.origin_unit_id))
    return (Rejection.site_id == scope.site_id, Rejection.state != "void",
            *(column == value for column, value in told if value is not None))


def _after(start: Any) -> tuple[ColumnElement[bool], ...]:
    """Return the condition that a rejection was found, and its lot made, after the start."""
    return (Rejection.found_at > start, or_(Lot.made_at.is_(None), Lot.made_at > start))


def _found(metric: str) -> Any:
    return func.count() if metric == "per_shift" else func.coalesce(func.sum(Rejection.quantity), 0)
