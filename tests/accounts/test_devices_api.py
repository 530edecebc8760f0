"""A tablet's addresses: enrolment and its cookie, who it is, the heartbeat."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from qms import create_app
from qms.db import Database
from qms.models.accounts_devices import DeviceContact, DeviceIncident
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.rules.devices import KEY_ROTATED_AFTER
from qms.settings import Settings
from qms.workflows import accounts_devices
from qms.workflows import accounts_devices_enrolling as enrolling
from qms.workflows.trail_checkpoints import is_ours, make
from tests.accounts.tablets import HEADERS, enrolled, incidents, received, tablet
from tests.plant import Plant

BASE = "/api/v1/devices"
BEAT = {"last_seq": 0, "waiting": 0, "attention": 0, "waiting_seqs": [], "refused": [], "oldest_at": None,
        "persisted": True, "installed": True, "quota_percent": 3, "skew_ms": 12, "app_version": "abc", "head": None,
        "let_go": []}


def code(db: Database, plant: Plant, name: str = "T-07") -> str:
    with db.transaction(plant.team_leader, "accounts.offer_enrolment") as session:
        return enrolling.offer(session, plant.team_leader, name=name, unit_ids=[plant.weld]).code


def sent(**changed):
    return {"app_version": "abc", "installed": True, "persisted": False, **changed}


def test_enrolling_answers_who_the_tablet_is_and_gives_its_credential(app, db, plant):
    browser = app.test_client()
    answer = browser.post(f"{BASE}/enrol", json=sent(code=code(db, plant)), headers=HEADERS)
    assert answer.status_code == 201
    body = answer.get_json()
    assert body["next_seq"] == 1
    assert body["device"]["name"] == "T-07"
    assert body["device"]["site"] == {"id": plant.site, "code": "SH", "name_zh": "上海工厂",
                                      "name_en": "Shanghai plant", "time_zone": "Asia/Shanghai"}
    assert body["device"]["units"] == [{"id": plant.weld, "code": "OP20", "name_zh": "焊接", "name_en": "Weld"}]
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("dev=")
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert "Path=/" in cookie
    assert f"Max-Age={400 * 86400}" in cookie
    assert browser.get(f"{BASE}/me").get_json() == body


def test_over_https_the_credential_is_bound_to_the_host(db, plant, tmp_path):
    secure = create_app(Settings(instance=tmp_path, workers=0, secure_cookies=True), db)
    answer = secure.test_client().post(f"{BASE}/enrol", json=sent(code=code(db, plant)), headers=HEADERS,
                                       base_url="https://plant.example")
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert cookie.startswith("__Host-dev=")
    assert "Secure" in cookie
    assert "Domain" not in cookie


def test_a_code_that_was_used_is_refused_in_both_languages(app, db, plant):
    used = code(db, plant)
    assert app.test_client().post(f"{BASE}/enrol", json=sent(code=used), headers=HEADERS).status_code == 201
    answer = app.test_client().post(f"{BASE}/enrol", json=sent(code=used), headers=HEADERS)
    assert (answer.status_code, answer.content_type) == (422, "application/problem+json")
    assert answer.get_json()["field"] == "code"
    assert "重新获取" in answer.get_json()["title_zh"]
    assert "Set-Cookie" not in answer.headers


def test_after_ten_wrong_codes_even_the_right_one_waits(app, db, plant):
    browser = app.test_client()
    for _ in range(10):
        assert browser.post(f"{BASE}/enrol", json=sent(code="2222-2222-2222"), headers=HEADERS).status_code == 422
    answer = browser.post(f"{BASE}/enrol", json=sent(code=code(db, plant)), headers=HEADERS)
    assert (answer.status_code, answer.get_json()["code"]) == (429, "throttled")
    assert 0 < int(answer.headers["Retry-After"]) <= 901


@pytest.mark.parametrize("body", [{}, {"code": 7}, {"code": ""}, {"code": "x" * 101}, {"code": "x", "more": 1}])
def test_a_body_of_another_shape_is_refused(app, plant, body):
    assert app.test_client().post(f"{BASE}/enrol", json=body, headers=HEADERS).status_code == 422


def test_a_stranger_and_a_revoked_tablet_are_told_to_call_somebody(app, db, plant):
    known, token = enrolled(db, plant)
    assert tablet(app, token).get(f"{BASE}/me").status_code == 200
    with db.transaction(plant.team_leader, "accounts.revoke_device", "stolen") as session:
        accounts_devices.revoke(session, plant.team_leader, known.id, 1, "stolen")
    for browser in (tablet(app, token), app.test_client(), tablet(app, "made up")):
        for answer in (browser.get(f"{BASE}/me"), browser.post(f"{BASE}/heartbeat", json=BEAT, headers=HEADERS)):
            assert (answer.status_code, answer.get_json()["code"]) == (401, "device")


def test_a_heartbeat_is_answered_with_all_a_tablet_has_to_know(app, db, plant):
    known, token = enrolled(db, plant)
    received(db, plant, known, 1, 2)
    answer = tablet(app, token).post(f"{BASE}/heartbeat", headers=HEADERS, json=BEAT | {
        "last_seq": 3, "waiting": 1, "waiting_seqs": [3], "oldest_at": "2026-11-20T08:00:00.000000Z"})
    assert answer.status_code == 200
    body = answer.get_json()
    assert set(body) == {"server_time", "next_seq", "head", "discard", "reoffer", "min_version", "hearing",
                         "checkpoint"}
    assert (body["next_seq"], body["discard"], body["reoffer"], body["min_version"]) == (4, [], False, 1)
    assert body["hearing"]["ok"] is True
    assert body["head"]["size"] > 0
    again = tablet(app, token).post(f"{BASE}/heartbeat", headers=HEADERS, json=BEAT | {
        "last_seq": 3, "waiting": 1, "waiting_seqs": [3], "head": body["head"]})
    assert again.get_json()["reoffer"] is False
    with db.reading() as session:
        kept = session.get_one(DeviceContact, known.id)
    assert (kept.waiting_seqs, kept.app_version, kept.skew_ms, kept.head_size) == ([3], "abc", 12, body["head"]["size"])


def test_a_tablet_keeps_the_newest_checkpoint_and_one_of_another_history_opens_an_incident(app, db, plant):
    def beat(checkpoint):
        answer = tablet(app, token).post(f"{BASE}/heartbeat", headers=HEADERS, json=BEAT | {"checkpoint": checkpoint})
        assert answer.status_code == 200
        with db.reading() as session:
            opened = session.scalars(select(DeviceIncident).where(DeviceIncident.kind == "other_trail")).all()
        return answer.get_json()["checkpoint"], [one.detail for one in opened]

    _known, token = enrolled(db, plant)
    assert beat(None) == (None, [])
    made = make(db, bytes(32), "command")
    assert beat(None) == (made.note, [])
    assert beat(made.note) == (made.note, [])
    other = made.note.replace(f"\n{made.size}\n", f"\n{made.size + 1000}\n")
    assert beat(other) == (made.note, [other])
    assert beat(other) == (made.note, [other])
    rewritten = made.note.replace(made.note.splitlines()[2], "A" * 43 + "=")
    with db.reading() as session:
        assert not is_ours(session, rewritten)
        assert not is_ours(session, "noise")


@pytest.mark.parametrize("wrong", [
    {"last_seq": -1}, {"last_seq": 2**31}, {"waiting_seqs": [0]}, {"waiting_seqs": list(range(1, 502))},
    {"head": {"size": 1, "hash": "xyz"}}, {"oldest_at": "yesterday"}, {"waiting": None}, {"app_version": "x" * 41}])
def test_a_heartbeat_that_cannot_be_is_refused_and_changes_nothing(app, db, plant, wrong):
    known, token = enrolled(db, plant)
    assert tablet(app, token).post(f"{BASE}/heartbeat", json=BEAT | wrong, headers=HEADERS).status_code == 422
    with db.reading() as session:
        assert session.get_one(DeviceContact, known.id).last_seq == 0


def test_a_number_given_while_the_heartbeat_was_put_together_is_no_fault(app, db, plant):
    _, token = enrolled(db, plant)
    answer = tablet(app, token).post(f"{BASE}/heartbeat", headers=HEADERS,
                                     json=BEAT | {"last_seq": 1, "waiting": 2, "waiting_seqs": [1, 2], "newer": True})
    assert answer.get_json()["next_seq"] == 3
    assert incidents(db) == []


def test_a_heartbeat_needs_the_header_that_no_other_site_can_send(app, db, plant):
    _, token = enrolled(db, plant)
    assert tablet(app, token).post(f"{BASE}/heartbeat", json=BEAT).status_code == 403


def test_skipped_numbers_alarm_at_the_next_contact_naming_tablet_and_count(app, db, plant):
    known, token = enrolled(db, plant)
    tablet(app, token).post(f"{BASE}/heartbeat", headers=HEADERS, json=BEAT | {"last_seq": 5})
    [found] = incidents(db)
    assert (found.device_id, found.kind, found.detail, found.count) == (known.id, "gap", "1–5", 5)


def test_a_month_old_credential_is_renewed_by_the_heartbeat(app, db, plant):
    _, token = enrolled(db, plant, at=utc_now() - KEY_ROTATED_AFTER - timedelta(minutes=1))
    browser = tablet(app, token)
    answer = browser.post(f"{BASE}/heartbeat", json=BEAT, headers=HEADERS)
    assert answer.headers["Set-Cookie"].startswith("dev=")
    assert "SameSite=Strict" in answer.headers["Set-Cookie"]
    assert tablet(app, token).get(f"{BASE}/me").status_code == 200
    assert "Set-Cookie" not in browser.post(f"{BASE}/heartbeat", json=BEAT, headers=HEADERS).headers
    assert tablet(app, token).get(f"{BASE}/me").status_code == 401
    assert browser.get(f"{BASE}/me").status_code == 200


def test_the_tablet_itself_stands_in_the_trail_for_what_its_heartbeat_opened(app, db, plant):
    import orjson

    from qms.db.ledger import ledger

    _, token = enrolled(db, plant)
    tablet(app, token).post(f"{BASE}/heartbeat", headers=HEADERS, json=BEAT | {"last_seq": 1})
    with db.reading() as session:
        entry = orjson.loads(session.execute(ledger.select().order_by(ledger.c.seq.desc()).limit(1)).one().entry)
    assert (entry["entity"], entry["actor"]["id"]) == ("device_incidents", SYSTEM.id)
    assert (entry["auth"]["method"], entry["auth"]["device"]) == ("device", "T-01")


@pytest.fixture
def counted(db: Database):
    """Every statement that reaches the database, but for the savepoints that tests live in."""
    said: list[str] = []

    def note(_connection, _cursor, statement: str, *_: object) -> None:
        if "SAVEPOINT" not in statement:
            said.append(" ".join(statement.split())[:90])

    engine = db.connection.engine
    event.listen(engine, "before_cursor_execute", note)
    yield said
    event.remove(engine, "before_cursor_execute", note)


def test_a_quiet_heartbeat_costs_a_dozen_statements(app, db, plant, counted):
    """Which tablet; its contact, the end of the trail, what was given up, open incidents, the contact written, the
    highest number received, its credentials; and four to know who would hear an alarm."""
    _, token = enrolled(db, plant)
    browser = tablet(app, token)
    for n in range(2):
        counted.clear()
        answer = browser.post(f"{BASE}/heartbeat", json=BEAT | {"skew_ms": n}, headers=HEADERS)
        assert answer.status_code == 200
    assert len(counted) <= 12, counted
