"""A plant whose press shop promises repairs to weld: commitments, requests, and the instant that it is."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from qms.db import Database
from qms.models.chain import Unit
from qms.models.chain_rosters import Shift
from qms.models.service_commitments import Commitment
from qms.models.service_requests import ServiceRequest
from qms.rules.accounts import SYSTEM, Actor, Grant
from qms.workflows import service_commitments, service_requests
from tests.plant import Plant

NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Nine in the morning of a Monday in Shanghai."""

PROMISE: dict[str, Any] = {
    "service_zh": "模具维修", "service_en": "Die repair", "kind": "time", "within_minutes": 240, "target_percent": 95,
    "pausable": True, "source_zh": "本系统计时", "source_en": "Clock of this system",
    "next_review_on": date(2027, 3, 1)}
QUALITY: dict[str, Any] = {
    "service_zh": "尺寸报告", "service_en": "Dimensional report", "kind": "quality", "target_percent": 98,
    "standard_zh": "报告无差错", "standard_en": "The report has no error", "next_review_on": date(2027, 3, 1)}


@dataclass
class Desk:
    """A plant and the instant that it is. The provider is press, the asker weld."""

    db: Database
    plant: Plant
    at: datetime = NINE

    def with_shift(self) -> "Desk":
        """Let the plant work from eight to sixteen, Monday to Friday."""
        with self.db.transaction(SYSTEM, "tests.shift") as session:
            session.add(Shift(site_id=self.plant.site, code="D", name_zh="白班", name_en="Day", starts="08:00",
                              ends="16:00", weekdays="1111100", active=True))
        return self

    def later(self, **more: float) -> "Desk":
        """Let time pass."""
        self.at += timedelta(**more)
        return self

    def acting(self, role: str, unit_id: int) -> Actor:
        """Return someone who holds a role in one unit only."""
        with self.db.reading() as session:
            path = session.get_one(Unit, unit_id).path
        held: Actor = self.plant.people[role]
        return replace(held, grants=(Grant(held.grants[0].id, role, self.plant.site, path),))

    @property
    def head(self) -> Actor:
        """Return the head of the providing unit."""
        return self.acting("unit_head", self.plant.press)

    @property
    def server(self) -> Actor:
        """Return who serves requests of the providing unit."""
        return self.acting("inspector", self.plant.press)

    @property
    def asker(self) -> Actor:
        """Return who asks for weld."""
        return self.acting("team_leader", self.plant.weld)

    def do(self, work: Callable[..., Any], person: Actor, *given: Any, **fields: Any) -> Any:
        """Do something at the instant that it is."""
        with self.db.transaction(person, f"service.{work.__name__}", clock=lambda: self.at) as session:
            return work(session, person, *given, **fields)

    def drafted(self, **given: Any) -> Commitment:
        """Draft a commitment of press."""
        promise = QUALITY if given.get("kind") == "quality" else PROMISE
        return self.do(service_commitments.draft, self.head, **({
            "provider_id": self.plant.press, "owner_id": self.head.id} | promise | given))

    def published(self, **given: Any) -> Commitment:
        """Draft and publish a commitment of press."""
        made = self.drafted(**given)
        return self.do(service_commitments.publish, self.head, made.id, made.rev)

    def asked(self, commitment: Commitment | None = None, **given: Any) -> ServiceRequest:
        """Let weld ask press."""
        commitment = commitment or self.published()
        return self.do(service_requests.ask, self.asker, **({
            "commitment_id": commitment.id, "asker_id": self.plant.weld, "title": "Die 7 sticks"} | given))

    def taken(self, commitment: Commitment | None = None) -> ServiceRequest:
        """Let press take on what weld asks."""
        return self.served(service_requests.take, self.asked(commitment))

    def done(self, commitment: Commitment | None = None) -> ServiceRequest:
        """Let press do what weld asks."""
        return self.served(service_requests.finish, self.taken(commitment), answer="Polished")

    def served(self, work: Callable[..., Any], request: ServiceRequest, **given: Any) -> ServiceRequest:
        """Let press take a step on a request."""
        return self.do(work, self.server, request.id, request.rev, **given)

    def judged(self, work: Callable[..., Any], request: ServiceRequest, **given: Any) -> ServiceRequest:
        """Let weld take a step on a request."""
        return self.do(work, self.asker, request.id, request.rev, **given)

    def read(self, record: Any) -> Any:
        """Read a record afresh."""
        with self.db.reading() as session:
            return session.get_one(type(record), record.id)
