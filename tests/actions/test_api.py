"""What the JSON API of corrective actions promises: every step, refused by rule, both versions to the slower editor."""

import pytest

from qms.workflows.actions_gates import GATES
from tests.actions.course import FILLED, Course
from tests.rejections.cases import reported
from tests.signing import signed

HEADERS = {"X-Requested-By": "test"}
API = "/api/v1/actions"


@pytest.fixture
def browser(sign_in):
    """The quality manager's programme, who may do every step."""
    return sign_in("quality_manager")


def send(browser, path: str, body: dict, method: str = "POST", status: int = 200) -> dict:
    """Send a body and return what came back."""
    answer = browser.open(f"{API}{path}", method=method, json=body, headers=HEADERS)
    assert answer.status_code == status, answer.text
    return answer.get_json()


def opened(course: Course, browser, **given) -> dict:
    """Open a case for a rejection."""
    source = {"kind": "rejections", "record_id": reported(course.db, course.plant).id}
    return send(browser, "", {"site_id": course.plant.site, "title": "Burr", "sources": [source]} | given, status=201)


def test_a_case_is_opened_read_and_listed(course: Course, browser):
    made = opened(course, browser)
    assert (made["route"], made["standing"], made["origin_unit_id"]) == ("4d", "D0", course.plant.press)
    read = browser.get(f"{API}/{made['id']}")
    assert read.headers["ETag"] == f'"v{made["rev"]}"'
    assert [point["field"] for point in read.get_json()["missing"]["D0"]] == ["emergency"] or made["symptom"] is None
    listed = browser.get(f"{API}?state=running&sought=毛刺").get_json()
    assert ([a["number"] for a in listed["actions"]], listed["next"]) == ([made["number"]], "")
    assert browser.get(f"{API}/999999").status_code == 404


def test_r24_a_shorter_route_needs_its_reason(course: Course, browser):
    made = opened(course, browser)
    sent = {"rev": made["rev"], "route": "correction"}
    assert send(browser, f"/{made['id']}/route", sent, status=409)["rule"] == "R-24"
    assert send(browser, f"/{made['id']}/route", sent | {"reason": "one-off"})["route_reason"] == "one-off"


def test_r23_a_safety_case_takes_the_whole_8d(course: Course, browser):
    body = {"site_id": course.plant.site, "title": "Crack", "severity": "CR", "safety": True, "route": "4d",
            "route_reason": "known"}
    assert send(browser, "", body, status=409)["rule"] == "R-23"
    assert send(browser, "", body | {"route": None}, status=201)["route"] == "8d"


def test_r22_and_the_gates_in_order(course: Course, browser):
    made = opened(course, browser, severity="CR")
    path = f"/{made['id']}"
    send(browser, f"{path}/disciplines/D2/pass", {"rev": made["rev"]}, status=409)
    assert send(browser, f"{path}/disciplines/D0/pass", {"rev": made["rev"]}, status=422)["field"] == "symptom"
    for name in ("D0", "D2", "D3"):
        made = send(browser, f"{path}/disciplines/{name}", {"rev": made["rev"], **FILLED[name]}, "PATCH")
    heads = {"sponsor_id": course.plant.quality_manager.id, "leader_id": course.plant.quality_engineer.id}
    made = send(browser, f"{path}/disciplines/d1", {"rev": made["rev"], **heads}, "PATCH")
    for who, unit in ((course.plant.operator.id, course.plant.weld), (course.plant.inspector.id, course.plant.press)):
        made = send(browser, f"{path}/members", {"person_id": who, "unit_id": unit, "function": "Shift A"})
    for name in ("D0", "D1", "D2"):
        made = send(browser, f"{path}/disciplines/{name}/pass", {"rev": made["rev"]})
    assert send(browser, f"{path}/disciplines/D3/pass", {"rev": made["rev"]}, status=409)["rule"] == "R-22"
    zeros = {"suspect": 0, "checked": 0, "nonconforming": 0, "good": 0}
    for line in made["stock"]:
        send(browser, f"{path}/stock/{line['id']}", {"rev": line["rev"], **zeros}, "PUT")
    first = made["comparisons"][0]
    made = send(browser, f"{path}/comparisons/{first['id']}", {"rev": first["rev"], "is_so": "left"}, "PUT")
    assert made["comparisons"][0]["is_so"] == "left"
    assert send(browser, f"{path}/disciplines/D3/pass", {"rev": made["rev"]})["standing"] == "D4"


def test_r30_a_case_closes_once_its_origin_or_why_not_is_told(course: Course, browser, monkeypatch):
    monkeypatch.setitem(GATES, "D6", ())
    made = opened(course, browser, severity="MI")
    path = f"/{made['id']}"
    for name, fields in (("D2", FILLED["D2"] | {"origin_unit_id": None}), ("D8", FILLED["D8"])):
        made = send(browser, f"{path}/disciplines/{name}", {"rev": made["rev"], **fields}, "PATCH")
    for name in ("D2", "D6"):
        made = send(browser, f"{path}/disciplines/{name}/pass", {"rev": made["rev"]})
    assert send(browser, f"{path}/close", {"rev": made["rev"]} | signed("closure"), status=409)["rule"] == "R-30"
    why = {"rev": made["rev"], "origin_unknown_reason": "scrapped unseen"}
    made = send(browser, f"{path}/disciplines/D2", why, "PATCH")
    assert send(browser, f"{path}/close", {"rev": made["rev"]}, status=409)["rule"] == "R-45"
    closed = send(browser, f"{path}/close", {"rev": made["rev"]} | signed("closure"))
    assert [(one["meaning"], one["void_since"]) for one in closed["signatures"]] == [("closure", None)]
    assert (closed["state"], closed["standing"], closed["missing"]) == ("closed", None, {})


def test_the_slower_editor_gets_both_versions(course: Course, browser):
    made = opened(course, browser)
    path = f"/{made['id']}/disciplines/D0"
    send(browser, path, {"rev": made["rev"], "symptom": "first"}, "PATCH")
    stale = send(browser, path, {"rev": made["rev"], "symptom": "second"}, "PATCH", status=409)
    assert (stale["current"]["symptom"], stale["yours"]["symptom"]) == ("first", "second")


def test_sources_members_and_void(course: Course, browser):
    made = opened(course, browser)
    path = f"/{made['id']}"
    more = {"rev": made["rev"], "kind": "rejections", "record_id": reported(course.db, course.plant).id}
    made = send(browser, f"{path}/sources", more)
    last = made["sources"][-1]
    made = send(browser, f"{path}/sources/{last['id']}/withdraw", {"rev": last["rev"]})
    assert [source["active"] for source in made["sources"]] == [True, False]
    made = send(browser, f"{path}/members", {"person_id": course.plant.operator.id, "function": "Welder"})
    member = made["members"][0]
    made = send(browser, f"{path}/members/{member['id']}/withdraw", {"rev": member["rev"]})
    assert made["members"][0]["active"] is False
    assert send(browser, f"{path}/void", {"rev": made["rev"], "reason": ""}, status=409)["rule"] == "R-43"
    assert send(browser, f"{path}/void", {"rev": made["rev"], "reason": "twice"})["state"] == "void"


def test_r29_a_case_within_a_year_is_told_as_a_repeat_by_json_and_one_of_another_defect_is_not(course: Course, browser):
    plant = course.plant
    before = opened(course, browser)
    again = opened(course, browser)
    other = opened(course, browser, sources=[{
        "kind": "rejections", "record_id": reported(course.db, plant, defect_id=plant.scratch).id}])
    assert (before["is_repeat"], again["is_repeat"], other["is_repeat"]) == (False, True, False)
    assert again["repeat_of_id"] == before["id"]
