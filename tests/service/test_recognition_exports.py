"""The files of recognition, suggestions, sessions and notices: what the filter shows, no name untold, R-35 and R-53."""

import csv
import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select

from qms.models.accounts import Person
from qms.models.trail import Export
from qms.rules.accounts import SYSTEM
from qms.workflows import service_notices as notices
from qms.workflows import service_recognition as recognition
from qms.workflows import service_suggestions as suggestions
from qms.workflows import service_training as training
from tests.service.scene_complaints import Scene
from tests.service.test_recognition import NOTICE, proposed

REGISTERS = {"recognition": "Recognition", "suggestions": "Suggestions", "training": "Training", "notices": "Notices"}


def lines(browser, register: str, **wanted: object) -> list[dict[str, Any]]:
    """Return the lines of the workbook of a register, by the heads of its columns."""
    answer = browser.post(f"/exports/{register}", data={"csrf": "test-csrf", "format": ".xlsx", **wanted})
    assert answer.status_code == 200, answer.text
    head, *rows = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def as_csv(browser, register: str) -> list[list[str]]:
    answer = browser.post(f"/exports/{register}", data={"csrf": "test-csrf", "format": ".csv"})
    assert answer.status_code == 200, answer.text
    return list(csv.reader(answer.get_data().decode("utf-8-sig").splitlines()))


def works(scene: Scene, who: str, unit_id: int) -> None:
    """Say where somebody works."""
    with scene.db.transaction(SYSTEM, "tests.works") as session:
        session.get_one(Person, scene.people[who].id).unit_id = unit_id


def test_r35_recognition_names_nobody_but_who_agreed_and_was_approved(complaints: Scene, sign_in):
    worker = complaints.people["weld_worker"]
    silent = proposed(complaints, honoured_id=worker.id, reason="=1+1")
    agreed = proposed(complaints, "quality_engineer", honoured_id=worker.id, points=10)
    complaints.do(recognition.consent, "weld_worker", agreed.id, 1)
    unit = proposed(complaints)
    browser = sign_in("quality_manager")
    before = lines(browser, "recognition")
    assert [line["Person (who agreed)"] for line in before] == [None, None, None]
    assert [line["Case or self-report"] is None for line in before] == [True, True, False]
    complaints.do(recognition.approve, "production_manager", agreed.id, 2)
    first, second, third = lines(browser, "recognition")
    assert (first["Person (who agreed)"], second["Person (who agreed)"]) == (None, worker.name)
    assert (first["Reason"], first["Case or self-report"]) == ("=1+1", None)
    assert (second["State"], second["Recognition points"], third["For what"]) == (
        "Recognised", 10, "Honest self-report")
    assert len(lines(browser, "recognition", state="proposed")) == 2
    assert as_csv(browser, "recognition")[1][5] == "'=1+1"
    assert silent.id < unit.id


def test_suggestions_tell_what_became_of_them_and_not_whose_they_were(complaints: Scene, sign_in):
    made = complaints.do(suggestions.suggest, "weld_worker", unit_id=complaints.plant.press, idea="=Turn the crates")
    complaints.do(suggestions.suggest, "weld_worker", unit_id=complaints.plant.weld, idea="Paint the floor")
    complaints.do(suggestions.evaluate, "press_head", made.id, 1, decision="adopt", evaluation="It works")
    browser = sign_in("quality_manager")
    first, second = lines(browser, "suggestions")
    assert (first["Number"], first["State"], first["Idea"], first["Why"]) == (
        made.number, "Adopted", "=Turn the crates", "It works")
    assert second["State"] == "To be evaluated"
    assert [line["Number"] for line in lines(browser, "suggestions", unit_id=complaints.plant.press)] == [made.number]
    assert not any(complaints.people["weld_worker"].name in cell for row in as_csv(browser, "suggestions")
                   for cell in row)


def test_a_session_has_a_line_for_each_unit_and_one_while_nothing_is_recorded(complaints: Scene, sign_in):
    plant = complaints.plant
    made = complaints.do(training.hold, "quality_engineer", site_id=plant.site, topic="Three no's",
                         held_on=date(2026, 3, 2), trainer="Zhou")
    for unit_id, attended in ((plant.weld, 8), (plant.press, 9)):
        complaints.do(training.attend, "quality_engineer", made.id, unit_id=unit_id, expected=10, attended=attended)
    complaints.do(training.hold, "quality_engineer", site_id=plant.site, topic="@Complaints",
                  held_on=date(2026, 3, 3), trainer="Zhou")
    browser = sign_in("quality_manager")
    found = lines(browser, "training")
    assert [(line["Topic"], line["Came [people]"], line["Expected [people]"]) for line in found] == [
        ("Three no's", 8, 10), ("Three no's", 9, 10), ("@Complaints", None, None)]
    assert found[0]["Held on"].date() == date(2026, 3, 2)
    assert found[1]["Unit"].startswith("OP10")
    assert len(lines(browser, "training", unit_id=plant.weld)) == 2
    assert as_csv(browser, "training")[3][0] == "'@Complaints"


def test_notices_count_their_readers_and_name_none(complaints: Scene, sign_in):
    plant = complaints.plant
    for who, unit in (("weld_worker", plant.weld), ("weld_head", plant.weld), ("press_worker", plant.press)):
        works(complaints, who, unit)
    to_weld = complaints.do(notices.post, "quality_engineer", site_id=plant.site, unit_id=plant.weld, **NOTICE)
    complaints.do(notices.post, "quality_engineer", site_id=plant.site, **(NOTICE | {"title_en": "=1"}))
    complaints.do(notices.open_notice, "weld_worker", to_weld.id)
    complaints.do(notices.open_notice, "press_worker", to_weld.id)
    browser = sign_in("quality_manager")
    first, second = lines(browser, "notices")
    assert (first["Have read it [people]"], first["Work there [people]"]) == (1, 2)
    assert (second["Have read it [people]"], second["Work there [people]"], second["Notice"]) == (0, 3, "=1")
    assert first["Text"] == "In 2 h"
    with complaints.db.reading() as session:
        told = notices.counts(session, [to_weld])[to_weld.id]
    assert (told.read, told.reached) == (1, 2)
    assert not any(complaints.people["weld_worker"].name in cell for row in as_csv(browser, "notices") for cell in row)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("register", sorted(REGISTERS))
def test_r53_every_page_offers_its_file_and_the_trail_tells_who_took_it(complaints: Scene, sign_in, page, register: str,
                                                                        language: str):
    plant = complaints.plant
    proposed(complaints)
    complaints.do(suggestions.suggest, "weld_worker", unit_id=plant.press, idea="Turn the crates")
    complaints.do(training.hold, "quality_engineer", site_id=plant.site, topic="Three no's", held_on=date(2026, 3, 2),
                  trainer="Zhou")
    complaints.do(notices.post, "quality_engineer", site_id=plant.site, **NOTICE)
    browser = sign_in("quality_manager", language)
    shown = page(browser, f"/service/{register}/")
    assert [f.get("action") for f in shown.find(".//main//form") if "/exports/" in f.get("action", "")] == [
        f"/exports/{register}"]
    answer = browser.post(f"/exports/{register}", data={"csrf": "test-csrf", "format": ".xlsx", "sought": "zzz"})
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    assert sheet.max_row == 1
    assert (sheet.title == REGISTERS[register]) is (language == "en")
    with complaints.db.reading() as session:
        assert [(e.kind, e.rows, e.filters) for e in session.scalars(select(Export))] == [(register, 0, "sought=zzz")]
    assert sign_in("operator").post(f"/exports/{register}", data={
        "csrf": "test-csrf", "format": ".xlsx"}).status_code == 403
