"""A small table from a file: what is taken, and what is refused by line and column."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import Workbook

from qms.imports.review import read_table
from qms.rules.errors import BadFile


def workbook(*lines: list) -> bytes:
    book, stream = Workbook(), BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(stream)
    return stream.getvalue()


def faults(content: bytes) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(BadFile) as refused:
        read_table(content, "t.csv")
    return [(problem.line, problem.field, problem.kind) for problem in refused.value.problems]


def test_a_text_file_becomes_a_table_with_kinds():
    text = "设备,MTBF,Year,Day,Code\n冲压,120.5,2025,2026-01-02,007\n焊接,,2026,,008\n"
    table = read_table(text.encode(), "停机.csv")
    assert [column.words.en for column in table.columns] == ["设备", "MTBF", "Year", "Day", "Code"]
    assert [column.kind for column in table.columns] == ["text", "decimal", "text", "date", "text"]
    assert [row.cells for row in table.rows] == [
        ("冲压", Decimal("120.5"), "2025", date(2026, 1, 2), "007"), ("焊接", None, "2026", None, "008")]
    assert "停机.csv: 2 lines" in table.query.en


def test_a_workbook_becomes_the_same_table():
    table = read_table(workbook(["Machine", "MTBF", "Day"], ["Press", 120.5, date(2026, 1, 2)], ["Weld", 80, None]),
                       "mtbf.xlsx")
    assert [column.kind for column in table.columns] == ["text", "decimal", "date"]
    assert [row.cells for row in table.rows] == [
        ("Press", Decimal("120.5"), date(2026, 1, 2)), ("Weld", Decimal(80), None)]


def test_each_wrong_cell_is_named():
    assert faults(b"Machine,MTBF\nPress,=1+1\nWeld,2,3\n") == [(2, "MTBF", "formula"), (3, None, "width")]


@pytest.mark.parametrize(("content", "wanted"), [
    (b"A,A\n1,2\n", [(1, "A", "heading")]),
    (b"A,,C\n1,2,3\n", [(1, "2", "empty")]),
    (b"A,B\n" + b"1,2\n" * 501, [(502, None, "rows")]),
    (",".join(f"h{n}" for n in range(31)).encode() + b"\n" + b"1," * 30 + b"1\n", [(1, None, "columns")]),
    (b"A,B\n1," + b"x" * 501 + b"\n", [(2, "B", "too_long")])])
def test_what_a_page_cannot_hold_is_refused_by_line_and_column(content: bytes, wanted: list):
    assert faults(content) == wanted


def test_500_lines_and_30_columns_are_taken():
    table = read_table(workbook([f"h{n}" for n in range(30)], *[[n] * 30 for n in range(500)]), "t.xlsx")
    assert (len(table.rows), len(table.columns)) == (500, 30)


@pytest.mark.parametrize("content", [b"", b"A,B\n", b"PK\x03\x04 no workbook", b"x" * (5 * 2**20 + 1)])
def test_a_file_without_a_table_is_refused(content: bytes):
    with pytest.raises(BadFile):
        read_table(content, "t")


def test_a_formula_that_was_never_calculated_is_named():
    assert faults(workbook(["A", "B"], [1, "=A2*2"])) == [(2, "B", "formula")]
