"""Which effectiveness plans are to be judged, and whether anything happened that may have come back. Writes nothing."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from qms.db.ledger import ledger
from qms.models.actions import Action
from qms.models.actions_effectiveness import EffectivenessPlan
from qms.rules.actions_effectiveness import REPEAT_WITHIN, WATCHED

COUNTED = ("rejections", "effectiveness_plans")
"""Tables whose changes are looked at at once; windows fill slowly."""


def last_entry(session: Session) -> int:
    """Return the number of the newest entry of the trail."""
    return session.scalar(select(func.max(ledger.c.seq))) or 0


def touches_plans(session: Session, since: int) -> bool:
    """Tell whether something that plans count was changed after an entry of the trail."""
    return session.execute(select(ledger.c.seq).where(ledger.c.seq > since, ledger.c.entity.in_(COUNTED))
                           .limit(1)).first() is not None


def watched(session: Session, at: datetime) -> Sequence[EffectivenessPlan]:
    """Return the plans that run, and those confirmed within the time in which a repeat counts (R-29)."""
    return session.scalars(
        select(EffectivenessPlan).join(EffectivenessPlan.action)
        .options(contains_eager(EffectivenessPlan.action), selectinload(EffectivenessPlan.verdicts))
        .where(EffectivenessPlan.state.in_(WATCHED), Action.state != "void",
               or_(EffectivenessPlan.confirmed_at.is_(None), EffectivenessPlan.confirmed_at > at - REPEAT_WITHIN))
        .order_by(EffectivenessPlan.id)).all()
