import csv
import datetime as dt
import io

import pytest
from openpyxl import load_workbook

from exports import acceptance, acceptance_pieces, rejections
from exports.about import About

at = dt.datetime.fromisoformat
ABOUT = About("台账", at("2026-11-21 08:30"), "Asia/Shanghai", "王芳")
VALUES = {"text": "=1+1", "integer": 2, "decimal": 1.5, "date": dt.date(2026, 1, 2),
          "datetime": at("2026-01-02 03:04"), "link": "https://qms.example/1"}
REGISTERS = [
    pytest.param(rejections.COLUMNS, rejections.NAME, rejections.ledger, rejections.ledger_csv, id="ledger"),
    pytest.param(acceptance.COLUMNS, acceptance.NAME, acceptance.handover_register,
                 acceptance.handover_register_csv, id="hand-overs"),
    pytest.param(acceptance_pieces.COLUMNS, acceptance_pieces.NAME, acceptance_pieces.pieces_register,
                 acceptance_pieces.pieces_register_csv, id="inspections"),
]


def rows(columns, count):
    return ({column.key: VALUES[column.kind] for column in columns} for _ in range(count))


@pytest.mark.parametrize(("columns", "name", "to_workbook", "to_csv"), REGISTERS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_register_has_its_columns_in_both_kinds_of_file(columns, name, to_workbook, to_csv, language):
    book, text = io.BytesIO(), io.BytesIO()
    assert to_workbook(rows(columns, 3), language, ABOUT, book).rows == 3
    assert to_csv(rows(columns, 3), language, ABOUT, text).rows == 3
    sheet = load_workbook(book)[name.to(language)]
    read = list(csv.reader(io.StringIO(text.getvalue().decode("utf-8-sig"))))
    assert [cell.value for cell in sheet[1]] == read[0]
    assert sheet.max_row == len(read) == 4
    assert sheet["A2"].value == "=1+1"
    assert read[1][0] == "'=1+1"


@pytest.mark.parametrize(("columns", "name", "to_workbook", "to_csv"), REGISTERS)
def test_keys_and_headers_are_each_given_once_and_named_in_the_docstring(columns, name, to_workbook, to_csv):
    keys = [column.key for column in columns]
    module = next(m for m in (rejections, acceptance, acceptance_pieces) if columns is m.COLUMNS)
    assert len(set(keys)) == len(keys) >= 20
    for language in ("zh", "en"):
        assert len({column.head(language) for column in columns}) == len(columns)
    listed = module.__doc__.partition("Keys:")[2].replace("\n", " ").rstrip(". ").split(", ")
    assert [key.strip() for key in listed] == keys
