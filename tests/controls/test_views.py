"""The desk pages and the JSON of process controls and bypasses."""

from datetime import timedelta

import pytest

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
                    f"bypasses/{bypass.id}/review", f"bypasses/{bypass.id}/tag", f"bypasses/{bypass.id}/lots/1/review",
                    f"bypasses/{bypass.id}/verify"):
        page(browser, f"/controls/{address}")
    assert "NC-SH-" in page(browser, f"/controls/{control.id}").text
    assert "R-20" in page(browser, "/rejections/1").text
    shown = page(browser, "/").text
    for words in ({"zh": "漏评审", "en": "Review missed"}, {"zh": "逾期的控制测试", "en": "Tests of controls overdue"}):
        assert words[language] in shown


def test_a_control_is_listed_tested_and_filtered_at_the_desk(scene: Scene, sign_in, page):
    browser = sign_in("quality_engineer")
    page(browser, "/controls/add", {"unit_id": scene.plant.weld} | CONTROL)
    page(browser, "/controls/add", {"unit_id": scene.plant.weld} | CONTROL, status=422)
    assert "EP-01" in page(browser, "/controls/?q=stud").text
    assert "No control matches" in page(browser, "/controls/?state=failed").text
    assert "failed: everything" in page(browser, "/controls/1/test", {"good": "no"}).text
    for asked in ("state=failed", "state=due", f"unit={scene.plant.weld}", "kind=detects"):
        assert "EP-01" in page(browser, f"/controls/?{asked}").text, asked
    page(browser, "/controls/1/edit", {"rev": "1"} | CONTROL, status=409)
    page(browser, "/controls/1/edit", {"rev": scene.read(scene.do(controls.one, None, 1)).rev} | CONTROL)
    assert "EP-01" in page(browser, "/controls/?state=inactive").text


def test_r21_a_bypass_goes_through_its_steps_at_the_desk(scene: Scene, sign_in, page):
    control, lot = scene.control(), scene.lot("L-5")
    engineer, manager = sign_in("quality_engineer"), sign_in("quality_manager")
    page(engineer, f"/controls/{control.id}/alternates/draft", ALTERNATE | {"customer_needed": "y"})
    page(engineer, "/controls/alternates/1/approve", {"rev": 1}, status=403)
    assert "no approved alternate" in page(engineer, f"/controls/{control.id}/bypass").text
    page(manager, "/controls/alternates/1/approve", {"rev": 1})
    given = {"alternate_id": 1, "reason": "Sensor broken",
             "planned_end_at": f"{utc_now() + timedelta(days=2):%Y-%m-%dT%H:%M}"}
    refused = page(engineer, f"/controls/{control.id}/bypass", given, status=409)
    assert "R-21" in refused.text
    assert "BP-SH-" in page(engineer, f"/controls/{control.id}/bypass", given | {"customer_ref": "C-17"}).text
    assert "recorded" in page(engineer, "/controls/bypasses/1/review", {"note": "Sensor ordered"}).text
    page(engineer, "/controls/bypasses/1/review", {"note": "Again"}, status=422)
    page(engineer, "/controls/bypasses/1/tag", {"lot": "no such"}, status=422)
    page(engineer, "/controls/bypasses/1/tag", {"lot": lot.number})
    page(engineer, "/controls/bypasses/1/lots/1/review", {"first_piece": "1", "last_piece": "50"})
    page(engineer, "/controls/bypasses/1/end", {"rev": 1})
    assert "R-21" in page(engineer, "/controls/bypasses/1/close", {"rev": 2}).text
    page(engineer, "/controls/bypasses/1/verify", {"rev": 2, "pieces": "19", "nonconforming": "0",
                                                  "verification": "x"}, status=409)
    page(engineer, "/controls/bypasses/1/verify", {"rev": 2, "pieces": "20", "nonconforming": "0",
                                                  "verification": "CMM 4"})
    assert "Closed" in page(engineer, "/controls/bypasses/1/close", {"rev": 3}).text


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
    page(engineer, "/controls/bypasses/1/lots/1/review", {"first_piece": "1", "last_piece": "200"})
    page(engineer, address, good)
    assert scene.read(handover).state == "accepted"


def test_who_may_only_look_sees_no_step(scene: Scene, sign_in, page):
    scene.bypass()
    auditor = sign_in("auditor")
    for address in ("/controls/1", "/controls/bypasses/1"):
        assert not [f for f in page(auditor, address).find(".//form") if "/controls/" in f.get("action", "")]
    page(auditor, "/controls/1/test", status=403)


def test_r20_r21_every_step_is_taken_by_json(scene: Scene, sign_in):
    plant, lot = scene.plant, scene.lot("L-5")
    engineer, manager = sign_in("quality_engineer"), sign_in("quality_manager")

    def send(path: str, body: dict, browser=engineer, method: str = "post"):
        return getattr(browser, method)(f"/api/v1/controls{path}", json=body, headers=HEADERS)

    made = send("", {"unit_id": plant.weld} | CONTROL).get_json()
    assert send(f"/{made['id']}", {"rev": 1, **CONTROL, "severity": 9}, method="put").get_json()["severity"] == 9
    assert send(f"/{made['id']}", {"rev": 1, **CONTROL}, method="put").status_code == 409
    scene.at = utc_now()
    scene.handed(lot)
    assert send("/1/tests", {"good": False}).status_code == 201
    [test] = engineer.get("/api/v1/controls/1").get_json()["tests"]
    assert len(test["rejections"]) == 1
    assert send("/1/alternates", ALTERNATE).status_code == 201
    start = {"alternate_id": 1, "reason": "x", "planned_end_at": (utc_now() + timedelta(days=1)).isoformat()}
    assert send("/1/bypasses", start).get_json()["rule"] == "R-21"
    assert send("/alternates/1/approve", {"rev": 1}, manager).status_code == 200
    assert send("/alternates/1/look-through", {"rev": 2}).status_code == 200
    assert send("/1/bypasses", start).status_code == 201
    assert send("/bypasses/1/review", {"note": "x"}).status_code == 201
    assert send("/bypasses/1/lots", {"lot_id": lot.id}).status_code == 201
    assert send("/bypasses/lots/1/review", {"first_piece": "1", "last_piece": "2"}).get_json()["reviewed_at"]
    assert send("/bypasses/1/end", {"rev": 1}).get_json()["state"] == "ended"
    assert send("/bypasses/1/close", {"rev": 2}).get_json()["rule"] == "R-21"
    verify = {"rev": 2, "pieces": 20, "nonconforming": 0, "verification": "x"}
    assert send("/bypasses/1/verify", verify).status_code == 200
    assert send("/bypasses/1/close", {"rev": 3}).get_json()["state"] == "closed"
    assert send("/alternates/1/withdraw", {"rev": scene.read(scene.do(alternate, None)).rev}).status_code == 200
    whole = engineer.get("/api/v1/controls/bypasses/1").get_json()
    assert (len(whole["reviews"]), len(whole["lots"]), whole["missed"]) == (1, 1, [])
    assert [len(engineer.get(f"/api/v1/controls{path}").get_json()[key]) for path, key in (
        ("", "controls"), ("/bypasses?state=closed", "bypasses"))] == [1, 1]


def alternate(session, _person):
    """Return the first alternate."""
    from qms.models.controls import Alternate

    return session.get_one(Alternate, 1)
