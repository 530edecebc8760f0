"""Knows deeds: single things that a story lets somebody do at an instant; must not know any story."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qms.demo.founding import Founded
from qms.demo.happenings import Happening
from qms.demo.units import ZONE
from qms.models.rejections import Rejection
from qms.rules.accounts import Actor

SUNDAY = 6


@dataclass
class World:
    """What deeds find in the plant: what was founded, and the ids of lots and rejections by their keys."""

    founded: Founded
    lots: dict[str, int] = field(default_factory=dict)
    rejections: dict[str, int] = field(default_factory=dict)

    def rejection(self, session: Session, key: str) -> Rejection:
        """Return a rejection as it stands now."""
        return session.get_one(Rejection, self.rejections[key])

    def person(self, login: str) -> int:
        """Return the id of one of the people."""
        return int(self.founded.people[login].id or 0)


Do = Callable[[Session, Actor, World], Any]


def deed(at: datetime, who: str, action: str, do: Do, key: str = "") -> Happening:
    """Let somebody do something; `action` is what the trail calls it."""
    return Happening(at, action, who, key, {"do": do})


def days_before(until: datetime, days: int, hour: int, minute: int = 0) -> datetime:
    """Return an hour at the plant so many days before the end; on a Sunday, that of the Saturday before."""
    zone = ZoneInfo(ZONE)
    on = until.astimezone(zone).date() - timedelta(days=days)
    return at_plant(on - timedelta(days=on.weekday() == SUNDAY), hour, minute)


def at_plant(on: date, hour: int, minute: int = 0) -> datetime:
    """Return an hour of a day at the plant."""
    return datetime.combine(on, time(hour, minute), ZoneInfo(ZONE)).astimezone(ZoneInfo("UTC"))


def found_at(happenings: list[Happening]) -> Mapping[str, datetime]:
    """Map the key of each rejection that a plan brings to the instant at which it is reported."""
    found: dict[str, datetime] = {}
    for h in happenings:
        if h.verb == "report":
            found[h.key] = h.at
        elif h.verb in {"reject", "partly_accept"}:
            found |= {f"{h.key}#{n}": h.at for n in range(len(h.facts["faults"]))}
    return found
