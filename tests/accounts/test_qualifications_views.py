"""Pages of qualifications, and where a page asks for the reason (R-51)."""

from zoneinfo import ZoneInfo

import pytest

from qms.db import Database
from qms.models.rejections import ContainmentLine
from qms.rules.clock import utc_now
from tests.accounts.test_qualifications import asked_place, given, guarded, on_days, setting
from tests.plant import Plant
from tests.rejections.cases import person_in_unit

ADDRESS = "/accounts/qualifications"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_qualification_is_recorded_corrected_and_ended_at_the_desk(sign_in, page, plant: Plant, language: str):
    browser = sign_in("admin", language)
    page(browser, ADDRESS)
    body = {"person_id": plant.operator.id, "kind": "rework", "trained_on": "2025-01-06", "trainer": "TUV"}
    assert page(browser, f"{ADDRESS}/add?person={plant.operator.id}").find(".//option[@selected]")
    page(browser, f"{ADDRESS}/add", post=body | {"valid_to": "2024-01-01"}, status=422)
    shown = page(browser, f"{ADDRESS}/add", post=body | {"valid_to": on_days(9).isoformat()})
    assert ("30天内到期" if language == "zh" else "Runs out within 30 days") in shown.text
    home = next(url for url in shown.links().values() if url.endswith("/correct")).removesuffix("/correct")
    page(browser, f"{home}/correct")
    page(browser, f"{home}/correct", post=body | {"rev": 1, "reason": ""}, status=422)
    same = body | {"rev": 1, "valid_to": on_days(9).isoformat(), "reason": "x"}
    page(browser, f"{home}/correct", post=same, status=422)
    changed = body | {"rev": 1, "valid_to": "", "reason": "typing error"}
    assert "typing error" in page(browser, f"{home}/correct", post=changed).text
    assert "TUV" in page(browser, f"/accounts/people/{plant.operator.id}").text
    page(browser, f"{home}/end")
    assert "moved" in page(browser, f"{home}/end", post={"rev": 2, "reason": "moved"}).text
    assert "TUV" in page(browser, f"{ADDRESS}?state=ended").text
    assert "TUV" not in page(browser, f"{ADDRESS}?state=valid").text


def test_everybody_sees_their_own_and_leaders_their_peoples(db: Database, plant: Plant, sign_in, page):
    for login, role in (("weld-leader", "team_leader"), ("welder", "operator")):
        plant.people[login] = person_in_unit(db, login, role, plant.weld, plant.weld)
    mine, theirs = given(db, plant, "operator", "rework"), given(db, plant, "welder", "rework", days=10)
    own = page(sign_in("operator"), ADDRESS)
    assert ("Operator" in own.text, "welder" in own.text) == (True, False)
    leader = sign_in("weld-leader")
    shown = page(leader, f"{ADDRESS}?unit={plant.weld}&kind=rework&state=soon&q=weld")
    assert "welder" in shown.text
    assert leader.get(f"{ADDRESS}/{mine.id}").status_code == 404
    assert "End" in page(leader, f"{ADDRESS}/{theirs.id}").links()
    assert "Qualifications that run out" in page(leader, "/").text
    assert "即将到期的资质" in page(sign_in("weld-leader", "zh"), "/").text
    assert sign_in("operator").get(f"{ADDRESS}/{theirs.id}").status_code == 404
    assert sign_in("operator").get(f"{ADDRESS}/add").status_code == 403
    assert sign_in("weld-leader").get(f"{ADDRESS}/{mine.id}/end").status_code == 404


@pytest.mark.parametrize("language", ["zh", "en"])
def test_r51_containment_asks_for_the_reason_beside_the_warning_and_goes_on_with_it(
        db: Database, plant: Plant, sign_in, page, language: str):
    line = asked_place(db, plant)
    setting(db, plant, "warn")
    browser, address = sign_in("team_leader", language), f"/rejections/{line.rejection_id}/containment"
    assert not page(browser, address).find(".//textarea[@name='reason']")
    key = f"line-{line.id}"
    body = {f"{key}-{name}": "0" for name in ("suspect", "checked", "nonconforming", "good")} | {f"{key}-rev": line.rev}
    warned = page(browser, address, post=body, status=409)
    assert "R-51" in warned.text
    assert warned.find(".//textarea[@name='reason']")
    page(browser, address, post=body | {"reason": "only one here"})
    with db.reading() as session:
        assert session.get_one(ContainmentLine, line.id).answered_at


@pytest.mark.parametrize(("value", "status"), [("warn", 200), ("block", 409)])
def test_r51_a_reason_lets_a_test_be_recorded_only_where_the_site_warns(
        db: Database, plant: Plant, sign_in, page, value: str, status: int):
    browser = sign_in("team_leader")
    address = f"/controls/{guarded(db, plant).id}/test"
    page(browser, address, post={"good": "yes"})
    setting(db, plant, value)
    asked = page(browser, address, post={"good": "yes"}, status=409).find(".//textarea[@name='reason']")
    assert bool(asked) == (value == "warn")
    page(browser, address, post={"good": "yes", "reason": "trainer ill"}, status=status)


def test_a_site_says_what_a_missing_qualification_leads_to(plant: Plant, sign_in, page):
    browser, address = sign_in("quality_engineer"), f"/chain/units/sites/{plant.site}/edit"
    body = {"rev": 1, "code": "SH", "name_zh": "上海工厂", "name_en": "Shanghai plant", "time_zone": "Asia/Shanghai",
            "profile": "iatf"}
    page(browser, address, post=body | {"qualification": "shout"}, status=422)
    assert "Blocks" in page(browser, address, post=body | {"qualification": "block"}).text


def test_the_day_of_a_training_may_be_today(plant: Plant, sign_in, page):
    today = utc_now().astimezone(ZoneInfo("Asia/Shanghai")).date().isoformat()
    body = {"person_id": plant.operator.id, "kind": "rework", "trained_on": today, "trainer": "A"}
    assert "The qualification is recorded." in page(sign_in("admin"), f"{ADDRESS}/add", post=body).text
