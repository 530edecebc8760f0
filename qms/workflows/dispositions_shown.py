"""What the pages of dispositions show: lines with all their parts, reviews, and what a decision should know."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.models.acceptance import Standard
from qms.models.dispositions import BoardReview, BoardVote, Disposition, Rework, ScrapTicket
from qms.models.rejections import Hold, Rejection
from qms.rules.accounts import Actor
from qms.rules.dispositions import OPEN
from qms.rules.errors import NotFound
from qms.workflows import rejections
from qms.workflows.acceptance_records import today
from qms.workflows.acceptance_standards import standard_in_force
from qms.workflows.dispositions_records import sees, undecided

MOST_BEFORE = 8
_PEOPLE = (Disposition.decided_by, Disposition.started_by, Disposition.done_by, Disposition.verified_by)
_OF_REJECTION = (Rejection.item, Rejection.lot, Rejection.defect, Rejection.found_unit, Rejection.origin_unit,
                 Rejection.site, Rejection.reported_by)


class Before(NamedTuple):
    """An earlier rejection of the same item and defect, and how it was disposed of."""

    rejection: Rejection
    lines: Sequence[Disposition]


class Matter(NamedTuple):
    """What a decision should know: the holds to decide, the standard in force, the reviews, what was done before."""

    holds: Sequence[Hold]
    standard: Standard | None
    reviews: Sequence[BoardReview]
    before: Sequence[Before]


def whole(session: Session, person: Actor, line_id: int) -> Disposition:
    """Return a line with everything that its page shows, loaded together. Raises NotFound."""
    found = session.scalar(
        select(Disposition).where(Disposition.id == line_id).options(
            *(joinedload(part) for part in _PEOPLE), joinedload(Disposition.hold).joinedload(Hold.lot),
            joinedload(Disposition.review), joinedload(Disposition.concession),
            joinedload(Disposition.rejection).options(*(joinedload(part) for part in _OF_REJECTION)),
            selectinload(Disposition.runs).options(
                joinedload(Rework.worked_by), joinedload(Rework.inspected_by), joinedload(Rework.handover)),
            joinedload(Disposition.ticket).options(
                joinedload(ScrapTicket.segregated_by), joinedload(ScrapTicket.rendered_by),
                joinedload(ScrapTicket.witnessed_by))))
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def of_rejection(session: Session, rejection_id: int) -> Sequence[Disposition]:
    """Return the lines of a rejection with what its page shows of them, in order."""
    return session.scalars(
        select(Disposition).where(Disposition.rejection_id == rejection_id).order_by(Disposition.position).options(
            *(joinedload(part) for part in _PEOPLE), selectinload(Disposition.runs),
            joinedload(Disposition.ticket))).all()


def decided_holds(lines: Sequence[Disposition]) -> set[int]:
    """Return the holds for which a line is decided and not yet carried out."""
    return {line.hold_id for line in lines if line.state in OPEN}


def whole_review(session: Session, person: Actor, review_id: int) -> BoardReview:
    """Return a board review with its votes and its rejection. Raises NotFound."""
    found = session.scalar(
        select(BoardReview).where(BoardReview.id == review_id).execution_options(populate_existing=True).options(
            joinedload(BoardReview.chair), joinedload(BoardReview.asked_by),
            selectinload(BoardReview.votes).joinedload(BoardVote.person),
            joinedload(BoardReview.rejection).options(*(joinedload(part) for part in _OF_REJECTION))))
    if found is None or not sees(person, found.rejection.site_id):
        raise NotFound
    return found


def reviews_of(session: Session, rejection_id: int) -> Sequence[BoardReview]:
    """Return the board reviews of a rejection, oldest first."""
    return session.scalars(
        select(BoardReview).where(BoardReview.rejection_id == rejection_id).order_by(BoardReview.id)
        .options(joinedload(BoardReview.chair), selectinload(BoardReview.votes))).all()


def matter(session: Session, rejection: Rejection) -> Matter:
    """Return what a decision on a rejection should know."""
    standard = None
    if rejection.link_id is not None and rejection.item_id is not None:
        standard = standard_in_force(session, rejection.link_id, rejection.item_id, today(session, rejection.site_id))
    return Matter(undecided(session, rejection), standard, reviews_of(session, rejection.id),
                  before(session, rejection))


def before(session: Session, rejection: Rejection) -> list[Before]:
    """Return what was done with the same defect of the same item, the newest first."""
    if rejection.item_id is None or rejection.defect_id is None:
        return []
    found = session.scalars(
        select(Rejection).where(Rejection.item_id == rejection.item_id, Rejection.defect_id == rejection.defect_id,
                                Rejection.id < rejection.id, Rejection.state != "void")
        .options(joinedload(Rejection.lot)).order_by(Rejection.id.desc()).limit(MOST_BEFORE)).all()
    lines = session.scalars(select(Disposition).where(
        Disposition.rejection_id.in_([one.id for one in found]), Disposition.state != "withdrawn")
        .order_by(Disposition.id)).all()
    return [Before(one, [line for line in lines if line.rejection_id == one.id]) for one in found]


def records_of(line: Disposition) -> list[tuple[str, int]]:
    """Return (table, id) of every record whose changes belong to a line's history."""
    ticket = [("scrap_tickets", line.ticket.id)] if line.ticket is not None else []
    return [("dispositions", line.id), *(("reworks", run.id) for run in line.runs), *ticket]


def rejection_of(session: Session, person: Actor, rejection_id: int) -> Rejection:
    """Return a rejection with its parts for someone who may see dispositions. Raises NotFound."""
    found = rejections.whole(session, person, rejection_id)
    if not sees(person, found.site_id):
        raise NotFound
    return found
