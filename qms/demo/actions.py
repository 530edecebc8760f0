"""Tells of corrective actions in the demo plant, each as far as it has come; must not know how a plan is drawn."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.demo.deeds import World, deed
from qms.demo.happenings import Happening
from qms.models.actions import Action, ActionSource, StockLine
from qms.models.actions_causes import Cause, Task
from qms.rules.accounts import Actor
from qms.workflows import actions, actions_causes, actions_effectiveness, actions_tasks, actions_whys

LEADER, SPONSOR = "engineer", "quality-manager"


class Told(NamedTuple):
    """A case: its title, requirement and figure, what was done at once, both causes with two whys, the measure.

    `before`: of how many days before the choice findings are counted; `counted`: by what of the case.
    """

    title: str
    requirement: str
    actual: str
    at_once: str
    made: tuple[str, str, str]
    missed: tuple[str, str, str]
    measure: str
    before: int = 3
    counted: tuple[str, ...] = ("defect_id", "origin_unit_id")


CASES: dict[str, Told] = {
    "in_parts": Told("座椅滑轨支架虚焊", "凿检熔核不小于 5.0 mm", "熔核 3.1 – 4.2 mm, 14 件",
                     "隔离在制品, 焊接工位每件凿检",
                     ("电极修磨间隔过长", "修磨计数器未随焊点数调整", "换型参数表没有修磨间隔"),
                     ("凿检频次不足", "控制计划按班检 1 件", "换型后首件未规定凿检"), "修磨间隔写入换型参数并联锁"),
    "returned": Told("左座椅支架流挂", "下边缘无流挂", "流挂长 12 mm, 5 件", "下线处全检, 返工后放行",
                     ("沥干时间缩短", "提速后吊具节拍未复核", "节拍变更未做过程评审"),
                     ("下线目检看不到下边缘", "照明角度只覆盖上表面", "检具布置图未含下边缘"),
                     "节拍联锁最短沥干时间 90 s"),
    "board": Told("转向管柱支架铆钉松动", "铆钉无松动", "松动量 0.05 mm, 6 件", "装配工位逐件拉力检查",
                  ("铆钉长度批次偏短", "供方模具磨损未监测", "来料只检外径不检长度"),
                  ("铆接力监控下限过宽", "下限沿用旧产品", "新产品导入未重设下限"), "重设铆接力下限并来料检长度"),
    "unlabelled": Told("装配区发现无标签零件", "周转箱均有标签", "1 箱 6 件无标签", "隔离并清查同区周转箱",
                       ("", "", ""), ("", "", ""), ""),
}
STEPS_OF = {"in_parts": ("D0", "D1", "D2"), "returned": ("D0", "D1", "D2", "D3", "D4", "D5", "D6"),
            "board": ("D0", "D1", "D2", "D3", "D4"), "unlabelled": ("D2", "D6", "D8")}
"""What each case has passed: one waits in D3, one is watched, one waits in D5, the last is closed."""

ROUTES = {"unlabelled": "correction"}
WHY = {"8d": "按顾客要求采用完整 8D", "correction": "单箱偶发, 已清查, 仅做纠正"}
DAYS_APART = timedelta(hours=9)


def told_actions(found: Mapping[str, datetime], held: Mapping[str, str], until: datetime) -> list[Happening]:
    """Return every deed until the end. `found`: when each rejection was found; `held`: its key by story."""
    deeds = []
    for story, case in CASES.items():
        if story in held:
            key, at = held[story], found[held[story]] + timedelta(hours=4)
            deeds.append(deed(at, LEADER, "actions.open", partial(open_case, key, ROUTES.get(story, "8d"), case)))
            for n, step in enumerate(STEPS_OF[story], start=1):
                deeds += pass_step(step, key, case, at + n * DAYS_APART)
            if story == "board":
                deeds.append(deed(at + 6 * DAYS_APART, LEADER, "actions.add_task", partial(_tasks, key, case)))
    return sorted((h for h in deeds if h.at <= until), key=lambda h: h.at)


def pass_step(step: str, key: str, case: Told, at: datetime) -> Sequence[Happening]:
    """Return how a discipline is filled in, and passed."""
    fill: tuple[str, Any] = {"D4": ("actions.verify_cause", _causes), "D5": ("actions.choose_task", _choose),
            "D6": ("actions.report_task", _done)}.get(step, ("actions.edit", _fill))
    who = SPONSOR if step in {"D5", "D8"} else LEADER
    return (deed(at, who, fill[0], partial(fill[1], key, case, step)),
            deed(at + timedelta(minutes=30), who, "actions.pass_gate", partial(_pass, key, step)))


def case_of(session: Session, world: World, key: str) -> Action:
    """Return the case that was opened for a rejection."""
    return session.scalars(select(Action).join(ActionSource, ActionSource.action_id == Action.id).where(
        ActionSource.kind == "rejections", ActionSource.record_id == world.rejections[key])).one()


def open_case(key: str, route: str, case: Told, session: Session, actor: Actor, world: World) -> None:
    actions.open_action(session, actor, site_id=world.founded.site, title=case.title, route=route,
                        route_reason=WHY[route], sources=[("rejections", world.rejections[key])])


def _fill(key: str, case: Told, step: str, session: Session, actor: Actor, world: World) -> None:
    held = case_of(session, world, key)
    by_step: dict[str, dict[str, Any]] = {
        "D0": {"symptom": case.title, "emergency": case.at_once, "emergency_verified": True},
        "D1": {"sponsor_id": world.person(SPONSOR), "leader_id": world.person(LEADER)},
        "D2": {"requirement": case.requirement, "actual": case.actual, "reproduced": True,
               "problem_what": case.title, "problem_how": "工序验收时发现"},
        "D3": {"containment": case.at_once, "containment_effective": True,
               "containment_evidence": "已检 200 件, 未再发现", "customer_informed_at": now(session)},
        "D8": {"thanks": "感谢小组快速清查"}}
    fields = by_step[step]
    if step == "D1":
        _team(session, actor, world, held)
    if step == "D3":
        for line in session.scalars(select(StockLine).where(StockLine.action_id == held.id)).all():
            if line.answered_at is None:
                actions.answer_stock(session, actor, line.id, line.rev, suspect=0, checked=0, nonconforming=0, good=0)
    if step == "D8" and held.origin_unit_id is None:
        actions.edit(session, actor, held.id, held.rev, "D2", origin_unknown_reason="标签丢失, 无法追溯到工序")
    actions.edit(session, actor, held.id, held.rev, step, **fields)


def _team(session: Session, actor: Actor, world: World, held: Action) -> None:
    members = (("leader-u", held.origin_unit_id, "责任工序"), ("leader", held.detecting_unit_id, "发现工序"),
               ("process", world.founded.units["PE"], "工艺"))
    for login, unit_id, function in members:
        actions.add_member(session, actor, held.id, person_id=world.person(login), unit_id=unit_id, function=function)


def _pass(key: str, step: str, session: Session, actor: Actor, world: World) -> None:
    held = case_of(session, world, key)
    actions.pass_gate(session, actor, held.id, held.rev, step, signing=world.founded.signing(actor, "closure"))


def _causes(key: str, case: Told, _step_name: str, session: Session, actor: Actor, world: World) -> None:
    held = case_of(session, world, key)
    for track, category, words in (("occurrence", "machine", case.made), ("escape", "measurement", case.missed)):
        cause = actions_causes.add(session, actor, held.id, track=track, category=category, text=words[0])
        for why in words[1:]:
            actions_whys.ask(session, actor, cause.id, cause.rev, text=why, evidence="现场核对记录和参数表")
        actions_causes.test(session, actor, cause.id, cause.rev, holds=True, test="恢复设定后 200 件未再发生")
        if track == "escape":
            actions_causes.describe(session, actor, cause.id, cause.rev, control_unit_id=held.detecting_unit_id)
        actions_causes.verify(session, actor, cause.id, cause.rev, verification="开启时再现, 关闭后 200 件无缺陷")


def _options(key: str, case: Told, session: Session, actor: Actor, world: World) -> list[Task]:
    held = case_of(session, world, key)
    causes = session.scalars(select(Cause).where(Cause.action_id == held.id).order_by(Cause.id)).all()
    return [actions_tasks.add(session, actor, held.id, kind="corrective", text=text, owner_id=world.person("process"),
                              due_hours=48, cause_id=cause.id, level=level, risk="已评审, 无新增失效",
                              trial_pieces=200, trial_result="200 件无缺陷")
            for cause, text, level in zip(causes, (case.measure, "更新检验频次和检具布置"), ("prevent", "detect"),
                                          strict=True)]


def _choose(key: str, case: Told, _step_name: str, session: Session, actor: Actor, world: World) -> None:
    """Choose a measure for each cause, and plan how it will be seen that the cause is gone."""
    held, at = case_of(session, world, key), now(session)
    for task in _options(key, case, session, actor, world):
        actions_tasks.choose(session, actor, task.id, task.rev)
    actions_effectiveness.draft_plan(
        session, actor, held.id, None, metric="per_shift", baseline_from=at - timedelta(days=case.before),
        baseline_to=at, **{name: getattr(held, name) for name in case.counted})


def _done(key: str, case: Told, _step_name: str, session: Session, actor: Actor, world: World) -> None:
    held = case_of(session, world, key)
    tasks = session.scalars(select(Task).where(Task.action_id == held.id, Task.state == "chosen")).all()
    for task in tasks:
        actions_tasks.report(session, actor, task.id, task.rev, evidence=f"{case.measure}: 照片和记录已归档",
                             effective_from="下一批次", changes_process=False)


def _tasks(key: str, case: Told, session: Session, actor: Actor, world: World) -> None:
    """Give tasks of D5: options to be chosen from, and one to be done at once that is late."""
    held = case_of(session, world, key)
    _options(key, case, session, actor, world)
    actions_tasks.add(session, actor, held.id, kind="containment", text="清查在途批次并反馈顾客",
                      owner_id=world.person("leader-b"), due_hours=8)
