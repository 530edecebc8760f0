"""Knows the key figures of a workbook of evidence: a live formula over the data sheets beside the system's own value;
must not know how a sheet is written.

Source: domain.md M.4.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from exports import evidence_workbook_words as words
from exports.columns import Column
from exports.evidence_workbook_evidence import Evidence, Kind
from exports.evidence_workbook_places import Places
from exports.evidence_workbook_trail import ENTRY_LETTER
from exports.streamed import Sheet
from exports.streamed_cells import Goto, Live, letters, quoted
from qms.rules.trail import column_words, table_words
from qms.rules.trail_evidence_sheets import Measured
from qms.rules.words import Words

_HERE, _SYSTEM, _WHERE, CHECK_LETTER = "E", "F", "C", "G"


def figures_sheet(evidence: Evidence, places: Places, timeline: Sequence[tuple[str, int]]) -> Sheet:
    """Return the sheet of key figures; `timeline` are the sheets of the timeline with their rows."""
    columns = [Column("kind", words.KIND, width=26), Column("figure", words.FIGURE, width=30),
               Column("of", words.OF, width=30), Column("unit", words.UNIT, width=14),
               Column("here", words.HERE, "decimal", width=20), Column("system", words.SYSTEM, "decimal", width=20),
               Column("check", words.CHECK, width=14)]
    return Sheet(places.say(words.FIGURES), columns, _rows(evidence, places, timeline), fixed=2,
                 alert=places.say(words.DIFFERS))


def _rows(evidence: Evidence, places: Places, timeline: Sequence[tuple[str, int]]) -> Iterator[Sequence[Any]]:
    kinds = {kind.table: kind for kind in evidence.kinds}
    shown = [one for one in evidence.figures if one.table in kinds]
    for row, one in enumerate(shown, start=2):
        sheet = places.sheet(one.table)
        figure = places.say(words.RECORD_COUNT) if one.sum_of is None else places.say(words.SUM_OF).format(
            column=places.say(column_words(one.sum_of, one.table)))
        yield [Goto(places.say(table_words(one.table)), sheet), figure, places.cell(one.where), places.cell(one.unit),
               Live(_formula(one, kinds[one.table], places, row), one.value), one.value, _check(row, places)]
    row = len(shown) + 2
    ranges = ",".join(_range(name, count, ENTRY_LETTER) for name, count in timeline)
    yield [Goto(places.say(words.TIMELINE), places.say(words.TIMELINE)), places.say(words.ENTRY_COUNT), None, None,
           Live(f"COUNT({ranges})", evidence.entry_count), evidence.entry_count, _check(row, places)]


def _check(row: int, places: Places) -> Live:
    equal, differs = places.say(words.EQUAL), places.say(words.DIFFERS)
    return Live(f'IF(ROUND({_HERE}{row}-{_SYSTEM}{row},6)=0,"{equal}","{differs}")', equal)


def _formula(one: Measured, kind: Kind, places: Places, row: int) -> str:
    """Return the formula of a figure, added up over the sheets of its kind."""
    letter = {field.name: letters(place) for place, field in enumerate(kind.fields, start=1)}
    parts = []
    for name, count in places.sheets(one.table):
        tested = f"{_range(name, count, letter[one.by])},${_WHERE}{row}" if one.by else ""
        if one.sum_of is None:
            parts.append(f"COUNTIFS({tested})" if tested else f"COUNT({_range(name, count, letter['id'])})")
        else:
            added = _range(name, count, letter[one.sum_of])
            parts.append(f"SUMIFS({added},{tested})" if tested else f"SUM({added})")
    return "+".join(parts)


def _range(name: str, count: int, letter: str) -> str:
    return f"{quoted(name)}!${letter}$2:${letter}${max(count, 1) + 1}"


def checks(places: Places) -> tuple[str, Words]:
    """Return the cells that say whether figures agree, and what they say when one does not."""
    return f"{quoted(places.say(words.FIGURES))}!${CHECK_LETTER}:${CHECK_LETTER}", words.DIFFERS
