"""Knows in which style a column writes its days, and refuses to guess where two styles are possible; knows no row.

9/3/2013 is September 3 or March 9. A column is read in a style only if some of its cells allow no other.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from qms.imports.cells import shown
from qms.rules.errors import BadFile, Problem

_TIME = r"(?:[ T](?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2})(?:\.\d+)?)?(?: ?(?P<half>[AaPp][Mm]))?)?"
_ORDERS = {"Y-m-d": r"(?P<Y>\d{4})(?P<mark>[-/.])(?P<m>\d{1,2})(?P=mark)(?P<d>\d{1,2})",
           "m/d/Y": r"(?P<m>\d{1,2})(?P<mark>[-/.])(?P<d>\d{1,2})(?P=mark)(?P<Y>\d{4})",
           "d/m/Y": r"(?P<d>\d{1,2})(?P<mark>[-/.])(?P<m>\d{1,2})(?P=mark)(?P<Y>\d{4})",
           "Y年m月d日": r"(?P<Y>\d{4})年(?P<m>\d{1,2})月(?P<d>\d{1,2})日"}
STYLES: dict[str, re.Pattern[str]] = {name: re.compile(order + _TIME, re.ASCII) for name, order in _ORDERS.items()}
FIRST_YEAR, LAST_YEAR = 1970, 2100


class Cell(NamedTuple):
    """A cell of the column and the line in which it stands."""

    line: int
    text: str


def read_day(text: str, style: str) -> datetime | None:
    """Return the naive time that a cell tells in a style, midnight for a day alone; None: it does not fit."""
    found = STYLES[style].fullmatch(text)
    if found is None:
        return None
    parts = found.groupdict()
    hour = int(parts["H"] or 0)
    if parts["half"]:
        hour = hour % 12 + (12 if parts["half"].lower() == "pm" else 0)
    try:
        told = datetime(  # noqa: DTZ001 - wall-clock time without zone is what the file says
            int(parts["Y"]), int(parts["m"]), int(parts["d"]), hour, int(parts["M"] or 0), int(parts["S"] or 0))
    except ValueError:
        return None
    return told if FIRST_YEAR <= told.year <= LAST_YEAR else None


def style_of(cells: Iterable[Cell], column: str, wanted: str = "") -> str:
    """Return the one style in which most cells of a column can be read; `wanted` is what a mapping says.

    Raises BadFile, naming line and column of the first cell in doubt, where two styles are equally possible and differ.
    """
    if wanted:
        if wanted not in STYLES:
            raise BadFile(f"There is no style of days {shown(wanted)}: write one of {', '.join(STYLES)}.",
                          f"没有日期格式 {shown(wanted)}: 请写 {', '.join(STYLES)} 之一。")
        return wanted
    held = [cell for cell in cells if cell.text]
    fits = {style: sum(read_day(cell.text, style) is not None for cell in held) for style in STYLES}
    most = max(fits.values(), default=0)
    best = [style for style, count in fits.items() if count == most]
    if most == 0:
        line, text = (held[0].line, held[0].text) if held else (2, "")
        raise _refused(Problem(f"{shown(text)} is no day in a known style.", f"{shown(text)} 不是已知格式的日期。",
                               line=line, column=column, kind="time"))
    if len(best) > 1:
        doubt = next((cell for cell in held if len({read_day(cell.text, style) for style in best}) > 1), None)
        if doubt is not None:
            styles = ", ".join(best)
            raise _refused(Problem(
                f"{shown(doubt.text)} may be read as {styles}, and no other line tells which. Say it in a mapping: "
                f'[dates] received = "{best[0]}".',
                f"{shown(doubt.text)} 可按 {styles} 读取, 其他行也无法判定。请在映射中写明: "
                f'[dates] received = "{best[0]}"。', line=doubt.line, column=column, kind="ambiguous"))
    return best[0]


def _refused(problem: Problem) -> BadFile:
    return BadFile(f"Line {problem.line}, column {problem.field}: {problem.words.en}",
                   f"第 {problem.line} 行, 列 {problem.field}: {problem.words.zh}", [problem])
