"""How D7 is answered: documents by class, the risk register, similar places (R-28). Knows no page and no form."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.db import now
from qms.models.acceptance import Standard
from qms.models.actions import Action
from qms.models.actions_causes import DocumentUpdate, ReadAcross
from qms.models.chain import Item, Site, Unit
from qms.rules import actions_documents as rules
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, Invalid, NotFound, Stale
from qms.workflows.actions_parts import FOLLOWED, case, case_of, changing, check_version, part, said, text
from qms.workflows.actions_tasks import add as add_task


def documents_of(session: Session, person: Actor, action_id: int) -> Mapping[str, DocumentUpdate]:
    """Map each class of document that was answered to its answer. Raises NotFound."""
    case(session, person, action_id)
    found = session.scalars(select(DocumentUpdate).where(DocumentUpdate.action_id == action_id)
                            .options(joinedload(DocumentUpdate.standard), joinedload(DocumentUpdate.answered_by)))
    return {answer.document: answer for answer in found}


def read_across_of(session: Session, person: Actor, action_id: int) -> Sequence[ReadAcross]:
    """Return the similar places that were asked for, oldest first. Raises NotFound."""
    case(session, person, action_id)
    return session.scalars(
        select(ReadAcross).where(ReadAcross.action_id == action_id, ReadAcross.active).order_by(ReadAcross.id)
        .options(joinedload(ReadAcross.site), joinedload(ReadAcross.unit), joinedload(ReadAcross.item),
                 joinedload(ReadAcross.task), joinedload(ReadAcross.answered_by))).all()


def answer(session: Session, person: Actor, action_id: int, document: str, rev: int, *, affected: bool | None,
           reference: str | None = None, rev_before: str | None = None, rev_after: str | None = None,
           standard_id: int | None = None, reason: str | None = None) -> DocumentUpdate:
    """Answer for a class of document: revised from x to y, or not affected and why (R-28). `rev` 0: the first answer.

    A control plan may name the acceptance standard's new revision; number and revision are then read from it.
    Raises Refused, Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    action = changing(session, person, action_id, FOLLOWED)
    if document not in rules.CLASSES:
        raise NotFound
    held = session.scalar(select(DocumentUpdate).where(DocumentUpdate.action_id == action_id,
                                                       DocumentUpdate.document == document))
    given = {"affected": affected, "reference": reference, "rev_before": rev_before, "rev_after": rev_after,
             "reason": reason}
    _check_answered_at(held, rev, given)
    standard = _standard(session, action, document, standard_id) if affected else None
    if standard is not None:
        reference, rev_before, rev_after = _revisions(standard, reference, rev_before, rev_after)
    said_so = rules.Answer(affected, text(rev_before), text(rev_after), text(reason))
    rules.check_answer(document, said_so)
    held = held or DocumentUpdate(action_id=action_id, document=document)
    held.affected, held.reference = affected, text(reference) if affected else None
    held.rev_before, held.rev_after = (said_so.rev_before, said_so.rev_after) if affected else (None, None)
    held.reason, held.standard_id = said_so.reason, standard.id if standard else None
    held.answered_at, held.answered_by_id = now(session), person.id
    session.add(held)
    session.flush()
    return held


def standards_for(session: Session, action: Action) -> Sequence[Standard]:
    """Return the standards that can prove a control plan's update: approved since the case was opened, newest first.

    They are of the case's link, else of its item.
    """
    place = _place(action)
    if place is None:
        return ()
    return session.scalars(select(Standard).where(Standard.state == "approved", Standard.approved_at > action.opened_at,
                                                  place).order_by(Standard.id.desc()).limit(20)).all()


def answer_risk(session: Session, person: Actor, action_id: int, rev: int, *, risk_register: str | None) -> Action:
    """Say what changed in the risk register, or why nothing did.

    Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    action = changing(session, person, action_id, FOLLOWED)
    check_version(action, rev, {"risk_register": risk_register})
    action.risk_register = said(risk_register, "risk_register")
    session.flush()
    return action


def ask_across(session: Session, person: Actor, action_id: int, *, site_id: int | None = None,
               unit_id: int | None = None, item_id: int | None = None, note: str | None = None) -> ReadAcross:
    """Ask whether the same can happen in a similar place: a site, a unit, an item, or one named in words.

    Raises Invalid, IllegalStep, NotAllowed, NotFound.
    """
    changing(session, person, action_id, FOLLOWED)
    given: tuple[tuple[str, Any, int | None], ...] = (
        ("site_id", Site, site_id), ("unit_id", Unit, unit_id), ("item_id", Item, item_id))
    for field, cls, record_id in given:
        if record_id is not None and session.get(cls, record_id) is None:
            raise Invalid("There is no such record.", "没有这条记录。", field=field)
    if text(note) is None and not any(record_id for _, _, record_id in given):
        raise Invalid("Name the similar place.", "请填写类似场所。", field="note")
    same = [r for r in read_across_of(session, person, action_id)
            if (r.site_id, r.unit_id, r.item_id, r.note) == (site_id, unit_id, item_id, text(note))]
    if same:
        raise IllegalStep("This place is asked for already.", "已询问过此场所。")
    made = ReadAcross(action_id=action_id, site_id=site_id, unit_id=unit_id, item_id=item_id, note=text(note))
    session.add(made)
    session.flush()
    return made


def answer_across(session: Session, person: Actor, read_across_id: int, rev: int, *, applies: bool,
                  reason: str | None = None, task: str | None = None, owner_id: int | None = None,
                  due_at: datetime | None = None, due_hours: float | None = None) -> ReadAcross:
    """Answer for a similar place: it applies there, and what is done by whom; or it does not, and why.

    Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    asked = _asked(session, person, read_across_id, rev, applies=applies, reason=reason)
    if applies:
        if asked.task_id is None:
            asked.task_id = add_task(session, person, asked.action_id, kind="read_across", text=said(task, "task"),
                                     owner_id=owner_id, due_at=due_at, due_hours=due_hours).id
        asked.reason = text(reason)
    else:
        asked.reason = said(reason, "reason")
    asked.applies, asked.answered_at, asked.answered_by_id = applies, now(session), person.id
    session.flush()
    return asked


def take_out_across(session: Session, person: Actor, read_across_id: int, rev: int) -> ReadAcross:
    """Take a place out again that nobody has answered for. Raises Stale, IllegalStep, NotAllowed, NotFound."""
    asked = _asked(session, person, read_across_id, rev, active=False)
    if asked.applies is not None:
        raise IllegalStep("This place has been answered: it stays.", "此场所已答复, 不能移除。")
    asked.active = False
    session.flush()
    return asked


def check_documents(session: Session, action: Action) -> None:
    """Raise Refused (R-28) unless the documents of a case are answered."""
    held = session.scalars(select(DocumentUpdate).where(DocumentUpdate.action_id == action.id))
    rules.check_documents({a.document: rules.Answer(a.affected, a.rev_before, a.rev_after, a.reason) for a in held})


def check_places(session: Session, action: Action) -> None:
    """Raise Refused (R-28) unless the similar places of a case are answered."""
    rules.check_places(session.scalars(select(ReadAcross.applies).where(ReadAcross.action_id == action.id,
                                                                        ReadAcross.active)).all())


def _check_answered_at(held: DocumentUpdate | None, rev: int, given: dict[str, Any]) -> None:
    if held is not None:
        check_version(held, rev, given)
    elif rev != 0:
        raise Stale({}, given)


def _asked(session: Session, person: Actor, read_across_id: int, rev: int, **given: Any) -> ReadAcross:
    changing(session, person, case_of(session, ReadAcross, read_across_id), FOLLOWED)
    asked = part(session, person, ReadAcross, read_across_id)
    if not asked.active:
        raise NotFound
    check_version(asked, rev, given)
    return asked


def _standard(session: Session, action: Action, document: str, standard_id: int | None) -> Standard | None:
    """Return the standard that a control plan names. Raises Invalid, Refused (R-28)."""
    if standard_id is None:
        return None
    found = session.get(Standard, standard_id)
    if document != "control_plan" or found is None:
        raise Invalid("Only the control plan names an acceptance standard.", "只有控制计划可引用验收标准。",
                      field="standard_id")
    rules.check_standard(
        approved=found.state == "approved",
        newer=found.approved_at is not None and found.approved_at > action.opened_at,
        same_place=found.id in {standard.id for standard in standards_for(session, action)})
    return found


def _place(action: Action) -> Any:
    """Return the condition that a standard is of the case's link or item; None where the case has neither."""
    if action.link_id is not None:
        return Standard.link_id == action.link_id
    return Standard.item_id == action.item_id if action.item_id is not None else None


def _revisions(standard: Standard, reference: str | None, before: str | None,
               after: str | None) -> tuple[str, str, str]:
    """Return number and revisions as the standard has them, unless others were given."""
    return (text(reference) or standard.form_number, text(before) or str(standard.revision - 1),
            text(after) or str(standard.revision))
