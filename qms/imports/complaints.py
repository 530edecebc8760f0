"""Knows how a file of outside complaints becomes complaints, whatever its headers; must not know the database."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b

from qms.imports.cells import plain_text, required_text, shown, whole
from qms.imports.complaint_days import Cell, read_day, style_of
from qms.imports.complaint_headers import NO, YES, ComplaintMapping, places
from qms.imports.rows import Row
from qms.imports.text import Source, rows
from qms.rules.errors import BadFile, Problem
from qms.rules.imports_complaints import ImportedComplaint

LONGEST = 4000
LONGEST_REFERENCE = 80


@dataclass(slots=True)
class ComplaintFile:
    """A whole file read: `rows` = complaints + refused lines; all that is wrong with the latter; how its days read."""

    complaints: list[ImportedComplaint] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    rows: int = 0
    style: str = ""
    columns: dict[str, str] = field(default_factory=dict)

    @property
    def disputed(self) -> int:
        """Count the complaints whose answer the customer disputed."""
        return sum(one.disputed is True for one in self.complaints)

    @property
    def late(self) -> int:
        """Count the complaints that were not answered in time."""
        return sum(one.timely is False for one in self.complaints)

    @property
    def refused(self) -> int:
        """Count the lines that cannot be taken."""
        return len({problem.line for problem in self.problems})


def read_complaints(source: Source, mapping: ComplaintMapping) -> ComplaintFile:
    """Read a whole file. Raises BadFile when it cannot be read, its days are in doubt, or no line can be taken."""
    lines = iter(rows(source, mapping.delimiter, mapping.encoding))
    first = next(lines, None)
    if first is None:
        raise BadFile("The file is empty.", "文件为空。")
    if isinstance(first, Problem):
        raise BadFile(*first.words, [first])
    held, found = list(lines), places(first.cells, mapping)
    day = found["received"]
    style = style_of((Cell(row.line, row.cells[day]) for row in held if isinstance(row, Row) and len(row.cells) > day),
                     first.cells[day], mapping.received)
    reader = _Reader(first.cells, found, style)
    read = ComplaintFile(rows=len(held), style=style, columns={name: first.cells[at] for name, at in found.items()})
    for row in held:
        problems = [row] if isinstance(row, Problem) else []
        one = None if isinstance(row, Problem) else reader.complaint(row, problems)
        if one is None or problems:
            read.problems += problems
        else:
            read.complaints.append(one)
    _check(read)
    return read


class _Reader:
    """Reads lines under a header, and remembers which references it has seen."""

    def __init__(self, header: Sequence[str], found: dict[str, int], style: str) -> None:
        self._header, self._found, self._style = header, found, style
        self._seen: dict[str, int] = {}
        self._same: Counter[str] = Counter()

    def complaint(self, row: Row, problems: list[Problem]) -> ImportedComplaint | None:
        """Return a line as a complaint, all that is wrong with it in `problems`; None: it has not its columns."""
        if len(row.cells) != len(self._header):
            problems.append(Problem(f"The line has {len(row.cells)} cells, the header {len(self._header)}.",
                                    f"此行有 {len(row.cells)} 格, 表头有 {len(self._header)} 格。", line=row.line,
                                    kind="width"))
            return None
        cells = {name: row.cells[at] for name, at in self._found.items()}

        def tried(name: str, read: Callable[[str, int, str], object], default: object = None) -> object:
            if not cells.get(name):
                return default
            try:
                return read(cells[name], row.line, self._header[self._found[name]])
            except Problem as problem:
                problems.append(problem)
                return default

        received = self._received(row.line, cells["received"], problems)
        reference = tried("reference", lambda cell, line, column: required_text(cell, line, column, LONGEST_REFERENCE))
        said = " · ".join(part for part in (tried("issue", _text), tried("narrative", _text)) if isinstance(part, str))
        item, told = tried("item", _text), {name: tried(name, _yes_no) for name in ("timely", "disputed")}
        if not (said or item):
            problems.append(Problem("The line does not say what was complained of.", "此行未说明投诉内容。",
                                    line=row.line, kind="empty"))
        key = self._key(row, reference if isinstance(reference, str) else None, problems)
        values = {name: tried(name, _text) for name in ("lots", "answer")}
        quantity = tried("quantity", whole)
        if received is None or problems:
            return None
        return ImportedComplaint(
            row.line, key, received, (said or str(item))[:LONGEST], reference=_or_none(reference, LONGEST_REFERENCE),
            item=_or_none(item, 200), lots=_or_none(values["lots"], 500), answer=_or_none(values["answer"], LONGEST),
            quantity=quantity if isinstance(quantity, int) else None,
            timely=told["timely"] if isinstance(told["timely"], bool) else None,
            disputed=told["disputed"] if isinstance(told["disputed"], bool) else None,
            fields=json.dumps({name: cell for name, cell in zip(self._header, row.cells, strict=True) if cell},
                              ensure_ascii=False))

    def _received(self, line: int, cell: str, problems: list[Problem]) -> datetime | None:
        told = read_day(cell, self._style)
        if told is None:
            problems.append(Problem(f"{shown(cell)} is no day of the form {self._style}.",
                                    f"{shown(cell)} 不是 {self._style} 形式的日期。", line=line,
                                    column=self._header[self._found["received"]], kind="time"))
        return told

    def _key(self, row: Row, reference: str | None, problems: list[Problem]) -> str:
        """Return what a line is known by in every run: its reference, else its cells and their count so far."""
        if reference is None:
            digest = blake2b("\x1f".join(row.cells).encode(), digest_size=16).hexdigest()
            self._same[digest] += 1
            return f"{digest}-{self._same[digest]}"
        before = self._seen.setdefault(reference, row.line)
        if before != row.line:
            problems.append(Problem(f"{shown(reference)} stands in line {before} already.",
                                    f"{shown(reference)} 已在第 {before} 行出现。", line=row.line,
                                    column=self._header[self._found["reference"]], kind="double"))
        return reference


def _text(cell: str, line: int, column: str) -> str:
    return plain_text(cell, line, column, LONGEST)


def _yes_no(cell: str, line: int, column: str) -> bool | None:
    """Return yes or no; None for n/a, which says neither. Raises Problem."""
    plain = cell.casefold().strip()
    if plain in YES | NO:
        return plain in YES
    if plain in {"n/a", "na", "-", "不适用"}:
        return None
    raise Problem(f"{shown(cell)} is neither yes nor no.", f"{shown(cell)} 不是“是”或“否”。", line=line, column=column,
                  kind="yes_no")


def _or_none(value: object, longest: int) -> str | None:
    return value[:longest] if isinstance(value, str) and value else None


def _check(read: ComplaintFile) -> None:
    """Raise BadFile where no line can be taken, or the totals do not reconcile."""
    if not read.complaints:
        first = read.problems[0] if read.problems else None
        raise BadFile(f"None of the {read.rows:,} lines can be taken." + (f" Line {first.line}: {first.words.en}"
                                                                           if first else ""),
                      f"{read.rows:,} 行均无法导入。" + (f"第 {first.line} 行: {first.words.zh}" if first else ""),
                      read.problems)
    if read.rows != len(read.complaints) + read.refused:
        raise BadFile(f"{read.rows} lines are not {len(read.complaints)} taken and {read.refused} refused.",
                      f"合计不符: {read.rows} 行, 导入 {len(read.complaints)}, 拒绝 {read.refused}。", read.problems)
