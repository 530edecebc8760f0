"""How a stopped line comes to run again: contained, checked, agreed to, restarted, reviewed (R-19). Knows no page."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.acceptance_pieces import PieceCheck
from qms.models.stops import RestartCheck, Stop
from qms.rules import stops as rules
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, Invalid
from qms.workflows.acceptance_pieces import ask_for
from qms.workflows.acceptance_pieces_judging import miss
from qms.workflows.dispositions_costing import post_stop
from qms.workflows.stops_answering import come
from qms.workflows.stops_records import begun, check_count, path_of, said

ANSWER = "stops.answer"


def contain(session: Session, person: Actor, stop_id: int, rev: int, *, containment: str | None, cause_known: bool,
            measure: str | None = None, product_affecting: bool = False) -> Stop:
    """Say what was done so that nothing suspect goes on; `product_affecting` only ever adds checks to the restart.

    Whoever contains is at the spot. Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    stop, state = begun(session, person, stop_id, rev, "contain", containment=containment)
    come(session, person, stop)
    stop.state, stop.contained_at = state, now(session)
    stop.containment, stop.cause_known = said(containment, "containment"), cause_known
    stop.measure = (measure or "").strip() or stop.measure
    stop.product_affecting = stop.product_affecting or product_affecting
    session.flush()
    return stop


def ask_restart(session: Session, person: Actor, stop_id: int, rev: int, *, measure: str | None,
                extra_checks: int | None = None, lost_units: int | None = None) -> Stop:
    """Ask for the restart; where the product may be wrong, first pieces are asked for as well.

    Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    stop, state = begun(session, person, stop_id, rev, "ask_restart", measure=measure)
    check_count(extra_checks, "extra_checks")
    stop.state, stop.measure = state, said(measure, "measure")
    stop.requested_at, stop.requested_by_id = now(session), person.id
    stop.extra_checks = extra_checks
    _lose(stop, lost_units)
    session.flush()
    if "first_piece" in rules.checks_needed(product_affecting=stop.product_affecting):
        _ask_first_piece(session, person, stop, stop.requested_at)
    return stop


def check(session: Session, person: Actor, stop_id: int, rev: int, *, kind: str, good: bool,
          pieces: int | None = None, nonconforming: int | None = None, note: str | None = None) -> Stop:
    """Record one check of a restart; the newest of its kind counts.

    Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    stop, _ = begun(session, person, stop_id, rev, "check")
    if kind not in rules.CHECKS:
        raise Invalid(f"There is no restart check {kind}.", f"没有复线确认项 {kind}。", field="kind")
    if kind == "first_piece":
        rules.check_first_piece(pieces, nonconforming, good=good)
    else:
        pieces = nonconforming = None
    _record(session, person, stop, kind, good=good, pieces=pieces, nonconforming=nonconforming, note=note)
    return stop


def consent(session: Session, person: Actor, stop_id: int, rev: int) -> Stop:
    """Agree to the restart as the receiving operation that stopped the line.

    Raises Stale, IllegalStep, NotAllowed, NotFound.
    """
    stop, _ = begun(session, person, stop_id, rev, "consent")
    if stop.customer_id is None:
        raise IllegalStep("No receiving operation stopped this line.", "本次停线不是由接收工序发起。")
    if stop.consented_at is not None:
        raise IllegalStep("The receiving operation has agreed already.", "接收工序已同意。")
    stop.consented_at, stop.consented_by_id = now(session), person.id
    session.flush()
    return stop


def contain_again(session: Session, person: Actor, stop_id: int, rev: int, *, note: str | None) -> Stop:
    """Go back to containment: what was found is kept as a check that was not good, and the consent is void.

    Raises Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    stop, state = begun(session, person, stop_id, rev, "contain_again")
    _let_go(session, person, stop)
    _record(session, person, stop, "containment", good=False, note=said(note, "note"))
    stop.state, stop.requested_at, stop.requested_by_id = state, None, None
    stop.consented_at, stop.consented_by_id = None, None
    session.flush()
    return stop


def restart(session: Session, person: Actor, stop_id: int, rev: int) -> Stop:
    """Let the line run again: every check good, the receiving operation agreed, the person one who may (R-19).

    The grant that allowed it is kept. Raises Refused, Stale, IllegalStep, NotAllowed, NotFound.
    """
    stop, state = begun(session, person, stop_id, rev, "restart")
    grant_id = allowing(person, stop, path_of(session, stop.unit_id))
    rules.check_restart(latest_checks(session, stop), product_affecting=stop.product_affecting,
                        needs_consent=stop.customer_id is not None, consented=stop.consented_at is not None)
    stop.state, stop.grant_id = state, grant_id
    stop.restarted_at, stop.restarted_by_id = now(session), person.id
    session.flush()
    _let_go(session, person, stop)
    if not stop.product_affecting:
        _ask_first_piece(session, person, stop, stop.restarted_at)
    return stop


def review(session: Session, person: Actor, stop_id: int, rev: int, *, note: str | None,
           lost_units: int | None = None) -> Stop:
    """Look back at a stop: what was learnt, and what it cost. Raises Stale, Invalid, IllegalStep, NotAllowed..."""
    stop, state = begun(session, person, stop_id, rev, "review", review_note=note)
    stop.state, stop.review_note = state, said(note, "note")
    stop.reviewed_at, stop.reviewed_by_id = now(session), person.id
    _lose(stop, lost_units)
    session.flush()
    post_stop(session, person, stop)
    return stop


def latest_checks(session: Session, stop: Stop) -> dict[str, bool]:
    """Map each kind of restart check made since the restart was asked for to the verdict of its newest one."""
    if stop.requested_at is None:
        return {}
    made: list[tuple[datetime, int, str, bool]] = [
        (c.at, c.id, c.kind, c.good) for c in session.scalars(
            select(RestartCheck).where(RestartCheck.stop_id == stop.id, RestartCheck.at >= stop.requested_at))]
    judged = judged_piece(session, stop)
    if judged is not None:
        made.append((judged[0], 0, "first_piece", judged[1]))
    return {kind: good for _at, _id, kind, good in sorted(made)}


def judged_piece(session: Session, stop: Stop) -> tuple[datetime, bool] | None:
    """Return when the first-piece inspection of this restart was judged to its end, and how; None: not yet."""
    piece = session.scalars(
        select(PieceCheck).where(PieceCheck.stop_id == stop.id, PieceCheck.due_at == stop.requested_at,
                                 PieceCheck.state.in_(("passed", "failed"))).order_by(PieceCheck.id.desc())).first()
    if piece is None:
        return None
    at = max(at for at in (piece.self_at, piece.mutual_at, piece.dedicated_at) if at is not None)
    return at, piece.state == "passed"


def allowing(person: Actor, stop: Stop, path: str) -> int | None:
    """Return the grant by which a person may restart this line (None: the system). Raises Refused (R-19)."""
    held = [grant for grant in person.grants if grant.covers(ANSWER, stop.site_id, path)]
    if not person.everything:
        rules.check_restarter([grant.role for grant in held], product_affecting=stop.product_affecting,
                              critical=stop.critical)
    wanted = rules.restart_roles(product_affecting=stop.product_affecting, critical=stop.critical)
    return next((person.lean(grant) for grant in held if grant.role in wanted), None)


def _record(session: Session, person: Actor, stop: Stop, kind: str, *, good: bool, note: str | None,
            pieces: int | None = None, nonconforming: int | None = None) -> None:
    session.add(RestartCheck(stop_id=stop.id, kind=kind, good=good, pieces=pieces, nonconforming=nonconforming,
                             note=(note or "").strip() or None, person_id=person.id, at=now(session)))
    session.flush()


def _lose(stop: Stop, lost_units: int | None) -> None:
    check_count(lost_units, "lost_units")
    if lost_units is not None:
        stop.lost_units = lost_units


def _ask_first_piece(session: Session, person: Actor, stop: Stop, due_at: datetime) -> None:
    """Ask the operation for first pieces, once for each time that a restart was asked for."""
    ask_for(session, person, unit_id=stop.unit_id, kind="first_piece", reason="restart", due_at=due_at,
            source_key=f"stop-{stop.id}-{stop.rev}", item_id=stop.item_id, lot_id=stop.lot_id, stop_id=stop.id)


def _let_go(session: Session, person: Actor, stop: Stop) -> None:
    """Mark first pieces that this stop asked for and nobody has judged as not done: never as good."""
    for piece in session.scalars(select(PieceCheck).where(PieceCheck.stop_id == stop.id, PieceCheck.state == "due")):
        miss(session, person, piece.id, piece.rev, reason=stop.number)
