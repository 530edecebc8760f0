"""How a device is tested by failure, and what a bad test makes suspect (R-20). Knows no page."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from qms.db import acted, now
from qms.models.acceptance import Handover
from qms.models.chain import Lot
from qms.models.controls import Control, ControlSuspect, ControlTest
from qms.models.rejections import Rejection
from qms.rules import controls as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid
from qms.rules.words import Words
from qms.workflows import chain, rejections
from qms.workflows.accounts_qualifications import check_qualified
from qms.workflows.controls_editing import due_at
from qms.workflows.controls_records import need, one, today


def record_test(session: Session, person: Actor, control_id: int, *, good: bool,
                note: str | None = None, reason: str | None = None) -> ControlTest:
    """Record a test with the control's challenge part; a bad one holds all lots since the last good test (R-20).

    A good one proves something only with a valid challenge part and a qualified tester, or a `reason` (R-51); that the
    device failed may be said by anybody who tests. Raises Refused, NeedsReason, Invalid, NotFound, NotAllowed.
    """
    control = one(session, person, control_id, lock=True)
    need(session, person, "controls.test", control)
    if not control.active:
        raise Invalid("This control is out of use.", "此控制已停用。")
    rules.check_challenge(control.challenge_part, control.challenge_valid_to, today(session, control.site_id))
    if good:
        check_qualified(session, person, control.site_id, "error_proofing", reason)
    since = last_good(session, control)
    made = ControlTest(control_id=control.id, at=now(session), by_id=person.id, good=good,
                       challenge_part=control.challenge_part, note=(note or "").strip() or None,
                       suspect_since=None if good else since)
    session.add(made)
    with session.no_autoflush:
        control.tested_at, control.test_good = made.at, good
        control.test_due_at = due_at(session, control)
    session.flush()
    if not good:
        _hold_suspects(session, person, control, made, since)
    return made


def last_good(session: Session, control: Control) -> datetime:
    """Return since when nothing proves the device: its last good test, else the day it came into use."""
    at = session.scalar(select(ControlTest.at).where(ControlTest.control_id == control.id, ControlTest.good)
                        .order_by(ControlTest.at.desc()).limit(1))
    return at or control.used_since


def suspect_lots(session: Session, control: Control, since: datetime) -> list[Lot]:
    """Return the lots that passed the control since an instant, by number.

    They are those that its operation handed over since then; and those that only a later operation of their routing
    did, so that it is not known when they passed here.
    """
    passed = set(session.scalars(select(Handover.lot_id).where(
        Handover.supplier_id == control.unit_id, Handover.presented_at >= since).distinct()))
    return list(session.scalars(select(Lot).where(Lot.id.in_(passed | _passed_later(session, control, since)))
                                .order_by(Lot.number)))


def _passed_later(session: Session, control: Control, since: datetime) -> set[int]:
    own = aliased(Handover)
    from_here = exists().where(own.lot_id == Lot.id, own.supplier_id == control.unit_id)
    rows = session.execute(
        select(Lot.id, Lot.item_id, Handover.supplier_id).join(Handover, Handover.lot_id == Lot.id)
        .where(Handover.site_id == control.site_id, Handover.presented_at >= since, ~from_here).distinct()).all()
    on = today(session, control.site_id)
    routes: dict[int, Sequence[int]] = {item: chain.route(session, item, on) for item in {row[1] for row in rows}}
    return {lot for lot, item, unit in rows if _is_after(routes[item], control.unit_id, unit)}


def _is_after(route: Sequence[int], unit_id: int, other_id: int) -> bool:
    return unit_id in route and other_id in route and route.index(other_id) > route.index(unit_id)


def _hold_suspects(session: Session, person: Actor, control: Control, made: ControlTest, since: datetime) -> None:
    """Open a rejection with the whole lot held for every suspect lot that no earlier bad test has held since then."""
    known = set(session.scalars(
        select(Rejection.lot_id).join(ControlSuspect, ControlSuspect.rejection_id == Rejection.id)
        .join(ControlTest, ControlTest.id == ControlSuspect.test_id)
        .where(ControlTest.control_id == control.id, ControlTest.suspect_since == since, Rejection.state != "void")))
    lots = [lot for lot in suspect_lots(session, control, since) if lot.id not in known]
    said = Words(f"{control.code} {control.name_en}: failed its test, suspect since the last good one.",
                 f"{control.code} {control.name_zh}: 测试失败, 上次合格测试以来均为可疑。").to(person.language)
    for lot in lots:
        opened = rejections.report(session, person, kind="not_made", found_unit_id=control.unit_id, lot_id=lot.id,
                                   quantity=lot.quantity, whole_lot=True, note=said)
        session.add(ControlSuspect(test_id=made.id, rejection_id=opened.id))
    session.flush()
    if lots:
        acted(session, "R-20")
