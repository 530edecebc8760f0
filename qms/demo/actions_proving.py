"""Tells of two measures that the figures judge: one is proven and its case closed, one fails and its case comes back.

Spot welding was mended for good, so that no cold weld is made after it; scratches go on. Where the period is too short
for proof, the case is still watched at its end.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import takewhile

from sqlalchemy.orm import Session

from qms.demo.actions import DAYS_APART, LEADER, Told, case_of, open_case, pass_step
from qms.demo.deeds import World, deed
from qms.demo.faults import MENDED
from qms.demo.happenings import Happening
from qms.demo.shifts import Calendar
from qms.models.actions import Action
from qms.models.actions_causes import Task
from qms.rules.accounts import SYSTEM, Actor
from qms.workflows import actions_documents, actions_effectiveness, actions_lessons, actions_tasks

CONFIRMER = "engineer-s"
"""Who confirms: owns no measure, and did not write the plan."""

WELD = Told("左座椅支架虚焊", "凿检熔核不小于 5.0 mm", "熔核 3.4 – 4.6 mm, 6 周内 4 批",
            "焊接工位每箱凿检 2 件, 在制品隔离",
            ("电极修磨过晚", "修磨间隔按班次而非焊点数", "提速后焊点数增加一倍, 间隔未调整"),
            ("凿检抽样发现不了间断虚焊", "每班仅首件凿检", "控制计划未按焊点数规定频次"),
            "按 800 焊点联锁修磨, 未修磨不能起焊", 42, ("item_id", "defect_id", "origin_unit_id"))
SCRATCH = Told("涂装后外表面划伤", "外表面无露底划伤", "划伤长 8 – 15 mm, 3 件", "下线后加隔板周转, 全检外表面",
               ("周转箱隔板磨损露出钉头", "隔板没有更换周期", "隔板未列入维护计划"),
               ("下线检验只看下边缘", "检验指导书未含外表面", "划伤未列入外观缺陷图"), "更换周转箱隔板并列入点检", 30,
               ("defect_id",))
SINCE = 0.57
"""Share of the period after which the case of the cold welds is opened."""

WELD_APART = timedelta(hours=30)
UP_TO_D6 = ("D0", "D1", "D2", "D3", "D4", "D5", "D6")
LOOKED_AT = timedelta(days=2)
CONFIRMED_BEFORE = timedelta(days=10)
"""How long before the end the proof is confirmed."""

DOCUMENTS = {"pfmea": ("PFMEA-OP30", "C", "D"), "control_plan": ("CP-SB-220", "4", "5"),
             "instruction": ("WI-OP30-02", "B", "C"), "maintenance": ("MP-OP30", "2", "3")}
LESSON = ("修磨间隔跟随焊点数, 不跟随班次",
          "产量提高后, 按班次规定的维护间隔会失效。与产出有关的磨损, 间隔须按件数计, 并由设备联锁。")


def proving(plan: Sequence[Happening], found: Mapping[str, datetime], calendar: Calendar,
            until: datetime) -> list[Happening]:
    """Return every deed until the end. `found`: when each rejection of the plan was found."""
    begun = {h.key: h.at for h in plan if h.verb == "lot"}
    items = {h.key: h.facts["item"] for h in plan if h.verb == "lot"}
    since, mended = (calendar.halves[calendar.half_at(share)].begins_at for share in (SINCE, MENDED))
    cold = [key for key in _refused(plan, "W01") if items[_lot(key)] == "SB-220" and found[key] >= since]
    deeds = _proven(cold[0], found[cold[0]], mended, until) if cold else []
    deeds += _back(_refused(plan, "E04"), found, begun)
    return sorted((h for h in deeds if h.at <= until), key=lambda h: h.at)


def _refused(plan: Sequence[Happening], defect: str) -> list[str]:
    """Return the keys of what customers refused for a defect, in order."""
    return [f"{h.key}#{n}" for h in plan if h.verb in {"reject", "partly_accept"}
            for n, (code, _pieces) in enumerate(h.facts["faults"]) if code == defect]


def _lot(key: str) -> str:
    return key.split("/", maxsplit=1)[0]


def _worked(key: str, case: Told, at: datetime, apart: timedelta, mended: datetime | None = None) -> list[Happening]:
    """Return how a case is opened and passes D0 to D6, the last not before something was mended."""
    deeds = [deed(at, LEADER, "actions.open", partial(open_case, key, "8d", case))]
    for n, step in enumerate(UP_TO_D6, start=1):
        when = at + n * apart
        deeds += pass_step(step, key, case, max(when, mended) if mended and step == "D6" else when)
    return deeds


def _proven(key: str, found: datetime, mended: datetime, until: datetime) -> list[Happening]:
    """Cold welds: gone since the electrodes are dressed by spots; confirmed, written down, closed."""
    deeds = _worked(key, WELD, found + timedelta(hours=4), WELD_APART, mended + timedelta(hours=1))
    clean, confirmed = deeds[-1].at, until - CONFIRMED_BEFORE
    if clean >= confirmed:
        return deeds
    looks = takewhile(lambda at: at < confirmed, (clean + n * LOOKED_AT for n in range(1, 200)))
    deeds += [_judged(key, at) for at in looks]
    after: tuple[tuple[int, str, str, Callable[..., None]], ...] = (
        (0, CONFIRMER, "actions.confirm_effectiveness", _confirm), (20, LEADER, "actions.answer_document", _documents),
        (22, LEADER, "actions.answer_across", _across), (24, LEADER, "actions.write_lesson", _lesson))
    deeds += [deed(confirmed + timedelta(hours=hours), who, action, partial(_once_proven, key, do))
              for hours, who, action, do in after]
    passed = [*pass_step("D7", key, WELD, confirmed + timedelta(hours=25))[1:],
              *pass_step("D8", key, WELD, confirmed + timedelta(hours=48))]
    deeds += [h._replace(facts={"do": partial(_once_proven, key, partial(_as_told, h.facts["do"]))}) for h in passed]
    return deeds


def _back(keys: Sequence[str], found: Mapping[str, datetime], begun: Mapping[str, datetime]) -> list[Happening]:
    """Scratches: the newest case after whose measures a lot was made that is scratched again."""
    for key in reversed(keys):
        deeds = _worked(key, SCRATCH, found[key] + timedelta(hours=4), DAYS_APART)
        again = [found[later] for later in keys if begun[_lot(later)] > deeds[-1].at]
        if again:
            return [*deeds, _judged(key, again[0] + timedelta(minutes=20))]
    return []


def _judged(key: str, at: datetime) -> Happening:
    return deed(at, SYSTEM.name, "actions.judge_effectiveness", partial(_judge, key))


def _judge(key: str, session: Session, _actor: Actor, world: World) -> None:
    plan = actions_effectiveness.plan_of(session, case_of(session, world, key).id)
    if plan is not None:
        actions_effectiveness.judge(session, plan.id)


def _once_proven(key: str, do: Callable[..., None], session: Session, actor: Actor, world: World) -> None:
    """Do something only where the figures have proven the measures."""
    held = case_of(session, world, key)
    plan = actions_effectiveness.plan_of(session, held.id)
    if plan is not None and plan.state in {"proven", "confirmed"}:
        do(session, actor, world, held)


def _as_told(do: Callable[..., None], session: Session, actor: Actor, world: World, _held: Action) -> None:
    do(session, actor, world)


def _confirm(session: Session, actor: Actor, _world: World, held: Action) -> None:
    plan = actions_effectiveness.plan_of(session, held.id)
    if plan is not None:
        actions_effectiveness.confirm(session, actor, plan.id, plan.rev)


def _documents(session: Session, actor: Actor, _world: World, held: Action) -> None:
    for document, (reference, before, after) in DOCUMENTS.items():
        actions_documents.answer(session, actor, held.id, document, 0, affected=True, reference=reference,
                                 rev_before=before, rev_after=after)
    actions_documents.answer_risk(session, actor, held.id, held.rev,
                                  risk_register="新增风险: 提速后按班次的维护间隔失效")


def _across(session: Session, actor: Actor, world: World, held: Action) -> None:
    """Ask two similar places: at one it applies, and is done; at the other it does not."""
    units = world.founded.units
    arc = actions_documents.ask_across(session, actor, held.id, unit_id=units["OP130"])
    actions_documents.answer_across(session, actor, arc.id, arc.rev, applies=True,
                                    task="焊枪导电嘴更换间隔按焊缝长度联锁", due_hours=40,
                                    owner_id=world.person("process"))
    task = session.get_one(Task, arc.task_id)
    actions_tasks.report(session, actor, task.id, task.rev, evidence="OP130 参数表第 6 版, 联锁试验照片")
    riveting = actions_documents.ask_across(session, actor, held.id, unit_id=units["OP60"])
    actions_documents.answer_across(session, actor, riveting.id, riveting.rev, applies=False,
                                    reason="铆接工具由设备按件计数, 已有联锁")


def _lesson(session: Session, actor: Actor, _world: World, held: Action) -> None:
    actions_lessons.write(session, actor, held.id, title=LESSON[0], text=LESSON[1])
