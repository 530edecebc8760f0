"""Knows what one row of inspection results says under a mapping; must not know the other rows."""

from datetime import datetime

from qms.imports.cells import required_text, whole
from qms.imports.inspection_cells import Cells
from qms.imports.inspection_verdict import counted, judged
from qms.imports.rows import Row
from qms.imports.times import instant, time_stamp, wall_clock, zone_of
from qms.rules.errors import Problem
from qms.rules.inspections import Inspection, Mapping

LONGEST_LOT = 80
LONGEST_ITEM = 60
LONGEST_PIECE = 80


class RowReader:
    """Reads the rows of one file; counts pieces for lots that are made of every so many."""

    def __init__(self, mapping: Mapping, places: dict[str, int], width: int) -> None:
        self.mapping = mapping
        self.places = places
        self.width = width
        self._zone = zone_of(mapping.timing.zone)
        self._pieces = 0
        fixed = mapping.timing.fixed
        self._fixed = instant(fixed, self._zone) if fixed else None

    def inspection(self, row: Row, key: str) -> tuple[Inspection | None, list[Problem]]:
        """Return the inspection, or None and everything for which the row is refused."""
        cells = Cells(row, self.mapping, self.places)
        inspection = None if self._is_torn(cells) else self._read(cells, key)
        self._pieces += inspection.quantity if inspection else 1
        return inspection, cells.problems

    def _read(self, cells: "Cells", key: str) -> Inspection | None:
        columns, timing = self.mapping.columns, self.mapping.timing
        at = self._fixed
        if "time" in columns:
            wall = cells.take(columns["time"], self._time, timing.format)
            at = instant(wall, self._zone) if wall else None
        else:
            wall = timing.fixed
        quantity = cells.role("quantity", whole, default=1)
        if quantity == 0:
            cells.refuse(columns["quantity"], "The row is about no piece.", "此行件数为 0。")
        rejected, marks = judged(cells, quantity or 1)
        piece = cells.role("piece", required_text, LONGEST_PIECE, default="")
        item = cells.role("item", required_text, LONGEST_ITEM, default=self.mapping.item and self.mapping.item.code)
        lot = cells.role("lot", required_text, LONGEST_LOT) if "lot" in columns else self._lot(wall)
        readings = [cells.reading(column) for column in self.mapping.readings]
        if cells.problems:
            return None
        defects, further = counted(marks, rejected)
        return Inspection(
            cells.row.line,
            key,
            at,
            item,
            lot,
            piece,
            quantity,
            rejected,
            defects,
            further,
            tuple(reading for reading in readings if reading),
        )

    def _time(self, cell: str, line: int, column: str, form: str) -> datetime:
        return wall_clock(time_stamp(cell, form, line, column), self._zone)

    def _lot(self, wall: datetime | None) -> str:
        rule = self.mapping.lot
        if rule.rule == "pieces":
            return f"{rule.prefix}{1 + self._pieces // rule.size:05d}"
        if rule.rule == "one" or wall is None:
            return rule.prefix
        return f"{rule.prefix}{wall:%Y%m}" if rule.rule == "month" else f"{rule.prefix}{wall:%Y%m%d}"

    def _is_torn(self, cells: "Cells") -> bool:
        """Refuse a row whose cells do not fit the columns; cells that are not used may be left out."""
        count = len(cells.row.cells)
        if max(self.places.values()) < count and not any(cells.row.cells[self.width :]):
            return False
        cells.problems.append(
            Problem(
                f"The row has {count} cells, there are {self.width} columns.",
                f"此行有 {count} 个单元格，应有 {self.width} 列。",
                line=cells.row.line,
                kind="cells",
            )
        )
        return True
