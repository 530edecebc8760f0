"""Pages of tablets: register, one tablet, enrolling, editing, revoking, incidents, and Today."""

from datetime import timedelta

import pytest

from qms.models.accounts_devices import Device, DeviceIncident, Enrolment
from qms.rules.clock import utc_now
from tests.accounts.tablets import enrolled, incidents, says, tablet
from tests.rejections.cases import person_in_unit

BASE = "/accounts/devices/"


@pytest.fixture
def browser(sign_in, app):
    app.extensions["qms.station"] = lambda: "app-1"
    return sign_in("team_leader")


def test_without_tablets_the_page_says_what_to_do(browser, page):
    shown = page(browser, BASE)
    assert "No tablets yet" in shown.text
    assert "Enrol a tablet" in shown.links()


def test_the_worst_tablet_stands_first_and_says_why(browser, page, db, plant):
    enrolled(db, plant, "T-01")
    troubled, _ = enrolled(db, plant, "T-02")
    says(db, troubled, utc_now(), last_seq=2, persisted=False, skew_ms=200_000)
    text = page(browser, BASE).text
    assert text.index("T-02") < text.index("T-01")
    for said in ("Numbers missing", "Storage not safe", "Clock off over 2 min", "All well"):
        assert said in text
    assert "T-01" not in page(browser, f"{BASE}?state=trouble").text
    assert "T-02" not in page(browser, f"{BASE}?state=quiet").text
    assert "No tablet matches this filter" in page(browser, f"{BASE}?q=%25").text


def test_a_leader_sees_the_tablets_of_the_own_units_only(sign_in, page, db, plant):
    enrolled(db, plant, "T-01", (plant.weld,))
    enrolled(db, plant, "T-02", (plant.press,))
    plant.people["weld-leader"] = person_in_unit(db, "weld-leader", "team_leader", plant.weld)
    browser = sign_in("weld-leader")
    text = page(browser, BASE).text
    assert "T-01" in text
    assert "T-02" not in text
    with db.reading() as session:
        ids = {d.name: d.id for d in session.query(Device)}
    assert browser.get(f"{BASE}{ids['T-01']}").status_code == 200
    assert browser.get(f"{BASE}{ids['T-02']}").status_code == 403
    for step in ("enrol-again", "revoke"):
        answer = browser.post(f"{BASE}{ids['T-02']}/{step}", data={"csrf": "test-csrf", "rev": 1, "reason": "x"})
        assert answer.status_code == 403


def test_an_operator_has_no_business_here(sign_in):
    assert sign_in("operator").get(BASE).status_code == 403


@pytest.mark.parametrize("language", ["zh", "en"])
def test_enrolling_shows_the_code_once_and_tells_when_it_was_used(sign_in, page, app, db, plant, language):
    browser = sign_in("team_leader", language)
    form = page(browser, f"{BASE}enrol")
    assert form.find(".//input[@name='unit_ids']")
    shown = page(browser, f"{BASE}enrol", post={"name": "T-07", "unit_ids": [plant.weld, plant.press]})
    code = "".join(shown.find(".//p[@class='enrol-code']")[0].itertext()).replace(" ", "")
    assert 'class="qr"' in shown.response.text
    with db.reading() as session:
        key = session.query(Enrolment).one().code_hash
    waiting = browser.get(f"{BASE}enrolments/{key}").text
    assert "hx-get" in waiting
    answer = app.test_client().post("/api/v1/devices/enrol", json={"code": code}, headers={"X-Requested-By": "test"})
    assert answer.status_code == 201
    done = browser.get(f"{BASE}enrolments/{key}").text
    assert "T-07" in done
    assert "hx-get" not in done
    assert sign_in("inspector").get(f"{BASE}enrolments/{key}").status_code == 404


@pytest.mark.parametrize(("sent", "said"), [
    ({"name": "", "unit_ids": []}, "This field is required."),
    ({"name": "T-07", "unit_ids": []}, "Choose at least one operation."),
    ({"name": "T-01", "unit_ids": "weld"}, "There is already a tablet T-01 here."),
])
def test_what_is_wrong_stands_beside_its_field(browser, page, db, plant, sent, said):
    enrolled(db, plant, "T-01")
    if sent["unit_ids"] == "weld":
        sent = sent | {"unit_ids": [plant.weld]}
    assert said in page(browser, f"{BASE}enrol", post=sent, status=422).text


def test_a_tablet_page_tells_what_it_serves_said_and_went_through(sign_in, page, db, plant):
    known, _ = enrolled(db, plant)
    says(db, known, utc_now() - timedelta(hours=1), last_seq=9, waiting_seqs=[3, 9], attention=1, skew_ms=-1500,
         refused=[{"id": "0190c0de", "status": 409, "error": "other body"}], quota_percent=7, persisted=True)
    shown = page(sign_in("team_leader", "zh"), f"{BASE}{known.id}")
    for said in ("OP20 焊接", "编号缺失", "1–2", "4–8", "记录被拒并保留在平板", "0190c0de",
                 "other body", "-1.5 s", "登记平板", "7 %"):
        assert said in shown.text


def test_an_incident_is_closed_with_a_reason_and_keeps_it(browser, page, db, plant):
    known, _ = enrolled(db, plant)
    says(db, known, last_seq=2)
    [gap] = incidents(db)
    address = f"{BASE}incidents/{gap.id}/close"
    assert "Records 1–2 are neither here nor on the tablet" in page(browser, address).text
    refused = page(browser, address, post={"rev": gap.rev, "reason": ""}, status=422)
    assert "This field is required." in refused.text
    shown = page(browser, address, post={"rev": gap.rev, "reason": "written again from paper"})
    assert "The incident is closed." in shown.text
    assert "written again from paper" in shown.text
    assert page(browser, address, post={"rev": gap.rev, "reason": "again"}, status=409)
    with db.reading() as session:
        assert session.get_one(DeviceIncident, gap.id).closed_by_id == plant.team_leader.id


def test_editing_changes_name_and_operations(browser, page, db, plant):
    known, _ = enrolled(db, plant)
    form = page(browser, f"{BASE}{known.id}/edit")
    ticked = [e.get("value") for e in form.find(".//input[@name='unit_ids']") if e.get("checked") is not None]
    assert ticked == [str(plant.weld)]
    shown = page(browser, f"{BASE}{known.id}/edit", post={"rev": 1, "name": "T-11", "unit_ids": [plant.paint]})
    assert "OP30 Paint" in shown.text
    stale = page(browser, f"{BASE}{known.id}/edit", post={"rev": 1, "name": "T-12", "unit_ids": [plant.paint]},
                 status=409)
    assert "Someone else changed this record" in stale.text


def test_revoking_warns_of_what_waits_and_refuses_the_tablet(browser, page, app, db, plant):
    known, token = enrolled(db, plant)
    says(db, known, utc_now(), last_seq=2, waiting_seqs=[1, 2])
    assert "2 records wait on it" in page(browser, f"{BASE}{known.id}/revoke").text
    shown = page(browser, f"{BASE}{known.id}/revoke", post={"rev": 1, "reason": "stolen"})
    assert "Revoked" in shown.text
    assert tablet(app, token).get("/api/v1/devices/me").status_code == 401
    assert "T-01" not in page(browser, BASE).text
    assert "T-01" in page(browser, f"{BASE}?state=revoked").text
    again = page(browser, f"{BASE}{known.id}/enrol-again", post={})
    assert 'class="qr"' in again.response.text


def test_the_station_tells_the_version_it_serves(app):
    assert len(app.extensions["qms.station"]()) == 12


def test_an_old_app_is_told_by_the_version_that_is_served(app, browser, page, db, plant):
    enrolled(db, plant)
    assert "Old app version" not in page(browser, BASE).text
    app.extensions["qms.station"] = lambda: "app-2"
    assert "Old app version" in page(browser, BASE).text


def test_the_register_costs_the_same_however_many_tablets(browser, db, plant):
    from sqlalchemy import event

    browser.get(BASE)
    said: list[str] = []
    event.listen(db.connection.engine, "before_cursor_execute",
                 lambda *args: said.append(args[2]) if "SAVEPOINT" not in args[2] else None)
    costs = []
    for n in range(2):
        for each in range(1 + 4 * n):
            enrolled(db, plant, f"T-{n}{each}", (plant.weld, plant.press))
        said.clear()
        assert browser.get(BASE).status_code == 200
        costs.append(len(said))
    assert costs[0] == costs[1] <= 9, said


def test_today_names_the_tablets_that_need_a_look_to_those_who_look_after_them(sign_in, page, db, plant):
    known, _ = enrolled(db, plant)
    says(db, known, utc_now(), last_seq=3)
    plant.people["press-leader"] = person_in_unit(db, "press-leader", "team_leader", plant.press)
    shown = page(sign_in("team_leader", "zh"), "/")
    assert "平板需要查看" in shown.text
    assert "T-01: 编号缺失" in shown.text
    for other in ("press-leader", "operator"):
        assert "T-01" not in page(sign_in(other), "/").text


def test_today_tells_refused_records_once(sign_in, page, db, plant):
    known, _ = enrolled(db, plant)
    says(db, known, utc_now(), last_seq=1, waiting_seqs=[1], attention=1,
         refused=[{"id": "0190c0de-0000-7000-8000-000000000001", "status": 409, "error": "x"}])
    assert "Tablets need a look" in page(sign_in("team_leader"), "/").text
    told = page(sign_in("quality_engineer"), "/").text
    assert "Refused records on tablets" in told
    assert "Tablets need a look" not in told
