"""How sessions on internal service are recorded, and how well each unit attended (R-38). Knows no page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.db import now
from qms.measures.intervals import wilson
from qms.models.chain import Unit
from qms.models.service_training import Training, TrainingUnit
from qms.rules import service_training as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Doubled, Invalid, NotFound
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.service_complaints_records import VIEW, sees, told


@dataclass(frozen=True, slots=True)
class Filter:
    """What sessions are asked for; empty texts and None ask for everything."""

    sought: str = ""
    site_id: int | None = None
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of a unit came of how many expected, with the bounds of the Wilson interval as shares."""

    unit: Unit
    attended: int
    expected: int
    low: float | None
    high: float | None


def hold(session: Session, person: Actor, *, site_id: int, topic: str, held_on: date, trainer: str,
         material_ref: str | None = None) -> Training:
    """Record that a session was held. Raises Invalid, NotAllowed."""
    person.need(rules.TEACH, site_id=site_id)
    made = Training(site_id=site_id, topic=told(topic, "topic"), held_on=held_on, trainer=told(trainer, "trainer"),
                    material_ref=(material_ref or "").strip() or None, recorded_by_id=person.id,
                    recorded_at=now(session))
    session.add(made)
    session.flush()
    return made


def attend(session: Session, person: Actor, training_id: int, *, unit_id: int, expected: int,
           attended: int) -> TrainingUnit:
    """Record how many of a unit came to a session: counts, no names. Raises Invalid, Doubled, NotFound, NotAllowed."""
    training = one(session, person, training_id)
    unit = session.get(Unit, unit_id)
    if unit is None or unit.site_id != training.site_id:
        raise Invalid("There is no such unit at this site.", "本工厂没有此单元。", field="unit_id")
    person.need(rules.TEACH, site_id=training.site_id, unit_path=unit.path)
    rules.check_attendance(expected, attended)
    if session.scalar(select(TrainingUnit.id).where(TrainingUnit.training_id == training_id,
                                                    TrainingUnit.unit_id == unit_id)):
        raise Doubled("The attendance of this unit is recorded already.", "该单元的出勤已登记。", field="unit_id")
    made = TrainingUnit(training_id=training.id, unit_id=unit.id, expected=expected, attended=attended)
    session.add(made)
    session.flush()
    return made


def one(session: Session, person: Actor, training_id: int) -> Training:
    """Return a session with its attendance. Raises NotFound."""
    found = session.scalar(select(Training).where(Training.id == training_id).options(
        joinedload(Training.site), selectinload(Training.attendances).joinedload(TrainingUnit.unit)))
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def register(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Training]:
    """Return a page of sessions, newest first. Raises NotAllowed."""
    person.need(VIEW)
    query = select(Training).where(*conditions(person, wanted)).options(
        selectinload(Training.attendances).joinedload(TrainingUnit.unit))
    return page(session, query, Training, {"held": Sorting(Training.id, "id")},
                wish._replace(sort=wish.sort or "-held"))


def conditions(person: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what a session of the register must fulfil."""
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [Training.site_id.in_(sorted(sites))]
    if wanted.site_id is not None:
        met.append(Training.site_id == wanted.site_id)
    if wanted.unit_id is not None:
        met.append(Training.id.in_(select(TrainingUnit.training_id).where(TrainingUnit.unit_id == wanted.unit_id)))
    met += [Training.topic.icontains(word, autoescape=True) for word in wanted.sought.split()]
    return met


def rates(session: Session, person: Actor, wanted: Filter) -> Sequence[Rate]:
    """Return the attendance of each unit over the sessions of a filter, by code, with n and interval (R-38)."""
    person.need(VIEW)
    rows = session.execute(
        select(Unit, func.sum(TrainingUnit.attended), func.sum(TrainingUnit.expected))
        .join(TrainingUnit, TrainingUnit.unit_id == Unit.id).join(TrainingUnit.training)
        .where(*conditions(person, wanted)).group_by(Unit.id).order_by(Unit.code))
    found = []
    for unit, attended, expected in rows:
        interval = wilson(int(attended), int(expected))
        found.append(Rate(unit, int(attended), int(expected), interval.low, interval.high))
    return found
