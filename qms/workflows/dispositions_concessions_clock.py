"""How concessions begin and end by the days of their sites (R-13). Knows no page and no person."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.dispositions_concessions import Concession
from qms.rules.dispositions_concessions import state_on
from qms.workflows.dispositions_concessions_records import day_of, move_on


def is_due(session: Session, at: datetime) -> bool:
    """Tell whether any concession may have begun or ended by now, at whichever site it is a day later."""
    return any(_moves(session, held, at) for held in session.scalars(select(Concession).where(_waits(at))))


def run(session: Session) -> int:
    """Begin and end what is due by the day of its site; return how many. One in use now is left for later."""
    at = now(session)
    found = session.scalars(select(Concession).where(_waits(at)).order_by(Concession.id)
                            .with_for_update(skip_locked=True)).all()
    moved = sum([move_on(held, at, day_of(session, held.site_id, at)) for held in found])
    if moved:
        acted(session, "R-13")
    session.flush()
    return moved


def _moves(session: Session, held: Concession, at: datetime) -> bool:
    return state_on(held.state, held.starts_on, held.expires_on, day_of(session, held.site_id, at)) != held.state


def _waits(at: datetime) -> ColumnElement[bool]:
    """Return the condition that a concession may be due in the zone that is furthest ahead."""
    latest = (at + timedelta(hours=14)).date()
    return or_(and_(Concession.state == "approved", Concession.starts_on <= latest),
               and_(Concession.state.in_(("approved", "active")), Concession.expires_on < latest))
