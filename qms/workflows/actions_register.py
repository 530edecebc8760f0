"""Which corrective actions there are by filter, page by page. Changes nothing."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, Table, case, exists, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from qms.db.search import matches_in_order
from qms.models.actions import Action, ActionSource, ActionStep
from qms.models.chain import Unit
from qms.rules import actions as rules
from qms.rules.accounts import Actor
from qms.workflows.actions_records import VIEW
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.rejections_leader import LOOKED_AT, MOST_COUNTED

RUNNING = "running"
"""The state by which everything is found that is not closed or void."""
_ORIGIN, _DETECTING = aliased(Unit), aliased(Unit)
COLUMNS: tuple[Any, ...] = (
    Action.id, Action.number, Action.title, Action.state, Action.severity, Action.safety, Action.is_repeat,
    Action.customer_id, Action.route, Action.route_by_rule, Action.route_reason, Action.opened_at,
    _ORIGIN.code.label("origin_code"), _ORIGIN.name_zh.label("origin_zh"), _ORIGIN.name_en.label("origin_en"),
    _DETECTING.code.label("detecting_code"), _DETECTING.name_zh.label("detecting_zh"),
    _DETECTING.name_en.label("detecting_en"))
_CASES: Select[Any] = (
    select(*COLUMNS).outerjoin(_ORIGIN, _ORIGIN.id == Action.origin_unit_id)
    .outerjoin(_DETECTING, _DETECTING.id == Action.detecting_unit_id))


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


@dataclass(frozen=True, slots=True)
class Case:
    """One line of the register: the case's `row` (COLUMNS), the numbers of its sources, and where it stands.

    `step` is None when every discipline is done; `due_at` is None as well when the case is not running.
    """

    row: Row[Any]
    sources: tuple[str, ...]
    step: str | None
    due_at: datetime | None


def register(session: Session, person: Actor, wanted: Filter, wish: Wish, at: datetime) -> Page[Action]:
    """Return a page of corrective actions, newest first unless asked for the other way. Raises NotAllowed."""
    return _page(session, person, select(Action).options(selectinload(Action.steps)), wanted, wish, at)


def cases(session: Session, person: Actor, wanted: Filter, wish: Wish, at: datetime) -> Page[Case]:
    """Return the same page as lines to be shown. Raises NotAllowed."""
    found: Page[Row[Any]] = _page(session, person, _CASES, wanted, wish, at)
    ids = [row.id for row in found.rows]
    sources, steps = _sources(session, ids), _steps(session, ids)
    lines = []
    for row in found.rows:
        here = rules.current(row.route, [step for step, (is_done, _due_at) in steps[row.id].items() if is_done])
        due_at = steps[row.id][here][1] if here in steps[row.id] and row.state in rules.RUNNING else None
        lines.append(Case(row, tuple(sources[row.id]), here, due_at))
    return Page(lines, found.total, found.is_capped, found.sort, found.is_descending, found.previous, found.following)


def _page(session: Session, person: Actor, query: Select[Any], wanted: Filter, wish: Wish, at: datetime) -> Page[Any]:
    person.need(VIEW)
    met = asked(session, person, wanted, at)
    return page(session, query.where(*met), Action, {"opened": Sorting(Action.id, "id")},
                wish._replace(sort=wish.sort or "-opened"), counted=select(Action.id).where(*met),
                most=LOOKED_AT if wanted.sought else MOST_COUNTED)


def _sources(session: Session, ids: list[int]) -> dict[int, list[str]]:
    """Return the numbers of the sources of cases, in the order in which they were added."""
    told = defaultdict(list)
    for action_id, number in session.execute(select(ActionSource.action_id, ActionSource.number).where(
            ActionSource.action_id.in_(ids), ActionSource.active).order_by(ActionSource.id)):
        told[action_id].append(number)
    return told


def _steps(session: Session, ids: list[int]) -> dict[int, dict[str, tuple[bool, datetime | None]]]:
    """Return whether each discipline of cases is done, and when it is due while it is not."""
    is_done = ActionStep.done_at.is_not(None)
    told: dict[int, dict[str, tuple[bool, datetime | None]]] = defaultdict(dict)
    for action_id, step, done, due_at in session.execute(select(
            ActionStep.action_id, ActionStep.step, is_done, case((~is_done, ActionStep.due_at))).where(
            ActionStep.action_id.in_(ids))):
        told[action_id][step] = done, due_at
    return told


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
    return met + matches_in_order(session.connection(), cast("Table", Action.__table__), wanted.sought)
