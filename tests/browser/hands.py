"""What people do on pages: open one, fill in its fields, press its button, read what it answers."""

from typing import Any

from playwright.sync_api import Locator, Page


class Hands:
    """A person of the plant at a window."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))

    def at(self, address: str) -> "Hands":
        """Open a page."""
        answer = self.page.goto(address)
        assert answer is not None
        assert answer.status == 200, f"{address}: {answer.status}"
        return self

    def press(self, words: str) -> "Hands":
        """Press a button or follow a link by its words, and wait for the page that it leads to."""
        target = self.page.locator("main").locator("button, a.btn").filter(has_text=words).first
        with self.page.expect_navigation():
            target.click()
        return self

    def finish(self, discipline: str) -> "Hands":
        """Finish a discipline on the page of its case; nothing may be missing."""
        return self.press(f"Finish {discipline}").says(f"{discipline} is finished.")

    def send(self, values: dict[str, Any] | None = None, **more: Any) -> "Hands":
        """Fill in fields by their names and press the button of their form. Yes and no are told as a text."""
        given = (values or {}) | more
        form = self.page.locator("main form").filter(has=self.page.locator(f'[name="{next(iter(given))}"]')).first
        for name, value in given.items():
            fill(form.locator(f'[name="{name}"]'), value)
        with self.page.expect_navigation():
            form.locator("button:not([formaction]):not([name=count]):not([name=add])").last.click()
        return self

    def enter(self, address: str, values: dict[str, Any] | None = None, **more: Any) -> "Hands":
        """Open a page and fill it in; nothing may be refused."""
        self.at(address).send(values, **more)
        wrong = self.page.locator("main .alert-danger, main .invalid-feedback")
        assert wrong.count() == 0, f"{address}: {wrong.first.inner_text()}"
        return self

    def says(self, *texts: str) -> "Hands":
        """Hold that the page says each of some texts."""
        shown = self.page.locator("body").inner_text()
        missing = [text for text in texts if text not in shown]
        assert missing == [], f"{self.page.url} lacks {missing}"
        return self

    @property
    def last_id(self) -> int:
        """Return the id of the record on whose page this is."""
        return int(self.page.url.partition("?")[0].partition("#")[0].rstrip("/").rsplit("/", 1)[-1])


def fill(found: Locator, value: Any) -> None:
    """Fill in a field of any kind; of several with one name, the choice that has the value."""
    kind = found.first.evaluate("e => e.type || e.tagName.toLowerCase()")
    if kind == "radio":
        found.and_(found.page.locator(f'[value="{value}"]')).check()
    elif kind == "checkbox":
        found.first.set_checked(bool(value))
    elif kind == "select-one":
        found.first.select_option(str(value))
    elif kind == "hidden":
        found.first.evaluate("(e, value) => { e.value = value }", str(value))
    else:
        found.first.fill(str(value))
