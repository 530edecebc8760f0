"""The page of a decision counts pieces only once their disposition is chosen."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.browser.conftest import Site
from tests.rejections.cases import reported

pytestmark = pytest.mark.browser


def test_what_is_left_to_decide_goes_down_when_a_disposition_is_chosen(site: Site, signed_in: Callable[..., Any]):
    made = reported(site.database, site.plant)
    page = signed_in("quality_engineer", "en")
    page.goto(f"/dispositions/rejections/{made.id}/decide")
    left = page.locator("[data-left]")
    assert left.get_attribute("data-left") == "10"
    page.fill("[name=lines-0-quantity]", "4")
    assert left.get_attribute("data-left") == "10"
    page.select_option("[name=lines-0-code]", "scrap")
    assert left.get_attribute("data-left") == "6"
    page.fill("[name=lines-0-quantity]", "10")
    assert left.get_attribute("data-left") == "0"
    page.select_option("[name=lines-0-code]", "")
    assert left.get_attribute("data-left") == "10"
