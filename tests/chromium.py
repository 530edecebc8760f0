"""One Chromium for all browser tests of a process; two at once would each want the event loop."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]
__all__ = ["browser", "playwright"]


def require_chromium() -> None:
    """Fail in CI, skip elsewhere, where there is no Chromium."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is required in CI and is not installed")
        pytest.skip("no chromium is installed")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Drive Chromium; required in CI, else skipped where there is none."""
    require_chromium()
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Open Chromium."""
    opened = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
    yield opened
    opened.close()
