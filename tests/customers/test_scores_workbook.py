"""The scorecard workbook: template, upload, preview, all or nothing, twice the same, the file as evidence (R-42)."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from exports.customers_scores_sheet import scores_workbook
from qms.imports.chain import Read
from qms.imports.customers_scores import read_scores
from qms.models.customers_scores import ScoreReading
from qms.models.imports import Import
from qms.models.trail import Attachment, Export
from qms.rules.clock import utc_now
from qms.rules.customers_scores import months
from qms.rules.customers_scores_sheet import MOST_LINES, SCORES, check_lines
from qms.rules.errors import BadFile, Invalid, NotFound, Stale
from qms.rules.files import WORKBOOK, workbook, workbook_name
from qms.workflows import attachments, attachments_files, chain_workbook, customers_parts
from qms.workflows import customers_scores as scores
from qms.workflows import customers_scores_workbook as workflow
from qms.workflows.customers_scores_workbook_rows import rows
from tests.customers.scene import Scene
from tests.pages import Page

Build = Callable[..., Path]
LINE = {"customer": "C01", "month": "2026-02", "metric": "PPM", "value": 40}
FEBRUARY = date(2026, 2, 1)


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """The plant with its customer, who expects at most 50 PPM and 98 % on time since January, and has a plant."""
    scene.customer()
    for metric, goal in (("ppm", 50), ("otd", 98), ("response_hours", 12)):
        scene.do(customers_parts.add, None, scene.plant.customer, "target", metric=metric, value=Decimal(goal),
                 valid_from=date(2026, 1, 1))
    scene.do(customers_parts.add, None, scene.plant.customer, "plant", code="P1", name_zh="一厂", name_en="Plant one")
    return scene


@pytest.fixture
def build(tmp_path: Path) -> Build:
    """Return a function that makes a workbook of lines, the first of them in line 2."""
    def make(*lines: dict[str, Any], site: str = "SH", without: str = "") -> Path:
        book = openpyxl.load_workbook(io.BytesIO(scores_workbook(site, [])))
        sheet = book[SCORES.title]
        for number, line in enumerate(lines, start=2):
            for place, column in enumerate(SCORES.columns, start=1):
                sheet.cell(number, place).value = line.get(column.key)
        if without:
            sheet.delete_cols([column.key for column in SCORES.columns].index(without) + 1)
        path = tmp_path / "scores.xlsx"
        book.save(path)
        return path

    return make


def planned(scene: Scene, read: Read, site_id: int | None = None) -> chain_workbook.Plan:
    return workflow.preview(scene.db, scene.plant.quality_engineer, site_id or scene.plant.site, read.lines,
                            read.problems)


def taken(scene: Scene, path: Path, folder: Path, digest: str | None = None, **given: Any) -> Import:
    """Take a workbook over as its preview showed it."""
    read = read_scores(path)
    return scene.do(workflow.apply, None, scene.plant.site, read.lines, **({
        "digest": planned(scene, read).digest if digest is None else digest, "reason": "Portal", "read_on": None,
        "file_name": path.name, "file": workbook(path.read_bytes()), "folder": folder} | given))


def held(scene: Scene) -> list[ScoreReading]:
    with scene.db.reading() as session:
        return list(session.scalars(select(ScoreReading).order_by(ScoreReading.id)))


def said(plan: chain_workbook.Plan) -> list[tuple[int | None, str | None, str]]:
    return [(p.line, p.column, p.words.en) for p in plan.problems]


def test_the_template_has_a_line_for_each_target_and_shows_what_was_read(scene: Scene):
    scene.do(scores.enter, None, scene.plant.customer, month=FEBRUARY, metric="ppm", value=Decimal("12.5"), note="ok")
    found = scene.read(rows, scene.plant.site, date(2026, 1, 1), FEBRUARY)
    assert [(r["month"].month, r["metric"], r["target"], r["value"]) for r in found] == [
        (1, "ppm", 50, None), (1, "otd", 98, None), (2, "ppm", 50, Decimal("12.5")), (2, "otd", 98, None)]
    sheet = openpyxl.load_workbook(io.BytesIO(scores_workbook("SH", found)))[SCORES.title]
    shown = [cell.value for cell in sheet[4]]
    assert [*shown[:3], f"{shown[3]:%Y-%m}", *shown[4:]] == [
        "C01", "星辰汽车 Star Motors", None, "2026-02", "PPM", "PPM", 50, 12.5, None, "ok"]
    assert sheet["D4"].number_format == "yyyy-mm"


def test_the_template_asks_by_plant_where_it_was_read_by_plant(scene: Scene):
    with scene.db.reading() as session:
        plant_id = session.scalars(select(customers_parts.CustomerPlant.id)).one()
    scene.do(scores.enter, None, scene.plant.customer, month=date(2026, 1, 1), metric="ppm", value=Decimal(1),
             plant_id=plant_id)
    found = scene.read(rows, scene.plant.site, FEBRUARY, FEBRUARY)
    assert [(r["metric"], r["plant"]) for r in found] == [("ppm", "P1"), ("otd", None)]


def test_a_template_goes_back_as_it_came_and_changes_nothing(scene: Scene, tmp_path: Path):
    for metric, value in (("ppm", "12.5"), ("otd", "99")):
        scene.do(scores.enter, None, scene.plant.customer, month=FEBRUARY, metric=metric, value=Decimal(value))
    path = tmp_path / "t.xlsx"
    path.write_bytes(scores_workbook("SH", scene.read(rows, scene.plant.site, date(2026, 1, 1), FEBRUARY)))
    plan = planned(scene, read_scores(path))
    assert ([c.what for c in plan.changes], plan.problems) == (["same", "same"], [])


@pytest.mark.parametrize(("first", "last", "field"), [
    (FEBRUARY, date(2026, 1, 1), "last"), (date(2025, 1, 1), date(2026, 1, 1), "first"),
    (FEBRUARY, date(2099, 1, 1), "last")])
def test_months_that_cannot_be_are_refused(scene: Scene, first: date, last: date, field: str):
    with pytest.raises(Invalid) as refused:
        scene.read(rows, scene.plant.site, first, last)
    assert refused.value.field == field


def test_lines_become_readings_and_the_file_is_their_evidence(scene: Scene, build: Build, tmp_path: Path):
    path = build(LINE, LINE | {"metric": "准时交付率 On-time delivery", "value": 99.5, "month": date(2026, 1, 1)},
                 LINE | {"plant": "P1", "value": "41.25"}, LINE | {"metric": "returns", "value": None})
    run = taken(scene, path, tmp_path, read_on=date(2026, 3, 1))
    assert (run.kind, run.taken, run.known) == ("scores", 3, 0)
    found = held(scene)
    assert [(r.metric, r.month.month, r.plant_id is None, r.value, r.target, r.colour) for r in found] == [
        ("ppm", 2, True, Decimal(40), 50, "green"), ("otd", 1, True, Decimal("99.5"), 98, "green"),
        ("ppm", 2, False, Decimal("41.25"), 50, "green")]
    assert {r.read_on for r in found} == {date(2026, 3, 1)}
    files = scene.read(attachments_files.files_of, "score_readings", [r.id for r in found])
    assert [[(f.name, f.content_type) for f in files[r.id]] for r in found] == [[("scores.xlsx", WORKBOOK)]] * 3
    one = files[found[0].id][0]
    assert scene.read(attachments_files.file_bytes, one.id, tmp_path)[1] == path.read_bytes()
    assert scene.read(attachments.photos_of, "score_readings", found[0].id) == []
    with scene.db.reading() as session, pytest.raises(NotFound):
        attachments.photo_bytes(session, scene.plant.quality_engineer, one.id, tmp_path)


def test_the_same_workbook_twice_adds_and_changes_nothing(scene: Scene, build: Build, tmp_path: Path):
    path = build(LINE, LINE | {"metric": "otd", "value": 99})
    taken(scene, path, tmp_path)
    before = [(r.id, r.rev) for r in held(scene)]
    again = planned(scene, read_scores(path))
    assert ([c.what for c in again.changes], again.work) == (["same", "same"], [])
    assert taken(scene, path, tmp_path).known == 2
    assert [(r.id, r.rev) for r in held(scene)] == before
    with scene.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Attachment)) == 2


def test_another_value_corrects_a_reading_with_the_reason(scene: Scene, build: Build, tmp_path: Path):
    taken(scene, build(LINE), tmp_path)
    plan = planned(scene, read_scores(build(LINE | {"value": 45, "note": "Recounted"})))
    assert [(f.key, f.old, f.new) for f in plan.changes[0].fields] == [("value", "40", "45"), ("note", "", "Recounted")]
    taken(scene, build(LINE | {"value": 45, "note": "Recounted"}), tmp_path, reason="Customer corrected it")
    [reading] = held(scene)
    assert (reading.value, reading.note, reading.correction) == (Decimal(45), "Recounted", "Customer corrected it")
    taken(scene, build(LINE | {"value": 44}, without="note"), tmp_path)
    assert held(scene)[0].note == "Recounted"


def test_r42_a_value_off_target_needs_a_note_or_an_action_in_its_line(scene: Scene, build: Build, tmp_path: Path):
    plan = planned(scene, read_scores(build(LINE | {"value": 60}, LINE | {"metric": "otd", "value": 99})))
    assert said(plan) == [(2, "备注 Note", "This value is off its target: name the action, or say why none is needed.")]
    assert planned(scene, read_scores(build(LINE | {"value": 60, "action": "CA-SH-2026-000009"}))).problems
    taken(scene, build(LINE | {"value": 60, "note": "One lot, sorted"}), tmp_path)
    assert (held(scene)[0].colour, held(scene)[0].note) == ("red", "One lot, sorted")


@pytest.mark.parametrize(("wrong", "column", "told"), [
    ({"customer": "C99"}, "顾客 Customer *", "No customer C99 is registered at this site."),
    ({"customer": None}, "顾客 Customer *", "This must not be empty."),
    ({"plant": "P9"}, "顾客工厂 Plant of the customer", "This customer has no plant P9."),
    ({"month": "2026-13"}, "月份 Month *", "“2026-13” is not a month. Write 2026-01."),
    ({"month": "2099-01"}, "月份 Month *", "This month is still to come."),
    ({"metric": "speed"}, "指标 Metric *", "“speed” is none of"),
    ({"value": "12345678901234567890"}, "数值 Value", "has more than 18 digits."),
    ({"value": 12345678901234567890}, "数值 Value", "has more than 18 digits."),
    ({"value": 1e300}, "数值 Value", "has more than 18 digits."),
    ({"value": "forty"}, "数值 Value", "“forty” is no number."),
    ({"value": "NaN"}, "数值 Value", "“NaN” is no number."),
    ({"value": -1}, "数值 Value", "This is no figure of this metric."),
    ({"value": "1000000000000"}, "数值 Value", "This is no figure of this metric."),
    ({"metric": "otd", "value": 101}, "数值 Value", "On-time delivery is 0 to 100 %."),
    ({"value": None, "note": "later"}, "数值 Value", "Give the value: what was not read is not 0."),
    ({"action": "CA-SH-2026-999999"}, "纠正措施 Corrective action", "There is no such action: CA-SH-2026-999999."),
    ({"note": "x" * 501}, "备注 Note", "At most 500 characters, there are 501.")])
def test_a_bad_cell_is_named_by_line_and_column_and_keeps_the_good_lines_out(scene: Scene, build: Build, tmp_path: Path,
                                                                             wrong, column: str, told: str):
    path = build(LINE | {"metric": "returns"}, LINE | wrong)
    [(line, found, words)] = said(planned(scene, read_scores(path)))
    assert (line, found) == (3, column)
    assert told in words
    with pytest.raises(BadFile):
        taken(scene, path, tmp_path)
    assert held(scene) == []


def test_a_formula_without_a_result_and_a_text_that_is_one_are_refused(scene: Scene, build: Build):
    with pytest.raises(BadFile) as refused:
        read_scores(build(LINE | {"value": "=1+1"}))
    assert [(p.line, p.column, p.kind) for p in refused.value.problems] == [(2, "H", "formula")]
    path = build(LINE | {"note": "x"})
    book = openpyxl.load_workbook(path)
    cell = book[SCORES.title]["J2"]
    cell.value, cell.data_type = "=HYPERLINK(1)", "s"
    book.save(path)
    assert said(planned(scene, read_scores(path))) == [(2, "备注 Note", "This is a formula, not a text.")]


def test_two_lines_about_the_same_reading_are_refused(scene: Scene, build: Build):
    plan = planned(scene, read_scores(build(LINE, LINE | {"value": 41})))
    assert said(plan) == [(3, "指标 Metric *", "Line 2 is about the same reading.")]


def test_a_sheet_that_is_not_the_one_is_refused(tmp_path: Path, build: Build):
    openpyxl.Workbook().save(tmp_path / "other.xlsx")
    with pytest.raises(BadFile, match="not the scorecard workbook"):
        read_scores(tmp_path / "other.xlsx")
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04 not a zip")
    with pytest.raises(BadFile):
        read_scores(tmp_path / "bad.xlsx")
    assert [p.words.en for p in read_scores(build(LINE, without="value")).problems] == ["This column is missing."]


def test_too_many_lines_are_refused_and_never_offered(build: Build):
    with pytest.raises(BadFile, match="lines"):
        read_scores(build(*[LINE] * (MOST_LINES + 1)))
    check_lines(MOST_LINES)
    with pytest.raises(Invalid, match="fewer months"):
        check_lines(MOST_LINES + 1)


@pytest.mark.parametrize("dimension", [b"A1:XFD1048576", b"A1"])
def test_a_false_dimension_changes_nothing(scene: Scene, build: Build, tmp_path: Path, dimension: bytes):
    path, false = build(LINE), tmp_path / "false.xlsx"
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(false, "w", zipfile.ZIP_DEFLATED) as target:
        for member in source.namelist():
            target.writestr(member, re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="' + dimension + b'"',
                                           source.read(member)))
    assert read_scores(false).lines == read_scores(path).lines


def test_what_changed_since_the_preview_is_stale(scene: Scene, build: Build, tmp_path: Path):
    path = build(LINE)
    digest = planned(scene, read_scores(path)).digest
    scene.do(scores.enter, None, scene.plant.customer, month=FEBRUARY, metric="ppm", value=Decimal(1))
    with pytest.raises(Stale):
        taken(scene, path, tmp_path, digest)
    with pytest.raises(Invalid):
        taken(scene, path, tmp_path, reason=" ")
    with pytest.raises(Invalid):
        taken(scene, path, tmp_path, read_on=date(2026, 4, 1))
    assert taken(scene, path, tmp_path).taken == 1


def test_who_may_not_score_changes_nothing_and_another_site_is_not_found(scene: Scene, build: Build):
    read = read_scores(build(LINE))
    plan = workflow.preview(scene.db, scene.plant.auditor, scene.plant.site, read.lines)
    assert (plan.changes, len(plan.problems)) == ([], 1)
    assert planned(scene, read).work
    with pytest.raises(NotFound):
        planned(scene, read, 999_999)


def test_a_workbook_is_evidence_only_when_it_is_one():
    for content in (b"%PDF-1.7\n", b"", b"PK\x03\x04" + b"0" * (10 << 20)):
        with pytest.raises(Invalid):
            workbook(content)
    assert workbook(b"PK\x03\x04").content == b"PK\x03\x04"
    assert (workbook_name("C:\\x\\a\u202e.xlsx"), workbook_name("..")) == ("a.xlsx", "file.xlsx")


def upload(browser: FlaskClient, site_id: int, path: Path, status: int = 302) -> str:
    answer = browser.post("/customers/scorecards/workbook/", data={
        "csrf": "test-csrf", "site_id": site_id, "file": (io.BytesIO(path.read_bytes()), path.name)})
    assert answer.status_code == status, answer.text[-3000:]
    return str(answer.headers.get("Location", answer.text))


def digest_of(shown: Page) -> str:
    return str(next(e.get("value") for e in shown.find(".//input") if e.get("name") == "digest"))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_workbook_is_filled_in_previewed_and_taken_over_on_screen(scene: Scene, build: Build, sign_in, page,
                                                                    language: str):
    browser = sign_in("quality_engineer", language)
    assert any("scorecards/workbook" in a for a in page(browser, "/customers/scorecards/").links().values())
    page(browser, "/customers/scorecards/workbook/")
    where = upload(browser, scene.plant.site, build(LINE, LINE | {"metric": "otd", "value": 99}))
    shown = page(browser, where)
    assert len(shown.find(".//tbody/tr")) == 3
    sent = {"digest": digest_of(shown), "reason": "Portal", "read_on": f"{utc_now():%Y-%m-%d}"}
    page(browser, where, sent | {"reason": ""}, status=422)
    page(browser, where, sent | {"digest": "0" * 64}, status=409)
    page(browser, where, sent | {"read_on": "2099-01-01"}, status=422)
    assert held(scene) == []
    page(browser, where, sent)
    first = held(scene)[0]
    own = page(browser, f"/customers/scorecards/{first.id}")
    assert "scores.xlsx" in own.text
    address = next(a for a in own.links().values() if a.startswith("/attachments/files/") and "add" not in a)
    answer = browser.get(address)
    assert (answer.data[:4], answer.mimetype) == (b"PK\x03\x04", WORKBOOK)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    page(browser, where, status=404)
    same = page(browser, upload(browser, scene.plant.site, build(LINE, LINE | {"metric": "otd", "value": 99})))
    assert {"zh": "没有变更", "en": "Nothing would change"}[language] in same.text


def test_a_wrong_workbook_shows_what_is_wrong_and_offers_no_saving(scene: Scene, build: Build, sign_in, page):
    browser = sign_in("quality_engineer")
    where = upload(browser, scene.plant.site, build(LINE | {"value": 60}, LINE | {"customer": "C9"}))
    shown = page(browser, where, status=422)
    assert "2 things are wrong" in shown.text
    assert "Take over" not in shown.text
    page(browser, where, {"digest": "0" * 64, "reason": "x", "read_on": "2026-01-01"}, status=422)
    assert held(scene) == []
    assert "never calculated" in upload(browser, scene.plant.site, build(LINE | {"value": "=1+1"}), 422)
    assert "site GZ" in upload(browser, scene.plant.site, build(LINE, site="GZ"), 422)
    page(browser, f"{where}/discard", {})
    page(browser, where, status=404)


def test_the_template_is_taken_with_a_trail_and_only_by_who_may_score(scene: Scene, sign_in):
    last = months(utc_now().date() - timedelta(days=1), 2)[0]
    form = {"csrf": "test-csrf", "first": f"{last:%Y-%m}", "last": f"{last:%Y-%m}"}
    where = f"/customers/scorecards/workbook/template/{scene.plant.site}"
    answer = sign_in("quality_engineer").post(where, data=form)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data))[SCORES.title]
    assert [row[4] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["PPM", "准时交付率 On-time delivery"]
    with scene.db.reading() as session:
        assert [(e.kind, e.rows) for e in session.scalars(select(Export))] == [("scores", 2)]
    assert sign_in("quality_engineer").post(where, data=form | {"last": "2099-01"}).status_code == 422
    assert sign_in("quality_engineer").post(where, data=form | {"first": ""}).status_code == 422
    assert sign_in("auditor").post(where, data=form).status_code == 403
