"""How a corrective action is opened: numbered, filled in from its sources, routed by rule, its clocks started."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.actions import Action, Comparison
from qms.models.chain import Site
from qms.rules import actions as rules
from qms.rules.accounts import Actor
from qms.rules.actions_routes import check_route, check_severity
from qms.rules.errors import Invalid, NotFound
from qms.workflows.actions_records import check_ids, find_by, need_here, sees
from qms.workflows.actions_routing import flag_repeat, plan_steps, rule_of, set_safety
from qms.workflows.actions_sources import tie
from qms.workflows.actions_told import Told, told
from qms.workflows.numbers import ACTION, next_number

_TAKEN_OVER = ("item_id", "defect_id", "lot_id", "link_id", "origin_unit_id", "detecting_unit_id", "customer_id",
               "customer_informed_at", "severity", "symptom", "requirement", "actual")


def open_action(session: Session, person: Actor, *, site_id: int, title: str,
                sources: Sequence[tuple[str, int]] = (), route: str | None = None, route_reason: str | None = None,
                safety: bool | None = None, **given: Any) -> Action:
    """Open a corrective action for records, each (table, id); what is not given is taken from the first of them.

    `given` are columns of the case (item_id, defect_id, lot_id, link_id, origin_unit_id, detecting_unit_id,
    customer_id, customer_ref, severity, symptom, requirement, actual). The rule decides the route (R-24); `route` takes
    another one and needs a reason. The clock runs from when it was first seen.
    Raises Refused (R-23), NeedsReason (R-24), Doubled, Invalid, NotAllowed, NotFound.
    """
    site = session.get(Site, site_id)
    if site is None or not sees(person, site_id):
        raise NotFound("There is no such site.", "没有这个工厂。")
    found = [told(session, person, kind, record_id) for kind, record_id in sources]
    action = _begin(session, person, site, title, found, given)
    need_here(session, person, "actions.open", action)
    set_safety(session, action, said=found[0].safety if safety is None and found else bool(safety))
    session.add(action)
    session.flush()
    for (kind, record_id), one in zip(sources, found, strict=True):
        tie(session, person, action, kind, record_id, one)
    _route(session, action, sources[0][0] if sources else "", route, route_reason)
    session.add_all([Comparison(action_id=action.id, question=question) for question in rules.QUESTIONS])
    session.flush()
    plan_steps(session, action)
    find_by(session, action)
    session.flush()
    return action


def _begin(session: Session, person: Actor, site: Site, title: str, found: Sequence[Told],
           given: dict[str, Any]) -> Action:
    """Return the case as its first source tells it, but for what was given. Raises Invalid."""
    if not title.strip():
        raise Invalid("Give the case a title.", "请填写标题。", field="title")
    fields = {name: getattr(found[0], name) for name in _TAKEN_OVER} if found else {"severity": "MA"}
    fields |= {name: value for name, value in given.items() if value is not None}
    check_ids(session, site.id, fields)
    check_severity(fields["severity"])
    blank = {column.name: None for column in Action.__table__.columns if column.nullable}  # Known before it changes.
    number, at, seen = next_number(session, ACTION, site), now(session), [one.seen_at for one in found]
    return Action(
        is_repeat=False, site_id=site.id, year=number.year, serial=number.serial, number=number.text,
        title=title.strip(), state=rules.STEPS.first, route="8d", route_by_rule="8d", opened_at=at,
        opened_by_id=person.id, clock_from=min(seen, default=at),
        **(blank | fields | {"first_seen_at": min(seen, default=None), "last_seen_at": max(seen, default=None),
                             "problem_quantity": sum(one.quantity or 0 for one in found) or None}))


def _route(session: Session, action: Action, kind: str, route: str | None, reason: str | None) -> None:
    """Let the rule decide the route, or take the one that was asked for with its reason."""
    session.flush()
    flag_repeat(session, action)
    rule = rule_of(action, kind)
    action.route_by_rule = rule.route
    action.route_reason = check_route(rule, route, reason) if route else None
    action.route = route or rule.route
    acted(session, "R-24")
    if rule.is_mandatory:
        acted(session, "R-23")
