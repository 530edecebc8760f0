"""How a case gets its route by rule, its steps and their clocks, and how another route is taken. Knows no page."""

from sqlalchemy.orm import Session

from qms.db import acted
from qms.models.actions import Action, ActionStep
from qms.models.chain import Item
from qms.rules import actions as rules
from qms.rules.accounts import Actor
from qms.rules.actions_clocks import due_times
from qms.rules.actions_routes import Case, RouteRule, check_route, decide, is_safety
from qms.workflows.actions_records import begun, first_kind, step_rows
from qms.workflows.actions_repeats import earlier
from qms.workflows.actions_stock import ask_stock
from qms.workflows.chain_calendar import hours_of


def change_route(session: Session, person: Actor, action_id: int, rev: int, *, route: str,
                 reason: str | None) -> Action:
    """Take another route than the rule's, with a reason that is kept, or go back to the rule's.

    Raises Refused (R-23), NeedsReason (R-24), Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    action, _state, _grant = begun(session, person, action_id, "change_route", rev=rev, route=route,
                                   route_reason=reason)
    action.route_reason = check_route(rule_of(action, first_kind(session, action)), route, reason)
    action.route = route
    session.flush()
    plan_steps(session, action)
    return action


def rule_of(action: Action, kind: str) -> RouteRule:
    """Return the line of the table that decides a case (R-24)."""
    return decide(Case(kind, action.severity, action.is_repeat, action.safety, action.customer_id is not None))


def reroute(session: Session, action: Action) -> None:
    """Let the rule decide again after what it depends on has changed; a chosen route stays unless 8D is mandatory."""
    flag_repeat(session, action)
    rule = rule_of(action, first_kind(session, action))
    action.route_by_rule = rule.route
    if rule.is_mandatory and action.route != rule.route:
        acted(session, "R-23")
    if rule.is_mandatory or action.route_reason is None:
        action.route, action.route_reason = rule.route, None
    session.flush()
    plan_steps(session, action)


def plan_steps(session: Session, action: Action) -> None:
    """Give a case the steps of its route with their clocks; a step that the route no longer has loses its clock."""
    rows, wanted = step_rows(session, action), rules.disciplines(action.route)
    due = due_times(hours_of(session, action.site_id), action.clock_from, wanted)
    for name in wanted:
        if name not in rows:
            session.add(ActionStep(action_id=action.id, step=name, due_at=due[name]))
        elif rows[name].due_at is None:
            rows[name].due_at = due[name]
    for name, row in rows.items():
        if name not in wanted:
            row.due_at = None
    session.flush()
    if "D3" in wanted:
        ask_stock(session, action)


def flag_repeat(session: Session, action: Action) -> None:
    """Flag a case whose item, defect and origin had one within a year, and link the two (R-29)."""
    problem = (action.item_id, action.defect_id, action.origin_unit_id)
    before = earlier(session, action.site_id, problem, action.opened_at, action.id)
    if before is not None and action.repeat_of_id != before.id:
        acted(session, "R-29")
    action.is_repeat, action.repeat_of_id = before is not None, before.id if before is not None else None


def set_safety(session: Session, action: Action, *, said: bool) -> None:
    """Write down whether a case is safety class: by its item's characteristic, or as it is said. Raises Invalid."""
    item = session.get(Item, action.item_id) if action.item_id is not None else None
    action.safety = is_safety(item.special if item else "", action.severity, said=said)
