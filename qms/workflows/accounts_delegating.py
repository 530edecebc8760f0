"""Delegation of one's own roles for an absence: given, taken back, given back (R-49). Knows no request."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from qms.db import acted, now
from qms.models.accounts import Grant
from qms.rules.accounts import Actor
from qms.rules.accounts_grants import check_days
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, NotFound, Stale
from qms.workflows.accounts_delegable import check_source
from qms.workflows.accounts_reach import MANAGE, need_site


def delegate(session: Session, person: Actor, grant_id: int, to_id: int, *, starts_on: date | None,
             ends_on: date | None, reason: str | None, unit_id: int | None = None) -> Grant:
    """Give one of one's own roles to somebody for some days, whole or for a unit of it.

    Raises Refused (R-49), Invalid, NotAllowed, NotFound.
    """
    _need_desk(person)
    source = session.get(Grant, grant_id, with_for_update=True)
    if source is None or source.person_id != person.id:
        raise NotFound
    site_id, unit_id = source.site_id, unit_id if unit_id is not None else source.unit_id
    check_source(session, source, to_id, site_id=site_id, unit_id=unit_id, starts_on=starts_on, ends_on=ends_on,
                 reason=reason)
    if starts_on is None:
        raise NotFound
    check_days(starts_on, ends_on)
    if starts_on < now(session).date():
        raise Invalid("A delegation begins today at the earliest.", "委托最早从今天开始。", field="starts_on")
    made = Grant(person_id=to_id, role=source.role, site_id=site_id, unit_id=unit_id, starts_on=starts_on,
                 ends_on=ends_on, delegated_by_id=person.id, delegated_grant_id=source.id,
                 reason=(reason or "").strip())
    session.add(made)
    acted(session, "R-49")
    session.flush()
    return made


def end(session: Session, person: Actor, grant_id: int, rev: int) -> Grant:
    """End a delegation early: whoever gave it, received it, or manages people there. It lasts until today's end.

    One that has not begun is withdrawn. Raises Stale, IllegalStep, NotAllowed, NotFound.
    """
    _need_desk(person)
    held = session.get(Grant, grant_id, with_for_update=True)
    if held is None or held.delegated_by_id is None:
        raise NotFound
    if person.id not in {held.person_id, held.delegated_by_id}:
        if not person.may(MANAGE):
            raise NotFound
        need_site(session, person, held.site_id, held.unit_id)
    today = now(session).date()
    if held.rev != rev:
        raise Stale({"ends_on": held.ends_on}, {"ends_on": today})
    if held.ends_on is not None and held.ends_on < max(today, held.starts_on):
        raise IllegalStep("This delegation has ended already.", "此委托已结束。")
    cut(held, today)
    session.flush()
    return held


def cut(held: Grant, last_day: date) -> None:
    """Let a grant end on a day; one that would not have begun by then is withdrawn."""
    held.ends_on = last_day if held.starts_on <= last_day else held.starts_on - timedelta(days=1)


def cut_what_leans_on(session: Session, last_day: date, *, grant_id: int | None = None,
                      person_id: int | None = None) -> None:
    """Let every delegation of a grant, or by a person, end no later than it does (R-49)."""
    whose = Grant.delegated_grant_id == grant_id if grant_id is not None else Grant.delegated_by_id == person_id
    for leaning in session.scalars(select(Grant).where(whose, or_(Grant.ends_on.is_(None), Grant.ends_on > last_day))):
        cut(leaning, last_day)
        acted(session, "R-49")
    session.flush()


def given(session: Session, person: Actor) -> Sequence[Grant]:
    """Return what somebody has delegated, newest first."""
    return _shown(session, Grant.delegated_by_id == person.id)


def received(session: Session, person: Actor) -> Sequence[Grant]:
    """Return what was delegated to somebody, newest first."""
    return _shown(session, (Grant.person_id == person.id) & Grant.delegated_by_id.is_not(None))


def _shown(session: Session, whose: ColumnElement[bool]) -> Sequence[Grant]:
    return session.scalars(select(Grant).where(whose).options(
        joinedload(Grant.person), joinedload(Grant.delegated_by), joinedload(Grant.site), joinedload(Grant.unit))
        .order_by(Grant.id.desc()).limit(100)).all()


def _need_desk(person: Actor) -> None:
    if person.method == "pin":
        raise NotAllowed(MANAGE, "Sign in with your password at a desk to do this.", "此操作须在办公电脑上用密码登录。")
