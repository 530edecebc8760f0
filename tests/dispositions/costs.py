"""A plant that reckons: rates, a line that is carried out, amounts at their own instants."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from qms.db import Database
from qms.models.dispositions import Disposition, Rework
from qms.models.dispositions_costs import CostLine, CostRate
from qms.models.rejections import Rejection
from qms.rules.accounts import SYSTEM, Actor
from qms.workflows import dispositions_costing, dispositions_costs, rejections
from tests.plant import Plant
from tests.rejections.cases import person_in_unit

NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Nine in the morning of a Monday in Shanghai."""


@dataclass
class Books:
    """A plant, its finance, and the instant that it is."""

    db: Database
    plant: Plant
    finance: Actor
    at: datetime = NINE

    def later(self, **more: float) -> "Books":
        """Let time pass."""
        self.at += timedelta(**more)
        return self

    def do(self, work: Any, *given: Any, person: Actor | None = None, **fields: Any) -> Any:
        """Do something as finance, unless told otherwise."""
        person = person or self.finance
        with self.db.transaction(person, "tests.costs", clock=lambda: self.at) as session:
            return work(session, person, *given, **fields)

    def rate(self, kind: str = "item_cost", rate: str = "12.50", **given: Any) -> CostRate:
        """Set a rate from the first of January 2026."""
        fields = {"site_id": self.plant.site, "kind": kind, "rate": Decimal(rate), "currency": "CNY",
                  "valid_from": date(2026, 1, 1)} | given
        if kind == "item_cost":
            fields.setdefault("item_id", self.plant.item)
        return self.do(dispositions_costs.set_rate, **fields)

    def enter(self, amount: str = "100", **given: Any) -> CostLine:
        """Enter an amount of training in March."""
        return self.do(dispositions_costing.enter, **({
            "site_id": self.plant.site, "element": "training", "amount": Decimal(amount), "currency": "CNY",
            "period": "2026-03", "note": "Course"} | given))

    def line(self, code: str = "scrap", quantity: int = 10, hours: tuple[str | None, ...] = (),
             **given: Any) -> Disposition:
        """Make a line of a burr found by weld, with runs of so many hours."""
        fields = {"kind": "not_accepted", "found_unit_id": self.plant.weld, "quantity": quantity,
                  "lot_id": self.plant.lot, "defect_id": self.plant.burr} | given
        with self.db.transaction(SYSTEM, "tests.line", clock=lambda: self.at) as session:
            found: Rejection = rejections.report(session, SYSTEM, **fields)
            session.flush()
            line = Disposition(site_id=self.plant.site, rejection_id=found.id, position=1, hold_id=found.holds[0].id,
                               code=code, state="completed", quantity=quantity, decided_at=self.at, decided_by_id=0)
            session.add(line)
            session.flush()
            session.add_all([Rework(disposition_id=line.id, run=n, quantity=quantity, started_at=self.at,
                                    worked_by_id=0, hours=None if h is None else Decimal(h))
                             for n, h in enumerate(hours, start=1)])
            return line

    def posted(self, line: Disposition) -> CostLine | None:
        """Post what a line cost, as the operator who completes it."""
        return self.do(dispositions_costing.post_costs, line, person=self.plant.team_leader)


def open_books(db: Database, plant: Plant) -> Books:
    """Return the plant's books with somebody of finance."""
    return Books(db, plant, person_in_unit(db, "finance", "finance", None))
