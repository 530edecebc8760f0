"""Concessions and notices by JSON: every record and step, refused by the same named rules as on the pages."""

from datetime import timedelta

from flask.testing import FlaskClient

from qms.db import Database
from tests.dispositions.concessions import active, drafted, read, today
from tests.dispositions.test_notices import answered
from tests.plant import Plant
from tests.rejections.cases import reported
from tests.signing import signed

HOME = "/api/v1/concessions"
NOTICES = "/api/v1/customer-notices"


def send(browser: FlaskClient, address: str, body: dict, status: int = 200, method: str = "POST") -> dict:
    """Send a body and return the answer's."""
    answer = browser.open(address, method=method, json=body, headers={"X-Requested-By": "tests"})
    assert answer.status_code == status, answer.text
    return answer.get_json(force=True)


def asked(plant: Plant, **given) -> dict:
    """Return what is asked for as it is sent."""
    return {"item_id": plant.item, "customer_id": plant.customer, "characteristic": "Edge", "defect_id": plant.burr,
            "deviation": "Burr up to 0.3 mm", "quantity_authorised": 100} | given


def test_a_concession_goes_from_draft_to_the_return_to_specification(plant: Plant, sign_in):
    engineer, manager = sign_in("quality_engineer"), sign_in("quality_manager")
    held = send(engineer, HOME, asked(plant, site_id=plant.site), 201)
    home = f"{HOME}/{held['id']}"
    held = send(engineer, home, asked(plant, rev=held["rev"], operations="OP20"), method="PUT")
    held = send(manager, f"{home}/approve", {"rev": held["rev"]} | signed("concession"))
    held = send(engineer, f"{home}/send", {"rev": held["rev"]})
    held = send(engineer, f"{home}/record-approval", {
        "rev": held["rev"], "customer_ref": "SM-1", "customer_approver": "Li Na", "quantity_authorised": 90,
        "customer_decided_on": today().isoformat()} | signed("authorisation"))
    assert [one["meaning"] for one in engineer.get(home).get_json()["signatures"]] == ["concession", "authorisation"]
    assert (held["state"], held["quantity_authorised"]) == ("active", 90)
    assert engineer.get(home).get_json()["uses"] == []
    held = send(engineer, f"{home}/withdraw", {"rev": held["rev"], "reason": "Tool repaired"})
    assert send(engineer, f"{home}/confirm-back", {"rev": held["rev"]})["state"] == "closed"


def test_r12_a_request_without_limits_is_refused_by_json_too(plant: Plant, sign_in):
    engineer = sign_in("quality_engineer")
    problem = send(engineer, HOME, asked(plant, site_id=plant.site, quantity_authorised=None), 409)
    assert (problem["rule"], problem["field"]) == ("R-12", "quantity_authorised")
    assert problem["clauses"] == ["IATF 16949:2016 8.7.1.1"]
    send(engineer, HOME, asked(plant, site_id=plant.site, expires_on=today().isoformat()), 201)


def test_an_older_version_is_answered_with_both(db: Database, plant: Plant, sign_in):
    held = drafted(db, plant)
    send(sign_in("quality_engineer"), f"{HOME}/{held.id}", asked(plant, rev=held.rev + 1), 409, "PUT")
    send(sign_in("operator"), f"{HOME}/{held.id}", asked(plant, rev=held.rev), 403, "PUT")


def test_the_register_is_read_by_filter(db: Database, plant: Plant, sign_in):
    drafted(db, plant)
    held = active(db, plant, expires_on=today() + timedelta(days=3))
    found = sign_in("auditor").get(f"{HOME}?state=active").get_json()
    assert [one["number"] for one in found["concessions"]] == [held.number]
    assert found["next"] is None


def test_r16_a_notice_is_told_and_followed_up_by_json(db: Database, plant: Plant, sign_in):
    rejection, browser = reported(db, plant), sign_in("quality_engineer")
    notice, = answered(db, plant, rejection, customer=40)
    home, said = f"{NOTICES}/{notice.id}", {"channel": "email", "person_told": "Li Na", "notice": "Stop lot L-0001"}
    assert [one["id"] for one in browser.get(f"{NOTICES}?state=open").get_json()["notices"]] == [notice.id]
    problem = send(browser, f"{home}/void", {"rev": notice.rev, "reason": "none"}, 409)
    assert "40" in problem["title_en"]
    held = send(browser, f"{home}/tell", {"rev": notice.rev} | said)
    held = send(browser, f"{home}/follow-up", {"rev": held["rev"], "follow_up": "Report 12"})
    held = send(browser, f"{home}/close", {"rev": held["rev"], "answer": "Accepted"})
    assert browser.get(home).get_json()["state"] == held["state"] == "closed"
    assert read(db, rejection).closed_at is None
