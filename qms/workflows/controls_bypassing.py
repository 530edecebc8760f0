"""How an approved alternate stands in for a control: started, looked at, ended, verified, closed (R-21)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Lot, Site
from qms.models.controls import Alternate, Bypass, BypassLot, BypassReview
from qms.rules import controls as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Doubled, IllegalStep, Invalid, NotFound
from qms.workflows.controls_clock import notice_missed
from qms.workflows.controls_records import begun, need, one, said, today
from qms.workflows.numbers import BYPASS, next_number

BYPASSING = "controls.bypass"


def start(session: Session, person: Actor, control_id: int, *, alternate_id: int, reason: str,
          planned_end_at: datetime, customer_ref: str | None = None) -> Bypass:
    """Let an approved alternate stand in for a control. Raises Refused (R-21), Invalid, NotFound, NotAllowed."""
    control = one(session, person, control_id, lock=True)
    need(session, person, BYPASSING, control)
    if not control.active:
        raise Invalid("This control is out of use.", "此控制已停用。")
    alternate = session.get(Alternate, alternate_id)
    if alternate is None or alternate.control_id != control.id:
        raise Invalid("This control has no such alternate.", "此控制没有该替代方法。", field="alternate_id")
    customer_ref = (customer_ref or "").strip() or None
    rules.check_alternate(approved=alternate.approved_by_id is not None, active=alternate.active,
                          customer_needed=alternate.customer_needed, customer_ref=customer_ref)
    if planned_end_at <= now(session):
        raise Invalid("The planned end lies in the future.", "计划结束时间须在将来。", field="planned_end_at")
    if session.scalar(select(Bypass.id).where(Bypass.control_id == control.id, Bypass.state == "active").limit(1)):
        raise IllegalStep("This control is bypassed already.", "此控制已在旁路中。")
    number = next_number(session, BYPASS, session.get_one(Site, control.site_id))
    made = Bypass(site_id=control.site_id, year=number.year, serial=number.serial, number=number.text,
                  control_id=control.id, alternate_id=alternate.id, state=rules.STEPS.first,
                  reason=said(reason, "reason"), started_at=now(session), started_by_id=person.id,
                  planned_end_at=planned_end_at, customer_ref=customer_ref)
    session.add(made)
    session.flush()
    return made


def review(session: Session, person: Actor, bypass_id: int, *, note: str) -> BypassReview:
    """Look at a bypass, once per day of the site. Raises Invalid, IllegalStep, NotFound, NotAllowed."""
    bypass, _control, _state = begun(session, person, bypass_id, None, "review")
    on = today(session, bypass.site_id)
    if session.scalar(select(BypassReview.id).where(BypassReview.bypass_id == bypass.id,
                                                    BypassReview.reviewed_on == on)):
        raise IllegalStep("This bypass was reviewed today already.", "今日已评审。")
    made = BypassReview(bypass_id=bypass.id, reviewed_on=on, by_id=person.id, at=now(session),
                        note=said(note, "note"))
    session.add(made)
    session.flush()
    return made


def tag(session: Session, person: Actor, bypass_id: int, *, lot_id: int, first_piece: str | None = None,
        last_piece: str | None = None) -> BypassLot:
    """Tag a lot by hand as made under a bypass. Raises Invalid, Doubled, IllegalStep, NotFound, NotAllowed."""
    bypass, _control, _state = begun(session, person, bypass_id, None, "tag")
    lot = session.get(Lot, lot_id)
    if lot is None or lot.site_id != bypass.site_id:
        raise Invalid("There is no such lot at this site.", "本工厂没有此批次。", field="lot")
    if session.scalar(select(BypassLot.id).where(BypassLot.bypass_id == bypass.id, BypassLot.lot_id == lot.id)):
        raise Doubled("This lot is tagged already.", "此批次已标识。", field="lot")
    made = BypassLot(bypass_id=bypass.id, lot_id=lot.id, tagged_at=now(session), tagged_by_id=person.id,
                     first_piece=_kept(first_piece), last_piece=_kept(last_piece))
    session.add(made)
    session.flush()
    return made


def review_lot(session: Session, person: Actor, tag_id: int, *, first_piece: str | None,
               last_piece: str | None) -> BypassLot:
    """Review a tagged lot by its first and last piece kept, so that it may be accepted (R-55).

    Raises Invalid, IllegalStep, NotFound, NotAllowed.
    """
    made = session.get(BypassLot, tag_id, with_for_update=True)
    if made is None:
        raise NotFound
    begun(session, person, made.bypass_id, None, "review_lot")
    if made.reviewed_at is not None:
        raise IllegalStep("This lot has been reviewed already.", "此批次已评审。")
    made.first_piece, made.last_piece = said(first_piece, "first_piece"), said(last_piece, "last_piece")
    made.reviewed_at, made.reviewed_by_id = now(session), person.id
    session.flush()
    return made


def end(session: Session, person: Actor, bypass_id: int, rev: int) -> Bypass:
    """Say that the control is back; days on which nobody looked at the bypass are recorded first (R-21).

    Raises Stale, IllegalStep, NotFound, NotAllowed.
    """
    bypass, _control, state = begun(session, person, bypass_id, rev, "end")
    notice_missed(session, bypass.id)
    bypass.state, bypass.ended_at, bypass.ended_by_id = state, now(session), person.id
    session.flush()
    return bypass


def verify(session: Session, person: Actor, bypass_id: int, rev: int, *, pieces: int, nonconforming: int,
           verification: str) -> Bypass:
    """Verify the restart on the pieces that the alternate asks for. Raises Refused (R-21), Stale, IllegalStep..."""
    bypass, _control, _state = begun(session, person, bypass_id, rev, "verify", verified_pieces=pieces,
                                     verification=verification)
    rules.check_verification(pieces, nonconforming, session.get_one(Alternate, bypass.alternate_id).verify_pieces)
    bypass.verification, bypass.verified_pieces = said(verification, "verification"), pieces
    bypass.verified_at, bypass.verified_by_id = now(session), person.id
    session.flush()
    return bypass


def close(session: Session, person: Actor, bypass_id: int, rev: int) -> Bypass:
    """Close a bypass whose restart was verified. Raises Refused (R-21), Stale, IllegalStep, NotFound, NotAllowed."""
    bypass, _control, state = begun(session, person, bypass_id, rev, "close")
    rules.check_close(bypass.verified_at)
    bypass.state = state
    session.flush()
    return bypass


def _kept(piece: str | None) -> str | None:
    return (piece or "").strip() or None
