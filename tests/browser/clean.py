"""What every page owes whoever looks at it in a browser: no fault, no foreign host, no more width than the window, and
nothing that axe objects to.
"""

from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parent / "vendor/axe/axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
ASKED = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"], "preload": False, "iframes": False}
"""Only what is wrong is collected: describing every element that is right takes most of the time."""
WIDTH = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def objections(page: Page) -> list[str]:
    """Return what axe has to say against the page as it stands."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("asked => axe.run(document, asked)", ASKED)
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found["violations"]]


def walk(page: Page, home: str, addresses: Iterable[str], *, axe: bool = True) -> None:
    """Open each address, of the server at `home`, and hold it against what every page owes."""
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("console", lambda m: faults.append(f"{page.url}: {m.text}") if m.type in {"error", "warning"} else None)
    page.on("request", lambda r: faults.append(r.url) if not r.url.startswith((home, "data:", "blob:")) else None)
    for address in addresses:
        answer = page.goto(address, wait_until="load")
        assert answer is not None
        assert answer.status == 200, address
        if page.locator("[data-chart]").count():
            page.wait_for_load_state("networkidle")  # What charts show is fetched after the page.
        wide = page.evaluate(WIDTH)
        assert wide <= 0, f"{address} is {wide} px too wide"
        if axe:
            assert objections(page) == [], address
    assert faults == []
