"""How a rejection is corrected, a hold released, a record voided. Knows no page and no form."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Lot
from qms.models.rejections import Hold, Rejection
from qms.rules import rejections as rules
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, Invalid, NotFound, Refused
from qms.rules.steps import step
from qms.workflows.chain_briefs import LotBrief
from qms.workflows.dispositions_notices_opening import void_notices
from qms.workflows.rejections_escapes import traced_again
from qms.workflows.rejections_records import check_version, locked, path_of, settle
from qms.workflows.rejections_report import found_by, to_hold
from qms.workflows.rejections_situation import situation

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
            result: str | None) -> Rejection:
    """Release what a re-inspection found good; what it found not good stays held.

    Another person than the reporter inspects again (R-09). The rejection closes when nothing is held any more and no
    place of the containment is unanswered. Raises Refused, Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    hold = session.get(Hold, hold_id)
    if hold is None:
        raise NotFound
    rejection = locked(session, person, hold.rejection_id)
    grant_id = person.need("rejections.release", site_id=rejection.site_id,
                           unit_path=path_of(session, rejection.found_unit_id))
    if person.id == rejection.reported_by_id:
        raise Refused("R-09", "You reported this rejection: someone else inspects again and releases.",
                      "您是报告人: 须由其他人复检并解除冻结。")
    step(rules.STEPS, rejection.state, "release")
    check_version(hold, rev, {"quantity": good + not_good, "state": "held"})
    if hold.state != "held":
        raise IllegalStep("This quantity is not held any more.", "该数量已不再冻结。")
    rules.check_release(good=good, not_good=not_good, held=hold.quantity)
    hold.result = _said(result, "result", "Say what the re-inspection found.", "请填写复检结果。")
    if good == 0:
        session.flush()
        return rejection
    if not_good:
        session.add(Hold(rejection_id=rejection.id, lot_id=hold.lot_id, line_id=hold.line_id, quantity=not_good,
                         location=hold.location, state="held", held_at=hold.held_at, result=hold.result))
    hold.quantity, hold.state = good, "released"
    hold.released_at, hold.released_by_id, hold.grant_id = now(session), person.id, grant_id
    settle(session, rejection)
    return rejection


def void(session: Session, person: Actor, rejection_id: int, rev: int, *, reason: str | None) -> Rejection:
    """Declare a rejection void: it keeps its number (R-43), and what it held is free again.

    Raises Refused (R-43), Stale, IllegalStep, NotAllowed, NotFound.
    """
    reason = rules.check_reason(reason)
    rejection = locked(session, person, rejection_id)
    grant_id = person.need("rejections.void", site_id=rejection.site_id,
                           unit_path=path_of(session, rejection.found_unit_id))
    voided = step(rules.STEPS, rejection.state, "void")
    check_version(rejection, rev, {"state": voided, "void_reason": reason})
    rejection.state, rejection.void_reason = voided, reason
    for hold in _open(session, rejection):
        hold.state, hold.released_at, hold.released_by_id, hold.grant_id = "void", now(session), person.id, grant_id
    void_notices(session, rejection)
    session.flush()
    return rejection


def hold_whole_lot(session: Session, rejection: Rejection, lot: Lot) -> None:
    """Let a rejection hold the whole lot, of which only some was looked at (R-05); the caller has locked it."""
    rejection.whole_lot = True
    _hold_lot(session, rejection, lot)


def _open(session: Session, rejection: Rejection, *, of_report: bool = False) -> list[Hold]:
    query = select(Hold).where(Hold.rejection_id == rejection.id, Hold.state == "held").order_by(Hold.id)
    return list(session.scalars(query.where(Hold.line_id.is_(None)) if of_report else query))


def _hold_other(session: Session, rejection: Rejection, more: int) -> None:
    """Hold so many more (or fewer) pieces of what was reported."""
    held = _open(session, rejection, of_report=True)
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
    for hold in _open(session, rejection, of_report=True):
        hold.lot_id = lot.id if lot else None
        hold.quantity = to_hold(hold.quantity, rejection.whole_lot, lot)


def _said(text: str | None, field: str, en: str, zh: str) -> str:
    said = (text or "").strip()
    if not said:
        raise Invalid(en, zh, field=field)
    return said
