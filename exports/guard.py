"""Knows how a text stays a text in a cell of openpyxl; must not know what is written."""

from openpyxl.cell import Cell, MergedCell


def as_text(cell: Cell | MergedCell) -> None:
    """Keep a text from being taken for a formula."""
    if isinstance(cell.value, str):
        cell.data_type = "s"
        cell.number_format = "@"
        if cell.value[:1] in "=+-@":
            cell.quotePrefix = True
