"""How another person verifies what was done, or sends it back. Knows no page and no form."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.dispositions import Disposition
from qms.models.dispositions_concessions import ConcessionUse
from qms.rules import dispositions as rules
from qms.rules import dispositions_checks as checks
from qms.rules.accounts import Actor
from qms.rules.dispositions import CONCEDED
from qms.rules.errors import IllegalStep
from qms.workflows.accounts_qualifications import check_qualified
from qms.workflows.dispositions_completing import complete, latest_run, note_inspected
from qms.workflows.dispositions_conceding import give_back, use
from qms.workflows.dispositions_records import begun
from qms.workflows.dispositions_working import said
from qms.workflows.rejections_records import settle


def verify(session: Session, person: Actor, line_id: int, rev: int, *, verification: str | None,
           good: int | None = None, scrapped: int | None = None, reason: str | None = None) -> Disposition:
    """Verify a line as another person than who carried it out and who reported (R-09), and end it.

    Of work, `good` and `scrapped` pieces; what is left over is still open, and like the scrapped ones it stays held and
    is decided again (R-07).
    `reason` lets somebody whose qualification is missing verify (R-51).

    Raises Refused, Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    line, rejection, state = begun(session, person, line_id, rev, "verify", verification=verification)
    if line.code == "scrap":
        raise IllegalStep("Scrap is witnessed instead.", "报废须见证毁形。")
    run = latest_run(session, line)
    for each in person.selves:
        checks.check_second_person(each, workers=(line.done_by_id, run.worked_by_id if run else None),
                                   reported_by_id=rejection.reported_by_id)
    check_qualified(session, person, rejection.site_id, "inspection", reason)
    found = said(verification, "verification")
    if run is not None:
        checks.check_balance(good, scrapped, line.quantity)
        if line.code in CONCEDED:
            _count_again(session, person, line, good or 0)
        note_inspected(session, person, run, good=good or 0, scrapped=scrapped or 0, findings=found)
    line.verified_at, line.verified_by_id, line.verification = now(session), person.id, found
    complete(session, person, line, rejection, state, run=run)
    return line


def _count_again(session: Session, person: Actor, line: Disposition, good: int) -> None:
    """Count as used of the concession only what the repair made good; the rest is free for others."""
    containers = session.scalar(select(ConcessionUse.containers).where(
        ConcessionUse.disposition_id == line.id, ConcessionUse.active))
    give_back(session, line)
    if good:
        use(session, person, line, containers, good)


def send_back(session: Session, person: Actor, line_id: int, rev: int, *, verification: str | None) -> Disposition:
    """Send back to work what was not done as decided.

    Pieces that are still not good after rework or repair are not sent back: they are verified as such and decided
    again, higher up (R-06). Raises Refused, Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    line, rejection, state = begun(session, person, line_id, rev, "send_back", verification=verification)
    if line.code in rules.REWORKED:
        raise IllegalStep("Verify it with what is good; what is not is decided again.",
                          "请按合格数量验证; 其余数量须重新处置。")
    line.verification, line.state = said(verification, "verification"), state
    settle(session, rejection)
    return line
