"""Tells what was imported of how well equipment is used (OEE and the like), as its source gives it. Only reads."""

import re

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qms.models.satisfaction_measures import UnitMeasure
from qms.rules.review_snapshots import Column, Row, Table
from qms.rules.words import Words
from qms.workflows.review_estimates import MOST_ROWS
from qms.workflows.review_figures import most, plus
from qms.workflows.review_scope import Scope

NAMED = ("oee", "overall equipment", "efficiency", "设备综合效率", "生产效率", "稼动率")
"""How imported measures of efficiency are called."""
_MONTH = re.compile(r"\d{4}-\d{2}", re.ASCII)
_QUERY = Words("Imported measures of units named OEE or efficiency whose period is a month or day of the review's "
               "period, as the source gives them; without an interval where it gives no n.",
               "导入的名为 OEE 或效率的单元指标, 其期间为评审期内的月或日, 数值与来源一致; 来源未给出 n 时无置信区间。")
_COLUMNS = (Column("measure", Words("Measure", "指标")), Column("unit", Words("Unit", "单元")),
            Column("period", Words("Period", "期间")), Column("value", Words("Value", "数值"), "decimal"),
            Column("n", Words("n", "n"), "count"), Column("source", Words("Source", "来源")))


def imported(session: Session, scope: Scope) -> tuple[Table, ...]:
    """Return the table of imported efficiency; nothing where none was imported for the period."""
    first, last = f"{scope.period.first:%Y-%m}", f"{scope.period.last:%Y-%m}"
    rows = session.execute(
        select(UnitMeasure.measure, UnitMeasure.unit_code, UnitMeasure.unit_name, UnitMeasure.period,
               UnitMeasure.value, UnitMeasure.is_percent, UnitMeasure.n, UnitMeasure.source)
        .where(UnitMeasure.site_id.in_(scope.site_ids),
               or_(*(UnitMeasure.measure.icontains(name, autoescape=True) for name in NAMED)))
        .order_by(UnitMeasure.measure, UnitMeasure.period, UnitMeasure.unit_code))
    found = [Row((f"{measure} (%)" if percent else measure, f"{code} {name}".strip(), period, value, n, source))
             for measure, code, name, period, value, percent, n, source in rows
             if _MONTH.match(period) and first <= period[:7] <= last]
    if not found:
        return ()
    return (Table("imported", Words("Imported efficiency", "导入的效率指标"), plus(_QUERY, most(found)), _COLUMNS,
                  tuple(found[:MOST_ROWS])),)
