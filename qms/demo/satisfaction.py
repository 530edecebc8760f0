"""Tells of the surveys of the demo plant: two of internal customers, so that a trend breaks, and one of customers.

Answers are given by token, as people give them; who gives which is drawn from a seed.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.demo.deeds import World, days_before, deed
from qms.demo.happenings import Happening
from qms.demo.units import ZONE
from qms.models.satisfaction import Survey
from qms.rules.accounts import Actor
from qms.rules.satisfaction_questions import Question
from qms.rules.words import Words
from qms.workflows import satisfaction, satisfaction_answering
from qms.workflows.satisfaction_drafting import choices
from qms.workflows.satisfaction_questions import newest


class Asked(NamedTuple):
    """A survey: kind, names, days before the end on which it opens and closes, how well people think of things."""

    kind: str
    zh: str
    en: str
    opened: int
    closed: int
    mean: float
    decision: str = ""


SURVEYS = (
    Asked("internal", "上半年内部客户满意度", "Internal customers, first half", 150, 140, 3.5),
    Asked("customers", "年度顾客满意度", "Customers, this year", 60, 46, 3.9,
          "就交付准时性与三家顾客分别召开改进会议, 物流部牵头。"),
    Asked("internal", "下半年内部客户满意度", "Internal customers, second half", 40, 28, 3.7),
)
REWORDED = Question("ON_TIME", "rating", Words("It arrives within the shift for which it was promised, complete.",
                                               "在约定的班次内按数量交齐。"))
WHY = "员工反映“按约定的时间”理解不一, 改为按班次"
WEAK = frozenset({"REACTION", "LASTING"})
"""Questions that people of this plant are least content with."""
REMARKS = (
    "标识卡要写清批次, 不要只写数量。",
    "换料时提前说一声, 我们好安排。",
    "毛刺问题反映后有人来了, 希望能彻底解决。",
    "夜班也要有人处理问题。",
    "交接时一起看首件, 这一点保持下去。",
    "料架经常放错位置。",
    "配合很好, 谢谢。",
    "返工件要单独放, 别混在一起。",
    "Labels are often missing on the last box.",
    "They come quickly when we call. Keep that.",
)
MANAGER = "quality-manager"
WHOLE_DAYS = 165
"""A plant that is younger asks at shorter intervals."""
ANSWERING, WRITING = 0.8, 0.12
"""How many of those invited answer, and how many of them write a comment."""


def surveyed(first: date, until: datetime) -> list[Happening]:
    """Return every deed until the end; `first`: the day on which the plant began."""
    share = min(1.0, (until.date() - first).days / WHOLE_DAYS)
    fitted = [asked._replace(opened=round(asked.opened * share), closed=round(asked.closed * share))
              for asked in SURVEYS]
    found = [h for asked in fitted for h in _one(asked, until)]
    return sorted((h for h in found if h.at <= until), key=lambda h: h.at)


def _one(asked: Asked, until: datetime) -> Iterator[Happening]:
    opens, closes = days_before(until, asked.opened, 9), days_before(until, asked.closed, 16)
    if asked.en == SURVEYS[-1].en:
        yield deed(opens - timedelta(minutes=30), MANAGER, "satisfaction.revise", _revise)
    yield deed(opens, MANAGER, "satisfaction.draft", partial(_draft, asked, opens, closes))
    yield deed(opens + timedelta(minutes=10), MANAGER, "satisfaction.open", partial(_open, asked))
    yield deed(opens + timedelta(minutes=20), MANAGER, "satisfaction.invite", partial(_answer, asked))
    yield deed(closes, MANAGER, "satisfaction.close", partial(_close, asked))
    yield deed(closes + timedelta(minutes=40), MANAGER, "satisfaction.publish", partial(_publish, asked))
    if asked.decision:
        yield deed(closes + timedelta(hours=1), MANAGER, "satisfaction.decide", partial(_decide, asked))


def _draft(asked: Asked, opens: datetime, closes: datetime, session: Session, actor: Actor, world: World) -> None:
    chance, site_id = Random(f"places {asked.en}"), world.founded.site  # noqa: S311
    targets = {one.id: chance.choice((4, 6, 7, 8)) for one in choices(session, actor, site_id, asked.kind)}
    satisfaction.draft(session, actor, site_id=site_id, kind=asked.kind, name_zh=asked.zh, name_en=asked.en,
                       opens_on=_day(opens), closes_on=_day(closes), targets=targets,
                       attributed=asked.kind == "customers")


def _open(asked: Asked, session: Session, actor: Actor, _world: World) -> None:
    survey = _survey(session, asked)
    satisfaction.open_survey(session, actor, survey.id, survey.rev)


def _answer(asked: Asked, session: Session, actor: Actor, _world: World) -> None:
    """Let most of those invited answer."""
    chance = Random(f"answers {asked.en}")  # noqa: S311
    bias: dict[int, float] = {}
    survey = _survey(session, asked)
    questions = [(q.code, q.kind) for q in survey.questions.questions]
    for one in satisfaction.invite(session, actor, survey.id):
        mean = asked.mean + bias.setdefault(one.target.id, chance.uniform(-0.6, 0.6))
        if chance.random() > ANSWERING:
            continue
        told: dict[str, object] = {}
        for code, kind in questions:
            told |= _told(chance, code, kind, mean)
        remark = chance.choice(REMARKS) if chance.random() < WRITING else None
        satisfaction_answering.answer(session, one.token, told, remark)


def _told(chance: Random, code: str, kind: str, mean: float) -> dict[str, object]:
    if kind == "open":
        return {}
    if kind == "recommend":
        return {code: min(10, max(0, round(chance.gauss(mean * 2, 1.6))))}
    if chance.random() < 0.05:
        return {code: "dk"}
    weak = 0.5 if code in WEAK else 0.0
    told: dict[str, object] = {code: min(5, max(1, round(chance.gauss(mean - weak, 0.9))))}
    if kind == "rating":
        told[f"{code}.w"] = min(5, max(2, round(chance.gauss(4.0 + weak, 0.7))))
    return told


def _close(asked: Asked, session: Session, actor: Actor, _world: World) -> None:
    survey = _survey(session, asked)
    satisfaction.close(session, actor, survey.id, survey.rev)


def _publish(asked: Asked, session: Session, actor: Actor, _world: World) -> None:
    survey = _survey(session, asked)
    satisfaction.publish(session, actor, survey.id, survey.rev)


def _decide(asked: Asked, session: Session, actor: Actor, _world: World) -> None:
    survey = _survey(session, asked)
    satisfaction.decide(session, actor, survey.id, survey.rev, decision=asked.decision)


def _revise(session: Session, actor: Actor, world: World) -> None:
    """Word one question anew, where the plant has asked before."""
    held = newest(session, world.founded.site, "internal")
    if held is not None:
        questions = [REWORDED if q.code == REWORDED.code else Question(q.code, q.kind, Words(q.text_en, q.text_zh))
                     for q in held.questions]
        satisfaction.revise(session, actor, held.id, name_zh=held.name_zh, name_en=held.name_en, importance=True,
                            questions=questions, reason=WHY)


def _survey(session: Session, asked: Asked) -> Survey:
    return session.scalars(select(Survey).where(Survey.name_en == asked.en)).one()


def _day(at: datetime) -> date:
    return at.astimezone(ZoneInfo(ZONE)).date()
