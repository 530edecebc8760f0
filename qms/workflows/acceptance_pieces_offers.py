"""Which verdicts and steps an inspection offers a person now. Changes nothing."""

from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session, joinedload

from qms.models.acceptance_pieces import PieceCheck
from qms.models.chain import Unit
from qms.rules.acceptance_pieces import OPEN, table_of
from qms.rules.accounts import Actor
from qms.rules.steps import allowed
from qms.workflows.today_waiting import Waiting, first_of, in_scope


class Offers(NamedTuple):
    """What a person may do with an inspection now: verdicts in their order, and whether they may mark it as missed."""

    verdicts: tuple[str, ...]
    miss: bool


def offers_for(person: Actor, check: PieceCheck) -> Offers:
    """Return what a person may do with an inspection; nobody is offered a second verdict (R-09)."""
    steps = [s.name for s in allowed(table_of(check.kind), check.state)
             if person.may(s.permission, site_id=check.site_id, unit_path=check.unit.path)]
    has_judged = person.id in {check.self_by_id, check.mutual_by_id, check.dedicated_by_id}
    verdicts = () if has_judged else tuple(s.removeprefix("judge_") for s in steps if s.startswith("judge_"))
    return Offers(verdicts, "miss" in steps)


def to_judge(session: Session, person: Actor) -> Waiting:
    """Return the inspections whose next verdict is this person's, the first due first.

    A self-inspection waits for the people of its unit, not for all who may.
    """
    def waits(kind: str, state: str, permission: str, *, unit_only: bool = False) -> ColumnElement[bool]:
        return and_(PieceCheck.kind == kind, PieceCheck.state == state,
                    in_scope(person, permission, PieceCheck.site_id, Unit.path, unit_only=unit_only))

    mine = or_(waits("first_piece", "due", "acceptance.present", unit_only=True),
               waits("first_piece", "self_done", "stops.answer"),
               waits("first_piece", "mutual_done", "acceptance.inspect"),
               waits("patrol", "due", "acceptance.inspect"))
    judged = or_(PieceCheck.self_by_id == person.id, PieceCheck.mutual_by_id == person.id)
    query = (select(PieceCheck).join(Unit, Unit.id == PieceCheck.unit_id)
             .where(PieceCheck.state.in_(OPEN), mine, or_(judged.is_(None), ~judged)))
    return first_of(session, query, PieceCheck.due_at, joinedload(PieceCheck.unit), joinedload(PieceCheck.item),
                    joinedload(PieceCheck.lot))
