"""What waits for a person of dispositions: to decide, to carry out, to verify, to vote on."""

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from qms.models.chain import Unit
from qms.models.dispositions import BoardReview, BoardVote, Disposition
from qms.models.rejections import Hold, Rejection
from qms.rules.accounts import Actor
from qms.rules.dispositions import CONCEDED, OPEN
from qms.rules.rejections import UNDECIDED
from qms.workflows.today_waiting import Waiting, first_of, in_scope

_PARTS = (joinedload(Rejection.item), joinedload(Rejection.lot), joinedload(Rejection.defect),
          joinedload(Rejection.found_unit))


def to_decide(session: Session, person: Actor) -> Waiting:
    """Return the rejections of which something is held and undecided, where the person may release and dispose."""
    found = aliased(Unit)
    decided = exists().where(Disposition.hold_id == Hold.id, Disposition.state.in_(OPEN))
    query = (select(Rejection).join(found, found.id == Rejection.found_unit_id)
             .where(Rejection.state.in_(UNDECIDED),
                    exists().where(Hold.rejection_id == Rejection.id, Hold.state == "held", ~decided),
                    in_scope(person, "rejections.release", Rejection.site_id, found.path)))
    return first_of(session, query, Rejection.id, *_PARTS)


def to_work(session: Session, person: Actor) -> Waiting:
    """Return the lines that are decided or begun, where the person may work; not those that wait for a customer."""
    ready = or_(Disposition.state == "executing", and_(Disposition.state == "unusable", Disposition.code == "scrap"),
                and_(Disposition.state == "decided",
                     or_(Disposition.code.not_in(CONCEDED), Disposition.concession_id.is_not(None))))
    return _lines(session, person, "dispositions.work", ready)


def to_verify(session: Session, person: Actor) -> Waiting:
    """Return the lines that others carried out and the person may verify (R-09)."""
    return _lines(session, person, "dispositions.verify", and_(
        Disposition.state == "verifying", Disposition.done_by_id != person.id, Rejection.reported_by_id != person.id))


def to_vote(session: Session, person: Actor) -> Waiting:
    """Return the open board reviews on which the person may vote and has not."""
    found = aliased(Unit)
    query = (select(BoardReview).join(Rejection, Rejection.id == BoardReview.rejection_id)
             .join(found, found.id == Rejection.found_unit_id)
             .where(BoardReview.state == "asked",
                    ~exists().where(BoardVote.review_id == BoardReview.id, BoardVote.person_id == person.id),
                    in_scope(person, "dispositions.vote", Rejection.site_id, found.path)))
    return first_of(session, query, BoardReview.id, joinedload(BoardReview.rejection).options(*_PARTS),
                    joinedload(BoardReview.chair))


def _lines(session: Session, person: Actor, permission: str, met: ColumnElement[bool]) -> Waiting:
    found = aliased(Unit)
    query = (select(Disposition).join(Rejection, Rejection.id == Disposition.rejection_id)
             .join(found, found.id == Rejection.found_unit_id)
             .where(met, in_scope(person, permission, Disposition.site_id, found.path)))
    return first_of(session, query, Disposition.id, joinedload(Disposition.rejection).options(*_PARTS))
