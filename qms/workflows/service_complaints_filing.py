"""How a unit files an internal complaint on another one. Knows no page."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Link, Site, Unit
from qms.models.service_complaints import InternalComplaint
from qms.rules import service_complaints as rules
from qms.rules.accounts import Actor
from qms.rules.chain import LINK_KINDS
from qms.rules.errors import Invalid
from qms.workflows.chain_calendar import hours_of
from qms.workflows.numbers import INTERNAL_COMPLAINT, next_number
from qms.workflows.service_complaints_flags import first_alike, notice
from qms.workflows.service_complaints_records import run_clock, taken, told
from qms.workflows.service_complaints_sources import Source, source_of


def file(session: Session, person: Actor, *, complaining_id: int, accused_id: int, matter: str, kind: str = "",
         standard_ref: str | None = None, evidence: str | None = None, impact: str | None = None,
         expectation: str | None = None, source_kind: str = "free", record_id: int | None = None,
         source_ref: str | None = None) -> InternalComplaint:
    """File a complaint of one unit on another, freely or from a record. Raises Invalid, NotFound, NotAllowed.

    The kind of customer is taken from the link between the two where it is not said.
    """
    complaining, accused = _unit(session, complaining_id, "complaining_id"), _unit(session, accused_id, "accused_id")
    grant = person.need(rules.COMPLAIN, site_id=complaining.site_id, unit_path=complaining.path)
    if accused.site_id != complaining.site_id:
        raise Invalid("Both units belong to one site.", "双方须属于同一工厂。", field="accused_id")
    rules.check_parties(complaining.id, accused.id, (complaining.kind, accused.kind),
                        (complaining.active, accused.active))
    source = source_of(session, person, source_kind, record_id)
    if source is not None and source.site_id != complaining.site_id:
        raise Invalid("This record belongs to another site.", "该记录属于其他工厂。", field="record_id")
    link = _link(session, complaining.id, accused.id)
    number = next_number(session, INTERNAL_COMPLAINT, session.get_one(Site, complaining.site_id))
    made = InternalComplaint(
        site_id=complaining.site_id, year=number.year, serial=number.serial, number=number.text,
        state=rules.STEPS.first, complaining_id=complaining.id, accused_id=accused.id, kind=_kind(kind, link),
        link_id=link.id if link else None, source_kind=source_kind, record_id=source.record_id if source else None,
        source_ref=source.ref if source else _kept(source_ref), defect_id=source.defect_id if source else None,
        lot_id=source.lot_id if source else None, standard_ref=_kept(standard_ref), matter=told(matter, "matter"),
        evidence=_kept(evidence), impact=_kept(impact), expectation=_kept(expectation), filed_by_id=person.id,
        reopened=0)
    _start(session, made)
    session.add(made)
    session.flush()
    taken(session, person, made, "file", "complaining", grant=grant)
    notice(session, made)
    session.flush()
    return made


def offered(session: Session, person: Actor, kind: str, record_id: int | None) -> Source | None:
    """Return what a record brings into an empty form. Raises Invalid, NotFound."""
    return source_of(session, person, kind or "free", record_id)


def _start(session: Session, made: InternalComplaint) -> None:
    """Start the clocks, and find whether it is the same again."""
    hours, at = hours_of(session, made.site_id), now(session)
    made.filed_at = at
    made.acknowledge_due_at = rules.after_hours(hours, at, rules.ACKNOWLEDGE_HOURS)
    made.answer_due_at = rules.after_hours(hours, at, rules.ANSWER_HOURS)
    made.plan_due_at = rules.after_days(hours, at, rules.PLAN_DAYS)
    made.solve_due_at = rules.after_days(hours, at, rules.SOLVE_DAYS)
    run_clock(made)
    made.repeat_of_id = first_alike(session, made)


def _unit(session: Session, unit_id: int, field: str) -> Unit:
    found = session.get(Unit, unit_id)
    if found is None:
        raise Invalid("There is no such unit.", "没有此单元。", field=field)
    return found


def _link(session: Session, complaining_id: int, accused_id: int) -> Link | None:
    return session.scalar(select(Link).where(
        Link.supplier_id == accused_id, Link.customer_id == complaining_id, Link.active).order_by(Link.id).limit(1))


def _kind(kind: str, link: Link | None) -> str:
    if not kind and link is not None:
        return link.kind
    if (kind or "function") not in LINK_KINDS:
        raise Invalid("Choose the kind of customer.", "请选择客户类型。", field="kind")
    return kind or "function"


def _kept(text: str | None) -> str | None:
    return (text or "").strip() or None
