"""The lines of the registers of sessions and notices, streamed in the reader's language; must not know any file."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from qms.models.accounts import Person
from qms.models.chain import Site, Unit
from qms.models.service_training import NoticeRead, ServiceNotice, Training, TrainingUnit
from qms.rules.accounts import Actor
from qms.workflows import service_notices
from qms.workflows import service_training as training
from qms.workflows.exports import called, coded, spoken, streamed
from qms.workflows.service_complaints_records import VIEW


def sessions(session: Session, person: Actor, wanted: training.Filter, language: str, zone: ZoneInfo,
             address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per session and unit that came to it, oldest session first. Raises NotAllowed.

    Of a session without attendance there is one, without a unit. `address` is where the records' pages are.
    """
    person.need(VIEW)
    query = (
        select(Training.id, Training.topic, Training.held_on, Training.trainer, Training.material_ref,
               called(Site, language).label("site"), coded(Unit, language).label("unit"), TrainingUnit.attended,
               TrainingUnit.expected, Training.recorded_at)
        .join(Site, Site.id == Training.site_id).outerjoin(TrainingUnit, TrainingUnit.training_id == Training.id)
        .outerjoin(Unit, Unit.id == TrainingUnit.unit_id).where(*training.conditions(person, wanted))
        .order_by(Training.id, TrainingUnit.id))
    return spoken(streamed(session, query), {}, ("recorded_at",), language, zone,
                  f"{address}/service/training/" if address else "")


def count_sessions(session: Session, person: Actor, wanted: training.Filter) -> int:
    """Return how many lines of sessions there are under this filter. Raises NotAllowed."""
    person.need(VIEW)
    return session.scalar(
        select(func.count()).select_from(Training).outerjoin(TrainingUnit, TrainingUnit.training_id == Training.id)
        .where(*training.conditions(person, wanted))) or 0


def notices(session: Session, person: Actor, wanted: service_notices.Filter, language: str, zone: ZoneInfo,
            address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per notice, oldest first, with how many opened it of how many work there. Raises NotAllowed."""
    person.need(VIEW)
    goal = aliased(Unit)
    title, body = ((ServiceNotice.title_zh, ServiceNotice.body_zh) if language == "zh"
                   else (ServiceNotice.title_en, ServiceNotice.body_en))
    query = (
        select(ServiceNotice.id, title.label("title"), called(Site, language).label("site"),
               func.coalesce(coded(goal, language), called(Site, language)).label("addressed"),
               ServiceNotice.posted_at, _people(goal, read=True).label("read"),
               _people(goal, read=False).label("reached"), body.label("body"))
        .join(Site, Site.id == ServiceNotice.site_id).outerjoin(goal, goal.id == ServiceNotice.unit_id)
        .where(*service_notices.conditions(person, wanted)).order_by(ServiceNotice.id))
    return spoken(streamed(session, query), {}, ("posted_at",), language, zone,
                  f"{address}/service/notices/" if address else "")


def count_notices(session: Session, person: Actor, wanted: service_notices.Filter) -> int:
    """Return how many notices the register holds under this filter. Raises NotAllowed."""
    person.need(VIEW)
    return session.scalar(select(func.count()).select_from(ServiceNotice)
                          .where(*service_notices.conditions(person, wanted))) or 0


def _people(goal: Any, *, read: bool) -> ColumnElement[int]:
    """Count those who work where a notice is to; with `read` only those of them who opened it."""
    home = aliased(Unit)
    query = (select(func.count(Person.id)).join(home, home.id == Person.unit_id)
             .where(home.site_id == ServiceNotice.site_id, Person.active,
                    or_(ServiceNotice.unit_id.is_(None), home.path.startswith(goal.path))))
    if read:
        query = query.join(NoticeRead, NoticeRead.by_id == Person.id).where(NoticeRead.notice_id == ServiceNotice.id)
    return query.correlate(ServiceNotice, goal).scalar_subquery()
