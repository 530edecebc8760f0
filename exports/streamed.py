"""Knows how sheets of typed columns become one .xlsx file whose cells lead to each other, row by row; must not know
what a column means.

It writes the XML itself: the writer of the registers has one format a column, keeps every link in memory, and leaves
formulas without their result. Memory does not grow with rows. A sheet that would get too long goes on in the next one.
"""

import datetime as dt
import io
import math
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, BinaryIO

from exports import about as cover
from exports import streamed_parts as parts
from exports.about import About
from exports.cells import Marks
from exports.columns import Column
from exports.sheets_page import lines_of
from exports.streamed_cells import (
    LONGEST_IN_FORMULA,
    Goto,
    Live,
    Toned,
    cell_maker,
    formula_cell,
    letters,
    marked_up,
    quoted,
    text_cell,
    toned_cell,
)
from exports.streamed_pictures import Media, Picture, Pictures

MOST_ROWS = 1_048_575
"""Rows below the header that a sheet holds."""
MOST_LINKS = 65_530
"""Links that a sheet holds; a cell beyond leads on by a formula."""

_LONGEST_NAME, _FLUSH, _FILTER_BUTTON, _MEASURED = 31, 1 << 18, 3, 4000
_A4, _A3 = 9, 8
_A4_CHARACTERS, _A3_CHARACTERS = 190, 310
_LINE, _HIGHEST = 15, 405


@dataclass
class Sheet:
    """One sheet: its rows are sequences in the order of the columns; `fixed` columns stay in sight and in print.
    `alert`: what a cell says that is to be red, as formulas may come to say.
    """

    name: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[Any]]
    fixed: int = 1
    colour: str = ""
    alert: str = ""


@dataclass
class _Beside:
    """What goes beside the rows of a sheet that is being written: pictures, and of links how many, their XML, and the
    addresses outside of the file.
    """

    pictures: Pictures
    count: int = 0
    xml: io.BytesIO = field(default_factory=io.BytesIO)
    outside: list[tuple[str, str, bool]] = field(default_factory=list)


class Book:
    """The workbook being written, one sheet after the other; `close` puts them in order."""

    def __init__(self, file: str | os.PathLike[str] | BinaryIO, language: str, about: About, marks: Marks,
                 most_rows: int = MOST_ROWS) -> None:
        self.language, self.about, self.marks, self.most_rows = language, about, marks, most_rows
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=3)
        self._written: dict[str, tuple[int, str]] = {}
        self._media = Media()

    def write(self, sheet: Sheet) -> list[tuple[str, int]]:
        """Write a sheet, over several where it is too long for one; return the names with their rows."""
        rows, written = iter(sheet.rows), []
        for place in range(1000):
            first = next(rows, None)
            if first is None and place:
                break
            name = part_of(sheet.name, place)
            some = iter(()) if first is None else chain([first], islice(rows, self.most_rows - 1))
            written.append((name, self._sheet(name, sheet, some)))
        return written

    def close(self, order: Sequence[str]) -> None:
        """Finish the file: its sheets are shown in this order."""
        listed = [(self._written[name][0], name) for name in order]
        names = "".join(self._written[name][1].format(place=place) for place, name in enumerate(order))
        count = len(self._written)
        made_at = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for path, text in (
            ("[Content_Types].xml", parts.types(count, self._media.sheets)), ("_rels/.rels", parts.package_relations()),
            ("docProps/core.xml", parts.core(self.about.title, self.about.generated_by, made_at)),
            ("xl/workbook.xml", parts.workbook(listed, names)),
            ("xl/_rels/workbook.xml.rels", parts.workbook_relations(count)), ("xl/styles.xml", parts.styles()),
        ):
            self._zip.writestr(path, text)
        self._zip.close()

    def _sheet(self, name: str, sheet: Sheet, rows: Iterator[Sequence[Any]]) -> int:
        number = len(self._written) + 1
        with Pictures(self._media) as pictures:
            beside = _Beside(pictures)
            with self._zip.open(f"xl/worksheets/sheet{number}.xml", "w", force_zip64=True) as file:
                file.write(self._top(sheet).encode())
                count = _put(file.write, self._rows(name, sheet, rows, beside))
                file.write(f'</sheetData><autoFilter ref="{_area(sheet, count)}"/>{_alert(sheet, count)}'.encode())
                if beside.count:
                    file.write(b"<hyperlinks>")
                    file.write(beside.xml.getbuffer())
                    file.write(b"</hyperlinks>")
                file.write(self._end(sheet, beside).encode())
            relations = beside.outside + pictures.write(self._zip, number)
        if relations:
            self._zip.writestr(f"xl/worksheets/_rels/sheet{number}.xml.rels", parts.relations(relations))
        self._written[name] = number, _defined(name, sheet, count)
        return count

    def _rows(self, name: str, sheet: Sheet, rows: Iterator[Sequence[Any]], beside: _Beside) -> Iterator[str]:
        """Yield the XML of each row below the header."""
        heads = [column.head(self.language, self.about.zone) for column in sheet.columns]
        makers = [(letters(place), cell_maker(column.kind, f"{name} / {head}", self.marks))
                  for place, (column, head) in enumerate(zip(sheet.columns, heads, strict=True), start=1)]
        widths = [int(column.width) for column in sheet.columns]
        for line, values in enumerate(rows, start=2):
            self.marks.row = line
            yield f'<row r="{line}"{_height(values, widths)}>' + "".join([
                self._cell(f"{letter}{line}", value, make, beside)
                for (letter, make), value in zip(makers, values, strict=True) if value is not None]) + "</row>"

    def _cell(self, at: str, value: Any, make: Callable[..., str], beside: _Beside) -> str:
        if isinstance(value, Goto):
            return self._link(at, value, make, beside)
        if isinstance(value, Picture):
            beside.pictures.add(at, value)
            return ""
        if isinstance(value, Live):
            plain = "text" if isinstance(value.value, str) else "integer" if isinstance(value.value, int) else "decimal"
            return formula_cell(at, value.formula, value.value, value.style or plain)
        if isinstance(value, Toned):
            return toned_cell(at, value, make)
        return make(at, value, "")

    def _link(self, at: str, link: Goto, make: Callable[..., str], beside: _Beside) -> str:
        """Return the cell of a link: a real one while the sheet may have more of them, else a formula."""
        if not link.text or not (link.sheet or link.address):
            return make(at, link.text)
        place = f"{quoted(link.sheet)}!A{link.row}"
        if beside.count >= MOST_LINKS and len(link.text) <= LONGEST_IN_FORMULA:
            target, text = (part.replace('"', '""') for part in (link.address or f"#{place}", link.text))
            return formula_cell(at, f'HYPERLINK("{target}","{text}")', link.text, "link")
        if link.address:
            beside.outside.append(("hyperlink", link.address, True))
            led = f'r:id="rId{len(beside.outside)}"'
        else:
            led = f'location="{marked_up(place)}"'
        beside.xml.write(f'<hyperlink ref="{at}" {led}/>'.encode())
        beside.count += 1
        return make(at, link.text, "link")

    def _top(self, sheet: Sheet) -> str:
        """Return the sheet up to and with its header."""
        cell = f"{letters(sheet.fixed + 1)}2"
        frozen = f'xSplit="{sheet.fixed}" ySplit="1" topLeftCell="{cell}" activePane="bottomRight"'
        colour = f'<tabColor rgb="FF{sheet.colour}"/>' if sheet.colour else ""
        widths = "".join(f'<col min="{place}" max="{place}" width="{column.width}" customWidth="1"/>'
                         for place, column in enumerate(sheet.columns, start=1))
        texts = [column.head(self.language, self.about.zone) for column in sheet.columns]
        high = _height(texts, [int(column.width) - _FILTER_BUTTON for column in sheet.columns])
        heads = "".join(text_cell(f"{letters(place)}1", text, "header")
                        for place, text in enumerate(texts, start=1))
        return (f'{parts.HEADER}<worksheet xmlns="{parts.MAIN}" xmlns:r="{parts.RELATIONS}"><sheetPr>{colour}'
                f'<pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0"><pane {frozen} '
                'state="frozen"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/>'
                f'<cols>{widths}</cols><sheetData><row r="1"{high}>{heads}</row>')

    def _end(self, sheet: Sheet, beside: _Beside) -> str:
        """Return the end of a sheet: how it prints, and the relation of its pictures, which comes after its links."""
        width = sum(column.width for column in sheet.columns)
        paper, pages = (_A4, 1) if width <= _A4_CHARACTERS else (_A3, math.ceil(width / _A3_CHARACTERS))
        demo = f"&R{cover.DEMO.to(self.language)}" if self.about.demo else ""
        title = self.about.title.replace("&", "&&")
        drawn = f'<drawing r:id="rId{len(beside.outside) + 1}"/>' if beside.pictures.placed else ""
        at = f"{self.about.generated_at.isoformat(' ', 'minutes')} {self.about.zone}"
        return ('<pageMargins left="0.4" right="0.4" top="0.6" bottom="0.6" header="0.3" footer="0.3"/>'
                f'<pageSetup paperSize="{paper}" orientation="landscape" fitToWidth="{pages}" fitToHeight="0"/>'
                f'<headerFooter><oddHeader>{marked_up(f"&L{title}{demo}")}</oddHeader>'
                f'<oddFooter>{marked_up(f"&L{at}&C&A&R&P / &N")}</oddFooter></headerFooter>{drawn}</worksheet>')


def part_of(name: str, place: int) -> str:
    """Return the name of a sheet's continuation; 0 is the sheet itself."""
    tail = f" {place + 1}" if place else ""
    return name[:_LONGEST_NAME - len(tail)] + tail


def _height(values: Iterable[Any], widths: Sequence[int]) -> str:
    """Return the attribute for the height of a row with a picture or texts of several lines; not every spreadsheet
    fits it.
    """
    lines, least = 1, 0.0
    for value, width in zip(values, widths, strict=True):
        text = value.text if isinstance(value, Goto) else value.value if isinstance(value, Toned) else value
        if isinstance(text, str) and (len(text) * 2 > width or "\n" in text):
            lines = max(lines, lines_of(text[:_MEASURED], width))
        elif isinstance(value, Picture):
            least = value.row_points
    high = max(min(lines * _LINE, _HIGHEST), least)
    return f' ht="{high:g}" customHeight="1"' if high > _LINE else ""


def _area(sheet: Sheet, count: int, fix: str = "") -> str:
    return f"{fix}A{fix}1:{fix}{letters(len(sheet.columns))}{fix}{max(count, 1) + 1}"


def _defined(name: str, sheet: Sheet, count: int) -> str:
    """Return the defined names of a sheet: what is filtered, and what stands on every page."""
    own = marked_up(quoted(name)).replace("{", "{{").replace("}", "}}")
    return (f'<definedName name="_xlnm._FilterDatabase" localSheetId="{{place}}" hidden="1">{own}!'
            f'{_area(sheet, count, "$")}</definedName>'
            f'<definedName name="_xlnm.Print_Titles" localSheetId="{{place}}">{own}!$A:${letters(sheet.fixed)},'
            f'{own}!$1:$1</definedName>')


def _alert(sheet: Sheet, count: int) -> str:
    """Return the rule that turns cells red which say what nobody hopes for."""
    if not sheet.alert:
        return ""
    return (f'<conditionalFormatting sqref="{_area(sheet, count)}"><cfRule type="cellIs" dxfId="0" priority="1" '
            f'operator="equal"><formula>"{marked_up(sheet.alert)}"</formula></cfRule></conditionalFormatting>')


def _put(write: Callable[[bytes], Any], rows: Iterator[str]) -> int:
    """Write rows in pieces of some size; return how many."""
    waiting: list[str] = []
    count = size = 0
    for row in rows:
        waiting.append(row)
        count += 1
        size += len(row)
        if size > _FLUSH:
            write("".join(waiting).encode())
            waiting, size = [], 0
    write("".join(waiting).encode())
    return count
