"""Management reviews by JSON: versions, refusals by name, figures as data."""

from datetime import date

import pytest

from qms.jobs import kinds
from qms.jobs.worker import run_one
from qms.models.chain import Site
from qms.models.review import Review
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.rules.review_snapshots import read
from qms.settings import Settings
from qms.workflows import accounts, review_assembly, review_filling
from tests.review.scene import HALF, Scene
from tests.review.snapshots import WHOLE
from tests.signing import signed as signs

SIGNED = signs("review")
BASE = "/api/v1/reviews"
ASKED = {"X-Requested-By": "test"}
SENT = {key: str(value) for key, value in HALF.items()}


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """The plant as it is now."""
    scene.at = utc_now()
    scene.plant.people["representative"] = scene.head
    return scene


def post(browser, address: str, body: dict, status: int = 200) -> dict:
    answer = browser.post(f"{BASE}{address}", json=body, headers=ASKED)
    assert answer.status_code == status, answer.json
    return answer.json


def put(browser, address: str, body: dict, status: int = 200) -> dict:
    answer = browser.put(f"{BASE}{address}", json=body, headers=ASKED)
    assert answer.status_code == status, answer.json
    return answer.json


def worked(scene: Scene, tmp_path) -> None:
    while run_one(scene.db, Settings(instance=tmp_path), kinds(), "test"):
        pass


def test_a_review_goes_from_open_to_signed(scene, sign_in, tmp_path):
    browser = sign_in("representative")
    made = post(browser, "", SENT | {"site_id": scene.plant.site}, 201)
    own = f"/{made['id']}"
    assert {"edit", "assemble", "freeze"} <= set(made["steps"])
    post(browser, "", SENT | {"site_id": scene.plant.site, "last_on": "2025-01-01"}, 422)
    put(browser, own, SENT | {"rev": made["rev"], "title": "H1"})
    stale = put(browser, own, SENT | {"rev": made["rev"], "title": "Mine"}, 409)
    assert "H1" in str(stale)
    post(browser, f"{own}/attendees", {"role": "chair", "person_id": scene.plant.production_manager.id}, 201)
    for step in ("assemble", "freeze"):
        job = post(browser, f"{own}/{step}", {"rev": browser.get(BASE + own).json["rev"]}, 202)
        worked(scene, tmp_path)
        assert browser.get(f"{BASE}{own}/jobs/{job['id']}").json["state"] == "done"
    held = browser.get(BASE + own)
    assert held.headers["ETag"] == f'"v{held.json["rev"]}"'
    post(browser, f"{own}/meet", {"rev": held.json["rev"]})
    decided = post(browser, f"{own}/decisions", {"output": "improvement", "body": "Poka-yoke", "due_on": "2026-12-31",
                                                 "owner_id": scene.plant.quality_engineer.id}, 201)
    for one in browser.get(BASE + own).json["inputs"]:
        if one["state"] == "missing":
            post(browser, f"{own}/inputs/{one['code']}/not-applicable", {"rev": one["rev"], "reason": "Not here"})
    settled = post(browser, f"{own}/settle", {"rev": browser.get(BASE + own).json["rev"], "conclusion": "Effective"})
    wrong = post(browser, f"{own}/sign", {"rev": settled["rev"]} | SIGNED | {"password": "wrong"}, 422)
    assert wrong["field"] == "password"
    signed = post(browser, f"{own}/sign", {"rev": settled["rev"]} | SIGNED)
    assert signed["state"] == "signed"
    assert signed["signatures"][0]["name"] == "Wang Representative"
    owner = sign_in("quality_engineer")
    assert browser.get(f"{BASE}{own}/decisions").json["decisions"][0]["steps"] == ["report", "drop"]
    assert owner.get(f"{BASE}{own}/decisions").json["decisions"][0]["steps"] == ["report"]
    done = post(owner, f"/decisions/{decided['id']}/report", {"rev": 1, "result": "Done"})
    assert done["state"] == "done"
    post(browser, f"/decisions/{decided['id']}/reopen", {"rev": 2, "reason": "It came back"})
    post(browser, f"/decisions/{decided['id']}/drop", {"rev": 2, "reason": "No"}, 409)


def test_r40_an_unanswered_input_is_refused_with_rule_and_clause(scene, sign_in):
    held = scene.meeting()
    browser, own = sign_in("representative"), f"/{held.id}"
    settled = post(browser, f"{own}/settle", {"rev": scene.fresh(held).rev, "conclusion": "Effective"})
    refused = post(browser, f"{own}/sign", {"rev": settled["rev"]} | SIGNED, 409)
    assert refused["rule"] == "R-40"
    assert any("9.3.2" in clause for clause in refused["clauses"])


def test_r41_a_missed_target_is_named_until_it_is_planned_for(scene, sign_in):
    scene.read_off("red")
    held = scene.meeting()
    browser, own = sign_in("quality_manager"), f"/{held.id}"
    key = f"{scene.plant.customer}:ppm"
    assert browser.get(BASE + own).json["unplanned"] == [key]
    body = {"rev": scene.fresh(held).rev, "conclusion": "Effective"}
    assert post(browser, f"{own}/settle", body, 409)["rule"] == "R-41"
    made = post(browser, f"{own}/decisions", {"output": "target", "missed": key, "body": "Sort", "due_on": "2026-12-31",
                                              "owner_id": scene.plant.quality_engineer.id}, 201)
    put(browser, f"/decisions/{made['id']}", {"output": "target", "missed": key, "body": "Sort all", "rev": 1,
                                              "due_on": "2026-12-31", "owner_id": scene.plant.quality_engineer.id})
    assert post(browser, f"{own}/settle", body)["state"] == "actions_set"


def test_an_input_is_read_with_its_figures_as_data(scene, sign_in):
    made = scene.opened()
    scene.do(review_assembly.keep, made.id, {"stops": WHOLE}, freeze=True, rev=made.rev)
    answer = sign_in("auditor").get(f"{BASE}/{made.id}/inputs/stops")
    assert answer.json["snapshot"]["figures"][0]["now"] == {"value": 0.84, "n": 50, "low": 0.7149, "high": 0.9166}
    assert answer.json["clauses"] == ["ISO 9001:2015 9.3.2 c) 5)"]
    assert answer.headers["ETag"] == f'"v{answer.json["rev"]}"'
    assert read(scene.input(made, "stops").snapshot) == WHOLE


def test_an_input_is_typed_and_noted_by_version(scene, sign_in):
    held = scene.meeting()
    browser, own = sign_in("quality_manager"), f"/{held.id}/inputs/audits"
    first = browser.get(BASE + own).json["rev"]
    filled = put(browser, own, {"rev": first, "body": "Two minor findings"})
    assert filled["state"] == "filled"
    assert put(browser, own, {"rev": first, "body": "Mine"}, 409)["title_en"].startswith("Someone else")
    assert post(browser, f"{own}/note", {"rev": filled["rev"], "note": "Both closed"})["note"] == "Both closed"
    assert browser.get(f"{BASE}/{held.id}/inputs/nothing").status_code == 404


def test_the_register_is_read_by_state_and_site(scene, sign_in):
    held = scene.frozen()
    browser = sign_in("auditor")
    assert [one["id"] for one in browser.get(f"{BASE}?state=frozen").json["reviews"]] == [held.id]
    assert browser.get(f"{BASE}?state=draft").json == {"reviews": [], "next": None}


def test_attendance_is_said_by_version(scene, sign_in):
    held = scene.meeting()
    browser = sign_in("quality_manager")
    one = browser.get(f"{BASE}/{held.id}").json["attendees"][0]
    assert put(browser, f"/attendees/{one['id']}", {"rev": 1, "was_there": True})["was_there"] is True
    put(browser, f"/attendees/{one['id']}", {"rev": 1, "active": False}, 409)


def test_a_review_of_another_site_is_not_there(scene, sign_in):
    held = scene.meeting()
    one = scene.input(held, "audits")
    scene.do(review_filling.note, one.id, one.rev, note="Ours")
    with scene.db.transaction(SYSTEM, "tests.other") as session:
        other = Site(code="SZ", name_zh="苏州", name_en="Suzhou", time_zone="Asia/Shanghai", profile="iatf", demo=False)
        session.add(other)
        session.flush()
        who = accounts.add_person(session, SYSTEM, login="elsewhere", name="Elsewhere", language="en", password=None)
        accounts.grant(session, SYSTEM, who.id, role="management_representative", starts_on=date(2020, 1, 1),
                       site_id=other.id)
        scene.plant.people["elsewhere"] = accounts.actor_for(session, "elsewhere", method="test")
    stranger, own = sign_in("elsewhere"), f"/{held.id}"
    for address in (own, f"{own}/inputs/audits", f"{own}/decisions"):
        assert stranger.get(BASE + address).status_code == 404
    version = {"rev": scene.fresh(held).rev}
    bodies = {"thaw": {"reason": "x"}, "void": {"reason": "x"}, "settle": {"conclusion": "x"},
              "sign": SIGNED, "meet": {}, "resume": {}, "assemble": {}, "freeze": {}, "compare": {}}
    for step, body in bodies.items():
        post(stranger, f"{own}/{step}", version | body, 404)
    put(stranger, own, SENT | version, 404)
    put(stranger, f"{own}/inputs/audits", {"rev": 1, "body": "x"}, 404)
    post(stranger, f"{own}/attendees", {"role": "other", "name": "x"}, 404)
    assert not any(scene.fresh(held).state == state for state in ("void", "draft"))


def test_who_only_sees_changes_nothing(scene, sign_in):
    held: Review = scene.meeting()
    auditor, own = sign_in("auditor"), f"/{held.id}"
    post(auditor, f"{own}/void", {"rev": 1, "reason": "x"}, 403)
    put(auditor, f"{own}/inputs/audits", {"rev": 1, "body": "x"}, 403)
    post(auditor, "", SENT | {"site_id": scene.plant.site}, 403)
    assert auditor.get(BASE + own).json["steps"] == []
