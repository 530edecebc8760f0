"""Calls and stops as tablets make them."""

import secrets
import uuid
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from qms.db import Database
from qms.db.ledger import ledger
from qms.models.accounts import Badge
from qms.models.accounts_devices import DeviceKey
from qms.models.rejections import Rejection
from qms.models.stops import Stop
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows.accounts_devices import digest
from tests.plant import Plant
from tests.stops.scene import Scene

STOPS = "/api/v1/stops"
HEADER = {"X-Requested-By": "test"}


class Tablet:
    """A browser on an enrolled tablet; a person may be signed in at it."""

    def __init__(self, browser: FlaskClient, plant: Plant) -> None:
        self.browser, self.plant = browser, plant

    def call(self, status: int = 201, **given) -> dict:
        body = {"client_id": str(uuid.uuid4()), "unit_id": self.plant.weld, "red": False, "reason": "machine"} | given
        return self._sent(STOPS, body, status)

    def take(self, stop: dict, step: str, status: int = 200, **given) -> dict:
        return self._sent(f"{STOPS}/{stop['id']}/{step}", {"rev": stop["rev"]} | given, status)

    def read(self, unit_id: int | None = None, **headers: str):
        return self.browser.get(f"{STOPS}?unit={unit_id or self.plant.weld}", headers=headers)

    def _sent(self, address: str, body: dict, status: int) -> dict:
        answer = self.browser.post(address, json=body, headers=HEADER)
        assert answer.status_code == status, answer.get_data(as_text=True)
        assert answer.content_type == ("application/json" if status < 400 else "application/problem+json")
        return answer.get_json()


@pytest.fixture
def tablet(app: Flask, db: Database, scene: Scene, sign_in) -> Callable[..., Tablet]:
    """Return a function that gives a tablet of some operations (weld), with a person signed in or nobody."""

    def enrolled(login: str | None = None, *units: int) -> Tablet:
        device = scene.tablet(*(units or (scene.plant.weld,)))
        token = secrets.token_urlsafe(16)
        with db.transaction(SYSTEM, "tests.key") as session:
            session.add(DeviceKey(token_hash=digest(token), device_id=device.id, made_at=utc_now()))
        browser = sign_in(login) if login else app.test_client()
        browser.set_cookie("dev", token)
        return Tablet(browser, scene.plant)

    return enrolled


@pytest.fixture
def badge(db: Database, plant: Plant) -> Callable[[str], str]:
    """Return a function that gives the code of a person's badge."""

    def issued(login: str) -> str:
        code = secrets.token_hex(10).upper()
        with db.transaction(SYSTEM, "tests.badge") as session:
            session.add(Badge(person_id=plant.people[login].id, code_sha256=digest(code), issued_at=utc_now(),
                              issued_by_id=0))
        return code

    return issued


def test_a_browser_that_is_no_tablet_neither_reads_nor_calls(app: Flask, sign_in, plant: Plant):
    for browser in (app.test_client(), sign_in("team_leader")):
        assert browser.get(f"{STOPS}?unit={plant.weld}").get_json()["code"] == "device"
        answer = browser.post(STOPS, json={}, headers=HEADER)
        assert (answer.status_code, answer.get_json()["code"]) == (401, "device")


def test_nobody_signed_in_calls_and_the_tablet_is_in_the_trail(tablet, db: Database):
    made = tablet().call(red=True)
    assert (made["state"], made["number"][:6], made["steps"]) == ("stopped", "ST-SH-", ["acknowledge", "arrive"])
    with db.reading() as session:
        stop = session.get_one(Stop, made["id"])
        entry = session.scalars(select(ledger.c.entry).where(ledger.c.entity == "stops")).first()
    assert (stop.called_by_id, stop.source) == (SYSTEM.id, "station")
    assert b'"device":"T-0"' in bytes(entry)


def test_a_call_sent_again_is_the_same_call(tablet):
    here = tablet()
    client_id = str(uuid.uuid4())
    first = here.call(client_id=client_id)
    again = here.call(status=200, client_id=client_id)
    assert again["id"] == first["id"]
    assert here.call(status=409, client_id=client_id, reason="safety")["title_en"].startswith("Something else")


@pytest.mark.parametrize("given", [{"reason": "weather"}, {"unit_id": 0}, {"red": None}, {"client_id": "x"},
                                   {"more": 1}, {"rejection": {"quantity": 0}}, {"badge": "nobody's"}])
def test_a_call_that_cannot_be_read_is_named(tablet, given: dict):
    assert tablet().call(status=422, **given)["field"] == next(iter(given)) + (
        ".quantity" if "rejection" in given else "")


def test_a_badge_says_who_calls(tablet, badge, db: Database, plant: Plant):
    made = tablet().call(badge=badge("auditor"))
    with db.reading() as session:
        assert session.get_one(Stop, made["id"]).called_by_id == plant.auditor.id


def test_what_came_from_upstream_is_rejected_and_the_origins_tablet_sees_it(tablet, db: Database, plant: Plant):
    here, origin, elsewhere = tablet(), tablet(None, plant.press), tablet(None, plant.paint)
    made = here.call(red=True, reason="quality", from_upstream=True, lot_id=plant.lot, rejection={
        "quantity": 4, "defect_id": plant.burr, "link_id": plant.press_weld})
    with db.reading() as session:
        rejection = session.get_one(Rejection, made["rejection"]["id"])
    assert (rejection.quantity, rejection.origin_unit_id, rejection.source) == (4, plant.press, "station")
    seen = origin.read(plant.press).get_json()["stops"]
    assert [(s["id"], s["rejection"]["number"], s["from_upstream"]) for s in seen] == [
        (made["id"], rejection.number, True)]
    assert elsewhere.read(plant.paint).get_json()["stops"] == []


def test_the_receiving_operation_stops_the_line_and_is_asked_to_agree(tablet, plant: Plant):
    made = tablet().call(unit_id=plant.press, customer_id=plant.weld, red=True, reason="quality")
    assert made["customer"]["code"] == "OP20"
    assert [s["id"] for s in tablet().read().get_json()["stops"]] == [made["id"]]


def test_a_tablet_reads_only_what_it_serves(tablet, plant: Plant):
    here = tablet()
    assert here.read().status_code == 200
    assert here.read(plant.paint).status_code == 404


def test_reading_again_costs_nothing_while_nothing_changed(tablet, badge):
    here = tablet()
    made = here.call()
    tag = here.read().headers["ETag"]
    for _ in range(3):
        again = here.read(**{"If-None-Match": tag})
        if again.status_code == 304:
            break
        tag = again.headers["ETag"]
    assert (again.status_code, again.get_data()) == (304, b"")
    here.take(made, "acknowledge", badge=badge("team_leader"))
    assert here.read(**{"If-None-Match": tag}).status_code == 200


def test_a_badge_scanned_at_the_spot_acknowledges_and_arrives(tablet, badge, db: Database, plant: Plant):
    here, code = tablet(), badge("team_leader")
    made = here.call(red=True)
    assert here.take(made, "acknowledge", status=401)["code"] == "person"
    seen = here.take(made, "acknowledge", badge=code)
    came = here.take(seen, "arrive", badge=code)
    assert came["arrived_at"] is not None
    with db.reading() as session:
        assert session.get_one(Stop, made["id"]).arrived_by_id == plant.team_leader.id


def test_a_badge_is_scanned_at_the_line_itself(tablet, badge, plant: Plant):
    made = tablet().call(red=True)
    assert tablet(None, plant.paint).take(made, "arrive", status=422, badge=badge("team_leader"))["field"] == "unit_id"


def test_a_badge_of_someone_who_may_not_answer_is_refused(tablet, badge):
    here = tablet()
    here.take(here.call(), "acknowledge", status=403, badge=badge("operator"))


def test_a_badge_never_restarts(tablet, badge):
    here, code = tablet(), badge("team_leader")
    made = here.call(red=True)
    came = here.take(made, "arrive", badge=code)
    assert here.take(came, "contain", status=401, badge=code, containment="x", cause_known=True)["code"] == "person"


def test_anyone_at_the_tablet_stops_the_line_of_a_call(tablet):
    here = tablet()
    made = here.call()
    assert made["steps"] == ["acknowledge", "arrive", "stop"]
    assert here.take(made, "stop")["state"] == "stopped"


def test_a_line_is_led_back_to_running_at_the_tablet(tablet, sign_in, plant: Plant):
    leader = tablet("team_leader")
    stop = leader.call(red=True, reason="quality", lot_id=plant.lot)
    for step, given in (
            ("arrive", {}), ("contain", {"containment": "Cage 4", "cause_known": True}),
            ("ask-restart", {"measure": "Electrode renewed", "extra_checks": 20}),
            ("check", {"kind": "containment", "good": True}), ("check", {"kind": "measure", "good": True})):
        assert step in stop["steps"]
        stop = leader.take(stop, step, **given)
    assert (stop["missing"], [c["kind"] for c in stop["checks"]]) == (["first_piece"], ["containment", "measure"])
    refused = leader.take(stop, "restart", status=409)
    assert refused["rule"] == "R-19"
    stop = leader.take(stop, "check", kind="first_piece", good=True, pieces=3, nonconforming=0)
    assert (stop["missing"], "restart" in stop["steps"]) == ([], False)
    assert leader.take(stop, "restart", status=409)["clauses"] == ["IATF 16949:2016 8.5.1.4"]
    engineer = tablet("quality_engineer")
    assert "restart" in engineer.read().get_json()["stops"][0]["steps"]
    done = engineer.take(stop, "restart")
    assert (done["state"], done["steps"], engineer.read().get_json()["stops"]) == ("restarted", [], [])


def test_a_step_at_an_old_version_answers_with_both(tablet, badge):
    here, code = tablet(), badge("team_leader")
    made = here.call(red=True)
    here.take(made, "acknowledge", badge=code)
    assert here.take(made, "arrive", status=409, badge=code)["current"] == {"state": "stopped"}


def test_a_stop_of_another_site_is_not_found(tablet, db: Database, plant: Plant):
    here = tablet("team_leader")
    here.take({"id": 99_999, "rev": 1}, "arrive", status=404)
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Stop)) == 0
