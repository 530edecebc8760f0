"""Counts rejections in which no fault was found: whether a standard is clear, never who found; must not know persons.

Source: domain C.1 and C.3: false-rejection rate = no fault found / rejections. Only closed rejections are judged.
"""

from typing import NamedTuple

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from qms.measures.escapes import false_rejection
from qms.measures.intervals import Rate
from qms.models.dispositions import Disposition
from qms.models.rejections import Rejection
from qms.rules.measures import Period
from qms.workflows.measures_escapes import counted_in

JUDGED = "closed"


class FalseRejections(NamedTuple):
    """The share of closed rejections whose every piece had no fault, and how many are not judged yet."""

    rate: Rate
    waiting: int


def false_rejections(session: Session, site_id: int, period: Period, *, link_id: int | None = None,
                     found_unit_id: int | None = None) -> FalseRejections:
    """Return the false-rejection rate of a site, or of one link or one finding unit of it."""
    good = (select(func.coalesce(func.sum(Disposition.quantity), 0))
            .where(Disposition.rejection_id == Rejection.id, Disposition.code == "no_fault",
                   Disposition.state == "completed").correlate(Rejection).scalar_subquery())
    judged = Rejection.state == JUDGED
    query = select(func.count(), func.count(case((judged, 1))),
                   func.count(case((judged & (good >= Rejection.quantity), 1)))).where(counted_in(period, site_id))
    if link_id is not None:
        query = query.where(Rejection.link_id == link_id)
    if found_unit_id is not None:
        query = query.where(Rejection.found_unit_id == found_unit_id)
    every, closed, no_fault = session.execute(query).one()
    return FalseRejections(false_rejection(no_fault, closed), every - closed)
