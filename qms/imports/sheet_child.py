"""Knows how to read one workbook inside hard limits, as a process of its own; must not know what for.

Started by path, so that nothing of the product is loaded:

    sheet_child.py names FILE
    sheet_child.py rows FILE SHEET MOST_ROWS MOST_COLUMNS

where an empty SHEET means the first. Writes JSON lines: [line, cells] for each row, and at last
{"sheets": [...]} when all went well or {"fault": name, ...}. python-calamine reads the cells: 0.9 million in
1 s and 100 MiB, where openpyxl read-only took 19 s. It shows an error cell, and a formula that was never
calculated, as empty; so these are found in the XML beside it and named.
"""

import datetime as dt
import json
import re
import sys
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

MOST_MEMBERS = 200
MOST_BYTES = 50 << 20
MOST_RATIO = 100
MEMORY_BYTES = 512 << 20
CPU_SECONDS = 20
OUTPUT_BYTES = 256 << 20
MOST_PROBLEMS = 50

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(rb"<(?:\w+:)?c(\s[^>]*?)?(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_ERROR = re.compile(rb"""\bt=["']e["']""")
_TEXT_RESULT = re.compile(rb"""\bt=["']str["']""")
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s>/]")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]+)<")
_WHOLE_NUMBER = 1e15


class SheetError(Exception):
    """A named reason to refuse, with what the sentence about it needs."""

    def __init__(self, name: str, **details: Any) -> None:
        super().__init__(name)
        self.told = {"fault": name, **details}


def limit() -> None:
    """Bound memory, processor time and output of this process; Windows has no such limits."""
    if sys.platform == "win32":
        return
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT_BYTES, OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def check(path: str) -> None:
    """Refuse what is no zip, would unpack to more than a workbook ever does, or declares a document type."""
    try:
        with zipfile.ZipFile(path) as package:
            members = package.infolist()
            size = sum(member.file_size for member in members)
            packed = sum(member.compress_size for member in members)
            if len(members) > MOST_MEMBERS or size > MOST_BYTES or size > MOST_RATIO * max(packed, 1):
                raise SheetError("bomb")
            for name in package.namelist():
                if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in package.read(name):
                    raise SheetError("entities")
    except zipfile.BadZipFile:
        raise SheetError("damaged") from None


def rows(path: str, wanted: str, most_rows: int, most_columns: int) -> Iterator[Any]:
    """Yield the rows of a sheet that hold anything, then the names of all sheets. Raises SheetError."""
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_path(path)
    names = workbook.sheet_names
    if not names or (wanted and wanted not in names):
        raise SheetError("sheet", sheets=names)
    name = wanted or names[0]
    problems = unreadable_cells(path, name)
    if problems:
        raise SheetError("cells", sheet=name, cells=problems)
    sheet = workbook.get_sheet_by_name(name)
    before = [""] * (sheet.start[1] if sheet.start else 0)
    found = 0
    for line, values in enumerate(sheet.iter_rows() if sheet.start else (), start=1):
        cells = before + [as_text(value) for value in values]
        while cells and not cells[-1]:
            cells.pop()
        if not cells:
            continue
        found += 1
        if found > most_rows or len(cells) > most_columns:
            raise SheetError("rows" if found > most_rows else "columns", sheet=name, line=line)
        yield [line, cells]
    yield {"sheets": names}


def as_text(value: Any) -> str:
    """Return a cell's value as text: 1 not 1.0, ISO days and times, TRUE and FALSE as Excel writes them."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        whole = value.is_integer() and abs(value) < _WHOLE_NUMBER
        return str(int(value)) if whole else f"{Decimal(repr(value)):f}"
    if isinstance(value, dt.datetime):
        return value.isoformat(" ", "milliseconds" if value.microsecond else "seconds")
    if isinstance(value, dt.timedelta):
        seconds = round(value.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return str(value).strip()


def unreadable_cells(path: str, name: str) -> list[dict[str, Any]]:
    """Return the first error cells and uncalculated formulas: kind, line, column and what is shown."""
    with zipfile.ZipFile(path) as package:
        content = package.read(_member(package, name))
    problems = []
    if _ERROR.search(content) or _FORMULA.search(content):
        for attributes, inside in (match.groups(b"") for match in _CELL.finditer(content)):
            kind = _fault_of(attributes, inside)
            if kind:
                place, value = _PLACE.search(attributes), _VALUE.search(inside)
                problems.append({"kind": kind, "line": int(place[2]) if place else None,
                                 "column": place[1].decode() if place else None,
                                 "shown": value[1].decode("utf-8", "replace") if value else ""})
            if len(problems) == MOST_PROBLEMS:
                break
    return problems


def _fault_of(attributes: bytes, inside: bytes) -> str | None:
    if _ERROR.search(attributes):
        return "error"
    if _FORMULA.search(inside) and not _VALUE.search(inside) and not _TEXT_RESULT.search(attributes):
        return "formula"
    return None


def _member(package: zipfile.ZipFile, name: str) -> str:
    """Return the path inside the package of the sheet with this name."""
    from defusedxml.ElementTree import fromstring

    workbook = fromstring(package.read("xl/workbook.xml"))
    sheets = {element.get("name"): element.get(_RELATION)
              for element in workbook.iter() if element.tag.endswith("}sheet")}
    targets = {element.get("Id"): element.get("Target")
               for element in fromstring(package.read("xl/_rels/workbook.xml.rels"))}
    target = str(targets[sheets[name]])
    return target[1:] if target.startswith("/") else f"xl/{target}"


def told(what: str, path: str, *more: str) -> Iterator[Any]:
    """Yield the lines that answer the arguments."""
    check(path)
    if what == "names":
        from python_calamine import CalamineWorkbook

        yield {"sheets": CalamineWorkbook.from_path(path).sheet_names}
    else:
        sheet, most_rows, most_columns = more
        yield from rows(path, sheet, int(most_rows), int(most_columns))


def main() -> None:
    """Answer the arguments on standard output; the last line tells whether all went well."""
    limit()
    out = open(sys.stdout.fileno(), "w", encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    try:
        for line in told(*sys.argv[1:]):
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
    except SheetError as fault:
        out.write(json.dumps(fault.told))
    except MemoryError:
        out.write(json.dumps({"fault": "limits"}))
    except Exception as error:  # Whatever a damaged file makes a reader raise is the file's fault.
        out.write(json.dumps({"fault": "damaged", "why": str(error)[:200]}))
    out.flush()


if __name__ == "__main__":
    main()
