"""A plant in which weld complains of press: people of each unit, a reviewer of neither, and the clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from qms.db import Database
from qms.models.accounts import Person
from qms.models.service_complaints import InternalComplaint
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.accounts import Grant as Held
from qms.workflows import accounts, service_complaints
from tests.plant import Plant, term

NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Nine in the morning of a Monday in Shanghai."""

HEADS = {"weld_head": "weld", "press_head": "press", "weld_worker": "weld", "press_worker": "press"}


@dataclass
class Scene:
    """A plant, its people by login, and the instant that it is."""

    db: Database
    plant: Plant
    at: datetime = NINE
    people: dict[str, Actor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Give weld and press a head and a worker each, whose grants are limited to their unit."""
        for login, unit in HEADS.items():
            self.people[login] = self.person(login, "unit_head" if login.endswith("head") else "operator",
                                             getattr(self.plant, unit))
        self.people |= self.plant.people
        self.people["reviewer"] = self.person("reviewer", "appeal_reviewer")
        self.people["reviewer_2"] = self.person("reviewer_2", "appeal_reviewer")
        self.people["protector"] = self.plant.people["protector"] = self.person(
            "protector", "management_representative")

    def person(self, login: str, role: str, unit_id: int | None = None) -> Actor:
        """Add a person with one role, in one unit or everywhere."""
        with self.db.transaction(SYSTEM, "tests.person") as session:
            made: Person = accounts.add_person(session, SYSTEM, login=login, name=login.replace("_", " ").title(),
                                               language="en", password=None)
            given = accounts.grant(session, SYSTEM, made.id, role=role, **term(role), unit_id=unit_id,
                                   site_id=self.plant.site if unit_id else None)
            return Actor(made.id, made.name, (Held(given.id, role, self.plant.site if unit_id else None,
                                                   f"{unit_id}." if unit_id else None),), method="test")

    def later(self, **more: float) -> "Scene":
        """Let time pass."""
        self.at += timedelta(**more)
        return self

    def do(self, work: Callable[..., Any], who: str, *given: Any, **fields: Any) -> Any:
        """Let somebody do something now."""
        person = self.people[who]
        with self.db.transaction(person, f"service.{work.__name__}", clock=lambda: self.at) as session:
            return work(session, person, *given, **fields)

    def file(self, who: str = "weld_worker", **given: Any) -> InternalComplaint:
        """Let weld complain of press, unless told otherwise."""
        return self.do(service_complaints.file, who, **({
            "complaining_id": self.plant.weld, "accused_id": self.plant.press,
            "matter": "Burrs at the edge, three pallets this week"} | given))

    def step(self, name: str, who: str, complaint: InternalComplaint, **fields: Any) -> InternalComplaint:
        """Take a step on a complaint as it stands."""
        held = self.read(complaint)
        return self.do(getattr(service_complaints, name), who, held.id, held.rev, **fields)

    def accepted(self, **given: Any) -> InternalComplaint:
        """File a complaint that press accepts."""
        return self.step("accept", "press_head", self.file(**given), answer="We look at the die")

    def refused(self, **given: Any) -> InternalComplaint:
        """File a complaint that press does not accept."""
        return self.step("refuse", "press_head", self.file(**given), answer="Within the drawing")

    def planned(self, **given: Any) -> InternalComplaint:
        """File a complaint for which press has a plan."""
        return self.step("plan", "press_head", self.accepted(**given), plan="Regrind the die",
                         promised_on=date(2026, 3, 6))

    def done(self, **given: Any) -> InternalComplaint:
        """File a complaint that press reports as done."""
        return self.step("finish", "press_head", self.planned(**given), result="Die reground, 200 pieces good")

    def followed(self, **given: Any) -> InternalComplaint:
        """File a complaint that weld confirms as solved."""
        return self.step("confirm", "weld_worker", self.done(**given), satisfied=4, confirmation="Good since Tuesday")

    def read(self, record: Any) -> Any:
        """Read a record afresh."""
        with self.db.reading() as session:
            return session.get_one(type(record), record.id)

    def reading(self, work: Callable[..., Any], *given: Any, **fields: Any) -> Any:
        """Ask something."""
        with self.db.reading() as session:
            return work(session, *given, **fields)
