"""How a hand-over is decided on the rejections that were already reported of it, as the station does.

A worker reports first, offline too, so that the quantity is held at once; what becomes of the rest is decided after.
"""

from collections.abc import Sequence

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from qms.db import acted
from qms.models.acceptance import Handover
from qms.models.chain import Lot
from qms.models.rejections import Hold, Rejection
from qms.rules.acceptance import Result
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, Refused
from qms.rules.rejections import OPEN
from qms.workflows import chain
from qms.workflows.acceptance_conditions import refuse_open_holds, standard_needed
from qms.workflows.acceptance_deciding import decide, to_decide
from qms.workflows.acceptance_readings import judge, keep_check, keep_count
from qms.workflows.rejections_changes import hold_whole_lot


def refuse_on_reports(session: Session, person: Actor, handover_id: int, rev: int) -> Handover:
    """Refuse the whole quantity on what was reported of it; when that is only a part, the whole lot is held (R-05).

    Raises Stale, IllegalStep, Invalid, NotFound, NotAllowed.
    """
    handover, grant_id, state = to_decide(session, person, handover_id, rev, "reject")
    reports = _reports(session, handover)
    if _pieces(reports) < handover.quantity and not any(r.whole_lot for r in reports):
        acted(session, "R-05")
        hold_whole_lot(session, reports[0], session.get_one(Lot, handover.lot_id))
    for_review = min(handover.quantity, _pieces([r for r in reports if r.for_review]))
    return decide(session, person, handover, state, grant_id=grant_id, remark=None, for_review=for_review,
                  rejected=handover.quantity - for_review)


def accept_the_rest(session: Session, person: Actor, handover_id: int, rev: int, *, sorted_all: bool,
                    results: Sequence[Result] = ()) -> Handover:
    """Accept what was not reported; `sorted_all` says that every piece was looked at (R-05).

    Raises Refused (R-03, R-05, R-55), Stale, IllegalStep, Invalid, NotFound, NotAllowed.
    """
    handover, grant_id, state = to_decide(session, person, handover_id, rev, "partly_accept")
    standard = standard_needed(session, handover)
    reports = _reports(session, handover)
    named = _pieces(reports)
    if not sorted_all or any(r.whole_lot for r in reports):
        raise Refused("R-05", "The rest is accepted only after every piece was looked at (100 %).",
                      "须全数检查 (100%) 后才能接收其余部分。", field="sorted_all")
    if named >= handover.quantity:
        raise Invalid("Everything was reported, so there is no rest to accept: refuse it.",
                      "全部数量均已上报, 没有可接收的部分: 请拒收。", field="accepted")
    if results:
        keep_check(session, person, handover, "mutual", judge(session, standard, handover.quantity, results))
    keep_count(session, person, handover, "mutual", sample=handover.quantity, nonconforming=named)
    refuse_open_holds(session, chain.lot_family(session, handover.lot_id), but={r.id for r in reports})
    handover.standard_id = standard.id
    for_review = _pieces([r for r in reports if r.for_review])
    return decide(session, person, handover, state, grant_id=grant_id, remark=None,
                  accepted=handover.quantity - named, rejected=named - for_review, for_review=for_review)


def _reports(session: Session, handover: Handover) -> list[Rejection]:
    """Return what was reported of a hand-over and is still held or was taken out, locked. Raises Invalid for none."""
    taken_out = exists().where(Hold.rejection_id == Rejection.id, Hold.state == "gone")
    found = list(session.scalars(
        select(Rejection).where(Rejection.handover_id == handover.id, or_(Rejection.state.in_(OPEN), taken_out))
        .order_by(Rejection.id).with_for_update()))
    if not found:
        raise Invalid("Nothing was reported of this hand-over yet: report what is wrong first.",
                      "此交接尚无不合格报告: 请先报告问题。", field="faults")
    return found


def _pieces(reports: Sequence[Rejection]) -> int:
    return sum(report.quantity for report in reports)
