"""Knows how the reports of a work order become steps, hand-overs and findings; must not know files or tables.

All rows take part in the sequence, set-up and breakdown rows as well as work: the log defines a hand-over as
the change from one operation to the next, rows sorted by start, then complete, then line, and a machine that
is being set up for an order, or stands broken with it, has the order. Pieces belong to the step whose work
rows report them: what a step completed is what it hands over, or delivers when it is the last; what it
rejected or held for the board it found itself. So the steps add up to the work rows of the file.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby, pairwise
from typing import Literal, NamedTuple

Outcome = Literal["rejected", "mrb"]
QUANTITIES = ("completed", "rejected", "mrb")
WORK, SET_UP, BREAKDOWN = "D", "S", "B"
OUTCOMES: tuple[Outcome, ...] = ("rejected", "mrb")


@dataclass(frozen=True, slots=True)
class Report:
    """One row of the log. Times are the site's wall clock; None means that the cell was empty or unreadable.

    `key` is the identity of the report in every file that holds it: what it says, without the span, and which
    of the rows that say the same it is. `repeat_of` is the line that this row repeats cell by cell.
    """

    line: int
    work_order: str
    operation: str
    resource: str
    start: datetime
    complete: datetime
    order_quantity: int | None
    item: str
    worker: str
    kind: str
    completed: int | None
    rejected: int | None
    mrb: int | None
    rework: bool
    key: str = ""
    repeat_of: int | None = None

    @property
    def moves(self) -> bool:
        """Only work reports move pieces; set-up and breakdown rows never do."""
        return self.kind == WORK

    def moved(self, quantity: str) -> int:
        """Return the pieces that this row moves of one of QUANTITIES."""
        return (getattr(self, quantity) or 0) if self.moves else 0

    def numbered(self, key: str, repeat_of: int | None) -> "Report":
        """Return the report with its identity in the file."""
        return replace(self, key=key, repeat_of=repeat_of)


@dataclass(frozen=True, slots=True)
class Step:
    """A run of neighbouring reports of one operation in one work order; `position` counts from 0."""

    position: int
    operation: str
    inspection: bool
    reports: tuple[Report, ...]

    @property
    def start(self) -> datetime:
        """When the first report of the step starts, by the site's clock."""
        return self.reports[0].start

    @property
    def complete(self) -> datetime:
        """When the last report of the step completes, by the site's clock."""
        return max(report.complete for report in self.reports)

    @property
    def worked(self) -> bool:
        """Say whether pieces could be made here: a step of set-up or breakdown rows alone makes none."""
        return any(report.moves for report in self.reports)

    def moved(self, quantity: str) -> int:
        """Return the pieces that the step's work rows move of one of QUANTITIES."""
        return sum(report.moved(quantity) for report in self.reports)


class HandOver(NamedTuple):
    """The change from one step to the next in a work order."""

    work_order: str
    giver: Step
    receiver: Step

    @property
    def at(self) -> datetime:
        """When the receiver starts, by the site's clock."""
        return self.receiver.start

    @property
    def quantity(self) -> int:
        """Pieces that the giver's work rows report as completed; may be 0."""
        return self.giver.moved("completed")


class Finding(NamedTuple):
    """Pieces that one report rejects or holds for the material review board.

    An inspection that found them is not their origin: the origin is the last step before it that works and
    does not inspect, None when there is none. A producing step found its own. Every origin is assumed.
    `passed` names the operations between origin and detection.
    """

    work_order: str
    report: Report
    outcome: Outcome
    quantity: int
    found: Step
    origin: Step | None
    passed: tuple[str, ...] = ()

    @property
    def distance(self) -> int | None:
        """Count the hand-overs from the origin to where the pieces were found; None without an origin."""
        return None if self.origin is None else self.found.position - self.origin.position


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """One lot on its way, as steps in order of time; item and order quantity as first reported."""

    number: str
    item: str
    order_quantity: int | None
    steps: tuple[Step, ...]

    @property
    def reports(self) -> tuple[Report, ...]:
        """All reports of the order, by start, then complete, then line."""
        return tuple(report for step in self.steps for report in step.reports)

    @property
    def sequence(self) -> tuple[str, ...]:
        """The operations in the order in which the lot met them."""
        return tuple(step.operation for step in self.steps)

    @property
    def hand_overs(self) -> tuple[HandOver, ...]:
        """Every change of operation, in order of time."""
        return tuple(HandOver(self.number, giver, receiver) for giver, receiver in pairwise(self.steps))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every rejected or held quantity, in order of time, rejected before held."""
        return tuple(
            self._finding(step, report, outcome)
            for step in self.steps
            for report in step.reports
            for outcome in OUTCOMES
            if report.moved(outcome)
        )

    @property
    def delivered(self) -> int:
        """Pieces that the last step completed: they leave the order's sequence."""
        return self.steps[-1].moved("completed")

    def moved(self, quantity: str) -> int:
        """Return the pieces that the order's work rows move of one of QUANTITIES."""
        return sum(step.moved(quantity) for step in self.steps)

    def _finding(self, found: Step, report: Report, outcome: Outcome) -> Finding:
        origin = self._origin(found)
        between = () if origin is None else self.sequence[origin.position + 1 : found.position]
        return Finding(self.number, report, outcome, report.moved(outcome), found, origin, between)

    def _origin(self, found: Step) -> Step | None:
        if not found.inspection:
            return found
        before = reversed(self.steps[: found.position])
        return next((step for step in before if step.worked and not step.inspection), None)


def in_order(report: Report) -> tuple[datetime, datetime, int]:
    """Sort reports by start, then complete, then line."""
    return report.start, report.complete, report.line


def work_orders(reports: Iterable[Report], inspections: Container[str]) -> tuple[WorkOrder, ...]:
    """Gather reports into work orders, sorted by their first start, then by number."""
    by_number: dict[str, list[Report]] = {}
    for report in sorted(reports, key=in_order):
        by_number.setdefault(report.work_order, []).append(report)
    orders = [_order(number, found, inspections) for number, found in by_number.items()]
    return tuple(sorted(orders, key=lambda order: (order.steps[0].start, order.number)))


def _order(number: str, reports: Sequence[Report], inspections: Container[str]) -> WorkOrder:
    runs = groupby(reports, key=lambda report: report.operation)
    return WorkOrder(
        number,
        next((report.item for report in reports if report.item), ""),
        next((report.order_quantity for report in reports if report.order_quantity is not None), None),
        tuple(
            Step(place, operation, operation in inspections, tuple(run)) for place, (operation, run) in enumerate(runs)
        ),
    )
