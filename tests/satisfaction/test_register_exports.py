"""The register of surveys as a file: how many answered, never what (R-37), and who took it (R-53)."""

import csv
import io

import openpyxl
import pytest
from sqlalchemy import select

from qms.models.trail import Export
from tests.satisfaction.scene import Scene


def taken(browser, suffix: str, **wanted: object) -> bytes:
    answer = browser.post("/exports/surveys", data={"csrf": "test-csrf", "format": suffix, **wanted})
    assert answer.status_code == 200, answer.text
    return answer.data


@pytest.fixture
def surveys(scene: Scene) -> Scene:
    """One survey that is published, one that is a draft."""
    plant = scene.plant
    made = scene.opened({plant.press_weld: 12, plant.weld_paint: 10})
    scene.answered(made, {plant.press_weld: 11, plant.weld_paint: 3}, comment="Secret words")
    scene.published(made)
    scene.draft(name_en="=1+1")
    return scene


def test_the_file_tells_how_many_answered_and_never_what(surveys: Scene, sign_in):
    browser = sign_in("quality_manager")
    book = openpyxl.load_workbook(io.BytesIO(taken(browser, ".xlsx")))
    head, *rows = book.worksheets[0].iter_rows(values_only=True)
    first, second = (dict(zip(head, row, strict=True)) for row in rows)
    assert (first["Name"], first["State"], first["Links or customers asked about"]) == ("First quarter", "Published", 2)
    assert (first["Invited [people]"], first["Answered [people]"]) == (22, 14)
    assert (second["Name"], second["State"], second["Answered [people]"]) == ("=1+1", "Draft", 0)
    assert "Secret" not in str(list(rows))
    told = list(csv.reader(taken(browser, ".csv").decode("utf-8-sig").splitlines()))
    assert told[2][1] == "'=1+1"


def test_r53_the_filter_counts_and_the_trail_tells_who_took_it(surveys: Scene, sign_in, page):
    browser = sign_in("quality_manager", "zh")
    shown = page(browser, "/satisfaction/?state=draft")
    assert any(f.get("action") == "/exports/surveys" for f in shown.find(".//main//form"))
    sheet = openpyxl.load_workbook(io.BytesIO(taken(browser, ".xlsx", state="draft"))).worksheets[0]
    assert (sheet.title, sheet.max_row) == ("满意度调查台账", 2)
    with surveys.db.reading() as session:
        assert [(e.kind, e.rows, e.filters) for e in session.scalars(select(Export))] == [("surveys", 1, "state=draft")]
    assert sign_in("operator").post("/exports/surveys", data={
        "csrf": "test-csrf", "format": ".xlsx"}).status_code == 403
