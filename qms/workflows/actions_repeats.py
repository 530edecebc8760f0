"""Which earlier case had the same item, defect and origin within a year (R-29). Writes nothing."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.models.actions import Action
from qms.models.rejections import Rejection
from qms.rules.accounts import Actor
from qms.rules.actions_effectiveness import REPEAT_WITHIN
from qms.workflows.actions_records import sees


def earlier(session: Session, site_id: int, problem: tuple[int | None, ...], at: datetime,
            before_id: int | None = None) -> Action | None:
    """Return the last case of a problem (item, defect, origin) that was closed within a year before an instant.

    Of a case that runs the opening counts. A problem that is not known in full repeats nothing.
    """
    if None in problem:
        return None
    item_id, defect_id, origin_unit_id = problem
    query = select(Action).where(
        Action.site_id == site_id, Action.item_id == item_id, Action.defect_id == defect_id,
        Action.origin_unit_id == origin_unit_id, Action.state != "void",
        func.coalesce(Action.closed_at, Action.opened_at) >= at - REPEAT_WITHIN,
        Action.id < before_id if before_id is not None else Action.opened_at < at)
    return session.scalar(query.order_by(Action.id.desc()).limit(1))


def of_rejection(session: Session, person: Actor, rejection: Rejection) -> Action | None:
    """Return the case that should have prevented a rejection, as far as the person may see it."""
    if rejection.state == "void":
        return None
    problem = (rejection.item_id, rejection.defect_id, rejection.origin_unit_id)
    found = earlier(session, rejection.site_id, problem, rejection.found_at)
    return found if found is not None and sees(person, found.site_id) else None
