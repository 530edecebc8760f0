"""How a rejection is corrected, a hold released, a record voided. Knows no page and no form."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.chain import Lot, Unit
from qms.models.rejections import Hold, Rejection
from qms.rules import rejections as rules
from qms.rules.accounts import Actor
from qms.rules.dispositions_authority import Case, authorising
from qms.rules.dispositions_checks import Draft, check_brings
from qms.rules.errors import IllegalStep, Invalid, NotFound, Refused
from qms.rules.steps import step
from qms.workflows.chain_briefs import LotBrief
from qms.workflows.dispositions_notices_opening import void_notices
from qms.workflows.dispositions_records import free, new_line, parents, refuse_decided, split, undecided
from qms.workflows.rejections_escapes import traced_again
from qms.workflows.rejections_records import check_version, locked, path_of, settle
from qms.workflows.rejections_report import found_by, to_hold
from qms.workflows.rejections_situation import situation

RELEASE = "rejections.release"
CORRECTABLE = ("quantity", "lot_id", "item_id", "defect_id", "severity", "zone", "requirement", "actual", "note")


def correct(session: Session, person: Actor, rejection_id: int, rev: int, *, reason: str | None,
            **fields: Any) -> Rejection:
    """Change what was reported, as a new version with its reason; the hold follows the quantity and the lot.

    `fields` are some of CORRECTABLE. Allowed to the reporter and to whoever answers containment in the finding unit.
    Raises Refused (R-43), Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    reason = rules.check_reason(reason)
    rejection = locked(session, person, rejection_id)
    if person.id != rejection.reported_by_id:
        person.need("rejections.contain", site_id=rejection.site_id,
                    unit_path=path_of(session, rejection.found_unit_id))
    corrected = step(rules.STEPS, rejection.state, "correct")
    check_version(rejection, rev, fields)
    wanted = {name: getattr(rejection, name) for name in CORRECTABLE} | fields
    rules.check_report(kind=rejection.kind, quantity=wanted["quantity"], severity=wanted["severity"],
                       source=rejection.source, found_at=None, now=now(session))
    case = situation(session, person, found_unit_id=rejection.found_unit_id, lot_id=wanted["lot_id"],
                     item_id=wanted["item_id"], defect_id=wanted["defect_id"])
    wanted["item_id"] = case.item.id if case.item else None
    if not rejection.whole_lot and wanted["quantity"] != rejection.quantity:
        _hold_other(session, rejection, wanted["quantity"] - rejection.quantity)
    if (wanted["lot_id"], wanted["item_id"]) != (rejection.lot_id, rejection.item_id):
        refuse_decided(session, rejection)
    if wanted["lot_id"] != rejection.lot_id:
        _hold_lot(session, rejection, case.lot)
        rejection.state = corrected
    for name, value in wanted.items():
        if getattr(rejection, name) != value:
            setattr(rejection, name, value)
    rejection.search_text = found_by(rejection, case)
    traced_again(session, rejection, case.day(rejection.found_at))
    return rejection


def release(session: Session, person: Actor, hold_id: int, rev: int, *, good: int, not_good: int,
            result: str | None, criteria_ref: str | None = None) -> Rejection:
    """Release what a re-inspection found good, as no fault found; what it found not good stays held.

    Another person than the reporter inspects again (R-09); what came from outside is judged by agreed criteria (R-31).
    The rejection closes when nothing is held any more and no place of the containment is unanswered. Raises Refused,
    Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    rejection_id = session.scalar(select(Hold.rejection_id).where(Hold.id == hold_id))
    if rejection_id is None:
        raise NotFound
    rejection = locked(session, person, rejection_id)
    hold = session.get_one(Hold, hold_id)  # Read under the lock: somebody else may just have released it.
    person.need(RELEASE, site_id=rejection.site_id, unit_path=path_of(session, rejection.found_unit_id))
    if person.is_for(rejection.reported_by_id):
        raise Refused("R-09", "You reported this rejection: someone else inspects again and releases.",
                      "您是报告人: 须由其他人复检并解除冻结。")
    step(rules.STEPS, rejection.state, "release")
    check_version(hold, rev, {"quantity": good + not_good, "state": "held"})
    if hold.state != "held":
        raise IllegalStep("This quantity is not held any more.", "该数量已不再冻结。")
    if hold.id not in {one.id for one in undecided(session, rejection)}:
        raise IllegalStep("A disposition is decided for it. Withdraw that first.", "已有处置决定, 请先撤回。")
    rules.check_release(good=good, not_good=not_good, held=hold.quantity)
    hold.result = _said(result, "result", "Say what the re-inspection found.", "请填写复检结果。")
    if good == 0:
        session.flush()
        return rejection
    if not_good:
        split(session, hold, not_good)
    _no_fault(session, person, rejection, hold, criteria_ref)
    settle(session, rejection)
    return rejection


def _no_fault(session: Session, person: Actor, rejection: Rejection, hold: Hold, criteria_ref: str | None) -> None:
    """Decide, carry out and verify in one that a quantity is good, so that dispositions still add up (R-07)."""
    found = session.get_one(Unit, rejection.found_unit_id)
    draft = Draft(hold.id, "no_fault", hold.quantity, criteria_ref=criteria_ref)
    outside, at = found.kind == "customer", now(session)
    check_brings(draft, decided_on=at.date(), outside=outside, asks_customer=False)
    grant = authorising(person, Case(draft.code, rejection.severity, outside=outside), permission=RELEASE,
                        site_id=rejection.site_id, path=found.path)
    parent = parents(session, rejection)[hold.id]
    line = new_line(session, person, rejection, draft, grant=grant, parent_id=parent.id if parent else None,
                    started_at=at, started_by_id=person.id, done_at=at, done_by_id=person.id, result=hold.result,
                    verified_at=at, verified_by_id=person.id, verification=hold.result)
    line.state = "completed"
    acted(session, "R-49")
    free(session, person, hold, grant_id=line.grant_id, result=hold.result)


def void(session: Session, person: Actor, rejection_id: int, rev: int, *, reason: str | None) -> Rejection:
    """Declare a rejection void: it keeps its number (R-43), and what it held is free again.

    Raises Refused (R-43), Stale, IllegalStep, NotAllowed, NotFound.
    """
    reason = rules.check_reason(reason)
    rejection = locked(session, person, rejection_id)
    grant_id = person.need("rejections.void", site_id=rejection.site_id,
                           unit_path=path_of(session, rejection.found_unit_id))
    voided = step(rules.STEPS, rejection.state, "void")
    refuse_decided(session, rejection)
    check_version(rejection, rev, {"state": voided, "void_reason": reason})
    rejection.state, rejection.void_reason = voided, reason
    for hold in undecided(session, rejection):
        hold.state, hold.released_at, hold.released_by_id, hold.grant_id = "void", now(session), person.id, grant_id
    void_notices(session, rejection)
    session.flush()
    return rejection


def hold_whole_lot(session: Session, rejection: Rejection, lot: Lot) -> None:
    """Let a rejection hold the whole lot, of which only some was looked at (R-05); the caller has locked it."""
    rejection.whole_lot = True
    _hold_lot(session, rejection, lot)


def _of_report(session: Session, rejection: Rejection) -> list[Hold]:
    """Return what is held of the report itself and not decided yet."""
    return [hold for hold in undecided(session, rejection) if hold.line_id is None]


def _hold_other(session: Session, rejection: Rejection, more: int) -> None:
    """Hold so many more (or fewer) pieces of what was reported."""
    held = _of_report(session, rejection)
    if not held and more > 0:
        session.add(Hold(rejection_id=rejection.id, lot_id=rejection.lot_id, quantity=more, state="held",
                         held_at=now(session)))
    elif not held or held[0].quantity + more < 1:
        raise Invalid("This many are no longer held. Release or void instead.",
                      "已没有这么多冻结数量。请改用解除冻结或作废。", field="quantity")
    else:
        held[0].quantity += more


def _hold_lot(session: Session, rejection: Rejection, lot: Lot | LotBrief | None) -> None:
    """Let what the report holds be held of another lot; all of that lot where the whole lot is suspect."""
    undisposed = _of_report(session, rejection)
    for hold in undisposed:
        hold.lot_id = lot.id if lot else None
    kept = select(func.coalesce(func.sum(Hold.quantity), 0)).where(
        Hold.rejection_id == rejection.id, Hold.line_id.is_(None), Hold.state == "held")
    held = session.scalar(kept) or 0
    more = to_hold(held, rejection.whole_lot, lot) - held
    if more > 0:
        _hold_other(session, rejection, more)
        session.flush()


def _said(text: str | None, field: str, en: str, zh: str) -> str:
    said = (text or "").strip()
    if not said:
        raise Invalid(en, zh, field=field)
    return said
