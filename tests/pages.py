"""The page client: opens pages as a person and checks what every page owes its reader."""

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

__all__ = ["page"]

_LABELLED = {"input", "select", "textarea"}
_ENGLISH = re.compile(r"[A-Za-z]{3,}")


class BadPage(AssertionError):
    """A page that owes its reader something."""


@dataclass
class Page:
    """A page that passed the checks."""

    response: TestResponse

    @cached_property
    def tree(self) -> Element:
        """Return the page as a tree. Raises BadPage for invalid HTML."""
        parser = html5lib.HTMLParser(namespaceHTMLElements=False)
        tree: Element = parser.parse(self.response.get_data(as_text=True))
        _owe(not parser.errors, f"invalid HTML: {parser.errors[:3]}")
        return tree

    @property
    def text(self) -> str:
        """Return what the reader reads in the main part, in one line."""
        main = self.tree.find(".//main")
        whole = self.tree if main is None else main
        return re.sub(r"\s+", " ", " ".join(whole.itertext())).strip()

    @property
    def status(self) -> int:
        """Return the HTTP status."""
        return self.response.status_code

    def links(self) -> dict[str, str]:
        """Map the text of every link to its address."""
        return {" ".join("".join(a.itertext()).split()): a.get("href", "") for a in self.tree.iter("a")}

    def find(self, path: str) -> list[Element]:
        """Return elements by ElementTree path."""
        return self.tree.findall(path)


def check_page(response: TestResponse) -> Page:
    """Check title, one h1, language, labels, ids, inline code, HTML validity. Raises BadPage."""
    page = Page(response)
    tree = page.tree
    _owe(bool((tree.findtext(".//title") or "").strip()), "no title")
    _owe(len(tree.findall(".//h1")) == 1, "not exactly one h1")
    _owe(tree.get("lang") in {"zh-Hans", "en"}, f"no language: {tree.get('lang')}")
    ids = Counter(e.get("id") for e in tree.iter() if e.get("id"))
    _owe(all(n == 1 for n in ids.values()), f"ids used twice: {[i for i, n in ids.items() if n > 1]}")
    _owe(not [e for e in tree.iter() if e.get("style") or any(k.startswith("on") for k in e.attrib)], "inline code")
    _owe(all(e.get("src") or e.get("type") == "application/json" for e in tree.iter("script")), "inline script")
    labels = {e.get("for") for e in tree.iter("label")}
    for field in (e for e in tree.iter() if e.tag in _LABELLED and e.get("type") not in {"hidden", "submit"}):
        _owe(field.get("id") in labels or bool(field.get("aria-label") or field.get("aria-labelledby")),
             f"no label: {field.attrib}")
    for form in tree.iter("form"):
        if form.get("method", "get").lower() == "post":
            _owe(any(i.get("name") == "csrf" for i in form.iter("input")), f"no CSRF field: {form.attrib}")
    return page


def _owe(kept: bool, owed: str) -> None:
    if not kept:
        raise BadPage(owed)


@pytest.fixture
def page() -> Callable[..., Page]:
    """Return a function that opens or posts to an address as a client, checks the page, and gives it back.

    What a page owes its reader does not hang on the database: it is checked on SQLite, where every test runs too.
    """

    def open_page(browser: FlaskClient, address: str, post: dict[str, Any] | None = None, status: int = 200) -> Page:
        if post is None:
            response = browser.get(address, follow_redirects=True)
        else:
            response = browser.post(address, data={"csrf": "test-csrf", **post}, follow_redirects=True)
        assert response.status_code == status, f"{address}: {response.status_code}\n{response.text[:2000]}"
        is_checked = browser.application.extensions["qms.database"].is_sqlite
        return check_page(response) if is_checked else Page(response)

    return open_page
