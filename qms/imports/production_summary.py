"""Knows the totals of a production log and that they must add up; must not know how they are shown."""

from dataclasses import dataclass
from typing import NamedTuple

from qms.imports.production import ProductionLog, count_by_kind
from qms.imports.production_anomalies import KINDS
from qms.rules.errors import BadFile
from qms.rules.production import QUANTITIES
from qms.rules.words import Words


class Figure(NamedTuple):
    """One line of the summary."""

    label: Words
    value: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The totals of a log; pieces are those of work rows (type D), quantities on other rows stand apart."""

    rows_read: int
    rows_taken: int
    rows_refused: int
    exact_repeats: int
    work_orders: int
    operations: int
    inspections: int
    items: int
    hand_overs: int
    hand_over_pairs: int
    pieces_completed: int
    pieces_rejected: int
    rows_rejected: int
    pieces_mrb: int
    rows_mrb: int
    rework_rows: int
    pieces_not_moved: int
    anomalies: dict[str, int]

    def figures(self) -> list[Figure]:
        """Return the lines of the summary, totals first, then the anomalies by kind."""
        totals = [Figure(LABELS[name], getattr(self, name)) for name in LABELS]
        return totals + [
            Figure(Words(f"  {KINDS[kind].en}", f"  {KINDS[kind].zh}"), count) for kind, count in self.anomalies.items()
        ]

    @property
    def anomalies_total(self) -> int:
        """All anomalies together."""
        return sum(self.anomalies.values())


LABELS = {
    "rows_read": Words("Rows read", "读取行数"),
    "rows_taken": Words("Rows taken", "导入行数"),
    "rows_refused": Words("Rows refused", "拒绝导入的行数"),
    "exact_repeats": Words("Exact repeats", "完全重复的行数"),
    "work_orders": Words("Work orders", "工单数"),
    "operations": Words("Operations", "工序数"),
    "inspections": Words("Operations that inspect", "其中检验工序数"),
    "items": Words("Items", "零件数"),
    "hand_overs": Words("Hand-overs", "工序交接次数"),
    "hand_over_pairs": Words("Distinct hand-over pairs", "不同的交接关系数"),
    "pieces_completed": Words("Pieces completed", "完工件数"),
    "pieces_rejected": Words("Pieces rejected", "拒收件数"),
    "rows_rejected": Words("Rows with rejected pieces", "有拒收的行数"),
    "pieces_mrb": Words("Pieces for MRB", "待评审（MRB）件数"),
    "rows_mrb": Words("Rows with pieces for MRB", "有待评审件的行数"),
    "rework_rows": Words("Rework rows", "返工行数"),
    "pieces_not_moved": Words("Pieces on rows that are not work, not moved", "非加工行上的件数（不计入）"),
    "anomalies_total": Words("Anomalies", "异常数"),
}


def summary_of(log: ProductionLog) -> Summary:
    """Add up the derived records and hold them against the file's work rows.

    Raises BadFile when rows or pieces do not reconcile: then the derivation is wrong, nothing may be loaded.
    """
    findings = [finding for order in log.work_orders for finding in order.findings]
    hand_overs = [move for order in log.work_orders for move in order.hand_overs]
    derived = {
        "completed": sum(move.quantity for move in hand_overs) + sum(order.delivered for order in log.work_orders),
        "rejected": sum(found.quantity for found in findings if found.outcome == "rejected"),
        "mrb": sum(found.quantity for found in findings if found.outcome == "mrb"),
    }
    told = {quantity: sum(report.moved(quantity) for report in log.reports) for quantity in QUANTITIES}
    placed = sum(len(order.reports) for order in log.work_orders)
    if derived != told or placed != len(log.reports) or log.rows_read != len(log.reports) + log.refused_rows:
        raise BadFile(
            f"The derived records hold {derived} of {told} pieces and {placed} of {log.rows_read} rows.",
            f"推导出的记录与文件不符：件数 {derived} / {told}，行数 {placed} / {log.rows_read}。",
        )
    return Summary(
        rows_read=log.rows_read,
        rows_taken=len(log.reports),
        rows_refused=log.refused_rows,
        exact_repeats=log.repeats,
        work_orders=len(log.work_orders),
        operations=len(log.operations),
        inspections=sum(operation.inspection for operation in log.operations),
        items=len(log.items),
        hand_overs=len(hand_overs),
        hand_over_pairs=len(log.links),
        pieces_completed=derived["completed"],
        pieces_rejected=derived["rejected"],
        rows_rejected=sum(found.outcome == "rejected" for found in findings),
        pieces_mrb=derived["mrb"],
        rows_mrb=sum(found.outcome == "mrb" for found in findings),
        rework_rows=sum(report.rework for report in log.reports),
        pieces_not_moved=sum(
            getattr(report, name) or 0 for report in log.reports if not report.moves for name in QUANTITIES
        ),
        anomalies=count_by_kind(log.anomalies),
    )
