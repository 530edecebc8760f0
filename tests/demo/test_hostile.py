"""Whatever is typed or sent: no page runs it, no stale form writes, and nothing answers with a fault of its own."""

import random
import re
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser
from waitress.server import create_server

from qms.db import Database
from qms.db.ledger import ledger
from tests.demo.hostile import PAYLOADS, Read, Sent, Walk, endpoint_of, opened, spoil, walk
from tests.torture.api import HEADERS, Told, address, body, operations, send

GARBAGE = ("'; DROP TABLE people; --", "\0", "9" * 40, "-1", "2026-99-99", "１２", "1e999", "NaN", "%00%ff", "x" * 5000,
           "[1,2]", "../../etc/passwd", "")
CHOSEN = {"select", "radio", "checkbox", "hidden"}
ENDING = {None, "accounts.sign_out", "accounts.end_session"}
OF_ANY_AGE = {"/api/v1/rejects/{client_id}", "/api/v1/devices/heartbeat"}
"""What a tablet says is never refused for a field too many: its app may be newer or older than the server."""
OURS = {"_anchor", "_external", "_method", "_scheme", "endpoint", "values"}
"""Names that Flask gives a meaning where an address is made."""
WITH_SCRIPTS = ("today.index", "rejections.register", "rejections.show", "chain.map", "chain.unit",
                "chain_pictures.show", "measures.unit", "measures.link", "boards.andon", "rejections.board",
                "actions.show", "actions_causes.editor", "review_dashboard.show", "review.show", "customers.show")
LISTENING = """
window.xss = () => console.log("! a script ran");
addEventListener("securitypolicyviolation", (broke) => console.log(`! ${broke.violatedDirective} ${broke.blockedURI}`));
"""
UNASKED = (".pdf", ".xlsx", ".csv", ".pptx", "/metrics")


@dataclass
class World:
    """The spoilt demo plant, the browser of somebody who may do everything, and the pages reached."""

    app: Flask
    database: Database
    browser: FlaskClient
    walk: Walk
    texts: int

    def entries(self) -> int:
        """Count the entries of the trail."""
        with self.database.reading() as session:
            return session.scalar(sa.select(sa.func.count()).select_from(ledger)) or 0

    def forms(self, method: str) -> list[Sent]:
        """Return the forms of the pages, each once: by where it goes, not by record."""
        found = {(endpoint_of(self.app, form.address, method.upper()), *form.fields): form for page in self.walk.read
                 for form in page.forms if form.method == method}
        return [form for (endpoint, *_), form in found.items() if endpoint not in ENDING]


@pytest.fixture(scope="module")
def world(demo_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("hostile") / "plant"
    shutil.copytree(Path(demo_url.removeprefix("sqlite:///")).parent, folder)
    with opened(f"sqlite:///{folder / 'qms.sqlite'}") as (app, database, browser):
        texts = spoil(database)
        yield World(app, database, browser, walk(app, browser, 1), texts)


@pytest.mark.parametrize("payload", [text for text in PAYLOADS if re.search(r"<[a-z]", text) and "&lt" not in text])
def test_the_reader_of_pages_sees_an_attack(payload: str):
    page = Read("/")
    page.feed(f"<p title='x' class=\"y\">{payload}</p>")
    assert page.attacks


def test_what_was_typed_stays_text_on_every_page(world: World, tell):
    attacks = [f"{page.address}: {attack}" for page in world.walk.read for attack in page.attacks]
    tell(f"free texts spoilt: {world.texts}, pages read: {len(world.walk.read)}, let through: {len(attacks)}")
    assert world.texts > 200
    assert len(world.walk.read) > 280
    assert (attacks, world.walk.failed) == ([], [])


@pytest.mark.browser
def test_no_browser_runs_what_was_typed(world: World, browser: Browser, tell):
    server = create_server(world.app, host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    home, ran, token = f"http://127.0.0.1:{server.effective_port}", [], world.browser.get_cookie("qms")
    window = browser.new_context(base_url=home)
    window.add_cookies([{"name": "qms", "value": token.value if token else "", "url": home}])
    window.add_init_script(LISTENING)
    page = window.new_page()
    page.on("console", lambda told: ran.append(f"{page.url}: {told.text}") if told.text.startswith("!") else None)
    page.on("dialog", lambda dialog: (ran.append(f"dialog {page.url}"), dialog.dismiss()))
    addresses = [*(world.walk.pages[endpoint][0].address for endpoint in WITH_SCRIPTS), "/station/"]
    for where in addresses:
        page.goto(where, wait_until="networkidle")
    tell(f"pages opened in Chromium: {len(addresses)}, scripts run, dialogs, breaches of the policy: {len(ran)}")
    window.close()
    server.close()
    assert ran == []


def test_a_form_read_before_somebody_elses_change_writes_nothing(world: World, tell):
    counted, wrong = Counter(), []
    for form in world.forms("post"):
        rev = int(form.fields.get("rev", ("", ""))[1] or 0)
        if not rev:
            continue
        before = world.entries()
        answer = world.browser.post(form.address, data=form.answered(rev=str(rev - 1 or 2), csrf="test-csrf"))
        counted["shows both versions"] += "Both versions" in answer.text
        counted["refused"] += answer.status_code in {303, 409, 422}
        counted["forms"] += 1
        if world.entries() != before or answer.status_code not in {303, 409, 422}:
            wrong.append((answer.status_code, form.address))
    tell(f"forms that change a record, sent as somebody read it before another changed it: {dict(counted)}")
    assert not wrong
    assert counted["shows both versions"] > 60


def test_no_form_breaks_on_garbage(world: World, tell):
    broken, counted = [], Counter[int]()
    for number, form in enumerate(world.forms("post")):
        garbage = {name: GARBAGE[(number + place) % len(GARBAGE)] for place, (name, (kind, _)) in
                   enumerate(form.fields.items()) if number % 2 or kind not in CHOSEN}
        answer = world.browser.post(form.address, data=form.answered(**garbage | {"csrf": "test-csrf"}))
        counted[answer.status_code] += 1
        if answer.status_code >= 500:
            broken.append((answer.status_code, form.address, garbage))
    tell(f"forms sent with garbage, by answer: {dict(counted)}, broken: {len(broken)}")
    assert counted[422] > 90
    assert not broken


def test_no_page_breaks_on_a_hostile_query(world: World, tell):
    names = {name for source in Path("qms").rglob("*.py")
             for name in re.findall(r"""request\.args(?:\.get|\.getlist)?[(\[]"([a-z_]+)""", source.read_text())}
    names |= OURS | {name for form in world.forms("get") for name in form.fields}
    broken, sent = [], 0
    for rule in world.app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or "<" in rule.rule or rule.rule.endswith(UNASKED):
            continue
        for turn in range(2):
            query = {name: GARBAGE[(turn * 5 + place) % len(GARBAGE)] for place, name in enumerate(sorted(names))}
            sent += 1
            answer = world.browser.get(rule.rule, query_string=query)
            if answer.status_code >= 500:
                broken.append((answer.status_code, rule.rule, query))
    tell(f"names of query fields: {len(names)}, hostile queries: {sent}, broken: {len(broken)}")
    assert len(names) > 40
    assert not broken


def test_no_operation_of_the_api_breaks_on_any_body(world: World, tell):
    told = Told()
    for operation in operations(world.browser.get("/api/v1/openapi.json").json):
        send(world.browser, operation, 2, told)
    tell(f"bodies made by chance, by answer: {dict(sorted(told.statuses.items()))}, broken: {len(told.broken)}")
    assert told.broken == []


def test_no_operation_of_the_api_takes_a_field_that_it_does_not_name(world: World, tell):
    chance, before, wrong, named = random.Random(7), world.entries(), [], Counter[bool]()
    for asked in operations(world.browser.get("/api/v1/openapi.json").json):
        if asked.shape is None or asked.path in OF_ANY_AGE:
            continue
        sent = body(asked.shape, chance, 0) | {"granted_by_me": 1}
        answer = world.browser.open(address(asked, chance), method=asked.method, json=sent, headers=HEADERS)
        named["granted_by_me" in answer.text] += 1
        if answer.status_code not in {401, 404, 422}:
            wrong.append((answer.status_code, asked.method, asked.path))
    tell(f"bodies with a field of nobody's: {sum(named.values())}, refused by its name: {named[True]}")
    assert not wrong
    assert named[True] > 150
    assert world.entries() == before
