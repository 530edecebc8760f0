"""Who is on duty in a unit at an instant, by roster and else by grant. Changes nothing; knows no call and no stop."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session, joinedload

from qms.models.accounts import Grant, Person
from qms.models.chain import Site, Unit
from qms.models.chain_rosters import RosterLine, Shift
from qms.rules.chain_rosters import ON_CALL, began_on


@dataclass(frozen=True)
class Roster:
    """All that says who is on duty in a unit: lines of its roster and of those above, nearest first, and grants."""

    unit: Unit
    zone: str
    lines: Sequence[RosterLine]
    shifts: Sequence[Shift]
    grants: Sequence[Row[Grant, Person]]

    def on_duty(self, roles: Iterable[str], at: datetime) -> list[Person]:
        """Return whom to tell, in the order of the roles, each once: those on the roster, else who holds the role."""
        on = at.astimezone(UTC).date()
        told = [p for role in roles for p in self.listed(role, at) or self.holding(role, on)]
        return list({p.id: p for p in told}.values())

    def listed(self, role: str, at: datetime) -> list[Person]:
        """Return who stands for a role at an instant, at the nearest level where anybody does."""
        days: dict[int | None, date | None] = {
            s.id: began_on(s.starts, s.ends, s.weekdays, at, self.zone) for s in self.shifts}
        days[None] = at.astimezone(ZoneInfo(self.zone)).date()
        return _nearest(line for line in self.lines
                        if line.role == role and (day := days.get(line.shift_id)) is not None and is_valid(line, day))

    def listed_in(self, role: str, shift_id: int | None, day: date) -> list[Person]:
        """Return who stands for a role in a shift of a day (None: at any time of it)."""
        return _nearest(line for line in self.lines
                        if line.role == role and line.shift_id in {None, shift_id} and is_valid(line, day))

    def holding(self, role: str, day: date) -> list[Person]:
        """Return the active people who hold a role here by a grant in force, as signing in counts its days."""
        found = [person for grant, person in self.grants if grant.role == role and person.active
                 and grant.starts_on <= day and (grant.ends_on is None or day <= grant.ends_on)]
        return list({p.id: p for p in found}.values())


def on_duty(session: Session, unit_id: int, roles: Sequence[str], at: datetime) -> list[Person]:
    """Return whom to tell of something in a unit at an instant: for each role who stands for it on the roster.

    The nearest unit whose roster names anybody counts; a line without a shift holds at any time; the deputy stands in
    for someone who is out of use. Where a role is on no roster, all who hold it here by grant are told. May be empty.
    """
    return roster_of(session, unit_id, roles).on_duty(roles, at)


def roster_of(session: Session, unit_id: int, roles: Sequence[str] = ON_CALL) -> Roster:
    """Read everything that says who is on duty in a unit."""
    unit, zone = session.execute(
        select(Unit, Site.time_zone).join(Site, Site.id == Unit.site_id).where(Unit.id == unit_id)).one()
    above = [int(part) for part in unit.path.split(".") if part]
    lines = session.scalars(
        select(RosterLine).where(RosterLine.site_id == unit.site_id, RosterLine.role.in_(roles), RosterLine.active,
                                 or_(RosterLine.unit_id.is_(None), RosterLine.unit_id.in_(above)))
        .options(joinedload(RosterLine.person), joinedload(RosterLine.deputy), joinedload(RosterLine.shift),
                 joinedload(RosterLine.unit))
        .order_by(RosterLine.id)).all()
    shifts = session.scalars(select(Shift).where(Shift.site_id == unit.site_id, Shift.active)
                             .order_by(Shift.starts, Shift.id)).all()
    grants = session.execute(
        select(Grant, Person).join(Person, Person.id == Grant.person_id)
        .where(Grant.role.in_(roles), or_(Grant.site_id.is_(None), Grant.site_id == unit.site_id),
               or_(Grant.unit_id.is_(None), Grant.unit_id.in_(above))).order_by(Grant.id)).all()
    nearest_first = sorted(lines, key=lambda line: -_depth(line, above))
    return Roster(unit, zone, nearest_first, shifts, grants)


def is_valid(line: RosterLine, day: date) -> bool:
    """Tell whether a line holds on a day."""
    return line.starts_on <= day and (line.ends_on is None or day <= line.ends_on)


def standing(line: RosterLine) -> Person | None:
    """Return who stands in a line: its person, the deputy when that one is out of use, None when both are."""
    return next((p for p in (line.person, line.deputy) if p is not None and p.active), None)


def _nearest(lines: Iterable[RosterLine]) -> list[Person]:
    """Return who stands in the lines of the first unit that has anybody; lines come nearest unit first."""
    return next(_levels(lines), [])


def _levels(lines: Iterable[RosterLine]) -> Iterator[list[Person]]:
    for _unit, level in groupby(lines, key=lambda line: line.unit_id):
        people = {p.id: p for line in level if (p := standing(line)) is not None}
        if people:
            yield list(people.values())


def _depth(line: RosterLine, above: Sequence[int]) -> int:
    """Return how far down the tree a line stands; -1 for the whole site."""
    return -1 if line.unit_id is None else above.index(line.unit_id)
