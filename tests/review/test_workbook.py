"""The workbook of a review: whole, live, guarded, in both languages, with the figures that were frozen."""

import io
import zipfile
from dataclasses import replace
from datetime import datetime

import pytest
from openpyxl import load_workbook

from exports.review_workbook import review_workbook
from qms.rules.review_inputs import INPUTS
from qms.rules.review_packs import PackInput
from qms.rules.review_snapshots import Snapshot
from qms.rules.words import Words
from tests.review.examples import LONG, NASTY, pack
from tests.review.figure_rows import figures_in, sheet_of
from tests.review.recalculated import recalculated

BOTH = pytest.mark.parametrize("language", ["zh", "en"])


def opened(language="en", **more):
    return load_workbook(io.BytesIO(review_workbook(pack(**more), language).content))


def texts(sheet):
    return [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]


@BOTH
def test_every_input_has_a_sheet_that_the_clause_index_leads_to(language):
    book = opened(language)
    index = book.worksheets[1]
    assert all(len(name) <= 31 for name in book.sheetnames)
    assert len({name.lower() for name in book.sheetnames}) == len(book.sheetnames)
    rows = list(index.iter_rows(min_row=3, max_row=2 + len(INPUTS)))
    for place, (row, one) in enumerate(zip(rows, INPUTS.values(), strict=True), start=1):
        assert row[0].value == ("\n".join(one.clauses) or "–")
        assert row[1].value == f"{place:02} {one.words.to(language)}"
        assert book[row[1].hyperlink.location[1:-4].replace("''", "'")]["A1"].value == row[1].value


def test_what_is_missing_is_red_on_cover_and_index():
    book = opened()
    states = {row[1].value[3:]: row[2] for row in book["Clause index"].iter_rows(min_row=3, max_row=29)}
    assert (states["Audit results"].value, states["Audit results"].font.color.rgb[-6:]) == ("Filled", "1A7F37")
    assert (states["Quality objectives"].value, states["Quality objectives"].font.color.rgb[-6:]) == (
        "Missing", "B42318")
    assert states["Reporting culture"].font.color.rgb[-6:] == "56646F"
    cover = {row[0].value: row[1] for row in book["Cover"].iter_rows(max_col=2)}
    missing = cover["Missing: neither filled nor marked not applicable (R-40)"]
    assert "Quality objectives" in missing.value
    assert "Reporting culture" not in missing.value
    assert missing.font.color.rgb[-6:] == "B42318"


def test_the_cover_says_which_review_this_is():
    cover = {row[0].value: row[1].value for row in opened()["Cover"].iter_rows(max_col=2)}
    assert cover["No."] == "MR-SH-2026-000001"
    assert cover["Mark"] == "DEMO DATA - not from a real plant"
    assert cover["Sites"] == "Shanghai plant; Suzhou plant"
    assert cover["Attendees"] == "Zhao 赵, Chair, top management (was there); =Guest(), Other"
    assert "Void since version 9" in cover["Signatures"]
    assert (cover["SHA-256 over all frozen figures"], cover["Page"]) == ("9" * 64, "https://qms.example/review/1")


@BOTH
def test_figures_that_follow_from_a_table_are_live_and_the_others_frozen(language):
    given = pack()
    one = next(one for one in given.inputs if one.code == "product_conformity")
    rows = dict(zip((figure.key for figure in one.snapshot.figures),
                    figures_in(opened(language), given, one, language), strict=True))
    assert str(rows["conformity.fta"].now).startswith("=IF(SUM('11.1 ")
    assert "SQRT" in rows["conformity.fta"].low
    assert "SQRT" in rows["conformity.fta"].high
    assert str(rows["conformity.defects"].now).startswith("=COUNTA(")
    assert (rows["conformity.distance"].now, rows["conformity.distance"].before) == (0.61, "–")
    assert (rows["conformity.fta"].link, rows["conformity.pieces"].link) == (
        Words("Open", "打开").to(language), None)


@BOTH
@pytest.mark.slow
def test_formulas_worked_out_again_give_what_was_frozen(tmp_path, language):
    given = pack()
    book = recalculated(review_workbook(given, language).content, tmp_path)
    for one in given.inputs:
        if not one.snapshot.figures:
            continue
        for figure, row in zip(one.snapshot.figures, figures_in(book, given, one, language), strict=True):
            now = figure.now
            for wanted, found in ((now.value, row.now), (now.n, row.n), (now.low, row.low), (now.high, row.high)):
                assert found == ("–" if wanted is None else pytest.approx(float(wanted), rel=1e-9)), figure.key
            if figure.before and figure.before.value is not None:
                times = 100 if figure.kind == "percent" else 1
                assert row.change == pytest.approx((float(now.value) - float(figure.before.value)) * times), figure.key
    link = sheet_of(book, given, "link")
    flow = next(row for row in link.iter_rows() if row[0].value == Words("Press", "冲压").to(language))
    assert [cell.value for cell in flow[1:4]] == [60, 25, 4]
    assert not [text for sheet in book for text in texts(sheet) if isinstance(text, str) and text.startswith("#")]


def test_data_is_what_it_is_and_texts_stay_texts():
    book = opened()
    data = book["11.1 First-time acceptance by m"]
    assert [cell.value for cell in data[3]] == ["Month", "Presented", "Accepted", "Rate", "Records", None]
    assert data["A4"].value == datetime(2026, 1, 1)  # noqa: DTZ001
    assert (data["B4"].value, data["D4"].number_format) == (410, "0.0%")
    assert data["E4"].hyperlink.target == "https://qms.example/acceptance?first=2026-01-01&site=1"
    assert (data.freeze_panes, data.auto_filter.ref, data.print_title_rows) == ("A4", "A3:E9", "$1:$3")
    pareto = next(sheet for sheet in book if sheet.title.startswith("11.3"))
    assert pareto["B3"].value == "Pieces [pcs]"
    assert (pareto["A8"].value, pareto["A8"].data_type, pareto["A8"].quotePrefix) == ("=1+1", "s", True)
    assert [cell.number_format for cell in book["15.1 Cost by month and class"][4][:2]] == ["yyyy-mm-dd", "#,##0.00"]


def test_no_text_breaks_the_file_or_is_lost():
    book = opened()
    imported = next(sheet for sheet in book if sheet.title.startswith("16.1"))
    assert imported["B4"].value == NASTY.replace("\x00", "\N{REPLACEMENT CHARACTER}")
    assert len(imported["B6"].value.encode("utf-16-le")) // 2 <= 32_767
    rest = "".join(str(row[1]) for row in book["About"].values if str(row[0]).startswith("Continued"))
    assert (imported["B6"].value.partition(" …[→")[0] + rest) == LONG
    typed = "".join(text for text in texts(sheet_of(book, pack(), "audits")) if "long text" in str(text))
    assert typed == LONG
    formulas = [cell.value for sheet in book for row in sheet for cell in row if cell.data_type == "f"]
    assert not [text for text in formulas if "cmd" in text or "1+1" in text or "Poka" in text]


def test_charts_are_native():
    content = review_workbook(pack(), "en").content
    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    assert len([name for name in names if name.startswith("xl/charts/chart")]) == 6
    book = load_workbook(io.BytesIO(content))
    kinds = {sheet.title[:2]: [type(chart).__name__ for chart in sheet._charts] for sheet in book if sheet._charts}
    assert kinds == {"08": ["BarChart"], "11": ["LineChart", "LineChart", "BarChart"], "13": ["BarChart"],
                     "15": ["BarChart"]}


def test_bars_begin_at_zero_and_lie_down_under_long_names():
    given = next(one for one in pack().inputs if one.code == "stops")
    table = given.snapshot.tables[0]
    long = replace(table, rows=tuple(replace(row, cells=(f"Line {row.cells[0]} of the second hall", *row.cells[1:]))
                                     for row in table.rows))
    for one, way in ((table, "col"), (long, "bar")):
        book = opened(inputs=(replace(given, snapshot=Snapshot(tables=(one,))),))
        (chart,) = next(sheet._charts for sheet in book if sheet._charts)
        assert (chart.type, chart.y_axis.scaling.min) == (way, 0)


@BOTH
def test_decisions_and_missed_targets_are_listed_and_what_has_no_plan_is_red(language):
    book = opened(language)
    decisions, targets = book.worksheets[2:4]
    assert [cell.value for cell in decisions[4]][3:7] == ["=Poka-yoke at press", None, "Sun", datetime(2026, 9, 8)]  # noqa: DTZ001
    assert targets["D3"].value == "Sort every lot for Star Motors"
    assert targets["D4"].value == Words("No action plan (R-41)", "尚无措施计划 (R-41)").to(language)
    assert targets["D4"].font.color.rgb[-6:] == "B42318"


def test_it_prints_on_a4_across_with_number_and_page():
    for sheet in opened():
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
        assert sheet.oddHeader.left.text.startswith("Management review MR-SH-2026-000001")
        assert sheet.oddFooter.right.text == "&P / &N"
        assert sheet.freeze_panes


def test_a_pack_without_anything_says_so():
    empty = tuple(PackInput(code, "missing") for code in INPUTS)
    book = opened(inputs=empty, decisions=(), missed=(), signatures=(), address="", demo=False)
    assert book["Decisions"]["A3"].value == "Nothing was decided."
    assert book["Missed targets"]["A3"].value == "No customer target was missed."
    assert len(book.sheetnames) == 4 + len(INPUTS) + 2


def test_without_an_address_nothing_leads_outside():
    book = opened(address="")
    assert not [cell for sheet in book for row in sheet for cell in row if cell.hyperlink and cell.hyperlink.target]


def test_tables_of_one_name_have_sheets_of_their_own():
    one = next(one for one in pack().inputs if one.code == "stops")
    twice = replace(one, snapshot=Snapshot(tables=(one.snapshot.tables[0], replace(
        one.snapshot.tables[0], key="other", words=Words("Stops by line" + " again" * 9, "按生产线")))))
    book = opened(inputs=(twice, twice))
    assert len(set(book.sheetnames)) == len(book.sheetnames) == 4 + 2 + 4 + 2
