"""Knows the sheets of a workbook of evidence that lead to the others: cover, clause index, gaps, glossary, long texts;
must not know how a sheet is written.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from exports import evidence_workbook_words as words
from exports.about import DEMO
from exports.cells import Marks
from exports.columns import Column
from exports.evidence_workbook_evidence import Evidence
from exports.evidence_workbook_figures import checks
from exports.evidence_workbook_photos import MOST_THUMBNAILS
from exports.evidence_workbook_places import Places
from exports.evidence_workbook_records import record_of, sheet_words
from exports.streamed import Sheet
from exports.streamed_cells import Goto, Live, Toned
from qms.rules.trail import table_words
from qms.rules.trail_evidence_glossary import terms
from qms.rules.words import Words

FILE_NAME = "evidence.xlsx"
_RED = "B42318"
_WITHOUT_THUMBNAIL = Words(*(said.format(most=MOST_THUMBNAILS) for said in words.WITHOUT_THUMBNAIL))


def cover_sheet(evidence: Evidence, places: Places, written: Sequence[tuple[str, int]], marks: Marks) -> Sheet:
    """Return the sheet that tells what the workbook is; `written` are the other sheets with their rows."""
    columns = [Column("item", words.ITEM, width=44), Column("content", words.CONTENT, width=100)]
    said = [*_question(evidence), *_answer(evidence, places), *_marks(marks)]
    rows: list[Sequence[Any]] = [
        [Toned(places.say(label), "label"), _content(value, places)]
        for label, value in said]
    rows += [[Toned(places.say(words.SHEET_ROWS).format(name=name), "label"),
              Goto(places.say(words.ROWS).format(count=count), name)] for name, count in written]
    return Sheet(places.say(words.COVER), columns, rows, colour="1A7F37")


def index_sheet(evidence: Evidence, places: Places) -> Sheet:
    """Return the sheet that leads from a clause to the records that are its evidence."""
    columns = [Column("clause", words.CLAUSE, width=14), Column("subject", words.SUBJECT, width=44),
               Column("kind", words.KIND, width=26), Column("sheet", words.SHEET, width=26),
               Column("records", words.RECORDS, "integer", width=11),
               Column("gaps", words.GAP_COUNT, "integer", width=11), Column("table", words.TABLE, width=24),
               Column("references", words.REFERENCES, width=56)]
    return Sheet(places.say(words.INDEX), columns, _indexed(evidence, places), colour="1A7F37")


def gaps_sheet(evidence: Evidence, places: Places) -> Sheet:
    """Return the sheet of what is missing, in red, and at which record."""
    columns = [Column("what", words.WHAT, width=60), Column("record", words.RECORD, width=28),
               Column("kind", words.KIND, width=24), Column("clause", words.CLAUSE, width=14),
               Column("rule", words.RULE, width=12)]
    rows: list[Sequence[Any]] = [
        [Toned(places.say(gap.what), "red"), places.goto(record_of(gap)),
         places.say(table_words(gap.table)), gap.clause, gap.rule] for gap in evidence.gaps]
    return Sheet(places.say(words.GAPS), columns, rows or [[places.say(words.NONE_MISSING), None, None, None, None]],
                 colour=_RED)


def glossary_sheet(evidence: Evidence, places: Places) -> Sheet:
    """Return the sheet of the terms that this workbook uses, in both languages."""
    columns = [Column("zh", words.TERM_ZH, width=28), Column("en", words.TERM_EN, width=34),
               Column("meaning", words.MEANING, width=80)]
    return Sheet(places.say(words.GLOSSARY), columns, (
        [term.zh, term.en, places.say(meaning)] for term, meaning in terms(kind.table for kind in evidence.kinds)))


def long_sheet(places: Places, marks: Marks) -> Sheet:
    """Return the sheet on which texts go on that are longer than a cell."""
    columns = [Column("place", words.PLACE, width=44), Column("part", words.PART, "integer", width=8),
               Column("text", words.TEXT, width=100)]
    return Sheet(places.say(words.LONG), columns, (
        [f"{part.head}, {part.row}", part.number, part.text] for part in marks.rests()))


def _content(value: Any, places: Places) -> Any:
    if isinstance(value, Toned) and isinstance(value.value, Words):
        return Toned(places.say(value.value), value.style)
    return places.cell(value) if isinstance(value, Words) else value


def _question(evidence: Evidence) -> Iterator[tuple[Words | str, Any]]:
    about = evidence.about
    yield words.TITLE, Toned(about.title, "label")
    if about.demo:
        yield words.MARK, Toned(DEMO, "red")
    yield words.SITES, "\n".join(evidence.sites)
    for label, wording in about.filters:
        yield Words(*(said.format(label=label) for said in words.ASKED)), wording
    yield words.GENERATED_AT, Toned(about.generated_at.replace(microsecond=0), "datetime")
    yield words.ZONE, about.zone
    yield words.GENERATED_BY, about.generated_by
    yield words.NAMES, words.NAMES_SAY[evidence.names]


def _answer(evidence: Evidence, places: Places) -> Iterator[tuple[Words | str, Any]]:
    yield words.RECORDS, Toned(sum(len(kind.ids) for kind in evidence.kinds), "left")
    yield words.ENTRIES, Toned(evidence.entry_count, "left")
    yield words.MISSING_ITEMS, Toned(len(evidence.gaps), "red_left" if evidence.gaps else "left")
    cells, differs = checks(places)
    yield words.DIFFERING, Live(f'COUNTIF({cells},"{places.say(differs)}")', 0, "left")
    yield words.SOFTWARE, evidence.versions[0]
    yield words.SCHEMA, evidence.versions[1]
    if evidence.about.checkpoint is not None:
        yield words.SIZE, Toned(evidence.about.checkpoint[0], "left")
        yield words.ROOT, evidence.about.checkpoint[1]
    yield words.HASH, Words(*(said.format(name=FILE_NAME) for said in words.HASH_SAYS))
    yield words.WHOLE, words.WHOLE_SAYS


def _marks(marks: Marks) -> Iterator[tuple[Words, Any]]:
    for label, count in ((words.REPLACED, marks.replaced_characters), (words.CONTINUED, marks.long_texts),
                         (_WITHOUT_THUMBNAIL, marks.without_thumbnail)):
        if count:
            yield label, Toned(count, "left")


def _indexed(evidence: Evidence, places: Places) -> Iterator[Sequence[Any]]:
    for clause, tables in evidence.clauses:
        missing: dict[str, int] = {}
        for gap in evidence.gaps:
            if gap.clause == clause.code:
                missing[gap.table] = missing.get(gap.table, 0) + 1
        for table in tables:
            sheet = places.sheet(table) if places.has(table) else ""
            gone = missing.get(table, 0)
            yield [clause.code, places.say(clause.words), places.say(sheet_words(table)),
                   Goto(sheet or places.say(words.NO_RECORDS), sheet), places.count(table),
                   Toned(gone, "red") if gone else 0, table, _references(clause.references)]


def _references(references: Sequence[str]) -> str:
    """Return clauses by edition, the edition named once: "ISO 9001:2015 8.7.1, 8.7.2"."""
    found: dict[str, list[str]] = {}
    for reference in references:
        edition, _, clause = reference.rpartition(" ")
        found.setdefault(edition, []).append(clause)
    return "\n".join(f"{edition} {', '.join(clauses)}" for edition, clauses in found.items())
