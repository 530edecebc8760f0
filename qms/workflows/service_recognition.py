"""How units, and people who agree, are recognised for solved causes and honest self-reports. Knows no page."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, joinedload

from qms.db import now
from qms.models.accounts import Person
from qms.models.actions import Action
from qms.models.chain import Unit
from qms.models.rejections import Rejection
from qms.models.service_recognition import Recognition
from qms.rules import service_recognition as rules
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, Invalid, NotFound, Refused
from qms.rules.steps import allowed, step
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.rejections_records import check_version
from qms.workflows.service_complaints_records import VIEW, sees, told


@dataclass(frozen=True, slots=True)
class Filter:
    """What recognitions are asked for; empty texts and None ask for everything."""

    sought: str = ""
    site_id: int | None = None
    state: str = ""
    kind: str = ""
    unit_id: int | None = None


def propose(session: Session, person: Actor, *, unit_id: int, kind: str, record: str, reason: str,
            honoured_id: int | None = None, points: int | None = None) -> Recognition:
    """Propose to recognise a unit, or a person in it, for what a record shows; `record` is its number.

    A solved cause is a case closed with its effectiveness proven; a self-report a rejection of the own work. Nobody
    proposes themselves. Raises Invalid, Refused (R-35), NotFound, NotAllowed.
    """
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise Invalid("There is no such unit.", "没有此单元。", field="unit_id")
    person.need(VIEW, site_id=unit.site_id)
    person.need("service.complain", site_id=unit.site_id)
    action, rejection = _earned(session, unit, kind, record)
    rules.check_recognition(kind, points, linked=action is not None or rejection is not None)
    honoured = session.get(Person, honoured_id) if honoured_id else None
    if honoured_id and (honoured is None or not honoured.active):
        raise Invalid("There is no such person.", "没有此人员。", field="honoured_id")
    rules.check_approver(proposed=False, honoured=person.is_for(honoured_id))
    made = Recognition(
        site_id=unit.site_id, unit_id=unit.id, kind=kind, state=rules.RECOGNITION.first, honoured_id=honoured_id,
        action_id=action.id if action else None, rejection_id=rejection.id if rejection else None,
        reason=told(reason, "reason"), points=points, proposed_at=now(session), proposed_by_id=person.id)
    session.add(made)
    session.flush()
    return made


def consent(session: Session, person: Actor, recognition_id: int, rev: int) -> Recognition:
    """Agree to be named; only the person themselves can. Raises Refused (R-35), Stale, IllegalStep, NotFound."""
    found = _held(session, person, recognition_id, rev)
    step(rules.RECOGNITION, found.state, "consent")
    if found.honoured_id != person.id:
        raise Refused("R-35", "Only the person who would be named agrees to it.", "只有被表彰人本人可以同意。")
    if found.consented_at is not None:
        raise IllegalStep("You have agreed already.", "您已同意。")
    found.consented_at = now(session)
    session.flush()
    return found


def approve(session: Session, person: Actor, recognition_id: int, rev: int) -> Recognition:
    """Approve a recognition as somebody else. Raises Refused (R-35), Stale, IllegalStep, NotFound, NotAllowed."""
    found, grant = _decided(session, person, recognition_id, rev)
    rules.check_consent(personal=found.honoured_id is not None, consented=found.consented_at is not None)
    return _settled(session, person, found, "approve", grant)


def decline(session: Session, person: Actor, recognition_id: int, rev: int) -> Recognition:
    """Decline a recognition as somebody else. Raises Refused (R-35), Stale, IllegalStep, NotFound, NotAllowed."""
    found, grant = _decided(session, person, recognition_id, rev)
    return _settled(session, person, found, "decline", grant)


def offered(person: Actor, found: Recognition) -> list[str]:
    """Return the names of the steps that a person may take."""
    names = [one.name for one in allowed(rules.RECOGNITION, found.state)]
    mine = found.honoured_id == person.id
    may = (person.may(rules.RECOGNISE, site_id=found.site_id, unit_path=found.unit.path)
           and not mine and found.proposed_by_id != person.id)
    return [name for name in names if (mine and found.consented_at is None if name == "consent" else may)]


def register(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Recognition]:
    """Return a page of recognitions, newest first. Raises NotAllowed."""
    person.need(VIEW)
    query = (select(Recognition).join(Recognition.unit).where(*conditions(person, wanted))
             .options(joinedload(Recognition.unit), joinedload(Recognition.honoured), joinedload(Recognition.action),
                      joinedload(Recognition.rejection), joinedload(Recognition.proposed_by),
                      joinedload(Recognition.decided_by)))
    return page(session, query, Recognition, {"proposed": Sorting(Recognition.id, "id")},
                wish._replace(sort=wish.sort or "-proposed"))


def conditions(person: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what a recognition of the register must fulfil; its unit is joined."""
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [Recognition.site_id.in_(sorted(sites))]
    same: dict[Any, Any] = {Recognition.site_id: wanted.site_id, Recognition.state: wanted.state,
                            Recognition.kind: wanted.kind, Recognition.unit_id: wanted.unit_id}
    met += [column == value for column, value in same.items() if value not in {"", None}]
    met += [or_(*(column.icontains(word, autoescape=True) for column in (
        Recognition.reason, Unit.code, Unit.name_zh, Unit.name_en))) for word in wanted.sought.split()]
    return met


def named(found: Recognition) -> Person | None:
    """Return the person to be named: only who agreed, and once it is approved; else the unit alone is shown."""
    return found.honoured if found.consented_at is not None and found.state == "approved" else None


def _earned(session: Session, unit: Unit, kind: str, number: str) -> tuple[Action | None, Rejection | None]:
    """Return the proven case or the self-report of that number. Raises Invalid for another record."""
    number = (number or "").strip()
    if kind == "solved_cause":
        action = session.scalar(select(Action).where(Action.number == number, Action.site_id == unit.site_id))
        if action is None or action.state != "closed":
            raise Invalid("This is no case that was closed as effective.", "该案例不存在或尚未有效关闭。",
                          field="record")
        return action, None
    rejection = session.scalar(select(Rejection).where(Rejection.number == number, Rejection.site_id == unit.site_id))
    if rejection is None or rejection.kind not in rules.SELF_REPORTS or rejection.state == "void":
        raise Invalid("This is no report of the own work.", "该记录不是自报。", field="record")
    return None, rejection


def _decided(session: Session, person: Actor, recognition_id: int, rev: int) -> tuple[Recognition, int | None]:
    found = _held(session, person, recognition_id, rev)
    grant = person.need(rules.RECOGNISE, site_id=found.site_id, unit_path=session.get_one(Unit, found.unit_id).path)
    rules.check_approver(proposed=person.is_for(found.proposed_by_id), honoured=person.is_for(found.honoured_id))
    return found, grant


def _settled(session: Session, person: Actor, found: Recognition, name: str, grant: int | None) -> Recognition:
    found.state = step(rules.RECOGNITION, found.state, name)
    found.decided_at, found.decided_by_id, found.grant_id = now(session), person.id, grant
    session.flush()
    return found


def _held(session: Session, person: Actor, recognition_id: int, rev: int) -> Recognition:
    found = session.get(Recognition, recognition_id, with_for_update=True)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    check_version(found, rev, {"state": found.state})
    return found
