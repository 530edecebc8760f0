"""What is done with people: made, given roles, signed in, signed out. Knows no request and no cookie."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import Connection, Date, bindparam, func, or_, select, update
from sqlalchemy.orm import Session, aliased, joinedload

from qms.db import UtcTime, now
from qms.db.prepared import Prepared
from qms.models.accounts import Attempt, Grant, PasswordHash, Person, SignIn
from qms.models.accounts_devices import Device
from qms.models.chain import Site, Unit
from qms.rules.accounts import ROLES, SYSTEM, Actor, check_email
from qms.rules.accounts import Grant as Held
from qms.rules.accounts_grants import AUDITOR_DAYS, check_days, check_term
from qms.rules.clock import utc_now
from qms.rules.devices import IDLE_MINUTES
from qms.rules.errors import Invalid, NotFound, Stale
from qms.rules.trail_signatures import Proof
from qms.workflows.accounts_delegable import check_source, source_of
from qms.workflows.accounts_delegating import cut_what_leans_on
from qms.workflows.accounts_reach import MANAGE, need_reach, need_site

SHORTEST_PASSWORD = 12
SEEN_EVERY = timedelta(minutes=5)
TOUCHED_EVERY = timedelta(seconds=30)
"""At a tablet, where a sign-in ends after minutes, the last touch is known more closely."""
IDLE_AT_TABLET = timedelta(minutes=IDLE_MINUTES)
ATTEMPTS_PER_LOGIN = 5
ATTEMPTS_PER_ADDRESS = 40
ATTEMPT_WINDOW = timedelta(minutes=15)

_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_NOBODY = _hasher.hash(secrets.token_hex(16))


@dataclass(frozen=True, slots=True)
class Found:
    """Who a token belongs to. `touch`: its last-seen time is old enough to be written again.

    `device_id`: the tablet that it is bound to; None for a desk. `ended_on`: the last day of an access that is over;
    the token is then of no use any more.
    """

    actor: Actor
    sign_in: str
    time_zone: str | None
    touch: bool
    device_id: int | None = None
    ended_on: date | None = None


def begin(session: Session) -> None:
    """Make the person that stands for the system itself; the first entry of a new trail."""
    if session.get(Person, SYSTEM.id) is None:
        session.add(Person(id=SYSTEM.id, login="system", name="system", language="en", active=True))
        session.flush()


def add_person(session: Session, person: Actor, *, login: str, name: str, language: str, password: str | None,
               unit_id: int | None = None, email: str | None = None) -> Person:
    """Make a person. `password` None: they cannot sign in yet. Raises Invalid, Doubled."""
    person.need("accounts.manage")
    login = login.strip().lower()
    if session.scalar(select(Person.id).where(Person.login == login)) is not None:
        raise Invalid(f"The sign-in name {login} is taken.", f"登录名 {login} 已被使用。", field="login")
    made = Person(login=login, name=name.strip(), language=language, unit_id=unit_id, email=check_email(email),
                  active=True)
    session.add(made)
    session.flush()
    if password is not None:
        _set_password(session, made, password)
    return made


def edit_person(session: Session, person: Actor, person_id: int, rev: int, *, name: str, language: str,
                unit_id: int | None, active: bool, email: str | None = None) -> Person:
    """Change a person. Someone who is made inactive is signed out everywhere at once; what they delegated is over.

    Raises Invalid, Stale, NotFound.
    """
    need_reach(session, person, person_id)
    edited = session.get(Person, person_id)
    if edited is None:
        raise NotFound
    if edited.rev != rev:
        raise Stale({"name": edited.name, "language": edited.language, "email": edited.email, "active": edited.active},
                    {"name": name, "language": language, "email": email, "active": active})
    if not active and edited.id == person.id:
        raise Invalid("You cannot make yourself inactive: someone else does that.", "不能停用自己: 须由他人操作。",
                      field="active")
    edited.name, edited.language, edited.unit_id, edited.active = name.strip(), language, unit_id, active
    edited.email = check_email(email)
    session.flush()
    if not active:
        end_all(session, person, person_id)
        cut_what_leans_on(session, now(session).date() - timedelta(days=1), person_id=person_id)
    return edited


def set_password(session: Session, person: Actor, person_id: int, password: str) -> None:
    """Give someone a new password and end their sign-ins. Raises Invalid, NotFound."""
    if person.id != person_id:
        need_reach(session, person, person_id)
    changed = session.get(Person, person_id)
    if changed is None:
        raise NotFound
    _set_password(session, changed, password)
    end_all(session, person, person_id)


def change_password(session: Session, person: Actor, *, old: str, new: str) -> None:
    """Change one's own password, knowing the old one. Raises Invalid."""
    if not matches(session, person.id, old):
        raise Invalid("This is not your present password.", "这不是您当前的密码。", field="old")
    set_password(session, person, person.id, new)


def choose_language(session: Session, person: Actor, language: str) -> None:
    """Remember the language in which a person reads."""
    chosen = session.get(Person, person.id)
    if chosen is not None and language in {"zh", "en"}:
        chosen.language = language


def grant(session: Session, person: Actor, person_id: int, *, role: str, starts_on: date, site_id: int | None = None,
          unit_id: int | None = None, ends_on: date | None = None, delegated_by_id: int | None = None,
          reason: str | None = None, auditor_days: int = AUDITOR_DAYS) -> Grant:
    """Give a role in a scope, or put a delegation down for somebody; an auditor's lasts at most `auditor_days`.

    Raises Refused (R-49), Invalid, NotAllowed, NotFound.
    """
    need_site(session, person, site_id, unit_id)
    if role not in ROLES:
        raise Invalid(f"There is no role {role}.", f"没有角色 {role}。", field="role")
    check_days(starts_on, ends_on)
    check_term(role, starts_on, ends_on, auditor_days)
    if session.get(Person, person_id) is None:
        raise NotFound
    source = None
    if delegated_by_id is not None:
        source = source_of(session, delegated_by_id, role, starts_on, ends_on, site_id, unit_id)
        check_source(session, source, person_id, site_id=site_id, unit_id=unit_id, starts_on=starts_on,
                     ends_on=ends_on, reason=reason)
    given = Grant(person_id=person_id, role=role, site_id=site_id, unit_id=unit_id, starts_on=starts_on,
                  ends_on=ends_on, delegated_by_id=delegated_by_id, delegated_grant_id=source.id if source else None,
                  reason=reason)
    session.add(given)
    session.flush()
    return given


def end_grant(session: Session, person: Actor, grant_id: int, rev: int, *, last_day: date,
              auditor_days: int = AUDITOR_DAYS) -> Grant:
    """Let a grant end on a day, and what was delegated of it; an auditor's lasts at most `auditor_days`.

    Raises Refused (R-49), Stale, NotFound, Invalid.
    """
    person.need(MANAGE)
    ended = session.get(Grant, grant_id)
    if ended is None:
        raise NotFound
    need_site(session, person, ended.site_id, ended.unit_id)
    if ended.rev != rev:
        raise Stale({"ends_on": ended.ends_on}, {"ends_on": last_day})
    check_days(ended.starts_on, last_day)
    check_term(ended.role, ended.starts_on, last_day, auditor_days)
    ended.ends_on = last_day
    cut_what_leans_on(session, last_day, grant_id=ended.id)
    session.flush()
    return ended


def sign_in(session: Session, *, login: str, password: str, address: str | None, agent: str | None,
            lasts: timedelta) -> str | None:
    """Return the token of a new sign-in, or None when login and password do not belong together.

    A refused try is counted and kept: the caller must let this transaction end normally. Raises Invalid when too many
    were counted, and when the password is right and the access is over.
    """
    login = login.strip().lower()[:60]
    at = now(session)
    _refuse_guessing(session, login, address, at)
    found = session.scalar(select(Person).where(Person.login == login, Person.active))
    if not matches(session, found.id if found else None, password) or found is None:
        session.add(Attempt(login=login, address=address, at=at))
        return None
    refuse_ended(session, found.id)
    token = secrets.token_urlsafe(32)
    session.add(SignIn(token_hash=_digest(token), person_id=found.id, public_id=str(uuid.uuid4()), started_at=at,
                       seen_at=at, ends_at=at + lasts, address=address, agent=(agent or "")[:300]))
    return token


_FIRST_ZONE = select(Site.time_zone).order_by(Site.id).limit(1).scalar_subquery()
_BEHALF = aliased(Person)
_WHO = Prepared(
    select(Person.id, Person.name, Person.language, SignIn.public_id, SignIn.seen_at, Grant.id, Grant.role,
           Grant.site_id, Unit.path, func.coalesce(Site.time_zone, _FIRST_ZONE), SignIn.method, SignIn.device_id,
           Device.name.label("tablet"), Grant.ends_on, Grant.delegated_by_id, _BEHALF.name.label("behalf"))
    .join(SignIn, SignIn.person_id == Person.id)
    .outerjoin(Device, Device.id == SignIn.device_id)
    .outerjoin(Grant, (Grant.person_id == Person.id) & (Grant.starts_on <= bindparam("today", type_=Date))
               & or_(Grant.ends_on.is_(None), Grant.ends_on >= bindparam("today", type_=Date)))
    .outerjoin(Unit, Unit.id == Grant.unit_id)
    .outerjoin(Site, Site.id == Grant.site_id)
    .outerjoin(_BEHALF, _BEHALF.id == Grant.delegated_by_id)
    .where(SignIn.token_hash == bindparam("token"), SignIn.ended_at.is_(None),
           SignIn.ends_at > bindparam("at", type_=UtcTime), SignIn.seen_at > bindparam("idle_since", type_=UtcTime),
           Person.active)
    .order_by(Grant.delegated_by_id.is_not(None), Grant.id)
)
_LAST_DAY = Prepared(select(func.max(func.coalesce(Grant.ends_on, date.max))).where(
    Grant.person_id == bindparam("person_id")))


def person_of(connection: Connection, token: str, *, address: str | None = None, request_id: str | None = None,
              idle: timedelta = timedelta(hours=1)) -> Found | None:
    """Return who holds a token, with the grants in force today; None when it is unknown, ended or idle too long.

    Who has had roles and holds none any more is told by `ended_on`.
    """
    at = utc_now()
    rows = _WHO.rows(connection, {"token": _digest(token), "at": at, "today": at.date(), "idle_since": at - idle})
    if not rows:
        return None
    person_id, name, language, public_id, seen_at = rows[0][:5]
    method, device_id, tablet = rows[0][10:13]
    if device_id is not None and at - seen_at > IDLE_AT_TABLET:
        return None
    grants = tuple(Held(*r[5:9], *r[13:]) for r in rows if r[5] is not None)
    ended_on = None if grants else _ended_on(connection, person_id, at.date())
    zone = next((r[9] for r in rows if r[9] is not None), None)
    actor = Actor(id=person_id, name=name, grants=grants, language=language, method=method, session_id=public_id,
                  device=tablet, address=address, request_id=request_id)
    touch = at - seen_at > (SEEN_EVERY if device_id is None else TOUCHED_EVERY)
    return Found(actor, public_id, zone, touch, device_id, ended_on)


def _ended_on(connection: Connection, person_id: int, today: date) -> date | None:
    """Return the last day of an access that is over; None for who has never had a role, or has one to come."""
    [(last,)] = _LAST_DAY.rows(connection, {"person_id": person_id})
    return last if last is not None and last < today else None


def refuse_ended(session: Session, person_id: int) -> None:
    """Raise Invalid for who has had roles and holds none any more."""
    last = _ended_on(session.connection(), person_id, now(session).date())
    if last is not None:
        raise Invalid(f"Your access ended on {last}. An administrator can extend it.",
                      f"您的访问权限已于 {last} 结束。系统管理员可以延长。")


def actor_for(session: Session, login: str, *, method: str) -> Actor:
    """Return a person as an actor, for the command line and for jobs. Raises NotFound."""
    found = session.scalar(select(Person).where(Person.login == login, Person.active))
    if found is None:
        raise NotFound(f"There is no person who signs in as {login}.", f"没有登录名为 {login} 的人员。")
    return Actor(id=found.id, name=found.name, grants=grants_of(session, found.id), language=found.language,
                 method=method)


def grants_of(session: Session, person_id: int) -> tuple[Held, ...]:
    """Return the grants that a person holds today, those in their own right first."""
    today = utc_now().date()
    rows = session.execute(
        select(Grant.id, Grant.role, Grant.site_id, Unit.path, Grant.ends_on, Grant.delegated_by_id, _BEHALF.name)
        .outerjoin(Unit, Unit.id == Grant.unit_id).outerjoin(_BEHALF, _BEHALF.id == Grant.delegated_by_id)
        .where(Grant.person_id == person_id, Grant.starts_on <= today,
               or_(Grant.ends_on.is_(None), Grant.ends_on >= today))
        .order_by(Grant.delegated_by_id.is_not(None), Grant.id))
    return tuple(Held(*row) for row in rows.all())


def seen(session: Session, token: str) -> None:
    """Write down that a sign-in was used now."""
    session.execute(update(SignIn).where(SignIn.token_hash == _digest(token)).values(seen_at=utc_now()))


def sign_out(session: Session, token: str) -> None:
    """End a sign-in; its token is dead at once."""
    session.execute(update(SignIn).where(SignIn.token_hash == _digest(token), SignIn.ended_at.is_(None))
                    .values(ended_at=utc_now()))


def end_sign_in(session: Session, person: Actor, public_id: str) -> None:
    """End one of one's own sign-ins, or another's with the permission. Raises NotFound, NotAllowed."""
    owner = session.scalar(select(SignIn.person_id).where(SignIn.public_id == public_id))
    if owner is None:
        raise NotFound
    if owner != person.id:
        need_reach(session, person, owner)
    session.execute(update(SignIn).where(SignIn.public_id == public_id, SignIn.ended_at.is_(None))
                    .values(ended_at=utc_now()))


def end_all(session: Session, person: Actor, person_id: int) -> None:
    """End every sign-in of a person."""
    if person_id != person.id:
        need_reach(session, person, person_id)
    session.execute(update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
                    .values(ended_at=utc_now()))


def sign_ins_of(session: Session, person: Actor, person_id: int) -> list[SignIn]:
    """Return a person's sign-ins that are still open, latest first. Raises NotAllowed."""
    if person_id != person.id:
        person.need("accounts.view")
    at = utc_now()
    return list(session.scalars(
        select(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.ends_at > at,
                             SignIn.device_id.is_(None) | (SignIn.seen_at > at - IDLE_AT_TABLET))
        .options(joinedload(SignIn.device)).order_by(SignIn.started_at.desc())))


def matches(session: Session, person_id: int | None, password: str) -> bool:
    """Compare a password in the same time whether or not there is such a person."""
    kept = session.get(PasswordHash, person_id) if person_id is not None else None
    return fits(kept.hash if kept else None, password)


def prove(session: Session, person: Actor, password: str, *, address: str | None) -> Proof | None:
    """Return the proof that somebody who is signed in knows their own password; None: a wrong one, which is counted.

    The caller must let this transaction end normally. Raises Invalid when too many were counted.
    """
    login = session.get_one(Person, person.id).login
    at = now(session)
    _refuse_guessing(session, login, address, at, field="password")
    if matches(session, person.id, password):
        return Proof(person.id, "password", at)
    session.add(Attempt(login=login, address=address, at=at))
    return None


def hashed(secret: str) -> str:
    """Return what is kept of a password or a PIN."""
    return _hasher.hash(secret)


def fits(kept: str | None, secret: str) -> bool:
    """Tell whether a password or PIN is the one that was kept; takes as long when none was."""
    try:
        _hasher.verify(kept or _NOBODY, secret)
    except (VerifyMismatchError, InvalidHashError):
        return False
    return kept is not None


def _set_password(session: Session, person: Person, password: str) -> None:
    if len(password) < SHORTEST_PASSWORD:
        raise Invalid(f"A password has at least {SHORTEST_PASSWORD} characters.",
                      f"密码至少 {SHORTEST_PASSWORD} 个字符。", field="password")
    if password.lower() in {person.login, person.name.lower()} or len(set(password)) < 4:
        raise Invalid("This password is too easy to guess.", "这个密码太容易猜到。", field="password")
    kept = session.get(PasswordHash, person.id)
    if kept is None:
        session.add(PasswordHash(person_id=person.id, hash=hashed(password), changed_at=now(session)))
    else:
        kept.hash, kept.changed_at = hashed(password), now(session)
    session.flush()


def _refuse_guessing(session: Session, login: str, address: str | None, at: datetime, *, field: str = "login") -> None:
    since = at - ATTEMPT_WINDOW
    by_login = session.scalar(select(func.count()).where(Attempt.login == login, Attempt.at > since)) or 0
    by_address = session.scalar(select(func.count()).where(Attempt.address == address, Attempt.at > since)) or 0
    if by_login >= ATTEMPTS_PER_LOGIN or by_address >= ATTEMPTS_PER_ADDRESS:
        raise Invalid("Too many failed tries. Wait 15 minutes.", "失败次数过多, 请等待15分钟。", field=field)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
