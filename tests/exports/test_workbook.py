import datetime as dt
import io
import shutil
import subprocess
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import load_workbook
from python_calamine import CalamineWorkbook

from exports import workbook
from exports.about import About
from exports.columns import Column
from exports.workbook import Sheet, write_workbook
from qms.rules.errors import Invalid
from qms.rules.words import Words

at = dt.datetime.fromisoformat
ABOUT = About("质量台账", at("2026-11-21 08:30"), "Asia/Shanghai", "王芳",
              filters=[("状态", "已隔离"), ("发现时间", "2026-01-01 至 2026-06-30")])
COLUMNS = (
    Column("number", Words("No.", "编号"), width=18),
    Column("found_at", Words("Found at", "发现时间"), "datetime"),
    Column("due_on", Words("Due on", "到期日"), "date"),
    Column("quantity", Words("Quantity", "数量"), "decimal", unit=Words("pcs", "件")),
    Column("steps", Words("Steps", "步数"), "integer"),
    Column("note", Words("Note", "备注"), width=30),
    Column("link", Words("Open record", "打开记录"), "link"),
)
FORMULAS = ["=1+1", "==1", "=cmd|'/c calc'!A1", "+1", "-1", "@SUM(A1)", "#REF!", "'quoted", "1e5", "00012",
            '=HYPERLINK("http://evil.example")', "http://evil.example", "2026-01-01", "TRUE", " padded ",
            '<a>&"b"</a>']


def row(number="R-1", **values):
    return (number, *(values.get(column.key) for column in COLUMNS[1:]))


def written(tmp_path, rows, language="zh", about=ABOUT, columns=COLUMNS):
    file = tmp_path / "out.xlsx"
    result = write_workbook(file, [Sheet("台账", columns, iter(rows))], language, about)
    return file, result


def sheet_of(file):
    return load_workbook(file)["台账"]


def about_of(file, sheet="说明"):
    return dict(load_workbook(file)[sheet].iter_rows(min_row=2, values_only=True))


def test_dates_times_and_numbers_are_typed_cells(tmp_path):
    file, _ = written(tmp_path, [row(found_at=at("2026-03-04 05:06:07"), due_on=dt.date(2026, 3, 9),
                                     quantity=Decimal("2.50"), steps=3)])
    cells = sheet_of(file)[2]
    assert [cell.value for cell in cells[:5]] == [
        "R-1", at("2026-03-04 05:06:07"), at("2026-03-09"), 2.5, 3]
    assert [cell.data_type for cell in cells[:5]] == ["s", "d", "d", "n", "n"]
    assert [cell.number_format for cell in cells[1:3]] == ["yyyy-mm-dd hh:mm", "yyyy-mm-dd"]


def test_the_header_is_frozen_filtered_and_names_units_and_zone(tmp_path):
    file, _ = written(tmp_path, [row(), row()])
    sheet = sheet_of(file)
    assert [cell.value for cell in sheet[1]] == [
        "编号", "发现时间 [Asia/Shanghai]", "到期日", "数量 [件]", "步数", "备注", "打开记录"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == ("B2", "A1:G3", "$1:$1")
    assert (sheet.page_setup.orientation, sheet.print_title_cols) == ("landscape", "$A:$A")
    assert sheet.column_dimensions["F"].width == pytest.approx(30, abs=1)
    assert sheet.column_dimensions["C"].width == pytest.approx(14.5, abs=0.5)
    assert (sheet["A1"].font.bold, sheet.row_dimensions[1].height) == (True, 32.25)
    told = load_workbook(file)["说明"].column_dimensions
    assert [told[name].width for name in "AB"] == [pytest.approx(44.5, abs=0.5), pytest.approx(90.5, abs=0.5)]


@pytest.mark.parametrize(("width", "paper", "pages"), [(150, "9", 1), (151, "8", 1), (250, "8", 1), (251, "8", 2)])
def test_a_wide_sheet_is_printed_on_a3_over_as_many_pages_as_it_takes(tmp_path, width, paper, pages):
    file, _ = written(tmp_path, [["x"]], columns=[Column("a", Words("A", "甲"), width=width)])
    setup = sheet_of(file).page_setup
    assert (str(setup.paperSize), setup.fitToWidth or 1, setup.fitToHeight) == (paper, pages, 0)


def test_two_columns_of_one_name_are_refused(tmp_path):
    with pytest.raises(ValueError, match="the same header"):
        written(tmp_path, [["x", "y"]], columns=[Column("a", Words("A", "甲")), Column("b", Words("B", "甲"))])


def test_english_headers_have_english_units(tmp_path):
    file, _ = written(tmp_path, [row()], language="en")
    assert sheet_of(file)["D1"].value == "Quantity [pcs]"
    assert about_of(file, "About")["Rows: 台账"] == 1


@pytest.mark.parametrize("text", FORMULAS)
def test_text_that_looks_like_something_else_stays_exactly_that_text(tmp_path, text):
    file, _ = written(tmp_path, [row(note=text)])
    cell = sheet_of(file)["F2"]
    assert (cell.value, cell.data_type, cell.hyperlink) == (text, "s", None)
    assert CalamineWorkbook.from_path(file).get_sheet_by_name("台账").to_python()[1][5] == text


def test_no_sheet_holds_a_formula(tmp_path):
    file, _ = written(tmp_path, [row(number=text, note=text, link=text) for text in FORMULAS],
                      about=About("=1+1", ABOUT.generated_at, "=1+1", "=1+1", [("=1+1", "=1+1")]))
    with zipfile.ZipFile(file) as package:
        sheets = [package.read(name) for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 2
    assert all(b"<f>" not in sheet and b"<f " not in sheet for sheet in sheets)


def test_an_escape_sequence_typed_by_a_person_is_kept(tmp_path):
    file, _ = written(tmp_path, [row(note="part _x0041_ 3")])
    assert CalamineWorkbook.from_path(file).get_sheet_by_name("台账").to_python()[1][5] == "part _x0041_ 3"


def test_control_characters_are_replaced_visibly_and_counted(tmp_path):
    file, _ = written(tmp_path, [row(note="a\x01b\x00c\ufffed\ud800e"), row(note="line 1\r\nline 2\ttab")])
    assert sheet_of(file)["F2"].value == "a\ufffdb\ufffdc\ufffdd\ufffde"
    assert sheet_of(file)["F3"].value == "line 1\nline 2\ttab"
    assert about_of(file)["已用 \ufffd 代替的控制字符数"] == 4


@pytest.mark.parametrize("text", ["x" * 40_000, "\N{GRINNING FACE}" * 40_000, "y" * 32_767, "z" * 32_768])
def test_long_text_is_pointed_at_and_goes_on_in_the_about_sheet(tmp_path, text):
    file, _ = written(tmp_path, [row(), row(note=text)])
    shown = sheet_of(file)["F3"].value
    kept, _, pointer = shown.partition(" …[")
    rests = [content for label, content in about_of(file).items() if label.startswith("续文: 第 3 行, 备注")]
    assert kept + "".join(rests) == text
    assert bool(pointer) == (len(text.encode("utf-16-le")) > 2 * 32_767)
    assert len(shown.encode("utf-16-le")) <= 2 * 32_767


def test_numbers_that_a_cell_cannot_hold_exactly_become_text(tmp_path):
    file, _ = written(tmp_path, [
        row(quantity=Decimal("0.1234567890123456789"), steps=10**17 + 1),
        row(quantity=Decimal("1e400"), steps=2**53, due_on=dt.date(1900, 12, 31)),
        row(quantity=float("nan"), steps=-(2**53) - 1),
        row(quantity="about 5", due_on=dt.date(1899, 12, 31))])
    values = [[cell.value for cell in cells] for cells in sheet_of(file).iter_rows(min_row=2)]
    assert [line[3] for line in values] == ["0.1234567890123456789", "1E+400", "nan", "about 5"]
    assert [line[4] for line in values[:3]] == ["100000000000000001", 2**53, "-9007199254740993"]
    assert (values[1][2], values[3][2]) == (at("1900-12-31"), "1899-12-31")


def test_an_aware_datetime_is_refused_and_leaves_no_file(tmp_path):
    with pytest.raises(ValueError, match="aware"):
        written(tmp_path, [row(found_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))])
    assert list(tmp_path.iterdir()) == []


def test_a_fault_while_reading_rows_leaves_the_old_file_alone(tmp_path):
    def rows():
        yield row()
        raise RuntimeError("connection lost")

    (tmp_path / "out.xlsx").write_text("old")
    with pytest.raises(RuntimeError, match="connection lost"):
        written(tmp_path, rows())
    assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]


def test_a_link_shows_the_first_column_and_opens_the_record(tmp_path):
    file, _ = written(tmp_path, [row("R-7", link="https://qms.example/rejections/7?a=1&b=2"), row("R-8")])
    sheet = sheet_of(file)
    assert (sheet["G2"].value, sheet["G2"].hyperlink.target) == ("R-7", "https://qms.example/rejections/7?a=1&b=2")
    assert (sheet["G3"].value, sheet["G3"].hyperlink) == (None, None)


def test_links_beyond_the_limit_are_plain_text_and_counted(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "LINKS", 2)
    file, _ = written(tmp_path, [row(f"R-{n}", link=f"https://qms.example/{n}") for n in range(5)])
    assert [bool(cell.hyperlink) for cell in sheet_of(file)["G"]] == [False, True, True, False, False, False]
    assert [cell.value for cell in sheet_of(file)["G"][1:]] == [f"R-{n}" for n in range(5)]
    assert about_of(file)["因链接过多而未加链接的行数"] == 3


def test_no_rows_still_make_a_sheet_with_its_header(tmp_path):
    file, result = written(tmp_path, [])
    assert list(sheet_of(file).values) == [
        ("编号", "发现时间 [Asia/Shanghai]", "到期日", "数量 [件]", "步数", "备注", "打开记录")]
    assert result.rows == 0
    assert about_of(file)["行数: 台账"] == 0


def test_the_about_sheet_tells_question_author_time_and_size(tmp_path):
    file, result = written(tmp_path, [row(), row(), row()])
    assert about_of(file) == {
        "标题": "质量台账", "生成时间": "2026-11-21 08:30:00", "所有时间的时区": "Asia/Shanghai",
        "生成人": "王芳",
        "筛选条件: 状态": "已隔离", "筛选条件: 发现时间": "2026-01-01 至 2026-06-30", "行数: 台账": 3}
    assert result.rows == 3


def test_demo_data_is_marked_in_the_about_sheet_and_on_every_printed_page(tmp_path):
    demo = About("质量台账", ABOUT.generated_at, "Asia/Shanghai", "王芳", demo=True)
    file, _ = written(tmp_path, [row()], about=demo)
    assert about_of(file)["标记"].startswith("演示数据")
    assert "演示数据" in sheet_of(file).oddHeader.right.text
    plain, _ = written(tmp_path, [row()])
    assert "标记" not in about_of(plain)


def test_the_about_sheet_names_the_checkpoint_of_the_trail(tmp_path):
    under = About("质量台账", ABOUT.generated_at, "Asia/Shanghai", "王芳", checkpoint=(41, "cm9vdA=="))
    file, _ = written(tmp_path, [row()], about=under)
    assert about_of(file)["审计追踪检查点"] == "41 条, 根散列 cm9vdA=="
    plain, _ = written(tmp_path, [row()])
    assert "审计追踪检查点" not in about_of(plain)


def test_rows_may_be_mappings_and_the_target_a_stream():
    stream = io.BytesIO()
    mapping = dict(zip([column.key for column in COLUMNS], row("R-9", steps=4), strict=True))
    result = write_workbook(stream, [Sheet("台账", COLUMNS, [mapping | {"more": "ignored"}])], "zh", ABOUT)
    assert result.rows == 1
    stream.seek(0)
    assert [cell.value for cell in load_workbook(stream)["台账"][2]][:5] == ["R-9", None, None, None, 4]


def test_the_hash_is_that_of_the_file(tmp_path):
    import hashlib

    file, result = written(tmp_path, [row()])
    assert result.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(workbook, "MOST_ROWS", 3)
    assert written(tmp_path, [row()] * 3)[1].rows == 3
    with pytest.raises(Invalid, match="CSV"):
        written(tmp_path, [row()] * 4)


@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
@pytest.mark.slow
def test_libreoffice_reads_the_same_cells(tmp_path):
    file, _ = written(tmp_path, [
        row(found_at=at("2026-03-04 05:06"), due_on=dt.date(2026, 3, 9), quantity=2.5, steps=3, note="=1+1",
            link="https://qms.example/1")])
    subprocess.run(["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
                    "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,0,0,1",
                    "--outdir", str(tmp_path), str(file)], check=True, capture_output=True, timeout=120)
    text = next(Path(tmp_path).glob("*.csv")).read_text()
    assert text.splitlines()[1] == "R-1,2026-03-04 05:06:00,2026-03-09,2.5,3,=1+1,R-1"
