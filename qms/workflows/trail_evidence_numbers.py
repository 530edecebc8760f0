"""How records are found by the numbers that people type. Knows no clause; tells nobody of records they may not see."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import Record
from qms.models.acceptance import Handover
from qms.models.actions import Action
from qms.models.actions_causes import Lesson
from qms.models.chain import Lot
from qms.models.controls import Bypass
from qms.models.customers_complaints import CustomerComplaint
from qms.models.dispositions import Disposition, ScrapTicket
from qms.models.dispositions_concessions import Concession, CustomerNotice
from qms.models.rejections import Rejection
from qms.models.review import Review
from qms.models.service_appeals import Appeal
from qms.models.service_commitments import Commitment
from qms.models.service_complaints import InternalComplaint
from qms.models.service_requests import ServiceRequest
from qms.models.stops import Stop
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid
from qms.rules.review import VIEW as REVIEW
from qms.workflows.review_register import visible


@dataclass(frozen=True, slots=True)
class Numbered:
    """A kind of record that bears numbers: what it takes to see one, and the record with which its story begins."""

    model: Any
    permission: str
    begins: type[Record] | None = None
    through: Any = None


NUMBERED: tuple[Numbered, ...] = (
    Numbered(Rejection, "rejections.view"), Numbered(Handover, "acceptance.view"), Numbered(Stop, "stops.view"),
    Numbered(Concession, "dispositions.view"), Numbered(Action, "actions.view"), Numbered(Lot, "chain.view"),
    Numbered(Bypass, "controls.view"), Numbered(CustomerComplaint, "customers.view"),
    Numbered(InternalComplaint, "service.view"), Numbered(Commitment, "service.view"),
    Numbered(ServiceRequest, "service.view"), Numbered(Review, REVIEW),
    Numbered(CustomerNotice, "dispositions.view", Rejection, CustomerNotice.rejection_id),
    Numbered(ScrapTicket, "dispositions.view", Rejection,
             select(Disposition.rejection_id).where(Disposition.id == ScrapTicket.disposition_id).scalar_subquery()),
    Numbered(Appeal, "service.view", InternalComplaint, Appeal.complaint_id),
    Numbered(Lesson, "actions.view", Action, Lesson.action_id),
)


def named_records(session: Session, person: Actor, numbers: Sequence[str]) -> dict[type[Record], list[int]]:
    """Map kinds of record to the ids of those that bear these numbers and that the person may see.

    Raises Invalid naming every number that no such record bears.
    """
    found: dict[type[Record], list[int]] = defaultdict(list)
    missing = set(numbers)
    for kind in NUMBERED:
        if not person.may(kind.permission):
            continue
        begins = kind.model.id if kind.through is None else kind.through
        query = select(kind.model.number, begins).where(kind.model.number.in_(numbers), *_seen(person, kind))
        for number, record_id in session.execute(query):
            missing.discard(number)
            found[kind.begins or kind.model].append(record_id)
    if missing:
        unknown = ", ".join(number[:80] for number in numbers if number in missing)
        raise Invalid(f"No record that you may see bears this number: {unknown}.",
                      f"在您可查看的范围内没有编号为 {unknown} 的记录。", field="record")
    return dict(found)


def _seen(person: Actor, kind: Numbered) -> list[Any]:
    if kind.model is Review:
        return visible(person)
    sites = person.sites(kind.permission)
    return [] if sites is None else [kind.model.site_id.in_(sorted(sites))]
