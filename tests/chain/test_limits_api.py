"""Limits of a site by JSON: read and set by those who may, at their version, with a reason that the history keeps."""

import pytest

from qms.db import Database
from qms.db.ledger import ledger
from tests.plant import Plant

HEADERS = {"X-Requested-By": "tests"}


def test_limits_are_read_and_set_by_json_with_a_reason(db: Database, plant: Plant, sign_in):
    manager, where = sign_in("quality_manager"), f"/api/v1/limits/sites/{plant.site}"
    held = manager.get(where).get_json()
    assert held in manager.get("/api/v1/limits/sites").get_json()["sites"]
    sent = {"rev": held["rev"], "scrap_limit": "2500.50", "notice_hours": 12, "reason": "Delegation of authority 7"}
    told = manager.put(where, json=sent, headers=HEADERS)
    assert told.status_code == 200, told.text
    assert (told.json["scrap_limit"], told.json["notice_hours"], told.json["rev"]) == ("2500.50", 12, held["rev"] + 1)
    assert manager.get(where).get_json() == told.json
    with db.reading() as session:
        entry = session.query(ledger.c.entry).filter(ledger.c.action == "chain.set_limits").one()[0]
    assert b"Delegation of authority 7" in entry
    stale = manager.put(where, json=sent | {"notice_hours": 8}, headers=HEADERS)
    assert stale.status_code == 409
    assert (stale.json["current"]["notice_hours"], stale.json["yours"]["notice_hours"]) == (12, 8)
    assert stale.content_type == "application/problem+json"


@pytest.mark.parametrize("wrong", [{"scrap_limit": -1}, {"scrap_limit": "many"}, {"notice_hours": 0},
                                   {"notice_hours": 721}, {"reason": " "}, {"surprise": 1}])
def test_a_wrong_limit_by_json_names_its_field_and_a_right_one_is_taken(plant: Plant, sign_in, wrong: dict):
    manager, where = sign_in("quality_manager"), f"/api/v1/limits/sites/{plant.site}"
    held = manager.get(where).get_json()
    sent = {"rev": held["rev"], "scrap_limit": "100", "notice_hours": 24, "reason": "Delegation"}
    refused = manager.put(where, json=sent | wrong, headers=HEADERS)
    assert (refused.status_code, refused.json["field"]) == (422, next(iter(wrong)))
    assert manager.get(where).get_json() == held
    assert manager.put(where, json=sent, headers=HEADERS).status_code == 200


def test_limits_by_json_are_for_those_who_set_them(plant: Plant, sign_in):
    where = f"/api/v1/limits/sites/{plant.site}"
    for login in ("quality_engineer", "operator", "auditor"):
        browser = sign_in(login)
        assert browser.get("/api/v1/limits/sites").status_code == 403
        assert browser.put(where, json={}, headers=HEADERS).status_code == 403
    assert sign_in("admin").get(where).status_code == 200
    assert sign_in("quality_manager").get("/api/v1/limits/sites/999999").status_code == 404
