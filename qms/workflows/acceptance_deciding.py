"""How a customer decides on a hand-over: accept, accept in part, reject, or say that nobody inspected it."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.acceptance import Handover
from qms.models.chain import Defect, Link
from qms.models.rejections import Rejection
from qms.rules.acceptance import CHECK_KINDS, HANDOVER, HANDOVER_STATES, Fault, Result, requirement
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, Stale
from qms.rules.steps import step, step_of
from qms.workflows import chain, rejections
from qms.workflows.acceptance_conditions import (
    check_faults,
    check_parts,
    locked_family,
    need_results,
    need_sorting,
    refuse_faults,
    refuse_more_than_is_left,
    refuse_open_holds,
    refuse_taken_out,
    standard_needed,
    standard_of,
)
from qms.workflows.acceptance_readings import Judged, judge, keep_check, keep_count
from qms.workflows.acceptance_records import need_of_customer, one_handover, required

NOTHING = Judged()


def accept(
    session: Session,
    person: Actor,
    handover_id: int,
    rev: int,
    *,
    results: Sequence[Result] = (),
    remark: str | None = None,
    kind: str = "mutual",
) -> Handover:
    """Accept the whole quantity by the standard in force, with a result for each characteristic (R-03).

    Raises Refused (R-03, R-05, R-01, R-55), Stale, IllegalStep, Invalid, NotFound, NotAllowed.
    """
    handover, grant_id, state = to_decide(session, person, handover_id, rev, "accept")
    standard = standard_needed(session, handover)
    judged = judge(session, standard, handover.quantity, results)
    need_results(judged)
    refuse_faults(session, handover, judged)
    refuse_open_holds(session, locked_family(session, handover.lot_id))
    refuse_taken_out(session, handover)
    refuse_more_than_is_left(session, handover, handover.quantity)
    keep_check(session, person, handover, _check_kind(kind), judged)
    handover.standard_id = standard.id
    return decide(session, person, handover, state, grant_id=grant_id, remark=remark, accepted=handover.quantity)


def partly_accept(
    session: Session,
    person: Actor,
    handover_id: int,
    rev: int,
    *,
    accepted: int,
    rejected: int,
    for_review: int = 0,
    results: Sequence[Result] = (),
    faults: Sequence[Fault] = (),
    remark: str | None = None,
    kind: str = "mutual",
    sorted_all: bool = False,
) -> Handover:
    """Accept the good part and hold the rest; each fault becomes a rejection.

    After a sample with a fault the whole lot is suspect: `sorted_all` says that every piece was looked at (R-05).
    Raises Refused (R-03, R-05, R-55), Stale, IllegalStep, Invalid, NotFound, NotAllowed.
    """
    handover, grant_id, state = to_decide(session, person, handover_id, rev, "partly_accept")
    standard = standard_needed(session, handover)
    check_parts(handover, accepted, rejected=rejected, for_review=for_review, faults=faults)
    judged = judge(session, standard, handover.quantity, results)
    need_results(judged)
    if need_sorting(session, handover, judged, sorted_all=sorted_all):
        acted(session, "R-05")
    check_kind = _check_kind(kind)
    keep_check(session, person, handover, check_kind, judged)
    if sorted_all:
        keep_count(session, person, handover, check_kind, sample=handover.quantity, nonconforming=rejected + for_review)
    made = [_report(session, person, handover, fault, judged, whole_lot=False) for fault in faults]
    refuse_open_holds(session, chain.lot_family(session, handover.lot_id), but={r.id for r in made})
    refuse_more_than_is_left(session, handover, accepted)
    handover.standard_id = standard.id
    return decide(
        session,
        person,
        handover,
        state,
        grant_id=grant_id,
        remark=remark,
        accepted=accepted,
        rejected=rejected,
        for_review=for_review,
    )


def reject(
    session: Session,
    person: Actor,
    handover_id: int,
    rev: int,
    *,
    faults: Sequence[Fault],
    results: Sequence[Result] = (),
    remark: str | None = None,
    kind: str = "mutual",
) -> Handover:
    """Refuse the whole quantity; each fault becomes a rejection, and a lot of which only some was looked at is suspect.

    Results may stop at the first fault, and a hand-over without a standard can be refused. Pieces that no fault names
    go with the first one, which then holds the whole lot (R-05). Raises Stale, IllegalStep, Invalid, NotFound,
    NotAllowed.
    """
    handover, grant_id, state = to_decide(session, person, handover_id, rev, "reject")
    named, for_review = check_faults(handover, faults)
    if faults[0].for_review:
        for_review += handover.quantity - named
    standard = standard_of(session, handover)
    judged = NOTHING
    if standard is not None and results:
        judged = judge(session, standard, handover.quantity, results)
        keep_check(session, person, handover, _check_kind(kind), judged)
        handover.standard_id = standard.id
    elif results:
        raise Invalid("There is no standard in force to hold results against.", "没有现行验收标准，无法判定结果。")
    suspect = named < handover.quantity or bool(judged.failed and judged.sample < handover.quantity)
    if suspect:
        acted(session, "R-05")
    for position, fault in enumerate(faults):
        _report(session, person, handover, fault, judged, whole_lot=suspect and position == 0)
    return decide(
        session,
        person,
        handover,
        state,
        grant_id=grant_id,
        remark=remark,
        rejected=handover.quantity - for_review,
        for_review=for_review,
    )


def not_inspected(session: Session, person: Actor, handover_id: int, rev: int, *, reason: str) -> Handover:
    """Say that nobody inspected it and why; nothing is accepted thereby (R-03), and it can still be decided.

    Raises Stale, IllegalStep, Invalid, NotFound, NotAllowed.
    """
    handover, grant_id, state = to_decide(session, person, handover_id, rev, "not_inspected")
    return decide(session, person, handover, state, grant_id=grant_id, remark=required(reason, "reason"))


def to_decide(
    session: Session, person: Actor, handover_id: int, rev: int, name: str
) -> tuple[Handover, int | None, str]:
    """Return a hand-over locked for a step, the grant that allows it, and the state it leads to.

    Raises Stale, IllegalStep, NotFound, NotAllowed.
    """
    handover = one_handover(session, person, handover_id, lock=True)
    grant_id = need_of_customer(session, person, "acceptance.decide", session.get_one(Link, handover.link_id))
    if handover.rev != rev:
        wanted = step_of(HANDOVER, name).to or handover.state
        raise Stale({"state": HANDOVER_STATES[handover.state].en}, {"state": HANDOVER_STATES[wanted].en})
    return handover, grant_id, step(HANDOVER, handover.state, name)


def decide(
    session: Session,
    person: Actor,
    handover: Handover,
    state: str,
    *,
    grant_id: int | None,
    remark: str | None,
    accepted: int = 0,
    rejected: int = 0,
    for_review: int = 0,
) -> Handover:
    """Write a decision down."""
    handover.state = state
    handover.accepted, handover.rejected, handover.for_review = accepted, rejected, for_review
    handover.decided_by_id, handover.decided_at, handover.grant_id = person.id, now(session), grant_id
    if remark and remark.strip():
        handover.remark = remark.strip() if not handover.remark else f"{handover.remark}\n{remark.strip()}"
    session.flush()
    return handover


def _check_kind(kind: str) -> str:
    if kind not in CHECK_KINDS:
        raise Invalid(f"There is no kind of check {kind}.", f"没有检验类型 {kind}。", field="kind")
    return kind


def _report(
    session: Session, person: Actor, handover: Handover, fault: Fault, judged: Judged, *, whole_lot: bool
) -> Rejection:
    """Report a fault as a rejection of what was received; what the reading says fills in what was not typed."""
    failed = next((c for c in judged.failed if c.defect_id is not None and c.defect_id == fault.defect_id), None)
    asked_for = failed and requirement(failed.kind, failed.lower, failed.upper, failed.unit).to(person.language)
    found = fault.actual or (failed and _found(judged, failed.id))
    defect = session.get(Defect, fault.defect_id) if fault.defect_id is not None else None
    return rejections.report(
        session,
        person,
        kind="not_accepted",
        found_unit_id=handover.customer_id,
        quantity=fault.quantity,
        severity=defect.severity if defect else None,
        lot_id=handover.lot_id,
        item_id=handover.item_id,
        defect_id=fault.defect_id,
        link_id=handover.link_id,
        handover_id=handover.id,
        zone=fault.zone,
        requirement=asked_for or None,
        actual=found or None,
        note=fault.note,
        whole_lot=whole_lot,
        for_review=fault.for_review,
        source=handover.source,
    )


def _found(judged: Judged, characteristic_id: int) -> str:
    """Say which values failed a characteristic, the first few of them."""
    values = [
        f"{r.value:f} {r.unit or ''}".strip()
        for r in judged.readings
        if r.characteristic_id == characteristic_id and not r.good and r.value is not None
    ]
    return ", ".join(values[:8]) + (" …" if len(values) > 8 else "")
