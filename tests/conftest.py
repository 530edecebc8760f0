"""Databases, a small plant and signed-in clients for every test. Real databases; nothing of ours is replaced."""

import gc
from collections.abc import Callable

import pytest

from tests.chromium import *  # noqa: F403
from tests.databases import *  # noqa: F403
from tests.pages import *  # noqa: F403
from tests.plant import *  # noqa: F403
from tests.validation import *  # noqa: F403

gc.set_threshold(50_000, 50, 100)  # Most objects are the application's, and stay.


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Return what prints a line at the end of the run, whoever's process the test ran in: how much it tried."""
    return lambda words: record_property("told", words)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what the tests told."""
    for reports in list(terminalreporter.stats.values()):
        for report in reports:
            if getattr(report, "when", None) == "call":
                for name, words in report.user_properties:
                    if name == "told":
                        terminalreporter.write_line(words)
