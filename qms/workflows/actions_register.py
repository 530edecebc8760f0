"""Which corrective actions there are by filter, page by page. Changes nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, exists, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.db.search import matches
from qms.models.actions import Action, ActionStep
from qms.rules import actions as rules
from qms.rules.accounts import Actor
from qms.workflows.actions_records import VIEW
from qms.workflows.chain_paging import Page, Sorting, Wish, page

RUNNING = "running"
"""The state by which everything is found that is not closed or void."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the register is asked for; empty texts and None ask for everything. `unit_id`: made or found there."""

    sought: str = ""
    site_id: int | None = None
    unit_id: int | None = None
    state: str = ""
    route: str = ""
    severity: str = ""
    overdue: bool = False


def register(session: Session, person: Actor, wanted: Filter, wish: Wish, at: datetime) -> Page[Action]:
    """Return a page of corrective actions, newest first unless asked for the other way. Raises NotAllowed."""
    person.need(VIEW)
    query = select(Action).options(
        joinedload(Action.item), joinedload(Action.defect), joinedload(Action.origin_unit),
        joinedload(Action.detecting_unit), joinedload(Action.leader), selectinload(Action.steps),
        selectinload(Action.sources)).where(*asked(session, person, wanted, at))
    return page(session, query, Action, {"opened": Sorting(Action.id, "id")},
                wish._replace(sort=wish.sort or "-opened"))


def asked(session: Session, person: Actor, wanted: Filter, at: datetime) -> list[ColumnElement[bool]]:
    """Return what a case must fulfil to be among those asked for that the person may see."""
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [Action.site_id.in_(sorted(sites))]
    same: dict[Any, Any] = {Action.site_id: wanted.site_id, Action.route: wanted.route,
                            Action.severity: wanted.severity,
                            Action.state: "" if wanted.state == RUNNING else wanted.state}
    met += [column == value for column, value in same.items() if value not in {"", None}]
    if wanted.state == RUNNING or wanted.overdue:
        met.append(Action.state.in_(rules.RUNNING))
    if wanted.unit_id is not None:
        met.append(or_(Action.origin_unit_id == wanted.unit_id, Action.detecting_unit_id == wanted.unit_id))
    if wanted.overdue:
        met.append(exists().where(ActionStep.action_id == Action.id, ActionStep.done_at.is_(None),
                                  ActionStep.due_at < at))
    found = matches(cast("Table", Action.__table__), wanted.sought,
                    sqlite=session.get_bind().dialect.name == "sqlite")
    return met if found is None else [*met, found]
