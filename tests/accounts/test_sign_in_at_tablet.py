"""Signing in at a tablet by badge and PIN: bound to it, ended for good (promise 28), and guessing slowed (29)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask

from qms import create_app
from qms.db import Database
from qms.models.accounts import Attempt, Badge, Person, PinHash, SignIn
from qms.models.accounts_devices import Device
from qms.models.rejections_intake import Intake
from qms.rules.accounts import SYSTEM
from qms.rules.devices import (
    IDLE_MINUTES,
    TRIES_PER_DEVICE_A_DAY,
    TRIES_PER_PERSON,
    TRIES_PER_PERSON_A_DAY,
    TRIES_PER_PLANT_AN_HOUR,
)
from qms.rules.errors import Throttled
from qms.settings import Settings
from qms.workflows import accounts, accounts_devices
from qms.workflows import accounts_pins_sign_in as signing
from tests.accounts.tablets import HEADERS, NOON, PIN, badge_of, enrolled, incidents, tablet
from tests.plant import PASSWORD, Plant, make_plant
from tests.rejections.cases import reported

BASE = "/api/v1/station"
MINUTE = timedelta(minutes=1)


@pytest.fixture
def badge(db, plant):
    return badge_of(db, plant, "operator")


@pytest.fixture
def station(app, db, plant):
    return tablet(app, enrolled(db, plant)[1])


def sign_in(browser, badge, pin=PIN):
    return browser.post(f"{BASE}/sign-in", json={"badge": badge, "pin": pin}, headers=HEADERS)


def test_badge_and_pin_sign_in_and_say_who(station, badge, plant):
    answer = sign_in(station, badge)
    assert answer.status_code == 200
    body = answer.get_json()
    assert body["person"] == {"id": plant.operator.id, "name": "Operator", "language": "en"}
    assert (body["idle_minutes"], body["to_confirm"]) == (10, 0)
    [cookie] = answer.headers.getlist("Set-Cookie")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert station.get(f"{BASE}/me").get_json() == {"person": body["person"], "sign_in": body["sign_in"],
                                                    "idle_minutes": 10}


def test_records_made_offline_in_ones_name_are_counted(station, badge, db, plant):
    for seq, author_auth in enumerate(("offline-badge", "online-pin"), start=1):
        made = reported(db, plant)
        with db.transaction(SYSTEM, "tests.intake") as session:
            session.add(Intake(
                client_id=f"0190c0de-0000-7000-8000-00000000000{seq}", sha256="0" * 64, body="{}", device_seq=seq,
                device_id=session.query(Device).one().id, version=1, author_id=plant.operator.id, photos=0, review="",
                author_auth=author_auth, received_at=NOON, device_time=NOON, rejection_id=made.id))
    assert sign_in(station, badge).get_json()["to_confirm"] == 1


def test_over_https_the_session_is_bound_to_the_host(db, plant, badge, tmp_path):
    secure = create_app(Settings(instance=tmp_path, workers=0, secure_cookies=True), db)
    browser = secure.test_client()
    browser.set_cookie("__Host-dev", enrolled(db, plant)[1], secure=True)
    answer = browser.post(f"{BASE}/sign-in", json={"badge": badge, "pin": PIN}, headers=HEADERS,
                          base_url="https://localhost")
    assert answer.status_code == 200
    assert answer.headers["Set-Cookie"].startswith("__Host-qms=")
    assert "Secure" in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(("badge_typed", "pin"), [(None, "482914"), ("QB2222222222222222", PIN), ("OP-4711", PIN)])
def test_a_wrong_badge_and_a_wrong_pin_are_answered_alike(station, badge, badge_typed, pin):
    answer = sign_in(station, badge_typed or badge, pin)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "wrong")
    assert answer.content_type == "application/problem+json"
    assert "Set-Cookie" not in answer.headers


def test_a_badge_as_a_wedge_types_it_is_taken(station, badge):
    assert sign_in(station, f" {badge.lower()}\r\n").status_code == 200


def test_without_a_pin_the_leader_is_asked_for_one(station, db, plant):
    answer = sign_in(station, badge_of(db, plant, "inspector", pin=None))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "no_pin")


def test_only_an_enrolled_tablet_may_ask(app, badge):
    answer = sign_in(app.test_client(), badge)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "device")


def token_of(answer) -> str:
    return answer.headers["Set-Cookie"].split("=", 1)[1].split(";", 1)[0]


def test_the_token_is_refused_at_a_desk_and_at_another_tablet(app, db, plant, station, badge):
    token = token_of(sign_in(station, badge))
    other = tablet(app, enrolled(db, plant, "T-02")[1])
    desk = app.test_client()
    for browser in (other, desk):
        browser.set_cookie("qms", token)
        assert browser.get("/").status_code == 302
        assert browser.get("/api/v1/rejections").get_json()["code"] == "person"
    assert other.get(f"{BASE}/me").get_json()["person"] is None
    assert station.get("/api/v1/rejections").status_code == 200


def test_a_password_session_works_at_the_tablet_as_elsewhere(station, sign_in):
    desk = sign_in("operator")
    station.set_cookie("qms", desk.get_cookie("qms").value)
    assert station.get("/").status_code == 200


def test_the_trail_names_person_method_and_tablet(app, db, plant, station, badge):
    import orjson

    from qms.db.ledger import ledger

    sign_in(station, badge)
    body = {"kind": "not_accepted", "found_unit_id": plant.weld, "lot_id": plant.lot, "quantity": 1,
            "client_id": "0190c0de-0000-7000-8000-000000000001"}
    assert station.post("/api/v1/rejections", json=body, headers=HEADERS).status_code == 201
    with db.reading() as session:
        entry = orjson.loads(session.execute(ledger.select().order_by(ledger.c.seq.desc()).limit(1)).one().entry)
        public_id = session.query(SignIn).filter_by(method="pin").one().public_id
    assert entry["actor"]["id"] == plant.operator.id
    assert (entry["auth"]["method"], entry["auth"]["device"], entry["auth"]["session"]) == ("pin", "T-01", public_id)


def test_what_needs_a_password_is_closed_at_a_tablet(app, db, plant, station):
    sign_in(station, badge_of(db, plant, "quality_manager"))
    assert station.get("/accounts/people").status_code == 403
    assert station.get("/rejections/").status_code == 200


def alive(browser) -> bool:
    return browser.get(f"{BASE}/me").get_json()["person"] is not None


def test_p28_signing_in_never_takes_over_a_token_that_was_there(station, badge):
    station.set_cookie("qms", "chosen-by-a-stranger")
    assert token_of(sign_in(station, badge)) != "chosen-by-a-stranger"
    first = station.get_cookie("qms").value
    assert token_of(sign_in(station, badge)) != first
    station.set_cookie("qms", first)
    assert not alive(station)


def test_p28_a_token_is_dead_after_signing_out(station, badge):
    token = token_of(sign_in(station, badge))
    assert alive(station)
    assert station.post(f"{BASE}/sign-out", json={}, headers=HEADERS).get_json() == {"person": None}
    station.set_cookie("qms", token)
    assert not alive(station)
    assert station.get("/api/v1/rejections").status_code == 401


def test_p28_the_next_person_signs_the_one_before_out(app, db, plant, station, badge):
    first = token_of(sign_in(station, badge))
    sign_in(station, badge_of(db, plant, "inspector"))
    assert station.get(f"{BASE}/me").get_json()["person"]["name"] == "Inspector"
    station.set_cookie("qms", first)
    assert not alive(station)


@pytest.mark.parametrize("how", ["disabled", "revoked", "enrolled again", "absolute"])
def test_p28_a_token_is_dead_at_once(app, db, plant, badge, how):
    known, credential = enrolled(db, plant)
    station = tablet(app, credential)
    sign_in(station, badge)
    with db.transaction(SYSTEM, "tests.end") as session:
        if how == "disabled":
            session.get_one(Person, plant.operator.id).active = False
        elif how == "absolute":
            session.query(SignIn).filter_by(method="pin").one().ends_at -= timedelta(hours=12)
        elif how == "revoked":
            accounts_devices.revoke(session, plant.team_leader, known.id, 1, "stolen")
        else:
            accounts_devices.end_keys(session, known.id, NOON)
    answer = station.get("/api/v1/rejections")
    assert answer.status_code == 401
    assert station.get("/").status_code == 302


def last_touched(db, minutes):
    with db.transaction(SYSTEM, "tests.idle") as session:
        session.query(SignIn).filter_by(method="pin").one().seen_at -= minutes * MINUTE


def test_p28_a_sign_in_ends_ten_minutes_after_the_last_touch(station, badge, db):
    sign_in(station, badge)
    last_touched(db, IDLE_MINUTES - 1)
    assert alive(station)
    last_touched(db, 2)
    assert not alive(station)


@pytest.mark.parametrize(("ask", "keeps"), [
    (lambda s: s.get(f"{BASE}/me"), False),
    (lambda s: s.get(f"{BASE}/me", headers={"X-Touched": "1"}), True),
    (lambda s: s.post("/api/v1/devices/heartbeat", json={"last_seq": 0, "waiting": 0}, headers=HEADERS), False),
    (lambda s: s.post("/api/v1/rejections", json={}, headers=HEADERS), True),
])
def test_p28_what_a_tablet_asks_by_itself_is_no_touch(station, badge, db, ask, keeps):
    sign_in(station, badge)
    last_touched(db, IDLE_MINUTES - 1)
    ask(station)
    last_touched(db, 2)
    assert alive(station) == keeps


def tries(db: Database, device, code: str, times: int, pin: str = "482914", at=NOON) -> list[int]:
    """Try a PIN at a tablet so often; return the seconds to wait of each (0: it was looked at)."""
    waits = []
    for _ in range(times):
        try:
            with db.transaction(SYSTEM, "accounts.pin_try", clock=lambda: at) as session:
                signing.begin_try(session, device, code)
            waits.append(0)
        except Throttled as refused:
            waits.append(refused.seconds)
    return waits


def test_p29_of_a_thousand_tries_on_one_account_twenty_a_day_are_looked_at(db, plant, badge):
    tablets = [enrolled(db, plant, f"T-{n}", at=NOON)[0] for n in range(5)]
    looked_at = []
    for n in range(1000):
        at = NOON + n * timedelta(days=1) / 1000
        looked_at += [at] * tries(db, tablets[n % 5], badge, 1, at=at).count(0)
    assert len(looked_at) == TRIES_PER_PERSON_A_DAY
    for at in looked_at:
        within = [t for t in looked_at if at - 15 * MINUTE < t <= at]
        assert len(within) <= TRIES_PER_PERSON


def test_p29_after_five_wrong_pins_the_account_waits_and_then_may_again(db, plant, badge):
    known, _ = enrolled(db, plant, at=NOON)
    assert tries(db, known, badge, 7) == [0] * 5 + [901] * 2
    assert tries(db, known, badge, 1, at=NOON + 15 * MINUTE + timedelta(seconds=1)) == [0]


def test_p29_spraying_200_people_ends_at_60_a_day_for_the_tablet(db, plant):
    known, _ = enrolled(db, plant, at=NOON)
    other, _ = enrolled(db, plant, "T-02", at=NOON)
    kept = accounts.hashed(PIN)
    with db.transaction(SYSTEM, "tests.people") as session:
        for n in range(200):
            session.add(person := Person(login=f"p{n}", name=f"P {n}", language="zh", active=True))
            session.flush()
            session.add_all([
                PinHash(person_id=person.id, hash=kept, changed_at=NOON),
                Badge(person_id=person.id, code_sha256=accounts_devices.digest(f"QB{n}"), issued_at=NOON,
                      issued_by_id=plant.admin.id)])
    waits = [wait for n in range(200) for wait in tries(db, known, f"QB{n}", 1)]
    assert waits == [0] * TRIES_PER_DEVICE_A_DAY + [86401] * (200 - TRIES_PER_DEVICE_A_DAY)
    assert tries(db, other, "QB150", 1) == [0]


def test_p29_thirty_wrong_in_an_hour_alarm_at_once_and_once(app, db, plant):
    stations = [tablet(app, enrolled(db, plant, f"T-{n}")[1]) for n in range(3)]
    for n in range(TRIES_PER_PLANT_AN_HOUR - 1):
        assert sign_in(stations[n % 3], "QB2222222222222222").status_code == 401
    assert incidents(db) == []
    sign_in(stations[0], "QB2222222222222222")
    [alarm] = incidents(db)
    assert (alarm.kind, alarm.count) == ("guessing", TRIES_PER_PLANT_AN_HOUR)
    for station in stations:
        sign_in(station, "QB2222222222222222")
    assert len(incidents(db)) == 1


def test_p29_wrong_pins_of_yesterday_alarm_nobody(app, db, plant):
    known, credential = enrolled(db, plant)
    with db.transaction(SYSTEM, "tests.attempts") as session:
        session.add_all(Attempt(login="(badge)", at=NOON, device_id=known.id) for _ in range(59))
    assert sign_in(tablet(app, credential), "QB2222222222222222").status_code == 401
    assert incidents(db) == []


def test_p29_the_throttled_are_told_how_long_and_the_right_pin_waits_too(station, badge):
    for _ in range(TRIES_PER_PERSON):
        assert sign_in(station, badge, "482914").status_code == 401
    answer = sign_in(station, badge)
    assert (answer.status_code, answer.get_json()["code"]) == (429, "throttled")
    assert 0 < int(answer.headers["Retry-After"]) <= 901


def test_right_pins_are_not_counted(station, badge, db):
    for _ in range(TRIES_PER_PERSON + 2):
        assert sign_in(station, badge).status_code == 200
    with db.reading() as session:
        assert session.query(Attempt).count() == 0


def test_wrong_pins_do_not_lock_the_password_and_wrong_passwords_not_the_pin(app, db, plant, station, badge):
    with db.transaction(SYSTEM, "tests.password") as session:
        accounts.set_password(session, SYSTEM, plant.operator.id, PASSWORD)
    for _ in range(TRIES_PER_PERSON):
        sign_in(station, badge, "482914")
    browser = app.test_client()
    with browser.session_transaction() as held:
        held["csrf"] = "test-csrf"
    right = {"csrf": "test-csrf", "login": "operator", "password": PASSWORD, "next": ""}
    assert browser.post("/accounts/sign-in", data=right).status_code == 302
    inspector = badge_of(db, plant, "inspector")
    for _ in range(accounts.ATTEMPTS_PER_LOGIN):
        browser.post("/accounts/sign-in", data=right | {"login": "inspector", "password": "wrong horse 42"})
    assert sign_in(station, inspector).status_code == 200


def test_p29_eight_tablets_at_once_get_no_more_tries_than_one(fresh_db: Database):
    plant: Plant = make_plant(fresh_db)
    code = badge_of(fresh_db, plant, "operator")
    tablets = [enrolled(fresh_db, plant, f"T-{n}", at=NOON)[0] for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        waits = [wait for found in pool.map(lambda device: tries(fresh_db, device, code, 4), tablets) for wait in found]
    assert waits.count(0) == TRIES_PER_PERSON


def test_ones_pin_changes_at_the_tablet_with_the_present_one(app: Flask, station, badge):
    sign_in(station, badge)
    for old, new, status in (("482914", "739105", 401), (PIN, "111111", 422), (PIN, "739105", 200)):
        answer = station.post(f"{BASE}/pin", json={"old": old, "new": new}, headers=HEADERS)
        assert answer.status_code == status, answer.text
    assert alive(station)
    station.post(f"{BASE}/sign-out", json={}, headers=HEADERS)
    assert sign_in(station, badge).status_code == 401
    assert sign_in(station, badge, "739105").status_code == 200


def test_nobody_changes_a_pin_without_being_signed_in(station, badge):
    answer = station.post(f"{BASE}/pin", json={"old": PIN, "new": "739105"}, headers=HEADERS)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "person")


def test_p21_the_author_is_whoever_is_signed_in_not_whoever_was(app, db, plant, station, badge):
    sign_in(station, badge)
    sign_in(station, badge_of(db, plant, "inspector"))
    body = {"kind": "not_accepted", "found_unit_id": plant.weld, "lot_id": plant.lot, "quantity": 1,
            "client_id": "0190c0de-0000-7000-8000-000000000002"}
    made = station.post("/api/v1/rejections", json=body, headers=HEADERS).get_json()
    assert station.get(f"/api/v1/rejections/{made['id']}").get_json()["reported_by_id"] == plant.inspector.id
