"""Knows how bytes become rows: encoding, line ends, delimiter, quotes; must not know what a column means."""

import csv
import gzip
import io
import re
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from qms.imports.encodings import decode
from qms.imports.rows import Row
from qms.imports.sheets import sheet_rows
from qms.rules.errors import BadFile, Problem

DELIMITERS = {"tab": "\t", "semicolon": ";", "comma": ",", "space": " "}
MAX_BYTES = 512 * 1024 * 1024
MAX_LINE = 1_000_000
MAX_RECORD_LINES = 100
SAMPLE_LINES = 20
GZIP = b"\x1f\x8b"

# A machine that writes CR LF through a text layer makes CR CR LF of it; an editor shows one line end.
_LINE_END = re.compile(r"\r{0,2}\n|\r")
_SPACES = re.compile(r"[ \t\r\n\u00a0\u3000]+")

Source = Path | bytes


def rows(source: Source, delimiter: str = "auto", encoding: str = "auto") -> Iterator[Row | Problem]:
    """Yield the rows of a text file or workbook in file order, and a Problem for each line that has none.

    Cells are stripped and their runs of blanks are one space; lines without any text are left out.
    `delimiter` is a name in DELIMITERS or "auto". Raises BadFile when the file as a whole cannot be read.
    """
    if is_workbook(source):
        yield from _workbook_rows(source)
        return
    text = decode(unpacked(content(source)), encoding)
    yield from text_rows(text, DELIMITERS[sniff(text) if delimiter == "auto" else delimiter])


def is_workbook(source: Source) -> bool:
    """Say whether the source is an Excel workbook: by its name, or by its first bytes when it has no name."""
    if isinstance(source, Path):
        return source.suffix.lower() in (".xlsx", ".xlsm")
    return source.startswith(b"PK\x03\x04")


def _workbook_rows(source: Source) -> Iterator[Row]:
    """Yield the rows of the first sheet as wide as its first row, whose empty ends a sheet does not tell.

    A workbook that came as bytes is laid down for the process that reads it.
    """
    if isinstance(source, Path):
        width = 0
        for row in sheet_rows(source):
            width = width or len(row.cells)
            yield Row(row.line, (*map(tidy, row.cells), *[""] * (width - len(row.cells))))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "upload.xlsx")
        path.write_bytes(source)
        yield from _workbook_rows(path)


def content(source: Source) -> bytes:
    """Return the bytes of a file. Raises BadFile when it is not there, no file, or over MAX_BYTES."""
    try:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        if size > MAX_BYTES:
            raise BadFile(
                f"The file has {size:,} bytes; at most {MAX_BYTES:,} can be read at once.",
                f"文件有 {size:,} 字节，一次最多读取 {MAX_BYTES:,} 字节。",
            )
        return source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise BadFile(
            f"The file cannot be opened: {error.strerror}.", f"无法打开文件：{error.strerror}。"
        ) from error


def unpacked(raw: bytes) -> bytes:
    """Return the bytes of a text file, taken out of gzip where it came in it. Raises BadFile."""
    if not raw.startswith(GZIP):
        return raw
    try:
        with gzip.open(io.BytesIO(raw)) as file:
            text = file.read(MAX_BYTES + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise BadFile("The compressed file is damaged.", "压缩文件已损坏。") from error
    if len(text) > MAX_BYTES:
        raise BadFile(f"Unpacked, the file has more than {MAX_BYTES:,} bytes.", f"解压后文件超过 {MAX_BYTES:,} 字节。")
    return text


def tidy(cell: str) -> str:
    """Strip a cell and make each run of blanks in it one space; other invisible characters stay."""
    return _SPACES.sub(" ", cell).strip(" ")


def text_rows(text: str, delimiter: str) -> Iterator[Row | Problem]:
    """Yield the rows of a text split by one delimiter character; a run of spaces counts as one delimiter."""
    feed = _Feed(text, delimiter)
    reader = csv.reader(feed, delimiter=delimiter, skipinitialspace=True, strict=True)
    while True:
        feed.begin_record()
        try:
            cells = tuple(map(tidy, next(reader)))
        except StopIteration:
            return
        except csv.Error as error:
            if feed.ended:
                raise _open_quote(feed.first) from error
            yield Problem(
                f"The line cannot be split into cells: {error}.",
                f"此行无法拆分为单元格：{error}。",
                line=feed.first,
                kind="unsplittable",
            )
            continue
        if any(cells):
            yield Row(feed.first, cells)


def sniff(text: str) -> str:
    """Name the delimiter that splits the first lines evenly into most cells. Raises BadFile if none does."""
    sample = [line for line in _sample(text) if line.strip()]
    widths = {name: _widths(sample, mark) for name, mark in DELIMITERS.items()}
    spaces = widths.pop("space")
    even = {name: found[0] for name, found in widths.items() if len(set(found)) == 1 and found[0] > 1}
    ragged = {name: found[0] for name, found in widths.items() if found and found[0] > 1}
    if even or ragged:
        found = even or ragged
        return max(found, key=lambda name: found[name])
    if len(set(spaces)) == 1 and spaces[0] > 1:
        return "space"
    raise BadFile(
        "No delimiter was recognised: say whether tab, comma, semicolon or space separates the cells.",
        "无法识别分隔符：请指明单元格以制表符、逗号、分号还是空格分隔。",
    )


def _sample(text: str) -> Iterator[str]:
    for number, line in enumerate(_lines(text)):
        if number == SAMPLE_LINES:
            return
        yield line


def _widths(sample: list[str], mark: str) -> list[int]:
    lines = (line.strip(" ") if mark == " " else line for line in sample)
    try:
        return [len(cells) for cells in csv.reader(lines, delimiter=mark, skipinitialspace=True)]
    except csv.Error:
        return [0]


def _lines(text: str) -> Iterator[str]:
    start = 0
    while start < len(text):
        end = _LINE_END.search(text, start)
        stop, following = end.span() if end else (len(text), len(text))
        yield text[start:stop]
        start = following


class _Feed:
    """Hands physical lines to the csv reader, counting them and refusing a record that swallows the file."""

    def __init__(self, text: str, delimiter: str) -> None:
        self._lines = _lines(text)
        self._strip = delimiter == " "
        self.number = 0
        self.first = 1
        self.ended = False

    def __iter__(self) -> "_Feed":
        return self

    def __next__(self) -> str:
        line = next(self._lines, None)
        if line is None:
            self.ended = True
            raise StopIteration
        self.number += 1
        if self.number - self.first >= MAX_RECORD_LINES:
            raise _open_quote(self.first)
        if len(line) > MAX_LINE:
            raise BadFile(
                f"Line {self.number} has {len(line):,} characters: this is no table.",
                f"第 {self.number} 行有 {len(line):,} 个字符，不是可导入的表格。",
                [Problem("The line is too long.", "此行过长。", line=self.number, kind="too_long")],
            )
        return (line.strip(" ") if self._strip else line) + "\n"

    def begin_record(self) -> None:
        self.first = self.number + 1


def _open_quote(line: int) -> BadFile:
    en = f"A quotation mark opened on line {line} is never closed."
    zh = f"第 {line} 行的引号没有闭合。"
    return BadFile(en, zh, [Problem(en, zh, line=line, kind="open_quote")])
