"""Tells of internal complaints in the demo plant: answered, appealed, followed up, overdue; must not know a plan."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.demo.deeds import World, at_plant, days_before, deed
from qms.demo.happenings import Happening
from qms.models.service_appeals import Appeal
from qms.models.service_complaints import InternalComplaint
from qms.models.service_follow_ups import ComplaintFollowUp
from qms.rules.accounts import SYSTEM, Actor
from qms.workflows import service_complaints, service_follow_ups
from qms.workflows import service_complaints_clock as clock


class Story(NamedTuple):
    """A complaint: who files for which unit on which, what of; then the steps by days before the end, hour and who."""

    key: str
    complaining: str
    accused: str
    said: Mapping[str, Any]
    steps: tuple[tuple[int, int, str, str, Mapping[str, Any]], ...]


STORIES = (
    Story("robot", "OP130", "MT", {
        "matter": "3号弧焊机器人报修后 26 小时才有人到场, 停机期间改用手工焊。",
        "standard_ref": "设备报修响应: 2 小时内到场",
        "evidence": "报修单 MR-0412, 安灯记录", "impact": "当班少产 120 件", "expectation": "按承诺 2 小时内到场"},
        ((40, 9, "arc-1", "file", {}), (40, 11, "maintenance", "acknowledge", {}),
         (39, 9, "maintenance", "accept", {"answer": "情况属实, 夜班未排机器人维修人员。"}),
         (38, 10, "maintenance", "plan", {"cause": "夜班值班表没有机器人技能要求",
                                          "plan": "值班表增加机器人技能栏, 每班至少 1 人。"}),
         (33, 14, "maintenance", "finish", {"result": "值班表已更新, 夜班 2 人完成机器人维修培训。"}),
         (32, 9, "arc-1", "confirm", {"satisfied": 4, "confirmation": "本周两次报修均 1 小时内到场。"}),
         (24, 10, "engineer", "visit", {"satisfied": 4, "note": "未再超时"}),
         (1, 10, "engineer", "visit", {"satisfied": 5, "note": "一个月内 5 次报修均按时"}))),
    Story("stains", "OP60", "OP50", {
        "matter": "电泳件挂具点残留水渍, 装配前须逐件擦拭。", "standard_ref": "涂装件交付标准 CO-50-3",
        "impact": "每件多 20 秒", "expectation": "挂具点无水渍"},
        ((12, 9, "worker", "file", {}), (12, 10, "manager", "accept", {"answer": "受理, 请涂装工段核查沥水时间。"}),
         (11, 11, "manager", "plan", {"cause": "沥水时间由 90 秒缩短为 60 秒", "plan": "恢复 90 秒, 加装吹水喷嘴。"}),
         (3, 15, "manager", "finish", {"result": "喷嘴已装, 首批 200 件无水渍。"}))),
    Story("labels", "OP70", "LG", {
        "matter": "空周转箱标签未清除, 终检须重新贴标。", "impact": "每班约 15 分钟",
        "expectation": "回收时清除旧标签"},
        ((4, 9, "inspect-1", "file", {}),
         (4, 14, "manager", "refuse", {"answer": "标签由使用工序负责清除, 不属于物流职责。"}),
         (3, 10, "inspect-1", "appeal", {"grounds": "周转箱管理规定第 4 条: 物流回收时清除旧标签。"}))),
    Story("drawing", "OP20", "PE", {
        "matter": "下支架图纸 D 版已生效 3 天, 现场仍是 C 版作业指导书。",
        "standard_ref": "文件更改 1 个工作日内到现场",
        "expectation": "更换作业指导书并说明在制品如何处理"},
        ((2, 9, "press-1", "file", {}),)),
    Story("gauge", "OP120", "QD", {
        "matter": "通止规送检 6 天未归还, 改用卡尺, 节拍变慢。", "standard_ref": "量具检定 2 个工作日",
        "impact": "检验时间加倍"},
        ((22, 9, "machine-1", "file", {}), (22, 13, "manager", "refuse", {"answer": "送检时未填加急。"}),
         (21, 10, "machine-1", "appeal", {"grounds": "承诺为 2 个工作日, 不以加急为条件。"}),
         (20, 11, "reviewer", "overturn", {"reasons": "承诺书未区分加急与普通, 投诉成立。"}),
         (19, 9, "manager", "plan", {"cause": "检定只排在每周二", "plan": "增加每周五检定, 备用通止规 2 件。"}),
         (15, 15, "manager", "finish", {"result": "备用通止规已到, 检定改为每周两次。"}),
         (14, 9, "machine-1", "confirm", {"satisfied": 3, "confirmation": "可以, 还想再快一点。"}))),
)


def complained(first: date, until: datetime) -> list[Happening]:
    """Return every deed of the stories that began after the plant did; `first`: the day on which it began."""
    told: list[Happening] = []
    for story in STORIES:
        if days_before(until, story.steps[0][0], story.steps[0][1]) > at_plant(first, 23):
            told += list(_steps(story, until))
    if told:
        told.append(deed(until - timedelta(minutes=1), SYSTEM.name, "service.climb",
                         lambda session, _actor, _world: clock.escalate(session, clock.due(session, now(session)))))
    return sorted((h for h in told if h.at <= until), key=lambda h: h.at)


def _steps(story: Story, until: datetime) -> Iterator[Happening]:
    """Yield the steps of a story in their order, also where a Sunday brings one forward."""
    at = until - timedelta(days=story.steps[0][0] + 7)
    for days, hour, who, name, fields in story.steps:
        at = max(days_before(until, days, hour), at + timedelta(minutes=40))
        yield deed(at, who, _action(name), partial(_take, story, name, fields))


def _action(name: str) -> str:
    return {"appeal": "service.appeal", "overturn": "service.decide_appeal",
            "visit": "service.follow_up"}.get(name, f"service.{name}_complaint")


def _take(story: Story, name: str, fields: Mapping[str, Any], session: Session, actor: Actor, world: World) -> None:
    if name == "file":
        service_complaints.file(session, actor, complaining_id=world.founded.units[story.complaining],
                                accused_id=world.founded.units[story.accused], **story.said)
        return
    held = session.scalars(select(InternalComplaint).where(
        InternalComplaint.matter == story.said["matter"])).one()
    if name == "overturn":
        appeal = session.scalars(select(Appeal).where(Appeal.complaint_id == held.id)).one()
        service_complaints.decide(session, actor, appeal.id, appeal.rev, decision=name, reasons=fields["reasons"],
                                  signing=world.founded.signing(actor, "appeal"))
    elif name == "visit":
        visit = session.scalars(select(ComplaintFollowUp).where(
            ComplaintFollowUp.complaint_id == held.id, ComplaintFollowUp.state == "planned")
            .order_by(ComplaintFollowUp.id)).first()
        if visit is not None:
            service_follow_ups.make(session, actor, visit.id, visit.rev, recurred=False, channel="visit", **fields)
    else:
        more = {"promised_on": now(session).date() + timedelta(days=7)} if name == "plan" else {}
        step: Callable[..., Any] = getattr(service_complaints, name)
        step(session, actor, held.id, held.rev, **fields, **more)
