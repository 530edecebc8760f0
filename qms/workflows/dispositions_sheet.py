"""What a review sheet tells of a rejection and what became of it, in plain values. Changes nothing, knows no file."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from qms.models.actions import Action, ActionSource
from qms.models.customers_complaints import CustomerComplaint
from qms.models.dispositions import BoardReview, Disposition
from qms.models.dispositions_costs import CostLine
from qms.models.rejections import Rejection
from qms.rules.accounts import Actor
from qms.workflows.attachments import photos_of
from qms.workflows.exports_plain import coded, named, person, plain
from qms.workflows.rejections_records import one
from qms.workflows.trail_signatures import signatures_of

VIEW = "dispositions.view"
Row = dict[str, Any]


def sheet(session: Session, reader: Actor, rejection_id: int) -> Row:
    """Return what is told of a rejection: its facts, holds, votes, disposition lines with their proof, costs and cases.

    Times are naive and local to the site. Costs are None for who may not see them. Raises NotFound, NotAllowed.
    """
    rejection = one(session, reader, rejection_id)
    for permission in (VIEW, "exports.run"):
        reader.need(permission, site_id=rejection.site_id)
    zone = ZoneInfo(rejection.site.time_zone)
    lines = session.scalars(select(Disposition).where(Disposition.rejection_id == rejection.id)
                            .order_by(Disposition.position)).all()
    return {"case": _case(rejection, zone), "number": rejection.number, "title": _title(rejection),
            "state": rejection.state, "site": named(rejection.site), "zone": rejection.site.time_zone,
            "demo": rejection.site.demo,
            "holds": [plain(hold, zone, lot=hold.lot.number if hold.lot else None) for hold in rejection.holds],
            "reviews": _reviews(session, rejection, zone), "lines": [_line(line, zone) for line in lines],
            "costs": _costs(session, reader, rejection), "actions": _actions(session, rejection),
            "photos": [plain(photo, zone, rejection=rejection.number)
                       for photo in photos_of(session, reader, "rejections", rejection.id)],
            "signatures": [*signatures_of(session, "rejections", [rejection.id], zone.key),
                           *signatures_of(session, "dispositions", [line.id for line in lines], zone.key)]}


def _title(rejection: Rejection) -> str:
    parts = (coded(rejection.item), named(rejection.defect))
    return "  ".join(f"{one.zh} / {one.en}" if one.zh != one.en else one.zh for one in parts if one)


def _case(rejection: Rejection, zone: ZoneInfo) -> Row:
    return plain(rejection, zone, item=coded(rejection.item), defect=coded(rejection.defect),
                 drawing_rev=rejection.item.drawing_rev if rejection.item else None,
                 unit=rejection.item.unit if rejection.item else None,
                 lot=rejection.lot.number if rejection.lot else None,
                 lot_quantity=rejection.lot.quantity if rejection.lot else None,
                 found=coded(rejection.found_unit), origin=coded(rejection.origin_unit),
                 by=person(rejection.reported_by),
                 handover=rejection.handover.number if rejection.handover else None)


def _reviews(session: Session, rejection: Rejection, zone: ZoneInfo) -> list[Row]:
    found = session.scalars(select(BoardReview).where(BoardReview.rejection_id == rejection.id)
                            .order_by(BoardReview.id))
    return [plain(review, zone, chair=person(review.chair), votes=[
        plain(vote, zone, by=person(vote.person)) for vote in review.votes]) for review in found]


def _line(line: Disposition, zone: ZoneInfo) -> Row:
    """Return a disposition line with its concession, its runs and its scrap ticket."""
    ticket = line.ticket
    return plain(
        line, zone, decided_by=person(line.decided_by), done_by=person(line.done_by),
        verified_by=person(line.verified_by),
        concession=plain(line.concession, zone, customer=named(line.concession.customer)) if line.concession else None,
        runs=[plain(run, zone, by=person(run.worked_by), inspected_by=person(run.inspected_by))
              for run in line.runs],
        ticket=plain(ticket, zone, rendered_by=person(ticket.rendered_by), witnessed_by=person(ticket.witnessed_by))
        if ticket else None)


def _costs(session: Session, reader: Actor, rejection: Rejection) -> list[tuple[Any, str]] | None:
    """Return the sum of amounts in each currency, with those of its complaints; None for who may not see costs."""
    if not reader.may("dispositions.costs", site_id=rejection.site_id):
        return None
    rows = session.execute(
        select(func.sum(CostLine.amount), CostLine.currency)
        .outerjoin(CustomerComplaint, CustomerComplaint.id == CostLine.complaint_id)
        .where(or_(CostLine.rejection_id == rejection.id, CustomerComplaint.rejection_id == rejection.id))
        .group_by(CostLine.currency))
    return [(amount, currency) for amount, currency in rows]


def _actions(session: Session, rejection: Rejection) -> list[str]:
    return list(session.scalars(
        select(Action.number).join(ActionSource, ActionSource.action_id == Action.id)
        .where(ActionSource.kind == Rejection.__tablename__, ActionSource.record_id == rejection.id,
               ActionSource.active).order_by(Action.id)))
