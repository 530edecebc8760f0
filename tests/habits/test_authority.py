"""Every route x every role x whose record it is: the answers are those of the one permission table."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
import structlog
from flask import Flask
from flask.testing import FlaskClient

from qms.db import Database
from qms.db.ledger import ledger
from qms.models.chain import Site
from qms.rules.accounts import ROLE_PERMISSIONS, ROLES, SYSTEM
from qms.rules.errors import NotAllowed, NotFound
from qms.workflows import accounts
from tests.habits.stocked import address_of, fill, routes
from tests.plant import PASSWORD, Plant, term

OPEN = {"public", "signed in", "device"}
PLANT_WIDE = {
    "accounts.show_person": "people belong to the whole plant",
    "accounts.new_grant": "the page; a grant outside one's own site is refused when it is given",
    "accounts.end_grant": "the page; a grant outside one's own site is refused when it is ended",
    "accounts.edit_person": "the page; somebody outside one's own site is refused when they are changed",
    "accounts.reset_password": "the page; somebody outside one's own site is refused when it is set",
    "trail.entry": "the trail is one for the whole plant",
    "trail.review": "the same",
}
Browse = Callable[[str, str], FlaskClient]


@pytest.fixture
def _quick(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Answer a refusal by its number alone: its page is tested elsewhere, and is most of its cost."""
    handlers = app.error_handler_spec[None][None]
    monkeypatch.setitem(handlers, NotAllowed, lambda _: ("", 403))
    monkeypatch.setitem(handlers, NotFound, lambda _: ("", 404))
    monkeypatch.setitem(handlers, Exception, lambda _: ("", 500))
    with structlog.testing.capture_logs():
        yield


@pytest.fixture
def browse(app: Flask, db: Database, plant: Plant, _quick: None) -> Browse:
    """Return a function that gives the browser of a role's holder at the records' own site, or at another."""
    fill(db.connection)
    held: dict[tuple[str, str], FlaskClient] = {}
    with db.transaction(SYSTEM, "tests.people") as session:
        other = Site(code="BJ", name_zh="北京工厂", name_en="Beijing plant", time_zone="Asia/Shanghai",
                     profile="iatf", demo=False)
        session.add(other)
        session.flush()
        for role in ROLES:
            for place, site_id in (("own", plant.site), ("other", other.id)):
                login = f"{role}-{place}"
                made = accounts.add_person(session, SYSTEM, login=login, name=login, language="en", password=PASSWORD)
                accounts.grant(session, SYSTEM, made.id, role=role, **term(role), site_id=site_id)
                token = accounts.sign_in(session, login=login, password=PASSWORD, address=None, agent="test",
                                         lasts=timedelta(hours=2))
                held[role, place] = browser = app.test_client()
                browser.set_cookie("qms", token or "")
                with browser.session_transaction() as cookies:
                    cookies["csrf"] = "test-csrf"
    return lambda role, place: held[role, place]


def ask(browser: FlaskClient, method: str, address: str) -> int:
    """Ask as a browser of ours does, with an empty body; return the status."""
    if method == "GET":
        return browser.get(address).status_code
    if address.startswith("/api/"):
        return browser.open(address, method=method, json={}, headers={"X-Requested-By": "test"}).status_code
    return browser.open(address, method=method, data={"csrf": "test-csrf"}).status_code


def entries(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(ledger)) or 0


def roles_on(db: Database) -> list[str]:
    """Name the roles to ask as: all on SQLite; on PostgreSQL, where the same code answers, one is enough."""
    return list(ROLES) if db.is_sqlite else ["auditor"]


def test_a_role_without_the_permission_is_refused_everywhere(app: Flask, db: Database, plant: Plant,
                                                             browse: Browse, tell):
    wrong, counted, before = [], Counter(), entries(db)
    for rule, method, needs in routes(app):
        address = address_of(rule, plant.customer)
        counted["routes"] += 1
        for role in roles_on(db):
            counted["cells"] += 1
            if needs in OPEN or needs in ROLE_PERMISSIONS[role]:
                continue
            counted["refused"] += 1
            status = ask(browse(role, "own"), method, address)
            if status not in {401, 403}:
                wrong.append((status, role, method, address))
    tell(f"routes x roles checked: {counted['routes']} x {len(roles_on(db))}; "
         f"{counted['refused']} of {counted['cells']} cells refuse, wrong answers: {len(wrong)}")
    assert not wrong
    assert entries(db) == before


def test_a_record_of_another_site_is_neither_shown_nor_changed(app: Flask, db: Database, plant: Plant,
                                                               browse: Browse, tell):
    wrong, counted, before = [], Counter(), entries(db)
    for rule, method, needs in routes(app):
        if "<id:" not in rule.rule or needs in OPEN or rule.endpoint in PLANT_WIDE:
            continue
        address = address_of(rule, plant.customer)
        counted["routes"] += 1
        for role in roles_on(db):
            if needs not in ROLE_PERMISSIONS[role]:
                continue
            counted["cells"] += 1
            status = ask(browse(role, "other"), method, address)
            if status < 300 or status >= 500:
                wrong.append((status, role, method, address))
    tell(f"routes of records asked from another site: {counted['routes']}, {counted['cells']} times as holders of "
         f"the permission, wrong answers: {len(wrong)}")
    assert not wrong
    assert entries(db) == before


def test_at_the_own_site_the_permission_opens_the_route(app: Flask, db: Database, plant: Plant, browse: Browse, tell):
    """The other half: what is refused elsewhere is reached here, so that a refusal is not one for want of a record."""
    reached = Counter()
    for turn, (rule, method, needs) in enumerate(routes(app, 1 if db.is_sqlite else 7)):
        if method != "GET" or needs in OPEN:
            continue
        holders = [role for role in ROLES if needs in ROLE_PERMISSIONS[role]]
        status = ask(browse(holders[turn % len(holders)], "own"), method, address_of(rule, plant.customer))
        reached["record" if "<id:" in rule.rule else "page", status not in {401, 403, 404}] += 1
    tell(f"reached at the own site: {reached['page', True]} pages, {reached['record', True]} records; "
         f"not there: {reached['page', False]} pages, {reached['record', False]} records")
    assert reached["page", True] > 4 * reached["page", False]
    assert reached["record", True] > 2 * reached["record", False]
