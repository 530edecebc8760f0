"""Knows what must not be missing in corrective actions, customers' records, reviews, and between units.

Must not know who asks.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, exists, or_, select

from qms.models.actions import Action, StockLine
from qms.models.actions_causes import DocumentUpdate, ReadAcross
from qms.models.actions_effectiveness import EffectivenessPlan, EffectivenessVerdict
from qms.models.customers_complaints import CustomerComplaint
from qms.models.customers_scores import ScoreReading, SpecialStatus
from qms.models.review import Review, ReviewDecision, ReviewInput
from qms.models.service_complaints import InternalComplaint
from qms.rules.actions import ROUTES, is_proven
from qms.rules.words import Words
from qms.workflows.trail_evidence_missing import Missing

_PROVEN = [route for route in ROUTES if is_proven(route)]
_VOID = Words("Void, its number stays", "已作废, 保留编号")


def _case(column: Any) -> Any:
    return select(Action.number).where(Action.id == column).scalar_subquery()


def _closed(column: Any) -> Any:
    return exists().where(Action.id == column, Action.state == "closed")


def _pack(column: Any) -> Any:
    return select(Review.number).where(Review.id == column).scalar_subquery()


IMPROVEMENT: Sequence[Missing] = (
    Missing("10.2", "R-26", Words("Closed without figures of effectiveness", "无有效性数据而关闭"), Action,
            and_(Action.state == "closed", Action.route.in_(_PROVEN), ~exists().where(
                EffectivenessPlan.action_id == Action.id, EffectivenessVerdict.plan_id == EffectivenessPlan.id,
                EffectivenessVerdict.verdict == "proven")), Action.number),
    Missing("10.2", "R-22", Words("Stock at a place not answered", "库存清单有位置未答复"), StockLine,
            and_(StockLine.answered_at.is_(None), exists().where(
                Action.id == StockLine.action_id, Action.state != "void")), _case(StockLine.action_id)),
    Missing("10.2", "R-28", Words("Closed, a document was not answered", "已关闭, 文件更新未答复"), DocumentUpdate,
            and_(DocumentUpdate.affected.is_(None), _closed(DocumentUpdate.action_id)),
            _case(DocumentUpdate.action_id)),
    Missing("10.2", "R-28", Words("Closed, a similar place was not answered", "已关闭, 水平展开未答复"), ReadAcross,
            and_(ReadAcross.applies.is_(None), ReadAcross.active, _closed(ReadAcross.action_id)),
            _case(ReadAcross.action_id)),
    Missing("10.2", "R-43", _VOID, Action, Action.state == "void", Action.number),
    Missing("9.1.2", "R-30", Words("Closed, neither origin nor why it is unknown", "已关闭, 未写责任工序或未知理由"),
            CustomerComplaint, and_(CustomerComplaint.state.in_(("closed", "lapsed")),
                                    CustomerComplaint.origin_unit_id.is_(None),
                                    CustomerComplaint.unknown_reason.is_(None)), CustomerComplaint.number),
    Missing("9.1.2", None, Words("Closed without an answer to the customer", "未答复顾客即关闭"), CustomerComplaint,
            and_(CustomerComplaint.state.in_(("closed", "lapsed")), CustomerComplaint.reply.is_(None)),
            CustomerComplaint.number),
    Missing("9.1.2", "R-43", _VOID, CustomerComplaint, CustomerComplaint.state == "void", CustomerComplaint.number),
    Missing("9.1.2", "R-42", Words("Off target, neither action nor reason", "未达标, 无措施也无理由"), ScoreReading,
            and_(ScoreReading.colour.in_(("yellow", "red")), ScoreReading.action_id.is_(None),
                 or_(ScoreReading.note.is_(None), ScoreReading.note == ""))),
    Missing("9.1.2", "R-42", Words("Special status, the certifier was not told", "特殊状态未通知认证机构"),
            SpecialStatus, SpecialStatus.body_told_on.is_(None)),
    Missing("9.3", "R-40", Words("Input neither filled nor given a reason", "输入未填写, 也未说明理由"), ReviewInput,
            and_(ReviewInput.state == "missing", exists().where(
                Review.id == ReviewInput.review_id, Review.state.in_(("actions_set", "signed")))),
            _pack(ReviewInput.review_id)),
    Missing("9.3", "R-40", Words("Held, not signed", "已评审, 未签署"), Review, Review.state == "actions_set",
            Review.number),
    Missing("9.3", None, Words("Decision not done", "决定未完成"), ReviewDecision, ReviewDecision.state == "open",
            _pack(ReviewDecision.review_id)),
    Missing("9.3", "R-43", _VOID, Review, Review.state == "void", Review.number),
    Missing("7.4", "R-32", Words("Complaint without an answer", "投诉未获答复"), InternalComplaint,
            and_(InternalComplaint.answered_at.is_(None), InternalComplaint.state.in_(("filed", "unanswered"))),
            InternalComplaint.number),
)
