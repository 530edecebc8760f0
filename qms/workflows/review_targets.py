"""Fills the input on quality objectives: what each measure was to reach, and what it reached. Only reads."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from qms.measures.intervals import rate
from qms.models.review import Objective
from qms.rules.review_measures import MEASURES, PARTS, reaches
from qms.rules.review_snapshots import Column, Estimate, Figure, Row, Snapshot, Table
from qms.rules.words import Words
from qms.workflows.review_customers_counts import pages_of
from qms.workflows.review_estimates import interval_columns, of_rate, snapshot_of
from qms.workflows.review_figures import called
from qms.workflows.review_objectives import in_force, part_of
from qms.workflows.review_scope import Scope
from qms.workflows.review_series import Part, value

_QUERY = Words("Objectives in force on the last day of the period, each with its measure over the whole period. "
               "Without a value there is no figure, which is neither reached nor missed.",
               "期末生效的目标, 各按整个评审期统计其指标。无数据时不出数值, 既不算达成也不算未达成。")
REACHED, MISSED, NO_FIGURE = Words("Reached", "达成"), Words("Missed", "未达成"), Words("No figure", "无数据")


@dataclass(frozen=True, slots=True)
class Held:
    """An objective beside what its measure was; `is_reached` None: no figure."""

    objective: Objective
    part: Words
    now: Estimate
    before: Estimate
    is_reached: bool | None
    path: str | None

    @property
    def verdict(self) -> Words:
        """Return in words whether it is reached."""
        return NO_FIGURE if self.is_reached is None else REACHED if self.is_reached else MISSED


def objectives(session: Session, scope: Scope) -> Snapshot:
    """Return each objective in force with its value, and how many are reached."""
    told = [held(session, scope, one) for one in in_force(session, scope.site_ids, scope.period.last)]
    judged = [one for one in told if one.is_reached is not None]
    figures = (
        Figure("objectives.reached", Words("Objectives reached", "达成的目标"), "percent",
               of_rate(rate(sum(one.is_reached is True for one in judged), len(judged))), _QUERY,
               path="/review/objectives/"),
        Figure("objectives.missed", Words("Objectives missed", "未达成的目标"), "count",
               Estimate(sum(one.is_reached is False for one in judged), len(judged)), _QUERY,
               path="/review/objectives/"),
        Figure("objectives.no_figure", Words("Objectives without a figure", "无数据的目标"), "count",
               Estimate(len(told) - len(judged), len(told)), _QUERY, path="/review/objectives/"),
    )
    measures = dict.fromkeys(one.objective.measure for one in told)
    return snapshot_of(figures if told else (), (
        _table(measure, [one for one in told if one.objective.measure == measure]) for measure in measures))


def held(session: Session, scope: Scope, objective: Objective) -> Held:
    """Return an objective beside what its measure was in both periods."""
    part = part_of(objective)
    now, before = (value(session, scope, objective.measure, part, period) for period in (scope.period, scope.before))
    known = isinstance(now.value, int | float | Decimal)
    reached = reaches(objective.measure, now.value, objective.target) if known and now.value is not None else None
    return Held(objective, named(objective), now, before, reached, path_of(session, scope, part))


def named(objective: Objective) -> Words:
    """Return what an objective is for."""
    if objective.link is not None:
        return called(objective.link)
    if objective.unit is not None:
        return Words(objective.unit.name_en, objective.unit.name_zh)
    return PARTS["site"]


def path_of(session: Session, scope: Scope, part: Part) -> str | None:
    """Return where the records behind the measures of a part are; None: no page tells of it."""
    days = f"first={scope.period.first}&last={scope.period.last}&step=month"
    if part.kind == "customer":
        return pages_of(session, scope, "scorecard").get(part.id or 0)
    if part.kind == "site":
        return f"/measures/?{days}&site={scope.site_ids[0]}"
    return f"/measures/{part.kind}s/{part.id}?{days}"


def _table(measure: str, told: list[Held]) -> Table:
    what = MEASURES[measure]
    kind, query = what.kind, Words(f"{what.query.en} {_QUERY.en}", f"{what.query.zh}{_QUERY.zh}")
    rows = tuple(Row((one.part, one.objective.target, one.verdict, one.now.value, one.now.low, one.now.high, one.now.n,
                      one.before.value, one.objective.valid_from), one.path) for one in told)
    better = Words("at least", "不低于") if what.more_is_better else Words("at most", "不高于")
    return Table(measure, what.words, query, (
        Column("part", Words("For", "范围")),
        Column("target", Words(f"Target, {better.en}", f"目标 ({better.zh})"), kind),
        Column("reached", Words("Verdict", "结论"), "state"), *interval_columns("value", Words("Value", "数值"), kind),
        Column("n", Words("n", "n"), "count"), Column("before", Words("Before", "对比期"), kind),
        Column("valid_from", Words("In force from", "生效日"), "date")), rows)


FILLED = {"objectives": objectives}
