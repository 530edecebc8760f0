"""Plans the calls and stops of the demo plant; must not know the database.

Most calls are solved within their window; some lines stand, and now and then nobody comes before the second rung. Like
everything in the demo they depend on their place in the period, not on the date.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from types import MappingProxyType
from typing import Any, NamedTuple

from qms.demo.chance import chance_of
from qms.demo.happenings import Happening
from qms.demo.people import CREWS, LEADERS
from qms.demo.shifts import HALF_SHIFT_HOURS, Calendar, HalfShift

EVERY_DAYS = 4
"""On about one of so many working days somebody calls."""

PREFIX = "stop_"
"""Begins the verb of everything that happens to calls and stops."""

LATEST_CALL_MIN = 150
"""A call comes so long after the half-shift began at the latest, so that what follows lies in it too."""

OPERATIONS = ("OP30", "OP120", "OP50", "OP60", "OP130", "OP20", "OP140", "OP30", "OP10", "OP120", "OP110", "OP50")
REASONS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "solved": (("machine", "夹具传感器误报", "清洁传感器后恢复"), ("material", "料箱快用完", "物流已送料"),
               ("method", "换型参数不确定", "按作业指导书重新输入"), ("man", "新员工需要帮助", "班长示范后继续"),
               ("measurement", "卡规读数跳动", "更换备用卡规")),
    "stood": (("machine", "机器人碰撞报警", "重新示教原点"), ("machine", "液压压力不足", "更换密封圈"),
              ("machine", "送料卡滞", "清理送料轨道"), ("safety", "光栅失灵", "更换光栅, 试验合格")),
    "quality": (("quality", "连续三件虚焊", "修磨电极, 调整电流"), ("quality", "孔径偏大", "更换铰刀"),
                ("measurement", "止规失效", "更换止规并复检前两小时产品"), ("method", "用错程序版本", "恢复正确程序")),
    "upstream": (("quality", "来件毛刺超标", "上工序修磨刀口, 本工序挑选"),),
    "customer": (("quality", "来件漆膜划伤, 已多箱", "更换挂具护套, 全数挑选"),),
}
"""Why somebody calls, what they say, and what was done about it, by course."""

COURSES = ("customer", *("solved",) * 9, *("stood",) * 4, *("quality", "quality", "late", "late", "quality", "quality"),
           "upstream")
STRIDE = 8
"""Courses are taken in this stride, which has no factor in common with their number, so that they mix."""

UPSTREAM = {"OP60": ("OP50", "E04"), "OP20": ("OP10", "B01"), "OP140": ("OP50", "E04"), "OP120": ("OP110", "T02"),
            "OP130": ("OP120", "T04"), "OP30": ("OP20", "P04"), "OP50": ("OP30", "W04")}
"""What an operation may find on what it receives: from whom, and which defect."""

LEFT_OPEN = (("OP120", "quality", 42, "asked"), ("OP30", "quality", 14, "contained"))
"""What is not over at the end: where, by which course, called so many minutes before, and how far it has come."""


class Step(NamedTuple):
    """A step of a course: minutes after the call, what is done, by whom, with what."""

    minutes: float
    verb: str
    who: str
    facts: Mapping[str, Any] = MappingProxyType({})


def planned_stops(until: datetime, weeks: int) -> list[Happening]:
    """Return every call and what followed it in so many weeks until an instant, in order."""
    calendar = Calendar(weeks, until)
    found = [h for n, half in _calls(calendar) for h in _course(n, half, chance_of("stop", n))]
    past = [h for h in found if h.at <= until - timedelta(hours=1)]
    open_now = _open(calendar, until)
    return sorted([*past, *open_now], key=lambda h: h.at)


def _calls(calendar: Calendar) -> Iterator[tuple[int, HalfShift]]:
    """Return each call's number and the half-shift in which it comes; the last two days have one each."""
    halves = calendar.halves[: calendar.worked]
    last = halves[-1].day if halves else 0
    n = 0
    for day, first in enumerate(calendar.first_half[: last + 1]):
        of_day = [h for h in calendar.halves[first: first + 4] if h.day == day]
        rng = chance_of("stops of day", day)
        if of_day and (rng.randrange(EVERY_DAYS) == 0 or day >= last - 1):
            n += 1
            yield n, rng.choice(of_day)


def _course(n: int, half: HalfShift, rng: Random) -> list[Happening]:
    course = COURSES[((n - 1) * STRIDE) % len(COURSES)]
    unit = rng.choice([u for u in OPERATIONS if u in UPSTREAM or course not in {"upstream", "customer"}])
    called_at = half.begins_at + timedelta(minutes=rng.randint(10, LATEST_CALL_MIN), seconds=rng.randrange(60))
    return _happenings(f"STOP-{n}", called_at, _steps(course, unit, evening=half.evening, rng=rng))


def _open(calendar: Calendar, until: datetime) -> list[Happening]:
    """Return what is going on at the end, in the last half-shift that has run for a while."""
    half = calendar.halves[max(0, calendar.worked - 1)]
    if until - half.begins_at < timedelta(minutes=70) and calendar.worked > 1:
        half = calendar.halves[calendar.worked - 2]
    end = min(until, half.begins_at + timedelta(hours=HALF_SHIFT_HOURS))
    found = []
    for n, (unit, course, minutes, stage) in enumerate(LEFT_OPEN):
        steps = _steps(course, unit, evening=half.evening, rng=chance_of("open", n))
        verbs = [step.verb for step in steps]
        upto = {"contained": verbs.index("contain"), "asked": verbs.index("check")}[stage]
        pace = minutes / (steps[upto].minutes + 2)
        called_at = end - timedelta(minutes=minutes)
        found += _happenings(f"OPEN-{n}", called_at, [s._replace(minutes=s.minutes * min(1, pace))
                                                     for s in steps[: upto + 1]])
    return found


def _happenings(key: str, called_at: datetime, steps: Sequence[Step]) -> list[Happening]:
    return [Happening(called_at + timedelta(seconds=round(step.minutes * 60)), f"{PREFIX}{step.verb}", step.who, key,
                      dict(step.facts)) for step in steps]


def _steps(course: str, unit: str, *, evening: bool, rng: Random) -> list[Step]:
    """Return what happens from the call on."""
    caller, leader = CREWS[unit][evening], "leader-e" if evening else LEADERS[unit]
    reason, note, done = rng.choice(REASONS.get(course, REASONS["stood"]))
    call: dict[str, Any] = {"unit": unit, "why": reason, "note": note, "red": course not in {"solved", "late"}}
    if course == "solved":
        came = rng.uniform(0.2, 0.6)
        return [Step(0, "call", caller, call), Step(came, "arrive", leader),
                Step(came + rng.uniform(0.1, 0.35), "resolve", leader, {"note": done})]
    if course == "late":
        came = rng.uniform(6, 19)
        begin = [Step(0, "call", caller, call), *(Step(m, "tick", "system") for m in (1.02, 5.02, 15.02) if m < came),
                 Step(came, "arrive", leader)]
        return begin + _back(came, leader, leader, done, pieces=False, rng=rng)
    came = rng.uniform(1.2, 4.6)
    begin = [Step(came * 0.4, "acknowledge", leader), Step(came, "arrive", leader)]
    if course == "stood":
        return [Step(0, "call", caller, call), *begin, *_back(came, leader, leader, done, pieces=False, rng=rng)]
    if course in {"upstream", "customer"}:
        supplier, defect = UPSTREAM[unit]
        call |= {"defect": defect, "quantity": rng.randint(4, 20), "supplier": supplier}
    if course == "customer":
        leader = "leader-e" if evening else LEADERS[call["supplier"]]
        call |= {"unit": call["supplier"], "customer": unit}
        begin = [step._replace(who=leader) for step in begin]
    back = _back(came, leader, "delegate", done, pieces=True, rng=rng)
    if course == "customer":
        back.insert(-2, Step(back[-2].minutes - 0.5, "consent", caller))
    if course in {"upstream", "customer"}:
        back.append(Step(back[-2].minutes + 20, "release", "engineer",
                         {"found": call.get("customer", unit), "result": "全数挑选, 复检合格"}))
    return [Step(0, "call", caller, call), *begin, *back]


def _back(came: float, leader: str, restarter: str, done: str, *, pieces: bool, rng: Random) -> list[Step]:
    """Return how the line comes to run again after somebody came, and how it is reviewed later in the shift."""
    contained = came + rng.uniform(2, 9)
    asked = contained + rng.uniform(3, 12)
    checks = ("containment", "measure", "first_piece") if pieces else ("measure",)
    said = {"containment": "可疑品已隔离在红区, 断点已标识", "known": rng.random() < 0.8}
    steps = [Step(contained, "contain", leader, said),
             Step(asked, "ask_restart", leader, {"measure": done, "extra": 50 if pieces else None,
                                                 "lost": rng.randint(8, 60)})]
    at = asked
    for kind in checks:
        at += rng.uniform(0.5, 4)
        steps.append(Step(at, "check", restarter if kind == "first_piece" else leader, {"kind": kind}))
    steps.append(Step(at + rng.uniform(0.5, 2), "restart", restarter))
    return [*steps, Step(steps[-1].minutes + 5, "review", leader, {"note": "已纳入班前会通报, 点检表增加该项"})]
