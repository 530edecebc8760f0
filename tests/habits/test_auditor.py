"""What an auditor may do by any route: read, export, look after their own sign-in; and what each look leaves behind."""

from collections import Counter
from datetime import timedelta

import orjson
import pytest
import sqlalchemy as sa
import structlog
from flask import Flask
from flask.testing import FlaskClient

from qms.db import Database
from qms.db.ledger import ledger
from qms.models.accounts import Person
from qms.models.accounts_looks import Look
from qms.models.accounts_qualifications import Qualification
from qms.models.customers import Customer, CustomerContact
from qms.rules.accounts import SYSTEM
from qms.workflows import accounts
from tests.habits.stocked import address_of, fill, routes
from tests.habits.test_authority import Browse, _quick, ask  # noqa: F401  (a fixture)
from tests.plant import PASSWORD, Plant, term

READERS = {
    "accounts.language", "accounts.my_password", "accounts.sign_in", "accounts.sign_out", "accounts.end_session",
    "accounts_badges.my_pin", "dispositions_costs_sheet.sheet",
}
"""Unsafe routes that an auditor may ask for beside those of `exports.run`: their own sign-in, and one more file."""
NAMELESS = {"satisfaction_answers.answer", "satisfaction_answers.kiosk_answer", "satisfaction_api.answer",
            "devices_api.enrol"}
"""Open to anybody who holds a token, whether signed in or not."""
MARKS = ("marked-login", "marked@people.example", "marked-evidence", "marked@contact.example", "+86 21 4711 0815")
OWN_TRACES = {"looks", "exports", "people", "notice_reads"}


@pytest.fixture
def auditor(app: Flask, db: Database, plant: Plant, _quick: None) -> FlaskClient:  # noqa: F811
    """The browser of an auditor at the site of the records."""
    fill(db.connection)
    with db.transaction(SYSTEM, "tests.people") as session:
        made = accounts.add_person(session, SYSTEM, login="looker", name="Looker", language="en", password=PASSWORD)
        accounts.grant(session, SYSTEM, made.id, role="auditor", site_id=plant.site, **term("auditor"))
        token = accounts.sign_in(session, login="looker", password=PASSWORD, address=None, agent="test",
                                 lasts=timedelta(hours=2))
    browser = app.test_client()
    browser.set_cookie("qms", token or "")
    with browser.session_transaction() as cookies:
        cookies["csrf"] = "test-csrf"
    return browser


def written(db: Database, after: int = 0) -> Counter[str]:
    """Count the trail's entries after one by the table that they are about."""
    with db.reading() as session:
        return Counter(session.scalars(sa.select(ledger.c.entity).where(ledger.c.seq > after)))


def last(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.max(ledger.c.seq))) or 0


def test_an_auditor_changes_nothing_by_any_route(app: Flask, db: Database, plant: Plant, auditor: FlaskClient, tell):
    before, counted, wrong = last(db), Counter(), []
    for rule, method, needs in routes(app):
        if method == "GET" or rule.endpoint in READERS | NAMELESS or needs == "exports.run":
            counted["allowed", method != "GET"] += 1
            continue
        status = ask(auditor, method, address_of(rule, plant.customer))
        counted["refused", True] += 1
        if status not in {401, 403}:
            wrong.append((status, method, rule.rule))
    tell(f"unsafe routes asked by an auditor: {counted['refused', True]} refused, {counted['allowed', True]} are "
         f"files or their own sign-in; wrong answers: {len(wrong)}")
    assert not wrong
    assert last(db) == before


def test_who_audits_and_does_something_else_too_may_do_that(app: Flask, db: Database, plant: Plant,
                                                            auditor: FlaskClient):
    refused = auditor.post("/rejections/1/origin/confirm", data={"csrf": "test-csrf"})
    with db.transaction(SYSTEM, "tests.people") as session:
        found = session.scalars(sa.select(Person).where(Person.login == "looker")).one()
        accounts.grant(session, SYSTEM, found.id, role="quality_engineer", **term("quality_engineer"))
    answered = auditor.post("/rejections/1/origin/confirm", data={"csrf": "test-csrf"})
    assert (refused.status_code, answered.status_code != 403) == (403, True)


def test_reading_leaves_looks_and_each_page_with_personal_data_is_declared(app: Flask, db: Database, plant: Plant,
                                                                           auditor: FlaskClient, tell):
    with db.transaction(SYSTEM, "tests.marks") as session:
        for model, marks in ((Person, {"login": MARKS[0], "email": MARKS[1]}),
                             (Qualification, {"evidence_ref": MARKS[2], "kind": "inspection"}),
                             (CustomerContact, {"email": MARKS[3], "phone": MARKS[4], "customer_id": plant.customer,
                                                "function": "quality", "plant_id": None})):
            held = session.scalars(sa.select(model).order_by(model.id).where(model.id > 0)).first()
            for name, value in marks.items():
                setattr(held, name, value)
        session.scalars(sa.select(Customer).order_by(Customer.id)).first().unit_id = plant.customer
    declared, undeclared, silent, broken, begun = set(), [], [], [], last(db)
    with structlog.testing.capture_logs():
        for rule, method, needs in routes(app, 1 if db.is_sqlite else 7):
            if method != "GET" or needs == "exports.run":
                continue
            before = last(db)
            answer = auditor.get(address_of(rule, plant.customer))
            shows = getattr(app.view_functions[rule.endpoint], "shows", None)
            broken += [rule.endpoint] if shows and answer.status_code == 500 else []
            text = answer.get_data(as_text=True) if answer.status_code == 200 else ""
            if any(mark in text for mark in MARKS):
                undeclared += [rule.rule] if shows is None else []
                silent += [rule.rule] if written(db, before)["looks"] != 1 else []
                declared.add(rule.endpoint)
    traces = written(db, begun)
    tell(f"pages with personal data that an auditor reaches: {len(declared)}, not declared: {undeclared}, "
         f"without a look written: {silent}, broken: {broken}; written meanwhile: {dict(traces)}")
    assert not undeclared
    assert not silent
    assert set(traces) <= OWN_TRACES
    if db.is_sqlite:
        assert {"accounts.people", "accounts.show_person", "customers.show"} <= declared


def test_r35_a_look_says_who_saw_whose_data_and_is_in_the_trail(db: Database, plant: Plant, sign_in: Browse):
    auditor = sign_in("auditor", "en")
    assert auditor.get(f"/accounts/people/{plant.operator.id}").status_code == 200
    assert auditor.get("/accounts/people?role=inspector").status_code == 200
    with db.reading() as session:
        one, several = session.scalars(sa.select(Look).order_by(Look.id)).all()
        entry = orjson.loads(session.scalar(sa.select(ledger.c.entry).order_by(ledger.c.seq.desc()).limit(1)))
    assert (one.page, one.person_id, one.people) == ("person", plant.operator.id, 1)
    assert (several.page, several.person_id, several.people) == ("people", None, 1)
    assert several.address == "/accounts/people?role=inspector"
    assert (entry["entity"], entry["action"], entry["rules"]) == ("looks", "accounts.look", ["R-35"])
