"""The short demo plant in which every free text is an attack on whoever reads it, and a walk through its pages."""

import re
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import sqlalchemy as sa
import structlog
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Column, Connection, Table
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from qms import create_app
from qms.db import Database
from qms.db.base import Base
from qms.models.chain import Unit
from qms.rules.accounts import ROLES, SYSTEM
from qms.settings import Settings
from qms.workflows import accounts
from qms.workflows import accounts_devices_enrolling as enrolling
from tests.plant import PASSWORD, term

PAYLOADS = (
    "<script>xss()</script>", "<img src=x onerror=xss()>", '"><svg onload=xss()>', "'><img src=x onerror=xss()>",
    "</title><script>xss()</script>", "</textarea><xss-a>", "</script><script>xss()</script>", "<xss-b onclick=xss()>",
    '" onmouseover="xss()', "' onfocus='xss()' autofocus='", "<iframe src=javascript:xss()>", "{{7*7}}{%xss%}",
    "<a href=javascript:xss()>x</a>", "<math><xss-c xlink:href=javascript:xss()>", "--><img src=x onerror=xss()>",
    "<object data=data:text/html,xss>", "<embed src=//xss.example>", "<base href=//xss.example/>", "]]><xss-d>",
    "<link rel=stylesheet href=//xss.example>", "<meta http-equiv=refresh content=0;//xss.example>", "${xss()}",
    "<form action=//xss.example><button>x", "<style>@import'//xss.example'</style>", "&lt;xss-e&gt;<xss-e>",
    "<video><source onerror=xss()>", "<details open ontoggle=xss()>", "\\u003cxss-f\\u003e", "%3Cxss-g%3E",
    "\u202e<ｓｃｒｉｐｔ><xss-h>")
"""What tells them from ours: an element, an attribute or an address that holds `xss`, or an attribute that acts."""
START = "javascript:xss()//"
WRITTEN = frozenset({"content_type", "currency", "discipline", "escape_class", "filters", "grade", "grade_by_rule",
                     "imported", "language", "live", "mapping", "missed", "month", "people", "period", "roles",
                     "severity", "snapshot", "source_fields", "special", "step", "time_zone", "weekdays"})
"""Columns in which the program writes JSON, or a name of its own or of a standard."""
STARTS = {"portal_url": "https://portal.example/"}
"""What a text has to begin with, where the program sees to that."""
APART = frozenset({"ledger", "checkpoints", "installation", "number_series", "rule_counts", "people", "jobs"})
FILLED = {"number": "1", "date": "2026-11-19", "time": "08:00", "datetime-local": "2026-11-19T08:00",
          "month": "2026-11", "hidden": "", "checkbox": "y", "select": ""}
"""What is typed into an empty field, by its kind."""
_WORD = re.compile(r"[a-z0-9_.:-]*")
"""How the program writes its own words, and hashes."""
_ACTS = re.compile(r"^on|xss", re.IGNORECASE)
_LOADS = frozenset({"href", "src", "action", "formaction", "data", "xlink:href", "poster", "srcset"})
_FOREIGN = re.compile(r"^\s*(javascript|vbscript|data:text)|^\s*//xss", re.IGNORECASE)


def spoil(database: Database) -> int:
    """Put an attack into every free text of every record; return how many columns took one."""
    taken = 0
    with database._write_engine.begin() as connection:
        for number, (table, column) in enumerate(typed(connection)):
            start = STARTS.get(column.name, START)
            turns = [sa.literal(f"{start} {' '.join(PAYLOADS[n::10])} ") for n in range(10)]
            key = next(iter(table.primary_key.columns))
            turn = sa.case(*(((sa.func.abs(key) + number) % 10 == n, text) for n, text in enumerate(turns)),
                           else_=turns[0])
            changed = sa.update(table).values({column.name: turn.concat(sa.cast(key, sa.String))})
            try:
                with connection.begin_nested():
                    taken += connection.execute(changed.where(column.is_not(None), column != "")).rowcount > 0
            except IntegrityError:
                continue
    return taken


def typed(connection: Connection) -> list[tuple[Table, Column]]:
    """Return every column that holds what somebody typed."""
    return [(table, column) for table in Base.metadata.sorted_tables if table.name not in APART
            for column in table.columns
            if isinstance(column.type, sa.String) and column.name not in WRITTEN and not column.foreign_keys
            and not column.primary_key and not all(
                _WORD.fullmatch(text) for text in connection.scalars(sa.select(column).distinct()) if text)]


@contextmanager
def opened(url: str) -> Iterator[tuple[Flask, Database, FlaskClient]]:
    """Open a demo plant: its application, its database, and the browser of somebody who may do everything."""
    database = Database(url)
    app = create_app(Settings(instance=Path(url.removeprefix("sqlite:///")).parent, workers=0), database)
    app.testing, app.config["PROPAGATE_EXCEPTIONS"] = True, False
    with structlog.testing.capture_logs():
        yield app, database, open_to_all(app, database)
    database.dispose()


def open_to_all(app: Flask, database: Database) -> FlaskClient:
    """Return the browser of somebody who holds every role, on a tablet of the plant."""
    with database.transaction(SYSTEM, "tests.people") as session:
        made = accounts.add_person(session, SYSTEM, login="all", name="All", language="en", password=PASSWORD)
        for role in ROLES:
            accounts.grant(session, SYSTEM, made.id, role=role, **term(role))
        token = accounts.sign_in(session, login="all", password=PASSWORD, address=None, agent="test",
                                 lasts=timedelta(hours=2))
        unit = session.scalars(sa.select(Unit.id).where(Unit.kind == "operation").order_by(Unit.id)).first()
        offer = enrolling.offer(session, SYSTEM, name="T-99", unit_ids=(unit,))
        _device, credential = enrolling.enrol(session, offer.code, enrolling.Facts("app-1", True, True, "test"))
    browser = app.test_client()
    browser.set_cookie("qms", token or "")
    browser.set_cookie("dev", credential)
    with browser.session_transaction() as cookies:
        cookies["csrf"] = "test-csrf"
    return browser


@dataclass
class Sent:
    """A form as a page shows it: where it goes, how, and the name, kind and value of its fields."""

    address: str
    method: str
    fields: dict[str, tuple[str, str]] = field(default_factory=dict)

    def answered(self, **given: str) -> dict[str, str]:
        """Return the form filled: what is empty or spoilt as its kind asks, and `given`."""
        return {name: value if value and START not in value else FILLED.get(kind, "x")
                for name, (kind, value) in self.fields.items() if kind not in {"file", "submit", "button"}} | given


class Read(HTMLParser):
    """What a page holds: its links, its forms, and whatever in it is an attack that came through."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.links: list[str] = []
        self.forms: list[Sent] = []
        self.attacks: list[str] = []
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        held = {name: value or "" for name, value in attrs}
        if "xss" in tag or _is_foreign(tag, held) or any(_ACTS.search(name) for name in held) or any(
                _FOREIGN.search(held[name]) for name in _LOADS & held.keys()):
            self.attacks.append(f"<{tag} {held}>"[:200])
        if tag == "a" and held.get("href"):
            self.links.append(urljoin(self.address, held["href"]))
        elif tag == "form":
            self.forms.append(Sent(urljoin(self.address, held.get("action") or self.address),
                                   held.get("method", "get").lower()))
        elif self.forms and tag in {"input", "textarea", "select", "button"} and held.get("name"):
            self._select = held["name"] if tag == "select" else self._select
            if tag != "input" or held.get("type") not in {"radio", "checkbox"} or "checked" in held \
                    or held["name"] not in self.forms[-1].fields:
                self.forms[-1].fields[held["name"]] = (held.get("type", tag), held.get("value", ""))
        elif self.forms and tag == "option" and held.get("value") and self._select in self.forms[-1].fields:
            kind, chosen = self.forms[-1].fields[self._select]
            if not chosen or "selected" in held:
                self.forms[-1].fields[self._select] = (kind, held["value"])


def _is_foreign(tag: str, held: dict[str, str]) -> bool:
    """Tell whether an element is one that no page of ours has."""
    return (tag == "script" and not held.get("src") and held.get("type") != "application/json") or tag in {
        "style", "iframe", "object", "embed", "base"} or held.get("http-equiv") == "refresh"


@dataclass
class Walk:
    """The pages that were reached, by endpoint, and what they hold."""

    pages: dict[str, list[Read]] = field(default_factory=dict)
    statuses: Counter[int] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)

    @property
    def read(self) -> list[Read]:
        """Return all of them."""
        return [page for pages in self.pages.values() for page in pages]


def walk(app: Flask, browser: FlaskClient, each: int) -> Walk:
    """Follow the links from Today on, to at most `each` pages of an endpoint."""
    walked, seen, waiting = Walk(), Counter[str](), deque(["/"])
    known = {"/"}
    while waiting:
        address = waiting.popleft()
        endpoint = endpoint_of(app, address)
        if endpoint is None or seen[endpoint] >= each:
            continue
        seen[endpoint] += 1
        answer = browser.get(address)
        walked.statuses[answer.status_code] += 1
        if answer.status_code >= 500:
            walked.failed.append(address)
        if answer.mimetype != "text/html":
            continue
        page = Read(address)
        page.feed(answer.get_data(as_text=True))
        walked.pages.setdefault(endpoint, []).append(page)
        for link in page.links:
            if link.startswith("/") and link not in known:
                known.add(link)
                waiting.append(link)
    return walked


def endpoint_of(app: Flask, address: str, method: str = "GET") -> str | None:
    """Return the endpoint that answers an address; None where none does."""
    try:
        found, _ = app.url_map.bind("localhost").match(urlsplit(address).path, method=method)
    except (HTTPException, RequestRedirect):
        return None
    return None if found == "static" else found
