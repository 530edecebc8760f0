"""What a person may do with an internal complaint now, and the six steps told back to who complained (ISO 10002)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from qms.models.chain import Unit
from qms.models.service_complaints import InternalComplaint
from qms.models.service_follow_ups import ComplaintFollowUp
from qms.rules import service_complaints as rules
from qms.rules.accounts import Actor
from qms.rules.clock import utc_now
from qms.rules.errors import Refused
from qms.rules.steps import allowed
from qms.rules.words import Words
from qms.workflows.service_appeals import may_appeal
from qms.workflows.service_complaints_records import check_complainant, paths, standing

CLOSED_BY_RECORD = frozenset({"overturn_refusal", "overturn_acceptance", "recur", "end_follow_ups", "lapse"})
"""Steps that follow from an appeal, a follow-up or the clock; no button takes them."""


@dataclass(frozen=True, slots=True)
class Told:
    """One of the six steps: what, the unit whose turn it is or was, when it was taken or is due, what was said."""

    words: Words
    unit: Unit
    at: datetime | None
    due_at: datetime | None
    said: str | None = None

    @property
    def late(self) -> bool:
        """Tell whether it was taken after it was due, or is overdue now."""
        return self.due_at is not None and (self.at or utc_now()) > self.due_at


def offered(session: Session, person: Actor, complaint: InternalComplaint) -> list[str]:
    """Return the names of the steps that the table, the person's grants and their side allow."""
    if complaint.frozen_at is not None:
        return []
    return [one.name for one in allowed(rules.STEPS, complaint.state)
            if one.name not in CLOSED_BY_RECORD and _may(session, person, complaint, one.name, one.permission)]


def _may(session: Session, person: Actor, complaint: InternalComplaint, name: str, permission: str) -> bool:
    if name == "appeal":
        until = complaint.appeal_until
        return until is not None and utc_now() <= until and may_appeal(session, person, complaint)
    if name == "acknowledge" and complaint.acknowledged_at is not None:
        return False
    here, (complaining, accused) = standing(session, person, complaint), paths(session, complaint)
    if not person.may(permission, site_id=complaint.site_id,
                      unit_path=accused if permission == rules.ANSWER else complaining):
        return False
    try:
        if permission == rules.ANSWER:
            rules.check_answers(filed=here.filed, complains=here.of_complaining and not here.of_accused)
        else:
            check_complainant(here)
    except Refused:
        return False
    return True


def told_back(complaint: InternalComplaint, follow_ups: list[ComplaintFollowUp]) -> list[Told]:
    """Return the six steps of a complaint as they are told to who complained, each with its time or when it is due."""
    c, ours, theirs = complaint, complaint.complaining, complaint.accused
    refused = c.state == "refused"
    gone = c.state in {"refused", "withdrawn", "unanswered", "closed"}
    made = [f for f in follow_ups if f.state == "made"]
    waits = next((f.due_at for f in follow_ups if f.state == "planned"), None)

    def due(limit: datetime | None, at: datetime | None) -> datetime | None:
        return None if at is None and (gone or c.frozen_at is not None) else limit

    return [
        Told(Words("Received", "签收"), theirs, c.acknowledged_at, due(c.acknowledge_due_at, c.acknowledged_at)),
        Told(Words("Not accepted", "不予受理") if refused else Words("Accepted", "受理"), theirs, c.answered_at,
             due(c.answer_due_at, c.answered_at), c.answer),
        Told(Words("Plan", "措施"), theirs, c.planned_at, due(c.plan_due_at, c.planned_at), c.plan),
        Told(Words("Done", "完成"), theirs, c.done_at, due(c.solve_due_at, c.done_at), c.result),
        Told(Words("Your confirmation", "投诉方确认"), ours, c.confirmed_at,
             due(c.confirm_due_at, c.confirmed_at), c.confirmation),
        Told(Words("Follow-up", "回访"), ours, made[-1].visited_at if made else None, due(waits, None),
             made[-1].note if made else None),
    ]
