"""A week of a unit's roster as one table, and what stands behind it. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from qms.models.accounts import Grant, Person
from qms.models.chain import Unit
from qms.models.chain_rosters import RosterLine, Shift
from qms.rules.accounts import Actor
from qms.rules.chain_rosters import ON_CALL, works_on
from qms.rules.errors import NotFound
from qms.workflows.chain_records import one, sees
from qms.workflows.chain_rosters import Roster, is_valid, roster_of

DAYS = 7

R = TypeVar("R", Shift, RosterLine)


@dataclass(frozen=True, slots=True)
class Row:
    """A role in a shift (None: whatever the shift) through a week; a day on which the shift does not run is None."""

    role: str
    shift: Shift | None
    cells: Sequence[Sequence[Person] | None]

    @property
    def spans(self) -> list[tuple[Sequence[Person] | None, int]]:
        """Return the cells with how many days in a row they are the same."""
        runs = [list(run) for _key, run in groupby(self.cells, key=lambda cell: None if cell is None else _ids(cell))]
        return [(run[0], len(run)) for run in runs]


@dataclass(frozen=True, slots=True)
class Week:
    """A week of a unit: its rows, who hears instead for each role that has a gap, and the lines behind it."""

    unit: Unit
    days: Sequence[date]
    today: date
    rows: Sequence[Row]
    holding: dict[str, Sequence[Person]]
    lines: Sequence[RosterLine]
    shifts: Sequence[Shift]

    @property
    def by_role(self) -> list[tuple[str, list[Row]]]:
        """Return the rows of each role, in the order of the ladder."""
        return [(role, list(rows)) for role, rows in groupby(self.rows, key=lambda row: row.role)]

    def has_gap(self, role: str) -> bool:
        """Tell whether there is a shift of this week in which the roster names nobody for a role."""
        return any(cell is not None and not cell for row in self.rows if row.role == role for cell in row.cells)


def week_of(session: Session, person: Actor, unit_id: int, day: date | None, at: datetime) -> Week:
    """Return the week of a unit in which a day lies, from Monday; today's when none is named. Raises NotFound."""
    unit = one(session, person, Unit, unit_id)
    roster = roster_of(session, unit.id)
    today = at.astimezone(ZoneInfo(roster.zone)).date()
    day = day or today
    monday = day - timedelta(days=day.weekday())
    days = [monday + timedelta(days=n) for n in range(DAYS)]
    rows = [row for role in ON_CALL for row in _rows(roster, role, days)]
    lines = [line for line in roster.lines if any(is_valid(line, d) for d in days) or line.starts_on > days[-1]]
    return Week(unit, days, today, rows, {role: roster.holding(role, today) for role in ON_CALL}, lines,
                shifts_of(session, unit.site_id))


def shifts_of(session: Session, site_id: int) -> Sequence[Shift]:
    """Return the shifts of a site: those in use first, by the time at which they begin."""
    return session.scalars(select(Shift).where(Shift.site_id == site_id)
                           .order_by(Shift.active.desc(), Shift.starts, Shift.id)).all()


def candidates(session: Session, site_id: int) -> Sequence[Person]:
    """Return the active people who hold, at a site, a role that a call climbs to, by name."""
    return session.scalars(
        select(Person).where(Person.active, Person.id.in_(
            select(Grant.person_id).where(Grant.role.in_(ON_CALL),
                                          or_(Grant.site_id.is_(None), Grant.site_id == site_id))))
        .order_by(Person.name, Person.id)).all()


def one_shift(session: Session, person: Actor, shift_id: int) -> Shift:
    """Return a shift of a site that the person may see. Raises NotFound."""
    return _seen(person, session.get(Shift, shift_id))


def one_line(session: Session, person: Actor, line_id: int) -> RosterLine:
    """Return a roster line of a site that the person may see, with its unit. Raises NotFound."""
    return _seen(person, session.get(RosterLine, line_id, options=[joinedload(RosterLine.unit)]))


def _seen(person: Actor, record: R | None) -> R:
    if record is None or not sees(person, record.site_id):
        raise NotFound
    return record


def _rows(roster: Roster, role: str, days: Sequence[date]) -> list[Row]:
    """Return a role's rows: one for each shift, or one for all where they are the same people every day."""
    rows = [Row(role, shift, [roster.listed_in(role, shift.id, day) if works_on(shift.weekdays, day) else None
                              for day in days]) for shift in roster.shifts]
    always = [roster.listed_in(role, None, day) for day in days]
    same = all(cell is None or _ids(cell) == _ids(always[n]) for row in rows for n, cell in enumerate(row.cells))
    return [Row(role, None, always)] if same else rows


def _ids(people: Sequence[Person]) -> list[int]:
    return [p.id for p in people]
