"""Knows how many pieces of a row are rejected and for which defects; must not know the rest of the row.

What a row says in several columns must agree: a contradiction is a problem of the row, never a guess.
"""

from qms.imports.cells import shown, whole
from qms.imports.inspection_cells import Cells
from qms.rules.errors import Problem
from qms.rules.inspections import SEVERITIES

Marks = list[tuple[str, int]]


def judged(cells: Cells, quantity: int) -> tuple[int, Marks]:
    """Return the rejected pieces of a row and (code, pieces), gravest first; notes problems in the cells."""
    verdict = _verdict(cells)
    marks = _marks(cells, quantity)
    rejected = _rejected(cells, verdict, marks, quantity)
    fallback = cells.mapping.verdict.defect
    if not cells.problems:
        _check(cells, verdict, marks, rejected, quantity)
    rest = rejected - sum(pieces for _, pieces in marks)
    return rejected, [*marks, (fallback, rest)] if fallback and rest > 0 else marks


def counted(marks: Marks, rejected: int) -> tuple[tuple[tuple[str, int], ...], tuple[str, ...]]:
    """Count each rejected piece once, under the gravest defect; name the defects that are left over."""
    shares, further, rest = [], [], rejected
    for code, pieces in marks:
        share = min(pieces, rest)
        rest -= share
        if share:
            shares.append((code, share))
        else:
            further.append(code)
    return tuple(shares), tuple(further)


def _verdict(cells: Cells) -> bool | None:
    """Return True for accepted, False for rejected, None when no column says."""
    column = cells.mapping.columns.get("verdict")
    if column is None:
        return None
    cell = cells.cell(column)
    if cell in cells.mapping.verdict.accept:
        return True
    if cell not in cells.mapping.verdict.reject:
        cells.refuse(column, f"{shown(cell)} neither accepts nor rejects.", f"{shown(cell)} 既不是接收也不是拒收。")
    return False


def _marks(cells: Cells, quantity: int) -> Marks:
    codes = sorted(cells.mapping.defects, key=lambda defect: SEVERITIES.index(defect.severity))
    column = cells.mapping.columns.get("defect")
    if column is None:
        marks = [(defect.code, _mark(cells, defect.column, quantity)) for defect in codes if defect.column]
        return [(code, pieces) for code, pieces in marks if pieces]
    cell = cells.cell(column)
    if cell in cells.mapping.file.missing:
        return []
    if cell not in {defect.code for defect in codes}:
        cells.refuse(
            column,
            f"{shown(cell)} is no defect code of the mapping.",
            f"{shown(cell)} 不是映射中的缺陷代码。",
        )
    return [(cell, _told_rejected(cells, quantity))]


def _mark(cells: Cells, column: str, quantity: int) -> int:
    """Return the pieces that a defect's own column tells."""
    if cells.mapping.marks.pieces:
        return cells.take(column, whole) or 0
    cell = cells.cell(column)
    if cell in cells.mapping.marks.yes:
        return _told_rejected(cells, quantity)
    if cell not in cells.mapping.marks.no:
        cells.refuse(column, f"{shown(cell)} is no mark of the mapping.", f"{shown(cell)} 不是映射中的标记。")
    return 0


def _told_rejected(cells: Cells, quantity: int) -> int:
    """Return the pieces that the row says are rejected, else all; a wrong cell is noted elsewhere, once."""
    column = cells.mapping.columns.get("rejected")
    try:
        return quantity if column is None else whole(cells.cell(column), cells.row.line, column)
    except Problem:
        return quantity


def _rejected(cells: Cells, verdict: bool | None, marks: Marks, quantity: int) -> int:
    if "rejected" in cells.mapping.columns:
        return cells.role("rejected", whole) or 0
    if verdict is not None:
        return 0 if verdict else quantity
    if cells.mapping.marks.pieces:
        return sum(pieces for _, pieces in marks)
    return quantity if marks else 0


def _check(cells: Cells, verdict: bool | None, marks: Marks, rejected: int, quantity: int) -> None:
    if rejected > quantity:
        cells.refuse(
            _column(cells, "rejected"),
            f"{rejected} pieces are rejected of {quantity}.",
            f"共 {quantity} 件，却拒收 {rejected} 件。",
        )
    elif verdict is not None and verdict == (rejected > 0):
        cells.refuse(
            _column(cells, "verdict"),
            f"The verdict contradicts {rejected} rejected pieces.",
            f"判定与拒收 {rejected} 件矛盾。",
        )
    elif marks and not rejected:
        cells.refuse(_column(cells, "defect"), "A defect is named, yet nothing is rejected.", "有缺陷却没有拒收。")
    elif rejected and not marks and not cells.mapping.verdict.defect:
        cells.refuse(_column(cells, "defect"), "Pieces are rejected and no defect is named.", "有拒收却没有缺陷。")
    elif cells.mapping.marks.required and not marks:
        cells.refuse(_column(cells, "defect"), "No defect is marked.", "没有标记任何缺陷。")


def _column(cells: Cells, role: str) -> str:
    """Name the column to look at: the role's own, else the first of a defect, else the first of all."""
    marked = (defect.column for defect in cells.mapping.defects if defect.column)
    columns = cells.mapping.columns
    return columns.get(role) or next(marked, None) or next(iter(columns.values()))
