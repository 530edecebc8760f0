"""Fills the input on outside suppliers: what they hand over, what is refused, how fast they answer. Only reads."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from qms.measures.intervals import rate
from qms.models.actions import Action, ActionStep
from qms.models.chain import Unit
from qms.rules import review_suppliers as words
from qms.rules.measures import VOID, Period
from qms.rules.review_snapshots import Estimate, Figure, Formula, Row, Snapshot
from qms.workflows.measures_escapes import NONE_COUNTED, Counted
from qms.workflows.measures_handovers import NONE_HANDED_OVER, HandedOver
from qms.workflows.review_counts import chain_links, named, rejections_path
from qms.workflows.review_cubes import handed_over, rejected
from qms.workflows.review_estimates import MOST_ROWS, interval_cells, of_ppm, of_rate, snapshot_of
from qms.workflows.review_scope import Scope

SECONDS_A_DAY = 86_400
_AT_RECEIPT = ("0", "1")


@dataclass
class Supplied:
    """What a supplier handed over, what was found of it, and its cases with the days to D3 and D8 where done."""

    handed: HandedOver = NONE_HANDED_OVER
    found: Counted = NONE_COUNTED
    later: Counted = NONE_COUNTED
    cases: int = 0
    contained: list[float] = field(default_factory=list)
    closed: list[float] = field(default_factory=list)

    def add(self, other: "Supplied") -> None:
        """Take in another supplier."""
        self.handed, self.found, self.later = (self.handed + other.handed, self.found + other.found,
                                               self.later + other.later)
        self.cases += other.cases
        self.contained, self.closed = self.contained + other.contained, self.closed + other.closed


def suppliers(session: Session, scope: Scope) -> Snapshot:
    """Return incoming lots and pieces by outside supplier, with PPM, what was found later, and times to answer."""
    units = {unit.id: unit for unit in session.scalars(select(Unit).where(
        Unit.site_id.in_(scope.site_ids), Unit.kind == "supplier").order_by(Unit.code, Unit.id))}
    now, before = (_by_supplier(session, scope, period, units) for period in (scope.period, scope.before))
    listed = sorted(now, key=lambda of: (-now[of].handed.rejected, units[of].code))[:MOST_ROWS]
    rows = (_row(scope, units[of], now[of], before.get(of, Supplied())) for of in listed)
    return snapshot_of(_figures(scope, now, before, whole=len(listed) == len(now)),
                       [words.SUPPLIERS.table(scope.where, words.COLUMNS, rows)])


def _by_supplier(session: Session, scope: Scope, period: Period, units: Mapping[int, Unit]) -> dict[int, Supplied]:
    found: dict[int, Supplied] = {}
    from_outside = {link.id: link.supplier_id for link in chain_links(session, scope) if link.supplier_id in units}
    for link_id, handed in handed_over(session, scope).within(period).items():
        if link_id in from_outside:
            found.setdefault(from_outside[link_id], Supplied()).handed += handed
    for key, counted in rejected(session, scope).within(period).items():
        if key.confirmed and key.origin_unit_id in units:
            one = found.setdefault(key.origin_unit_id or 0, Supplied())
            one.found += counted
            one.later += counted if key.escape_class not in _AT_RECEIPT else NONE_COUNTED
    _take_cases(session, scope, period, units, found)
    return found


def _take_cases(session: Session, scope: Scope, period: Period, units: Mapping[int, Unit],
                found: dict[int, Supplied]) -> None:
    start, end = period.bounds
    third, eighth = aliased(ActionStep), aliased(ActionStep)
    for origin_id, begun, contained, closed in session.execute(
            select(Action.origin_unit_id, Action.clock_from, third.done_at, eighth.done_at)
            .outerjoin(third, (third.action_id == Action.id) & (third.step == "D3"))
            .outerjoin(eighth, (eighth.action_id == Action.id) & (eighth.step == "D8"))
            .where(Action.site_id.in_(scope.site_ids), Action.opened_at >= start, Action.opened_at < end,
                   Action.state != VOID, Action.origin_unit_id.in_(list(units)))):
        one = found.setdefault(origin_id or 0, Supplied())
        one.cases += 1
        for done, days in ((contained, one.contained), (closed, one.closed)):
            if done is not None:
                days.append((done - begun).total_seconds() / SECONDS_A_DAY)


def _sum(found: Iterable[Supplied]) -> Supplied:
    total = Supplied()
    for one in found:
        total.add(one)
    return total


def _median(days: Sequence[float]) -> Estimate:
    return Estimate(median(days) if days else None, len(days))


def _figures(scope: Scope, now: Mapping[int, Supplied], before: Mapping[int, Supplied], *,
             whole: bool) -> list[Figure]:
    totals = [_sum(found.values()) for found in (now, before)]
    return [
        words.FTA.both(scope.where, [of_rate(one.handed.acceptance) for one in totals], None,
                       Formula("share", "suppliers", "accepted_first", "lots") if whole else None),
        words.PPM.both(scope.where, [of_ppm(one.handed.nonconforming) for one in totals], None,
                       Formula("per_million", "suppliers", "rejected", "received") if whole else None),
        words.REJECTIONS.both(scope.where, [Estimate(one.found.records) for one in totals], None,
                              Formula("sum", "suppliers", "rejections") if whole else None),
        words.LATER.both(scope.where, [of_rate(rate(one.later.records, one.found.records)) for one in totals], None,
                         Formula("share", "suppliers", "later", "rejections") if whole else None),
        words.CONTAINED.both(scope.where, [_median(one.contained) for one in totals]),
        words.CLOSED.both(scope.where, [_median(one.closed) for one in totals])]


def _row(scope: Scope, unit: Unit, now: Supplied, before: Supplied) -> Row:
    handed = now.handed
    return Row((
        named(unit), handed.lots, handed.accepted_first, *interval_cells(of_rate(handed.acceptance)),
        handed.received, handed.rejected, *interval_cells(of_ppm(handed.nonconforming)),
        of_ppm(before.handed.nonconforming).value, now.found.records, now.later.records, now.cases,
        _median(now.contained).value, _median(now.closed).value),
        scope.path("/acceptance/hand-overs", supplier_id=unit.id) if handed.lots
        else rejections_path(scope, origin_unit_id=unit.id))


FILLED = {"suppliers": suppliers}
