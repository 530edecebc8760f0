"""What is done with qualifications: given, corrected, ended, asked for (R-51). Knows no page."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.accounts import Person
from qms.models.accounts_qualifications import Qualification
from qms.models.chain import Site, Unit
from qms.rules import accounts_qualifications as rules
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.errors import IllegalStep, Invalid, NotFound
from qms.workflows.acceptance_records import today
from qms.workflows.accounts_reach import need_reach, reaches
from qms.workflows.chain_records import change, check_version, required

GIVE = "accounts.enrol"
"""Held by leaders for the people of their units; accounts.manage reaches those of its sites."""
FURTHEST_EAST = timedelta(hours=14)
"""By how much a day begins earlier where it begins first: for people of no unit, whose zone is not known."""


def check_qualified(session: Session, person: Actor, site_id: int, kind: str, reason: str | None) -> None:
    """Enforce R-51 on who is about to do a kind of work at a site; the trail keeps the reason that lets them go on.

    Raises Refused, or NeedsReason where the site only warns and no reason is given.
    """
    setting = session.get_one(Site, site_id).qualification
    if setting == "off":
        return
    on = today(session, site_id)
    held = session.scalars(select(Qualification.valid_to).where(
        Qualification.person_id == person.id, Qualification.kind == kind, Qualification.ended_at.is_(None))).all()
    if any(valid_to is None or valid_to >= on for valid_to in held):
        return
    because = rules.check_qualified(setting, kind, max((day for day in held if day is not None), default=None), reason)
    session.info["reason"] = f"R-51: {because}"


def give(session: Session, person: Actor, person_id: int, *, kind: str, trained_on: date | None, trainer: str,
         evidence_ref: str | None = None, valid_to: date | None = None) -> Qualification:
    """Record what somebody was trained for; nobody does so for themselves. Raises Invalid, NotAllowed, NotFound."""
    trainee = may_qualify(session, person, person_id)
    given = _checked(session, trainee, kind=kind, trained_on=trained_on, trainer=trainer, evidence_ref=evidence_ref,
                     valid_to=valid_to)
    if not trainee.active:
        raise Invalid(f"{trainee.name} is not active.", f"{trainee.name} 已停用。")
    made = Qualification(person_id=person_id, given_by_id=person.id, **given)
    session.add(made)
    session.flush()
    return made


def correct(session: Session, person: Actor, qualification_id: int, rev: int, *, reason: str | None,
            **fields: Any) -> Qualification:
    """Correct a qualification: a new version with its reason.

    Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    record, trainee = _open(session, person, qualification_id, rev, fields)
    session.info["reason"] = required(reason, "reason")
    given = _checked(session, trainee, **fields)
    if all(getattr(record, key) == value for key, value in given.items()):
        raise Invalid("Nothing is corrected yet.", "没有任何更正。", field="reason")
    change(record, given)
    session.flush()
    return record


def end(session: Session, person: Actor, qualification_id: int, rev: int, *, reason: str | None) -> Qualification:
    """Take a qualification back, which counts no more. Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound."""
    record, _trainee = _open(session, person, qualification_id, rev, {"reason": reason})
    record.reason = session.info["reason"] = required(reason, "reason")
    record.ended_at, record.ended_by_id = now(session), person.id
    session.flush()
    return record


def may_qualify(session: Session, person: Actor, person_id: int) -> Person:
    """Return somebody else whom the person may qualify. Raises Invalid, NotAllowed, NotFound."""
    found = session.get(Person, person_id)
    if found is None or found.id == SYSTEM.id:
        raise NotFound
    home = session.get(Unit, found.unit_id) if found.unit_id else None
    if not reaches(session, person, person_id):
        if home is None:
            need_reach(session, person, person_id)
        else:
            person.need(GIVE, site_id=home.site_id, unit_path=home.path)
    if found.id == person.id:
        raise Invalid("Somebody else records what you are qualified for.", "本人的资质须由他人登记。")
    return found


def _open(session: Session, person: Actor, qualification_id: int, rev: int, given: dict[str, Any],
          ) -> tuple[Qualification, Person]:
    record = session.get(Qualification, qualification_id, with_for_update=True)
    if record is None:
        raise NotFound
    trainee = may_qualify(session, person, record.person_id)
    if record.ended_at is not None:
        raise IllegalStep("This qualification has ended.", "此资质已结束。")
    check_version(record, rev, given)
    return record, trainee


def _checked(session: Session, trainee: Person, *, kind: str, trained_on: date | None, trainer: str,
             evidence_ref: str | None, valid_to: date | None) -> dict[str, Any]:
    home = session.get(Unit, trainee.unit_id) if trainee.unit_id else None
    on = today(session, home.site_id) if home else (now(session) + FURTHEST_EAST).date()
    rules.check_given(kind, trained_on, valid_to, on=on)
    return {"kind": kind, "trained_on": trained_on, "trainer": required(trainer, "trainer"),
            "evidence_ref": (evidence_ref or "").strip() or None, "valid_to": valid_to}
