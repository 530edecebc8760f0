"""A record as a workbook: a sheet for each section, true days and numbers, nothing taken for a formula."""

import datetime as dt
import io
import shutil
import subprocess

import pytest
from openpyxl import load_workbook

from exports.sheets import workbook
from tests.exports.papers import AT, NASTY, paper


def opened(language="en", **more):
    return load_workbook(io.BytesIO(workbook(paper(**more), language)))


def facts_of(sheet):
    return {row[0].value: row[1] for row in sheet.iter_rows(min_row=2) if row[0].value}


@pytest.mark.parametrize(("language", "names"), [
    ("zh", ["封面", "D2 问题描述", "D3 临时围堵", "D4 根本原因", "照片"]),
    ("en", ["Cover", "D2 Problem description", "D3 Interim containment", "D4 Root causes", "Photos"]),
    ("both", ["封面 Cover", "D2 问题描述 Problem description", "D3 临时围堵 Interim containment",
              "D4 根本原因 Root causes", "照片 Photos"])])
def test_each_section_is_a_sheet_that_the_cover_leads_to(language, names):
    book = opened(language)
    assert book.sheetnames == names
    links = [cell.hyperlink.location for (cell,) in book.worksheets[0].iter_rows(max_col=1) if cell.hyperlink]
    assert links == [f"'{name}'!A1" for name in names[1:]]


def test_values_are_what_they_are():
    facts = facts_of(opened()["D2 Problem description"])
    assert facts["What"].value == NASTY
    assert facts["What"].data_type == "s"
    assert facts["What"].quotePrefix
    assert facts["Pieces"].value == 1200
    assert facts["Found at"].value == AT
    assert facts["Day"].value == dt.datetime.combine(AT.date(), dt.time())
    assert facts["Day"].number_format == "yyyy-mm-dd"
    assert facts["Share"].value == 0.125
    assert (facts["Safety"].value, facts["Reproduced"].value, facts["Reference"].value) == ("No", "Not answered", None)


def test_tables_have_their_head_in_sight_and_say_when_they_are_empty():
    sheet = opened(rows=40)["D3 Interim containment"]
    rows = list(sheet.values)
    assert rows[2][:2] == ("Place", "Good")
    assert rows[3][:2] == ("Warehouse", 0)
    assert sheet.freeze_panes == "A4"
    assert "None recorded." in [row[0] for row in rows]


def test_it_prints_on_a4_with_number_and_page():
    for sheet in opened():
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)
        assert sheet.print_title_rows == "$1:$1"
        assert "CA-SH-2026-0001" in sheet.oddHeader.left.text
        assert sheet.oddFooter.right.text == "&P / &N"
        assert sheet.freeze_panes


def test_photos_are_in_it():
    assert len(opened(photos=3)["Photos"]._images) == 3


def test_no_control_character_breaks_it():
    assert facts_of(opened(note="a\x00b")["D2 Problem description"])["What"].value == "a\N{REPLACEMENT CHARACTER}b"


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice (soffice) is not installed")
def test_libreoffice_opens_it(tmp_path):
    file = tmp_path / "record.xlsx"
    file.write_bytes(workbook(paper(), "zh"))
    subprocess.run(["soffice", f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
                    "--convert-to", "pdf", "--outdir", str(tmp_path), str(file)],
                   check=True, capture_output=True, timeout=120)
    assert (tmp_path / "record.pdf").stat().st_size > 1000
