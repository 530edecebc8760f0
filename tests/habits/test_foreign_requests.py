"""Every unsafe route refuses what another site's page caused; no GET writes; every answer carries the headers."""

from datetime import timedelta

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from qms.db import Database
from qms.rules.accounts import ROLES, SYSTEM
from qms.views.station import APP_CSP
from qms.web.app import HEADERS
from qms.workflows import accounts
from tests.habits.stocked import address_of, fill, routes
from tests.habits.test_authority import entries
from tests.plant import PASSWORD, Plant, term

SANDBOX = "sandbox; default-src 'none'"
OWN_POLICY = {"/station/": APP_CSP, "/station/enrol": APP_CSP, "/rejections/tablets/by-hand": APP_CSP,
              "/rejections/tablets/unreadable/1/bytes": SANDBOX}
"""Pages with the scanner, which is WebAssembly; and bytes as somebody sent them."""
READING_IS_RECORDED = {"service_notices.show", "service_complaints_protected.show",
                       "service_complaints_protected.close", "service_complaints_protected_api.show"}


@pytest.fixture
def browser(app: Flask, db: Database, plant: Plant) -> FlaskClient:
    """The browser of somebody who holds every role, so that nothing is refused for want of a permission."""
    fill(db.connection)
    with db.transaction(SYSTEM, "tests.people") as session:
        made = accounts.add_person(session, SYSTEM, login="all", name="All", language="en", password=PASSWORD)
        for role in ROLES:
            accounts.grant(session, SYSTEM, made.id, role=role, **term(role))
        token = accounts.sign_in(session, login="all", password=PASSWORD, address=None, agent="test",
                                 lasts=timedelta(hours=2))
    opened = app.test_client()
    opened.set_cookie("qms", token or "")
    with opened.session_transaction() as cookies:
        cookies["csrf"] = "test-csrf"
    return opened


def owed(answer: TestResponse) -> list[str]:
    """Name the headers that an answer lacks or gives otherwise."""
    policy = HEADERS["Content-Security-Policy"]
    if answer.status_code < 400:
        policy = OWN_POLICY.get(answer.request.path, policy)
    lacking = [name for name, value in (HEADERS | {"Content-Security-Policy": policy}).items()
               if answer.headers.get(name) != value]
    return lacking if answer.headers.get("Cache-Control") else [*lacking, "Cache-Control"]


def send(browser: FlaskClient, method: str, address: str, *, token: bool, headers: dict[str, str]) -> TestResponse:
    if address.startswith("/api/"):
        known = {"X-Requested-By": "test"} if token else {}
        return browser.open(address, method=method, json={}, headers=headers | known)
    return browser.open(address, method=method, data={"csrf": "test-csrf"} if token else {}, headers=headers)


def test_no_unsafe_route_believes_another_site(app: Flask, db: Database, plant: Plant, browser: FlaskClient, tell):
    before, wrong, asked = entries(db), [], 0
    for rule, method, _ in routes(app, 1 if db.is_sqlite else 7):
        if method == "GET":
            continue
        address = address_of(rule, plant.customer)
        for token, headers, statuses in ((True, {"Origin": "https://evil.example"}, {403}), (False, {}, {400, 403})):
            answer = send(browser, method, address, token=token, headers=headers)
            asked += 1
            if answer.status_code not in statuses or owed(answer):
                wrong.append((answer.status_code, method, address, owed(answer)))
    tell(f"foreign requests to unsafe routes: {asked}, wrong answers: {len(wrong)}")
    assert asked
    assert not wrong
    assert entries(db) == before


def test_no_get_writes_and_every_answer_carries_the_headers(app: Flask, db: Database, plant: Plant,
                                                            browser: FlaskClient, tell):
    wrong, asked = [], 0
    with structlog.testing.capture_logs():
        for rule, method, needs in routes(app, 1 if db.is_sqlite else 7):
            if method != "GET" or needs == "exports.run":
                continue
            before = entries(db)
            answer = browser.get(address_of(rule, plant.customer))
            asked += 1
            is_recorded = rule.endpoint in READING_IS_RECORDED or hasattr(app.view_functions[rule.endpoint], "shows")
            is_quiet = entries(db) == before or is_recorded
            if owed(answer) or not is_quiet:
                wrong.append((answer.status_code, rule.rule, owed(answer), is_quiet))
    tell(f"GET routes crawled: {asked}, writing or without headers: {len(wrong)}")
    assert not wrong
