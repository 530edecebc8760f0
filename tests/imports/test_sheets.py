import datetime as dt
import re
import time
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook

from qms.imports import sheets
from qms.imports.rows import Row
from qms.imports.sheets import sheet_names, sheet_rows
from qms.rules.errors import BadFile

FIRST_SHEET = "xl/worksheets/sheet1.xml"
at = dt.datetime.fromisoformat


def saved(tmp_path, *rows, names=("台账",)):
    book = Workbook()
    book.active.title = names[0]
    for row in rows:
        book.active.append(row)
    for name in names[1:]:
        book.create_sheet(name).append([f"on {name}"])
    book.save(tmp_path / "in.xlsx")
    book.close()
    return tmp_path / "in.xlsx"


def changed(file, change, member=FIRST_SHEET):
    """Rewrite one member of the package."""
    other = file.with_name(f"changed-{file.name}")
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, change(content) if name == member else content)
    return other


def cell(reference, inside, attributes=b""):
    return lambda xml: re.sub(rb'<c r="' + reference + rb'"[^>]*>.*?</c>',
                              b'<c r="' + reference + b'"' + attributes + b">" + inside + b"</c>", xml)


def refusal(file, **arguments):
    with pytest.raises(BadFile) as caught:
        list(sheet_rows(file, **arguments))
    return caught.value


def test_cells_become_exact_text(tmp_path):
    file = saved(tmp_path, ["编号", " 数量 "], [1, 0.1], [12345678901, 1e-7], [True, None, "x"],
                 [at("2026-01-02"), at("2026-01-02 03:04:05")],
                 [dt.time(3, 4), dt.timedelta(hours=30, minutes=5)])
    assert list(sheet_rows(file)) == [
        Row(1, ("编号", "数量")), Row(2, ("1", "0.1")), Row(3, ("12345678901", "0.0000001")),
        Row(4, ("TRUE", "", "x")), Row(5, ("2026-01-02", "2026-01-02 03:04:05")),
        Row(6, ("03:04:00", "30:05:00"))]


def test_lines_are_numbered_as_excel_does_and_blank_ones_left_out(tmp_path):
    file = saved(tmp_path, [], [None, "b"], [], [None, None, "c", " "])
    assert list(sheet_rows(file)) == [Row(2, ("", "b")), Row(4, ("", "", "c"))]


def test_an_empty_sheet_has_no_rows(tmp_path):
    assert list(sheet_rows(saved(tmp_path))) == []


def test_sheets_are_found_by_name(tmp_path):
    file = saved(tmp_path, ["first"], names=("一", "二", "A & B"))
    assert sheet_names(file) == ["一", "二", "A & B"]
    assert list(sheet_rows(file, "A & B")) == [Row(1, ("on A & B",))]
    assert list(sheet_rows(file)) == [Row(1, ("first",))]
    assert "一, 二, A & B" in refusal(file, sheet="三").words.en


def test_a_formula_gives_its_last_calculated_value(tmp_path):
    file = changed(saved(tmp_path, ["=1+1", "x"]), cell(b"A1", b"<f>1+1</f><v>2</v>"))
    assert list(sheet_rows(file)) == [Row(1, ("2", "x"))]


def test_a_formula_with_an_empty_text_as_result_is_empty(tmp_path):
    file = changed(saved(tmp_path, ["=x", "y"]), cell(b"A1", b'<f>""</f><v></v>', b' t="str"'))
    assert list(sheet_rows(file)) == [Row(1, ("", "y"))]


def test_a_formula_never_calculated_is_named(tmp_path):
    problems = refusal(saved(tmp_path, ["a"], ["b", "=1+1"])).problems
    assert [(p.sheet, p.line, p.column, p.kind) for p in problems] == [("台账", 2, "B", "formula")]


def test_every_error_cell_is_named_with_what_it_shows(tmp_path):
    problems = refusal(saved(tmp_path, ["#REF!", "ok"], ["a", "#N/A"])).problems
    assert [(p.line, p.column, p.kind) for p in problems] == [(1, "A", "error"), (2, "B", "error")]
    assert "#REF!" in problems[0].words.en
    assert "#N/A" in problems[1].words.zh


@pytest.mark.parametrize("dimension", [b"A1:XFD1048576", b"A1", b"B7:C9"])
def test_a_false_dimension_changes_nothing(tmp_path, dimension):
    false = b'<dimension ref="' + dimension + b'"'
    file = changed(saved(tmp_path, ["a", 1], ["b", 2]),
                   lambda xml: re.sub(rb'<dimension ref="[^"]*"', false, xml))
    assert list(sheet_rows(file)) == [Row(1, ("a", "1")), Row(2, ("b", "2"))]


def test_more_rows_or_columns_than_asked_for_are_refused_by_line(tmp_path):
    file = saved(tmp_path, ["a"], ["b", "c", "d"], ["e"])
    assert len(list(sheet_rows(file, max_rows=3, max_columns=3))) == 3
    assert refusal(file, max_rows=2).problems[0].line == 3
    assert refusal(file, max_columns=2).problems[0].line == 2


def no_zip(file):
    file.write_bytes(b"number;lot\n1;2\n")


def old_excel(file):
    file.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))


def empty(file):
    file.write_bytes(b"")


def half(file):
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def other_zip(file):
    with zipfile.ZipFile(file, "w") as package:
        package.writestr("readme.txt", "no workbook")


def broken_xml(file):
    changed(file, lambda xml: xml[: len(xml) // 2]).replace(file)


def flipped_bits(file):
    content = bytearray(file.read_bytes())
    for place in range(60, len(content), 97):
        content[place] ^= 0x55
    file.write_bytes(bytes(content))


def zeros(file):
    changed(file, lambda xml: xml.replace(b"</sheetData>", b" " * (40 << 20) + b"</sheetData>")).replace(file)


def many_members(file):
    with zipfile.ZipFile(file, "a") as package:
        for number in range(300):
            package.writestr(f"xl/media/{number}.bin", b"x")


def too_long(file):
    with zipfile.ZipFile(file, "a", zipfile.ZIP_STORED) as package:
        package.writestr("xl/media/long.bin", bytes(51 << 20))


def entities(file):
    bomb = b'<!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "' + b"&a;" * 1000 + b'">]>'
    changed(file, lambda xml: xml.replace(b"<worksheet", bomb + b"<worksheet", 1)).replace(file)


def entities_in_the_directory(file):
    bomb = b'<!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    changed(file, lambda xml: xml.replace(b"<workbook", bomb + b"<workbook", 1),
            "xl/workbook.xml").replace(file)


def stray_cell(file):
    row = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    changed(file, lambda xml: xml.replace(b"</sheetData>", row)).replace(file)


def deep_names(file):
    changed(file, lambda xml: xml.replace(b"worksheets/sheet1.xml", b"../../../../etc/passwd"),
            "xl/_rels/workbook.xml.rels").replace(file)


@pytest.mark.parametrize("spoil", [
    no_zip, old_excel, empty, half, other_zip, broken_xml, flipped_bits, zeros, many_members, too_long,
    entities, entities_in_the_directory, stray_cell, deep_names])
def test_bad_files_are_refused_in_both_languages_and_time(tmp_path, spoil):
    file = saved(tmp_path, ["a", 1], ["b", 2])
    spoil(file)
    start = time.monotonic()
    words = refusal(file).words
    assert time.monotonic() - start < 20
    assert words.en.endswith(".")
    assert words.zh.endswith("。")


def test_a_child_that_hangs_is_stopped(tmp_path, monkeypatch):
    hanging = tmp_path / "hanging.py"
    hanging.write_text("import time; time.sleep(60)")
    monkeypatch.setattr(sheets, "_CHILD", hanging)
    monkeypatch.setattr(sheets, "MOST_SECONDS", 0.5)
    start = time.monotonic()
    assert "512 MiB" in refusal(saved(tmp_path, ["a"])).words.en
    assert time.monotonic() - start < 10


def test_the_child_keeps_its_memory_limit(tmp_path, monkeypatch):
    code = Path(sheets._CHILD).read_text().replace("check(path)", "bytearray(600 << 20)")
    greedy = tmp_path / "greedy.py"
    greedy.write_text(code)
    monkeypatch.setattr(sheets, "_CHILD", greedy)
    assert "512 MiB" in refusal(saved(tmp_path, ["a"])).words.en
