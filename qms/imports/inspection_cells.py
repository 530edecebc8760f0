"""Knows how the cells of one row are read under a mapping and what is wrong; must not know other rows."""

from collections.abc import Callable
from typing import Any

from qms.imports.cells import measured
from qms.imports.rows import Row
from qms.rules.errors import Problem
from qms.rules.inspections import Mapping, Reading, ReadingColumn


class Cells:
    """One row under its columns, with what is wrong in it."""

    def __init__(self, row: Row, mapping: Mapping, places: dict[str, int]) -> None:
        self.row = row
        self.mapping = mapping
        self._places = places
        self.problems: list[Problem] = []

    def cell(self, column: str) -> str:
        """Return the cell of a column."""
        return self.row.cells[self._places[column]]

    def take(self, column: str, read: Callable[..., Any], *more: Any) -> Any:
        """Read a cell of a column; None when it is wrong, which is then noted."""
        try:
            return read(self.cell(column), self.row.line, column, *more)
        except Problem as problem:
            self.problems.append(problem)
            return None

    def role(self, role: str, read: Callable[..., Any], *more: Any, default: Any = None) -> Any:
        """Read the cell of a role as `take` does; the default when the file has no such column."""
        column = self.mapping.columns.get(role)
        return default if column is None else self.take(column, read, *more)

    def reading(self, column: ReadingColumn) -> Reading | None:
        """Read a measured value; None when it was not taken or is wrong, which is then noted."""
        if self.cell(column.column) in self.mapping.file.missing:
            return None
        value = self.take(column.column, measured, self.mapping.file.decimal_point)
        if value is None:
            return None
        good = (column.lower is None or value >= column.lower) and (column.upper is None or value <= column.upper)
        return Reading(column.column, value, column.unit, good)

    def refuse(self, column: str, en: str, zh: str) -> None:
        """Note that a cell is wrong."""
        self.problems.append(Problem(en, zh, line=self.row.line, column=column, kind="verdict"))
