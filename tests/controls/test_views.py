"""The desk pages and the JSON of process controls and bypasses."""

import re
from datetime import timedelta

import pytest

from qms.models.controls import Alternate, Bypass, BypassLot, Control
from qms.models.rejections import Rejection
from qms.rules.clock import utc_now
from qms.workflows import controls
from tests.acceptance.arrange import approved
from tests.acceptance.test_views import filled_in
from tests.controls.scene import ALTERNATE, CONTROL, Scene

HEADERS = {"X-Requested-By": "test"}


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """The plant as it is now, for pages have the server's clock."""
    scene.at = utc_now() - timedelta(days=2)
    return scene


@pytest.mark.parametrize("language", ["zh", "en"])
def test_empty_registers_say_what_they_are_for(scene: Scene, sign_in, page, language: str):
    browser = sign_in("quality_engineer", language)
    assert {"zh": "清单中还没有控制", "en": "No control on the list yet"}[language] in page(browser, "/controls/").text
    assert {"zh": "还没有旁路记录", "en": "No control was ever bypassed"}[language] in page(
        browser, "/controls/bypasses/").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_opens_in_both_languages(scene: Scene, sign_in, page, language: str):
    control = scene.control()
    scene.alternate(control, approved=False)
    bypass = scene.bypass(control)
    scene.handed(scene.lot("L-2"))
    scene.later(hours=1).do(controls.record_test, None, control.id, good=False)
    scene.at = utc_now()
    scene.notice()
    browser = sign_in("quality_engineer", language)
    for address in ("", "add", f"{control.id}", f"{control.id}/edit", f"{control.id}/test",
                    f"{control.id}/alternates/draft", f"{control.id}/bypass", "bypasses/", f"bypasses/{bypass.id}",
                    f"bypasses/{bypass.id}/review", f"bypasses/{bypass.id}/tag",
                    f"bypasses/{bypass.id}/lots/{scene.last(BypassLot)}/review",
                    f"bypasses/{bypass.id}/verify"):
        page(browser, f"/controls/{address}")
    assert "NC-SH-" in page(browser, f"/controls/{control.id}").text
    assert "R-20" in page(browser, f"/rejections/{scene.last(Rejection)}").text
    shown = page(browser, "/").text
    for words in ({"zh": "漏评审", "en": "Review missed"}, {"zh": "逾期的控制测试", "en": "Tests of controls overdue"}):
        assert words[language] in shown


def test_a_control_is_listed_tested_and_filtered_at_the_desk(scene: Scene, sign_in, page):
    browser = sign_in("quality_engineer")
    page(browser, "/controls/add", {"unit_id": scene.plant.weld} | CONTROL)
    page(browser, "/controls/add", {"unit_id": scene.plant.weld} | CONTROL, status=422)
    own = f"/controls/{scene.last(Control)}"
    assert "EP-01" in page(browser, "/controls/?q=stud").text
    assert "No control matches" in page(browser, "/controls/?state=failed").text
    assert "failed: everything" in page(browser, f"{own}/test", {"good": "no"}).text
    for asked in ("state=failed", "state=due", f"unit={scene.plant.weld}", "kind=detects"):
        assert "EP-01" in page(browser, f"/controls/?{asked}").text, asked
    page(browser, f"{own}/edit", {"rev": "1"} | CONTROL, status=409)
    page(browser, f"{own}/edit", {"rev": scene.do(controls.one, None, scene.last(Control)).rev} | CONTROL)
    assert "EP-01" in page(browser, "/controls/?state=inactive").text


def test_r21_a_bypass_goes_through_its_steps_at_the_desk(scene: Scene, sign_in, page):
    control, lot = scene.control(), scene.lot("L-5")
    engineer, manager = sign_in("quality_engineer"), sign_in("quality_manager")
    page(engineer, f"/controls/{control.id}/alternates/draft", ALTERNATE | {"customer_needed": "y"})
    drafted = scene.last(Alternate)
    page(engineer, f"/controls/alternates/{drafted}/approve", {"rev": 1}, status=403)
    assert "no approved alternate" in page(engineer, f"/controls/{control.id}/bypass").text
    page(manager, f"/controls/alternates/{drafted}/approve", {"rev": 1})
    given = {"alternate_id": drafted, "reason": "Sensor broken",
             "planned_end_at": f"{utc_now() + timedelta(days=2):%Y-%m-%dT%H:%M}"}
    refused = page(engineer, f"/controls/{control.id}/bypass", given, status=409)
    assert "R-21" in refused.text
    assert "BP-SH-" in page(engineer, f"/controls/{control.id}/bypass", given | {"customer_ref": "C-17"}).text
    own = f"/controls/bypasses/{scene.last(Bypass)}"
    assert "recorded" in page(engineer, f"{own}/review", {"note": "Sensor ordered"}).text
    page(engineer, f"{own}/review", {"note": "Again"}, status=422)
    page(engineer, f"{own}/tag", {"lot": "no such"}, status=422)
    page(engineer, f"{own}/tag", {"lot": lot.number})
    page(engineer, f"{own}/lots/{scene.last(BypassLot)}/review", {"first_piece": "1", "last_piece": "50"})
    page(engineer, f"{own}/end", {"rev": 1})
    assert "R-21" in page(engineer, f"{own}/close", {"rev": 2}).text
    page(engineer, f"{own}/verify", {"rev": 2, "pieces": "19", "nonconforming": "0",
                                                  "verification": "x"}, status=409)
    page(engineer, f"{own}/verify", {"rev": 2, "pieces": "20", "nonconforming": "0",
                                                  "verification": "CMM 4"})
    assert "Closed" in page(engineer, f"{own}/close", {"rev": 3}).text


def test_r55_a_lot_under_bypass_is_accepted_only_after_its_review(scene: Scene, sign_in, page):
    scene.at = utc_now()
    approved(scene.db, scene.plant, link_id=scene.plant.weld_paint)
    bypass = scene.bypass()
    handover = scene.handed(scene.lot("L-2", 200))
    engineer, address = sign_in("quality_engineer"), f"/acceptance/hand-overs/{handover.id}/decide"
    good = filled_in(scene.db, handover, decision="accept")
    refused = page(engineer, address, good, status=409)
    assert bypass.number in refused.text
    assert "R-55" in refused.text
    page(engineer, f"/controls/bypasses/{bypass.id}/lots/{scene.last(BypassLot)}/review",
         {"first_piece": "1", "last_piece": "200"})
    page(engineer, address, good)
    assert scene.read(handover).state == "accepted"


def test_who_may_only_look_sees_no_step(scene: Scene, sign_in, page):
    bypass = scene.bypass()
    auditor = sign_in("auditor")
    for address in (f"/controls/{bypass.control_id}", f"/controls/bypasses/{bypass.id}"):
        assert not [f for f in page(auditor, address).find(".//form") if "/controls/" in f.get("action", "")]
    page(auditor, f"/controls/{bypass.control_id}/test", status=403)


def test_r20_r21_every_step_is_taken_by_json(scene: Scene, sign_in):
    plant, lot = scene.plant, scene.lot("L-5")
    engineer, manager = sign_in("quality_engineer"), sign_in("quality_manager")

    def send(path: str, body: dict, browser=engineer, method: str = "post"):
        return getattr(browser, method)(f"/api/v1/controls{path}", json=body, headers=HEADERS)

    made = send("", {"unit_id": plant.weld} | CONTROL).get_json()
    own = f"/{made['id']}"
    assert send(own, {"rev": 1, **CONTROL, "severity": 9}, method="put").get_json()["severity"] == 9
    assert send(own, {"rev": 1, **CONTROL}, method="put").status_code == 409
    scene.at = utc_now()
    scene.handed(lot)
    assert send(f"{own}/tests", {"good": False}).status_code == 201
    [test] = engineer.get(f"/api/v1/controls{own}").get_json()["tests"]
    assert len(test["rejections"]) == 1
    assert send(f"{own}/alternates", ALTERNATE).status_code == 201
    drafted = scene.last(Alternate)
    start = {"alternate_id": drafted, "reason": "x", "planned_end_at": (utc_now() + timedelta(days=1)).isoformat()}
    assert send(f"{own}/bypasses", start).get_json()["rule"] == "R-21"
    assert send(f"/alternates/{drafted}/approve", {"rev": 1}, manager).status_code == 200
    assert send(f"/alternates/{drafted}/look-through", {"rev": 2}).status_code == 200
    assert send(f"{own}/bypasses", start).status_code == 201
    bypass = f"/bypasses/{scene.last(Bypass)}"
    assert send(f"{bypass}/review", {"note": "x"}).status_code == 201
    assert send(f"{bypass}/lots", {"lot_id": lot.id}).status_code == 201
    kept = {"first_piece": "1", "last_piece": "2"}
    assert send(f"/bypasses/lots/{scene.last(BypassLot)}/review", kept).get_json()["reviewed_at"]
    assert send(f"{bypass}/end", {"rev": 1}).get_json()["state"] == "ended"
    assert send(f"{bypass}/close", {"rev": 2}).get_json()["rule"] == "R-21"
    verify = {"rev": 2, "pieces": 20, "nonconforming": 0, "verification": "x"}
    assert send(f"{bypass}/verify", verify).status_code == 200
    assert send(f"{bypass}/close", {"rev": 3}).get_json()["state"] == "closed"
    assert send(f"/alternates/{drafted}/withdraw", {"rev": 2}).status_code == 200
    whole = engineer.get(f"/api/v1/controls{bypass}").get_json()
    assert (len(whole["reviews"]), len(whole["lots"]), whole["missed"]) == (1, 1, [])
    assert [len(engineer.get(f"/api/v1/controls{path}").get_json()[key]) for path, key in (
        ("", "controls"), ("/bypasses?state=closed", "bypasses"))] == [1, 1]


def test_r20_a_failed_test_by_json_holds_what_went_through_and_a_good_one_nothing(scene: Scene, sign_in):
    control = scene.control()
    scene.at = utc_now()
    scene.handed(scene.lot("L-5"))
    engineer, own = sign_in("quality_engineer"), f"/api/v1/controls/{control.id}"
    for good, held in ((True, 0), (False, 0)):
        answer = engineer.post(f"{own}/tests", json={"good": good}, headers=HEADERS)
        assert answer.status_code == 201, answer.text
        assert len(engineer.get(own).get_json()["tests"][0]["rejections"]) == held
    scene.at = utc_now()
    scene.handed(scene.lot("L-6"))
    assert engineer.post(f"{own}/tests", json={"good": False}, headers=HEADERS).status_code == 201
    assert len(engineer.get(own).get_json()["tests"][0]["rejections"]) == 1


def test_r21_a_bypass_by_json_needs_an_approved_alternate_and_closes_only_when_verified(scene: Scene, sign_in):
    control = scene.control()
    engineer, manager = sign_in("quality_engineer"), sign_in("quality_manager")

    def send(path: str, body: dict, browser=engineer):
        return browser.post(f"/api/v1/controls{path}", json=body, headers=HEADERS)

    drafted = send(f"/{control.id}/alternates", ALTERNATE).get_json()
    start = {"alternate_id": drafted["id"], "reason": "x",
             "planned_end_at": (utc_now() + timedelta(days=1)).isoformat()}
    refused = send(f"/{control.id}/bypasses", start)
    assert (refused.status_code, refused.get_json()["rule"]) == (409, "R-21")
    assert send(f"/alternates/{drafted['id']}/approve", {"rev": 1}, manager).status_code == 200
    bypass = send(f"/{control.id}/bypasses", start).get_json()
    own = f"/bypasses/{bypass['id']}"
    send(f"{own}/end", {"rev": 1})
    assert send(f"{own}/close", {"rev": 2}).get_json()["rule"] == "R-21"
    few = {"rev": 2, "pieces": 20, "nonconforming": 1, "verification": "x"}
    assert send(f"{own}/verify", few).get_json()["rule"] == "R-21"
    assert send(f"{own}/verify", few | {"nonconforming": 0}).status_code == 200
    assert send(f"{own}/close", {"rev": 3}).get_json()["state"] == "closed"


def test_r20_the_page_says_what_a_failed_test_holds_and_a_good_one_holds_nothing(scene: Scene, sign_in, page):
    control = scene.control()
    scene.at = utc_now()
    lot = scene.lot("L-5")
    scene.handed(lot)
    engineer, own = sign_in("quality_engineer"), f"/controls/{control.id}"
    page(engineer, f"{own}/test", {"good": "yes"})
    made = re.compile(r"/rejections/\d+")
    assert not [a for a in page(engineer, own).links().values() if made.fullmatch(a)]
    scene.at = utc_now()
    scene.handed(scene.lot("L-6"))
    page(engineer, f"{own}/test", {"good": "no"})
    assert [a for a in page(engineer, own).links().values() if made.fullmatch(a)]
