"""Ranks the defects of a link or unit; must not know how a ranking is drawn."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from qms.measures.pareto import Bar, Cause, pareto
from qms.models.chain import Defect, Link, Unit
from qms.models.rejections import Rejection
from qms.rules.measures import Period
from qms.workflows.measures_escapes import Counted, DefectCount, defects

MOST_BARS = 15
OTHER = ""


@dataclass(frozen=True, slots=True)
class Ranked:
    """One bar; `defect` None gathers the rest and what has no code. `assumed` is no part of the bar."""

    defect: Defect | None
    bar: Bar
    counted: Counted
    assumed: Counted
    own: Counted


@dataclass(frozen=True, slots=True)
class Ranking:
    """Bars by weight (`pieces` or `records`), 'other' last, with their total."""

    by: str
    bars: list[Ranked]
    counted: Counted
    assumed: Counted


def refused_defects(session: Session, link: Link, period: Period, by: str) -> Ranking:
    """Rank what was refused at a link's acceptance, wherever it was made."""
    counts = [
        DefectCount(count.defect, count.confirmed + count.assumed, Counted(), Counted())
        for count in defects(session, link.site_id, period, Rejection.link_id == link.id)
    ]
    return _ranking(counts, by)


def made_defects(session: Session, unit: Unit, period: Period, by: str) -> Ranking:
    """Rank what a unit made, by what is confirmed; what is only assumed is counted beside it (R-34)."""
    return _ranking(defects(session, unit.site_id, period, Rejection.origin_unit_id == unit.id), by)


def _ranking(counts: list[DefectCount], by: str) -> Ranking:
    ordered = sorted(counts, key=lambda count: -_weight(count.assumed, by))
    causes = [Cause(_label(c), c.confirmed.records, _weight(c.confirmed, by)) for c in ordered]
    ranked = pareto(causes, other=OTHER, keep=MOST_BARS)
    named = {bar.label for bar in ranked.bars if bar.label != OTHER}
    by_label = {_label(count): count for count in counts}
    bars = []
    for bar in ranked.bars:
        rest = bar.label == OTHER
        gathered = [c for c in counts if _label(c) not in named] if rest else [by_label[bar.label]]
        bars.append(Ranked(None if rest else gathered[0].defect, bar, *_totals(gathered)))
    confirmed, assumed, _own = _totals(counts)
    return Ranking(by, bars, confirmed, assumed)


def _label(count: DefectCount) -> str:
    return OTHER if count.defect is None else str(count.defect.id)


def _weight(counted: Counted, by: str) -> int:
    return counted.pieces if by == "pieces" else counted.records


def _totals(counts: list[DefectCount]) -> tuple[Counted, Counted, Counted]:
    """Return confirmed, assumed and found by the maker itself."""
    return (
        sum((count.confirmed for count in counts), Counted()),
        sum((count.assumed for count in counts), Counted()),
        sum((count.found_by_maker for count in counts), Counted()),
    )
