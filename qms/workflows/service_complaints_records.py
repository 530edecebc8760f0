"""How an internal complaint is found for a person, on which side they stand, and how a step is written down."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.accounts import Person
from qms.models.chain import Unit
from qms.models.service_complaints import ComplaintStep, InternalComplaint
from qms.rules import service_complaints as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.rejections import is_involved
from qms.rules.steps import step, step_of
from qms.workflows.accounts_delegable import homes
from qms.workflows.rejections_records import check_version

VIEW = "service.view"


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person stands to a complaint. `handled`: acted for the unit complained of, or owns its plan."""

    filed: bool
    handled: bool
    took_part: bool
    of_complaining: bool
    of_accused: bool


def sees(person: Actor, site_id: int) -> bool:
    """Tell whether the person may know of a site's internal complaints."""
    sites = person.sites(VIEW)
    return sites is None or site_id in sites


def one(session: Session, person: Actor, complaint_id: int, *, lock: bool = False) -> InternalComplaint:
    """Return a complaint of a site that the person may see. Raises NotFound."""
    found = session.get(InternalComplaint, complaint_id, with_for_update=lock or None)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def home_of(session: Session, person: Actor) -> str | None:
    """Return the path of the unit where a person works."""
    return session.scalar(select(Unit.path).join(Person, Person.unit_id == Unit.id).where(Person.id == person.id))


def paths(session: Session, complaint: InternalComplaint) -> tuple[str, str]:
    """Return the paths of the complaining unit and of the one complained of."""
    return tuple(session.get_one(Unit, unit_id).path  # type: ignore[return-value]
                 for unit_id in (complaint.complaining_id, complaint.accused_id))


def standing(session: Session, person: Actor, complaint: InternalComplaint) -> Standing:
    """Return how a person stands to a complaint, by what they did on it, where they work and their grants."""
    taken = session.scalars(select(ComplaintStep.side).where(
        ComplaintStep.complaint_id == complaint.id, ComplaintStep.by_id.in_(person.selves))).all()
    complaining, accused = paths(session, complaint)
    homes_here = homes(session, person)
    owns = person.is_for(complaint.plan_owner_id)
    return Standing(
        filed=person.is_for(complaint.filed_by_id), handled=owns or "accused" in taken,
        took_part=owns or bool(taken) or person.is_for(complaint.filed_by_id),
        of_complaining=any(is_involved(person, home=home, paths=[complaining]) for home in homes_here),
        of_accused=any(is_involved(person, home=home, paths=[accused]) for home in homes_here))


def begun(session: Session, person: Actor, complaint_id: int, rev: int | None, name: str, **given: Any,
          ) -> tuple[InternalComplaint, str, int | None]:
    """Return a complaint that no one else changes meanwhile, the state a step leads to, the grant that allows it.

    Steps for the unit complained of need a grant there and another person than who filed; steps of the complaining
    unit someone of its side alone (R-32). Raises NotFound, NotAllowed, Refused, Stale, IllegalStep.
    """
    complaint = one(session, person, complaint_id, lock=True)
    wanted = step_of(rules.STEPS, name)
    complaining, accused = paths(session, complaint)
    here = standing(session, person, complaint)
    grant = person.need(wanted.permission, site_id=complaint.site_id,
                        unit_path=accused if wanted.permission == rules.ANSWER else complaining)
    if rev is not None:
        check_version(complaint, rev, given | {"state": wanted.to or complaint.state})
    state = step(rules.STEPS, complaint.state, name)
    if wanted.permission == rules.ANSWER:
        rules.check_answers(filed=here.filed, complains=here.of_complaining and not here.of_accused)
    if wanted.permission == rules.COMPLAIN:
        check_complainant(here)
    rules.check_not_frozen(frozen=complaint.frozen_at is not None)
    return complaint, state, grant


def check_complainant(here: Standing) -> None:
    """Raise Refused (R-32) unless the person speaks for the complaining unit alone."""
    rules.check_complainant(handled=here.handled, belongs_to_accused=here.of_accused,
                            complains=here.filed or here.of_complaining)


def taken(session: Session, person: Actor, complaint: InternalComplaint, name: str, side: str, *,
          said: str | None = None, grant: int | None = None) -> None:
    """Write a step down."""
    session.add(ComplaintStep(complaint_id=complaint.id, step=name, side=side, by_id=person.id, at=now(session),
                              said=(said or "").strip() or None, grant_id=grant))


def run_clock(complaint: InternalComplaint) -> None:
    """Set when the next step is due by the state; none is while an appeal is open or nobody is waited for.

    A clock that runs out after the complaint last climbed is a new one, and climbs from the first rung.
    """
    due: dict[str, datetime | None] = {
        "filed": complaint.answer_due_at if complaint.acknowledged_at else complaint.acknowledge_due_at,
        "accepted": complaint.plan_due_at, "planned": complaint.solve_due_at, "done": complaint.confirm_due_at}
    complaint.due_at = None if complaint.frozen_at is not None else due.get(complaint.state)
    if complaint.due_at is not None and (complaint.escalated_at is None or complaint.due_at > complaint.escalated_at):
        complaint.rungs = 0


def told(text: str | None, field: str) -> str:
    """Return what a step asks to be told. Raises Invalid when nothing was."""
    found = (text or "").strip()
    if not found:
        raise Invalid("Say it in a few words.", "请简要填写。", field=field)
    return found
