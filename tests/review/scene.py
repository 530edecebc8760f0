"""A plant that reviews its first half of 2026: packs, who takes part, and the instant that it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from qms.db import Database
from qms.models.customers_scores import ScoreReading
from qms.models.review import Review, ReviewInput
from qms.rules.accounts import SYSTEM, Actor, Grant
from qms.rules.review_inputs import INPUTS
from qms.rules.review_snapshots import Snapshot
from qms.workflows import accounts, review, review_assembly, review_filling, review_records, review_scope
from tests.plant import PASSWORD, Plant

JULY = datetime(2026, 7, 10, 2, 0, tzinfo=UTC)
HALF: dict[str, Any] = {
    "title": "First half of 2026", "first_on": date(2026, 1, 1), "last_on": date(2026, 6, 30),
    "before_first_on": date(2025, 7, 1), "before_last_on": date(2025, 12, 31)}


@dataclass
class Scene:
    """A plant, the instant that it is, and its management representative, who has a password."""

    db: Database
    plant: Plant
    head: Actor
    at: datetime = JULY

    def do(self, work: Callable[..., Any], *given: Any, person: Actor | None = None, **fields: Any) -> Any:
        """Do something at the instant that it is; `person` None: the management representative."""
        who = person or self.head
        with self.db.transaction(who, f"review.{work.__name__}", clock=lambda: self.at) as session:
            return work(session, who, *given, **fields)

    def opened(self, **given: Any) -> Review:
        """Open a review of the half year."""
        return self.do(review.open_review, **({"site_id": self.plant.site} | HALF | given))

    def fresh(self, held: Review) -> Review:
        """Return a review as it is by now."""
        with self.db.reading() as session:
            return session.get_one(Review, held.id)

    def input(self, held: Review, code: str) -> ReviewInput:
        """Return an input of a review as it is by now."""
        with self.db.reading() as session:
            return session.scalars(select(ReviewInput).where(ReviewInput.review_id == held.id,
                                                             ReviewInput.code == code)).one()

    def counted(self, held: Review) -> dict[str, Snapshot]:
        """Count what the records tell."""
        with self.db.reading() as session:
            scope = review_scope.scope_of(session, review_records.one(session, self.head, held.id))
            return review_assembly.counted(session, scope, lambda _done, _total: None)

    def frozen(self, held: Review | None = None) -> Review:
        """Count and freeze a review."""
        held = held or self.opened()
        return self.do(review_assembly.keep, held.id, self.counted(held), freeze=True, rev=self.fresh(held).rev)

    def meeting(self, held: Review | None = None) -> Review:
        """Freeze a review and open its meeting, chaired by the production manager."""
        held = self.frozen(held)
        self.do(review.attend, held.id, role="chair", person_id=self.plant.production_manager.id)
        return self.do(review.meet, held.id, self.fresh(held).rev)

    def answered(self, held: Review, *, but: str | None = None) -> None:
        """Answer every input that is still missing, but one."""
        for code in INPUTS:
            one = self.input(held, code)
            if one.state == "missing" and code != but:
                self.do(review_filling.not_applicable, one.id, one.rev, reason="Not in this plant")

    def read_off(self, colour: str = "red", month: date = date(2026, 3, 1), metric: str = "ppm") -> None:
        """Let the customer's scorecard say that a target was missed, or reached."""
        with self.db.transaction(SYSTEM, "tests.reading") as session:
            session.add(ScoreReading(
                site_id=self.plant.site, customer_id=self.plant.customer, month=month, metric=metric,
                value=Decimal(90), target=Decimal(50), colour=colour, note="Known", read_on=month,
                read_by_id=self.plant.quality_engineer.id, entered_at=self.at))


def made_scene(db: Database, plant: Plant) -> Scene:
    """Return the scene."""
    with db.transaction(SYSTEM, "tests.head") as session:
        made = accounts.add_person(session, SYSTEM, login="representative", name="Wang Representative", language="en",
                                   password=PASSWORD)
        given = accounts.grant(session, SYSTEM, made.id, role="management_representative", starts_on=date(2020, 1, 1))
        head = Actor(id=made.id, name=made.name, grants=(Grant(given.id, "management_representative"),), method="test")
    return Scene(db, plant, head)
