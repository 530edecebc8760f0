"""A plant that settles its links: prices, hand-overs of March 2026, and what escapes cost."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from qms.models.acceptance import Handover
from qms.models.rejections import Rejection
from qms.rules.accounts import SYSTEM
from qms.workflows import dispositions_costing, rejections
from qms.workflows import satisfaction_settlement as settlement
from qms.workflows import satisfaction_settlement_prices as pricing
from tests.dispositions.costs import Books

MARCH = "2026-03"


class Settled(Books):
    """Books in which the links are settled as well."""

    def switched(self, *, on: bool = True) -> "Settled":
        """Switch settlement on, or off."""
        self.do(pricing.switch, self.plant.site, on=on)
        return self

    def price(self, price: str = "2.50", **given: Any) -> Any:
        """Set what any item costs weld from the first of January on."""
        return self.do(pricing.set_price, **({
            "link_id": self.plant.press_weld, "price": Decimal(price), "currency": "CNY",
            "valid_from": date(2026, 1, 1)} | given))

    def handed(self, accepted: int, rejected: int = 0, *, day: int = 10, hour: int = 4, **given: Any) -> None:
        """Hand a lot over from press to weld on a day of March."""
        at = datetime(2026, 3, day, hour, tzinfo=UTC)
        state = "accepted" if not rejected else "partly_accepted" if accepted else "rejected"
        with self.db.transaction(SYSTEM, "tests.handover") as session:
            serial = (session.scalar(select(func.max(Handover.serial))) or 0) + 1
            fields = {"state": state, "decided_at": at, "quantity": accepted + rejected} | given
            session.add(Handover(
                site_id=self.plant.site, year=2026, serial=serial, number=f"HO-{serial}",
                link_id=self.plant.press_weld, supplier_id=self.plant.press, customer_id=self.plant.weld,
                item_id=self.plant.item, lot_id=self.plant.lot, accepted=accepted, rejected=rejected,
                self_check="ok", presented_by_id=self.plant.operator.id, presented_at=at, **fields))

    def escape(self, amount: str = "40", *, origin_state: str = "confirmed", **given: Any) -> Rejection:
        """Find a burr of press at paint, and post to March what it cost."""
        with self.db.transaction(SYSTEM, "tests.escape", clock=lambda: self.at) as session:
            found: Rejection = rejections.report(session, SYSTEM, **({
                "kind": "not_accepted", "found_unit_id": self.plant.paint, "quantity": 3, "lot_id": self.plant.lot,
                "defect_id": self.plant.burr, "origin_unit_id": self.plant.press} | given))
            found.origin_state = origin_state
        self.do(dispositions_costing.enter, site_id=self.plant.site, element="sorting", amount=Decimal(amount),
                currency="CNY", period=MARCH, note="Sorting at paint", rejection_id=found.id)
        return found

    def statement(self, month: str = MARCH) -> settlement.Statement:
        """Return the statement of a month as finance sees it."""
        with self.db.reading() as session:
            return settlement.statement(session, self.finance, self.plant.site, month)

    def pair(self, month: str = MARCH) -> Any:
        """Return what press and weld owe each other."""
        return self.statement(month).pair(self.plant.press, self.plant.weld)
