"""Multiplies the yields along the routings of a review's items, and tells which yields least. Only reads."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from qms.measures.yields import RolledYield
from qms.rules.measures import Period
from qms.rules.review_snapshots import Column, Row, Table
from qms.rules.words import Words
from qms.workflows.measures_handovers import HandedOver
from qms.workflows.measures_routes import Route, route, routes_of_sites
from qms.workflows.review_cubes import handed_items
from qms.workflows.review_estimates import MOST_ROWS, interval_columns
from qms.workflows.review_figures import most, plus
from qms.workflows.review_scope import Scope
from qms.workflows.review_series import suppliers

_QUERY = Words("Rolled throughput yield: the first-pass yields of the operations of a routing multiplied, each counted "
               "from the pieces of the routing's item that the operation first presented in the period. The last "
               "operation is left out if it hands nothing over; n is the smallest of the operations' pieces. Without a "
               "figure where an operation handed nothing over.",
               "滚动直通率: 工艺路线各工序一次通过率之积, 每一工序按其本期首次提交的该产品件数统计。"
               "末工序若不交出则不计。n 为各工序件数中最小者。有工序无交接时不出数值。")
_RTY = Words("RTY", "滚动直通率")
_COLUMNS = (Column("item", Words("Item", "产品")), Column("revision", Words("Routing", "工艺路线版本"), "count"),
            Column("lines", Words("Lines", "产线")), Column("steps", Words("Operations", "工序数"), "count"),
            Column("n", Words("Smallest n", "最小 n"), "count"), *interval_columns("rty", _RTY),
            Column("rty_before", Words("RTY before", "对比期直通率"), "percent"),
            Column("missing", Words("Nothing handed over", "无交接的工序")))
Handed = Mapping[tuple[int, int], HandedOver]


def routes(session: Session, scope: Scope) -> tuple[tuple[Table, ...], tuple[Words, ...]]:
    """Return the table of the routings, and which of them yields least in words; nothing without routings."""
    now, before = _handed(session, scope, scope.period), _handed(session, scope, scope.before)
    found = routes_of_sites(session, scope.site_ids, scope.period, now)
    if not found:
        return (), ()
    rows = tuple(_row(one, before) for one in found[:MOST_ROWS])
    table = Table("routes", Words("By routing", "按工艺路线"), plus(_QUERY, most(found)), _COLUMNS, rows)
    return (table,), _said(found)


def _handed(session: Session, scope: Scope, period: Period) -> Handed:
    """Return hand-overs by item id and id of the unit that handed over."""
    supplier_of, summed = suppliers(session, scope), dict[tuple[int, int], HandedOver]()
    for (link_id, item_id), value in handed_items(session, scope).within(period).items():
        key = item_id, supplier_of[link_id]
        summed[key] = summed[key] + value if key in summed else value
    return summed


def _row(one: Route, before: Handed) -> Row:
    lines = dict.fromkeys(step.unit.line for step in one.steps if step.unit.line)
    item = one.routing.item
    missing = one.missing
    return Row((Words(f"{item.code} {item.name_en}", f"{item.code} {item.name_zh}"), one.routing.revision,
                ", ".join(lines), len(one.steps), one.rolled.n, one.rolled.value, one.rolled.low, one.rolled.high,
                route(one.routing, before).rolled.value,
                Words(", ".join(unit.name_en for unit in missing), "、".join(unit.name_zh for unit in missing))
                if missing else None),
               f"/chain/items/{item.id}")


def _said(found: list[Route]) -> tuple[Words, ...]:
    told = [(one, one.rolled.value) for one in found if one.rolled.value is not None]
    if not told:
        return ()
    worst, value = min(told, key=lambda pair: pair[1])
    en, zh = _interval(worst.rolled)
    return (Words(f"Of {len(told)} routings with a figure, {worst.routing.item.name_en} yields least: {value:.1%} "
                  f"pass all {len(worst.steps)} operations at once ({en}).",
                  f"在有数值的 {len(told)} 条工艺路线中, {worst.routing.item.name_zh} 最低: {value:.1%} 一次通过全部 "
                  f"{len(worst.steps)} 道工序 ({zh})。"),)


def _interval(rolled: RolledYield) -> tuple[str, str]:
    return (f"95 % CI {rolled.low:.1%} to {rolled.high:.1%}, n at least {rolled.n:,}",
            f"95 % 置信区间 {rolled.low:.1%} 至 {rolled.high:.1%}, n 至少 {rolled.n:,}")
