"""Knows the sheet on which scorecard readings are filled in and how a cell is read; must not know files or records."""

import re
from datetime import date
from decimal import Decimal

from qms.rules.chain_workbook import Column, Sheet
from qms.rules.customers_metrics import WORDS
from qms.rules.errors import Invalid
from qms.rules.words import Words

FORMAT = "qms-scores-1"
MOST_LINES = 1_000
"""More would keep everybody else from writing for longer than they should wait."""
MOST_MONTHS = 12
MOST_DIGITS = 18

_MONTH = re.compile(r"(20\d\d)[-/.年](0?[1-9]|1[0-2])月?(?:[-/.](?:0?[1-9]|[12]\d|3[01]))?(?: 00:00:00)?", re.ASCII)
_FIGURE = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
_SHOWN = Words("Only shown; it is not read.", "仅供参考, 不读取。")


def month(cell: str) -> date:
    """Return the first day of the month that a cell names. Raises Invalid."""
    found = _MONTH.fullmatch(cell)
    if not found:
        raise Invalid(f"“{cell[:40]}” is not a month. Write 2026-01.", f"“{cell[:40]}”不是月份。请写成 2026-01。")
    return date(int(found[1]), int(found[2]), 1)


def figure(cell: str) -> Decimal:
    """Return the number that a cell holds, exactly as written. Raises Invalid."""
    if not _FIGURE.fullmatch(cell):
        raise Invalid(f"“{cell[:40]}” is no number.", f"“{cell[:40]}”不是数字。")
    if sum(map(str.isdigit, cell)) > MOST_DIGITS:
        raise Invalid(f"“{cell[:40]}” has more than {MOST_DIGITS} digits.",
                      f"“{cell[:40]}”超过 {MOST_DIGITS} 位数字。")
    return Decimal(cell)


def words(cell: str) -> str:
    """Return a text as it stands. Raises Invalid for a formula."""
    if cell.startswith("="):
        raise Invalid("This is a formula, not a text.", "这是公式, 不是文字。")
    return cell


def check_lines(count: int) -> None:
    """Raise Invalid for a template of more lines than a workbook may have when it comes back."""
    if count > MOST_LINES:
        raise Invalid(f"These are {count:,} lines, at most {MOST_LINES:,} are taken. Choose fewer months.",
                      f"共 {count:,} 行, 最多 {MOST_LINES:,} 行。请减少月份。", field="first")


def check_months(first: date, last: date, today: date) -> None:
    """Raise Invalid for a template of no months, of too many, or of one that is still to come."""
    if last < first:
        raise Invalid("The last month lies before the first.", "截止月份早于起始月份。", field="last")
    if last > today:
        raise Invalid("This month is still to come.", "该月份尚未到来。", field="last")
    if (last.year - first.year) * 12 + last.month - first.month >= MOST_MONTHS:
        raise Invalid(f"At most {MOST_MONTHS} months at once.", f"一次最多 {MOST_MONTHS} 个月。", field="first")


SCORES = Sheet("scores", Words("Scorecard readings", "计分卡读数"), (
    Column("customer", Words("Customer", "顾客"), "C01", required=True, longest=40,
           note=Words("The code of its unit.", "填其单元代码。")),
    Column("customer_name", Words("Name", "名称"), "示例汽车 Star Motors", note=_SHOWN),
    Column("plant", Words("Plant of the customer", "顾客工厂"), "P1", longest=40, read=words,
           note=Words("Its code; empty: all plants together.", "填其代码; 空白: 所有工厂合计。")),
    Column("month", Words("Month", "月份"), "2026-01", required=True, read=month, kind="month",
           show=lambda first: f"{first:%Y-%m}"),
    Column("metric", Words("Metric", "指标"), "PPM", required=True, choices=WORDS),
    Column("unit", Words("Unit", "单位"), "PPM", note=_SHOWN),
    Column("target", Words("Target", "目标值"), "50", kind="decimal", note=_SHOWN),
    Column("value", Words("Value", "数值"), "12", read=figure, kind="decimal",
           show=lambda value: f"{value.normalize():f}",
           note=Words("A line without a value is passed over: what was not read is not 0.",
                      "没有数值的行会被跳过: 未读取不等于 0。")),
    Column("action", Words("Corrective action", "纠正措施"), "", longest=40, read=words,
           note=Words("Its number. A value off target needs it, or the note.", "填其编号。未达标的值须有措施或备注。")),
    Column("note", Words("Note", "备注"), "", longest=500, read=words,
           note=Words("Why a value off target needs no action (R-42).", "未达标为何不需要措施 (R-42)。")),
), ("customer", "plant", "month", "metric"))
