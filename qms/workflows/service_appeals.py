"""How either party appeals against an answer, and how someone uninvolved decides (R-33). Knows no page."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from qms.db import acted, now
from qms.models.chain import Site
from qms.models.service_appeals import Appeal
from qms.models.service_complaints import InternalComplaint
from qms.rules import service_appeals as rules
from qms.rules import service_complaints as complaints
from qms.rules.accounts import Actor
from qms.rules.errors import NotAllowed, NotFound, Refused
from qms.rules.steps import step
from qms.rules.trail_signatures import Signing
from qms.workflows.chain_calendar import hours_of
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.numbers import APPEAL, next_number
from qms.workflows.rejections_records import check_version
from qms.workflows.service_complaints_records import (
    VIEW,
    Standing,
    one,
    paths,
    run_clock,
    sees,
    standing,
    taken,
)
from qms.workflows.trail_signatures import sign

DECIDE = {"uphold": "upheld", "overturn": "overturned"}


@dataclass(frozen=True, slots=True)
class Filter:
    """What appeals are asked for; empty texts and None ask for everything."""

    sought: str = ""
    site_id: int | None = None
    state: str = ""
    unit_id: int | None = None


def appeal(session: Session, person: Actor, complaint_id: int, rev: int, *, grounds: str) -> Appeal:
    """Appeal for either party against the answer, or against the first appeal's decision. The case rests meanwhile.

    Raises Refused (R-33), Invalid, Stale, IllegalStep, NotFound, NotAllowed.
    """
    complaint = one(session, person, complaint_id, lock=True)
    side = side_of(session, person, complaint)
    check_version(complaint, rev, {"state": complaint.state})
    step(complaints.STEPS, complaint.state, "appeal")
    complaints.check_not_frozen(frozen=complaint.frozen_at is not None)
    level = 1 + (session.scalar(select(func.count()).select_from(Appeal)
                                .where(Appeal.complaint_id == complaint.id)) or 0)
    rules.check_level(level)
    at = now(session)
    rules.check_window(complaint.appeal_until, at)
    said = rules.check_reasons(grounds, "grounds")
    number = next_number(session, APPEAL, session.get_one(Site, complaint.site_id))
    made = Appeal(
        site_id=complaint.site_id, year=number.year, serial=number.serial, number=number.text,
        complaint_id=complaint.id, appeal_level=level, side=side, against=complaint.state, state=rules.STEPS.first,
        grounds=said, filed_at=at, filed_by_id=person.id,
        due_at=complaints.after_days(hours_of(session, complaint.site_id), at, rules.DECIDE_DAYS))
    session.add(made)
    complaint.frozen_at = at
    run_clock(complaint)
    taken(session, person, complaint, "appeal", side, said=said)
    session.flush()
    acted(session, "R-33")
    return made


def decide(session: Session, person: Actor, appeal_id: int, rev: int, *, decision: str, reasons: str,
           signing: Signing | None) -> Appeal:
    """Uphold or overturn the decision appealed against, with reasons, as someone new to the case and of neither unit.

    The decision is signed; the clocks of the case go on from here.
    Raises Refused (R-33, R-45), Invalid, Stale, IllegalStep, NotFound, NotAllowed.
    """
    found = session.get(Appeal, appeal_id, with_for_update=True)
    if found is None:
        raise NotFound
    complaint = one(session, person, found.complaint_id, lock=True)
    grant = person.need(complaints.REVIEW, site_id=complaint.site_id, unit_path=paths(session, complaint)[1])
    name = next((name for name, state in DECIDE.items() if decision in (name, state)), "uphold")
    check_version(found, rev, {"state": DECIDE[name], "reasons": reasons})
    state = step(rules.STEPS, found.state, name)
    check_reviewer(standing(session, person, complaint))
    found.reasons = rules.check_reasons(reasons, "reasons")
    found.state, found.decided_at, found.decided_by_id, found.grant_id = state, now(session), person.id, grant
    _go_on(session, complaint, found)
    taken(session, person, complaint, name if name == "uphold" else _overturned(found), "reviewer",
          said=found.reasons, grant=grant)
    sign(session, person, found, "appeal", signing, grant_id=grant, number=found.number)
    return found


def check_reviewer(here: Standing) -> None:
    """Raise Refused (R-33) unless the person is new to the case and of neither unit."""
    rules.check_reviewer(took_part=here.took_part, belongs=here.of_accused or here.of_complaining)


def side_of(session: Session, person: Actor, complaint: InternalComplaint) -> str:
    """Return for which party a person may appeal. Raises Refused (R-33) for someone of neither; NotAllowed."""
    here, (complaining, accused) = standing(session, person, complaint), paths(session, complaint)
    if here.filed or (here.of_complaining and not here.handled and not here.of_accused):
        person.need(complaints.COMPLAIN, site_id=complaint.site_id, unit_path=complaining)
        return "complaining"
    if here.handled or here.of_accused:
        person.need(complaints.ANSWER, site_id=complaint.site_id, unit_path=accused)
        return "accused"
    raise Refused("R-33", "Only the two parties appeal.", "只有双方可以申诉。")


def may_appeal(session: Session, person: Actor, complaint: InternalComplaint) -> bool:
    """Tell whether a person speaks for one of the parties."""
    try:
        side_of(session, person, complaint)
    except (Refused, NotAllowed):
        return False
    return True


def _overturned(found: Appeal) -> str:
    return "overturn_refusal" if found.against == "refused" else "overturn_acceptance"


def _go_on(session: Session, complaint: InternalComplaint, found: Appeal) -> None:
    """Let the case go on: turned where the decision was overturned, with new clocks and, once more, a window."""
    at, hours = now(session), hours_of(session, complaint.site_id)
    if found.state == "overturned":
        complaint.state = step(complaints.STEPS, complaint.state, _overturned(found))
    complaint.frozen_at = None
    complaint.appeal_until = (complaints.after_days(hours, at, rules.WINDOW_DAYS) if found.appeal_level < rules.LEVELS
                              else None)
    complaint.plan_due_at = complaints.after_days(hours, at, complaints.PLAN_DAYS)
    complaint.solve_due_at = complaints.after_days(hours, at, complaints.SOLVE_DAYS)
    run_clock(complaint)


def whole(session: Session, person: Actor, appeal_id: int) -> Appeal:
    """Return an appeal with its complaint. Raises NotFound."""
    found = session.scalar(select(Appeal).where(Appeal.id == appeal_id).options(*_told()))
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def of_complaint(session: Session, complaint_id: int) -> list[Appeal]:
    """Return the appeals of a complaint, the first first."""
    return list(session.scalars(select(Appeal).where(Appeal.complaint_id == complaint_id).order_by(Appeal.appeal_level)
                                .options(joinedload(Appeal.filed_by), joinedload(Appeal.decided_by))))


def register(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Appeal]:
    """Return a page of appeals, newest first unless asked otherwise. Raises NotAllowed."""
    person.need(VIEW)
    query = (select(Appeal).join(Appeal.complaint).where(*conditions(person, wanted)).options(*_told()))
    return page(session, query, Appeal, {"number": Sorting(Appeal.id, "id")},
                wish._replace(sort=wish.sort or "-number"))


def conditions(person: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what an appeal of the register must fulfil; its complaint is joined."""
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [Appeal.site_id.in_(sorted(sites))]
    if wanted.site_id is not None:
        met.append(Appeal.site_id == wanted.site_id)
    if wanted.state:
        met.append(Appeal.state == wanted.state)
    if wanted.unit_id is not None:
        met.append(or_(InternalComplaint.complaining_id == wanted.unit_id,
                       InternalComplaint.accused_id == wanted.unit_id))
    met += [or_(*(column.icontains(word, autoescape=True) for column in (
        Appeal.number, InternalComplaint.number, InternalComplaint.matter))) for word in wanted.sought.split()]
    return met


def _told() -> tuple[Any, ...]:
    return (joinedload(Appeal.filed_by), joinedload(Appeal.decided_by), joinedload(Appeal.site),
            joinedload(Appeal.complaint).joinedload(InternalComplaint.complaining),
            joinedload(Appeal.complaint).joinedload(InternalComplaint.accused))
