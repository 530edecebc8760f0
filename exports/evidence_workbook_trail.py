"""Knows the sheets of a workbook of evidence that hold the trail: what happened by time, and every entry field by
field; must not know how a sheet is written.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from exports import evidence_workbook_words as words
from exports.columns import Column
from exports.evidence_workbook_evidence import Evidence
from exports.evidence_workbook_places import Places
from exports.streamed import Sheet
from qms.rules.trail_evidence_sheets import Noted

ENTRY_LETTER = "J"
"""Column of the timeline that has the number of each entry."""

_COLOUR = "56646F"


def timeline_sheet(evidence: Evidence, places: Places) -> Sheet:
    """Return the sheet of all that happened, by time: a row for each record that was written."""
    columns = [Column("at", words.WHEN, "datetime", width=20), Column("who", words.WHO, width=18),
               Column("behalf", words.BEHALF, width=16), Column("role", words.ROLE, width=22),
               Column("action", words.ACTION, width=28),
               Column("kind", words.KIND, width=22), Column("record", words.RECORD, width=30),
               Column("rev", words.VERSION, "integer", width=9), Column("reason", words.REASON, width=36),
               Column("seq", words.ENTRY, "integer", width=10)]
    return Sheet(places.say(words.TIMELINE), columns, (
        [places.cell(one.at), places.cell(one.who), one.behalf or None, ", ".join(map(places.say, one.roles)) or None,
         places.say(one.action), places.say(one.kind), places.goto(one.record), one.rev, one.reason, one.seq]
        for one in evidence.entries(False)), colour=_COLOUR)


def trail_sheet(evidence: Evidence, places: Places) -> Sheet:
    """Return the sheet of the entries: a row for each field that changed, and one for a new record."""
    columns = [Column("seq", words.ENTRY, "integer", width=10), Column("at", words.WHEN, "datetime", width=20),
               Column("who", words.WHO, width=18), Column("action", words.ACTION, width=24),
               Column("kind", words.KIND, width=20), Column("record", words.RECORD, width=26),
               Column("rev", words.VERSION, "integer", width=9), Column("field", words.FIELD, width=20),
               Column("old", words.OLD, width=28), Column("new", words.NEW, width=44),
               Column("reason", words.REASON, width=28), Column("rules", words.RULES, width=12),
               Column("hash", words.ENTRY_HASH, width=36)]
    return Sheet(places.say(words.TRAIL), columns, _changes(evidence, places), colour=_COLOUR)


def _changes(evidence: Evidence, places: Places) -> Iterator[Sequence[Any]]:
    for one in evidence.entries(True):
        start = [one.seq, places.cell(one.at), places.cell(one.who), places.say(one.action), places.say(one.kind),
                 places.goto(one.record), one.rev]
        end = [one.reason, ", ".join(one.rules) or None, one.hash]
        for field, old, new in _fields(one, places):
            yield [*start, field, old, new, *end]


def _fields(one: Noted, places: Places) -> Iterator[tuple[str, Any, Any]]:
    """Yield (field, old, new) of an entry; a new record is one field with all that it began with."""
    if one.created:
        yield places.say(words.NEW_RECORD), None, "\n".join(
            f"{places.say(column)}: {_text(new, places)}" for column, _old, new in one.changes)
    elif not one.changes:
        yield places.say(words.NO_CHANGE), None, None
    for column, old, new in () if one.created else one.changes:
        yield places.say(column), places.cell(old), places.cell(new)


def _text(value: Any, places: Places) -> str:
    shown = places.cell(value)
    return shown.isoformat(" ", "seconds") if isinstance(shown, dt.datetime) else str(shown)
