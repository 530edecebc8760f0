"""Knows how one value becomes a cell of a streamed sheet, exactly and never as a formula of somebody else; must not
know sheets.

A text that starts like a formula stays a text, also when somebody edits its cell.
"""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from exports.cells import Marks, cell_writer
from exports.columns import Kind
from exports.streamed_parts import STYLES

LONGEST_IN_FORMULA = 255
"""Characters that a text inside a formula may have."""

_DAY_ONE = dt.date(1899, 12, 30).toordinal()
_DAY_SECONDS = 86_400
_MARKUP = re.compile("[&<>]")
_ENTITY = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA_SIGNS = "=+-@\t"


class Goto(NamedTuple):
    """A text that leads to a row of a sheet, or to an address: a page, or a file beside the workbook."""

    text: str
    sheet: str = ""
    row: int = 1
    address: str = ""


class Live(NamedTuple):
    """One of our own formulas, and what it gave when it was written; `style` empty: like other values."""

    formula: str
    value: int | float | str | Decimal
    style: str = ""


class Toned(NamedTuple):
    """A value in one of the styles, such as red."""

    value: Any
    style: str


@cache
def letters(place: int) -> str:
    """Return the name of a column, counted from 1."""
    name = ""
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def quoted(name: str) -> str:
    """Return the name of a sheet as a formula has it."""
    return "'" + name.replace("'", "''") + "'"


def marked_up(text: str) -> str:
    """Return a text as XML has it, so that a spreadsheet reads exactly this text."""
    if "_x" in text:
        text = _ESCAPED.sub("_x005F_", text)
    return _MARKUP.sub(lambda found: _ENTITY[found[0]], text)


def text_cell(at: str, text: str, style: str = "text") -> str:
    """Return a cell that holds a text."""
    if style == "text" and text[:1] in _FORMULA_SIGNS:
        style = "quoted" if text else style
    return (f'<c r="{at}" s="{STYLES[style]}" t="inlineStr"><is><t xml:space="preserve">{marked_up(text)}</t></is></c>')


def number_cell(at: str, value: float | Decimal, style: str) -> str:
    """Return a cell that holds a number."""
    return f'<c r="{at}" s="{STYLES[style]}"><v>{value}</v></c>'


def formula_cell(at: str, formula: str, value: float | str | Decimal, style: str) -> str:
    """Return a cell that holds a formula and what it gave."""
    kind, shown = (' t="str"', marked_up(value)) if isinstance(value, str) else ("", str(value))
    return f'<c r="{at}" s="{STYLES[style]}"{kind}><f>{marked_up(formula)}</f><v>{shown}</v></c>'


def toned_cell(at: str, toned: Toned, make: Callable[[str, Any, str], str]) -> str:
    """Return a cell in a style of its own, of a number or moment also in a column of texts."""
    if isinstance(toned.value, dt.date):
        return number_cell(at, serial(toned.value), toned.style)
    if isinstance(toned.value, int | float | Decimal):
        return number_cell(at, toned.value, toned.style)
    return make(at, toned.value, toned.style)


def serial(value: dt.date) -> float | int:
    """Return a day or a moment as a spreadsheet counts it: days since 1899-12-30."""
    days = value.toordinal() - _DAY_ONE
    if not isinstance(value, dt.datetime):
        return days
    return days + (value.hour * 3600 + value.minute * 60 + value.second) / _DAY_SECONDS


def cell_maker(kind: Kind, head: str, marks: Marks) -> Callable[[str, Any, str], str]:
    """Return the function that turns (place, value, style or empty) into the XML of a cell of this column."""
    exact = cell_writer(kind, head, marks)
    exact_text = cell_writer("text", head, marks)
    plain = {"date": "date", "datetime": "datetime", "integer": "integer", "decimal": "decimal"}.get(kind, "text")

    def make(at: str, value: Any, style: str = "") -> str:
        if value.__class__ is str and plain == "text":
            return text_cell(at, str(exact(value)), style or "text")
        put = exact(value)
        if isinstance(put, bool) or put is None or isinstance(put, str):
            return text_cell(at, str(exact_text(value)), style or "text")
        if isinstance(put, dt.date):
            shown = "datetime" if isinstance(put, dt.datetime) else "date"
            return number_cell(at, serial(put), style or shown)
        return number_cell(at, put, style or ("decimal" if isinstance(put, float) else "integer"))

    return make
