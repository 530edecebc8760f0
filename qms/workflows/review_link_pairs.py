"""Tells how each pair of measures that was set goes together over time, at the lag said beforehand. Only reads.

Nothing here says why: the sentences are those of rules.review_association (R-39).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.measures.association import LEAST_PERIODS, Lagged, lagged, pair_counts
from qms.models.review import ReviewPairing
from qms.rules import review_association as words
from qms.rules.review_measures import MEASURES
from qms.rules.review_pairings import read_lags
from qms.rules.review_snapshots import Cell, Column, Estimate, Figure, Row, Snapshot, Table
from qms.rules.words import Words
from qms.workflows.review_link_months import monthly
from qms.workflows.review_scope import Scope
from qms.workflows.review_series import Part
from qms.workflows.satisfaction_names import unit_words

_FIXED, _SHOWN = Words("fixed beforehand", "事先设定"), Words("also shown", "同时显示")
_CALLED, _UNSURE = Words("associated", "相关联"), Words("cannot be told", "看不出")
_FEW, _FLAT = Words("too few periods", "期数太少"), Words("does not vary", "没有变化")
_QUERY = Words(
    "Each pair in force. The internal measure is of the links that lead to the customer; at lag 2 its January stands "
    "beside the customer's March. Only months count in which both have a value. A straight line is taken out of each "
    "series; r is Pearson's, n worth is the number of independent periods, the interval is by block bootstrap, p is "
    "corrected after Holm for all lags tried, those of earlier pairings of the same two included.",
    "所有生效的配对。内部指标取自通往该顾客的链接; 滞后 2 期时, 其一月与顾客的三月相对。只计入两项均有数据的月份。"
    "先从每个序列中去除直线趋势; r 为 Pearson 系数, 等效期数为相当的独立期数, 区间由分块自助法得出, "
    "p 按 Holm 法对尝试过的全部滞后 (含相同两项以往配对的滞后) 校正。")
_COLUMNS = (
    Column("customer", Words("Customer", "顾客")), Column("inner", Words("Internal measure", "内部指标")),
    Column("outer", Words("Measure of the customer", "顾客指标")),
    Column("lag", Words("Lag", "滞后"), "count", Words("months", "月")),
    Column("fixed", Words("Which", "性质"), "state"), Column("said", Words("Result", "结果"), "state"),
    Column("n", Words("n", "n"), "count", Words("months", "月")),
    Column("left_out", Words("Left out", "未计入"), "count", Words("months", "月")),
    Column("n_eff", Words("n worth", "等效期数"), "decimal"), Column("r", Words("r", "r"), "decimal"),
    Column("low", Words("95 % CI from", "95 % 区间起"), "decimal"),
    Column("high", Words("to", "止"), "decimal"), Column("rho", Words("Spearman", "Spearman"), "decimal"),
    Column("p", Words("p after Holm", "Holm 校正后 p")))


@dataclass(frozen=True, slots=True)
class Judged:
    """A pairing with what was found: months with both values and months left out at each lag, oldest lag set first."""

    pairing: ReviewPairing
    lags: Sequence[int]
    counts: dict[int, int]
    left_out: dict[int, int]
    found: dict[int, Lagged]
    exploratory: bool

    @property
    def title(self) -> Words:
        """Return how the pair is called."""
        customer = unit_words(self.pairing.customer)
        inner, outer = MEASURES[self.pairing.inner].words, MEASURES[self.pairing.outer].words
        return Words(f"{customer.en}: {inner.en} and {outer.en}", f"{customer.zh}: {inner.zh} 与 {outer.zh}")

    @property
    def said(self) -> Words:
        """Return what may be said of the pair."""
        lag = self.pairing.lag
        told = words.with_gaps(self._told(lag), self.left_out[lag])
        told = words.exploratory(told) if self.exploratory else told
        return Words(f"{self.title.en}. {told.en}", f"{self.title.zh}。{told.zh}")

    def _told(self, lag: int) -> Words:
        if self.counts[lag] < LEAST_PERIODS:
            return words.too_few(self.counts[lag])
        if lag not in self.found:
            return words.unchanging(self.counts[lag])
        one = self.found[lag]
        return words.told(words.Finding(lag, one.n, one.n_eff, one.r, one.low, one.high, one.p_adjusted,
                                        len(self.found), called=one.called))


def pairs(session: Session, scope: Scope) -> Snapshot:
    """Return what may be said of each pair, and every lag that was tried."""
    judged = [_judged(session, scope, pairing, earlier) for pairing, earlier in _pairings(session, scope)]
    if not judged:
        return Snapshot()
    table = Table("lags", Words("Every lag that was tried", "尝试过的全部滞后"), _QUERY, _COLUMNS,
                  tuple(_row(one, lag) for one in judged for lag in one.lags))
    coefficients = sum(1 for one in judged if one.pairing.lag in one.found)
    return Snapshot(tuple(map(_figure, judged)), (table,), tuple(one.said for one in judged),
                    (words.many_pairs(coefficients),) if coefficients > 1 else ())


def _pairings(session: Session, scope: Scope) -> list[tuple[ReviewPairing, set[int]]]:
    """Return the pairings in force, each with the lags of those of the same two that have ended."""
    held = session.scalars(
        select(ReviewPairing).where(ReviewPairing.site_id.in_(scope.site_ids))
        .options(joinedload(ReviewPairing.customer)).order_by(ReviewPairing.customer_id, ReviewPairing.id)).all()
    earlier: dict[tuple[int, str, str], set[int]] = {}
    for one in held:
        if not one.active:
            earlier.setdefault((one.customer_id, one.inner, one.outer), set()).update({one.lag, *read_lags(one.also)})
    return [(one, earlier.get((one.customer_id, one.inner, one.outer), set())) for one in held if one.active]


def _judged(session: Session, scope: Scope, pairing: ReviewPairing, earlier: set[int]) -> Judged:
    part = Part("customer", pairing.customer_id)
    x, y = ([None if one.value is None else float(one.value) for one in monthly(session, scope, code, part)]
            for code in (pairing.inner, pairing.outer))
    lags = [pairing.lag, *sorted({*read_lags(pairing.also), *earlier} - {pairing.lag})]
    counts = dict(zip(lags, pair_counts(x, y, lags), strict=True))
    tried = [lag for lag in lags if counts[lag] >= LEAST_PERIODS]
    found = lagged(x, y, tried) if pairing.lag in tried else []
    left_out = {lag: max(0, _span(x, y, lag) - counts[lag]) for lag in lags}
    return Judged(pairing, lags, counts, left_out, {one.lag: one for one in found},
                  pairing.set_at >= scope.period.bounds[1])


def _span(x: Sequence[float | None], y: Sequence[float | None], lag: int) -> int:
    """Return how many months lie between the first and the last in which either has a value, at a lag."""
    either = [one is not None or other is not None for one, other in zip(x, y[lag:], strict=False)]
    return len(either) - either.index(True) - either[::-1].index(True) if any(either) else 0


def _figure(one: Judged) -> Figure:
    lag, found = one.pairing.lag, one.found.get(one.pairing.lag)
    months = "month" if lag == 1 else "months"
    now = Estimate(found.r, found.n, found.low, found.high) if found else Estimate(None, one.counts[lag])
    return Figure(f"link.pair_{one.pairing.id}",
                  Words(f"{one.title.en}, r at lag {lag} {months}", f"{one.title.zh}, 滞后 {lag} 个月的 r"), "decimal",
                  now, _QUERY, None, _path(one))


def _row(one: Judged, lag: int) -> Row:
    found = one.found.get(lag)
    which = _FIXED if lag == one.pairing.lag else _SHOWN
    numbers: tuple[Cell, ...] = (None,) * 6 if found is None else (
        found.n_eff, found.r, found.low, found.high, found.rho, words.chance(found.p_adjusted).removeprefix("= "))
    pairing = one.pairing
    return Row((pairing.customer.code, MEASURES[pairing.inner].words, MEASURES[pairing.outer].words, lag, which,
                _result(one, lag), one.counts[lag], one.left_out[lag], *numbers), _path(one))


def _result(one: Judged, lag: int) -> Words:
    if lag in one.found:
        return _CALLED if one.found[lag].called else _UNSURE
    return _FEW if min(one.counts[lag], one.counts[one.pairing.lag]) < LEAST_PERIODS else _FLAT


def _path(one: Judged) -> str:
    return f"/review/pairings/#pairing-{one.pairing.id}"
