"""Commitments and requests by JSON, step by step."""

import pytest

from qms.rules.clock import utc_now
from tests.service.desk import PROMISE, Desk

HEADERS = {"X-Requested-By": "test"}
SENT = PROMISE | {"next_review_on": "2030-01-01"}


@pytest.fixture
def send(sign_in):
    """Return a function that sends JSON as somebody of the plant."""
    browsers: dict[str, object] = {}

    def to(login: str, address: str, body: dict | None = None, method: str = "post"):
        if login not in browsers:
            browsers[login] = sign_in(login)
        browser = browsers[login]
        given = {} if body is None else {"json": body}
        return getattr(browser, method)(f"/api/v1/service/{address}", headers=HEADERS, **given)

    return to


def test_every_step_of_a_commitment_is_taken_by_json(desk: Desk, send):
    own = {"owner_id": desk.plant.unit_head.id}
    made = send("unit_head", "commitments", SENT | own | {"provider_id": desk.plant.press})
    assert made.status_code == 201
    held = f"commitments/{made.get_json()['id']}"
    changed = send("unit_head", held, SENT | own | {"rev": 1, "target_percent": 90}, "put")
    assert changed.status_code == 200, changed.text
    assert send("unit_head", held, SENT | own | {"rev": 1}, "put").status_code == 409
    assert send("unit_head", f"{held}/publish", {"rev": 2}).get_json()["state"] == "published"
    assert send("unit_head", f"{held}/review", {"rev": 3, "next_review_on": "2031-01-01"}).status_code == 200
    assert send("unit_head", f"{held}/revise", {"rev": 4, "reason": "Faster"}).get_json()["revision"] == 2
    assert send("unit_head", f"{held}/withdraw", {"rev": 4, "reason": ""}).status_code == 422
    assert send("unit_head", f"{held}/withdraw", {"rev": 4, "reason": "Gone"}).get_json()["state"] == "withdrawn"
    whole = send("auditor", held, method="get").get_json()
    assert [r["revision"] for r in whole["revisions"]] == [2, 1]
    assert len(send("auditor", "commitments?state=withdrawn", method="get").get_json()["commitments"]) == 1
    assert send("auditor", f"{held}/publish", {"rev": 5}).status_code == 403


def test_r32_every_step_of_a_request_is_taken_by_json(desk: Desk, send):
    desk.at = utc_now()
    held = desk.published()
    asked = {"commitment_id": held.id, "asker_id": desk.plant.weld, "title": "Die 7 sticks"}
    made = send("team_leader", "requests", asked)
    assert made.status_code == 201
    own = f"requests/{made.get_json()['id']}"
    for step, body, state in (
            ("take", {}, "taken"), ("pause", {"reason": "material"}, "paused"), ("resume", {}, "taken"),
            ("pass-on", {"to_id": desk.plant.quality, "reason": "No gauge"}, "asked"), ("take", {}, "taken"),
            ("finish", {"answer": "Polished"}, "done")):
        rev = send("auditor", own, method="get").get_json()["rev"]
        answer = send("inspector", f"{own}/{step}", {"rev": rev, **body})
        assert answer.get_json()["state"] == state, answer.text
    rev = answer.get_json()["rev"]
    refused = send("inspector", f"{own}/confirm", {"rev": rev, "rating": 5})
    assert (refused.status_code, refused.get_json()["rule"]) == (409, "R-32")
    assert send("team_leader", f"{own}/reopen", {"rev": rev, "reason": "Sticks"}).get_json()["state"] == "reopened"
    assert send("team_leader", f"{own}/reopen", {"rev": rev, "reason": "Sticks"}).status_code == 409
    send("inspector", f"{own}/take", {"rev": rev + 1})
    send("inspector", f"{own}/finish", {"rev": rev + 2, "answer": "Changed"})
    assert send("team_leader", f"{own}/confirm", {"rev": rev + 3, "rating": 4}).get_json()["rating"] == 4
    whole = send("auditor", own, method="get").get_json()
    assert [len(whole[part]) for part in ("pauses", "passes", "reopenings")] == [1, 1, 1]
    assert "search_text" not in whole


@pytest.mark.parametrize(("step", "login"), [("refuse", "inspector"), ("withdraw", "team_leader")])
def test_a_request_ends_with_a_reason_by_json(desk: Desk, send, step: str, login: str):
    held = desk.asked()
    assert send(login, f"requests/{held.id}/{step}", {"rev": 1, "reason": " "}).status_code == 422
    assert send(login, f"requests/{held.id}/{step}", {"rev": 1, "reason": "x"}).status_code == 200


def test_the_register_is_read_by_json(desk: Desk, send):
    held = desk.asked()
    for query, found in (("", 1), (f"provider={desk.plant.press}", 1), (f"asker={desk.plant.paint}", 0),
                         ("first=2026-03-02&last=2026-03-02", 1), ("last=2026-03-01", 0), ("q=sticks", 1),
                         (f"commitment={held.commitment_id}", 1)):
        answer = send("auditor", f"requests?{query}", method="get")
        assert len(answer.get_json()["requests"]) == found, query
    assert send("auditor", "requests?first=monday", method="get").status_code == 422
