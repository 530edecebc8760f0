"""Who works on a case, and who could: members speak for a unit and a function. Knows no page."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qms.models.accounts import Grant, Person
from qms.models.actions import ActionMember
from qms.rules.accounts import Actor, roles_with
from qms.rules.clock import utc_now
from qms.rules.errors import IllegalStep, Invalid, NotFound
from qms.workflows.actions_gates import still_holds
from qms.workflows.actions_records import begun, check_ids, done
from qms.workflows.rejections_records import check_version

SYSTEM_ID = 0


def add_member(session: Session, person: Actor, action_id: int, *, person_id: int, unit_id: int | None,
               function: str) -> ActionMember:
    """Take somebody into the team, for a unit and a function; who left it before comes back.

    Raises Invalid, IllegalStep, NotAllowed, NotFound.
    """
    action, _state, _grant = begun(session, person, action_id, "edit")
    who = session.get(Person, person_id)
    if who is None or not who.active or who.id == SYSTEM_ID:
        raise Invalid("There is no such person.", "没有此人。", field="person_id")
    if not function.strip():
        raise Invalid("Say in which function.", "请填写职能。", field="function")
    check_ids(session, action.site_id, {"unit_id": unit_id})
    held = session.scalar(select(ActionMember).where(ActionMember.action_id == action_id,
                                                     ActionMember.person_id == person_id))
    if held is None:
        held = ActionMember(action_id=action_id, person_id=person_id)
        session.add(held)
    elif held.active:
        raise Invalid("This person is in the team already.", "此人已在小组中。", field="person_id")
    held.unit_id, held.function, held.active = unit_id, function.strip(), True
    session.flush()
    return held


def withdraw_member(session: Session, person: Actor, member_id: int, rev: int) -> ActionMember:
    """Let somebody leave the team; once D1 is passed the team still has to speak for origin and customer.

    Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    member = session.get(ActionMember, member_id)
    if member is None:
        raise NotFound
    action, _state, _grant = begun(session, person, member.action_id, "edit")
    check_version(member, rev, {"active": False})
    if not member.active:
        raise IllegalStep("This person has left the team already.", "此人已退出小组。")
    member.active = False
    session.flush()
    still_holds(session, action, "D1", done(session, action))
    return member


def case_of(session: Session, member_id: int) -> int:
    """Return the id of the case whose team a member is or was in. Raises NotFound."""
    found: int | None = session.scalar(select(ActionMember.action_id).where(ActionMember.id == member_id))
    if found is None:
        raise NotFound
    return found


def people(session: Session) -> Sequence[Person]:
    """Return everybody who could be in a team, by name."""
    return session.scalars(select(Person).where(Person.active, Person.id != SYSTEM_ID).order_by(Person.name)).all()


def sponsors(session: Session, site_id: int) -> Sequence[Person]:
    """Return everybody who could be the sponsor of a case of a site, by name."""
    return holders(session, site_id, "actions.approve")


def holders(session: Session, site_id: int, permission: str) -> Sequence[Person]:
    """Return everybody who holds a permission at a site today, in whichever part of it, by name."""
    at = utc_now().date()
    held = select(Grant.person_id).where(
        Grant.role.in_(roles_with(permission)), or_(Grant.site_id.is_(None), Grant.site_id == site_id),
        Grant.starts_on <= at, or_(Grant.ends_on.is_(None), Grant.ends_on >= at))
    return session.scalars(select(Person).where(Person.active, Person.id != SYSTEM_ID, Person.id.in_(held))
                           .order_by(Person.name)).all()
