"""Knows the columns of a production log and what one row reports; must not know what follows from many."""

import difflib
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from qms.imports.cells import plain_text, required_text, shown, whole
from qms.imports.production_anomalies import anomaly
from qms.imports.production_span import span_anomaly
from qms.imports.rows import Row
from qms.imports.times import instant, is_uncertain, time_stamp, wall_clock
from qms.rules.errors import BadFile, Problem
from qms.rules.production import BREAKDOWN, QUANTITIES, SET_UP, WORK, Report


class Column(NamedTuple):
    """One column of the log: our word for it, its header, and whether a log without it can be read."""

    role: str
    header: str
    required: bool


COLUMNS = (
    Column("work_order", "Case ID", True),
    Column("operation", "Activity", True),
    Column("resource", "Resource", False),
    Column("start", "Start Timestamp", True),
    Column("complete", "Complete Timestamp", True),
    Column("span", "Span", False),
    Column("order_quantity", "Work Order Qty", False),
    Column("item", "Part Desc.", True),
    Column("worker", "Worker ID", False),
    Column("kind", "Report Type", True),
    Column("completed", "Qty Completed", True),
    Column("rejected", "Qty Rejected", True),
    Column("mrb", "Qty for MRB", True),
    Column("rework", "Rework", False),
)
YES, NO = frozenset({"Y", "YES", "是"}), frozenset({"", "N", "NO", "否"})
HINT_LIKENESS = 0.6
LONGEST_KIND = 20
LONGEST = {"work_order": 80, "operation": 120}


class Header(NamedTuple):
    """Where each role's column stands, how its header is spelled in this file, and how wide the header is."""

    places: dict[str, int]
    names: dict[str, str]
    width: int


def header_of(row: Row) -> Header:
    """Find the log's columns by their headers, whatever their order, case and punctuation.

    Nothing is guessed. Raises BadFile that names every missing or doubled column, and which may be meant.
    """
    found: dict[str, list[int]] = {}
    for place, name in enumerate(row.cells):
        found.setdefault(_letters(name), []).append(place)
    known = {column.role: found.get(_letters(column.header), []) for column in COLUMNS}
    taken = {place for places in known.values() for place in places}
    spare = [name for place, name in enumerate(row.cells) if place not in taken and name]
    problems = [
        problem for column in COLUMNS if (problem := _header_problem(column, len(known[column.role]), spare, row.line))
    ]
    if problems:
        listed = ", ".join(problem.field or "" for problem in problems)
        raise BadFile(
            f"Line {row.line} is not the header of a production log: {listed}.",
            f"第 {row.line} 行不是生产报工记录的表头：{listed}。",
            problems,
        )
    places = {role: places[0] for role, places in known.items() if places}
    return Header(places, {role: row.cells[place] for role, place in places.items()}, len(row.cells))


def absent_columns(header: Header, line: int) -> list[Problem]:
    """List the columns that a log may lack and this one lacks."""
    return [
        anomaly(
            "column_absent",
            line,
            column.header,
            f"The file has no column {column.header}.",
            f"文件没有“{column.header}”列。",
        )
        for column in COLUMNS
        if column.role not in header.places
    ]


def _header_problem(column: Column, count: int, spare: list[str], line: int) -> Problem | None:
    if count > 1:
        en, zh = f"{count} columns are called {column.header}.", f"有 {count} 列名为“{column.header}”。"
    elif count or not column.required:
        return None
    else:
        en, zh = f"The column {column.header} is missing.", f"缺少“{column.header}”列。"
        near = difflib.get_close_matches(column.header.lower(), [name.lower() for name in spare], 1, HINT_LIKENESS)
        if near:
            en += f" Is {shown(near[0])} meant? Rename it in the file."
            zh += f"是否为 {shown(near[0])}？请在文件中改名。"
    return Problem(en, zh, line=line, column=column.header, kind="header")


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())


class ReportReader:
    """Reads the rows of one log under one header."""

    def __init__(self, header: Header, zone: ZoneInfo, time_format: str) -> None:
        self.header = header
        self.zone = zone
        self.time_format = time_format

    def report(self, row: Row) -> tuple[Report | None, list[Problem]]:
        """Return the report and its anomalies, or None and everything for which the row is refused."""
        line = _Line(row, self.header)
        if self._is_torn(line):
            return None, line.problems
        times = {role: line.take(role, self._time) for role in ("start", "complete")}
        read = {
            "work_order": line.take("work_order", required_text, LONGEST["work_order"]),
            "operation": line.take("operation", required_text, LONGEST["operation"]),
            "resource": line.take("resource", plain_text),
            "item": line.take("item", plain_text),
            "worker": line.take("worker", plain_text),
            "kind": (line.take("kind", plain_text, LONGEST_KIND) or "").upper(),
            **{role: line.take(role, _whole_or_none) for role in QUANTITIES},
        }
        line.take("span", plain_text)
        line.take("rework", plain_text)
        if line.problems:
            return None, line.problems
        report = Report(row.line, **times, **read, order_quantity=line.order_quantity(), rework=line.rework())
        line.remark(report)
        self._remark_times(line, report)
        return report, line.anomalies

    def _time(self, cell: str, line: int, column: str) -> datetime:
        return wall_clock(time_stamp(cell, self.time_format, line, column), self.zone)

    def _is_torn(self, line: "_Line") -> bool:
        """Refuse a row whose cells do not fit the header; only optional cells at its end may be left out."""
        cells, width = line.row.cells, self.header.width
        required = [self.header.places[column.role] for column in COLUMNS if column.required]
        if max(required) < len(cells) and not any(cells[width:]):
            return False
        line.problems.append(
            Problem(
                f"The row has {len(cells)} cells, the header {width}.",
                f"此行有 {len(cells)} 个单元格，表头有 {width} 个。",
                line=line.row.line,
                kind="cells",
            )
        )
        return True

    def _remark_times(self, line: "_Line", report: Report) -> None:
        if report.complete < report.start:
            line.add(
                "end_before_start",
                "complete",
                "The report completes before it starts.",
                "结束时间早于开始时间。",
            )
        for role in ("start", "complete"):
            if is_uncertain(getattr(report, role), self.zone):
                line.add("clock_change", role, "The clock was changed at this time.", "此刻正值时钟调整。")
        minutes = instant(report.complete, self.zone) - instant(report.start, self.zone)
        wall = report.complete - report.start
        remark = span_anomaly(line.cell("span"), {minutes, wall}, report.line, self.header.names.get("span", "Span"))
        if remark:
            line.anomalies.append(remark)


class _Line:
    """One row under its header, with what is wrong in it."""

    def __init__(self, row: Row, header: Header) -> None:
        self.row = row
        self.header = header
        self.problems: list[Problem] = []
        self.anomalies: list[Problem] = []

    def cell(self, role: str) -> str:
        place = self.header.places.get(role)
        return "" if place is None or place >= len(self.row.cells) else self.row.cells[place]

    def take(self, role: str, reader: Callable[..., Any], *limits: int) -> Any:
        try:
            return reader(self.cell(role), self.row.line, self.header.names.get(role, role), *limits)
        except Problem as problem:
            self.problems.append(problem)
            return None

    def add(self, kind: str, role: str, en: str, zh: str) -> None:
        self.anomalies.append(anomaly(kind, self.row.line, self.header.names.get(role, role), en, zh))

    def order_quantity(self) -> int | None:
        """The order's quantity moves nothing, so that an unreadable one is an anomaly and not a refusal."""
        if "order_quantity" not in self.header.places:
            return None
        try:
            return whole(self.cell("order_quantity"), self.row.line, "")
        except Problem as problem:
            self.add("order_quantity_unreadable", "order_quantity", *problem.words)
            return None

    def rework(self) -> bool:
        mark = self.cell("rework").upper()
        if mark not in YES | NO:
            self.add(
                "rework_mark_unknown",
                "rework",
                f"{shown(mark)} is neither Y nor empty; taken as no rework.",
                f"{shown(mark)} 既不是 Y 也不是空，按非返工处理。",
            )
        return mark in YES

    def remark(self, report: Report) -> None:
        if report.kind not in (WORK, SET_UP, BREAKDOWN):
            self.add(
                "report_type_unknown",
                "kind",
                f"{shown(report.kind)} is not D, S or B; the row moves no pieces.",
                f"{shown(report.kind)} 不是 D、S 或 B，此行不计数量。",
            )
        if not report.item:
            self.add("item_missing", "item", "The row names no part.", "此行没有零件名称。")
        for role in QUANTITIES:
            quantity = getattr(report, role)
            if report.moves and quantity is None:
                self.add(
                    "quantity_missing",
                    role,
                    "The cell is empty: the quantity is not known, nothing is moved for it.",
                    "单元格为空：数量未知，不计入。",
                )
            elif quantity and not report.moves:
                self.add(
                    "quantity_not_moved",
                    role,
                    f"{quantity} pieces on a row of type {shown(report.kind)} are kept here and not moved.",
                    f"类型 {shown(report.kind)} 的行上有 {quantity} 件，仅记录，不计入。",
                )


def _whole_or_none(cell: str, line: int, column: str) -> int | None:
    return whole(cell, line, column) if cell else None


def damaged_times(problems: Iterable[Problem]) -> list[Problem]:
    """Pick the time stamps that Excel destroyed."""
    return [problem for problem in problems if problem.kind == "excel_time"]
