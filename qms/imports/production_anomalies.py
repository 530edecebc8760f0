"""Knows the kinds of anomaly with which a production log is still read; must not know how they are found."""

from qms.rules.errors import Problem
from qms.rules.words import Words

KINDS = {
    "repeat_with_quantity": Words(
        "exact repeat that carries pieces, counted as a report of its own",
        "完全重复且带数量的行，按独立报工计入",
    ),
    "repeat_without_quantity": Words("exact repeat that carries no pieces", "完全重复且不带数量的行"),
    "quantity_missing": Words("quantity not given on a work row", "加工行未填数量"),
    "quantity_not_moved": Words("pieces on a row that is not work", "非加工行上有数量"),
    "report_type_unknown": Words("unknown report type", "未知的报工类型"),
    "rework_mark_unknown": Words("unknown rework mark", "未知的返工标记"),
    "end_before_start": Words("completes before it starts", "结束早于开始"),
    "overlap": Words("starts before an earlier step of the order is complete", "前一步未结束即开始"),
    "ends_out_of_order": Words("completes before a step that started earlier", "后开始却先结束"),
    "clock_change": Words("time stamp at a change of the clock", "时间正值时钟调整"),
    "span_differs": Words("span differs from the time stamps", "时长与起止时间不符"),
    "span_damaged": Words("span turned into a date by Excel", "时长被 Excel 变成日期"),
    "span_unreadable": Words("span not readable", "时长无法识别"),
    "over_order_quantity": Words("more pieces completed at an operation than ordered", "某工序完工数超过工单数量"),
    "order_not_balanced": Words(
        "last operation, rejected and MRB do not add up to the order",
        "末道工序完工、拒收与待评审数量之和不等于工单数量",
    ),
    "order_quantity_differs": Words("order quantity differs within a work order", "同一工单的工单数量不一致"),
    "order_quantity_unreadable": Words("order quantity not readable", "工单数量无法识别"),
    "item_differs": Words("part differs within a work order", "同一工单的零件不一致"),
    "item_missing": Words("no part named", "没有零件名称"),
    "resource_differs": Words(
        "machine recorded is not the one in the operation's name", "记录的设备与工序名称中的设备不同"
    ),
    "origin_not_known": Words("found by inspection, no producing operation before it", "检验发现，之前没有加工工序"),
    "similar_names": Words("names that differ only in case or punctuation", "仅大小写或标点不同的名称"),
    "column_absent": Words("column absent", "缺少列"),
}


def anomaly(kind: str, line: int, column: str | None, en: str, zh: str) -> Problem:
    """Make the note of one anomaly; its kind must be in KINDS."""
    if kind not in KINDS:
        raise KeyError(kind)
    return Problem(en, zh, line=line, column=column, kind=kind)
