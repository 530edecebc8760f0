"""The pages of a corrective action in a real browser: no fault, not too wide, nothing that axe objects to."""

import pytest

from tests.actions.course import Course
from tests.browser.clean import walk
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def addresses(site: Site) -> list[str]:
    """The record page of a case on its way, each form of it, and the board with a card."""
    course = Course(site.database, site.plant)
    made = course.open(severity="CR", safety=True)
    course.passed(made, "D0", emergency_verified=True)
    course.passed(made, "D1", "D2")
    course.answer(made, but=1)
    base = f"/actions/{made.id}"
    parts = ("case", "heads", "problem", "containment", "closing")
    return ["/actions/", "/actions/board", "/actions/open/", base, *(f"{base}/edit/{part}" for part in parts),
            *(f"{base}/{page}" for page in ("team", "comparison", "stock", "sources", "route", "void", "close"))]


@pytest.mark.parametrize(("language", "width", "height"), [("zh", 1280, 800), ("en", 1440, 900)])
def test_every_page_of_a_case_is_clean(site: Site, addresses: list[str], signed_in, language: str, width: int,
                                       height: int):
    page = signed_in("quality_manager", language, width=width, height=height)
    walk(page, site.url, addresses)
