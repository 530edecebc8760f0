"""Knows what a help-desk log says of requests, and how they are counted; must not know files or tables.

One row of the log is one update; the last row of a request holds its final state.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from qms.rules.words import Words

ROLES = ("number", "provider", "asker", "asked", "done", "closed", "state", "passed", "reopened", "kept")
"""What the columns of a log can mean; a title is made of any."""
REQUIRED = frozenset({"number", "provider", "asker", "asked"})
UNITS = ("make", "refuse")
"""What is done with groups that the site does not know."""


@dataclass(frozen=True, slots=True)
class RequestMapping:
    """What the columns of a help-desk log mean, and where its requests belong."""

    source: str
    delimiter: str
    encoding: str
    missing: tuple[str, ...]
    columns: dict[str, str]
    title: tuple[str, ...]
    time_format: str
    zone: str
    kept: tuple[str, ...]
    missed: tuple[str, ...]
    states: dict[str, str]
    site_code: str
    site: Words
    units: str
    unknown_code: str
    unknown: Words
    toml: str = ""

    def used_columns(self) -> tuple[str, ...]:
        """Name every column that is read, each once."""
        return tuple(dict.fromkeys((*self.columns.values(), *self.title)))


@dataclass(frozen=True, slots=True)
class RequestLine:
    """The final state of a request. `provider` and `asker` are names, empty where the log does not say."""

    line: int
    number: str
    provider: str
    asker: str
    asked_at: datetime
    done_at: datetime | None
    closed_at: datetime | None
    state: str
    passed: int
    reopened: int
    kept: bool | None
    title: str


@dataclass(slots=True)
class Tally:
    """What was counted of requests: kept, missed and unsaid ones, hand-overs, reopenings, by number of hand-overs."""

    requests: int = 0
    kept: int = 0
    missed: int = 0
    passes: int = 0
    passed: int = 0
    reopenings: int = 0
    reopened: int = 0
    by_passes: dict[int, Counter[bool]] = field(default_factory=dict)

    def add(self, passed: int, reopened: int, kept: bool | None) -> None:
        """Count one request."""
        self.requests += 1
        self.kept += kept is True
        self.missed += kept is False
        self.passes += passed
        self.passed += passed > 0
        self.reopenings += reopened
        self.reopened += reopened > 0
        if kept is not None:
            self.by_passes.setdefault(passed, Counter())[kept] += 1

    def figures(self) -> list[tuple[Words, int]]:
        """Return what was counted, each with its name."""
        return [
            (Words("Requests", "服务请求"), self.requests), (Words("Promise kept", "承诺兑现"), self.kept),
            (Words("Promise missed", "承诺未兑现"), self.missed),
            (Words("Not said", "未注明"), self.requests - self.kept - self.missed),
            (Words("Hand-overs", "转交次数"), self.passes),
            (Words("Requests handed over", "曾转交的请求"), self.passed),
            (Words("Reopenings", "重新打开次数"), self.reopenings),
            (Words("Requests reopened", "曾重新打开的请求"), self.reopened)]

    def rows(self) -> list[tuple[int, int, int]]:
        """Return (hand-overs, kept, judged) by number of hand-overs."""
        return [(passed, found[True], found.total()) for passed, found in sorted(self.by_passes.items())]


def tally_of(counts: Iterable[tuple[int, int, bool | None]]) -> Tally:
    """Count requests given as (hand-overs, reopenings, kept)."""
    tally = Tally()
    for passed, reopened, kept in counts:
        tally.add(passed, reopened, kept)
    return tally
