"""Which internal complaints count against a unit in a period, for scorecards (R-33, R-34). Changes nothing."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session, selectinload

from qms.models.service_complaints import ComplaintFlag, InternalComplaint
from qms.rules.service_complaints_scores import NOT_COUNTED, counts


class Period(NamedTuple):
    """From one instant to another, the second not within."""

    start: datetime
    end: datetime


def counted_complaints(session: Session, unit_id: int, period: Period) -> Sequence[InternalComplaint]:
    """Return the complaints on a unit, filed in the period, that count; oldest first, may be empty.

    Not counted: not answered yet, not accepted, withdrawn, an appeal open, the same defect and lot again, set aside by
    a person. Protected reports are no complaints and are never here.
    """
    return session.scalars(
        select(InternalComplaint).where(InternalComplaint.accused_id == unit_id, *counting(*period))
        .options(selectinload(InternalComplaint.flags)).order_by(InternalComplaint.id)).all()


def counting(start: datetime, end: datetime) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a complaint was filed in a period, the end not within, and counts."""
    return (
        InternalComplaint.filed_at >= start, InternalComplaint.filed_at < end,
        InternalComplaint.answered_at.isnot(None), InternalComplaint.frozen_at.is_(None),
        InternalComplaint.repeat_of_id.is_(None), InternalComplaint.state.notin_(NOT_COUNTED),
        ~exists().where(ComplaintFlag.complaint_id == InternalComplaint.id, ComplaintFlag.conclusion == "set_aside"))


def does_count(complaint: InternalComplaint) -> bool:
    """Tell whether one complaint counts now."""
    return counts(state=complaint.state, frozen=complaint.frozen_at is not None,
                  repeat=complaint.repeat_of_id is not None, answered=complaint.answered_at is not None,
                  set_aside=any(flag.conclusion == "set_aside" for flag in complaint.flags))
