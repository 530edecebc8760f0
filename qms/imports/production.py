"""Knows how a production log becomes work orders, and what is odd in it; must not know the database."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import NamedTuple

from qms.imports.production_checks import order_anomalies, repeats, similar_names, wrong_machines
from qms.imports.production_operations import INSPECTION_WORDS, Inspections, Operation, machine_of
from qms.imports.production_rows import Header, ReportReader, absent_columns, damaged_times, header_of
from qms.imports.rows import Row
from qms.imports.text import Source, is_workbook, rows
from qms.imports.times import SHEET, pattern_of, zone_of
from qms.rules.errors import BadFile, Problem
from qms.rules.inspections import YEAR_FIRST
from qms.rules.production import Report, WorkOrder, work_orders

SHOWN_PROBLEMS = 5


class Pair(NamedTuple):
    """A link that the log proposes: two operations between which lots were handed over."""

    giver: str
    receiver: str
    hand_overs: int
    work_orders: int
    pieces: int


class Routing(NamedTuple):
    """A routing that the log proposes: the operations that lots of an item met, and how many lots did so."""

    item: str
    operations: tuple[str, ...]
    work_orders: int


@dataclass(frozen=True)
class ProductionLog:
    """A read log: `rows_read` is the reports and the refused rows; `repeats` counts rows that repeat another.

    `problems` holds all that is wrong with refused rows, `anomalies` all that is odd with those taken.
    """

    header: Header
    rows_read: int
    repeats: int
    refused_rows: int
    reports: tuple[Report, ...]
    problems: tuple[Problem, ...]
    anomalies: tuple[Problem, ...]
    work_orders: tuple[WorkOrder, ...]
    inspections: Inspections

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """Every operation with its machine and whether it inspects, by name."""
        found: dict[str, Counter[str]] = {}
        for report in self.reports:
            found.setdefault(report.operation, Counter())[report.resource] += 1
        return tuple(
            Operation(name, machine_of(name), name in self.inspections, resources.total(), dict(resources))
            for name, resources in sorted(found.items())
        )

    @cached_property
    def items(self) -> tuple[str, ...]:
        """Every part description, sorted."""
        return tuple(sorted({report.item for report in self.reports if report.item}))

    @cached_property
    def links(self) -> tuple[Pair, ...]:
        """The distinct hand-over pairs, most frequent first."""
        count: Counter[tuple[str, str]] = Counter()
        orders: Counter[tuple[str, str]] = Counter()
        pieces: Counter[tuple[str, str]] = Counter()
        for order in self.work_orders:
            met = [((move.giver.operation, move.receiver.operation), move.quantity) for move in order.hand_overs]
            orders.update({pair for pair, _ in met})
            for pair, quantity in met:
                count[pair] += 1
                pieces[pair] += quantity
        ranked = sorted(count, key=lambda pair: (-count[pair], pair))
        return tuple(Pair(*pair, count[pair], orders[pair], pieces[pair]) for pair in ranked)

    @cached_property
    def routings(self) -> tuple[Routing, ...]:
        """The observed sequences of each item, items by name, the most frequent sequence first."""
        seen = Counter((order.item, order.sequence) for order in self.work_orders)
        ranked = sorted(seen.items(), key=lambda pair: (pair[0][0], -pair[1], pair[0][1]))
        return tuple(Routing(item, sequence, count) for (item, sequence), count in ranked)


def read(
    source: Source,
    zone: str,
    *,
    time_format: str = YEAR_FIRST,
    delimiter: str = "auto",
    encoding: str = "auto",
    inspection_words: tuple[str, ...] = INSPECTION_WORDS,
    inspections: Mapping[str, bool] | None = None,
) -> ProductionLog:
    """Read a production log whose time stamps are wall-clock times of an IANA zone.

    `inspections` is a person's word on operations whose names mislead: name -> whether it inspects.
    Raises BadFile when the header is no production log's, when Excel destroyed the time stamps, or when no
    row can be taken; Invalid for an unknown zone or time format.
    """
    where = zone_of(zone)
    pattern_of(time_format)
    if time_format == YEAR_FIRST and is_workbook(source):
        time_format = SHEET
    lines = rows(source, delimiter, encoding)
    header, header_line = _header(lines)
    gathered = _Gathered(ReportReader(header, where, time_format))
    for line in lines:
        gathered.take(line)
    gathered.refuse_the_useless()
    inspecting = Inspections(inspection_words, inspections)
    orders = work_orders(gathered.reports, inspecting)
    together = [
        *absent_columns(header, header_line),
        *repeats(gathered.reports, header),
        *wrong_machines(gathered.reports, header),
        *similar_names(gathered.reports, header),
        *(problem for order in orders for problem in order_anomalies(order, header)),
    ]
    anomalies = sorted([*gathered.anomalies, *together], key=lambda problem: problem.line or 0)
    return ProductionLog(
        header,
        gathered.rows_read,
        gathered.repeats,
        gathered.refused_rows,
        tuple(gathered.reports),
        tuple(gathered.problems),
        tuple(anomalies),
        orders,
        inspecting,
    )


def _header(lines: Iterator[Row | Problem]) -> tuple[Header, int]:
    first = next(lines, None)
    if first is None:
        raise BadFile("The file is empty.", "文件为空。")
    if isinstance(first, Problem):
        raise BadFile(*first.words, [first])
    return header_of(first), first.line


class _Gathered:
    """What the rows of one log gave, taken or refused, each row exactly once."""

    def __init__(self, reader: ReportReader) -> None:
        self._reader = reader
        self._first_line: dict[tuple[str, ...], int] = {}
        self._same: Counter[bytes] = Counter()
        self.rows_read = 0
        self.repeats = 0
        self.refused_rows = 0
        self.reports: list[Report] = []
        self.problems: list[Problem] = []
        self.anomalies: list[Problem] = []

    def take(self, row: Row | Problem) -> None:
        """Read one row into a report, or refuse it with all its problems."""
        self.rows_read += 1
        if isinstance(row, Problem):
            self.refused_rows += 1
            self.problems.append(row)
            return
        earlier = self._first_line.setdefault(row.cells, row.line)
        repeat_of = None if earlier == row.line else earlier
        self.repeats += repeat_of is not None
        report, problems = self._reader.report(row)
        if report is None:
            self.refused_rows += 1
            self.problems.extend(problems)
        else:
            self.reports.append(report.numbered(self._key(report), repeat_of))
            self.anomalies.extend(problems)

    def _key(self, report: Report) -> str:
        told = (
            report.work_order,
            report.operation,
            report.resource,
            report.start,
            report.complete,
            report.order_quantity,
            report.item,
            report.worker,
            report.kind,
            report.completed,
            report.rejected,
            report.mrb,
            report.rework,
        )
        digest = blake2b("\x1f".join(map(str, told)).encode(), digest_size=16).digest()
        self._same[digest] += 1
        return f"{digest.hex()}-{self._same[digest]}"

    def refuse_the_useless(self) -> None:
        """Raise BadFile when Excel destroyed the time stamps, or when no row at all could be taken."""
        damaged = damaged_times(self.problems)
        if damaged:
            first = damaged[0]
            raise BadFile(
                f"Excel destroyed {len(damaged):,} time stamps, the first on line {first.line}, "
                f"column {first.field}. Nothing was taken: export the log again, do not save it with Excel.",
                f"Excel 损坏了 {len(damaged):,} 个时间，首个在第 {first.line} 行“{first.field}”列。"
                "未导入任何内容：请重新导出，不要用 Excel 保存。",
                damaged,
            )
        if not self.reports:
            listed = self.problems[:SHOWN_PROBLEMS]
            first_words = f" Line {listed[0].line}: {listed[0].words.en}" if listed else ""
            first_zh = f"第 {listed[0].line} 行：{listed[0].words.zh}" if listed else ""
            raise BadFile(
                f"None of the {self.rows_read:,} rows can be taken.{first_words}",
                f"{self.rows_read:,} 行均无法导入。{first_zh}",
                self.problems,
            )


def count_by_kind(problems: Iterable[Problem]) -> dict[str, int]:
    """Count problems by kind, most frequent first."""
    return dict(sorted(Counter(problem.kind for problem in problems).items(), key=lambda pair: (-pair[1], pair[0])))
