"""Gives the demo plant its shifts and rosters; must not know any call or stop."""

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy.orm import Session

from qms.db import Database
from qms.demo.founding import Founded
from qms.rules.accounts import SYSTEM
from qms.workflows import accounts
from qms.workflows.chain_rosters_changes import add_roster_line, add_shift

SHIFTS = (("D", "早班", "Day shift", "08:00", "16:00", "1111110"),
          ("E", "中班", "Evening shift", "16:00", "00:00", "1111100"))
"""Code, names, times, and the days on which it begins, Monday first."""

ALSO = (("delegate", "team_leader", "QD"), ("manager", "unit_head", None))
"""Roles that people hold besides their own, so that every rung finds somebody: whom, which, where."""


class Stands(NamedTuple):
    """Who stands for a role in a unit (None: everywhere), in a shift (None: at any time), with which deputy."""

    role: str
    login: str
    unit: str | None = None
    shift: str | None = None
    deputy: str | None = None


ROSTER = (
    Stands("team_leader", "leader", "SA", "D", "leader-e"),
    Stands("team_leader", "leader-b", "SB", "D", "leader-e"),
    Stands("team_leader", "leader-u", "SU", "D", "leader-e"),
    Stands("team_leader", "leader-e", "PD", "E"),
    Stands("team_leader", "leader-l", "LG"),
    Stands("team_leader", "delegate", "QD"),
    Stands("shift_quality", "delegate"),
    Stands("quality_engineer", "engineer", deputy="engineer-s"),
    Stands("process_engineer", "process"),
    Stands("production_manager", "manager"),
    Stands("quality_manager", "quality-manager"),
    Stands("unit_head", "manager"),
    Stands("customer_quality", "customer-q"),
)


def add_rosters(database: Database, founded: Founded, at: datetime, on: date) -> None:
    """Add the shifts and who stands when, from the day on which the plant begins."""
    with database.transaction(SYSTEM, "accounts.grant", clock=lambda: at) as session:
        for login, role, unit in ALSO:
            accounts.grant(session, SYSTEM, founded.people[login].id, role=role, starts_on=on, site_id=founded.site,
                           unit_id=founded.units[unit] if unit else None)
            session.flush()
            founded.people[login] = accounts.actor_for(session, login, method="demo")
    manager = founded.people["manager"]
    with database.transaction(manager, "chain.add_shift", clock=lambda: at) as session:
        shifts = {code: add_shift(session, manager, site_id=founded.site, code=code, name_zh=zh, name_en=en,
                                  starts=starts, ends=ends, weekdays=days).id
                  for code, zh, en, starts, ends, days in SHIFTS}
    with database.transaction(manager, "chain.add_roster_line", clock=lambda: at) as session:
        for line in ROSTER:
            _add(session, founded, shifts, line, on)


def _add(session: Session, founded: Founded, shifts: dict[str, int], line: Stands, on: date) -> None:
    add_roster_line(
        session, founded.people["manager"], site_id=founded.site, role=line.role, starts_on=on,
        person_id=founded.people[line.login].id, unit_id=founded.units[line.unit] if line.unit else None,
        shift_id=shifts[line.shift] if line.shift else None,
        deputy_id=founded.people[line.deputy].id if line.deputy else None)
