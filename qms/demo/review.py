"""Tells of the management reviews of the demo plant: one signed, with decisions kept and overdue, one in its meeting.

Its figures are counted from what had happened in the plant by then.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.demo.deeds import Do, World, days_before, deed
from qms.demo.happenings import Happening
from qms.demo.units import ZONE
from qms.models.review import Review, ReviewDecision, ReviewInput
from qms.rules.accounts import Actor
from qms.rules.review_periods import before, months_before
from qms.workflows import (
    review,
    review_assembly,
    review_decisions,
    review_filling,
    review_objectives,
    review_pairings,
    review_shown,
)
from qms.workflows.review_records import attendees, inputs_of
from qms.workflows.review_scope import scope_of

WHO, SIGNER, OWNER = "quality-manager", "representative", "engineer"
WHOLE_DAYS, MONTHS = 165, 3
FIRST, SECOND = 96, 3
"""Days before the end on which the two meetings are; a plant that is younger holds them at a shorter interval."""
TITLES = ("第一次管理评审", "第二次管理评审")
PEOPLE = (("manager", "chair"), ("representative", "representative"), ("quality-manager", "quality"),
          ("maintenance", "other"), ("finance", "finance"), ("customer-q", "sales"))

TEXTS: dict[str, str] = {
    "context": "东辰汽车明年转向平台国产化, 需求预计增加两成; 铝材价格上涨。\n"
               "高温天数增多, 涂装车间夏季停机增加: 气候变化与本体系相关。",
    "audits": "内部审核一次: 轻微不符合 2 项, 均已关闭。\n顾客审核 (东辰) 一次: 无不符合, 建议 3 项。\n"
              "监督审核计划在下季度。",
    "resources": "焊接工位夜班缺 1 名持证人员; 在线膜厚仪仅一套; 新增检具的测量系统分析已完成。",
    "risks": "铆钉供方单一的风险已通过第二供方开发降低; 电极修磨联锁实施后未再发生虚焊流出。",
    "feasibility": "转向节支架换型后节拍 38 秒, 过程能力 1.51, 可行性评估通过。",
    "maintenance": "设备可用率 96.2 % (目标 95 %), 平均故障间隔 118 小时 (目标 100), 平均修复时间 41 分钟 (目标 45)。",
    "potential_failures": "FMEA 行动优先级为高的 4 项: 焊接虚焊 (已实施联锁), 铆接松动 (下限重设中), "
                          "涂装流挂 (节拍联锁), 混料 (扫码防错计划中)。",
}
NOT_HERE = "本期无此类业务, 系统中也没有相关记录"
NOT_DESIGNED = "本厂无产品设计职责, 过程设计测量见可行性评估"
CONCLUSION = "质量管理体系总体适宜、充分、有效, 与公司战略方向一致; 涂装检测能力和夜班人员需加强。"
NOTES = {"nonconformities": "毛刺仍是第一位, 修模后要看趋势是否持续。", "stops": "夜班响应比白班慢, 与缺员有关。"}


class Decided(NamedTuple):
    """A decision: on which input, kind of output, what, who, in how many days, what it takes."""

    code: str
    output: str
    body: str
    owner: str
    days: int
    resource: str = ""


KEPT = Decided("process_performance", "improvement", "冲压修模周期由 8 万冲次改为 6 万冲次, 并加装断针检测", OWNER, 45)
LATE = Decided("resources", "resource", "涂装线增配一套在线膜厚仪, 下线处自动记录", "maintenance", 60,
               "预算 8.6 万元")
AHEAD = Decided("audits", "system", "把夜班交接检查写入作业指导并纳入分层审核", WHO, 110)
LATER = Decided("nonconformities", "improvement", "毛刺改善小组每周评审趋势, 直至连续四周低于目标", OWNER, 34,
                "每周 2 小时")
PAIRED = ("fta", "customer_ppm", 1, "从装配交接到顾客上线约四周: 成品库存两周, 运输和顾客库存两周")
"""Internal measure, measure of the customer, months by which the first leads, and why."""
AIMS = (("fta", "site", "", "0.97"), ("rejected_ppm", "site", "", "1500"), ("customer_ppm", "customer", "C01", "25"))
"""Measure, kind of part, code of the unit, and what is to be reached."""
KEPT_DAYS = 38
RESULT = "周期已更改并写入模具保养卡; 其后四周毛刺不合格下降约四成, 由不合格记录验证"
PLAN = "对未达成月份逐月分析原因, 增加出货前复检, 每周向顾客通报"
UNPLANNED = 1
"""Missed targets of the second review that nobody has planned against yet."""


def reviewed(first: date, until: datetime) -> list[Happening]:
    """Return every deed until the end; `first`: the day on which the plant began."""
    share = min(1.0, (until.date() - first).days / WHOLE_DAYS)
    held = [days_before(until, round(days * share), 9) for days in (FIRST, SECOND)]
    found = [*_first(held[0], share), *_meeting(TITLES[1], held[1]), *_second(held[1])]
    return sorted((h for h in found if h.at <= until), key=lambda h: h.at)


def _first(at: datetime, share: float) -> Iterator[Happening]:
    title = TITLES[0]
    yield from _meeting(title, at)
    for n, decided in enumerate((KEPT, LATE, AHEAD)):
        yield deed(at + timedelta(minutes=60 + n), WHO, "review.decide", partial(_decide, title, decided, share))
    yield deed(at + timedelta(minutes=80), WHO, "review.not_applicable", partial(_answer, title))
    yield deed(at + timedelta(minutes=90), WHO, "review.settle", partial(_settle, title))
    yield deed(at + timedelta(minutes=120), SIGNER, "review.sign", partial(_sign, title))
    yield deed(at + timedelta(days=round(KEPT_DAYS * share), hours=2), OWNER, "review.report", _report)


def _second(at: datetime) -> Iterator[Happening]:
    title = TITLES[1]
    for n, (code, note) in enumerate(NOTES.items()):
        yield deed(at + timedelta(minutes=50 + n), WHO, "review.note", partial(_note, title, code, note))
    yield deed(at + timedelta(minutes=60), WHO, "review.decide", partial(_decide, title, LATER, 1.0))
    yield deed(at + timedelta(minutes=61), WHO, "review.decide", partial(_plan, title))


def _meeting(title: str, at: datetime) -> Iterator[Happening]:
    """Yield what leads to a meeting: opened, filled in, frozen the day before, people named, begun."""
    eve = at - timedelta(days=1)
    if title == TITLES[0]:
        yield deed(eve - timedelta(minutes=20), WHO, "review.objective", _aim)
        yield deed(eve - timedelta(minutes=10), WHO, "review.pair", _pair)
    steps: tuple[tuple[str, Do], ...] = (
        ("review.open", partial(_open, title)), ("review.fill", partial(_fill, title)),
        ("review.freeze", partial(_freeze, title)), ("review.attend", partial(_attend, title)))
    for n, (action, do) in enumerate(steps):
        yield deed(eve + timedelta(minutes=10 * n), WHO, action, do)
    yield deed(at, WHO, "review.meet", partial(_meet, title))
    yield deed(at + timedelta(minutes=5), WHO, "review.attended", partial(_were_there, title))


def _aim(session: Session, actor: Actor, world: World) -> None:
    """Set what measures are to reach, from the day on which the plant reviews itself first."""
    for measure, part, unit, target in AIMS:
        review_objectives.set_objective(
            session, actor, site_id=world.founded.site, measure=measure, part=part, target=Decimal(target),
            part_id=world.founded.units[unit] if unit else None,
            valid_from=now(session).astimezone(ZoneInfo(ZONE)).date())


def _pair(session: Session, actor: Actor, world: World) -> None:
    """Say beforehand what is held beside what, and at which lag."""
    inner, outer, lag, why = PAIRED
    review_pairings.pair(session, actor, customer_id=world.founded.units["C01"], inner=inner, outer=outer, lag=lag,
                         why=why)


def _open(title: str, session: Session, actor: Actor, world: World) -> None:
    first, last = months_before(now(session).astimezone(ZoneInfo(ZONE)).date(), MONTHS)
    before_first, before_last = before(first, last)
    review.open_review(session, actor, site_id=world.founded.site, title=title, first_on=first, last_on=last,
                       before_first_on=before_first, before_last_on=before_last, place="一楼会议室")


def _fill(title: str, session: Session, actor: Actor, _world: World) -> None:
    """Type what the records do not tell; the second time two inputs are left for the meeting."""
    left = () if title == TITLES[0] else ("risks", "potential_failures")
    for code, text in TEXTS.items():
        one = _input(session, title, code)
        if code not in left:
            review_filling.fill(session, actor, one.id, one.rev, body=text)
    one = _input(session, title, "design_measurements")
    review_filling.not_applicable(session, actor, one.id, one.rev, reason=NOT_DESIGNED)


def _freeze(title: str, session: Session, actor: Actor, _world: World) -> None:
    held = _review(session, title)
    found = review_assembly.counted(session, scope_of(session, held), lambda _done, _total: None)
    review_assembly.keep(session, actor, held.id, found, freeze=True, rev=held.rev)


def _attend(title: str, session: Session, actor: Actor, world: World) -> None:
    for login, role in PEOPLE:
        review.attend(session, actor, _review(session, title).id, role=role, person_id=world.person(login))


def _meet(title: str, session: Session, actor: Actor, _world: World) -> None:
    held = _review(session, title)
    review.meet(session, actor, held.id, held.rev)


def _were_there(title: str, session: Session, actor: Actor, _world: World) -> None:
    for one in attendees(session, _review(session, title)):
        review.attended(session, actor, one.id, one.rev, was_there=one.role != "finance")


def _decide(title: str, decided: Decided, share: float, session: Session, actor: Actor, world: World) -> None:
    due = now(session).astimezone(ZoneInfo(ZONE)).date() + timedelta(days=round(decided.days * share))
    review_decisions.decide(
        session, actor, _review(session, title).id, output=decided.output, input_code=decided.code, body=decided.body,
        owner_id=world.person(decided.owner), due_on=due, resource=decided.resource)


def _plan(title: str, session: Session, actor: Actor, world: World) -> None:
    """Plan against every missed target but the last."""
    held = _review(session, title)
    missed = review_shown.unplanned(session, held)
    for one in missed[:max(0, len(missed) - UNPLANNED)]:
        review_decisions.decide(
            session, actor, held.id, output="target", missed=one.key, input_code="scorecards", body=PLAN,
            owner_id=world.person("customer-q"), due_on=now(session).date() + timedelta(days=30))


def _answer(title: str, session: Session, actor: Actor, _world: World) -> None:
    """Give the reason for each input in which the records tell nothing."""
    for one in inputs_of(session, _review(session, title)):
        if one.state == "missing":
            review_filling.not_applicable(session, actor, one.id, one.rev, reason=NOT_HERE)


def _settle(title: str, session: Session, actor: Actor, _world: World) -> None:
    held = _review(session, title)
    review.settle(session, actor, held.id, held.rev, conclusion=CONCLUSION)


def _sign(title: str, session: Session, actor: Actor, world: World) -> None:
    held = _review(session, title)
    review.sign(session, actor, held.id, held.rev, signing=world.founded.signing(actor, "review"))


def _report(session: Session, actor: Actor, _world: World) -> None:
    one = session.scalars(select(ReviewDecision).where(ReviewDecision.body == KEPT.body)).one()
    review_decisions.report(session, actor, one.id, one.rev, result=RESULT)


def _note(title: str, code: str, text: str, session: Session, actor: Actor, _world: World) -> None:
    one = _input(session, title, code)
    review_filling.note(session, actor, one.id, one.rev, note=text)


def _review(session: Session, title: str) -> Review:
    return session.scalars(select(Review).where(Review.title == title)).one()


def _input(session: Session, title: str, code: str) -> ReviewInput:
    held = _review(session, title)
    return session.scalars(select(ReviewInput).where(ReviewInput.review_id == held.id, ReviewInput.code == code)).one()
