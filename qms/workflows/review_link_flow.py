"""Tells where defects were made and where they were found, with pieces and cost. Only reads.

Only confirmed and decided origins count; the others are counted apart (R-34). A complaint counts by itself where no
rejection found at the customer stands for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Integer, cast, func, or_, select
from sqlalchemy.orm import Session

from qms.models.customers_complaints import CustomerComplaint
from qms.models.dispositions_costs import CostLine
from qms.models.rejections import Rejection
from qms.rules.measures import AT_CUSTOMER, VOID, Period
from qms.rules.rejections import SETTLED
from qms.workflows.measures_escapes import NONE_COUNTED, Counted
from qms.workflows.review_cubes import rejected
from qms.workflows.review_link_reached import HOW, INSIDE, ORIGIN, TRACED, of_period
from qms.workflows.review_scope import Scope

_CENT = Decimal("0.01")
_STAGE_OF = {"zero_km": "E0", "field": "EF"}


class Stream(NamedTuple):
    """From one origin to one place of detection: a class of rules.rejections.ESCAPE_CLASSES."""

    origin_id: int
    stage: str


@dataclass(frozen=True)
class Flow:
    """What was counted in a period: by stream, what it cost by currency, and what has no confirmed origin."""

    counts: Mapping[Stream, Counted]
    costs: Mapping[Stream, Mapping[str, Decimal]] = field(default_factory=dict)
    unsettled: Counted = NONE_COUNTED

    @property
    def stages(self) -> dict[str, Counted]:
        """Return the counts by place of detection."""
        found: dict[str, Counted] = {}
        for stream, counted in self.counts.items():
            found[stream.stage] = found.get(stream.stage, NONE_COUNTED) + counted
        return found

    @property
    def currencies(self) -> list[str]:
        """Return the currencies in which costs were posted."""
        return sorted({currency for costs in self.costs.values() for currency in costs})


def flow(session: Session, scope: Scope, period: Period) -> Flow:
    """Count a period."""
    counts = _complained(session, scope, period)
    unsettled = NONE_COUNTED
    for key, counted in rejected(session, scope).within(period).items():
        if key.confirmed and key.origin_unit_id is not None:
            stream = Stream(key.origin_unit_id, key.escape_class)
            counts[stream] = counts.get(stream, NONE_COUNTED) + counted
        else:
            unsettled += counted
    costs = _costs(session, scope, period)
    _add_complained(costs, session, scope, period)
    return Flow(dict.fromkeys(costs, NONE_COUNTED) | counts, costs, unsettled)


def _complained(session: Session, scope: Scope, period: Period) -> dict[Stream, Counted]:
    """Count the traced complaints about product for which no rejection found at the customer stands."""
    columns = (cast(ORIGIN, Integer), CustomerComplaint.place)
    rows = session.execute(
        of_period(scope, period, *columns, func.count(), func.coalesce(
            func.sum(CustomerComplaint.quantity_confirmed), 0))
        .where(HOW.in_(TRACED), CustomerComplaint.place.in_(_STAGE_OF),
               or_(INSIDE.id.is_(None), INSIDE.state == VOID, INSIDE.escape_class.not_in(AT_CUSTOMER)))
        .group_by(*columns))
    return {Stream(origin, _STAGE_OF[place]): Counted(int(records), int(pieces))
            for origin, place, records, pieces in rows}


def _add_complained(costs: dict[Stream, dict[str, Decimal]], session: Session, scope: Scope, period: Period) -> None:
    """Add what was posted for the traced complaints about product themselves, and for no rejection."""
    columns = (cast(ORIGIN, Integer), CustomerComplaint.place, CostLine.currency)
    for origin_id, place, currency, amount in session.execute(
            of_period(scope, period, *columns, func.sum(CostLine.amount))
            .join(CostLine, CostLine.complaint_id == CustomerComplaint.id)
            .where(HOW.in_(TRACED), CustomerComplaint.place.in_(_STAGE_OF), CostLine.rejection_id.is_(None))
            .group_by(*columns)):
        of_stream = costs.setdefault(Stream(origin_id, _STAGE_OF[place]), {})
        of_stream[currency] = of_stream.get(currency, Decimal(0)) + Decimal(amount).quantize(_CENT)


def _costs(session: Session, scope: Scope, period: Period) -> dict[Stream, dict[str, Decimal]]:
    """Sum what was posted for the rejections of a period, whenever that was."""
    starts_at, ends_at = period.bounds
    columns = (Rejection.origin_unit_id, Rejection.escape_class, CostLine.currency)
    found: dict[Stream, dict[str, Decimal]] = {}
    for origin_id, stage, currency, amount in session.execute(
            select(*columns, func.sum(CostLine.amount)).join(Rejection, Rejection.id == CostLine.rejection_id)
            .where(Rejection.site_id.in_(scope.site_ids), Rejection.found_at >= starts_at,
                   Rejection.found_at < ends_at, Rejection.state != VOID, Rejection.for_review.is_(False),
                   Rejection.origin_state.in_(sorted(SETTLED)), Rejection.origin_unit_id.is_not(None))
            .group_by(*columns)):
        found.setdefault(Stream(origin_id or 0, stage), {})[currency] = Decimal(amount).quantize(_CENT)
    return found
