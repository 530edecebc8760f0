"""How the fields of each discipline are filled in, and is / is-not answered. Knows no page and no form."""

from typing import Any

from sqlalchemy.orm import Session

from qms.db import now
from qms.models.actions import Action, Comparison
from qms.rules import accounts as permissions
from qms.rules.accounts import Actor
from qms.rules.actions_gates import check_removed
from qms.rules.actions_routes import check_severity
from qms.rules.errors import Invalid, NotFound
from qms.workflows import accounts
from qms.workflows.actions_gates import still_holds
from qms.workflows.actions_records import begun, check_ids, done, find_by
from qms.workflows.actions_routing import reroute, set_safety
from qms.workflows.rejections_records import check_version

EDITABLE: dict[str, tuple[str, ...]] = {
    "D0": ("title", "severity", "safety", "item_id", "defect_id", "lot_id", "customer_id", "customer_ref", "symptom",
           "emergency", "emergency_verified"),
    "D1": ("sponsor_id", "leader_id"),
    "D2": ("problem_what", "problem_where", "problem_when", "problem_who", "problem_why", "problem_how",
           "problem_quantity", "requirement", "actual", "customer_view", "first_seen_at", "last_seen_at", "reproduced",
           "origin_unit_id", "detecting_unit_id", "origin_unknown_reason"),
    "D3": ("containment", "containment_from", "containment_to", "containment_effective", "containment_evidence",
           "clean_point", "customer_informed_at"),
    "D8": ("thanks", "customer_accepted_on", "customer_accepted_by"),
}
"""What may be filled in under each discipline. D0 is the case itself, which every route has."""
_DECIDES = ("severity", "safety", "item_id", "defect_id", "origin_unit_id", "customer_id")
"""What the rule of the route depends on."""


def edit(session: Session, person: Actor, action_id: int, rev: int, discipline: str, **fields: Any) -> Action:
    """Fill in fields of a discipline, some of EDITABLE. One that is passed already still has to hold.

    Raises Refused, Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    if discipline not in EDITABLE or set(fields) - set(EDITABLE[discipline]):
        raise Invalid("This cannot be filled in here.", "此处不能填写该内容。")
    fields = {name: _plain(value) for name, value in fields.items()}
    action, _state, _grant = begun(session, person, action_id, "edit", rev=rev,
                                   **{name: value for name, value in fields.items() if hasattr(Action, name)})
    finished = done(session, action)
    _check(session, action, fields, finished)
    said = fields.pop("safety", action.safety and action.severity == "CR")
    _mark(session, person, action, fields)
    decided_by = {name: getattr(action, name) for name in _DECIDES}
    for name, value in fields.items():
        if getattr(action, name) != value:
            setattr(action, name, value)
    set_safety(session, action, said=said)
    if action.state == "open" and decided_by != {name: getattr(action, name) for name in _DECIDES}:
        reroute(session, action)
    still_holds(session, action, discipline, finished)
    find_by(session, action)
    session.flush()
    return action


def compare(session: Session, person: Actor, comparison_id: int, rev: int, *, is_so: str | None, is_not: str | None,
            difference: str | None) -> Comparison:
    """Answer one question of is / is-not. Raises Stale, IllegalStep, NotAllowed, NotFound."""
    line = session.get(Comparison, comparison_id)
    if line is None:
        raise NotFound
    begun(session, person, line.action_id, "edit")
    given = {"is_so": _plain(is_so), "is_not": _plain(is_not), "difference": _plain(difference)}
    check_version(line, rev, given)
    line.is_so, line.is_not, line.difference = given["is_so"], given["is_not"], given["difference"]
    session.flush()
    return line


def may_sponsor(session: Session, person_id: int, site_id: int) -> bool:
    """Tell whether a person may close cases of a site, and so be the sponsor of one."""
    return any(grant.covers("actions.approve", site_id, None) for grant in accounts.grants_of(session, person_id))


def _check(session: Session, action: Action, fields: dict[str, Any], finished: set[str]) -> None:
    check_ids(session, action.site_id, fields)
    if "severity" in fields:
        check_severity(fields["severity"])
    if "title" in fields and not fields["title"]:
        raise Invalid("Give the case a title.", "请填写标题。", field="title")
    if (fields.get("problem_quantity") or 0) < 0:
        raise Invalid("A quantity is a whole number, at least 0.", "数量须为不小于 0 的整数。",
                      field="problem_quantity")
    check_removed(fields.get("containment_to"), validated="D6" in finished)
    sponsor_id = fields.get("sponsor_id")
    if sponsor_id is not None and sponsor_id != action.sponsor_id and not may_sponsor(session, sponsor_id,
                                                                                     action.site_id):
        words = permissions.PERMISSIONS["actions.approve"]
        raise Invalid(f"A sponsor needs a grant: {words.en}.", f"发起人须有权限: {words.zh}。", field="sponsor_id")


def _mark(session: Session, person: Actor, action: Action, fields: dict[str, Any]) -> None:
    """Write down who saw that the emergency response or the containment works, and when."""
    verified = fields.pop("emergency_verified", None)
    if verified is not None and verified != (action.emergency_verified_at is not None):
        action.emergency_verified_at = now(session) if verified else None
        action.emergency_verified_by_id = person.id if verified else None
    effective = fields.get("containment_effective", action.containment_effective)
    if effective != action.containment_effective:
        action.containment_checked_by_id = person.id if effective is not None else None


def _plain(value: Any) -> Any:
    """Return a text without spaces around it, None for an empty one; any other value as it is."""
    return value.strip() or None if isinstance(value, str) else value
