"""Knows the workbook of a management review: cover, clause index, decisions, missed targets, a sheet for each input
with its data sheets, glossary, about the file. It knows no input in particular.

Source: domain.md L and M; ISO 9001:2015 9.3, IATF 16949:2016 9.3.
"""

import io
from typing import Any

from exports import about
from exports import review_words as words
from exports.about import About
from exports.cells import Marks
from exports.review_book import BOLD, GREEN, GREY, RED, WASH, Book, bold
from exports.review_cover import facts
from exports.review_inputs import input_sheet
from exports.review_made import Made, rows_of
from exports.sheets_page import fit
from qms.rules.review_glossary import GLOSSARY
from qms.rules.review_packs import Pack, PackDecision, PackInput

_COLOURS = {"missing": RED, "filled": GREEN, "not_applicable": GREY}
_INDEX = (30, 46, 16, 60)
_DECISIONS = (7, 24, 24, 52, 26, 18, 13, 13, 36, 30)


def review_workbook(pack: Pack, language: str) -> Made:
    """Return a review as .xlsx in zh or en."""
    with Marks(about.SHEET.to(language)) as marks:
        book = Book(pack, language, marks)
        cover = book.sheet(book.say(words.COVER), f"{book.say(words.TITLE)} {pack.number}", (34, 120))
        index = book.sheet(book.say(words.INDEX), book.say(words.INDEX), _INDEX)
        _decisions(book, index.title)
        _targets(book, index.title)
        sheets = [input_sheet(book, f"{place:02}", one, index.title) for place, one in enumerate(pack.inputs, start=1)]
        _index(book, index, [sheet.title for sheet in sheets], cover.title)
        _glossary(book, index.title)
        rows = rows_of(pack)
        _about(book, rows)
        _cover(book, cover, index.title)
        target = io.BytesIO()
        book.file.save(target)
    return Made(target.getvalue(), rows)


def _cover(book: Book, sheet: Any, index: str) -> None:
    for row, (label, text) in enumerate(facts(book.pack, book.language), start=2):
        book.put(sheet, row, 1, label, ruled=True).fill = WASH
        cell = book.put(sheet, row, 2, text, ruled=True)
        fit(sheet, row, [(cell, 118)])
        if book.pack.demo and row == 2:
            cell.font = bold(RED)
    row = sheet.max_row + 1
    owed = [one for one in book.pack.inputs if book.pack.is_owed(one)]
    book.put(sheet, row, 1, words.MISSING if owed else words.INPUT, ruled=True).fill = WASH
    text = "; ".join(book.say(one.rule.words) for one in owed) or book.say(words.ALL_ANSWERED)
    cell = book.put(sheet, row, 2, text, ruled=True)
    cell.font = bold(RED if owed else GREEN)
    fit(sheet, row, [(cell, 110), (sheet.cell(row, 1), 32)])
    for place, name in enumerate((index, *book.file.sheetnames[2:4]), start=row + 2):
        book.lead(sheet, place, 1, name, name)


def _index(book: Book, sheet: Any, names: list[str], cover: str) -> None:
    """Write each input by the clauses that ask for it, its state, and where it is."""
    book.lead(sheet, 1, len(_INDEX), f"← {cover}", cover)
    book.heads(sheet, 2, [book.say(head) for head in (words.CLAUSE, words.INPUT, words.STATE, words.TABLES)])
    for row, (one, name) in enumerate(zip(book.pack.inputs, names, strict=True), start=3):
        clauses = book.put(sheet, row, 1, words.clauses_of(one), ruled=True)
        book.lead(sheet, row, 2, f"{row - 2:02} {book.say(one.rule.words)}", name)
        _state(book, sheet, row, one)
        tables = book.put(sheet, row, 4, "; ".join(book.say(table.words) for table in one.tables) or None, ruled=True)
        fit(sheet, row, [(clauses, _INDEX[0]), (tables, _INDEX[3]), (sheet.cell(row, 2), _INDEX[1])])
    _finish(sheet, 2, 4)


def _state(book: Book, sheet: Any, row: int, one: PackInput) -> None:
    cell = book.put(sheet, row, 3, words.state_of(one), ruled=True)
    owed = one.state != "missing" or book.pack.is_owed(one)
    cell.font = bold(_COLOURS[one.state] if owed else GREY)


def _decisions(book: Book, back: str) -> None:
    title = book.say(words.DECISIONS)
    sheet = book.sheet(title, title, _DECISIONS, back=back)
    book.heads(sheet, 2, [book.say(head) for head in (
        words.NO, words.INPUT, words.OUTPUT, words.DECISION, words.RESOURCE, words.OWNER, words.DUE, words.STATE,
        words.RESULT, words.AGAINST)])
    inputs = {one.code: one.rule.words for one in book.pack.inputs}
    targets = {one.key: words.target_of(one) for one in book.pack.missed}
    for row, one in enumerate(book.pack.decisions, start=3):
        values = (one.place, inputs.get(one.input_code or ""), words.output_of(one.output), one.body, one.resource,
                  one.owner, one.due_on, words.decision_state(one.state), one.result, targets.get(one.missed or ""))
        cells = [book.put(sheet, row, place, value, ruled=True) for place, value in enumerate(values, start=1)]
        fit(sheet, row, list(zip(cells, map(int, _DECISIONS), strict=True)))
    if not book.pack.decisions:
        book.put(sheet, 3, 1, words.NONE_DECIDED).alignment = None
    _finish(sheet, 2, len(_DECISIONS))


def _targets(book: Book, back: str) -> None:
    """Write each missed target of a customer with its plans; one without a plan is red (R-41)."""
    title, widths = book.say(words.TARGETS), (30, 26, 30, 60, 18, 13, 13)
    sheet = book.sheet(title, title, widths, back=back)
    book.heads(sheet, 2, [book.say(head) for head in (words.CUSTOMER, words.METRIC, words.MONTHS, words.PLAN,
                                                      words.OWNER, words.DUE, words.STATE)])
    row = 3
    for missed in book.pack.missed:
        plans: list[PackDecision | None] = [*book.pack.plans(missed)]
        for plan in plans or [None]:
            told = (words.NO_PLAN,) if plan is None else (plan.body, plan.owner, plan.due_on,
                                                          words.decision_state(plan.state))
            cells = [book.put(sheet, row, place, value, ruled=True) for place, value in enumerate(
                (missed.customer, words.metric_of(missed), words.months_of(missed), *told), start=1)]
            fit(sheet, row, list(zip(cells, widths, strict=False)))
            if plan is None:
                cells[3].font = bold(RED)
            row += 1
    if not book.pack.missed:
        book.put(sheet, 3, 1, words.NONE_MISSED).alignment = None
    _finish(sheet, 2, len(widths))


def _finish(sheet: Any, head: int, columns: int) -> None:
    sheet.freeze_panes, sheet.print_title_rows = f"A{head + 1}", f"1:{head}"
    sheet.auto_filter.ref = f"A{head}:{chr(64 + columns)}{max(sheet.max_row, head + 1)}"


def _glossary(book: Book, back: str) -> None:
    title = book.say(words.GLOSSARY)
    sheet = book.sheet(title, title, (34, 110), back=back)
    for row, (term, meaning) in enumerate(GLOSSARY, start=2):
        book.put(sheet, row, 1, term, ruled=True).font = BOLD
        fit(sheet, row, [(book.put(sheet, row, 2, meaning, ruled=True), 106)])


def _about(book: Book, rows: int) -> None:
    """Write what the file is, what was replaced in it, and the rests of texts longer than a cell."""
    pack, title = book.pack, book.say(about.SHEET)
    sheet = book.sheet(title, title, (44, 100))
    told = About(f"{book.say(words.TITLE)} {pack.number}", pack.generated_at, pack.zone, pack.generated_by,
                 [(book.say(words.CONTENT_HASH), pack.content_hash or "–")], pack.demo)
    for row, parts in enumerate(about.lines(told, [(book.say(words.TABLES), rows)], book.marks, book.language), 2):
        for place, part in enumerate(parts, start=1):
            book.put(sheet, row, place, part)
