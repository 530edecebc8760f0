"""Knows what one row of a file is, whatever the file's kind; must not know what the row means."""

from typing import NamedTuple


class Row(NamedTuple):
    """One row of a text file or sheet: `line` as an editor or Excel numbers it (from 1), cells as text, stripped."""

    line: int
    cells: tuple[str, ...]
