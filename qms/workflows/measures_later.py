"""Lists the rejections behind the figures of what was found later; must not know the figures."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from qms.models.chain import Link, Unit
from qms.models.rejections import Passage, Rejection
from qms.rules.measures import FOUND_BY_MAKER, UNPLACED, Period
from qms.workflows.measures_escapes import counted_in, joined_at

MOST_SHOWN = 500


def found_after_link(session: Session, link: Link, period: Period) -> Sequence[Rejection]:
    """Return what came over a link and was found after it, newest first, at most 500; any origin state."""
    here, before = aliased(Passage), aliased(Passage)
    from_supplier = or_(
        and_(here.position == 1, Rejection.origin_unit_id == link.supplier_id),
        exists().where(joined_at(before, here.position - 1), before.unit_id == link.supplier_id),
    )
    over = exists().where(
        here.rejection_id == Rejection.id, here.active, here.unit_id == link.customer_id, from_supplier
    )
    return _listed(session, link.site_id, period, over)


def found_after_unit(session: Session, unit: Unit, period: Period) -> Sequence[Rejection]:
    """Return what a unit made or let through and was found elsewhere, newest first, at most 500."""
    passed = exists().where(
        Passage.rejection_id == Rejection.id, Passage.active, Passage.unit_id == unit.id
    )
    made = and_(
        Rejection.origin_unit_id == unit.id, Rejection.escape_class.not_in((FOUND_BY_MAKER, UNPLACED))
    )
    return _listed(session, unit.site_id, period, or_(passed, made))


def _listed(
    session: Session, site_id: int, period: Period, condition: ColumnElement[bool]
) -> Sequence[Rejection]:
    return session.scalars(
        select(Rejection)
        .where(counted_in(period, site_id), condition)
        .options(
            joinedload(Rejection.defect), joinedload(Rejection.found_unit), joinedload(Rejection.origin_unit)
        )
        .order_by(Rejection.found_at.desc(), Rejection.id.desc())
        .limit(MOST_SHOWN)
    ).all()
