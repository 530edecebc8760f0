"""How often an operation is patrolled, and whether a first piece is asked for at each shift start. Asks for nothing."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.acceptance_pieces import PatrolPlan
from qms.models.chain import Unit
from qms.rules.acceptance_pieces import check_interval
from qms.rules.accounts import Actor
from qms.rules.chain import OUTSIDE
from qms.rules.errors import Invalid, NotFound
from qms.workflows.acceptance_pieces import sees
from qms.workflows.acceptance_records import check_version
from qms.workflows.chain_records import change

PLAN = "acceptance.draft"


def plan_of(session: Session, unit_id: int) -> PatrolPlan | None:
    """Return the patrol plan of a unit, in use or not; None when it never had one."""
    return session.scalar(select(PatrolPlan).where(PatrolPlan.unit_id == unit_id))


def plan_patrol(session: Session, person: Actor, unit_id: int, rev: int, *, every_min: int, first_piece: bool = True,
                active: bool = True) -> PatrolPlan:
    """Say how often a unit is patrolled while a shift runs; `rev` is 0 where there was no plan.

    Raises Stale, Invalid, NotFound, NotAllowed.
    """
    unit = session.get(Unit, unit_id, with_for_update=True)
    if unit is None or not sees(person, unit.site_id):
        raise NotFound
    person.need(PLAN, site_id=unit.site_id, unit_path=unit.path)
    if unit.kind in OUTSIDE:
        raise Invalid("Outside customers and suppliers are not patrolled.", "外部顾客和供应商不设巡检。")
    check_interval(every_min)
    given = {"every_min": every_min, "first_piece": first_piece, "active": active}
    plan = session.scalar(select(PatrolPlan).where(PatrolPlan.unit_id == unit_id).with_for_update())
    if plan is None:
        plan = PatrolPlan(unit_id=unit_id, **given)
        session.add(plan)
    else:
        check_version(plan, rev, given)
        change(plan, given)
    session.flush()
    return plan
