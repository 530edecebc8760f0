"""The slides of a review: short, native charts, nothing beyond its slide or box, in both languages."""

import io
from dataclasses import replace
from datetime import date

import pytest
from openpyxl import load_workbook
from pptx import Presentation
from pptx.util import Inches

from exports.review_slide import fitted
from exports.review_slides import review_slides
from qms.rules.review_inputs import INPUTS
from qms.rules.review_packs import PackDecision, PackInput
from qms.rules.review_shown import between, shown
from tests.review.examples import pack
from tests.review.test_workbook import BOTH


def opened(language="en", **more):
    return Presentation(io.BytesIO(review_slides(pack(**more), language).content))


def texts(slide):
    cells = [cell.text for shape in slide.shapes if shape.has_table for row in shape.table.rows for cell in row.cells]
    return [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame] + cells


def charts(slide):
    return [shape.chart for shape in slide.shapes if shape.has_chart]


@BOTH
def test_an_input_with_figures_has_a_slide_with_at_most_one_native_chart(language):
    slides = list(opened(language).slides)
    filled = [one for one in pack().inputs if one.snapshot.figures]
    assert len(slides) == 2 + len(filled) + 2
    for slide, one in zip(slides[2:-2], filled, strict=True):
        told = texts(slide)
        assert told[0].endswith(one.rule.words.to(language))
        for figure in one.snapshot.figures[:4]:
            assert shown(figure.now.value, figure.kind, language) in told
            assert any(between(figure.now, figure.kind, language) in text and "n = " in text for text in told)
        for said in (*one.snapshot.said, *one.snapshot.warned):
            assert said.to(language) in told
        assert len(charts(slide)) == 1
    assert [len(charts(slide)) for slide in (*slides[:2], *slides[-2:])] == [0] * 4


def test_figures_beyond_the_fourth_are_in_the_workbook():
    product = next(slide for slide in opened().slides if "11 Conformity of products" in texts(slide))
    assert "… 1 more: see the workbook" in texts(product)


@BOTH
def test_the_agenda_has_every_input_with_its_state(language):
    told = texts(list(opened(language).slides)[1])
    for place, one in enumerate(pack().inputs, start=1):
        at = told.index(f"{place:02}")
        assert one.rule.words.to(language)[:20] in told[at + 1]


@BOTH
def test_the_first_slide_names_the_checkpoint_that_it_was_made_under(language):
    root = "q1w2" * 11
    told = texts(opened(language, checkpoint=(35_969, root)).slides[0])
    assert any("35969" in text and root in text for text in told)
    assert not any(root in text for text in texts(opened(language).slides[0]))


def test_charts_hold_the_numbers_of_their_table_and_no_formula():
    slide = next(slide for slide in opened().slides if "11 Conformity of products" in texts(slide))
    chart = charts(slide)[0]
    table = next(one for one in pack().inputs if one.code == "product_conformity").snapshot.tables[0]
    assert list(chart.plots[0].series[0].values) == pytest.approx([row.cells[3] for row in table.rows])
    assert list(chart.plots[0].categories) == [f"2026-{month:02}" for month in range(1, 7)]
    pareto = next(one for one in pack().inputs if one.code == "product_conformity")
    alone = replace(pareto, snapshot=replace(pareto.snapshot, tables=pareto.snapshot.tables[2:]))
    chart = charts(list(opened(inputs=(alone,)).slides)[2])[0]
    inside = load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    assert [cell.data_type for row in inside.worksheets[0] for cell in row if cell.data_type == "f"] == []
    assert " =1+1" in list(chart.plots[0].categories)


@BOTH
def test_nothing_reaches_beyond_its_slide(language):
    many = tuple(PackDecision(place, None, "improvement", None, "A decision that goes on and on 很长的决定 " * 20, None,
                              "Li", date(2026, 8, 1), "open", None) for place in range(1, 20))
    made = opened(language, decisions=many, title="A long title 很长的标题 " * 20)
    for slide in made.slides:
        for shape in slide.shapes:
            assert shape.left >= 0
            assert shape.top >= 0
            assert shape.left + shape.width <= made.slide_width
            assert shape.top + shape.height <= Inches(7.4)
    decided = [text for slide in made.slides for text in texts(slide) if text.startswith("A decision")]
    assert len(decided) == 19
    assert all(text.endswith("…") for text in decided)


@pytest.mark.parametrize(("text", "box", "wanted"), [
    ("short", (3, 0.5, 12), "short"), ("毛刺" * 40, (2, 0.4, 12), "毛"), ("a b " * 200, (2, 0.4, 12), "a")])
def test_a_text_is_cut_to_its_box(text, box, wanted):
    made = fitted(text, *box)
    assert made.startswith(wanted)
    assert len(made) <= len(text)
    assert made == text or made.endswith("…")
    assert fitted(made, *box) == made


def test_the_fonts_of_the_theme_show_both_languages():
    rels = opened().slide_masters[0].part.rels.values()
    part = next(one.target_part for one in rels if one.reltype.endswith("/theme"))
    assert part.blob.count(b'<a:ea typeface="Microsoft YaHei"') == 2


def test_what_has_no_plan_is_red_and_nothing_is_said_where_nothing_is():
    targets = list(opened().slides)[-2]
    assert "No action plan (R-41)" in texts(targets)
    empty = opened(inputs=tuple(PackInput(code, "missing") for code in INPUTS), decisions=(), missed=(), attendees=(),
                   demo=False, conclusion=None)
    assert "Nothing was decided." in texts(list(empty.slides)[-1])
    assert "No customer target was missed." in texts(list(empty.slides)[-2])
    assert not [text for slide in empty.slides for text in texts(slide) if "DEMO" in text]
