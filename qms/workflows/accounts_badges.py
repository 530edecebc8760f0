"""What is done with badges: issued to people, ended. A badge says who someone is; it never signs for them."""

from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, joinedload

from qms.db import now
from qms.models.accounts import Badge, Grant, Person, SignIn
from qms.models.chain import Unit
from qms.rules.accounts import ROLE_PERMISSIONS, SYSTEM, Actor
from qms.rules.badges import new_badge_code, normal
from qms.rules.errors import Invalid, NotAllowed, NotFound, Stale
from qms.workflows.accounts_devices import digest
from qms.workflows.accounts_reach import need_reach, reaches

REPLACED = "Replaced by a new badge. 由新工牌替换。"


def issue(session: Session, person: Actor, person_id: int, code: str | None = None) -> str:
    """Give someone a new badge and return its code, which is told only now; a badge they had ends.

    `code` None draws one. Raises Invalid, NotAllowed, NotFound.
    """
    owner = looked_after(session, person, person_id)
    if not owner.active:
        raise Invalid(f"{owner.name} is not active.", f"{owner.name} 已停用。", field="person_id")
    at = now(session)
    for held in session.scalars(select(Badge).where(Badge.person_id == person_id, Badge.ended_at.is_(None))
                                .with_for_update()):
        held.ended_at, held.reason = at, REPLACED
    code = normal(code) if code else new_badge_code()
    session.add(Badge(person_id=person_id, code_sha256=digest(code), issued_at=at, issued_by_id=person.id))
    session.flush()
    return code


def end(session: Session, person: Actor, badge_id: int, rev: int, reason: str) -> Badge:
    """Let a badge end, as when it is lost. Raises Invalid, Stale, NotAllowed, NotFound."""
    badge = session.get(Badge, badge_id, with_for_update=True)
    if badge is None:
        raise NotFound
    looked_after(session, person, badge.person_id)
    if badge.rev != rev or badge.ended_at is not None:
        raise Stale({}, {})
    if not reason.strip():
        raise Invalid("Say why.", "请说明理由。", field="reason")
    badge.ended_at, badge.reason = now(session), reason.strip()
    session.execute(update(SignIn).where(SignIn.person_id == badge.person_id, SignIn.method == "pin",
                                         SignIn.ended_at.is_(None)).values(ended_at=now(session)))
    return badge


def one(session: Session, person: Actor, badge_id: int) -> Badge:
    """Return a badge of someone whose badge the person may give out. Raises NotAllowed, NotFound."""
    badge = session.get(Badge, badge_id, options=[joinedload(Badge.person)])
    if badge is None:
        raise NotFound
    looked_after(session, person, badge.person_id)
    return badge


def badges_of(session: Session, person_id: int) -> Sequence[Badge]:
    """Return every badge that someone has or had, the latest first."""
    return session.scalars(select(Badge).where(Badge.person_id == person_id).order_by(Badge.id.desc())).all()


def owner_of(session: Session, code: str) -> Person | None:
    """Return the active person whose badge bears a code; None for a badge that is unknown or ended."""
    return session.scalar(
        select(Person).join(Badge, Badge.person_id == Person.id)
        .where(Badge.code_sha256 == digest(normal(code)), Badge.ended_at.is_(None), Person.active))


def looked_after(session: Session, person: Actor, person_id: int) -> Person:
    """Return someone whose badge and PIN the person may give out. Raises NotAllowed, NotFound.

    Who manages people may for those of their sites; who enrols tablets in a unit, for those who work there and hold no
    more than they do themselves: nobody hands out the key to a door that is closed to them.
    """
    found = session.get(Person, person_id)
    if found is None or found.id == SYSTEM.id:
        raise NotFound
    if reaches(session, person, person_id):
        return found
    home = session.get(Unit, found.unit_id) if found.unit_id else None
    if home is None:
        need_reach(session, person, person_id)
    else:
        person.need("accounts.enrol", site_id=home.site_id, unit_path=home.path)
    roles = session.scalars(select(Grant.role).where(
        Grant.person_id == person_id, or_(Grant.ends_on.is_(None), Grant.ends_on >= now(session).date()))).all()
    beyond = next((permission for permission in _given_by(roles) if not person.may(permission)), None)
    if beyond is not None:
        raise NotAllowed(beyond, f"{found.name} may do more than you. Ask an administrator.",
                         f"{found.name} 的权限超出您的权限, 请联系系统管理员。")
    return found


def _given_by(roles: Iterable[str]) -> Iterable[str]:
    return dict.fromkeys(permission for role in roles for permission in ROLE_PERMISSIONS[role])
