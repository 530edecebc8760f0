"""Knows the workbook of an evidence package, sheet by sheet; must not know any table or how a sheet is written.

Source: domain.md M.
"""

import os
from collections.abc import Sequence

from exports import evidence_workbook_words as words
from exports.about import Written
from exports.cells import Marks
from exports.evidence_workbook_evidence import Evidence, Kind
from exports.evidence_workbook_figures import figures_sheet
from exports.evidence_workbook_front import cover_sheet, gaps_sheet, glossary_sheet, index_sheet, long_sheet
from exports.evidence_workbook_places import Places
from exports.evidence_workbook_records import (
    ATTACHMENTS,
    SIGNATURES,
    kind_sheet,
    register_sheet,
    series_sheet,
    sheet_words,
    voids_sheet,
)
from exports.evidence_workbook_trail import timeline_sheet, trail_sheet
from exports.streamed import MOST_ROWS, Book, Sheet
from exports.targets import delivered

_SHEETS = (words.COVER, words.INDEX, words.GAPS, words.FIGURES, words.REGISTER, words.TIMELINE, words.TRAIL,
           words.VOIDS, words.SERIES, words.GLOSSARY, words.LONG)


def evidence_book(target: str | os.PathLike[str], evidence: Evidence, language: str,
                  most_rows: int = MOST_ROWS) -> Written:
    """Write the workbook in zh or en; nothing appears at the path before it is complete."""
    places = Places(language, evidence.about.zone, most_rows, _SHEETS)
    for kind in evidence.kinds:
        places.add(kind.table, sheet_words(kind.table), kind.ids)
    with Marks(words.LONG.to(language)) as marks, delivered(target, ".xlsx") as file:
        book = Book(file.path, language, evidence.about, marks, most_rows)
        written = _write(book, evidence, places)
        if marks.long_texts:
            written += book.write(long_sheet(places, marks))
        cover = book.write(cover_sheet(evidence, places, written, marks))
        book.close([name for name, _rows in (*cover, *written)])
    return Written(sum(len(kind.ids) for kind in evidence.kinds), file.sha256)


def _write(book: Book, evidence: Evidence, places: Places) -> list[tuple[str, int]]:
    """Write the sheets but the cover; return their names with their rows, in the order in which they are shown."""
    beside = [kind for kind in evidence.kinds if kind.table in {SIGNATURES, ATTACHMENTS}]
    timeline = book.write(timeline_sheet(evidence, places))
    front = _all(book, [index_sheet(evidence, places), gaps_sheet(evidence, places),
                        figures_sheet(evidence, places, timeline), register_sheet(evidence, places)])
    kinds = _of_kinds(book, [kind for kind in evidence.kinds if kind not in beside], evidence, places)
    trail = book.write(trail_sheet(evidence, places))
    proofs = _of_kinds(book, beside, evidence, places)
    end = _all(book, [voids_sheet(evidence, places), series_sheet(evidence, places), glossary_sheet(evidence, places)])
    return [*front, *kinds, *timeline, *trail, *proofs, *end]


def _of_kinds(book: Book, kinds: Sequence[Kind], evidence: Evidence, places: Places) -> list[tuple[str, int]]:
    return _all(book, [kind_sheet(kind, evidence, places, book.marks) for kind in kinds])


def _all(book: Book, sheets: Sequence[Sheet]) -> list[tuple[str, int]]:
    return [part for sheet in sheets for part in book.write(sheet)]
