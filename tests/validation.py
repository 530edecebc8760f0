"""Writes down what each test expected and what came of it, for the validation pack: `pytest --validation FILE`.

What is expected is the test's name, read as a sentence, and its docstring. Knows no rule and no feature.
"""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

__all__ = ["pytest_addoption", "pytest_collection_modifyitems", "pytest_configure"]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a run be written down."""
    parser.addoption("--validation", metavar="FILE", help="write expected and actual of every test to a JSON file")


def pytest_configure(config: pytest.Config) -> None:
    """Write down where results come together: in the one process, or in that which the workers report to."""
    if config.getoption("--validation") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Results(Path(config.getoption("--validation"))))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Give each test what it expects, to travel with its result."""
    if config.getoption("--validation"):
        for item in items:
            item.user_properties.append(("expected", expected(item)))


def expected(item: pytest.Item) -> str:
    """Read a test's name as a sentence, and what else it says of itself."""
    name = getattr(item, "originalname", item.name).removeprefix("test_")
    said = " ".join((getattr(item.obj, "__doc__", None) or "").split())  # type: ignore[attr-defined]
    return f"{name.replace('_', ' ').capitalize()}.{f' {said}' if said else ''}"


class Results:
    """What came of every test; a test that breaks before or after itself has failed."""

    def __init__(self, target: Path) -> None:
        self.target, self.began_at = target, datetime.now(UTC)
        self.tests: dict[str, dict[str, Any]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take one step of a test in."""
        file, _, name = report.nodeid.partition("::")
        kept = self.tests.setdefault(report.nodeid, {
            "file": file, "name": name, "expected": dict(report.user_properties).get("expected", name),
            "outcome": "passed", "seconds": 0.0, "why": ""})
        kept["seconds"] = round(kept["seconds"] + report.duration, 3)
        if report.outcome != "passed" and kept["outcome"] != "failed":
            kept["outcome"], kept["why"] = report.outcome, _why(report)

    def pytest_sessionfinish(self) -> None:
        """Write the file."""
        self.target.write_text(json.dumps({
            "format": 1, "began_at": self.began_at.isoformat(), "ended_at": datetime.now(UTC).isoformat(),
            "tests": list(self.tests.values())}, ensure_ascii=False, indent=1), encoding="utf-8")


def _why(report: pytest.TestReport) -> str:
    """Return in one line why a test was not run or failed."""
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2])
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash else report.longrepr).splitlines()[0][:300]
