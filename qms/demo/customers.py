"""Tells of the outside customers of the demo plant: how much care they get, what they ask for, a year of scorecards.

Complaints are made of what the customers found at their line, so that each is traced to the operation it came from. One
customer has put the plant under controlled shipping, and the certification body was told.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.demo.chance import chance_of
from qms.demo.deeds import World, days_before, deed
from qms.demo.happenings import Happening
from qms.demo.units import ZONE
from qms.models.customers_complaints import CustomerComplaint
from qms.models.rejections import Rejection
from qms.rules.accounts import Actor
from qms.rules.customers_scores import colour, end_of, months
from qms.workflows import (
    customers,
    customers_complaints,
    customers_complaints_tracing,
    customers_parts,
    customers_scores,
    customers_visits,
    customers_visits_register,
    dispositions_costing,
)

WHO = "customer-q"
MOST_COMPLAINTS = 5
TRACED_DAYS = 3


class Told(NamedTuple):
    """A customer: share of sales, strategic, risk, language, portal, contact, plant, what it expects of us."""

    unit: str
    share: int
    strategic: bool
    risk: str
    written_in: str
    portal: str
    contact: tuple[str, str]
    plant: tuple[str, str, str]
    targets: Mapping[str, int]


CUSTOMERS = (
    Told("C01", 46, True, "high", "zh", "https://supplier.dongchen.example", ("王磊", "wang.lei@dongchen.example"),
         ("SH1", "上海总装厂", "Shanghai assembly"), {"ppm": 25, "otd": 99, "disruptions": 0, "response_hours": 24}),
    Told("C02", 31, False, "medium", "zh", "https://srm.huayue.example", ("陈晓", "chen.xiao@huayue.example"),
         ("NB1", "宁波座椅厂", "Ningbo seating"), {"ppm": 50, "otd": 98, "disruptions": 0}),
    Told("C03", 15, False, "high", "en", "https://quality.norde.example", ("Anna Lindqvist", "al@norde.example"),
         ("GOT", "哥德堡转向厂", "Gothenburg steering"), {"ppm": 15, "otd": 100, "premium_freight": 0}),
)
REQUIREMENTS = (
    ("C01", "notice_hours", 24, "可疑品已发运时 24 小时内电话通知并在门户登记",
     "When suspect product was shipped: call within 24 hours and enter it in the portal", "DC-SQM-07 第 3 版"),
    ("C01", "label", None, "让步产品每箱贴黄色标签并注明让步编号", "A yellow label with the number on each container",
     "DC-SQM-07 第 3 版"),
    ("C02", "form", None, "8D 使用华岳表单 HY-Q-8D", "8D on Huayue's form HY-Q-8D", "HY-Q-102"),
    ("C03", "records", None, "安全特性记录保存 15 年", "Keep records of safety characteristics for 15 years",
     "Norde SQR 5.2"),
)
VALUES: dict[str, dict[str, tuple[int, ...]]] = {
    "C01": {"ppm": (12, 18, 31, 20, 15, 9, 22, 48, 27, 14, 11, 8),
            "otd": (100, 100, 99, 100, 98, 100, 100, 97, 99, 100, 98, 100),
            "disruptions": (0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0)},
    "C02": {"ppm": (40, 35, 52, 44, 30, 28, 61, 47, 38, 33, 29, 25),
            "otd": (98, 99, 98, 98, 97, 99, 98, 98, 99, 98, 99, 99),
            "disruptions": (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)},
    "C03": {"ppm": (0, 0, 8, 0, 22, 0, 0, 11, 0, 19, 0, 6),
            "otd": (100, 100, 100, 99, 100, 100, 100, 100, 100, 100, 100, 100),
            "premium_freight": (0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0)},
}
"""What was read of each metric in the twelve months before the end, the oldest first."""

UNREAD = ("C02", "ppm", 2)
"""This month of this customer, counted back from the last full one, was never read."""

COSTS = (("third_party", "1860", "顾客处第三方挑选 2 班"), ("debit", "3200", "顾客扣款通知"))
"""Element, amount and note of what a customer charges for a complaint."""
COSTED_DAYS = 9

UNKNOWN = "退件未到, 流出路径待确认"
REASON = "与 8D 同批问题, 已在该措施中处理"
STATUS = {"kind": "cs1", "cause": "同一缺陷两次流出至顾客产线", "exit_criteria": "连续 30 天出货 100% 复检无缺陷"}

VISITS = (
    ("visit", "走访装配线, 确认围堵效果并听取意见", 3, "周二、周四上午"),
    ("call", "电话确认转向节批次质量与交付", 1, "下午 (哥德堡上午)"),
)
"""Kind, purpose, days until it is due, best time."""

SAID = "围堵后未再发现同类缺陷; 顾客希望 8D 答复更快, 并要求下月复核防错"


def supplied(plan: Sequence[Happening], found: Mapping[str, datetime], on: date, until: datetime) -> list[Happening]:
    """Return every deed until the end. `found`: when each rejection of the plan was found."""
    outside = [h.key for h in plan if h.verb == "report" and h.facts["found"] in VALUES]
    begun = days_before(until, (_day(until) - on).days - 12, 10)
    deeds = [deed(begun + timedelta(minutes=n), WHO, "customers.register", partial(_register, told, on))
             for n, told in enumerate(CUSTOMERS)]
    deeds += [deed(begun + timedelta(hours=1, minutes=n), WHO, "customers.add_requirement", partial(_ask, line, on))
              for n, line in enumerate(REQUIREMENTS)]
    deeds += [deed(days_before(until, 5, 15), WHO, "customers.enter_reading", partial(_read, until))]
    deeds += [deed(max(days_before(until, 24, 9), begun + timedelta(days=1)), WHO, "customers.add_status", _put_under)]
    deeds += [deed(days_before(until, 6, 9), WHO, "customers.plan_visit", partial(_visit, "C01", VISITS[0])),
              deed(days_before(until, 3, 16), WHO, "customers.record_visit", _tell),
              deed(days_before(until, 2, 9), WHO, "customers.plan_visit", partial(_visit, "C03", VISITS[1]))]
    chosen = [key for key in sorted(outside, key=lambda key: found[key], reverse=True)
              if found[key] > begun][:MOST_COMPLAINTS]
    for n, key in enumerate(chosen):
        deeds += _answered(key, found[key], n)
    return sorted((h for h in deeds if h.at <= until), key=lambda h: h.at)


def _day(at: datetime) -> date:
    return at.astimezone(ZoneInfo(ZONE)).date()


def _answered(key: str, at: datetime, n: int) -> list[Happening]:
    """Return the course of one complaint; the newest are not finished yet, and the first of all has cost nothing."""
    steps = (("customers.receive", 3, partial(_receive, key)),
             ("customers.contain_complaint", 20, _step("contain", key)),
             ("customers.trace_complaint", 24 * TRACED_DAYS, partial(_trace, key)),
             ("customers.analyse_complaint", 24 * 8, _step("analyse", key)),
             ("customers.answer_complaint", 24 * 16, _step("answer", key)),
             ("customers.accept_complaint", 24 * 21, _step("accept", key)),
             ("customers.justify_complaint", 24 * 21 + 1, _step("justify", key)),
             ("customers.close_complaint", 24 * 21 + 2, _step("close", key)))
    taken = [deed(at + timedelta(hours=hours), WHO, action, do, key)
             for action, hours, do in steps[:len(steps) if n > 1 else 2 + n * 2]]
    if n == 0:
        return taken
    return [*taken, deed(at + timedelta(days=COSTED_DAYS), "finance", "dispositions.enter_cost", partial(_cost, key))]


STEPS: dict[str, dict[str, Any]] = {
    "contain": {"containment": "厂内库存与在途全检, 顾客处 100% 挑选, 已告知顾客"},
    "analyse": {"analysis": "退件复测确认缺陷; 设备参数漂移, 首末件检验间隔过长", "responsibility": "yes"},
    "answer": {"reply": "已调整参数并缩短检验间隔, 防错已加装, 有效性跟踪中",
               "told_inside": "责任工序及各放行工序班组长"},
    "accept": {"accepted_by": "顾客质量主管"}, "justify": {"reason": "同类问题已有 8D 处理, 本投诉并入"}, "close": {},
}


def _register(told: Told, on: date, session: Session, actor: Actor, world: World) -> None:
    customer = world.founded.units[told.unit]
    customers.register(session, actor, customer, share_percent=told.share, strategic=told.strategic, risk=told.risk,
                       written_in=told.written_in, portal_url=told.portal, portal_note="计分卡与投诉")
    code, name_zh, name_en = told.plant
    plant = customers_parts.add(session, actor, customer, "plant", code=code, name_zh=name_zh, name_en=name_en)
    customers_parts.add(session, actor, customer, "contact", name=told.contact[0], email=told.contact[1],
                        function="quality", written_in=told.written_in, plant_id=plant.id)
    for metric, value in told.targets.items():
        customers_parts.add(session, actor, customer, "target", metric=metric, value=Decimal(value),
                            valid_from=(on - timedelta(days=400)).replace(day=1))


def _ask(line: tuple[Any, ...], on: date, session: Session, actor: Actor, world: World) -> None:
    unit, kind, hours, text_zh, text_en, source_doc = line
    customers_parts.add(session, actor, world.founded.units[unit], "requirement", kind=kind, hours=hours,
                        text_zh=text_zh, text_en=text_en, source_doc=source_doc, valid_from=on)


def _read(until: datetime, session: Session, actor: Actor, world: World) -> None:
    """Enter the twelve months before the present one, as they were read at the portals."""
    shown = months(end_of(months(_day(until), 2)[0]), 12)
    for told in CUSTOMERS:
        for metric, values in VALUES[told.unit].items():
            for back, (month, value) in enumerate(zip(reversed(shown), reversed(values), strict=True)):
                if (told.unit, metric, back) == UNREAD:
                    continue
                off = colour(metric, Decimal(value), Decimal(told.targets[metric])) == "red"
                customers_scores.enter(session, actor, world.founded.units[told.unit], month=month, metric=metric,
                                       value=Decimal(value), note=REASON if off else None)


def _put_under(session: Session, actor: Actor, world: World) -> None:
    on = _day(now(session))
    customers_scores.put_under(session, actor, world.founded.units["C01"], from_on=on, body_told_on=on,
                               body_ref="邮件通知认证机构", **STATUS)


def _visit(unit: str, told: tuple[str, str, int, str], session: Session, actor: Actor, world: World) -> None:
    kind, purpose, days, best_time = told
    customers_visits.plan(session, actor, world.founded.units[unit], kind=kind, purpose=purpose, best_time=best_time,
                          planned_on=_day(now(session)) + timedelta(days=days), goer_id=actor.id)


def _tell(session: Session, actor: Actor, world: World) -> None:
    """Record the visit to the first customer; the next one is agreed there."""
    _last, held = customers_visits_register.last_and_next(session, world.founded.units["C01"])
    if held is not None:
        customers_visits.record(session, actor, held.id, held.rev, done_on=_day(now(session)), said=SAID, satisfied=3,
                                next_on=_day(now(session)) + timedelta(days=30))


def _receive(key: str, session: Session, actor: Actor, world: World) -> None:
    rejection = world.rejection(session, key)
    rng = chance_of(key, 0)
    customers_complaints.receive(
        session, actor, rejection.found_unit_id, received_at=now(session) - timedelta(hours=2), source="demo",
        kind="quality", severity=rejection.severity,
        place="field" if rejection.escape_class == "EF" else "zero_km", rejection_id=rejection.id,
        customer_ref=f"QN-{rng.randint(10000, 99999)}", item_id=rejection.item_id, lot_id=rejection.lot_id,
        defect_id=rejection.defect_id, quantity_claimed=rejection.quantity,
        description=rejection.actual or rejection.note or "装配线发现不良, 要求 24 小时内围堵")


def _trace(key: str, session: Session, actor: Actor, world: World) -> None:
    """Take over the origin of the rejection, or say that it is not confirmed yet."""
    held, rejection = _complaint(session, world, key), world.rejection(session, key)
    traced = customers_complaints_tracing.trace(
        session, actor, held.id, held.rev, origin_unit_id=rejection.origin_unit_id,
        unknown_reason=None if rejection.origin_unit_id else UNKNOWN)
    if not customers_complaints_tracing.is_traced(traced) and traced.unknown_reason is None:
        customers_complaints_tracing.trace(session, actor, held.id, traced.rev, unknown_reason=UNKNOWN,
                                           origin_unit_id=rejection.origin_unit_id)


def _cost(key: str, session: Session, actor: Actor, world: World) -> None:
    """Enter what the customer charges for the complaint, in the month that it is."""
    held = _complaint(session, world, key)
    for element, amount, note in COSTS:
        dispositions_costing.enter(session, actor, site_id=held.site_id, element=element, amount=Decimal(amount),
                                   currency="CNY", period=f"{_day(now(session)):%Y-%m}", note=note,
                                   complaint_id=held.id, unit_id=held.origin_unit_id)


def _step(name: str, key: str) -> Any:
    def do(session: Session, actor: Actor, world: World) -> None:
        held = _complaint(session, world, key)
        getattr(customers_complaints, name)(session, actor, held.id, held.rev, **STEPS[name])

    return do


def _complaint(session: Session, world: World, key: str) -> CustomerComplaint:
    rejection: Rejection = world.rejection(session, key)
    return session.scalars(select(CustomerComplaint).where(CustomerComplaint.rejection_id == rejection.id)).one()
