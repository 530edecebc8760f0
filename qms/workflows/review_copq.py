"""Fills the input on the cost of poor quality: classes by month, failures beside the period before. Only reads.

A closed month counts as it was frozen. Currencies are never added up across each other.
"""

from collections.abc import Iterable
from decimal import Decimal

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import Session

from qms.measures.cost import CLASSES, FAILURES, Month, Posted, by_month, total
from qms.models.dispositions_costs import CostLine, CostMonth
from qms.rules.dispositions_costs import CATEGORIES, period_of
from qms.rules.measures import Period
from qms.rules.review_snapshots import Chart, Column, Estimate, Figure, Formula, Row, Snapshot, Table
from qms.rules.words import Words
from qms.workflows.review_estimates import snapshot_of
from qms.workflows.review_figures import both
from qms.workflows.review_scope import Scope

CENTS = Decimal(100)
_QUERY = Words("Cost lines posted to the months of the period, estimates included; a closed month as it was frozen.",
               "计入本期各月的成本行, 含估算; 已月结的月份取冻结金额。")
_PATH = "/dispositions/costs/lines/"


def copq(session: Session, scope: Scope) -> Snapshot:
    """Return prevention, appraisal and failures by month for each currency."""
    told = {period: _months(session, scope, period) for period in (scope.period, scope.before)}
    currencies = sorted({month.currency for months in told.values() for month in months})
    closed, estimates = _closed(session, scope), _estimates(session, scope)
    figures = [_figure(scope, told, currency, category) for currency in currencies for category in FAILURES]
    tables = tuple(_table(scope, told[scope.period], currency, closed, estimates) for currency in currencies)
    return snapshot_of(figures, tables, (), _warned(currencies, estimates))


def _months(session: Session, scope: Scope, period: Period) -> list[Month]:
    return by_month([*_open(session, scope, period), *_frozen(session, scope, period)])


def _open(session: Session, scope: Scope, period: Period) -> Iterable[Posted]:
    """Yield what was posted to months that are not closed, added up in the database in cents, exactly."""
    frozen = select(CostMonth.id).where(CostMonth.site_id == CostLine.site_id, CostMonth.period == CostLine.period)
    cents = func.sum(cast(func.round(CostLine.amount * CENTS), Integer))
    for month, category, currency, amount, lines in session.execute(
            select(CostLine.period, CostLine.category, CostLine.currency, cents, func.count())
            .where(CostLine.site_id.in_(scope.site_ids), CostLine.period >= period_of(period.first),
                   CostLine.period <= period_of(period.last), ~frozen.exists())
            .group_by(CostLine.period, CostLine.category, CostLine.currency)):
        yield Posted(month, category, currency, Decimal(int(amount)).scaleb(-2), int(lines))


def _frozen(session: Session, scope: Scope, period: Period) -> Iterable[Posted]:
    for month in session.scalars(select(CostMonth).where(
            CostMonth.site_id.in_(scope.site_ids), CostMonth.period >= period_of(period.first),
            CostMonth.period <= period_of(period.last))):
        for place, category in enumerate(CLASSES):
            yield Posted(month.period, category, month.currency, getattr(month, category), 0 if place else month.lines)


def _closed(session: Session, scope: Scope) -> set[str]:
    """Return the months that every site has closed."""
    rows = session.execute(select(CostMonth.period, func.count()).where(CostMonth.site_id.in_(scope.site_ids))
                           .group_by(CostMonth.period))
    return {month for month, sites in rows if sites == len(scope.sites)}


def _estimates(session: Session, scope: Scope) -> dict[tuple[str, str], int]:
    rows = session.execute(
        select(CostLine.period, CostLine.currency, func.count())
        .where(CostLine.site_id.in_(scope.site_ids), CostLine.period >= period_of(scope.period.first),
               CostLine.period <= period_of(scope.period.last), CostLine.approved_at.is_(None))
        .group_by(CostLine.period, CostLine.currency))
    return {(month, currency): lines for month, currency, lines in rows}


def _figure(scope: Scope, told: dict[Period, list[Month]], currency: str, category: str) -> Figure:
    words = CATEGORIES[category]
    return both(scope, f"copq.{category}.{currency}", Words(f"{words.en}, {currency}", f"{words.zh} ({currency})"),
                "money", _QUERY, lambda period: Estimate(
                    total(told[period], currency, [category]),
                    sum(month.lines for month in told[period] if month.currency == currency)),
                path=scope.path(_PATH, first=None, last=None, category=category),
                formula=Formula("sum", f"months_{currency}", category))


def _table(scope: Scope, months: list[Month], currency: str, closed: set[str],
           estimates: dict[tuple[str, str], int]) -> Table:
    rows = tuple(Row((month.month, *map(month.amounts.get, CLASSES), month.failures, month.lines,
                      estimates.get((month.month, currency), 0), month.month in closed),
                     scope.path(_PATH, first=None, last=None, period=month.month))
                 for month in months if month.currency == currency)
    unit = Words(currency, currency)
    return Table(f"months_{currency}", Words(f"By month, {currency}", f"按月 ({currency})"), _QUERY, (
        Column("month", Words("Month", "月份")),
        *(Column(category, CATEGORIES[category], "money", unit) for category in CLASSES),
        Column("failures", Words("Both failures", "内外部损失合计"), "money", unit),
        Column("lines", Words("Lines", "行数"), "count"), Column("estimates", Words("Estimates", "估算行"), "count"),
        Column("closed", Words("Closed", "已月结"))), rows,
        (Chart("stacked", Words(f"Cost of poor quality, {currency}", f"不良质量成本 ({currency})"), "month", CLASSES),))


def _warned(currencies: list[str], estimates: dict[tuple[str, str], int]) -> tuple[Words, ...]:
    warned = []
    if len(currencies) > 1:
        warned.append(Words(f"Several currencies, never added up: {', '.join(currencies)}.",
                            f"涉及多种币种, 不合并计算: {'、'.join(currencies)}。"))
    lines = sum(estimates.values())
    if lines:
        warned.append(Words(f"{lines} lines of the period are estimates that finance has not approved yet.",
                            f"本期有 {lines} 行为财务尚未批准的估算。"))
    return tuple(warned)


FILLED = {"copq": copq}
