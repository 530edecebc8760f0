"""The analysis of a case as people see it: clean pages, and editors that the keyboard alone can work."""

import pytest
from sqlalchemy import select

from qms.models.actions_causes import Cause
from qms.workflows import actions_documents, actions_lessons
from tests.actions.bench import CHAIN, Bench
from tests.browser.clean import walk
from tests.browser.conftest import Site

pytestmark = pytest.mark.browser


@pytest.fixture
def bench(site: Site) -> Bench:
    """A case of the served plant."""
    return Bench(site.database, site.plant)


@pytest.mark.parametrize(("language", "width", "height"), [("zh", 1440, 900), ("en", 1280, 800)])
def test_pages_of_the_analysis_are_clean(bench: Bench, site: Site, signed_in, language: str, width: int,
                                        height: int):
    cause, at = bench.verified(), bench.case.id
    escape = bench.cause("escape", text="终检未检查边缘毛刺, the edge is not on the sheet")
    bench.ask(escape, *CHAIN[:1], ("操作失误", "访谈"))
    task = bench.chosen(cause)
    bench.do(actions_documents.ask_across, at, unit_id=bench.plant.paint)
    lesson = bench.do(actions_lessons.write, at, title="行程写入换型单", text="Set the stroke")
    page = signed_in("quality_engineer", language, width=width, height=height)
    walk(page, site.url, (
        f"/actions/{at}", f"/actions/{at}/causes/", f"/actions/causes/{cause.id}", f"/actions/causes/{escape.id}",
        f"/actions/{at}/prevention/", f"/actions/{at}/tasks/add", f"/actions/tasks/{task.id}/report",
        "/actions/lessons/", f"/actions/lessons/{lesson.id}"))


def test_a_cause_and_three_whys_are_added_and_moved_by_the_keyboard_alone(bench: Bench, site: Site, signed_in):
    page = signed_in("quality_engineer", "en")
    page.goto(f"/actions/{bench.case.id}/causes/?at=new-occurrence-text")
    keys = page.keyboard

    def focused() -> str:
        return str(page.evaluate("document.activeElement.id"))

    def enter() -> None:
        with page.expect_navigation():
            keys.press("Enter")

    assert focused() == "new-occurrence-text"
    keys.type("Feeder stroke")
    enter()
    assert focused() == "new-occurrence-text"
    cause = _newest(site)
    page.locator(f"#row-cause-{cause.id} a").focus()
    enter()
    page.locator("#why-new-text").focus()
    for text in ("It jams", "Never set", "No value in the sheet"):
        assert focused() == "why-new-text"
        keys.type(text)
        keys.press("Tab")
        keys.type("Log 12")
        enter()
    assert _whys(site, cause) == ["It jams", "Never set", "No value in the sheet"]
    keys.press("Shift+Tab")
    last = bench.read(cause).whys[-1]
    page.locator(f"#why-{last.id}-text").focus()
    with page.expect_navigation():
        keys.press("Alt+ArrowUp")
    assert focused() == f"why-{last.id}-text"
    assert _whys(site, cause) == ["It jams", "No value in the sheet", "Never set"]
    with page.expect_navigation():
        keys.press("Alt+ArrowDown")
    assert _whys(site, cause)[-1] == "No value in the sheet"
    assert page.locator(".therefore li").all_inner_texts()[0] == "No value in the sheet"


def _newest(site: Site) -> Cause:
    with site.database.reading() as session:
        found = session.scalars(select(Cause).order_by(Cause.id.desc())).first()
        assert found is not None
        return found


def _whys(site: Site, cause: Cause) -> list[str]:
    with site.database.reading() as session:
        return [why.text for why in session.get_one(Cause, cause.id).whys]
