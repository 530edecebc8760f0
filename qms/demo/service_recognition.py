"""Tells of recognition for honest self-reports and a solved cause in the demo plant; must not know a plan."""

from datetime import date, datetime
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.demo.deeds import World, at_plant, days_before, deed
from qms.demo.happenings import Happening
from qms.models.actions import Action
from qms.models.rejections import Rejection
from qms.models.service_recognition import Recognition
from qms.rules.accounts import Actor
from qms.rules.service_recognition import SELF_REPORTS
from qms.workflows import service_recognition

BEGUN_DAYS = 30
REPORTED = "自己的活自己报: 发现后立即停下并上报, 下道工序一件也没有收到。"
HELD_BACK = "交出之前自查发现, 主动拦下整批, 没有往下传。"
SOLVED = "原因查到根上, 措施实施后有效性验证通过。"


def recognised(first: date, until: datetime) -> list[Happening]:
    """Return every deed where the plant is old enough; `first`: the day on which it began."""
    if days_before(until, BEGUN_DAYS, 9) <= at_plant(first, 23):
        return []
    return sorted((
        deed(days_before(until, 9, 10), "engineer", "service.propose_recognition", partial(_own_report, REPORTED)),
        deed(days_before(until, 8, 14), "manager", "service.approve_recognition", partial(_approve, REPORTED)),
        deed(days_before(until, 4, 10), "engineer", "service.propose_recognition", _solved_cause),
        deed(days_before(until, 3, 14), "manager", "service.approve_recognition", partial(_approve, SOLVED)),
        deed(days_before(until, 2, 11), "worker", "service.propose_recognition", partial(_own_report, HELD_BACK))),
        key=lambda h: h.at)


def _own_report(reason: str, session: Session, actor: Actor, world: World) -> None:
    """Propose the unit of the latest report of the own work that somebody else made and nobody was honoured for."""
    honoured = select(Recognition.rejection_id).where(Recognition.rejection_id.is_not(None))
    found = session.scalars(select(Rejection).where(
        Rejection.site_id == world.founded.site, Rejection.kind.in_(SELF_REPORTS), Rejection.state != "void",
        Rejection.reported_by_id != actor.id, Rejection.found_at < now(session), Rejection.id.not_in(honoured))
        .order_by(Rejection.id.desc()).limit(1)).first()
    if found is not None:
        service_recognition.propose(session, actor, unit_id=found.found_unit_id, kind="self_report",
                                    record=found.number, reason=reason)


def _solved_cause(session: Session, actor: Actor, world: World) -> None:
    """Propose the unit of origin of the latest case that was closed as effective, where there is one."""
    found = session.scalars(select(Action).where(
        Action.site_id == world.founded.site, Action.state == "closed", Action.origin_unit_id.is_not(None))
        .order_by(Action.id.desc()).limit(1)).first()
    if found is not None and found.origin_unit_id is not None:
        service_recognition.propose(session, actor, unit_id=found.origin_unit_id, kind="solved_cause",
                                    record=found.number, reason=SOLVED)


def _approve(reason: str, session: Session, actor: Actor, _world: World) -> None:
    found = session.scalars(select(Recognition).where(
        Recognition.reason == reason, Recognition.state == "proposed")).first()
    if found is not None:
        service_recognition.approve(session, actor, found.id, found.rev)
