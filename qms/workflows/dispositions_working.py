"""How a decided disposition is carried out: started, reported, and scrap shown to be unusable. Knows no page."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Site
from qms.models.dispositions import Disposition, Rework, ScrapTicket
from qms.models.rejections import Rejection
from qms.rules import dispositions as rules
from qms.rules import dispositions_checks as checks
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, Invalid
from qms.workflows.acceptance_records import today
from qms.workflows.accounts_qualifications import check_qualified
from qms.workflows.dispositions_completing import complete, latest_run
from qms.workflows.dispositions_conceding import check_covered, use
from qms.workflows.dispositions_deciding import reworks_before
from qms.workflows.dispositions_records import begun
from qms.workflows.numbers import SCRAP, next_number
from qms.workflows.rejections_records import settle


def start(session: Session, person: Actor, line_id: int, rev: int, *, place: str | None = None,
          instruction_ref: str | None = None, instruction_rev: str | None = None,
          instruction_on: date | None = None, reason: str | None = None) -> Disposition:
    """Begin to carry a line out; `reason` lets somebody whose qualification is missing begin work (R-51).

    Work needs a released instruction (R-08), repair and use as is a concession in force (R-11, R-12); scrap is set
    apart at a place and gets its ticket. Raises Refused, Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    line, rejection, state = begun(session, person, line_id, rev, "start")
    if line.code in rules.CONCEDED:
        check_covered(session, line, now(session))
    if line.code in rules.WORKED:
        check_qualified(session, person, rejection.site_id, "rework", reason)
        checks.check_instruction(instruction_ref, instruction_rev, instruction_on,
                                 today=today(session, rejection.site_id))
        parent = session.get(Disposition, line.parent_id) if line.parent_id is not None else None
        session.add(Rework(disposition_id=line.id, run=reworks_before(session, rejection, parent) + 1,
                           instruction_ref=instruction_ref, instruction_rev=instruction_rev,
                           instruction_on=instruction_on, place=place, quantity=line.quantity,
                           started_at=now(session), worked_by_id=person.id))
    if line.code == "scrap":
        _segregate(session, person, line, place)
    line.state, line.started_at, line.started_by_id = state, now(session), person.id
    settle(session, rejection)
    return line


def report(session: Session, person: Actor, line_id: int, rev: int, *, result: str | None,
           hours: Decimal | None = None, rma: str | None = None, method: str | None = None,
           weight_kg: Decimal | None = None, certificate: str | None = None,
           containers: str | None = None) -> Disposition:
    """Say what was done; it is verified next.

    Scrap: how it was made unusable (R-14). What the customer conceded is counted as used here, with the containers
    that carry the number of the concession (R-13).

    Raises Refused, Stale, Invalid, IllegalStep, NotAllowed, NotFound.
    """
    line, rejection, state = begun(session, person, line_id, rev, "report", result=result)
    at = now(session)
    run = latest_run(session, line)
    if run is not None:
        run.finished_at, run.hours, run.worked_by_id = at, _amount(hours, "hours"), person.id
    if line.code == "scrap":
        checks.check_method(method, certificate)
        ticket = ticket_of(session, line)
        ticket.method, ticket.certificate, ticket.weight_kg = method, certificate, _amount(weight_kg, "weight_kg")
        ticket.rendered_at, ticket.rendered_by_id = at, person.id
    if line.code in rules.CONCEDED:
        use(session, person, line, containers)
    if line.code == "return_to_supplier":
        line.rma = rma
    line.result = said(result, "result")
    line.state, line.done_at, line.done_by_id = state, at, person.id
    settle(session, rejection)
    return line


def witness(session: Session, person: Actor, line_id: int, rev: int, *, verification: str | None = None) -> Disposition:
    """See with one's own eyes that scrap is unusable: another person than who made it so (R-14).

    Raises Refused, Stale, IllegalStep, NotAllowed, NotFound.
    """
    line, rejection, state = _of_scrap(session, person, line_id, rev, "witness")
    ticket = ticket_of(session, line)
    for each in person.selves:
        checks.check_witness(each, ticket.rendered_by_id)
    ticket.witnessed_at, ticket.witnessed_by_id = now(session), person.id
    line.verified_at, line.verified_by_id, line.verification = ticket.witnessed_at, person.id, verification
    line.state = state
    settle(session, rejection)
    return line


def dispose(session: Session, person: Actor, line_id: int, rev: int) -> Disposition:
    """Note that unusable scrap has left the plant. Raises Stale, IllegalStep, NotAllowed, NotFound."""
    line, rejection, state = _of_scrap(session, person, line_id, rev, "dispose")
    ticket_of(session, line).disposed_at = now(session)
    complete(session, person, line, rejection, state)
    return line


def ticket_of(session: Session, line: Disposition) -> ScrapTicket:
    """Return the ticket of a line of scrap."""
    return session.scalars(select(ScrapTicket).where(ScrapTicket.disposition_id == line.id)).one()


def said(text: str | None, field: str) -> str:
    """Return what a step asks to be told. Raises Invalid when nothing was."""
    told = (text or "").strip()
    if not told:
        raise Invalid("Say it in a few words.", "请简要填写。", field=field)
    return told


def _of_scrap(session: Session, person: Actor, line_id: int, rev: int, name: str) -> tuple[Disposition, Rejection, str]:
    line, rejection, state = begun(session, person, line_id, rev, name)
    if line.code != "scrap":
        raise IllegalStep("Only scrap is witnessed and disposed of.", "仅报废须见证和处理出厂。")
    return line, rejection, state


def _segregate(session: Session, person: Actor, line: Disposition, place: str | None) -> None:
    """Set scrap apart under a ticket of its own."""
    where = said(place, "place")
    number = next_number(session, SCRAP, session.get_one(Site, line.site_id))
    session.add(ScrapTicket(site_id=line.site_id, year=number.year, serial=number.serial, number=number.text,
                            disposition_id=line.id, segregated_at=now(session), segregated_by_id=person.id,
                            place=where))


def _amount(value: Decimal | None, field: str) -> Any:
    if value is not None and not (value.is_finite() and 0 <= value <= 1_000_000):
        raise Invalid("This cannot be: give a number of at least 0.", "数值无效: 须不小于 0。", field=field)
    return value
