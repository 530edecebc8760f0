"""Tablets for tests: a plant with work waiting, an enrolled tablet, a badge and a PIN, and Chromium on the station."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from qms.models.accounts_devices import Device, DeviceKey, DeviceUnit
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows import accounts_badges, accounts_pins
from qms.workflows.accounts_devices import digest
from tests.acceptance.arrange import approved, burr, gap, presented
from tests.browser.conftest import Site, signed_in, site
from tests.plant import Plant

__all__ = ["signed_in", "site"]
BADGE = "QBOPERATOR00000042"
LEADER_BADGE = "QBTEAMLEADER000007"
PIN = "280719"


@dataclass
class Station:
    """A window on the station and what it is served by."""

    page: Page
    context: BrowserContext
    site: Site
    plant: Plant

    def scan(self, code: str) -> None:
        """Type a code as a keyboard-wedge scanner does: fast, and Enter after it."""
        self.page.evaluate("""code => { for (const key of [...code, "Enter"]) {
            document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true })); } }""", code)

    def sign_in(self) -> None:
        """Sign the operator in by badge and PIN."""
        self.page.wait_for_selector(".screen-lock h1")
        self.scan(BADGE)
        self.page.wait_for_selector(".pin .keypad")
        for figure in PIN:
            self.page.locator(".pin .key", has_text=figure).tap()
        self.page.wait_for_selector(".home .btn.reject")


@pytest.fixture(scope="session")
def floor(site: Site) -> Plant:
    """The plant with a standard in force, badges and PINs."""
    plant = site.plant
    approved(site.database, plant, burr(plant), link_id=plant.press_weld)
    approved(site.database, plant, burr(plant), gap(plant), link_id=plant.weld_paint, form_number="FM-02")
    give_badges(site)
    return plant


def give_badges(site: Site) -> None:
    """Give operator and team leader a badge and a PIN."""
    plant = site.plant
    with site.database.transaction(SYSTEM, "tests.badges") as session:
        for person, badge in ((plant.operator, BADGE), (plant.team_leader, LEADER_BADGE)):
            accounts_badges.issue(session, SYSTEM, person.id, badge)
            accounts_pins.set_pin(session, SYSTEM, person.id, PIN)


@pytest.fixture
def tablet(browser: Browser, site: Site, floor: Plant) -> Iterator[Callable[..., Station]]:
    """Return a function that opens the station on an enrolled tablet of its own."""
    opened: list[BrowserContext] = []

    def open_tablet(*units: int, language: str = "en", width: int = 1280, height: int = 800,
                    enrolled: bool = True, **more: Any) -> Station:
        context = browser.new_context(viewport={"width": width, "height": height}, has_touch=True, base_url=site.url,
                                      locale="zh-CN" if language == "zh" else "en-GB", **more)
        if enrolled:
            context.add_cookies([{"name": "dev", "value": enrol(site, units or (floor.weld,)), "url": site.url}])
        opened.append(context)
        page = context.new_page()
        page.goto("/station")
        page.wait_for_selector("#station h1")
        return Station(page, context, site, floor)

    yield open_tablet
    for context in opened:
        context.close()


def enrol(site: Site, units: tuple[int, ...]) -> str:
    """Enrol a tablet past the code; return its credential."""
    with site.database.transaction(SYSTEM, "tests.enrol") as session:
        at = utc_now()
        token = f"credential-{at.timestamp()}"
        device = Device(site_id=site.plant.site, name=f"T-{at.timestamp()}", public_id=f"{at.timestamp():036f}"[-36:],
                        enrolled_by_id=site.plant.team_leader.id, enrolled_at=at)
        session.add(device)
        session.flush()
        session.add_all([DeviceUnit(device_id=device.id, unit_id=unit) for unit in units])
        session.add(DeviceKey(token_hash=digest(token), device_id=device.id, made_at=at))
    return token


@pytest.fixture
def waiting_lot(site: Site, floor: Plant) -> str:
    """Present a lot from press to weld; return its number."""
    from qms.models.chain import Lot

    with site.database.transaction(SYSTEM, "tests.lot") as session:
        lot = Lot(site_id=floor.site, number=f"L-{utc_now().timestamp()}", item_id=floor.item, quantity=40)
        session.add(lot)
    presented(site.database, floor, quantity=40, lot_id=lot.id)
    return lot.number
