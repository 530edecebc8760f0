"""Knows how scorecard readings become a workbook that can be filled in and read back; must not know any record."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from exports.chain import example, head, instruct, put
from qms.rules.customers_scores_sheet import FORMAT, SCORES
from qms.rules.words import Words

_HOW = (
    Words("Fill in the values, then upload the file: you see every change and every error before anything is saved.",
          "填写数值后上传: 保存前会显示每处变更和每个错误。"),
    Words("All lines are taken over, or none. The file is kept as evidence with each reading that it made or changed.",
          "全部采用, 或全部不采用。文件作为证据保存在由它新增或更正的每条读数上。"),
    Words("A line without a value is passed over; lines may be left out or added.",
          "没有数值的行会被跳过; 可以省略或增加行。"),
    Words("Customer, plant, month and metric find the reading; another value, action or note corrects it.",
          "顾客、工厂、月份和指标用于查找读数; 数值、措施或备注不同即更正。"),
    Words("A value off target needs the number of a corrective action, or a note that says why none is needed (R-42).",
          "未达标的值须填纠正措施编号, 或在备注中说明为何不需要 (R-42)。"),
    Words("A line whose first cell begins with # is an example or remark and is skipped.",
          "首格以 # 开头的行是示例或备注, 会被跳过。"),
)


def scores_workbook(site_code: str, rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the workbook of a site with a line for each row; with an example where there is none."""
    book = Workbook()
    instruct(book.worksheets[0], site_code, FORMAT, _HOW, (SCORES,))
    page = book.create_sheet(SCORES.title)
    head(page, SCORES)
    for number, row in enumerate(rows, start=2):
        for place, column in enumerate(SCORES.columns, start=1):
            put(page.cell(number, place), column, row.get(column.key))
    if not rows:
        example(page, SCORES)
    book.active = 1
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()
