"""The small plant with Star Motors registered, and the instant that it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from qms.db import Database
from qms.models.customers import Customer, CustomerRequirement
from qms.rules.accounts import Actor
from qms.workflows import customers, customers_parts
from tests.plant import Plant

NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Nine in the morning of a Monday in Shanghai."""

CUSTOMER = {"share_percent": 30, "risk": "high", "strategic": True, "written_in": "en",
            "portal_url": "https://portal.star.example", "portal_note": "Scorecard"}
REQUIREMENT = {"kind": "label", "text_zh": "黄色标签", "text_en": "Yellow label", "valid_from": date(2026, 1, 1),
               "source_doc": "SQM-7 ed. 3"}


@dataclass
class Scene:
    """A plant, its customer, and the instant that it is."""

    db: Database
    plant: Plant
    at: datetime = NINE

    def later(self, **more: float) -> "Scene":
        """Let time pass."""
        self.at += timedelta(**more)
        return self

    def do(self, work: Callable[..., Any], person: Actor | None = None, *given: Any, **fields: Any) -> Any:
        """Do something as the quality engineer, unless told otherwise."""
        person = person or self.plant.quality_engineer
        with self.db.transaction(person, f"customers.{work.__name__}", clock=lambda: self.at) as session:
            return work(session, person, *given, **fields)

    def read(self, work: Callable[..., Any], *given: Any, person: Actor | None = None, **fields: Any) -> Any:
        """Read something as the quality engineer, unless told otherwise."""
        with self.db.reading() as session:
            return work(session, person or self.plant.quality_engineer, *given, **fields)

    def customer(self, **given: Any) -> Customer:
        """Register Star Motors."""
        return self.do(customers.register, None, self.plant.customer, **(CUSTOMER | given))

    def requirement(self, **given: Any) -> CustomerRequirement:
        """Add a requirement of Star Motors."""
        return self.do(customers_parts.add, None, self.plant.customer, "requirement", **(REQUIREMENT | given))
