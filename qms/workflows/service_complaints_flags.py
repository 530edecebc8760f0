"""What is noticed when an internal complaint is filed: repeats, swaps and floods. Decides nothing about anybody."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Site
from qms.models.service_complaints import ComplaintFlag, InternalComplaint
from qms.rules import service_complaints_scores as rules
from qms.rules.accounts import Actor
from qms.rules.clock import day_bounds
from qms.rules.errors import IllegalStep, NotFound
from qms.workflows.rejections_records import check_version
from qms.workflows.service_complaints_records import one, standing, told


def first_alike(session: Session, complaint: InternalComplaint) -> int | None:
    """Return the id of the first complaint of the same pair on the same defect and lot; None: there is none."""
    if complaint.defect_id is None or complaint.lot_id is None:
        return None
    return session.scalar(select(InternalComplaint.id).where(
        InternalComplaint.accused_id == complaint.accused_id,
        InternalComplaint.complaining_id == complaint.complaining_id,
        InternalComplaint.defect_id == complaint.defect_id, InternalComplaint.lot_id == complaint.lot_id,
        InternalComplaint.state != "withdrawn", InternalComplaint.id != complaint.id)
        .order_by(InternalComplaint.id).limit(1))


def notice(session: Session, complaint: InternalComplaint) -> None:
    """Flag a complaint that was just filed, for a person to look at."""
    at = complaint.filed_at
    since = at - timedelta(days=rules.SWAP_DAYS)
    ours = _filed(session, complaint.complaining_id, complaint.accused_id, since)
    theirs = _filed(session, complaint.accused_id, complaint.complaining_id, since)
    zone = session.get_one(Site, complaint.site_id).time_zone
    day = at.astimezone(ZoneInfo(zone)).date()
    today = _filed(session, complaint.complaining_id, None, day_bounds(day, day, zone)[0])
    kinds = rules.flags(ours=ours, theirs=theirs, today=today)
    session.add_all([ComplaintFlag(complaint_id=complaint.id, kind=kind, noticed_at=at) for kind in kinds])


def look_at(session: Session, person: Actor, flag_id: int, rev: int, *, conclusion: str, note: str | None,
            ) -> ComplaintFlag:
    """Say, as someone of neither unit, whether a flagged complaint is genuine. Raises Refused (R-33), Stale..."""
    flag = session.get(ComplaintFlag, flag_id, with_for_update=True)
    if flag is None:
        raise NotFound
    complaint = one(session, person, flag.complaint_id)
    person.need("service.review", site_id=complaint.site_id)
    check_version(flag, rev, {"conclusion": conclusion, "note": note})
    if flag.conclusion is not None:
        raise IllegalStep("Someone has looked at this already.", "已有人查看过。")
    here = standing(session, person, complaint)
    rules.check_conclusion(conclusion, took_part=here.took_part, belongs=here.of_accused or here.of_complaining)
    flag.conclusion, flag.note = conclusion, told(note, "note")
    flag.looked_at, flag.looked_by_id = now(session), person.id
    session.flush()
    return flag


def _filed(session: Session, by: int, on: int | None, since: datetime) -> int:
    query = select(func.count()).select_from(InternalComplaint).where(
        InternalComplaint.complaining_id == by, InternalComplaint.filed_at >= since,
        InternalComplaint.state != "withdrawn")
    return session.scalar(query if on is None else query.where(InternalComplaint.accused_id == on)) or 0
