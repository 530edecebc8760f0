"""How a leader completes in one step what a worker tapped: what should be, what is, how bad, who, where, how far.

What the worker said is not changed here without a reason; lot, item, defect and quantity are corrected elsewhere.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import acted
from qms.models.chain import Lot
from qms.models.rejections import ContainmentLine, Hold, Rejection
from qms.rules import rejections as rules
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, Invalid
from qms.rules.steps import allowed
from qms.workflows.rejections_changes import correct, hold_whole_lot
from qms.workflows.rejections_containment import ask_containment
from qms.workflows.rejections_intake_steps import REVIEW, mark_reviewed, of_rejection, waits
from qms.workflows.rejections_origins import assume_origin
from qms.workflows.rejections_records import check_version, locked, path_of

COMPLETES = "rejections.contain"
TEXTS = ("requirement", "actual", "note", "severity")
ADDED = "Completed by the leader. 班组长补全。"


@dataclass(frozen=True)
class Completion:
    """What the leader adds. None leaves a text empty; `origin_unit_id` None leaves the origin as it is."""

    severity: str
    requirement: str | None = None
    actual: str | None = None
    note: str | None = None
    location: str | None = None
    origin_unit_id: int | None = None
    whole_lot: bool = False
    contain: bool = False


def complete(session: Session, person: Actor, rejection_id: int, rev: int, given: Completion, *,
             reason: str | None = None) -> Rejection:
    """Complete a report; the record from the tablet counts as looked through then.

    `reason` is needed only where something that was said before is changed (R-43). Raises Refused, Invalid, Stale,
    IllegalStep, NotAllowed, NotFound.
    """
    rejection = locked(session, person, rejection_id)
    found = path_of(session, rejection.found_unit_id)
    person.need(COMPLETES, site_id=rejection.site_id, unit_path=found)
    if "correct" not in {step.name for step in allowed(rules.STEPS, rejection.state)}:
        raise IllegalStep("This rejection is settled: there is nothing to complete.", "该不合格记录已了结, 无须补全。")
    texts: dict[str, Any] = {name: getattr(given, name) for name in TEXTS}
    check_version(rejection, rev, texts)
    hold = _hold(session, rejection)
    changed = [name for name in TEXTS if getattr(rejection, name) not in {None, "", texts[name]}]
    if hold is not None and hold.location not in {None, "", given.location}:
        changed.append("location")
    reason = rules.check_reason(reason) if changed else (reason or ADDED)
    _hold_there(session, rejection, hold, given)
    correct(session, person, rejection_id, rejection.rev, reason=reason, **texts)
    if given.origin_unit_id not in {None, rejection.origin_unit_id}:
        assume_origin(session, person, rejection_id, rejection.rev, unit_id=given.origin_unit_id or 0, reason=reason)
    if given.contain and not is_contained(session, rejection):
        ask_containment(session, person, rejection_id, rejection.rev)
    intake = of_rejection(session, rejection_id)
    if intake is not None and waits(intake) and person.may(REVIEW, site_id=rejection.site_id, unit_path=found):
        mark_reviewed(session, person, intake)
    session.flush()
    return rejection


def is_contained(session: Session, rejection: Rejection) -> bool:
    """Tell whether any place was asked for suspect product."""
    return session.scalar(select(ContainmentLine.id).where(ContainmentLine.rejection_id == rejection.id)
                          .limit(1)) is not None


def _hold(session: Session, rejection: Rejection) -> Hold | None:
    """Return what the report itself still holds."""
    return session.scalar(select(Hold).where(Hold.rejection_id == rejection.id, Hold.state == "held",
                                             Hold.line_id.is_(None)).order_by(Hold.id).limit(1).with_for_update())


def _hold_there(session: Session, rejection: Rejection, hold: Hold | None, given: Completion) -> None:
    """Write down where it is kept, and hold the whole lot where all of it is suspect; that is never taken back here."""
    if hold is not None and given.location != hold.location:
        hold.location = given.location
    if given.whole_lot and not rejection.whole_lot:
        if rejection.lot_id is None:
            raise Invalid("The lot is not known: correct the lot first.", "批次未知: 请先更正批次。", field="whole_lot")
        hold_whole_lot(session, rejection, session.get_one(Lot, rejection.lot_id))
        acted(session, "R-05")
    session.flush()
