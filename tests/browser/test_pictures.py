"""Pictures in a real browser: cut and marked by dragging and by keyboard, pointed at in a report; judged pieces."""

import pytest
from PIL import Image
from sqlalchemy import select

from qms.models.chain_pictures import Picture, PictureZone
from tests.acceptance.arrange import approved
from tests.acceptance.pieces import asked_for
from tests.browser.clean import objections, walk
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


def drag(page, element: str, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag over a part of an element; places are shares of its size."""
    page.locator(element).scroll_into_view_if_needed()
    box = page.locator(element).bounding_box()
    for share, act in ((start, page.mouse.down), (end, page.mouse.up)):
        page.mouse.move(box["x"] + box["width"] * share[0], box["y"] + box["height"] * share[1], steps=4)
        act()


def newest(site: Site, model):
    with site.database.reading() as session:
        return session.scalars(select(model).order_by(model.id.desc())).first()


@pytest.mark.parametrize(("language", "width", "height", "touch"),
                         [("zh", 1280, 800, True), ("en", 1440, 900, False)])
def test_a_picture_is_cut_marked_and_pointed_at(site: Site, signed_in, tmp_path, language, width, height, touch):
    page = signed_in("quality_engineer", language, width=width, height=height, touch=touch)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda m: faults.append(m.text) if m.type in {"error", "warning"} else None)
    colour = (90, 120, 150) if touch else (150, 120, 90)
    Image.new("RGB", (1000, 500), colour).save(tmp_path / "part.png")

    page.goto(f"/chain/pictures/add?item={site.plant.item}")
    assert page.locator("[data-stage]").is_hidden()
    page.set_input_files("[name=photo]", tmp_path / "part.png")
    page.locator("[data-stage]").wait_for(state="visible")
    assert objections(page) == []
    drag(page, "[data-stage]", (0.1, 0.1), (0.6, 0.6))
    page.locator("[data-frame]").focus()
    for key in ("ArrowRight", "Shift+ArrowRight", "ArrowDown"):
        page.keyboard.press(key)
    frame = [int(page.locator(f"[name={side}]").input_value()) for side in ("x", "y", "width", "height")]
    assert frame == pytest.approx([110, 110, 510, 500], abs=6)
    page.locator("main form[method=post] button[type=submit]").click()
    page.wait_for_url("**/chain/pictures/*")
    picture = newest(site, Picture)
    assert (picture.width, picture.height) == pytest.approx((510, 250), abs=8)

    assert objections(page) == []
    drag(page, "[data-stage]", (0.02, 0.05), (0.3, 0.3))
    drag(page, "[data-grip=se]", (0.5, 0.5), (2.0, 0.5))
    page.locator("[name=name_zh]").fill("上孔")
    page.locator("[name=name_en]").fill("Upper hole")
    page.locator("main form[method=post] button[type=submit]").click()
    page.locator(".zone-list").wait_for()
    zone = newest(site, PictureZone)
    assert (zone.x, zone.y, zone.height) == pytest.approx((20, 50, 250), abs=12)
    assert zone.width > 300

    page.goto(f"/rejections/report/?found_unit_id={site.plant.press}")
    page.locator("[name=lot]").fill("L-0001")
    page.locator("[name=lot]").blur()
    page.locator("[data-pick-zone] button").first.click()
    assert page.locator("[name=zone]").input_value() == "上孔 Upper hole"
    assert page.locator("[data-pick-zone] [aria-pressed=true]").count() == 1
    assert objections(page) == []
    assert faults == []


@pytest.mark.parametrize(("language", "width", "height"), [("zh", 1280, 800), ("en", 1440, 900)])
def test_inspections_are_clean_and_show_at_once_what_is_outside(site: Site, signed_in, language, width, height):
    approved(site.database, site.plant, form_number=f"FM-{language}")
    check = asked_for(site.database, site.plant, reason="machine")
    page = signed_in("inspector", language, width=width, height=height)
    home = "/acceptance/inspections"
    walk(page, site.url, (
        f"{home}/", f"{home}/{check.id}", f"{home}/{check.id}/sheet?words=both", f"{home}/ask",
        f"{home}/{check.id}/judge?verdict=self", f"{home}/plans/{site.plant.press}"))
    page.goto(f"{home}/{check.id}/judge?verdict=self")
    readings = page.locator("input[type=text][data-piece]")
    assert [readings.nth(n).is_disabled() for n in range(5)] == [False, False, False, True, True]
    page.locator("[name=pieces]").fill("5")
    assert readings.nth(4).is_enabled()
    readings.first.fill("0.70")
    assert "out" in readings.first.get_attribute("class")
    assert page.locator("[name=defect_id]").input_value() != ""
