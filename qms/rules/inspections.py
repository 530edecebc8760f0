"""Knows what a file of inspection results can mean and what one inspection is; must not know files or tables."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from qms.rules.words import Words

ROLES = ("piece", "lot", "item", "time", "quantity", "rejected", "verdict", "defect")
HEADERS = ("first-line", "here", "beside")
LOT_RULES = ("one", "day", "month", "pieces", "column")
SEVERITIES = ("CR", "MA", "MI")
YEAR_FIRST = "year-first"


@dataclass(frozen=True, slots=True)
class FileShape:
    """How the file is written. `header` says where the column names stand: HEADERS."""

    delimiter: str = "auto"
    encoding: str = "auto"
    header: str = "first-line"
    names: tuple[str, ...] = ()
    names_file: str = ""
    decimal_point: str = "."
    missing: tuple[str, ...] = ("",)


@dataclass(frozen=True, slots=True)
class Timing:
    """How a row is dated: by a column in this format, or all rows on one `fixed` day, or not at all."""

    zone: str
    format: str = YEAR_FIRST
    fixed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Words of the verdict column that accept and reject; `defect` codes a rejection that names none."""

    accept: tuple[str, ...] = ()
    reject: tuple[str, ...] = ()
    defect: str = ""


@dataclass(frozen=True, slots=True)
class Marks:
    """What defect columns hold: a mark for the piece, or with `pieces` how many pieces have the defect.

    With `required` a row without any mark is refused instead of accepted.
    """

    yes: tuple[str, ...] = ("1",)
    no: tuple[str, ...] = ("0",)
    pieces: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True)
class DefectCode:
    """A defect code with its severity; `column` is its own column, empty when a defect column holds codes."""

    code: str
    name: Words
    severity: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class ReadingColumn:
    """A measured column; limits are inclusive, None means no limit."""

    column: str
    name: Words
    unit: str
    lower: Decimal | None = None
    upper: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A site, unit, link or item, made when it is not there; an item's `kind` is its unit of measure."""

    code: str
    name: Words
    kind: str = ""
    inspects: bool = False


@dataclass(frozen=True, slots=True)
class LotRule:
    """How rows are gathered into lots when no column names them. `size` pieces for rule "pieces"."""

    rule: str
    prefix: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True)
class Mapping:
    """The whole meaning of a file. Equal rows of one `source` are the same inspection, whatever the file."""

    source: str
    file: FileShape
    columns: dict[str, str]
    timing: Timing
    verdict: Verdict
    marks: Marks
    defects: tuple[DefectCode, ...]
    readings: tuple[ReadingColumn, ...]
    site: Place
    supplier: Place
    customer: Place
    link: Place
    item: Place | None
    lot: LotRule
    toml: str = field(default="", compare=False)

    def used_columns(self) -> tuple[str, ...]:
        """Name every column that the mapping uses."""
        marked = [defect.column for defect in self.defects if defect.column]
        return tuple(dict.fromkeys([*self.columns.values(), *marked, *(each.column for each in self.readings)]))


class Reading(NamedTuple):
    """One measured value of a row, exactly as written."""

    column: str
    value: Decimal
    unit: str
    good: bool


@dataclass(frozen=True, slots=True)
class Inspection:
    """One row: a piece or lot that was inspected. `at` is aware UTC, None when the file has no date.

    `key` is the identity of the row in every file of its source. `defects` holds (code, pieces), gravest
    first, and adds up to `rejected`; `further` holds codes seen on pieces counted under a graver one.
    """

    line: int
    key: str
    at: datetime | None
    item: str
    lot: str
    piece: str
    quantity: int
    rejected: int
    defects: tuple[tuple[str, int], ...]
    further: tuple[str, ...]
    readings: tuple[Reading, ...]
