"""Tells of the process controls of the demo plant: tests, one that failed, bypasses; must not know how a plan is drawn.

Lots that an operation presents while its control is bypassed are looked at right after, before anybody accepts them.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.demo.deeds import SUNDAY, World, at_plant, days_before, deed
from qms.demo.happenings import Happening
from qms.demo.units import ZONE
from qms.models.controls import Alternate, Bypass, BypassLot, Control, ControlSuspect, ControlTest
from qms.models.rejections import Hold
from qms.rules.accounts import Actor
from qms.workflows import controls, rejections


class Listed(NamedTuple):
    """A control on the list: where, what kind, its names, PFMEA line, severity, hours between tests, challenge part."""

    unit: str
    code: str
    kind: str
    zh: str
    en: str
    pfmea: str
    severity: int
    hours: int | None
    part: str | None


CONTROLS = (
    Listed("OP30", "EP-301", "detects", "螺母有无传感器", "Nut presence sensor", "PFMEA-BR 30.4", 8, 40,
           "CP-301 缺螺母件"),
    Listed("OP20", "EP-201", "prevents", "防反装定位销", "Poka-yoke locating pin", "PFMEA-BR 20.2", 7, None, None),
    Listed("OP60", "EP-601", "detects", "扭矩监控", "Torque monitor", "PFMEA-BR 60.1", 9, 80, "CP-601 低扭矩模拟器"),
    Listed("OP140", "EP-1401", "detects", "铆接力监控", "Riveting force monitor", "PFMEA-SC 140.3", 8, 80,
           "CP-1401 短铆钉件"),
    Listed("OP130", "PC-1301", "other", "焊缝视觉检测", "Seam vision check", "PFMEA-SC 130.2", 8, 80, None),
    Listed("OP50", "PC-501", "other", "膜厚在线测量", "In-line film thickness gauge", "PFMEA-CO 50.1", 6, None, None),
)
REACTION = ("停止生产, 隔离上次合格测试以来的产品, 通知质量",
            "Stop, set apart all since the last good test, call quality")
TESTERS = {"OP30": "leader", "OP60": "leader", "OP140": "leader-b", "OP130": "leader-b"}
TESTED_DAYS, TESTED_AT = 24, 8
FAILED_BEFORE = timedelta(days=4), timedelta(days=20)
"""A test fails in this time before the end, right after the operation has presented a lot."""

FAILED, REPAIRED = "传感器支架松动, 未识别缺螺母件", "支架重新紧固并点胶, 挑战件测试合格"
RETESTED = "已用修复后的传感器全数复测, 无缺螺母"


class Stood(NamedTuple):
    """A bypass: control, alternate, days before the end on which it starts, ends (0: it runs on), and why."""

    control: str
    zh: str
    en: str
    instruction: str
    started: int
    ended: int
    why: str


BYPASSES = (
    Stood("EP-1401", "每件人工拉力检查", "Manual pull test of every piece", "WI-140-ALT", 16, 13,
          "力传感器送修, 备件 3 天后到货"),
    Stood("PC-1301", "焊缝 100% 人工目视加样板", "Manual look at every seam with gauge", "WI-130-ALT", 5, 0,
          "相机光源故障, 等待供方更换"),
)
PIECES = ("首件 3 件合格, 已留样", "末件 3 件合格, 已留样")


def controlled(plan: Sequence[Happening], first: date, until: datetime) -> list[Happening]:
    """Return every deed until the end; `first`: the day on which the plant began."""
    deeds = [*_listed(first), *_tests(plan, first, until)]
    for stood in BYPASSES:
        if days_before(until, stood.started, 9) > at_plant(first, 23):
            deeds += _bypassed(stood, plan, until)
    return sorted((h for h in deeds if h.at <= until), key=lambda h: h.at)


def _listed(first: date) -> Iterator[Happening]:
    yield deed(at_plant(first, 9), "process", "controls.add", _add)
    yield deed(at_plant(first, 10), "process", "controls.draft_alternate", _draft)
    yield deed(at_plant(first, 11), "quality-manager", "controls.approve_alternate", _approve)


def _tests(plan: Sequence[Happening], first: date, until: datetime) -> Iterator[Happening]:
    """Every tested control each second working day; one test fails and is made good the same hour."""
    today = until.astimezone(ZoneInfo(ZONE)).date()
    days = [today - timedelta(days=n) for n in range(TESTED_DAYS, -1, -1)]
    for n, day in enumerate(day for day in days if day.weekday() != SUNDAY and day > first):
        for control in CONTROLS:
            if control.hours is not None and (n % 2 == 0 or control.hours == min(c.hours or 99 for c in CONTROLS)):
                yield deed(at_plant(day, TESTED_AT, 5), TESTERS[control.unit], "controls.test",
                           partial(_test, control.code, None), control.code)
    early, late = until - FAILED_BEFORE[1], until - FAILED_BEFORE[0]
    made = next((h for h in plan if _presents(h, "OP30") and early <= h.at <= late), None)
    if made is not None:
        steps = ((-5, "leader", "controls.test", partial(_test, "EP-301", None)),
                 (2, "leader", "controls.test", partial(_test, "EP-301", FAILED)),
                 (12, "leader", "controls.test", partial(_test, "EP-301", None)),
                 (18, "engineer", "rejections.release", _release))
        for minutes, who, action, do in steps:
            yield deed(made.at + timedelta(minutes=minutes), who, action, do)


def _bypassed(stood: Stood, plan: Sequence[Happening], until: datetime) -> Iterator[Happening]:
    unit = next(control.unit for control in CONTROLS if control.code == stood.control)
    begun = days_before(until, stood.started, 9)
    ended = days_before(until, stood.ended, 15) if stood.ended else until
    yield deed(begun, "process", "controls.start", partial(_start, stood))
    day = begun.astimezone(ZoneInfo(ZONE)).date() + timedelta(days=1)
    while (at := at_plant(day, 8, 20)) < ended:
        if day.weekday() != SUNDAY:
            yield deed(at, "delegate", "controls.review", partial(_review, stood.control))
        day += timedelta(days=1)
    for h in plan:
        if _presents(h, unit) and begun < h.at < ended:
            yield deed(h.at + timedelta(minutes=6), "delegate", "controls.review_lot", partial(_review_lots, stood))
    if stood.ended:
        yield deed(ended, "process", "controls.end", partial(_end, stood.control))
        yield deed(ended + timedelta(minutes=40), "delegate", "controls.verify", partial(_verify, stood.control))
        yield deed(ended + timedelta(minutes=50), "delegate", "controls.close", partial(_close, stood.control))


def _presents(h: Happening, unit: str) -> bool:
    return h.verb == "present" and h.facts["link"][0] == unit


def _add(session: Session, actor: Actor, world: World) -> None:
    for c in CONTROLS:
        controls.add(session, actor, unit_id=world.founded.units[c.unit], code=c.code, kind=c.kind, name_zh=c.zh,
                     name_en=c.en, pfmea_ref=c.pfmea, severity=c.severity, test_every_hours=c.hours,
                     challenge_part=c.part, challenge_valid_to=None, reaction_zh=REACTION[0], reaction_en=REACTION[1])


def _draft(session: Session, actor: Actor, _world: World) -> None:
    for stood in BYPASSES:
        controls.draft_alternate(session, actor, _control(session, stood.control).id, name_zh=stood.zh,
                                 name_en=stood.en, instruction_ref=stood.instruction, instruction_rev="A",
                                 risk_ref="PFMEA-SC, RPN 84", verify_pieces=5)


def _approve(session: Session, actor: Actor, _world: World) -> None:
    for alternate in session.scalars(select(Alternate).order_by(Alternate.id)).all():
        controls.approve_alternate(session, actor, alternate.id, alternate.rev)


def _test(code: str, failed: str | None, session: Session, actor: Actor, _world: World) -> None:
    control = _control(session, code)
    note = failed or (REPAIRED if control.test_good is False else None)
    controls.record_test(session, actor, control.id, good=failed is None, note=note)


def _release(session: Session, actor: Actor, _world: World) -> None:
    """Release the lots that the failed test made suspect: all of them were tested again."""
    suspect = select(ControlSuspect.rejection_id).join(ControlTest, ControlTest.id == ControlSuspect.test_id)
    for hold in session.scalars(select(Hold).where(Hold.rejection_id.in_(suspect), Hold.state == "held")).all():
        rejections.release(session, actor, hold.id, hold.rev, good=hold.quantity, not_good=0, result=RETESTED)


def _start(stood: Stood, session: Session, actor: Actor, _world: World) -> None:
    control = _control(session, stood.control)
    alternate = session.scalars(select(Alternate).where(Alternate.control_id == control.id)).one()
    controls.start(session, actor, control.id, alternate_id=alternate.id, reason=stood.why,
                   planned_end_at=now(session) + timedelta(days=max(3, stood.started - stood.ended + 2)))


def _bypass(session: Session, code: str) -> Bypass:
    return session.scalars(select(Bypass).where(Bypass.control_id == _control(session, code).id)).one()


def _review(code: str, session: Session, actor: Actor, _world: World) -> None:
    controls.review(session, actor, _bypass(session, code).id, note="替代方法执行正常, 无不合格")


def _review_lots(stood: Stood, session: Session, actor: Actor, _world: World) -> None:
    tags = select(BypassLot).where(BypassLot.bypass_id == _bypass(session, stood.control).id,
                                   BypassLot.reviewed_at.is_(None)).order_by(BypassLot.id)
    for tag in session.scalars(tags).all():
        controls.review_lot(session, actor, tag.id, first_piece=PIECES[0], last_piece=PIECES[1])


def _end(code: str, session: Session, actor: Actor, _world: World) -> None:
    bypass = _bypass(session, code)
    controls.end(session, actor, bypass.id, bypass.rev)


def _verify(code: str, session: Session, actor: Actor, _world: World) -> None:
    bypass = _bypass(session, code)
    controls.verify(session, actor, bypass.id, bypass.rev, pieces=5, nonconforming=0,
                    verification="恢复后连续 5 件检测正常, 挑战件测试合格")


def _close(code: str, session: Session, actor: Actor, _world: World) -> None:
    bypass = _bypass(session, code)
    controls.close(session, actor, bypass.id, bypass.rev)


def _control(session: Session, code: str) -> Control:
    return session.scalars(select(Control).where(Control.code == code)).one()
