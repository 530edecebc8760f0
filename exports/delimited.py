"""Knows how rows become CSV that no spreadsheet takes for formulas; must not know what a column means.

Every field is quoted and a text whose first sign could start a formula gets an apostrophe before it; numbers
and dates keep their own sign. Source: OWASP, CSV Injection; ASVS 5.0 1.2.10.
"""

import csv
import datetime as dt
import os
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any, BinaryIO

from exports.about import Written
from exports.cells import Marks, cell_writer
from exports.columns import Column, Row, in_order
from exports.targets import delivered

_DANGEROUS = frozenset("=+-@\t\r\n\0＝＋－＠")


def guarded(text: str) -> str:
    """Return the text, with an apostrophe first if a spreadsheet could take it for a formula."""
    start = text.lstrip(" \u3000")[:1]
    return f"'{text}" if start in _DANGEROUS and start else text


def write_csv(target: str | os.PathLike[str] | BinaryIO, columns: Sequence[Column], rows: Iterable[Row],
              language: str, zone: str) -> Written:
    """Stream rows as UTF-8 CSV with BOM and CRLF; times are ISO 8601 text of `zone`, which the header names.

    Raises ValueError for an aware datetime.
    """
    count = 0
    with Marks(None) as marks, delivered(target, ".csv") as file:
        fields = [_field_writer(column, marks) for column in columns]
        with file.path.open("w", encoding="utf-8-sig", newline="") as stream:
            out = csv.writer(stream, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
            out.writerow([guarded(column.head(language, zone)) for column in columns])
            for values in in_order(rows, columns):
                out.writerow([put(value) for put, value in zip(fields, values, strict=True)])
                count += 1
    return Written(count, file.sha256)


def _field_writer(column: Column, marks: Marks) -> Callable[[Any], str]:
    put = cell_writer(column.kind, column.key, marks)

    def field(value: Any) -> str:
        if isinstance(value, int | float | Decimal):
            return str(value)
        cell = put(value)
        if isinstance(cell, dt.datetime):
            return cell.isoformat(" ", "seconds")
        if isinstance(cell, dt.date):
            return cell.isoformat()
        return "" if cell is None else guarded(str(cell))

    return field
