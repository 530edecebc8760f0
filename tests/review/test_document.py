"""The PDF of a review: an archive file with its workbook inside, in both languages, with the frozen figures."""

import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from exports.review_document import review_document
from exports.review_drawings import svg
from exports.review_paper import MOST_COLUMNS, MOST_ROWS
from exports.review_series import flow
from qms.rules.review_inputs import INPUTS
from qms.rules.review_packs import PackInput
from qms.rules.review_shown import shown
from qms.rules.review_snapshots import Chart, Column, Row, Snapshot, Table
from qms.rules.words import Words
from tests.review.examples import conformity, costs, link, pack, stops
from tests.review.test_workbook import BOTH


@pytest.fixture(scope="module")
def read():
    """Return a function that gives the PDF of the example in a language; each is set once."""
    made: dict[str, PdfReader] = {}

    def reader(language: str) -> PdfReader:
        if language not in made:
            made[language] = PdfReader(io.BytesIO(review_document(pack(), language).content))
        return made[language]
    return reader


def words_of(reader: PdfReader) -> str:
    return " ".join("\n".join(page.extract_text() for page in reader.pages).split())


@BOTH
def test_it_is_pdf_a_3a_and_accessible(read, language):
    reader = read(language)
    told = reader.xmp_metadata.stream.get_data().decode()
    assert "<pdfaid:part>3</pdfaid:part>" in told
    assert "<pdfaid:conformance>A</pdfaid:conformance>" in told
    assert "<pdfuaid:part>1</pdfuaid:part>" in told
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert str(root["/Lang"]).startswith(language)
    assert "/OutputIntents" in root


@BOTH
def test_the_workbook_is_inside_whole(read, language):
    reader = read(language)
    name = f"MR-SH-2026-000001-{language}.xlsx"
    assert list(reader.attachments) == [name]
    book = load_workbook(io.BytesIO(reader.attachments[name][0]))
    assert len(book.sheetnames) == 4 + len(INPUTS) + 7 + 2
    (file,) = reader.trailer["/Root"]["/AF"]
    assert file.get_object()["/AFRelationship"] == "/Source"


@BOTH
def test_every_figure_stands_in_it_as_it_is_shown(read, language):
    text = words_of(read(language))
    for one in pack().inputs:
        assert one.rule.words.to(language).replace(" ", "") in text.replace(" ", "")
        for figure in one.snapshot.figures:
            assert shown(figure.now.value, figure.kind, language) in text
        for said in (*one.snapshot.said, *one.snapshot.warned):
            assert said.to(language).replace(" ", "") in text.replace(" ", "")


def test_what_is_missing_and_what_has_no_plan_is_told(read):
    text = words_of(read("en"))
    assert text.count("Missing: neither filled nor marked not applicable (R-40).") == sum(
        pack().is_owed(one) for one in pack().inputs)
    assert "No action plan (R-41)" in text
    assert "DEMO DATA" in text
    assert "[U+1F600]" in text


def test_long_tables_are_cut_and_say_where_the_rest_is():
    one = next(one for one in pack().inputs if one.code == "stops")
    table = one.snapshot.tables[0]
    long = replace(table, rows=tuple(Row((f"Line {place}", place, 1.0)) for place in range(MOST_ROWS + 7)))
    text = words_of(PdfReader(io.BytesIO(review_document(pack(
        inputs=(replace(one, snapshot=replace(one.snapshot, tables=(long,))),)), "en").content)))
    assert "7 more rows in the attached workbook" in text
    assert f"Line {MOST_ROWS - 1}" in text
    assert f"Line {MOST_ROWS} " not in text


def test_wide_tables_are_cut_and_say_where_the_rest_is():
    one = next(one for one in pack().inputs if one.code == "stops")
    wide = Table("wide", Words("Wide", "宽"), Words("Q", "口径"),
                 tuple(Column(f"c{place}", Words(f"Column{place}", f"列{place}")) for place in range(MOST_COLUMNS + 3)),
                 (Row(("x",) * (MOST_COLUMNS + 3)),), (Chart("line", Words("Empty", "空"), "c0", ("c1",)),))
    made = PdfReader(io.BytesIO(review_document(pack(
        inputs=(replace(one, snapshot=Snapshot(tables=(wide,))),)), "en").content))
    assert "3 more columns in the attached workbook" in words_of(made)
    assert f"Column{MOST_COLUMNS}" not in words_of(made)
    assert "Empty" not in words_of(made)


def test_a_pack_without_anything_can_be_printed():
    made = review_document(pack(inputs=tuple(PackInput(code, "missing") for code in INPUTS), decisions=(), missed=(),
                                signatures=(), attendees=(), address="", demo=False, title="*_#[x]"), "zh")
    text = words_of(PdfReader(io.BytesIO(made.content)))
    assert "*_#[x]" in text
    assert "没有未达成的顾客目标" in text


@pytest.mark.parametrize("snapshot", [conformity(), link(), costs(), stops()])
def test_charts_are_drawn_from_their_tables(snapshot: Snapshot):
    for table in snapshot.tables:
        for chart in table.charts:
            drawn = svg(table, chart, "en")
            ET.fromstring(drawn)
            for number in map(float, re.findall(r'\b(?:x|y|cx|cy)="(-?[\d.]+)"', drawn)):
                assert -1 <= number <= 261
            if chart.kind == "bar":
                assert drawn.count("<rect") == len(table.rows) * len(chart.series) + len(chart.series)
            if chart.kind == "flow":
                told = flow(table, chart, "en")
                assert drawn.count("fill-opacity") == len([one for one in told.amounts.values() if one])
            empty = replace(table, rows=tuple(Row(tuple(None for _ in table.columns)) for _ in range(2)))
            ET.fromstring(svg(empty, chart, "zh"))
