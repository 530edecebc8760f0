"""Tells of what departments of the demo plant promise and are asked for; must not know how a plan is drawn."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.demo.deeds import Do, World, days_before, deed
from qms.demo.happenings import Happening
from qms.demo.units import ZONE
from qms.models.service_commitments import Commitment
from qms.models.service_requests import ServiceRequest
from qms.rules.accounts import SYSTEM, Actor
from qms.workflows import service_commitments, service_requests
from qms.workflows import service_requests_clock as clock

REVISED_DAYS, REVIEWED_AFTER = 30, timedelta(days=180)


class Promised(NamedTuple):
    """A commitment: who publishes it for which unit, to whom (None: every unit), plant minutes (None: a quality)."""

    key: str
    who: str
    unit: str
    customer: str | None
    zh: str
    en: str
    minutes: int | None
    target: int
    pausable: bool = False
    standard: tuple[str, str] | None = None
    remedy: tuple[str, str] = ("负责人当日说明原因和补救时间", "The head says the same day why, and when instead")


PROMISES = (
    Promised("fitter", "maintenance", "MT", None, "设备故障到场维修", "Breakdown: a fitter at the machine", 60, 90),
    Promised("die", "maintenance", "MT", "SA", "模具维修", "Die repair", 480, 95, True),
    Promised("gauge", "quality-manager", "QD", None, "量具校准", "Gauge calibration", 960, 95, True),
    Promised("report", "quality-manager", "QD", "PE", "尺寸检测报告", "Dimensional report", None, 98,
             standard=("报告完整, 无需返回更正", "The report is whole and need not come back")),
    Promised("drawing", "manager", "PE", "SB", "工装图纸更改", "Change of a fixture drawing", 1440, 90, True),
    Promised("boxes", "manager", "LG", "SA", "空料箱送线", "Empty boxes to the line", 60, 98),
)
SERVERS = {"MT": "maintenance", "QD": "engineer", "PE": "process"}


class Wish(NamedTuple):
    """A request: through which commitment, for which unit by whom, how long before the end, and what becomes of it."""

    promise: str
    unit: str
    who: str
    days: int
    hour: int
    title: str
    course: tuple[tuple[float, str, Any], ...]
    detail: str | None = None


def _well(take: float, done: float, answer: str, rating: int, words: str = "", met: bool | None = None) -> Any:
    """Let a request be taken on, done and confirmed, the first two so many hours after it was asked."""
    return ((take, "take", None), (done, "finish", {"answer": answer}),
            (done + 1, "confirm", {"rating": rating, "words": words, "met": met}))


WISHES = (
    Wish("fitter", "OP20", "leader", 24, 9, "160 吨压机离合器打滑", _well(0.3, 0.8, "更换摩擦片, 试冲 20 件正常", 5)),
    Wish("gauge", "SA", "leader", 23, 10, "卡板 GA-118 到期校准", (
        (0.5, "take", None), (2.0, "pause", {"reason": "outside", "note": "标准块送外部校准"}),
        (50.0, "resume", None), (52.0, "finish", {"answer": "校准合格, 有效期一年"}),
        (53.0, "confirm", {"rating": 4}))),
    Wish("fitter", "OP130", "leader-b", 20, 14, "弧焊机器人送丝不稳", (
        (1.5, "take", None), (3.5, "finish", {"answer": "更换送丝轮"}),
        (4.5, "confirm", {"rating": 2, "words": "到场太晚, 停线两小时"}))),
    Wish("report", "PE", "process", 18, 9, "SB-310 首件全尺寸报告", _well(1, 6, "报告 DR-310-7", 5, met=True)),
    Wish("die", "SA", "leader", 16, 10, "冲孔模毛刺超差", (
        (0.5, "take", None), (3.0, "finish", {"answer": "刃口修磨"}),
        (5.0, "reopen", {"reason": "换班后毛刺又出现"}), (5.5, "take", None),
        (9.0, "finish", {"answer": "更换冲头, 连续冲压 500 件合格"}),
        (10.0, "confirm", {"rating": 3, "words": "一次没修好"}))),
    Wish("drawing", "SB", "leader-b", 15, 9, "铆接夹具定位销加长 2 mm", _well(2, 20, "图纸 FX-140 B 版已发放", 5)),
    Wish("gauge", "SB", "leader-b", 13, 13, "扭矩扳手示值偏低", (
        (1.0, "take", None), (2.0, "pass_on", {"to": "MT", "reason": "扭矩扳手由设备部检定"}), (4.0, "take", None),
        (26.0, "finish", {"answer": "调整并检定合格"}), (28.0, "confirm", {"rating": 3, "words": "转了两个部门"})),
         "拧紧岗位 OP140 的 TW-07"),
    Wish("fitter", "OP50", "leader-u", 11, 9, "电泳槽循环泵异响", _well(0.4, 0.9, "更换轴承", 4)),
    Wish("report", "PE", "process", 10, 10, "CB-420 更改后尺寸报告", _well(
        1, 7, "报告 DR-420-2", 2, "基准标错, 退回更正", met=False)),
    Wish("die", "SA", "leader", 9, 9, "拉延模拉伤", (
        (0.5, "take", None), (4.0, "finish", {"answer": "抛光, 试冲合格"}))),
    Wish("gauge", "LG", "leader-l", 6, 9, "地磅示值漂移", (
        (2.0, "refuse", {"reason": "地磅由外部法定检定, 请走采购申请"}),)),
    Wish("drawing", "SB", "leader-b", 5, 9, "机加工夹具防错更改", ((3.0, "take", None),), "与 EP-1401 同步"),
    Wish("fitter", "OP30", "leader", 2, 10, "点焊机水流报警", _well(0.2, 0.7, "清洗过滤器", 5)),
    Wish("die", "SA", "leader", 1, 9, "落料模导柱松动", (
        (1.0, "take", None), (4.0, "finish", {"answer": "重新压装导套"}))),
    Wish("gauge", "SU", "leader-u", 1, 13, "膜厚仪比对", ()),
)
"""Kept, late, paused, handed over, reopened, refused, silent and open ones; what lies beyond the end stays undone."""


READY = timedelta(days=1)
"""How long after the founding every commitment is published; a plant younger than a wish knows nothing of it."""


class _Desk:
    """Keeps the numbers of commitments and the ids of requests by key while the story is played."""

    def __init__(self) -> None:
        self.numbers: dict[str, str] = {}
        self.requests: dict[int, int] = {}

    def draft(self, session: Session, actor: Actor, world: World, promised: Promised) -> None:
        units, standard = world.founded.units, promised.standard or (None, None)
        made = service_commitments.draft(
            session, actor, provider_id=units[promised.unit],
            customer_id=units[promised.customer] if promised.customer else None, service_zh=promised.zh,
            service_en=promised.en, kind="time" if promised.minutes else "quality", within_minutes=promised.minutes,
            standard_zh=standard[0], standard_en=standard[1], target_percent=promised.target,
            pausable=promised.pausable, source_zh="本系统计时和评价", source_en="Clock and ratings of this system",
            remedy_zh=promised.remedy[0], remedy_en=promised.remedy[1], owner_id=world.person(promised.who),
            next_review_on=now(session).date() + REVIEWED_AFTER)
        self.numbers[promised.key] = made.number

    def publish(self, session: Session, actor: Actor, _world: World, key: str, days_ahead: int = 0) -> None:
        held = self._drafted(session, key)
        day = now(session).astimezone(ZoneInfo(ZONE)).date() + timedelta(days=days_ahead)
        service_commitments.publish(session, actor, held.id, held.rev, published_from=day,
                                    next_review_on=day + REVIEWED_AFTER)

    def revise(self, session: Session, actor: Actor, _world: World, key: str) -> None:
        held = service_commitments.in_force(session, self.numbers[key], _today(session))
        if held is not None:
            service_commitments.revise(session, actor, held.id, held.rev, reason="新增一名模具钳工, 时限缩短")

    def shorten(self, session: Session, actor: Actor, _world: World, key: str, minutes: int) -> None:
        held = self._drafted(session, key)
        said = {name: getattr(held, name) for name in service_commitments.PROMISED}
        service_commitments.edit(session, actor, held.id, held.rev, **said | {"within_minutes": minutes})

    def ask(self, session: Session, actor: Actor, world: World, place: int, wish: Wish) -> None:
        held = service_commitments.in_force(session, self.numbers[wish.promise], _today(session))
        if held is not None:
            made = service_requests.ask(session, actor, commitment_id=held.id, title=wish.title, detail=wish.detail,
                                        asker_id=world.founded.units[wish.unit])
            self.requests[place] = made.id

    def step(self, session: Session, actor: Actor, world: World, place: int, name: str, given: Any) -> None:
        held = session.get_one(ServiceRequest, self.requests[place])
        fields = dict(given or {})
        if "to" in fields:
            fields["to_id"] = world.founded.units[fields.pop("to")]
        getattr(service_requests, name)(session, actor, held.id, held.rev, **fields)

    def _drafted(self, session: Session, key: str) -> Commitment:
        return session.scalars(select(Commitment).where(Commitment.number == self.numbers[key],
                                                        Commitment.state == "draft")).one()


def promised(first: datetime, until: datetime) -> list[Happening]:
    """Return what departments promise and are asked for from the founding of the plant to its end, in order."""
    desk = _Desk()
    told = [*_commitments(desk, first, until), *(h for place, wish in enumerate(WISHES)
                                                 if days_before(until, wish.days, wish.hour) > first + READY
                                                 for h in _course(desk, place, wish, until))]
    told += [deed(until - timedelta(minutes=2), SYSTEM.name, "service.lapse",
                  lambda session, _actor, _world: clock.lapse(session, clock.silent(session, now(session)))),
             deed(until - timedelta(minutes=1), SYSTEM.name, "service.escalate",
                  lambda session, _actor, _world: clock.escalate(session, clock.due(session, now(session))))]
    return sorted((h for h in told if h.at < until), key=lambda h: h.at)


def _commitments(desk: _Desk, first: datetime, until: datetime) -> Iterator[Happening]:
    for place, one in enumerate(PROMISES):
        at = first + timedelta(hours=1, minutes=10 * place)
        yield deed(at, one.who, "service.draft_commitment", partial(desk.draft, promised=one))
        yield deed(at + timedelta(minutes=5), one.who, "service.publish_commitment", partial(desk.publish, key=one.key))
    revised = days_before(until, REVISED_DAYS, 10)
    steps: tuple[tuple[str, Do], ...] = (
        ("service.revise_commitment", partial(desk.revise, key="die")),
        ("service.edit_commitment", partial(desk.shorten, key="die", minutes=360)),
        ("service.publish_commitment", partial(desk.publish, key="die", days_ahead=1)))
    for minutes, (action, do) in enumerate(steps if revised > first + READY else ()):
        yield deed(revised + timedelta(minutes=10 * minutes), "maintenance", action, do)


def _course(desk: _Desk, place: int, wish: Wish, until: datetime) -> Iterator[Happening]:
    at = days_before(until, wish.days, wish.hour, place)
    yield deed(at, wish.who, "service.ask", partial(desk.ask, place=place, wish=wish))
    server = SERVERS[next(p.unit for p in PROMISES if p.key == wish.promise)]
    for hours, name, given in wish.course:
        who = wish.who if name in {"confirm", "reopen"} else server
        yield deed(at + timedelta(hours=hours), who, f"service.{name}",
                   partial(desk.step, place=place, name=name, given=given))
        if name == "pass_on":
            server = SERVERS[given["to"]]


def _today(session: Session) -> date:
    return now(session).astimezone(ZoneInfo(ZONE)).date()

