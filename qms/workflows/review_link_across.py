"""Tells how two measures of the same units or links go together at one time. Only reads.

Nobody said these pairs beforehand: each is paid for by Holm's correction over all of them (R-39).
"""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from qms.measures.association import LEAST_PERIODS, Across, across, holm
from qms.models.satisfaction import QuestionSet, Survey, SurveyResult
from qms.models.satisfaction_measures import UnitMeasure
from qms.rules.review_association import chance, told_across, too_few_units, unchanging
from qms.rules.review_snapshots import Cell, Column, Row, Snapshot, Table
from qms.rules.satisfaction import SHOWN
from qms.rules.words import Words
from qms.workflows.review_scope import Scope
from qms.workflows.review_series import Part, value
from qms.workflows.satisfaction_results import line_of

MOST = 20
_QUERY = Words(
    f"Imported measures of units, each internal one beside each external one, over the units that have both, newest "
    f"period of each source, the {MOST} pairs with most units; and the links whose satisfaction was published in the "
    "period, beside their first-time acceptance. r is Pearson's, the interval is Fisher's, p is corrected after Holm "
    "for all pairs tried.",
    f"导入的单元指标: 每个内部指标与每个外部指标, 取两项均有数据的单元, 各来源的最新一期, 单元最多的 {MOST} 组; "
    "以及本期已发布满意度的链接与其首次交接接收率。r 为 Pearson 系数, 区间为 Fisher 法, "
    "p 按 Holm 法对尝试过的全部配对校正。")
_COLUMNS = (
    Column("pair", Words("Pair", "配对")), Column("n", Words("n", "n"), "count", Words("units or links", "单元或链接")),
    Column("r", Words("r", "r"), "decimal"), Column("low", Words("95 % CI from", "95 % 区间起"), "decimal"),
    Column("high", Words("to", "止"), "decimal"), Column("rho", Words("Spearman", "Spearman"), "decimal"),
    Column("p", Words("p after Holm", "Holm 校正后 p")),
    Column("method", Words("Same people asked", "同一批受访者"), "state"))
_SAME, _OTHER = Words("yes, same source", "是, 同一来源"), Words("no", "否")
_LINKS = Words("Links: satisfaction of the internal customer and first-time acceptance",
               "链接: 内部客户满意度与首次交接接收率")


class Pair(NamedTuple):
    """Two measures of the same things, value by value; `shared`: asked of the same people."""

    title: Words
    x: Sequence[float]
    y: Sequence[float]
    shared: bool


def beside(session: Session, scope: Scope) -> Snapshot:
    """Return what may be said over units and over links; nothing where no two measures meet."""
    pairs = [*_of_units(session, scope), *_of_links(session, scope)]
    found = [across(pair.x, pair.y) for pair in pairs]
    adjusted = iter(holm([one.p for one in found if one is not None]))
    told = [(pair, one, next(adjusted) if one is not None else None) for pair, one in zip(pairs, found, strict=True)]
    if not told:
        return Snapshot()
    tried = sum(1 for one in found if one is not None)
    return Snapshot((), (Table("across", Words("Units and links at one time", "同一时期的单元和链接"), _QUERY, _COLUMNS,
                               tuple(_row(*one) for one in told)),), tuple(_said(*one, tried) for one in told))


def _of_units(session: Session, scope: Scope) -> list[Pair]:
    """Return the pairs of an internal and an external measure, most units first."""
    held = _measures(session, scope)
    pairs = []
    for (source, measure, kind), inner in held.items():
        for (other_source, other, other_kind), outer in held.items():
            both = [unit for unit in inner if unit in outer]
            if (kind, other_kind) != ("internal", "external") or len(both) < LEAST_PERIODS:
                continue
            sources = source if source == other_source else f"{source}, {other_source}"
            title = f"{measure} / {other} ({sources})"
            pairs.append(Pair(Words(title, title), [inner[unit] for unit in both], [outer[unit] for unit in both],
                              source == other_source))
    return sorted(pairs, key=lambda pair: (-len(pair.x), pair.title))[:MOST]


def _measures(session: Session, scope: Scope) -> dict[tuple[str, str, str], dict[tuple[int, str], float]]:
    """Map source, measure and kind to the values of units in the newest period imported of that source."""
    here = UnitMeasure.site_id.in_(scope.site_ids)
    newest = select(func.max(UnitMeasure.id)).where(here).group_by(UnitMeasure.source)
    periods = select(UnitMeasure.source, UnitMeasure.period).where(UnitMeasure.id.in_(newest)).subquery()
    rows = session.execute(
        select(UnitMeasure.source, UnitMeasure.measure, UnitMeasure.kind, UnitMeasure.site_id, UnitMeasure.unit_code,
               UnitMeasure.value)
        .join(periods, (periods.c.source == UnitMeasure.source) & (periods.c.period == UnitMeasure.period))
        .where(here).order_by(UnitMeasure.source, UnitMeasure.measure))
    found: dict[tuple[str, str, str], dict[tuple[int, str], float]] = {}
    for source, measure, kind, site_id, unit, amount in rows:
        found.setdefault((source, measure, kind), {})[site_id, unit] = float(amount)
    return found


def _of_links(session: Session, scope: Scope) -> list[Pair]:
    """Return satisfaction beside first-time acceptance of the links that have both; none where no link has."""
    start, end = scope.period.bounds
    results = session.scalars(
        select(SurveyResult).join(Survey, Survey.id == SurveyResult.survey_id)
        .where(Survey.site_id.in_(scope.site_ids), Survey.state.in_(sorted(SHOWN)), Survey.closed_at >= start,
               Survey.closed_at < end, SurveyResult.grouping == "link")
        .options(joinedload(SurveyResult.survey).joinedload(Survey.questions).selectinload(QuestionSet.questions))
        .order_by(Survey.closed_at, Survey.id))
    newest = {one.link_id: line_of(one.survey, one).overall for one in results}
    both: list[tuple[float, float]] = []
    for link_id, overall in newest.items():
        accepted = value(session, scope, "fta", Part("link", link_id), scope.period).value
        if overall is not None and overall.index is not None and accepted is not None:
            both.append((overall.index, float(accepted)))
    return [Pair(_LINKS, [x for x, _y in both], [y for _x, y in both], False)] if both else []


def _row(pair: Pair, found: Across | None, p: float | None) -> Row:
    numbers: tuple[Cell, ...] = (None,) * 5 if found is None or p is None else (
        found.r, found.low, found.high, found.rho, chance(p).removeprefix("= "))
    return Row((pair.title, len(pair.x), *numbers, _SAME if pair.shared else _OTHER))


def _said(pair: Pair, found: Across | None, p: float | None, tried: int) -> Words:
    if found is not None:
        told = told_across(found.n, found.r, found.low, found.high, shared_method=pair.shared, tried=tried,
                           p_adjusted=p)
    else:
        told = too_few_units(len(pair.x)) if len(pair.x) < LEAST_PERIODS else unchanging(len(pair.x))
    return Words(f"{pair.title.en}. {told.en}", f"{pair.title.zh}。{told.zh}")
