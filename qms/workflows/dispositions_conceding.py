"""How dispositions rest on concessions: whether one covers a line, and what is used of it. Knows no page and no form.

Uses are counted while the concession is locked, so that two at once can never exceed it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.chain import Item
from qms.models.dispositions import Disposition
from qms.models.dispositions_concessions import Concession, ConcessionUse
from qms.models.rejections import Hold, Rejection
from qms.rules import dispositions_concessions as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Refused
from qms.rules.steps import step
from qms.workflows.dispositions_concessions_records import day_of, locked, move_on, terms

RULE = {"repair": "R-11", "use_as_is": "R-12"}
"""Rule by which a disposition is refused that no concession covers."""
UNUSED = ("decided", "executing")
"""States of a disposition in which its pieces are only pledged: nothing of them was accepted yet."""


def check_covered(session: Session, line: Disposition, at: datetime) -> Concession:
    """Return the concession that covers a disposition at an instant, locked until the transaction ends.

    Raises Refused: R-11 (repair) or R-12 (use as is) where none is named or it does not speak of this product, R-13
    where it is over or the line and all that is pledged would exceed it.
    """
    rule, concession = RULE[line.code], _named(session, line)
    rejection = session.get_one(Rejection, line.rejection_id)
    if concession.site_id != rejection.site_id:
        raise Refused(rule, "This concession is of another site.", "该让步属于其他工厂。", field="concession_id")
    wanted = _wanted(session, rejection, line.hold_id, line.quantity, at, _pledged(session, concession, line.id))
    rules.check_covers(terms(concession), wanted, rule)
    return concession


def covering(session: Session, rejection: Rejection, hold_id: int, quantity: int, at: datetime) -> Sequence[Concession]:
    """Return the concessions of the item that cover so many pieces of a hold now, the first to end first."""
    if rejection.item_id is None:
        return []
    found = session.scalars(select(Concession).where(
        Concession.site_id == rejection.site_id, Concession.item_id == rejection.item_id,
        Concession.state.in_(("approved", "active"))).order_by(Concession.expires_on, Concession.id))
    return [c for c in found if _covers(session, c, rejection, hold_id, quantity, at)]


def use(session: Session, person: Actor, line: Disposition, containers: str | None,
        quantity: int | None = None) -> ConcessionUse:
    """Count what was accepted of a line under its concession, and note the containers that carry the number.

    `quantity` None: all of the line. Reported again after it was sent back, a line counts once. Raises Refused
    (R-11, R-12, R-13), Invalid.
    """
    named = rules.check_containers(containers)
    concession = _named(session, line)
    _return(session, concession, line)
    pieces = line.quantity if quantity is None else quantity
    at = now(session)
    rules.check_in_force(terms(concession), day_of(session, concession.site_id, at), RULE[line.code])
    rules.check_left(terms(concession), pieces)
    made = ConcessionUse(concession_id=concession.id, disposition_id=line.id, quantity=pieces,
                         containers=", ".join(named), at=at, by_id=person.id, active=True)
    session.add(made)
    concession.quantity_used += pieces
    if rules.left(terms(concession)) == 0:
        concession.state, concession.ended_at = step(rules.STEPS, concession.state, "use_up"), at
        acted(session, "R-13")
    session.flush()
    return made


def give_back(session: Session, line: Disposition) -> int:
    """Give back what a line used of its concession, when the line is withdrawn; return how many pieces."""
    if line.concession_id is None:
        return 0
    concession = locked(session, line.concession_id)
    pieces = _return(session, concession, line)
    session.flush()
    return pieces


def _named(session: Session, line: Disposition) -> Concession:
    """Return the concession that a line names, locked. Raises Refused (R-11, R-12)."""
    if line.concession_id is None:
        raise Refused(RULE[line.code], "Choose the customer's concession that covers this product.",
                      "请选择适用于该产品的顾客让步。", field="concession_id")
    return locked(session, line.concession_id)


def _return(session: Session, concession: Concession, line: Disposition) -> int:
    """Take the active uses of a line back; a concession that was used up is in force again unless it has expired."""
    uses = session.scalars(select(ConcessionUse).where(
        ConcessionUse.disposition_id == line.id, ConcessionUse.concession_id == concession.id,
        ConcessionUse.active)).all()
    for one in uses:
        one.active = False
    pieces = sum(one.quantity for one in uses)
    concession.quantity_used -= pieces
    if pieces and concession.state == "used_up":
        concession.state, concession.ended_at = step(rules.STEPS, concession.state, "give_back"), None
        move_on(concession, now(session), day_of(session, concession.site_id, now(session)))
    return pieces


def _covers(session: Session, concession: Concession, rejection: Rejection, hold_id: int, quantity: int,
            at: datetime) -> bool:
    wanted = _wanted(session, rejection, hold_id, quantity, at, _pledged(session, concession, None))
    try:
        rules.check_covers(terms(concession), wanted, "R-12")
    except Refused:
        return False
    return True


def _wanted(session: Session, rejection: Rejection, hold_id: int, quantity: int, at: datetime,
            pledged: int) -> rules.Wanted:
    item = session.get(Item, rejection.item_id) if rejection.item_id is not None else None
    return rules.Wanted(
        rejection_id=rejection.id, item_id=rejection.item_id, drawing_rev=(item.drawing_rev if item else None) or "",
        defect_id=rejection.defect_id, lot_id=session.get_one(Hold, hold_id).lot_id, quantity=quantity,
        on=day_of(session, rejection.site_id, at), pledged=pledged)


def _pledged(session: Session, concession: Concession, line_id: int | None) -> int:
    """Return how many pieces other lines have been decided for under a concession and not used yet."""
    used = exists().where(ConcessionUse.disposition_id == Disposition.id, ConcessionUse.active)
    return session.scalar(select(func.coalesce(func.sum(Disposition.quantity), 0)).where(
        Disposition.concession_id == concession.id, Disposition.state.in_(UNUSED), ~used,
        *([] if line_id is None else [Disposition.id != line_id]))) or 0
