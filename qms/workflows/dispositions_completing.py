"""What follows when a disposition has been carried out and verified: what is free, what stays held, what goes back."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.acceptance import Handover
from qms.models.chain import Link, Unit
from qms.models.dispositions import Disposition, Rework
from qms.models.rejections import Hold, Rejection
from qms.rules import dispositions as rules
from qms.rules.acceptance import HANDOVER
from qms.rules.accounts import Actor
from qms.rules.steps import allowed
from qms.workflows.acceptance_presenting import free_to_present, present
from qms.workflows.dispositions_costing import post_costs
from qms.workflows.dispositions_records import free, split
from qms.workflows.rejections_records import settle


def complete(session: Session, person: Actor, line: Disposition, rejection: Rejection, state: str, *,
             run: Rework | None = None) -> None:
    """End a line and its hold; every line that is carried out ends here.

    Good pieces of a run are free, the others stay held and undecided. What was sent back upstream stays held there
    until it is decided what becomes of it.
    """
    hold = session.get_one(Hold, line.hold_id)
    line.state = state
    if line.code == "return_upstream":
        _move_to_origin(session, rejection, hold)
    elif run is None:
        free(session, person, hold, grant_id=line.grant_id, result=line.verification or line.result,
             gone=line.code in rules.GONE)
    elif run.good:
        if run.good < hold.quantity:
            split(session, hold, hold.quantity - run.good)
        free(session, person, hold, grant_id=line.grant_id, result=run.findings)
    settle(session, rejection)
    post_costs(session, person, line)
    if run is not None and run.good:
        run.handover_id = _present_again(session, person, rejection, hold, rework=line.code in rules.REWORKED)
    session.flush()


def _move_to_origin(session: Session, rejection: Rejection, hold: Hold) -> None:
    origin = session.get_one(Unit, rejection.origin_unit_id)
    hold.location, hold.place_id = f"{origin.code} {origin.name_zh or origin.name_en}"[:120], None


def _present_again(session: Session, person: Actor, rejection: Rejection, hold: Hold, *, rework: bool) -> int | None:
    """Present good pieces to whoever refused them.

    None where no hand-over waits for that, the person may not, or something else holds the same pieces: the supplier
    then presents them from the hand-over's own page.
    """
    handover = session.get(Handover, rejection.handover_id) if rejection.handover_id is not None else None
    link_id = handover.link_id if handover is not None else rejection.link_id
    if link_id is None or hold.lot_id is None or (handover is None and not rework):
        return None
    link = session.get_one(Link, link_id)
    supplier = session.get_one(Unit, link.supplier_id)
    may = person.may("acceptance.present", site_id=link.site_id, unit_path=supplier.path)
    if not may or not link.active or (handover is not None and not _is_due(handover, hold)):
        return None
    if free_to_present(session, link_id, hold.lot_id, handover) < hold.quantity:
        return None
    return present(session, person, link_id=link_id, lot_id=hold.lot_id, quantity=hold.quantity,
                   previous_id=handover.id if handover is not None else None, rework=rework, source="desk",
                   remark=rejection.number).id


def _is_due(handover: Handover, hold: Hold) -> bool:
    """Tell whether a hand-over was refused and waits to be presented again, of that very lot."""
    names = {step.name for step in allowed(HANDOVER, handover.state)}
    return "present_again" in names and handover.lot_id == hold.lot_id


def latest_run(session: Session, line: Disposition) -> Rework | None:
    """Return the run in which a line is worked on; None where its code is no work."""
    if line.code not in rules.WORKED:
        return None
    return session.scalars(select(Rework).where(Rework.disposition_id == line.id).order_by(Rework.id.desc())
                           .limit(1)).one()


def note_inspected(session: Session, person: Actor, run: Rework, *, good: int, scrapped: int, findings: str) -> None:
    """Write down what a re-inspection found."""
    run.good, run.scrapped, run.findings = good, scrapped, findings
    run.inspected_at, run.inspected_by_id = now(session), person.id
