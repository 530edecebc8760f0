"""Enrolling a tablet and printing badges, as a leader sees it at a desk."""

from urllib.request import Request, urlopen

import orjson
import pytest

from tests.browser.clean import objections

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "width", "height"), [("zh", 1280, 800), ("en", 1440, 900)])
def test_the_desk_sees_that_the_tablet_has_used_the_code(site, signed_in, language: str, width: int, height: int):
    page = signed_in("team_leader", language, width=width, height=height)
    page.goto("/accounts/devices/enrol", wait_until="networkidle")
    assert objections(page) == []
    page.keyboard.type(f"T-{language}")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.wait_for_selector(".enrol-code")
    assert objections(page) == []
    assert page.locator(".enrol-picture svg").bounding_box()["width"] >= 240
    body = orjson.dumps({"code": page.locator(".enrol-code").inner_text()})
    asked = Request(f"{site.url}/api/v1/devices/enrol", body, {"X-Requested-By": "test"})
    with urlopen(asked) as answer:
        assert answer.status == 201
    page.wait_for_selector("#enrolled .alert-success", timeout=8000)
    page.locator("#enrolled a").click()
    assert page.locator("h1").inner_text() == f"T-{language}"
    assert objections(page) == []


def test_a_sheet_of_badges_fits_its_paper(site, signed_in):
    page = signed_in("admin", "zh")
    page.goto("/accounts/badges", wait_until="networkidle")
    assert objections(page) == []
    for n in range(6):
        page.locator("input[name=person_id]").nth(n).check()
    page.locator("form[action$='/badges/issue'] button").click()
    page.wait_for_selector(".badge-card")
    assert objections(page) == []
    page.emulate_media(media="print")
    cards = [card.bounding_box() for card in page.locator(".badge-card").all()]
    assert len(cards) == 6
    assert {round(card["height"] / 96 * 25.4) for card in cards} == {54}
    fits = "[...document.querySelectorAll('.badge-card')].every(card => card.scrollHeight <= card.clientHeight + 1)"
    assert page.evaluate(fits)
