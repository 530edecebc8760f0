"""How a visit or call is planned, moved, called off, recorded and corrected. Knows no page."""

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from qms.db import now
from qms.models.accounts import Person
from qms.models.chain import Site, Unit
from qms.models.customers_visits import CustomerVisit
from qms.rules import customers_visits as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.steps import step
from qms.workflows.acceptance_records import today
from qms.workflows.chain_records import optional, required
from qms.workflows.customers_records import sees
from qms.workflows.customers_visits_register import one
from qms.workflows.numbers import VISIT, next_number
from qms.workflows.rejections_records import check_version


def plan(session: Session, person: Actor, unit_id: int, *, kind: str, purpose: str | None, planned_on: date,
         goer_id: int, best_time: str | None = None, previous_id: int | None = None) -> CustomerVisit:
    """Plan a visit or call to an outside customer or a unit inside. Raises Invalid, NotFound, NotAllowed."""
    unit = session.get(Unit, unit_id)
    if unit is None or not unit.active or not sees(person, unit.site_id):
        raise NotFound("There is no such unit.", "没有这个单元。")
    grant = person.need(rules.FOLLOW, site_id=unit.site_id, unit_path=unit.path)
    rules.check_kind(kind, unit.kind)
    rules.check_planned(planned_on, today(session, unit.site_id))
    _check_goer(session, goer_id)
    number = next_number(session, VISIT, session.get_one(Site, unit.site_id))
    made = CustomerVisit(
        site_id=unit.site_id, year=number.year, serial=number.serial, number=number.text, unit_id=unit_id, kind=kind,
        purpose=required(purpose, "purpose"), state=rules.STEPS.first, planned_on=planned_on, goer_id=goer_id,
        best_time=optional(best_time), planned_by_id=person.id, planned_at=now(session), previous_id=previous_id,
        times_moved=0, grant_id=grant)
    session.add(made)
    session.flush()
    return made


def record(session: Session, person: Actor, visit_id: int, rev: int, *, done_on: date, said: str | None,
           satisfied: int | None = None, next_on: date | None = None, best_time: str | None = None) -> CustomerVisit:
    """Record what was said; with `next_on`, plan the next one at the same unit. `satisfied` None: nobody said.

    Raises Invalid, Stale, IllegalStep, NotAllowed, NotFound.
    """
    held, state, grant = _begun(session, person, visit_id, rev, "record", said=said, satisfied=satisfied)
    _log(session, held, done_on=done_on, said=said, satisfied=satisfied)
    held.state, held.grant_id, held.done_by_id = state, grant, person.id
    session.flush()
    if next_on is not None:
        rules.check_planned(next_on, today(session, held.site_id), "next_on")
        plan(session, person, held.unit_id, kind=held.kind, purpose=held.purpose, planned_on=next_on,
             goer_id=held.goer_id, best_time=optional(best_time) or held.best_time, previous_id=held.id)
    return held


def correct(session: Session, person: Actor, visit_id: int, rev: int, *, done_on: date, said: str | None,
            reason: str | None, satisfied: int | None = None) -> CustomerVisit:
    """Correct the log of a visit; what stood before stays in the trail. Raises Invalid, Stale, IllegalStep..."""
    held, state, grant = _begun(session, person, visit_id, rev, "correct", said=said, satisfied=satisfied)
    _log(session, held, done_on=done_on, said=said, satisfied=satisfied)
    held.state, held.grant_id, held.correction = state, grant, required(reason, "reason")
    session.flush()
    return held


def move(session: Session, person: Actor, visit_id: int, rev: int, *, planned_on: date, goer_id: int,
         reason: str | None, best_time: str | None = None) -> CustomerVisit:
    """Move a visit to another day, or to another person. Raises Invalid, Stale, IllegalStep, NotAllowed, NotFound."""
    held, state, grant = _begun(session, person, visit_id, rev, "move", planned_on=planned_on, goer_id=goer_id)
    rules.check_planned(planned_on, today(session, held.site_id))
    _check_goer(session, goer_id)
    held.planned_on, held.goer_id, held.best_time = planned_on, goer_id, optional(best_time)
    held.move_reason, held.times_moved = required(reason, "reason"), held.times_moved + 1
    held.state, held.grant_id = state, grant
    session.flush()
    return held


def call_off(session: Session, person: Actor, visit_id: int, rev: int, *, reason: str | None) -> CustomerVisit:
    """Call a visit off. Raises Invalid, Stale, IllegalStep, NotAllowed, NotFound."""
    held, state, grant = _begun(session, person, visit_id, rev, "call_off", off_reason=reason)
    held.off_reason = required(reason, "reason")
    held.state, held.grant_id = state, grant
    session.flush()
    return held


def _log(session: Session, held: CustomerVisit, *, done_on: date, said: str | None, satisfied: int | None) -> None:
    rules.check_done(done_on, today(session, held.site_id))
    rules.check_satisfied(satisfied)
    held.done_on, held.said, held.satisfied = done_on, required(said, "said"), satisfied


def _begun(session: Session, person: Actor, visit_id: int, rev: int, name: str,
           **given: Any) -> tuple[CustomerVisit, str, int | None]:
    """Return a visit that no one else changes meanwhile, the state to which a step leads, and the grant for it."""
    held = one(session, person, visit_id, lock=True)
    unit = session.get_one(Unit, held.unit_id)
    grant = person.need(rules.FOLLOW, site_id=held.site_id, unit_path=unit.path)
    check_version(held, rev, given)
    return held, step(rules.STEPS, held.state, name), grant


def _check_goer(session: Session, goer_id: int) -> None:
    goer = session.get(Person, goer_id)
    if goer is None or not goer.active:
        raise Invalid("Say who goes.", "请选择走访人。", field="goer_id")
