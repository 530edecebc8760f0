"""Every page of the menu in a real browser: no fault, no foreign host, nothing that axe objects to."""

from pathlib import Path

import pytest

from qms.rules.accounts import ROLE_PERMISSIONS
from qms.web.navigation import MENU
from tests.browser.clean import walk
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def addresses(site: Site) -> list[str]:
    from qms import create_app
    from qms.settings import Settings

    app = create_app(Settings(instance=Path(site.database.url.removeprefix("sqlite:///")).parent, workers=0),
                     site.database)
    rules = {r.endpoint: r.rule for r in app.url_map.iter_rules()}
    menu = [rules[place.endpoint] for _group, places in MENU for place in places
            if place.permission is None or place.permission in ROLE_PERMISSIONS["quality_manager"]]
    return [*menu, "/trail/evidence/?first=2020-01-01&last=2099-12-31"]


@pytest.mark.parametrize(("language", "width", "height", "touch"),
                         [("zh", 1280, 800, True), ("en", 1280, 800, True), ("en", 1440, 900, False)])
def test_every_page_of_the_menu_is_clean(site: Site, signed_in, language: str, width: int, height: int, touch: bool):
    page = signed_in("quality_manager", language, width=width, height=height, touch=touch)
    walk(page, site.url, addresses(site), axe=(language == "zh") == touch)  # Once by each width, once by each language.


def test_signing_in_and_out_by_keyboard(site: Site, browser):
    site.token("operator", "en")
    context = browser.new_context(base_url=site.url, locale="en-GB")
    page = context.new_page()
    page.goto("/")
    assert "/accounts/sign-in" in page.url
    page.get_by_label("Sign-in name").fill("operator")
    page.keyboard.press("Tab")
    page.keyboard.type("correct horse 42")
    page.keyboard.press("Enter")
    page.wait_for_url(site.url + "/")
    assert page.locator("h1").inner_text()
    context.close()


def test_the_map_draws_the_chain(site: Site, signed_in):
    page = signed_in("quality_engineer", "zh")
    page.goto("/chain/map", wait_until="networkidle")
    assert page.locator("canvas, svg[data-chart], [_echarts_instance_] canvas").count() >= 1
    assert "冲压" in page.locator("main").inner_text()
