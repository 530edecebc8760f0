"""Knows what comes of writing a review to a file; must not know which file."""

from typing import NamedTuple

from qms.rules.review_packs import Pack


class Made(NamedTuple):
    """The bytes of a file and how many rows of data are in it (R-53)."""

    content: bytes
    rows: int


def rows_of(pack: Pack) -> int:
    """Return how many rows of data a whole review has."""
    return sum(len(table.rows) for one in pack.inputs for table in one.tables)
