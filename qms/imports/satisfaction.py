"""Reads measures of units from tables with one value per line or one unit per line; must not know what is stored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from qms.imports.cells import required_text, shown
from qms.imports.rows import Row
from qms.imports.text import rows
from qms.rules.errors import BadFile, Problem
from qms.rules.satisfaction_measures import Long, Measured, Wide, is_missing, value_of

UNITS = ("organisation_code", "organization_code", "unit_code", "unit", "organisation", "organization", "department",
         "facility id", "部门", "单元")
MEASURES = ("measure", "measure_code", "question", "item", "指标", "题号")
MOST_NAMED = 20
"""Columns of a file that are named at most where none is like the one that is missing."""
VALUES = ("value", "score", "result", "rate", "值", "得分")


@dataclass
class Counts:
    """What a file held: lines read, values taken, values that it says are not there."""

    rows: int = 0
    taken: int = 0
    missing: int = 0
    measures: dict[str, int] = field(default_factory=dict)


def long_values(path: Path, shape: Long, counts: Counts) -> Iterator[Measured | Problem]:
    """Yield the values of a table with one value per line, and a Problem for each line refused. Raises BadFile."""
    heads, found = _headed(path)
    at = [_column(heads, name) for name in (shape.unit, shape.measure, shape.value)]
    for row in found:
        counts.rows += 1
        if isinstance(row, Problem):
            yield row
            continue
        try:
            unit, measure = (required_text(_cell(row, n), row.line, heads[n], 80) for n in at[:2])
            yield from _one(row, heads[at[2]], at[2], counts, (
                unit, shape.names.get(unit, ""), shape.labels.get(measure, measure), shape.kind, shape.period))
        except Problem as problem:
            yield problem


def wide_values(path: Path, shape: Wide, counts: Counts) -> Iterator[Measured | Problem]:
    """Yield the values of a table with one unit per line, and a Problem for each cell refused. Raises BadFile."""
    heads, found = _headed(path)
    unit_at, period_at = _column(heads, shape.unit), _column(heads, shape.period)
    name_at = _column(heads, shape.name) if shape.name else None
    measures = [(_column(heads, name), name, kind) for name, kind in shape.kinds.items()]
    for row in found:
        counts.rows += 1
        if isinstance(row, Problem):
            yield row
            continue
        try:
            unit = required_text(_cell(row, unit_at), row.line, heads[unit_at], 80)
            period = required_text(_cell(row, period_at), row.line, heads[period_at], 40)
        except Problem as problem:
            yield problem
            continue
        name = _cell(row, name_at) if name_at is not None else ""
        for at, measure, kind in measures:
            yield from _one(row, measure, at, counts, (unit, name[:200], measure, kind, period))


def named(path: Path) -> dict[str, str]:
    """Return the names that a table gives to codes: its first column by its second. Raises BadFile."""
    _heads, found = _headed(path)
    return {row.cells[0]: row.cells[1][:200] for row in found if isinstance(row, Row) and len(row.cells) > 1}


def guessed(path: Path) -> tuple[str, str, str]:
    """Return the columns of unit, measure and value of a long table by their usual names. Raises BadFile."""
    heads, _found = _headed(path)
    picked = [next((head for name in names for head in heads if head.lower() == name), None)
              for names in (UNITS, MEASURES, VALUES)]
    if None in picked:
        raise BadFile(f"Name the columns of unit, measure and value; the file has: {', '.join(heads)}.",
                      f"请指明单元、指标和值所在的列; 文件有: {', '.join(heads)}。")
    return picked[0] or "", picked[1] or "", picked[2] or ""


def shape_of(said: Mapping[str, Any], path: Path, names: Path | None = None) -> Long | Wide:
    """Return what a person says of a file; a table with one value per line may leave its usual columns unsaid.

    `said` has `period` and `unit`, and either `internal` and `external` columns and perhaps `name`, or `measure`,
    `value` and `kind`. Raises BadFile.
    """
    if "internal" in said:
        kinds = dict.fromkeys(said["internal"], "internal") | dict.fromkeys(said["external"], "external")
        return Wide(said["unit"], said["name"] or None, said["period"], kinds)
    columns = tuple(said[name] or "" for name in ("unit", "measure", "value"))
    usual = columns if all(columns) else guessed(path)
    unit, measure, value = (own or found for own, found in zip(columns, usual, strict=True))
    return Long(unit, measure, value, said["kind"], said["period"], named(names) if names else {}, {})


def check(path: Path, shape: Long | Wide) -> None:
    """Raise BadFile when a file lacks a column that is named."""
    heads, _found = _headed(path)
    if isinstance(shape, Long):
        wanted = [shape.unit, shape.measure, shape.value]
    else:
        wanted = [shape.unit, *([shape.name] if shape.name else []), shape.period, *shape.kinds]
    for name in wanted:
        _column(heads, name)


def _one(row: Row, column: str, at: int, counts: Counts, named_by: tuple[str, str, str, str, str],
         ) -> Iterator[Measured | Problem]:
    cell = _cell(row, at)
    if is_missing(cell):
        counts.missing += 1
        return
    read = value_of(cell)
    if read is None:
        yield Problem(f"{shown(cell)} is no number.", f"{shown(cell)} 不是数字。", line=row.line, column=column,
                      kind="number")
        return
    counts.taken += 1
    unit, name, measure, kind, period = named_by
    counts.measures[measure] = counts.measures.get(measure, 0) + 1
    yield Measured(row.line, unit, name, measure[:120], kind, period, *read)


def _headed(path: Path) -> tuple[Sequence[str], Iterator[Row | Problem]]:
    found = rows(path)
    first = next(found, None)
    if not isinstance(first, Row):
        raise BadFile("The file has no header.", "文件没有表头。")
    return [head.lstrip("\ufeff").strip() for head in first.cells], found


def _column(heads: Sequence[str], name: str) -> int:
    wanted = name.strip().lower()
    for at, head in enumerate(heads):
        if head.lower() == wanted:
            return at
    near = get_close_matches(name, heads, 3) or heads[:MOST_NAMED]
    known = ", ".join(near) + (", …" if len(near) < len(heads) else "")
    raise BadFile(f"The file has no column {name}; it has: {known}", f"文件没有列 {name}; 文件有: {known}")


def _cell(row: Row, at: int) -> str:
    return row.cells[at] if at < len(row.cells) else ""
