"""The desk pages of corrective actions."""

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.models.actions import Action, ActionMember, StockLine
from qms.workflows import actions
from qms.workflows.actions_gates import GATES
from tests.actions.course import Course
from tests.rejections.cases import reported
from tests.signing import signed

EDITS = ("case", "heads", "problem", "containment", "closing")
PAGES = (*(f"edit/{part}" for part in EDITS), "team", "comparison", "stock", "sources", "route", "void")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_empty_register_and_board_say_what_they_are_for(sign_in, page, language: str):
    browser = sign_in("quality_engineer", language)
    assert {"zh": "还没有纠正措施", "en": "No corrective actions yet"}[language] in page(browser, "/actions/").text
    assert {"zh": "没有进行中的案件", "en": "No case is running"}[language] in page(browser, "/actions/board").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_case_and_every_form_of_it_have_their_pages_in_both_languages(course: Course, sign_in, page, language: str):
    made = course.open(severity="CR", safety=True)
    if language == "en":
        course.passed(made, "D0", emergency_verified=True)
        course.passed(made, "D1", "D2", "D3")
    browser = sign_in("quality_manager", language)
    assert made.number in page(browser, f"/actions/{made.id}").text
    for path in PAGES:
        page(browser, f"/actions/{made.id}/{path}")
    page(browser, "/actions/open/")
    assert made.number in page(browser, "/actions/").text
    assert made.number in page(browser, "/actions/board").text


def test_a_rejection_offers_to_open_its_case_and_then_shows_it(course: Course, sign_in, page, db: Database):
    found = reported(db, course.plant)
    browser = sign_in("quality_engineer")
    before = page(browser, f"/rejections/{found.id}")
    opening = before.links()["Open corrective action"]
    form = page(browser, opening)
    values = {field.get("name"): field.get("value", "") for field in form.find(".//input") if field.get("name")}
    made = page(browser, opening, {"site_id": values["site_id"], "title": values["title"], "severity": "MA",
                                   "item": values["item"], "defect": values["defect"], "lot": values["lot"],
                                   "origin_unit_id": course.plant.press, "detecting_unit_id": course.plant.weld})
    assert "its clocks run" in made.text
    after = page(browser, f"/rejections/{found.id}")
    assert "CA-SH-" in after.text
    assert "Open corrective action" not in after.links()


def test_r24_another_route_asks_for_its_reason_beside_the_form(course: Course, sign_in, page):
    made, browser = course.open(), sign_in("quality_engineer")
    sent = {"rev": made.rev, "route": "correction"}
    refused = page(browser, f"/actions/{made.id}/route", sent, status=409)
    assert "R-24" in refused.text
    assert "The route was changed" in page(browser, f"/actions/{made.id}/route",
                                           sent | {"route_reason": "one-off"}).text


def test_r23_a_safety_case_is_not_opened_on_a_shorter_route(course: Course, sign_in, page):
    browser = sign_in("quality_engineer")
    sent = {"site_id": course.plant.site, "title": "Crack", "severity": "CR", "safety": "y", "route": "4d",
            "route_reason": "known"}
    assert "R-23" in page(browser, "/actions/open/", sent, status=409).text
    assert "Safety class" in page(browser, "/actions/open/", sent | {"route": ""}).text


def test_r22_the_page_counts_the_places_that_have_not_answered(course: Course, sign_in, page):
    made, browser = course.open(severity="CR"), sign_in("quality_engineer")
    course.passed(made, "D0", "D1", "D2")
    course.do(actions.edit, made, "D3", containment="Sorting", containment_effective=True, containment_evidence="200")
    refused = page(browser, f"/actions/{made.id}/pass", {"rev": course.read(made).rev, "step": "D3"})
    assert "places have not answered" in refused.text
    with course.db.reading() as session:
        lines = session.scalars(select(StockLine).where(StockLine.action_id == made.id)).all()
    sent = {f"line-{line.id}-{name}": 0 for line in lines for name in ("suspect", "checked", "nonconforming", "good")}
    sent |= {f"line-{line.id}-rev": line.rev for line in lines}
    half = {key: value for key, value in sent.items() if not key.endswith("good")}
    page(browser, f"/actions/{made.id}/stock", half, status=422)
    assert "answers recorded" in page(browser, f"/actions/{made.id}/stock", sent).text
    passed = page(browser, f"/actions/{made.id}/pass", {"rev": course.read(made).rev, "step": "D3"})
    assert "D3 is finished" in passed.text


def test_r30_the_sponsor_closes_once_origin_and_escape_path_are_told(course: Course, sign_in, page, monkeypatch):
    monkeypatch.setitem(GATES, "D6", ())
    made, browser = course.open(severity="MI"), sign_in("quality_manager")
    course.passed(made, "D2", "D6")
    course.fill(made, "D8")
    course.do(actions.edit, made, "D2", origin_unit_id=None)
    sent = {"rev": course.read(made).rev} | signed("closure")
    assert "R-30" in page(browser, f"/actions/{made.id}/close", sent, status=409).text
    course.do(actions.edit, made, "D2", origin_unknown_reason="scrapped unseen")
    sent = {"rev": course.read(made).rev} | signed("closure")
    assert "Closed." in page(browser, f"/actions/{made.id}/close", sent).text


def test_two_editors_see_both_versions(course: Course, sign_in, page):
    made, browser = course.open(), sign_in("quality_engineer")
    course.do(actions.edit, made, "D8", thanks="thank you all")
    shown = page(browser, f"/actions/{made.id}/edit/closing", {"rev": made.rev, "thanks": "well done"}, status=409)
    assert "thank you all" in shown.text
    assert "well done" in shown.text
    assert course.read(made).thanks == "thank you all"


def test_the_forms_write_what_they_show(course: Course, sign_in, page):
    plant, browser = course.plant, sign_in("quality_engineer")
    made = course.open()

    def take(path: str, **given):
        return page(browser, f"/actions/{made.id}/{path}", {"rev": course.read(made).rev, **given})

    take("edit/case", title="Burr on bracket", severity="CR", symptom="Burr", emergency="Sorted",
         emergency_verified="y", item="BR-100", defect="D01", lot="L-0001")
    take("edit/heads", sponsor_id=plant.quality_manager.id, leader_id=plant.quality_engineer.id)
    take("team", person_id=plant.operator.id, unit_id=plant.weld, function="Welder")
    take("edit/problem", requirement="0.1 mm", actual="0.4 mm", problem_quantity=5, reproduced="yes",
         first_seen_at="2026-03-02T09:00", detecting_unit_id=plant.weld, origin_unit_id=plant.press)
    take("edit/containment", containment="Sorting", containment_effective="yes", containment_evidence="200 good")
    held = course.read(made)
    assert (held.title, held.severity, held.route, held.reproduced, held.containment_effective) == (
        "Burr on bracket", "CR", "8d", True, True)
    assert held.first_seen_at.isoformat() == "2026-03-02T01:00:00+00:00"
    assert held.emergency_verified_by_id == plant.quality_engineer.id
    again = page(browser, f"/actions/{made.id}/edit/problem")
    checked = [e.get("value") for e in again.find(".//input[@type='radio']") if e.get("checked") is not None]
    assert checked == ["yes"]
    with course.db.reading() as session:
        member = session.scalars(select(ActionMember)).one()
        line = session.get_one(Action, made.id).comparisons[0]
    take("comparison", **{f"line-{line.id}-rev": line.rev, f"line-{line.id}-is_so": "left bracket",
                          f"line-{line.id}-is_not": "right bracket"})
    assert "right bracket" in page(browser, f"/actions/{made.id}").text
    assert "Out of the team" in page(browser, f"/actions/members/{member.id}/withdraw", {"rev": member.rev}).text


def test_a_source_is_tied_by_its_number_and_taken_off(course: Course, sign_in, page, db: Database):
    made, found, browser = course.open(), reported(db, course.plant), sign_in("quality_engineer")
    sent = {"rev": course.read(made).rev, "kind": "rejections", "number": "NC-0"}
    page(browser, f"/actions/{made.id}/sources", sent, status=422)
    shown = page(browser, f"/actions/{made.id}/sources", sent | {"number": found.number.lower()})
    assert found.number in shown.links()
    listed = page(browser, f"/actions/{made.id}/sources")
    off = [f for f in listed.find(".//form") if f.get("action", "").endswith("/withdraw")][-1]
    gone = page(browser, off.get("action"), {"rev": off.find("input[@name='rev']").get("value")})
    assert "Taken off." in gone.text


def test_the_register_filters_by_state_route_unit_and_two_characters(course: Course, sign_in, page):
    plant, browser = course.plant, sign_in("quality_engineer")
    first = course.open(title="毛刺问题")
    other = course.open(of={"found_unit_id": plant.paint, "defect_id": plant.scratch, "link_id": plant.weld_paint},
                        severity="MI")
    course.do(actions.void, other, by=plant.quality_manager, reason="twice")
    for asked, found in (("", 2), ("state=running", 1), ("state=void", 1), ("route=4d", 1), ("severity=MI", 1),
                         (f"unit={plant.press}", 1), (f"unit={plant.paint}", 1), ("q=毛刺", 1), ("q=划伤", 1),
                         (f"q={first.number}", 1), ("q=nothing", 0), ("overdue=y", 0)):
        assert page(browser, f"/actions/?{asked}").text.count("CA-SH-2026-") == found, asked
    assert first.number in page(browser, f"/actions/board?unit={plant.weld}").text
    assert first.number not in page(browser, f"/actions/board?unit={plant.paint}").text


def test_a_reader_is_offered_no_step(course: Course, sign_in, page):
    made = course.open()
    shown = page(sign_in("auditor"), f"/actions/{made.id}")
    assert [form.get("action") for form in shown.find(".//main//form")] == [f"/exports/documents/actions/{made.id}"]
    assert not [text for text in shown.links() if text in {"Edit the case", "Change the route", "Void"}]
