"""A server with a small plant, and Chromium, for tests that must see what a person sees."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext
from waitress.server import create_server

from qms import create_app
from qms.db import Database
from qms.models.accounts import Person
from qms.rules.accounts import SYSTEM
from qms.settings import Settings
from qms.workflows import accounts
from tests.databases import made_database
from tests.plant import PASSWORD, Plant, make_plant


@dataclass
class Site:
    """A running server and what it holds."""

    url: str
    database: Database
    plant: Plant

    def token(self, login: str, language: str) -> str:
        """Sign a person of the plant in, reading a language."""
        with self.database.transaction(SYSTEM, "tests.sign_in") as session:
            person = session.get_one(Person, self.plant.people[login].id)
            person.language = language
            accounts.set_password(session, SYSTEM, person.id, PASSWORD)
            token = accounts.sign_in(session, login=login, password=PASSWORD, address=None, agent="test",
                                     lasts=timedelta(hours=1))
        assert token
        return token


@contextmanager
def served(folder: Path) -> Iterator[Site]:
    """Serve a small plant on a free port of loopback."""
    with made_database("sqlite", folder) as url:
        database = Database(url, durable=False)
        plant = make_plant(database)
        server = create_server(create_app(Settings(instance=folder, workers=0), database), host="127.0.0.1", port=0)
        threading.Thread(target=server.run, daemon=True).start()
        yield Site(f"http://127.0.0.1:{server.effective_port}", database, plant)
        server.close()
        database.dispose()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Serve one plant for all tests that can share it."""
    with served(tmp_path_factory.mktemp("browser")) as made:
        yield made


@pytest.fixture
def signed_in(browser: Browser, site: Site):
    """Return a function that opens a window in which a person of the plant is signed in."""
    opened: list[BrowserContext] = []

    def open_window(login: str, language: str, *, width: int = 1440, height: int = 900, touch: bool = False):
        context = browser.new_context(viewport={"width": width, "height": height}, has_touch=touch, base_url=site.url)
        context.add_cookies([{"name": "qms", "value": site.token(login, language), "url": site.url}])
        opened.append(context)
        return context.new_page()

    yield open_window
    for context in opened:
        context.close()
