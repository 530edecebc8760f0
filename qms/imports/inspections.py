"""Knows how a file of inspection results becomes inspections under a mapping; must not know the database."""

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

from qms.imports.cells import shown
from qms.imports.encodings import decode
from qms.imports.inspection_rows import RowReader
from qms.imports.rows import Row
from qms.imports.text import Source, content, rows, tidy
from qms.rules.errors import BadFile, Problem
from qms.rules.inspections import Inspection, Mapping

HINT_LIKENESS = 0.6


@dataclass(slots=True)
class Totals:
    """What a file holds: `rows` = `taken` + `refused`; `rejected` is the sum of `by_defect`.

    `further_defects` counts marks on pieces that are already counted under a graver defect.
    """

    rows: int = 0
    taken: int = 0
    refused: int = 0
    pieces: int = 0
    rejected: int = 0
    by_defect: Counter[str] = field(default_factory=Counter)
    further_defects: int = 0
    undated: int = 0

    def add(self, inspection: Inspection) -> None:
        """Count one inspection."""
        self.taken += 1
        self.pieces += inspection.quantity
        self.rejected += inspection.rejected
        self.by_defect.update(dict(inspection.defects))
        self.further_defects += len(inspection.further)
        self.undated += inspection.at is None

    def refuse_the_useless(self, problems: Sequence[Problem]) -> None:
        """Raise BadFile when the file has no row, or none that can be taken."""
        if not self.rows:
            raise BadFile("The file is empty.", "文件为空。")
        if not self.taken:
            first = problems[0]
            raise BadFile(
                f"None of the {self.rows:,} rows can be taken. Line {first.line}: {first.words.en}",
                f"{self.rows:,} 行均无法导入。第 {first.line} 行：{first.words.zh}",
                problems,
            )

    def check(self) -> None:
        """Raise BadFile when the totals do not reconcile: then nothing of the file may be stored."""
        if self.rows != self.taken + self.refused or self.rejected != self.by_defect.total():
            raise BadFile(
                f"{self.rows} rows are not {self.taken} taken and {self.refused} refused, or {self.rejected} "
                f"rejected pieces are not {self.by_defect.total()} by defect.",
                f"合计不符：{self.rows} 行，导入 {self.taken}，拒绝 {self.refused}；拒收 {self.rejected} 件，"
                f"按缺陷合计 {self.by_defect.total()} 件。",
            )


@dataclass(frozen=True, slots=True)
class InspectionFile:
    """A whole file read: its inspections, all that is wrong with the rows refused, and the totals."""

    inspections: tuple[Inspection, ...]
    problems: tuple[Problem, ...]
    totals: Totals


def read(source: Source, mapping: Mapping, names: Source | None = None) -> InspectionFile:
    """Read a whole file. `names` is the file of column names when it does not lie beside the data.

    Raises BadFile when the file as a whole cannot be read or when no row can be taken.
    """
    totals = Totals()
    found, problems = [], []
    for each in inspections(source, mapping, totals, names):
        if isinstance(each, Problem):
            problems.append(each)
        else:
            found.append(each)
    totals.refuse_the_useless(problems)
    return InspectionFile(tuple(found), tuple(problems), totals)


def inspections(
    source: Source, mapping: Mapping, totals: Totals, names: Source | None = None
) -> Iterator[Inspection | Problem]:
    """Yield each row as an inspection, or everything that is wrong with it; `totals` grows along.

    Raises BadFile when the file as a whole cannot be read.
    """
    lines = rows(source, mapping.file.delimiter, mapping.file.encoding)
    columns = _column_names(source, mapping, lines, names)
    reader = RowReader(mapping, _places(columns, mapping), len(columns))
    same: Counter[bytes] = Counter()
    for row in lines:
        totals.rows += 1
        problems = [row] if isinstance(row, Problem) else []
        inspection = None
        if isinstance(row, Row):
            digest = blake2b("\x1f".join((mapping.source, *row.cells)).encode(), digest_size=16).digest()
            same[digest] += 1
            inspection, problems = reader.inspection(row, f"{digest.hex()}-{same[digest]}")
        if inspection is None:
            totals.refused += 1
            yield from problems
        else:
            totals.add(inspection)
            yield inspection
    totals.check()


def _column_names(
    source: Source, mapping: Mapping, lines: Iterator[Row | Problem], names: Source | None
) -> tuple[str, ...]:
    if mapping.file.header == "here":
        return mapping.file.names
    if mapping.file.header == "beside":
        return _names_beside(source, mapping, names)
    first = next(lines, None)
    if first is None:
        raise BadFile("The file is empty.", "文件为空。")
    if isinstance(first, Problem):
        raise BadFile(*first.words, [first])
    return first.cells


def _names_beside(source: Source, mapping: Mapping, names: Source | None) -> tuple[str, ...]:
    wanted = mapping.file.names_file
    if names is None:
        if not isinstance(source, Path):
            raise BadFile(
                f"The file {wanted} with the names of the columns is needed too.",
                f"还需要列名文件 {wanted}。",
            )
        names = source.with_name(wanted)
        if not names.is_file():
            raise BadFile(
                f"There is no file {wanted} with the names of the columns beside the data.",
                f"数据文件旁没有列名文件 {wanted}。",
            )
    return listed_names(names, mapping.file.encoding)


def listed_names(names: Source, encoding: str = "auto") -> tuple[str, ...]:
    """Return the column names that a file lists, one a line. Raises BadFile."""
    text = decode(content(names), encoding)
    return tuple(name for line in text.replace("\r", "\n").split("\n") if (name := tidy(line)))


def _places(columns: tuple[str, ...], mapping: Mapping) -> dict[str, int]:
    """Find each used column. Raises BadFile naming every missing or doubled one, and which may be meant."""
    count = Counter(columns)
    problems = []
    for column in mapping.used_columns():
        if count[column] == 1:
            continue
        if count[column]:
            en, zh = (
                f"{count[column]} columns are called {shown(column)}.",
                f"有 {count[column]} 列名为 {shown(column)}。",
            )
        else:
            near = difflib.get_close_matches(column, columns, 1, HINT_LIKENESS)
            en = f"There is no column {shown(column)}." + (f" Is {shown(near[0])} meant?" if near else "")
            zh = f"没有列 {shown(column)}。" + (f"是否为 {shown(near[0])}？" if near else "")
        problems.append(Problem(en, zh, line=1, column=column, kind="header"))
    if problems:
        raise BadFile(
            f"The columns are not those of the mapping: {problems[0].words.en}",
            f"列与映射不符：{problems[0].words.zh}",
            problems,
        )
    return {column: columns.index(column) for column in mapping.used_columns()}
