"""Knows what must not be missing in records of product, and the condition that it is; must not know who asks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select

from qms.db import Record
from qms.models.acceptance import Characteristic, Check, Handover, Reading
from qms.models.acceptance_pieces import PieceCheck
from qms.models.controls import Bypass, BypassLot, BypassMiss, Control, ControlSuspect, ControlTest
from qms.models.dispositions import Disposition, Rework, ScrapTicket
from qms.models.dispositions_concessions import Concession, ConcessionUse, CustomerNotice
from qms.models.rejections import ContainmentLine, Rejection
from qms.models.stops import RestartCheck, Stop
from qms.rules.words import Words


@dataclass(frozen=True, slots=True)
class Missing:
    """What a kind of record may lack: by which clause and rule, how it reads, and when it is so.

    `number`: the number that the record bears, or that of what it belongs to; None: there is none.
    """

    clause: str
    rule: str | None
    what: Words
    model: type[Record]
    when: ColumnElement[bool]
    number: Any = None


def _rejection(column: Any) -> Any:
    return select(Rejection.number).where(Rejection.id == column).scalar_subquery()


_BY_LINE = select(Rejection.number).join(Disposition, Disposition.rejection_id == Rejection.id)
_OF_BYPASS = select(Bypass.number)
_UNREAD = and_(
    Characteristic.standard_id == Handover.standard_id, Characteristic.position > 0,
    ~exists().where(Check.handover_id == Handover.id, Reading.check_id == Check.id,
                    Reading.characteristic_id == Characteristic.id).correlate(Handover, Characteristic))
_AUTHORISED = and_(Concession.customer_decided_on.is_not(None), Concession.refused_reason.is_(None))

PRODUCT: Sequence[Missing] = (
    Missing("8.7", "R-09", Words("Rework done, re-inspected by nobody else", "已返工, 未经他人复检"), Rework,
            and_(Rework.finished_at.is_not(None), or_(Rework.inspected_at.is_(None), Rework.inspected_by_id.is_(None),
                                                      Rework.inspected_by_id == Rework.worked_by_id)),
            _BY_LINE.where(Disposition.id == Rework.disposition_id).scalar_subquery()),
    Missing("8.7", "R-08", Words("Rework without instruction", "返工无作业指导"), Rework,
            and_(Rework.instruction_ref.is_(None), exists().where(
                Disposition.id == Rework.disposition_id, Disposition.code.in_(("rework", "repair")))),
            _BY_LINE.where(Disposition.id == Rework.disposition_id).scalar_subquery()),
    Missing("8.7", "R-06", Words("Held, nothing decided yet", "已冻结, 尚未决定处置"), Rejection,
            and_(Rejection.state.in_(("held", "contained")), ~exists().where(
                Disposition.rejection_id == Rejection.id, Disposition.state != "withdrawn")), Rejection.number),
    Missing("8.7", "R-49", Words("Decided, but by what authority was not kept", "已决定, 未保留决定权限"), Disposition,
            and_(Disposition.grant_id.is_(None), Disposition.role.is_(None)), _rejection(Disposition.rejection_id)),
    Missing("8.7", "R-12", Words("Accepted without a concession", "无让步批准而接收"), Disposition,
            and_(Disposition.code.in_(("use_as_is", "repair")), Disposition.concession_id.is_(None),
                 Disposition.state == "completed"), _rejection(Disposition.rejection_id)),
    Missing("8.7", "R-12", Words("Used, the customer has not authorised the concession", "使用了未经顾客授权的让步"),
            ConcessionUse, and_(ConcessionUse.active, exists().where(
                Concession.id == ConcessionUse.concession_id, ~_AUTHORISED)),
            select(Concession.number).where(Concession.id == ConcessionUse.concession_id).scalar_subquery()),
    Missing("8.7", "R-13", Words("More used than the customer authorised", "使用数量超过顾客授权数量"), Concession,
            Concession.quantity_authorised < select(func.sum(ConcessionUse.quantity)).where(
                ConcessionUse.concession_id == Concession.id, ConcessionUse.active).scalar_subquery(),
            Concession.number),
    Missing("8.7", "R-22", Words("Containment not answered for a place", "围堵清单有位置未答复"), ContainmentLine,
            and_(ContainmentLine.answered_at.is_(None), exists().where(
                Rejection.id == ContainmentLine.rejection_id, Rejection.state != "void")),
            _rejection(ContainmentLine.rejection_id)),
    Missing("8.7", "R-14", Words("Scrapped, without a witness", "已报废, 未经他人见证毁形"), ScrapTicket,
            or_(ScrapTicket.witnessed_at.is_(None), ScrapTicket.witnessed_by_id == ScrapTicket.rendered_by_id),
            ScrapTicket.number),
    Missing("8.7", "R-16", Words("Customer not told that suspect product was shipped", "可疑品已发运, 尚未通知顾客"),
            CustomerNotice, and_(CustomerNotice.told_at.is_(None), CustomerNotice.state == "due"),
            CustomerNotice.number),
    Missing("8.7", "R-43", Words("Void, its number stays", "已作废, 保留编号"), Rejection, Rejection.state == "void",
            Rejection.number),
    Missing("8.6", "R-03", Words("Handed over, neither accepted nor rejected", "已交接, 未接收也未拒收"), Handover,
            Handover.state == "presented", Handover.number),
    Missing("8.6", "R-03", Words("Accepted without a standard in force", "无现行验收标准而接收"), Handover,
            and_(Handover.state == "accepted", Handover.standard_id.is_(None)), Handover.number),
    Missing("8.6", "R-03", Words("Accepted, a characteristic was not read", "已接收, 标准中有特性未检测"),
            Handover, and_(Handover.state == "accepted", exists().where(_UNREAD)), Handover.number),
    Missing("8.6", "R-03", Words("First piece or patrol not done", "首件或巡检未做"), PieceCheck,
            PieceCheck.state.in_(("due", "missed"))),
    Missing("5.3.2", "R-18", Words("Called, and nobody arrived", "已呼叫, 无人到达"), Stop, Stop.arrived_at.is_(None),
            Stop.number),
    Missing("5.3.2", "R-19", Words("Running again without restart checks", "未做复线确认即复线"), Stop,
            and_(Stop.restarted_at.is_not(None), Stop.stopped_at.is_not(None), Stop.product_affecting,
                 ~exists().where(RestartCheck.stop_id == Stop.id)), Stop.number),
    Missing("8.5.6.1.1", "R-21", Words("A day without a look at the bypass", "旁路当日无人评审"), BypassMiss,
            BypassMiss.id > 0, _OF_BYPASS.where(Bypass.id == BypassMiss.bypass_id).scalar_subquery()),
    Missing("8.5.6.1.1", "R-21", Words("Bypass ended, control not verified", "旁路已结束, 控制未经验证"), Bypass,
            and_(Bypass.ended_at.is_not(None), Bypass.verified_at.is_(None)), Bypass.number),
    Missing("8.5.6.1.1", "R-55", Words("Lot made under a bypass, not reviewed", "旁路期间的批次未评审"), BypassLot,
            BypassLot.reviewed_at.is_(None), _OF_BYPASS.where(Bypass.id == BypassLot.bypass_id).scalar_subquery()),
    Missing("8.5.6.1.1", "R-20", Words("Device failed its test, nothing was held", "防错装置测试失败, 未冻结任何产品"),
            ControlTest, and_(~ControlTest.good, ~exists().where(ControlSuspect.test_id == ControlTest.id)),
            select(Control.code).where(Control.id == ControlTest.control_id).scalar_subquery()),
)
