"""Every screen of the station: axe finds nothing, targets are large, nothing is cut off, the next one comes at once."""

import re
from pathlib import Path

import pytest

from tests.browser.clean import objections

pytestmark = pytest.mark.browser

SMALL = """() => [...document.querySelectorAll('button, .btn, label.switch, input, textarea')]
    .filter(e => e.offsetParent && e.type !== 'file' && e.type !== 'checkbox' && !e.classList.contains('zone'))
    .filter(e => e.offsetHeight < 60 || e.offsetWidth < 60).map(e => e.outerHTML.slice(0, 120))"""
CLOSE = """() => { const all = [...document.querySelectorAll('.page button, .page .btn')].filter(e => e.offsetParent
        && !e.classList.contains('zone')).map(e => [e, e.getBoundingClientRect()]);
    const near = [];
    for (const [a, r] of all) for (const [b, q] of all) {
        if (a === b || a.contains(b) || b.contains(a)) continue;
        const dx = Math.max(q.left - r.right, r.left - q.right), dy = Math.max(q.top - r.bottom, r.top - q.bottom);
        if (Math.max(dx, dy) < 7.5) near.push(a.textContent.slice(0, 30) + ' | ' + b.textContent.slice(0, 30));
    }
    return near; }"""
WIDE = "() => document.documentElement.scrollWidth - innerWidth"


def screens(station, lot: str):
    """Walk through every screen and stop at each."""
    page = station.page
    yield "lock"
    station.sign_in()
    page.wait_for_selector(".row strong")
    yield "home"
    page.locator(".home .row >> nth=0").tap()
    page.wait_for_selector(".card .btn.accept")
    yield "card"
    page.locator(".card .btn.reject").tap()
    page.locator(".tile >> nth=0").tap()
    yield "reject"
    page.locator(".how-many .line > .btn.plain").tap()
    yield "note"
    page.locator("dialog .btn.primary").tap()
    page.locator(".what-is-wrong .line .btn >> nth=1").tap()
    yield "find"
    page.locator("dialog header .btn").tap()
    page.locator(".head .btn.plain >> nth=0").tap()
    page.locator(".card .head .btn.plain >> nth=0").tap()
    for name, button in (("present", ".side h2 .btn >> nth=1"), ("call", ".home .btn.call"),
                         ("stop", ".home .btn.stop"),
                         ("pieces", ".notice.quiet, .notice.due"), ("reports", ".home .actions .btn.plain"),
                         ("waiting", ".bar button.chip >> nth=0")):
        page.locator(button).first.tap()
        page.wait_for_selector(".head h1")
        page.wait_for_timeout(400)
        yield name
        if name == "waiting":
            page.locator(".actions .btn:has-text('codes'), .actions .btn:has-text('二维码')").tap()
            page.wait_for_selector(".codes .qr, .codes .empty")
            yield "codes"
            page.locator(".head .btn.plain >> nth=0").tap()
        page.locator(".head .btn.plain >> nth=0").tap()
        page.wait_for_selector(".home")


@pytest.mark.parametrize(("language", "width", "height"), [("zh", 1280, 800), ("en", 800, 1280)])
def test_every_screen_is_clean_large_and_whole(tablet, waiting_lot, site, language: str, width: int, height: int):
    from qms.models.accounts import Person
    from qms.rules.accounts import SYSTEM

    with site.database.transaction(SYSTEM, "tests.language") as session:
        session.get_one(Person, site.plant.operator.id).language = language
    station = tablet(language=language, width=width, height=height)
    faults: list[str] = []
    station.page.on("pageerror", lambda error: faults.append(str(error)))
    station.page.on("request", lambda r: faults.append(r.url) if not r.url.startswith((site.url, "data:", "blob:"))
                    else None)
    for name in screens(station, waiting_lot):
        assert objections(station.page) == [], name
        assert station.page.evaluate(SMALL) == [], name
        assert station.page.evaluate(CLOSE) == [], name
        assert station.page.evaluate(WIDE) <= 0, name
        if language == "zh":
            text = station.page.locator(".page").inner_text()
            left = [w for w in re.findall(r"[A-Za-z]{4,}", text) if w.upper() not in KNOWN]
            assert left == [], name
    assert faults == []


KNOWN = {"LOOK", "WELD", "PRESS", "PAINT", "OPERATOR", "ENGLISH"}


def test_the_first_load_is_light(tablet, waiting_lot):
    sizes: list[int] = []
    station = tablet()
    station.page.on("response", lambda answer: sizes.append(len(answer.body())) if answer.status == 200 else None)
    station.context.clear_cookies(name="qms")
    station.page.reload(wait_until="networkidle")
    assert sum(sizes) < 600 * 1024


def test_the_files_of_the_app_never_change_under_their_name(tablet):
    from qms.views.station import files

    station = tablet()
    stamp = re.search(r"/station/app/([0-9a-f]{12})/", station.page.content()).group(1)
    for name in files():
        answer = station.context.request.get(f"/station/app/{stamp}/{name}")
        assert "immutable" in answer.headers["cache-control"], name
    assert station.context.request.get(f"/station/app/{'0' * 12}/station/app.js").status == 404
    assert "no-cache" in station.context.request.get("/station/sw.js").headers["cache-control"]
    assert not [n for n in files() if not Path(n).suffix]
