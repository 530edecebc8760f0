"""Does what the stories of held quantities tell, through the workflows; must not know when or why."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.demo import dispositions_playing as playing
from qms.demo.deeds import World
from qms.models.chain import Item
from qms.models.dispositions import BoardReview
from qms.models.dispositions_concessions import Concession
from qms.models.rejections import ContainmentLine, Hold
from qms.rules.accounts import Actor
from qms.rules.rejections import SETTLED
from qms.workflows import dispositions, dispositions_board, rejections
from qms.workflows import dispositions_concessions as concessions
from qms.workflows import dispositions_concessions_clock as concessions_clock
from qms.workflows.acceptance_records import today
from qms.workflows.dispositions_concessions import Request

PERMIT, MOST_CONCEDED = "", 400
"""The key of the concession that is for no rejection; how many pieces a concession is for."""


def settle(key: str, session: Session, actor: Actor, world: World) -> None:
    """Confirm an origin that nobody has confirmed yet."""
    rejection = world.rejection(session, key)
    if rejection.origin_state not in SETTLED:
        rejections.confirm_origin(session, actor, rejection.id, rejection.rev)


def contain(key: str, session: Session, actor: Actor, world: World) -> None:
    """Ask every place for more of the same; none has any."""
    rejection = world.rejection(session, key)
    rejections.ask_containment(session, actor, rejection.id, rejection.rev)
    for line in session.scalars(select(ContainmentLine).where(ContainmentLine.rejection_id == rejection.id)).all():
        rejections.answer_containment(session, actor, line.id, line.rev, suspect=0, checked=0, nonconforming=0, good=0,
                                      method="现场核对, 无同类零件")


def decide(key: str, wanted: Sequence[tuple[str, int]], session: Session, actor: Actor, world: World) -> None:
    """Decide all that is held and undecided."""
    rejection = world.rejection(session, key)
    dispositions.decide(session, actor, rejection.id, rejection.rev, playing.drafts(session, rejection, *wanted),
                        signing=world.founded.signing(actor, "disposition"))


def each(key: str, code: str, step: Any, session: Session, actor: Actor, world: World) -> None:
    """Take a step with each line of a code."""
    for line in playing.lines_of(session, world.rejections[key], code):
        step(session, actor, line)


def ask(key: str, chair: str, proposal: str, session: Session, actor: Actor, world: World) -> None:
    """Ask the board."""
    rejection = world.rejection(session, key)
    dispositions_board.ask(session, actor, rejection.id, rejection.rev, chair_id=world.person(chair),
                           proposal=proposal)


def _review(session: Session, world: World, key: str) -> BoardReview:
    return session.scalars(select(BoardReview).where(BoardReview.rejection_id == world.rejections[key])).one()


def vote(key: str, function: str, vote: str, code: str, note: str, session: Session, actor: Actor,
          world: World) -> None:
    """Vote in the board."""
    dispositions_board.vote(session, actor, _review(session, world, key).id, function=function, vote=vote, code=code,
                            note=note)


def close(key: str, code: str, outcome: str, session: Session, actor: Actor, world: World) -> None:
    """Close the board."""
    review = _review(session, world, key)
    dispositions_board.close(session, actor, review.id, review.rev, code=code, outcome=outcome)


def draft(key: str, characteristic: str, deviation: str, session: Session, actor: Actor, world: World) -> None:
    """Draft a concession for a rejection."""
    rejection = world.rejection(session, key)
    item = session.get_one(Item, rejection.item_id)
    concessions.draft(session, actor, site_id=world.founded.site, rejection_id=rejection.id, request=Request(
        item_id=item.id, customer_id=item.customer_id or 0, characteristic=characteristic, deviation=deviation,
        defect_id=rejection.defect_id, quantity_authorised=MOST_CONCEDED,
        expires_on=today(session, rejection.site_id) + timedelta(days=30), label_text="让步接收"))


def draft_permit(session: Session, actor: Actor, world: World) -> None:
    """Draft a permit for no rejection."""
    ids = world.founded
    item = session.get_one(Item, ids.items["SB-310"])
    concessions.draft(session, actor, site_id=ids.site, request=Request(
        kind="permit", item_id=item.id, customer_id=item.customer_id or 0, characteristic="漆膜厚度 18 – 28 µm",
        deviation="漆膜厚度至 32 µm, 因更换槽液供方", defect_id=ids.defects["E01"], quantity_authorised=MOST_CONCEDED,
        expires_on=today(session, ids.site) + timedelta(days=17)))


def approve(key: str, session: Session, actor: Actor, world: World) -> None:
    """Approve a concession inside."""
    held = _concession(session, world, key)
    concessions.approve_internally(session, actor, held.id, held.rev,
                                   signing=world.founded.signing(actor, "concession"))


def send(key: str, session: Session, actor: Actor, world: World) -> None:
    """Put a concession to the customer."""
    held = _concession(session, world, key)
    concessions.send(session, actor, held.id, held.rev)


def authorised(key: str, days: int, session: Session, actor: Actor, world: World) -> None:
    """Record what the customer authorised, for so many days."""
    held, on = _concession(session, world, key), today(session, world.founded.site)
    concessions.record_approval(
        session, actor, held.id, held.rev, customer_ref=f"SQE-2026-{held.serial:04d}", customer_approver="王磊",
        customer_approver_role="顾客质量主管", customer_decided_on=on, quantity_authorised=MOST_CONCEDED, starts_on=on,
        expires_on=on + timedelta(days=days), signing=world.founded.signing(actor, "authorisation"))


def run_clock(session: Session, _actor: Actor, _world: World) -> None:
    """Let concessions begin and end by the day."""
    concessions_clock.run(session)


def confirm_back(session: Session, actor: Actor, world: World) -> None:
    """Confirm that the permit is over."""
    held = _concession(session, world, PERMIT)
    concessions.confirm_back_to_spec(session, actor, held.id, held.rev)


def decide_conceded(key: str, session: Session, actor: Actor, world: World) -> None:
    """Decide to use what is held under its concession."""
    rejection = world.rejection(session, key)
    lines = playing.drafts(session, rejection, ("use_as_is", 0), concession_id=_concession(session, world, key).id)
    dispositions.decide(session, actor, rejection.id, rejection.rev, lines,
                        signing=world.founded.signing(actor, "disposition"))


def _concession(session: Session, world: World, key: str) -> Concession:
    rejection_id = world.rejections[key] if key != PERMIT else None
    return session.scalars(select(Concession).where(Concession.rejection_id.is_not_distinct_from(rejection_id))).one()


def held_of(session: Session, rejection_id: int) -> Sequence[Hold]:
    """Return what a rejection holds."""
    return session.scalars(select(Hold).where(Hold.rejection_id == rejection_id, Hold.state == "held")
                           .order_by(Hold.id)).all()
