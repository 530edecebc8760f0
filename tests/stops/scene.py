"""A plant by the clock: calls and the steps that follow them, each at its own instant."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from qms.db import Database
from qms.models.accounts_devices import Device, DeviceUnit
from qms.models.stops import Rung, Stop
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.devices import KnownDevice
from qms.workflows import stops
from tests.plant import Plant
from tests.rejections.cases import person_in_unit

NINE = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""Nine in the morning of a Monday in Shanghai."""


@dataclass
class Scene:
    """A plant and the instant that it is; every step moves no time by itself."""

    db: Database
    plant: Plant
    at: datetime = NINE
    tablets: dict[int, KnownDevice] = field(default_factory=dict)

    def later(self, **more: float) -> "Scene":
        """Let time pass."""
        self.at += timedelta(**more)
        return self

    def call(self, person: Actor | None = None, **given: Any) -> Stop:
        """Call at weld, as the operator, because of the machine, unless told otherwise."""
        person = person or self.plant.operator
        fields: dict[str, Any] = {"unit_id": self.plant.weld, "red": False, "reason": "machine"} | given
        with self.db.transaction(person, "stops.call", clock=lambda: self.at) as session:
            return stops.call(session, person, **fields)

    def do(self, step: Callable[..., Stop], stop: Stop, person: Actor | None = None, **given: Any) -> Stop:
        """Take a step as the team leader, at the version that the stop has now, unless told otherwise."""
        person = person or self.plant.team_leader
        rev = given.pop("rev", None) or self.read(stop).rev
        if step is not stops.see:
            given["rev"] = rev
        with self.db.transaction(person, f"stops.{step.__name__}", clock=lambda: self.at) as session:
            return step(session, person, stop.id, **given)

    def read(self, stop: Stop) -> Stop:
        """Read a stop afresh."""
        with self.db.reading() as session:
            return session.get_one(Stop, stop.id)

    def tick(self) -> int:
        """Let the clock run once."""
        with self.db.transaction(SYSTEM, "stops.escalate", clock=lambda: self.at) as session:
            return stops.escalate(session)

    def raised(self, stop: Stop) -> list[int]:
        """Return the rungs that were raised."""
        with self.db.reading() as session:
            return list(session.scalars(select(Rung.position).where(
                Rung.stop_id == stop.id, Rung.raised_at.is_not(None)).order_by(Rung.position)))

    def tablet(self, *units: int) -> KnownDevice:
        """Return a tablet enrolled for some operations."""
        name = f"T-{len(self.tablets)}"
        with self.db.transaction(SYSTEM, "tests.device") as session:
            made = Device(site_id=self.plant.site, name=name, public_id=str(uuid.uuid4()), enrolled_by_id=0,
                          enrolled_at=self.at)
            session.add(made)
            session.flush()
            session.add_all([DeviceUnit(device_id=made.id, unit_id=unit_id) for unit_id in units])
        known = KnownDevice(made.id, made.public_id, name, self.plant.site, units)
        self.tablets[made.id] = known
        return known

    def quality(self) -> Actor:
        """Return a shift quality delegate."""
        return person_in_unit(self.db, f"sq-{uuid.uuid4().hex[:6]}", "shift_quality", None)

    def contained(self, **given: Any) -> Stop:
        """Return a stop that was answered and contained."""
        stop = self.call(**({"red": True, "reason": "quality"} | given))
        self.later(minutes=2).do(stops.arrive, stop)
        self.later(minutes=5)
        return self.do(stops.contain, stop, containment="Cage 4 since 08:40", cause_known=True)

    def asked(self, **given: Any) -> Stop:
        """Return a stop for which a restart is asked."""
        stop = self.contained(**given)
        self.later(minutes=1)
        return self.do(stops.ask_restart, stop, measure="Electrode renewed")

    def checked(self, stop: Stop, kind: str, *, good: bool = True, person: Actor | None = None) -> Stop:
        """Record a restart check a moment later."""
        more: dict[str, Any] = {"pieces": 3, "nonconforming": 0 if good else 1} if kind == "first_piece" else {}
        self.later(seconds=30)
        return self.do(stops.check, stop, person, kind=kind, good=good, **more)

    def good(self, **given: Any) -> Stop:
        """Return a stop whose every check is good."""
        stop = self.asked(**given)
        for kind in ("containment", "measure", "first_piece"):
            self.checked(stop, kind)
        return stop


DAY = date(2026, 3, 2)
