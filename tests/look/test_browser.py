"""In a real browser, light and dark, wide and narrow: axe finds nothing, nothing is cut off, no policy is broken."""

import mimetypes
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.look.gallery import PAGES, ROOT, draw

CSP = ("default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
       "form-action 'self'")
AXE = ROOT / "tests" / "browser" / "vendor" / "axe" / "axe.min.js"
pytestmark = pytest.mark.browser


def answer(route: Route) -> None:
    """Serve the gallery and the static files as the application would."""
    path = urlsplit(route.request.url).path
    headers = {"Content-Security-Policy": CSP}
    if path.startswith("/static/"):
        file = ROOT / "qms" / path.removeprefix("/")
        headers["Content-Type"] = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        route.fulfill(body=file.read_bytes(), headers=headers)
    else:
        page, language = Path(path).stem.split("-")
        route.fulfill(body=draw(page, language), headers=headers | {"Content-Type": "text/html; charset=utf-8"})


@pytest.fixture(params=["light", "dark"])
def window(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A window in light or dark, in which every console message and error is collected."""
    context = browser.new_context(color_scheme=request.param, viewport={"width": 1280, "height": 800})
    context.route("http://gallery.test/**", answer)
    page = context.new_page()
    page.said = []  # type: ignore[attr-defined]
    page.on("console", lambda message: page.said.append(message.text)  # type: ignore[attr-defined]
            if message.type == "error" else None)
    page.on("pageerror", lambda error: page.said.append(str(error)))  # type: ignore[attr-defined]
    yield page
    context.close()


@pytest.mark.parametrize(("name", "language"), list(product(PAGES, ["en", "zh"])))
def test_axe_finds_nothing_and_the_policy_holds(window: Page, name: str, language: str) -> None:
    window.goto(f"http://gallery.test/{name}-{language}")
    window.evaluate(AXE.read_text(encoding="utf-8"))
    found = window.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in found["violations"]] == []
    assert window.said == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", ["register", "record", "form", "report"])
def test_no_page_is_wider_than_the_window(window: Page, name: str, width: int) -> None:
    window.set_viewport_size({"width": width, "height": 800})
    window.goto(f"http://gallery.test/{name}-en")
    assert window.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("name", ["register", "record", "form"])
def test_targets_are_48_pixels_tall(window: Page, name: str) -> None:
    window.goto(f"http://gallery.test/{name}-zh")
    small = window.evaluate("""() => [...document.querySelectorAll('.btn, .rail-link, .rail summary, .form-control,'
        + '.form-select, .form-check-label, .nav-link')].filter(e => e.offsetParent && e.offsetHeight < 48)
        .map(e => e.outerHTML.slice(0, 100))""")
    assert small == []


def test_the_theme_button_switches_and_is_remembered(window: Page) -> None:
    window.goto("http://gallery.test/register-en")
    before = window.evaluate("getComputedStyle(document.body).backgroundColor")
    window.click("[data-theme-switch]")
    assert window.evaluate("getComputedStyle(document.body).backgroundColor") != before
    assert "theme=" in window.evaluate("document.cookie")


def test_the_keyboard_reaches_the_search_and_the_list_of_shortcuts(window: Page) -> None:
    window.goto("http://gallery.test/register-en")
    window.keyboard.press("/")
    assert window.evaluate("document.activeElement.name") == "q"
    window.keyboard.type("?")
    assert window.evaluate("document.activeElement.value") == "?"
    window.evaluate("document.activeElement.blur()")
    window.keyboard.press("?")
    assert window.evaluate("document.getElementById('keys').open")


def test_what_went_wrong_gets_the_focus(window: Page) -> None:
    window.goto("http://gallery.test/form-en")
    assert window.evaluate("document.activeElement.id") == "problems"
