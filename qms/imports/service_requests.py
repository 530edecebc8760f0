"""Knows how the final states of requests are read from a help-desk log; must not know where they are stored."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from qms.imports.cells import plain_text, required_text, shown, whole
from qms.imports.rows import Row
from qms.imports.text import rows, tidy
from qms.imports.times import instant, time_stamp, wall_clock, zone_of
from qms.rules.errors import BadFile, Problem
from qms.rules.service_requests_import import RequestLine, RequestMapping

LONGEST_NUMBER = 80
LONGEST_TITLE = 200
LONGEST_NAME = 120
NEVER = datetime.min.replace(tzinfo=UTC)
"""Stands for an instant that the log does not say; the row that holds it is refused."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class RequestLog:
    """What a log holds: the rows read, the final state of each request in the order of the file, and what is wrong."""

    rows: int
    found: int
    lines: tuple[RequestLine, ...]
    problems: tuple[Problem, ...]

    @property
    def refused(self) -> int:
        """Return how many requests were refused."""
        return self.found - len(self.lines)


def read_log(path: Path, mapping: RequestMapping) -> RequestLog:
    """Read the last row of each request; earlier ones are updates that it replaces. Raises BadFile.

    A row that cannot be read at all may have been the last one of a request: it is refused by its line, and the request
    keeps the last row that can be read.
    """
    found = rows(path, mapping.delimiter, mapping.encoding)
    header = next((row for row in found if isinstance(row, Row)), None)
    if header is None:
        raise BadFile("The file has no rows.", "文件没有数据行。")
    places = _places(header.cells, mapping)
    problems: list[Problem] = []
    final: dict[str, Row] = {}
    count, number_at = 0, places[mapping.columns["number"]]
    for row in found:
        count += 1
        if isinstance(row, Problem):
            problems.append(row)
        elif len(row.cells) != len(header.cells):
            problems.append(_torn(row, len(header.cells)))
        else:
            number = row.cells[number_at]
            final.pop(number, None)
            final[number] = row
    lines = list(_lines(final, mapping, places, problems))
    return RequestLog(count, len(final), tuple(lines), tuple(problems))


def _lines(final: dict[str, Row], mapping: RequestMapping, places: dict[str, int],
           problems: list[Problem]) -> Iterator[RequestLine]:
    for row in final.values():
        reader = _Reader(row, mapping, places)
        line = reader.line()
        if reader.problems:
            problems += reader.problems
        else:
            yield line


class _Reader:
    """Reads one final row; what is wrong with it is gathered in `problems`."""

    def __init__(self, row: Row, mapping: RequestMapping, places: dict[str, int]) -> None:
        self.row = row
        self.mapping = mapping
        self.places = places
        self.problems: list[Problem] = []
        self._zone = zone_of(mapping.zone)

    def line(self) -> RequestLine:
        """Return the row as a request; it only holds when there are no problems."""
        asked = self._time("asked")
        if asked is None and not self.problems:
            self._refuse("asked", "The log does not say when it was asked.", "记录未注明提出时间。")
        done, closed = self._time("done"), self._time("closed")
        return RequestLine(
            self.row.line, self._take("number", required_text, "", LONGEST_NUMBER),
            self._take("provider", plain_text, "", LONGEST_NAME), self._take("asker", plain_text, "", LONGEST_NAME),
            asked or NEVER, done, closed, self._state(closed is not None), self._take("passed", whole, 0),
            self._take("reopened", whole, 0), self._kept(), self._title())

    def _cell(self, column: str) -> str:
        cell = self.row.cells[self.places[column]]
        return "" if cell in self.mapping.missing else cell

    def _take(self, role: str, read: Callable[..., T], default: T, *more: Any) -> T:
        column = self.mapping.columns.get(role)
        if column is None:
            return default
        try:
            cell = self._cell(column)
            return read(cell, self.row.line, column, *more) if cell or read is not plain_text else default
        except Problem as problem:
            self.problems.append(problem)
            return default

    def _time(self, role: str) -> datetime | None:
        column = self.mapping.columns.get(role)
        if column is None or not self._cell(column):
            return None
        wall = self._take(role, _stamp, None, self.mapping.time_format)
        return instant(wall_clock(wall, self._zone), self._zone) if wall is not None else None

    def _kept(self) -> bool | None:
        word = self._take("kept", plain_text, "")
        if not word:
            return None
        if word in self.mapping.kept or word in self.mapping.missed:
            return word in self.mapping.kept
        self._refuse("kept", f"{shown(word)} says neither kept nor missed.", f"{shown(word)} 既非兑现也非未兑现。")
        return None

    def _state(self, is_closed: bool) -> str:
        if "state" not in self.mapping.columns:
            return "unanswered" if is_closed else "asked"
        word = self._take("state", required_text, "")
        if word and word not in self.mapping.states:
            self._refuse("state", f"The mapping does not name the state {shown(word)}.",
                         f"映射未列出状态 {shown(word)}。")
        return self.mapping.states.get(word, "asked")

    def _title(self) -> str:
        parts = [self._cell(column) for column in self.mapping.title]
        title = tidy(" / ".join(part for part in parts if part))[:LONGEST_TITLE]
        return title or self.row.cells[self.places[self.mapping.columns["number"]]]

    def _refuse(self, role: str, en: str, zh: str) -> None:
        self.problems.append(Problem(en, zh, line=self.row.line, column=self.mapping.columns[role], kind=role))


def _stamp(cell: str, line: int, column: str, form: str) -> datetime | None:
    """Return the time as written. Raises Problem."""
    return time_stamp(cell, form, line, column)


def _places(header: tuple[str, ...], mapping: RequestMapping) -> dict[str, int]:
    """Find each used column. Raises BadFile naming every missing or doubled one."""
    counted = Counter(header)
    problems = [
        Problem(f"There is no column {shown(c)}." if not counted[c] else f"{counted[c]} columns are called {shown(c)}.",
                f"没有列 {shown(c)}。" if not counted[c] else f"有 {counted[c]} 列名为 {shown(c)}。",
                line=1, column=c, kind="header")
        for c in mapping.used_columns() if counted[c] != 1]
    if problems:
        raise BadFile(f"The columns are not those of the mapping: {problems[0].words.en}",
                      f"列与映射不符：{problems[0].words.zh}", problems)
    return {column: header.index(column) for column in mapping.used_columns()}


def _torn(row: Row, width: int) -> Problem:
    return Problem(f"The row has {len(row.cells)} cells, there are {width} columns.",
                   f"此行有 {len(row.cells)} 个单元格，应有 {width} 列。", line=row.line, kind="cells")
