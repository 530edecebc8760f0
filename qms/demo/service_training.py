"""Tells of suggestions, sessions and notices on internal service in the demo plant; must not know a plan."""

from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.demo.deeds import World, at_plant, days_before, deed
from qms.demo.happenings import Happening
from qms.models.service_recognition import Suggestion
from qms.models.service_training import Training
from qms.rules.accounts import Actor
from qms.workflows import service_notices, service_suggestions, service_training

BEGUN_DAYS = 30
IDEAS = (("OP50", "电泳下线处增加一块限度样板, 装配不必每次来问。", "减少来回确认"),
         ("LG", "空周转箱按颜色分区堆放。", "找箱时间减半"))
CAME = (("SA", 14, 13), ("SB", 11, 9), ("SU", 6, 6), ("LG", 9, 5), ("MT", 5, 4))
NOTICE: dict[str, Any] = {"title_zh": "内部投诉怎么提", "title_en": "How to complain inside the plant",
          "body_zh": "承诺没有兑现, 就提出内部投诉: 写事实, 不写人。\n对方 8 个工作小时内答复, 是否解决由您确认。",
          "body_en": "When a promise was not kept, file an internal complaint: facts, no persons.\n"
                     "The other unit answers within 8 plant hours; you say whether it is solved."}


def taught(first: date, until: datetime) -> list[Happening]:
    """Return every deed where the plant is old enough; `first`: the day on which it began."""
    if days_before(until, BEGUN_DAYS, 9) <= at_plant(first, 23):
        return []
    return sorted((
        deed(days_before(until, BEGUN_DAYS, 10), "engineer", "service.post_notice", _post),
        deed(days_before(until, 25, 15), "engineer", "service.hold_training", _hold),
        deed(days_before(until, 25, 16), "engineer", "service.attend_training", _attend),
        deed(days_before(until, 20, 9), "worker", "service.suggest", partial(_suggest, 0)),
        deed(days_before(until, 18, 11), "manager", "service.evaluate_suggestion", _adopt),
        deed(days_before(until, 8, 11), "manager", "service.put_in_place", _put_in_place),
        deed(days_before(until, 5, 13), "packing", "service.suggest", partial(_suggest, 1))), key=lambda h: h.at)


def _post(session: Session, actor: Actor, world: World) -> None:
    service_notices.post(session, actor, site_id=world.founded.site, **NOTICE)


def _hold(session: Session, actor: Actor, world: World) -> None:
    service_training.hold(session, actor, site_id=world.founded.site, topic="下道工序是客户: 承诺、投诉与回访",
                          held_on=now(session).date(), trainer="陈静 Chen Jing",
                          material_ref="TR-SRV-01")


def _attend(session: Session, actor: Actor, world: World) -> None:
    held = session.scalars(select(Training.id).order_by(Training.id.desc())).first() or 0
    for unit, expected, attended in CAME:
        service_training.attend(session, actor, held, unit_id=world.founded.units[unit], expected=expected,
                                attended=attended)


def _suggest(which: int, session: Session, actor: Actor, world: World) -> None:
    unit, idea, benefit = IDEAS[which]
    service_suggestions.suggest(session, actor, unit_id=world.founded.units[unit], idea=idea, benefit=benefit)


def _adopt(session: Session, actor: Actor, _world: World) -> None:
    held = _first(session)
    service_suggestions.evaluate(session, actor, held.id, held.rev, decision="adopt",
                                 evaluation="投入小, 立即执行。")


def _put_in_place(session: Session, actor: Actor, _world: World) -> None:
    held = _first(session)
    service_suggestions.put_in_place(session, actor, held.id, held.rev,
                                     outcome="样板已挂, 一周内装配询问由 9 次降为 1 次。")


def _first(session: Session) -> Any:
    return session.scalars(select(Suggestion).where(Suggestion.idea == IDEAS[0][1])).one()
