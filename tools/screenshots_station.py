"""Takes the station guide's pictures from a demo instance: every screen, both languages, both orientations.

`python -m tools.screenshots_station INSTANCE [FOLDER]`; FOLDER is docs/images unless given. It records a call and a few
rejections in that instance: take one that can be thrown away.
"""

import io
import shutil
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, Page, sync_playwright
from sqlalchemy import func, select
from waitress.server import create_server

from qms import create_app
from qms.db import Database
from qms.models.acceptance import Handover
from qms.models.accounts import Person
from qms.models.accounts_devices import Device, DeviceKey, DeviceUnit
from qms.models.chain import Unit
from qms.rules.accounts import SYSTEM
from qms.rules.badges import new_badge_code
from qms.rules.clock import utc_now
from qms.settings import Settings
from qms.workflows import accounts_badges, accounts_pins
from qms.workflows.accounts_devices import digest
from tools.screenshots import FLAGS, ROOT

PIN = "280719"
SIZES = {"wide": (1280, 800), "tall": (800, 1280)}


def enrolled(database: Database) -> tuple[str, str, int]:
    """Enrol a tablet where the demo's worker works; return its credential, the worker's badge and id."""
    with database.transaction(SYSTEM, "accounts.enrol") as session:
        worker = session.scalars(select(Person).where(Person.login == "worker")).one()
        home = session.get_one(Unit, worker.unit_id)
        waiting = session.execute(
            select(Handover.customer_id).join(Unit, Unit.id == Handover.customer_id)
            .where(Handover.state == "presented", Unit.kind == "operation").group_by(Handover.customer_id)
            .order_by(func.count().desc()).limit(3)).scalars().all()
        token = str(uuid.uuid4())
        device = Device(site_id=home.site_id, name=f"T-{int(time.time()) % 1000:03}", public_id=str(uuid.uuid4()),
                        enrolled_by_id=worker.id, enrolled_at=utc_now())
        session.add(device)
        session.flush()
        session.add_all([DeviceUnit(device_id=device.id, unit_id=unit) for unit in dict.fromkeys([home.id, *waiting])])
        session.add(DeviceKey(token_hash=digest(token), device_id=device.id, made_at=utc_now()))
        badge = accounts_badges.issue(session, SYSTEM, worker.id, new_badge_code())
        accounts_pins.set_pin(session, SYSTEM, worker.id, PIN)
        return token, badge, worker.id


def scan(page: Page, code: str) -> None:
    """Type a code as a keyboard-wedge scanner does."""
    page.evaluate("""code => { for (const key of [...code, "Enter"])
        document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })); }""", code)


def screens(page: Page, badge: str) -> Iterator[str]:
    """Walk through the station and stop at each screen."""
    back = ".head .btn >> nth=0"
    page.wait_for_selector(".screen-lock h1")
    scan(page, badge)
    page.wait_for_selector(".pin .keypad")
    yield "lock"
    for figure in PIN:
        page.locator(".pin .key", has_text=figure).tap()
    page.wait_for_selector(".home .row")
    yield "home"
    page.locator(".home .side >> nth=0").locator("button.row >> nth=0").tap()
    page.wait_for_selector(".card .actions .btn.accept")
    if page.locator(".begin").count():
        page.locator(".begin >> nth=0").tap()
        page.locator(".pad .key", has_text="9").first.tap()
    yield "card"
    page.locator(".card .btn.reject").tap()
    page.locator(".tile >> nth=0").tap()
    yield "reject"
    if page.locator(".what-is-wrong .line .icon use[href$='#map-pin']").count():
        page.locator(".what-is-wrong .line .btn >> nth=2").tap()
        page.wait_for_timeout(400)
        yield "zone"
        page.locator("dialog header .btn").tap()
    page.locator(".what-is-wrong .line .btn >> nth=1").tap()
    yield "find"
    page.locator("dialog header .btn").tap()
    page.locator(back).tap()
    page.locator(back).tap()
    for name, button in (("present", ".side h2 .btn >> nth=1"), ("call", ".home .btn.call"),
                         ("stop", ".home .btn.stop"),
                         ("pieces", ".notices .notice >> nth=-1"), ("reports", ".home .actions .btn.plain")):
        page.locator(button).tap()
        page.wait_for_selector(".head h1")
        page.wait_for_timeout(800)
        yield name
        page.locator(back).tap()
        page.wait_for_selector(".home")
    page.locator(".home .btn.call").tap()
    page.locator(".reasons .btn >> nth=2").tap()
    page.wait_for_selector("article.stop")
    page.wait_for_timeout(3800)
    yield "stops"
    page.locator(back).tap()


def screens_offline(page: Page, context: BrowserContext) -> Iterator[str]:
    """Go on without a network."""
    context.set_offline(True)
    page.wait_for_selector(".home .btn.reject")
    page.locator(".home .btn.reject").tap()
    page.locator(".tile >> nth=1").tap()
    page.locator(".how-many > .btn.reject").tap()
    page.wait_for_selector(".toast.good")
    page.locator(".bar button.chip >> nth=0").tap()
    page.wait_for_timeout(4000)
    yield "waiting"
    page.locator(".head .btn >> nth=0").tap()
    page.locator(".home .btn.stop").tap()
    page.locator(".reasons .btn >> nth=0").tap()
    page.wait_for_selector("dialog.nobody")
    yield "nobody"
    page.locator("dialog.nobody .btn.plain").tap()
    context.set_offline(False)


def keep(page: Page, target: Path) -> None:
    """Keep what the window shows."""
    page.wait_for_timeout(350)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.thumbnail((1000, 1000))
    picture.save(target, "WEBP", quality=80, method=6)


def main(instance: Path, folder: Path) -> None:
    """Serve the instance on loopback and take every picture."""
    database = Database(Settings(instance=instance).url)
    token, badge, worker = enrolled(database)
    server = create_server(create_app(Settings(instance=instance, workers=0), database), host="127.0.0.1", port=0)
    threading.Thread(target=server.run, daemon=True).start()
    url = f"http://127.0.0.1:{server.effective_port}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for language in ("zh", "en"):
            with database.transaction(SYSTEM, "accounts.choose_language") as session:
                session.get_one(Person, worker).language = language
            for name, (width, height) in SIZES.items():
                context = browser.new_context(viewport={"width": width, "height": height}, has_touch=True, base_url=url,
                                              locale="zh-CN" if language == "zh" else "en-GB")
                context.add_cookies([{"name": "dev", "value": token, "url": url}])
                page = context.new_page()
                page.goto("/station")
                for screen in chain(screens(page, badge), screens_offline(page, context)):
                    keep(page, folder / f"station-{screen}-{name}.{language}.webp")
                context.close()
        context = browser.new_context(viewport={"width": 1280, "height": 800}, base_url=url)
        page = context.new_page()
        page.goto("/station/enrol")
        page.wait_for_selector(".screen-enrol h1")
        for language in ("zh", "en"):
            page.evaluate("language => localStorage.setItem('station-language', language)", language)
            page.reload()
            page.wait_for_selector(".screen-enrol h1")
            keep(page, folder / f"station-enrol-wide.{language}.webp")
        browser.close()
    server.close()
    database.dispose()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if sys.argv[2:] else ROOT / "docs/images")
