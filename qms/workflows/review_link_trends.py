"""Puts what leads to each outside customer above what that customer says, month by month. Only reads."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.models.chain import Unit
from qms.models.customers_complaints import CustomerComplaint
from qms.models.customers_scores import ScoreReading
from qms.models.review import ReviewPairing
from qms.rules.measures import VOID
from qms.rules.review_measures import MEASURES
from qms.rules.review_snapshots import Cell, Chart, Column, Estimate, Row, Table
from qms.rules.words import Words
from qms.workflows.review_link_months import monthly, months
from qms.workflows.review_scope import Scope
from qms.workflows.review_series import Part
from qms.workflows.satisfaction_names import unit_words

MOST_CUSTOMERS = 12
INSIDE = ("fta", "rejected_ppm", "escapes_ppm")
OUTSIDE = ("customer_ppm", "otd", "complaints", "customer_index")
_DRAWN = (("fta",), ("rejected_ppm", "escapes_ppm"), *((code,) for code in OUTSIDE))
_WITH_N = ("fta", "customer_index")
_N = {"fta": Words("lots", "批"), "customer_index": Words("answers", "份回答")}
_MONTH = Column("month", Words("Month", "月份"))


def trends(session: Session, scope: Scope) -> tuple[Table, ...]:
    """Return a table for each customer of whom most is known; none where nothing is."""
    tables = (_table(session, scope, customer) for customer in _customers(session, scope))
    return tuple(table for table in tables if table is not None)


def _customers(session: Session, scope: Scope) -> list[Unit]:
    """Return the customers with a pairing, then those with most readings and complaints in the history."""
    first, (start, end) = scope.history.first, scope.history.bounds
    said: dict[int, int] = {}
    for query in (
            select(ScoreReading.customer_id, func.count()).where(
                ScoreReading.site_id.in_(scope.site_ids), ScoreReading.month >= first,
                ScoreReading.month <= scope.history.last).group_by(ScoreReading.customer_id),
            select(CustomerComplaint.customer_id, func.count()).where(
                CustomerComplaint.site_id.in_(scope.site_ids), CustomerComplaint.received_at >= start,
                CustomerComplaint.received_at < end, CustomerComplaint.state != VOID)
            .group_by(CustomerComplaint.customer_id)):
        for customer_id, count in session.execute(query):
            said[customer_id] = said.get(customer_id, 0) + int(count)
    paired = set(session.scalars(select(ReviewPairing.customer_id).where(
        ReviewPairing.site_id.in_(scope.site_ids), ReviewPairing.active)))
    order = sorted({*said, *paired}, key=lambda one: (one not in paired, -said.get(one, 0), one))[:MOST_CUSTOMERS]
    units = session.scalars(select(Unit).where(Unit.id.in_(order)).order_by(Unit.code, Unit.id))
    return list(units)


def _table(session: Session, scope: Scope, customer: Unit) -> Table | None:
    part = Part("customer", customer.id)
    found = {code: monthly(session, scope, code, part) for code in (*INSIDE, *OUTSIDE)}
    held = {code: values for code, values in found.items() if any(one.value is not None for one in values)}
    if not held:
        return None
    labels = [month.label for month in months(scope)]
    known = [any(values[place].value is not None for values in held.values()) for place in range(len(labels))]
    start = known.index(True)
    rows = tuple(Row((label, *_cells(held, place))) for place, label in enumerate(labels) if place >= start)
    return Table(f"trend_{customer.id}", _title(customer), _query(held), _columns(held), rows, _charts(held))


def _title(customer: Unit) -> Words:
    named = unit_words(customer)
    return Words(f"{named.en}: what leads to it and what it says", f"{named.zh}: 内部交接与顾客反馈")


def _query(held: dict[str, list[Estimate]]) -> Words:
    told = [MEASURES[code] for code in held]
    return Words("By whole months that are over; an empty cell was not counted. Internal measures are of the links "
                 "that lead to this customer. " + " ".join(f"{one.words.en}: {one.query.en}" for one in told),
                 "按已结束的整月统计; 空格表示未统计。内部指标取自通往该顾客的链接。"
                 + "".join(f"{one.words.zh}: {one.query.zh}" for one in told))


def _columns(held: dict[str, list[Estimate]]) -> tuple[Column, ...]:
    found = [_MONTH]
    for code in held:
        found.append(Column(code, MEASURES[code].words, MEASURES[code].kind))
        if code in _WITH_N:
            found.append(Column(f"{code}_n", Words("n", "n"), "count", _N[code]))
    return tuple(found)


def _cells(held: dict[str, list[Estimate]], place: int) -> list[Cell]:
    cells: list[Cell] = []
    for code, values in held.items():
        cells.append(values[place].value)
        if code in _WITH_N:
            cells.append(values[place].n or None)
    return cells


def _charts(held: dict[str, list[Estimate]]) -> tuple[Chart, ...]:
    drawn = [tuple(code for code in codes if code in held) for codes in _DRAWN]
    return tuple(Chart("line", _named(codes), "month", codes) for codes in drawn if codes)


def _named(codes: Sequence[str]) -> Words:
    words = [MEASURES[code].words for code in codes]
    return Words(", ".join(one.en for one in words), ", ".join(one.zh for one in words))
