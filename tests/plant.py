"""A small plant: press -> weld -> paint -> final check -> customer, its people by role, and browsers for them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import make_url

from qms import create_app
from qms.db import Database
from qms.models.accounts import Person
from qms.models.chain import Defect, Item, Link, Lot, Routing, RoutingStep, Site, Unit
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.accounts import Grant as Held
from qms.rules.clock import utc_now
from qms.settings import Settings
from qms.workflows import accounts
from tests.databases import made_database

PASSWORD = "correct horse 42"
LOGINS = ("operator", "team_leader", "inspector", "quality_engineer", "quality_manager", "auditor", "admin",
          "production_manager", "unit_head")
__all__ = ["_app", "_planted", "app", "client", "plant", "sign_in"]


@dataclass
class Plant:
    """Ids of what the plant is made of, and its people as actors."""

    site: int
    press: int
    weld: int
    paint: int
    final: int
    customer: int
    quality: int
    press_weld: int
    weld_paint: int
    paint_final: int
    final_customer: int
    item: int
    lot: int
    burr: int
    scratch: int
    routing: int
    people: dict[str, Actor] = field(default_factory=dict)

    def __getattr__(self, role: str) -> Actor:
        try:
            return self.__dict__["people"][role]
        except KeyError:
            raise AttributeError(role) from None


def make_plant(database: Database) -> Plant:
    """Put the plant into an empty database."""
    with database.transaction(SYSTEM, "tests.plant") as session:
        site = Site(code="SH", name_zh="上海工厂", name_en="Shanghai plant", time_zone="Asia/Shanghai", profile="iatf",
                    demo=False)
        session.add(site)
        session.flush()

        def unit(kind: str, code: str, zh: str, en: str, **more: object) -> Unit:
            made = Unit(site_id=site.id, kind=kind, code=code, name_zh=zh, name_en=en, path="", **more)
            session.add(made)
            session.flush()
            made.path = f"{made.id}."
            session.flush()
            return made

        press = unit("operation", "OP10", "冲压", "Press", line="A")
        weld = unit("operation", "OP20", "焊接", "Weld", line="A")
        paint = unit("operation", "OP30", "涂装", "Paint", line="A")
        final = unit("operation", "OP90", "终检", "Final check", line="A", inspects=True, final=True)
        customer = unit("customer", "C01", "星辰汽车", "Star Motors")
        quality = unit("department", "QD", "质量部", "Quality department")
        links = []
        for supplier, buyer in ((press, weld), (weld, paint), (paint, final), (final, customer)):
            link = Link(site_id=site.id, supplier_id=supplier.id, customer_id=buyer.id, kind="operation",
                        output_zh="支架", output_en="Brackets")
            session.add(link)
            session.flush()
            links.append(link.id)
        item = Item(site_id=site.id, code="BR-100", drawing_rev="C", name_zh="左支架", name_en="Left bracket",
                    unit="pcs", customer_id=customer.id)
        burr = Defect(site_id=site.id, code="D01", name_zh="毛刺", name_en="Burr", severity="MA", zone="边缘",
                      initials="mc")
        scratch = Defect(site_id=site.id, code="D02", name_zh="划伤", name_en="Scratch", severity="MI", initials="hs")
        session.add_all([item, burr, scratch])
        session.flush()
        lot = Lot(site_id=site.id, number="L-0001", item_id=item.id, quantity=200)
        routing = Routing(item_id=item.id, revision=1, valid_from=date(2026, 1, 1))
        session.add_all([lot, routing])
        session.flush()
        for position, step in enumerate((press, weld, paint, final), start=1):
            session.add(RoutingStep(routing_id=routing.id, position=position, unit_id=step.id))
        people = {login: _person(session, login) for login in LOGINS}
        return Plant(site.id, press.id, weld.id, paint.id, final.id, customer.id, quality.id, *links, item.id, lot.id,
                     burr.id, scratch.id, routing.id, people)


def term(role: str) -> dict[str, date]:
    """Return from when to when somebody of a test holds a role: an auditor's ends, others' do not."""
    today = utc_now().date()
    return {"starts_on": today, "ends_on": today + timedelta(days=80)} if role == "auditor" else {
        "starts_on": date(2020, 1, 1)}


def _person(session: object, login: str) -> Actor:
    """Make a person named after their role, holding it everywhere."""
    made: Person = accounts.add_person(session, SYSTEM, login=login, name=login.replace("_", " ").title(),
                                       language="en", password=None)
    given = accounts.grant(session, SYSTEM, made.id, role=login, **term(login))
    return Actor(id=made.id, name=made.name, grants=(Held(given.id, login),), method="test")


@pytest.fixture(scope="session")
def _planted(_backend_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Database, Plant]]:
    """A database in which the plant stands, made once per process."""
    with made_database(make_url(_backend_url).get_backend_name(), tmp_path_factory.mktemp("planted")) as url:
        database = Database(url)
        yield database, make_plant(database)
        database.dispose()


@pytest.fixture
def plant(db: Database, _planted: tuple[Database, Plant]) -> Plant:
    """The small plant in this test's database; a test may add people to its own copy."""
    return replace(_planted[1], people=dict(_planted[1].people))


@pytest.fixture(scope="session")
def _app(_rolled_back: Database, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application, put together once per process: its routes and templates are the same for every test."""
    made = create_app(Settings(instance=tmp_path_factory.mktemp("app"), workers=0), _rolled_back)
    made.testing = True
    made.config["PROPAGATE_EXCEPTIONS"] = False
    return made


@pytest.fixture
def app(_app: Flask, db: Database, tmp_path: Path) -> Iterator[Flask]:
    """The application over this test's database and instance; what a test changes of it is put back."""
    held, extensions = dict(_app.config), dict(_app.extensions)
    _app.extensions["qms.settings"] = Settings(instance=tmp_path, workers=0)
    yield _app
    _app.config.clear()
    _app.config.update(held)
    _app.extensions.clear()
    _app.extensions.update(extensions)


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    """A browser in which nobody is signed in."""
    with app.test_client() as browser:
        yield browser


@pytest.fixture
def sign_in(app: Flask, db: Database, plant: Plant) -> Callable[..., FlaskClient]:
    """Return a function that gives a browser in which a person of the plant is signed in, reading a language."""
    def open_browser(login: str, language: str = "en") -> FlaskClient:
        with db.transaction(SYSTEM, "tests.sign_in") as session:
            held = session.get_one(Person, plant.people[login].id)
            held.language = language
            accounts.set_password(session, SYSTEM, held.id, PASSWORD)
            token = accounts.sign_in(session, login=login, password=PASSWORD, address="127.0.0.1", agent="test",
                                     lasts=timedelta(hours=1))
        browser = app.test_client()
        browser.set_cookie("qms", token or "")
        with browser.session_transaction() as held_session:
            held_session["csrf"] = "test-csrf"
        return browser

    return open_browser
