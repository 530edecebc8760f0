"""The desk pages and the JSON of internal complaints, appeals and follow-ups."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from qms.models.accounts import Person
from qms.models.service_appeals import Appeal
from qms.models.service_complaints import ComplaintFlag, InternalComplaint
from qms.models.service_follow_ups import ComplaintFollowUp
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from tests.service.scene_complaints import Scene
from tests.signing import signed

HEADERS = {"X-Requested-By": "test"}


@pytest.fixture
def complaints(complaints: Scene) -> Scene:
    """The plant as it is now, for pages have the server's clock: the operator works at weld, the manager at press."""
    complaints.at = utc_now() - timedelta(minutes=5)
    with complaints.db.transaction(SYSTEM, "tests.home") as session:
        session.get_one(Person, complaints.plant.operator.id).unit_id = complaints.plant.weld
        session.get_one(Person, complaints.plant.production_manager.id).unit_id = complaints.plant.press
    return complaints


def last(scene: Scene, cls: type) -> int:
    with scene.db.reading() as session:
        return session.scalars(select(cls.id).order_by(cls.id.desc()).limit(1)).one()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_empty_registers_say_what_they_are_for(complaints: Scene, sign_in, page, language: str):
    browser = sign_in("quality_engineer", language)
    for address, words in (("complaints", {"zh": "还没有内部投诉", "en": "No internal complaint yet"}),
                           ("appeals", {"zh": "还没有申诉", "en": "Nobody appealed yet"}),
                           ("follow-ups", {"zh": "没有计划的回访", "en": "No follow-up planned"})):
        assert words[language] in page(browser, f"/service/{address}/").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_opens_in_both_languages(complaints: Scene, sign_in, page, language: str):
    filed, done, followed = complaints.file(), complaints.done(), complaints.followed()
    appeal = complaints.step("appeal", "weld_worker", complaints.refused(), grounds="x")
    manager, worker = sign_in("production_manager", language), sign_in("operator", language)
    for browser, addresses in (
            (manager, ("complaints/", "complaints/file", "appeals/", "follow-ups/", f"complaints/{filed.id}",
                       f"complaints/{filed.id}/accept", f"complaints/{filed.id}/refuse", f"complaints/{filed.id}/plan",
                       f"complaints/{filed.id}/finish", f"complaints/{followed.id}", f"complaints/{done.id}/appeal",
                       f"complaints/{appeal.complaint_id}", "complaints/?state=overdue", "complaints/?state=flagged")),
            (worker, (f"complaints/{done.id}/confirm", f"complaints/{done.id}/reopen",
                      f"complaints/{filed.id}/withdraw")),
            (sign_in("quality_manager", language), (f"appeals/{appeal.id}/decide",
                                                    f"follow-ups/{last(complaints, ComplaintFollowUp)}/make"))):
        for address in addresses:
            page(browser, f"/service/{address}")


def test_r32_r33_a_complaint_goes_through_its_steps_at_the_desk(complaints: Scene, sign_in, page):
    worker, manager, judge = sign_in("operator"), sign_in("production_manager"), sign_in("quality_manager")
    plant = complaints.plant
    given = {"complaining_id": plant.weld, "accused_id": plant.press, "matter": "Burrs <b>again</b>", "kind": ""}
    page(worker, "/service/complaints/file", given | {"accused_id": plant.weld}, status=422)
    page(worker, "/service/complaints/file", given)
    own = f"/service/complaints/{last(complaints, InternalComplaint)}"
    assert "Burrs <b>again</b>" in page(worker, own).text
    page(manager, f"{own}/acknowledge", {"rev": 1})
    page(manager, f"{own}/refuse", {"rev": 1, "answer": "x"}, status=409)
    page(manager, f"{own}/refuse", {"rev": 2, "answer": "Within the drawing"})
    page(worker, f"{own}/appeal", {"rev": 3, "grounds": "The drawing says 0.1"})
    appeal = last(complaints, Appeal)
    assert "R-33" in page(judge, own).text
    decision = {"rev": 1, "decision": "overturn", "reasons": "Measured"} | signed("appeal")
    page(judge, f"/service/appeals/{appeal}/decide", decision)
    page(manager, f"{own}/plan", {"rev": 5, "plan": "Regrind", "promised_on": "2030-01-01",
                                  "owner_id": plant.production_manager.id})
    page(manager, f"{own}/finish", {"rev": 6, "result": "Reground"})
    refused = page(manager, f"{own}/confirm", {"rev": 7, "satisfied": "5"}, status=409)
    assert "R-32" in refused.text
    page(worker, f"{own}/confirm", {"rev": 7, "satisfied": "4"})
    with complaints.db.reading() as session:
        first, second = session.scalars(select(ComplaintFollowUp.id).order_by(ComplaintFollowUp.id)).all()
    engineer = sign_in("quality_engineer")
    for visit in (first, second):
        page(engineer, f"/service/follow-ups/{visit}/make", {"rev": 1, "recurred": "no", "satisfied": "4",
                                                             "channel": "visit"})
    assert "Closed" in page(worker, own).text
    for asked in ("state=closed", f"accused={plant.press}", f"complaining={plant.weld}", "kind=operation", "q=burrs"):
        assert "IC-SH-" in page(worker, f"/service/complaints/?{asked}").text, asked
    assert "No complaint matches" in page(worker, "/service/complaints/?state=open").text


def test_r35_the_registers_name_units_and_never_persons(complaints: Scene, sign_in, page):
    complaints.followed()
    complaints.step("appeal", "weld_worker", complaints.refused(), grounds="x")
    auditor = sign_in("auditor")
    for address in ("complaints", "appeals", "follow-ups"):
        shown = page(auditor, f"/service/{address}/").text
        assert "Weld" in shown
        for login in ("Weld Worker", "Press Head"):
            assert login not in shown


def test_who_may_only_look_sees_no_step(complaints: Scene, sign_in, page):
    made = complaints.done()
    auditor = sign_in("auditor")
    shown = page(auditor, f"/service/complaints/{made.id}")
    assert not [f for f in shown.find(".//form") if "/service/" in f.get("action", "")]
    page(auditor, f"/service/complaints/{made.id}/confirm", status=403)


def test_r32_r33_every_step_is_taken_by_json(complaints: Scene, sign_in):
    plant = complaints.plant
    worker, manager, judge = sign_in("operator"), sign_in("production_manager"), sign_in("quality_manager")

    def send(browser, path: str, body: dict):
        return browser.post(f"/api/v1/service{path}", json=body, headers=HEADERS)

    made = send(worker, "/complaints", {"complaining_id": plant.weld, "accused_id": plant.press, "matter": "Burrs"})
    assert made.status_code == 201
    own = f"/complaints/{made.get_json()['id']}"
    assert send(worker, f"{own}/accept", {"rev": 1}).status_code == 403
    assert send(manager, f"{own}/acknowledge", {"rev": 1}).get_json()["acknowledged_at"]
    assert send(manager, f"{own}/accept", {"rev": 1, "answer": "x"}).status_code == 409
    assert send(manager, f"{own}/accept", {"rev": 2, "answer": "x"}).get_json()["state"] == "accepted"
    assert send(manager, f"{own}/appeal", {"rev": 3, "grounds": "Not ours"}).status_code == 201
    appeal = f"/appeals/{last(complaints, Appeal)}/decide"
    decision = {"rev": 1, "decision": "uphold", "reasons": "It is"} | signed("appeal")
    assert send(manager, appeal, decision).status_code == 403
    assert send(judge, appeal, decision).get_json()["state"] == "upheld"
    plan = {"rev": 5, "plan": "Regrind", "promised_on": "2030-01-01"}
    assert send(manager, f"{own}/plan", plan).get_json()["state"] == "planned"
    assert send(manager, f"{own}/finish", {"rev": 6, "result": "Reground"}).get_json()["state"] == "done"
    assert send(manager, f"{own}/confirm", {"rev": 7, "satisfied": 5}).get_json()["rule"] == "R-32"
    assert send(worker, f"{own}/reopen", {"rev": 7, "reason": "Burrs"}).get_json()["reopened"] == 1
    assert send(manager, f"{own}/plan", plan | {"rev": 8}).status_code == 200
    assert send(manager, f"{own}/finish", {"rev": 9, "result": "Reground"}).status_code == 200
    assert send(worker, f"{own}/confirm", {"rev": 10, "satisfied": 5}).get_json()["state"] == "followed"
    visit = f"/follow-ups/{last(complaints, ComplaintFollowUp)}"
    assert send(manager, visit, {"rev": 1, "recurred": True, "channel": "call"}).status_code == 403
    engineer = sign_in("quality_engineer")
    assert send(engineer, visit, {"rev": 1, "recurred": True, "channel": "call"}).get_json()["state"] == "made"
    assert send(worker, f"{own}/withdraw", {"rev": 12, "reason": "x"}).get_json()["state"] == "withdrawn"
    whole = worker.get(f"/api/v1/service{own}").get_json()
    assert (len(whole["told_back"]), len(whole["appeals"]), len(whole["follow_ups"]), whole["counts"]) == (
        6, 1, 2, False)
    for path, key in (("complaints?state=withdrawn", "complaints"), ("appeals", "appeals"),
                      ("follow-ups", "follow_ups")):
        assert worker.get(f"/api/v1/service/{path}").get_json()[key]


def test_r33_a_marked_complaint_is_looked_at_at_the_desk_and_by_json(complaints: Scene, sign_in, page):
    for _ in range(7):
        made = complaints.file()
    judge = sign_in("quality_manager")
    with complaints.db.reading() as session:
        first, second = session.scalars(select(ComplaintFlag).order_by(ComplaintFlag.id)).all()
    address = f"/service/complaints/{first.complaint_id}/marks/{first.id}"
    page(sign_in("production_manager"), address, status=403)
    assert "Marked for a second look" in page(judge, f"/service/complaints/{made.id}").text
    page(judge, address)
    page(judge, address, {"rev": 1, "conclusion": "genuine", "note": "Seven pallets"})
    assert "Seven pallets" in page(judge, f"/service/complaints/{first.complaint_id}").text
    sent = {"rev": 1, "conclusion": "set_aside", "note": "Same pallet"}
    assert judge.post(f"/api/v1/service/complaints/flags/{second.id}", json=sent, headers=HEADERS).status_code == 200
