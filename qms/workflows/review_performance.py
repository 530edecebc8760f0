"""Fills the input on processes: first-time acceptance and yields of lines, links and routings. Only reads."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.models.chain import Link
from qms.rules.review_snapshots import Cell, Chart, Column, Formula, Row, Snapshot, Table
from qms.rules.words import Words
from qms.workflows.measures_handovers import NONE_HANDED_OVER, HandedOver
from qms.workflows.review_cubes import handed_over
from qms.workflows.review_estimates import MOST_ROWS, interval_cells, interval_columns, of_rate, snapshot_of
from qms.workflows.review_figures import both, called, most, plus
from qms.workflows.review_performance_imported import imported
from qms.workflows.review_performance_routes import routes
from qms.workflows.review_scope import Scope
from qms.workflows.review_series import Part, value

_FTA, _FPY = Words("First-time acceptance", "首次交接接收率"), Words("First-pass yield", "一次通过率")
_LOTS = Words("Lots wholly accepted at their first presentation, out of lots first presented in the period and decided "
              "since; by the link on which they were handed over.",
              "本期首次提交并已判定的批次中, 一次全部接收的批次所占比例, 按交接链接统计。")
_PIECES = Words("Pieces accepted at first presentation without rework, out of pieces first presented.",
                "首次提交的件数中, 未经返工即接收的件数所占比例。")
_NO_LINE = Words("Without a production line", "未归属产线")
_COUNTS = (Column("lots", Words("Lots", "批次"), "count"),
           Column("accepted_first", Words("Accepted at once", "一次接收"), "count"), *interval_columns("fta", _FTA),
           Column("fta_before", Words("FTA before", "对比期接收率"), "percent"),
           Column("pieces", Words("Pieces", "件数"), "count"),
           Column("good_first", Words("Good at once", "一次合格件"), "count"), *interval_columns("fpy", _FPY),
           Column("fpy_before", Words("FPY before", "对比期通过率"), "percent"))


@dataclass(frozen=True, slots=True)
class _Counted:
    """A link with its hand-overs in both periods."""

    link: Link
    now: HandedOver
    before: HandedOver


def process_performance(session: Session, scope: Scope) -> Snapshot:
    """Return how much was accepted at once, by line and by link, and what the routings yield."""
    counted, (rolled, said) = _counted(session, scope), routes(session, scope)
    site = Part("site")
    figures = (
        both(scope, "performance.fta", _FTA, "percent", _LOTS, lambda p: value(session, scope, "fta", site, p),
             path=scope.path("/acceptance/hand-overs/"), formula=Formula("share", "lines", "accepted_first", "lots")),
        both(scope, "performance.fpy", _FPY, "percent", _PIECES, lambda p: value(session, scope, "fpy", site, p),
             path=scope.path("/acceptance/hand-overs/"), formula=Formula("share", "lines", "good_first", "pieces")),
    )
    tables = (_lines(counted), _links(scope, counted), *rolled, *imported(session, scope))
    return snapshot_of(figures, tables, said)


def _counted(session: Session, scope: Scope) -> list[_Counted]:
    cube = handed_over(session, scope)
    now, before = cube.within(scope.period), cube.within(scope.before)
    links = session.scalars(select(Link).where(Link.site_id.in_(scope.site_ids)).order_by(Link.id)
                            .options(joinedload(Link.supplier), joinedload(Link.customer)))
    found = [_Counted(link, now[link.id], before.get(link.id, NONE_HANDED_OVER)) for link in links if link.id in now]
    return sorted(found, key=lambda one: -one.now.lots)


def _lines(counted: list[_Counted]) -> Table:
    lines: dict[str, list[_Counted]] = {}
    for one in counted:
        lines.setdefault(one.link.supplier.line or "", []).append(one)
    rows = [Row((line or _NO_LINE, *_cells(of))) for line, of in sorted(lines.items(), key=lambda told: told[0] or "~")]
    return Table("lines", Words("By production line", "按产线"), plus(_LOTS, Words(
        " A line is that of the unit that hands over.", " 产线以供方单元为准。")),
        (Column("line", Words("Line", "产线")), *_COUNTS), tuple(rows),
        (Chart("bar", Words("First-time acceptance by line", "各产线首次接收率"), "line", ("fta", "fta_before")),
         Chart("bar", Words("First-pass yield by line", "各产线一次通过率"), "line", ("fpy", "fpy_before"))))


def _links(scope: Scope, counted: list[_Counted]) -> Table:
    rows = tuple(Row((called(one.link), *_cells([one])),
                     f"/measures/links/{one.link.id}?first={scope.period.first}&last={scope.period.last}&step=month")
                 for one in counted[:MOST_ROWS])
    return Table("links", Words("By link", "按链接"), plus(_LOTS, most(counted)),
                 (Column("link", Words("Link", "链接")), *_COUNTS), rows)


def _cells(of: Iterable[_Counted]) -> tuple[Cell, ...]:
    counted = list(of)
    now = sum((one.now for one in counted), NONE_HANDED_OVER)
    before = sum((one.before for one in counted), NONE_HANDED_OVER)
    return (now.lots, now.accepted_first, *interval_cells(of_rate(now.acceptance)), before.acceptance.value, now.pieces,
            now.good_first, *interval_cells(of_rate(now.yielded)), before.yielded.value)


FILLED = {"process_performance": process_performance}
