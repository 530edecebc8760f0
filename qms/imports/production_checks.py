"""Knows what is odd when the rows of a production log are seen together; must not change or drop any."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator

from qms.imports.cells import shown
from qms.imports.production_anomalies import anomaly
from qms.imports.production_operations import machine_of, names_machine
from qms.imports.production_rows import Header
from qms.rules.errors import Problem
from qms.rules.production import QUANTITIES, Report, WorkOrder


def repeats(reports: Iterable[Report], header: Header) -> Iterator[Problem]:
    """Note every row that repeats an earlier one cell by cell; none is dropped, a person decides."""
    for report in reports:
        if report.repeat_of is None:
            continue
        pieces = {header.names[role]: report.moved(role) for role in QUANTITIES if report.moved(role)}
        if pieces:
            listed = ", ".join(f"{name} {count}" for name, count in pieces.items())
            yield anomaly(
                "repeat_with_quantity",
                report.line,
                None,
                f"The row repeats line {report.repeat_of} and carries {listed}: counted twice until decided.",
                f"此行与第 {report.repeat_of} 行完全重复，带有 {listed}：未裁定前计两次。",
            )
        else:
            yield anomaly(
                "repeat_without_quantity",
                report.line,
                None,
                f"The row repeats line {report.repeat_of} and carries no pieces.",
                f"此行与第 {report.repeat_of} 行完全重复，不带数量。",
            )


def order_anomalies(order: WorkOrder, header: Header) -> Iterator[Problem]:
    """Note what is odd within one work order: steps that overlap, and quantities or parts that disagree."""
    yield from _overlaps(order, header)
    yield from _differences(order, header)
    yield from _over_order(order, header)
    yield from _balance(order, header)
    for finding in order.findings:
        if finding.origin is None:
            yield anomaly(
                "origin_not_known",
                finding.report.line,
                header.names[finding.outcome],
                f"{finding.quantity} pieces found at {shown(finding.found.operation)}: "
                "no producing operation before it.",
                f"{finding.quantity} 件在 {shown(finding.found.operation)} 发现，之前没有加工工序。",
            )


def _overlaps(order: WorkOrder, header: Header) -> Iterator[Problem]:
    latest: Report | None = None
    for report in order.reports:
        if report.repeat_of is not None:
            continue
        if latest is not None and report.start < latest.complete:
            yield anomaly(
                "overlap",
                report.line,
                header.names["start"],
                f"Starts {latest.complete - report.start} before line {latest.line} is complete.",
                f"在第 {latest.line} 行结束前 {latest.complete - report.start} 开始。",
            )
        if latest is not None and report.complete < latest.complete:
            yield anomaly(
                "ends_out_of_order",
                report.line,
                header.names["complete"],
                f"Completes before line {latest.line}, which started no later.",
                f"先于较早开始的第 {latest.line} 行结束。",
            )
        else:
            latest = report


def _differences(order: WorkOrder, header: Header) -> Iterator[Problem]:
    for report in order.reports:
        if report.item and report.item != order.item:
            yield anomaly(
                "item_differs",
                report.line,
                header.names["item"],
                f"{shown(order.number)} was {shown(order.item)}, here it is {shown(report.item)}.",
                f"{shown(order.number)} 原为 {shown(order.item)}，此处为 {shown(report.item)}。",
            )
        if report.order_quantity is not None and report.order_quantity != order.order_quantity:
            yield anomaly(
                "order_quantity_differs",
                report.line,
                header.names["order_quantity"],
                f"The order was {order.order_quantity} pieces, here it is {report.order_quantity}.",
                f"工单原为 {order.order_quantity} 件，此处为 {report.order_quantity} 件。",
            )


def _over_order(order: WorkOrder, header: Header) -> Iterator[Problem]:
    if order.order_quantity is None:
        return
    completed: Counter[str] = Counter()
    last: dict[str, Report] = {}
    for report in order.reports:
        completed[report.operation] += report.moved("completed")
        last[report.operation] = report
    for operation, pieces in completed.items():
        if pieces > order.order_quantity:
            yield anomaly(
                "over_order_quantity",
                last[operation].line,
                header.names["completed"],
                f"{shown(operation)} completed {pieces} of {order.order_quantity} ordered in {shown(order.number)}.",
                f"{shown(order.number)}：{shown(operation)} 完工 {pieces} 件，工单为 {order.order_quantity} 件。",
            )


def _balance(order: WorkOrder, header: Header) -> Iterator[Problem]:
    if order.order_quantity is None:
        return
    last = order.steps[-1]
    completed = sum(step.moved("completed") for step in order.steps if step.operation == last.operation)
    rejected, held = order.moved("rejected"), order.moved("mrb")
    if completed + rejected + held != order.order_quantity:
        yield anomaly(
            "order_not_balanced",
            last.reports[-1].line,
            header.names["completed"],
            f"{shown(order.number)}: ordered {order.order_quantity}, completed at the last "
            f"operation {completed}, rejected {rejected}, for MRB {held}.",
            f"{shown(order.number)}：工单 {order.order_quantity} 件，末道工序完工 {completed} 件，"
            f"拒收 {rejected} 件，待评审 {held} 件。",
        )


def wrong_machines(reports: Iterable[Report], header: Header) -> Iterator[Problem]:
    """Note every report whose recorded machine is not the one in its operation's name."""
    machines: dict[str, str | None] = {}
    for report in reports:
        if report.operation not in machines:
            machines[report.operation] = machine_of(report.operation)
        machine = machines[report.operation]
        if machine and report.resource and not names_machine(report.resource, machine):
            yield anomaly(
                "resource_differs",
                report.line,
                header.names["resource"],
                f"{shown(report.resource)} is recorded for {shown(report.operation)}.",
                f"{shown(report.operation)} 记录的设备为 {shown(report.resource)}。",
            )


def similar_names(reports: Iterable[Report], header: Header) -> Iterator[Problem]:
    """Note names that differ from an earlier one only in case, blanks or punctuation; they stay two names."""
    first: dict[tuple[str, str], Report] = {}
    told: set[tuple[str, str]] = set()
    for report in reports:
        for role in ("work_order", "operation", "item"):
            name = getattr(report, role)
            earlier = first.setdefault((role, re.sub(r"[\W_]+", " ", name.casefold()).strip()), report)
            other = getattr(earlier, role)
            if other != name and (role, name) not in told:
                told.add((role, name))
                yield anomaly(
                    "similar_names",
                    report.line,
                    header.names[role],
                    f"{shown(name)} is almost {shown(other)} on line {earlier.line}; they stay two.",
                    f"{shown(name)} 与第 {earlier.line} 行的 {shown(other)} 几乎相同，仍按两个名称处理。",
                )
