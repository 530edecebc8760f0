"""Knows the sheets of a workbook of evidence that hold records: the register, a sheet per kind, voids, numbers; must
not know how a sheet is written.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from exports import evidence_workbook_words as words
from exports.cells import Marks
from exports.columns import Column
from exports.evidence_workbook_evidence import Evidence, Kind
from exports.evidence_workbook_photos import Thumbnails
from exports.evidence_workbook_places import Places
from exports.streamed import Sheet
from exports.streamed_cells import Goto, Toned
from qms.rules.trail import CODED, column_words, table_words
from qms.rules.trail_evidence import Gap
from qms.rules.trail_evidence_sheets import PAGES, UNITED, Field, Ref
from qms.rules.words import Words

SIGNATURES, ATTACHMENTS = "signatures", "attachments"
OWN_WORDS = {SIGNATURES: Words("Signatures", "签名"), ATTACHMENTS: Words("Photos and files", "照片或文件")}
_NAMING = frozenset({"number", "form_number", "code", "login", "name"})
_WIDTHS = {"integer": 10.0, "decimal": 12.0, "date": 12.0, "datetime": 20.0}
_BY_LENGTH = ((20, 16.0), (60, 24.0), (120, 26.0), (1 << 31, 40.0))
_MORE_WIDTHS = {words.THUMBNAIL: 16}
_COLOUR = "0B5CAD"


def sheet_words(table: str) -> Words:
    """Return what the sheet of a kind is called."""
    return OWN_WORDS.get(table, table_words(table))


def register_sheet(evidence: Evidence, places: Places) -> Sheet:
    """Return the sheet of all numbered records, a line each."""
    columns = [Column("number", words.NUMBER, width=22), Column("kind", words.KIND, width=20),
               Column("at", words.DATE, "datetime", width=20), Column("state", words.STATE, width=18),
               Column("item", words.PRODUCT, width=28), Column("lot", words.LOT, width=20),
               Column("quantity", words.QUANTITY, "integer", width=12), Column("unit", words.UNIT, width=10),
               Column("link", words.LINK, width=24)]
    if evidence.address:
        columns.append(Column("page", words.PAGE, width=14))
    return Sheet(places.say(words.REGISTER), columns, _registered(evidence, places))


def kind_sheet(kind: Kind, evidence: Evidence, places: Places, marks: Marks) -> Sheet:
    """Return the sheet of a kind: its fields, then what is missing, for a kind of which something is."""
    columns = [_column(field, kind.table, evidence.units) for field in kind.fields]
    more = _more(kind, evidence, places, marks)
    columns += [Column(f"more{place}", said, width=_MORE_WIDTHS.get(said, 30))
                for place, (said, _value) in enumerate(more)]
    second = kind.fields[1].name if len(kind.fields) > 1 else ""
    fixed = 2 if second in _NAMING and (kind.table, second) not in CODED else 1
    rows = ([*map(places.cell, row), *(value(row) for _said, value in more)] for row in kind.rows)
    return Sheet(places.sheet(kind.table), columns, rows, fixed, _COLOUR)


def voids_sheet(evidence: Evidence, places: Places) -> Sheet:
    """Return the sheet of records that were voided or withdrawn; each keeps its number."""
    columns = [Column("number", words.RECORD, width=26), Column("kind", words.KIND, width=22),
               Column("state", words.STATE, width=16), Column("reason", words.REASON, width=50),
               Column("at", words.VOID_AT, "datetime", width=20), Column("by", words.VOID_BY, width=20)]
    return Sheet(places.say(words.VOIDS), columns, (
        [places.goto(one.record), places.say(table_words(one.record.table)), places.cell(one.state), one.reason,
         places.cell(one.at), one.who] for one in evidence.voids))


def series_sheet(evidence: Evidence, places: Places) -> Sheet:
    """Return the sheet of the series of numbers, what is missing in one in red (R-47)."""
    columns = [Column("prefix", words.NUMBER, width=12), Column("kind", words.KIND, width=24),
               Column("site", words.SITE, width=30), Column("year", words.YEAR, "integer", width=9),
               Column("last", words.LAST, "integer", width=14), Column("records", words.IN_SYSTEM, "integer", width=14),
               Column("here", words.IN_BOOK, "integer", width=14), Column("lost", words.LOST, "integer", width=14),
               Column("which", words.LOST_SERIALS, width=40)]
    return Sheet(places.say(words.SERIES), columns, (
        [one.prefix, places.say(table_words(one.table)), places.goto(one.site), one.year, one.last, one.records,
         one.here, Toned(len(one.missing), "red") if one.missing else 0,
         Toned(", ".join(map(str, one.missing)), "red") if one.missing else None] for one in evidence.series))


def _registered(evidence: Evidence, places: Places) -> Iterator[Sequence[Any]]:
    for one in evidence.register:
        path = PAGES.get(one.record.table)
        page = [Goto(places.say(words.OPEN), address=f"{evidence.address}{path}{one.record.id}") if path else None]
        yield [places.goto(one.record), places.say(table_words(one.record.table)), *map(places.cell, one[1:]),
               *(page if evidence.address else [])]


def _more(kind: Kind, evidence: Evidence, places: Places,
          marks: Marks) -> list[tuple[Words, Callable[[Sequence[Any]], Any]]]:
    """Return what a sheet tells beside its fields, and how it is found from a row."""
    found: list[tuple[Words, Callable[[Sequence[Any]], Any]]] = []
    if kind.table == SIGNATURES:
        found.append((words.STANDING, lambda row: _standing(evidence.void_since.get(row[0]), places)))
    if kind.table == ATTACHMENTS:
        names, thumbnails = [field.name for field in kind.fields], Thumbnails(evidence, places, marks)
        at = names.index("sha256")
        found.append((words.THUMBNAIL, lambda row: thumbnails.cell(dict(zip(names, row, strict=True)))))
        found.append((words.FILE, lambda row: _file(row[at], evidence, places)))
    gaps = _gaps_of(kind.table, evidence.gaps, places)
    if gaps:
        found.append((words.MISSING, lambda row: gaps.get(row[0])))
    return found


def _gaps_of(table: str, gaps: Sequence[Gap], places: Places) -> Mapping[int, Toned]:
    of_table = sorted((gap for gap in gaps if gap.table == table), key=lambda gap: gap.id)
    return {record: Toned("\n".join(dict.fromkeys(places.say(gap.what) for gap in some)), "red")
            for record, some in groupby(of_table, key=lambda gap: gap.id)}


def _standing(void_since: int | None, places: Places) -> Any:
    if void_since is None:
        return Toned(places.say(words.VALID), "green")
    return Toned(places.say(words.VOIDED).format(rev=void_since), "red")


def _file(sha256: str, evidence: Evidence, places: Places) -> Any:
    if sha256 in evidence.no_file:
        return Toned(places.say(words.NO_FILE), "red")
    path = f"attachments/{sha256}"
    return Goto(path, address=path)


def _column(field: Field, table: str, units: Sequence[str]) -> Column:
    return Column(field.name, column_words(field.name, table), field.kind, _unit_of(field, units), _width(field))


def _unit_of(field: Field, units: Sequence[str]) -> Words | None:
    """Return the unit in a heading: the one of all items; where there are several, that it is the item's."""
    if field.name not in UNITED or field.kind not in {"integer", "decimal"} or not units:
        return None
    return Words(units[0], units[0]) if len(units) == 1 else words.ITEMS_UNIT


def _width(field: Field) -> float:
    if field.kind != "text":
        return _WIDTHS[field.kind]
    if field.longest == 0:
        return _BY_LENGTH[-1][1]
    return next(width for longest, width in _BY_LENGTH if field.longest <= longest)


def record_of(gap: Gap) -> Ref:
    """Return the record at which something is missing."""
    return Ref(gap.table, gap.id, gap.number or f"#{gap.id}")
