"""How a corrective action is tied to the records that it comes from. Knows no page."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.actions import Action, ActionSource
from qms.rules.accounts import Actor
from qms.rules.errors import Doubled, IllegalStep, Invalid, NotFound
from qms.workflows.actions_records import begun, find_by, sees
from qms.workflows.actions_routing import reroute
from qms.workflows.actions_told import Told, told
from qms.workflows.rejections_records import check_version


def add_source(session: Session, person: Actor, action_id: int, rev: int, *, kind: str, record_id: int) -> ActionSource:
    """Tie one more record to a case; what it tells of first and last sight and of a customer is taken over.

    Raises Doubled, Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    action, _state, _grant = begun(session, person, action_id, "add_source", rev=rev)
    found = told(session, person, kind, record_id)
    source = tie(session, person, action, kind, record_id, found)
    action.first_seen_at = min(action.first_seen_at or found.seen_at, found.seen_at)
    action.last_seen_at = max(action.last_seen_at or found.seen_at, found.seen_at)
    if action.customer_id is None and found.customer_id is not None and action.state == "open":
        action.customer_id = found.customer_id
        reroute(session, action)
    session.flush()
    find_by(session, action)
    session.flush()
    return source


def withdraw_source(session: Session, person: Actor, source_id: int, rev: int) -> ActionSource:
    """Take off a source that was tied by mistake. Raises Stale, IllegalStep, NotAllowed, NotFound."""
    source = session.get(ActionSource, source_id)
    if source is None:
        raise NotFound
    action, _state, _grant = begun(session, person, source.action_id, "add_source")
    check_version(source, rev, {"active": False})
    if not source.active:
        raise IllegalStep("This source was taken off already.", "该来源已移除。")
    source.active = False
    session.flush()
    find_by(session, action)
    session.flush()
    return source


def tie(session: Session, person: Actor, action: Action, kind: str, record_id: int, found: Told) -> ActionSource:
    """Tie a record to a case. Raises Doubled when a case deals with it already, Invalid for another site."""
    if found.site_id != action.site_id:
        raise Invalid("This record belongs to another site.", "该记录属于其他工厂。", field="sources")
    other = dealt_with(session, kind, record_id)
    if other is not None:
        raise Doubled(f"{other.number} deals with {found.number} already.", f"{other.number} 已在处理 {found.number}。",
                      field="sources")
    tied = session.scalar(select(ActionSource).where(ActionSource.action_id == action.id, ActionSource.kind == kind,
                                                     ActionSource.record_id == record_id))
    if tied is not None:
        tied.active, tied.added_at, tied.added_by_id = True, now(session), person.id
        return tied
    source = ActionSource(action_id=action.id, kind=kind, record_id=record_id, number=found.number,
                          added_at=now(session), added_by_id=person.id)
    session.add(source)
    return source


def dealt_with(session: Session, kind: str, record_id: int) -> Action | None:
    """Return the case that deals with a record; None when none does."""
    return session.scalar(
        select(Action).join(ActionSource, ActionSource.action_id == Action.id)
        .where(ActionSource.kind == kind, ActionSource.record_id == record_id, ActionSource.active,
               Action.state != "void").order_by(Action.id).limit(1))


def of_record(session: Session, person: Actor, kind: str, record_id: int) -> Sequence[Action]:
    """Return the cases that a record is or was a source of, oldest first, as far as the person may see them."""
    rows = session.scalars(
        select(Action).join(ActionSource, ActionSource.action_id == Action.id)
        .where(ActionSource.kind == kind, ActionSource.record_id == record_id, ActionSource.active)
        .order_by(Action.id)).all()
    return [action for action in rows if sees(person, action.site_id)]
