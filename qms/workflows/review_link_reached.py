"""Which outside complaints of a period are traced to a confirmed origin, and why the others are not. Only reads.

A complaint takes its origin from the rejection that deals with it inside, once that one is confirmed or decided;
without such a rejection from what its own analysis named (R-30, R-34).
"""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import Session, aliased

from qms.models.customers_complaints import CustomerComplaint
from qms.models.rejections import Rejection
from qms.rules.measures import AT_CUSTOMER, VOID, Period
from qms.rules.rejections import SETTLED
from qms.rules.words import Words
from qms.workflows.review_scope import Scope

TRACED: dict[str, Words] = {
    "own": Words("Traced by the analysis of the complaint", "经投诉分析追溯"),
    "rejection": Words("Traced by its rejection inside", "经内部不合格记录追溯"),
}
UNTRACED: dict[str, Words] = {
    "no_fault": Words("No fault was found", "未发现故障"),
    "not_ours": Words("Responsibility was not accepted", "未接受责任"),
    "not_settled": Words("Its rejection inside has no confirmed origin yet", "内部不合格记录的责任工序尚未确认"),
    "no_way": Words("Origin known, its way to the customer not", "责任工序已知, 流出路径未知"),
    "said_unknown": Words("Said to be unknown, with the reason", "已说明未知原因"),
    "not_named": Words("Origin not named yet", "尚未指明责任工序"),
}
INSIDE = aliased(Rejection)
"""The rejection that deals with a complaint inside."""
_LIVE = and_(INSIDE.id.is_not(None), INSIDE.state != VOID)
_SETTLED = and_(_LIVE, INSIDE.origin_state.in_(sorted(SETTLED)), INSIDE.origin_unit_id.is_not(None))

ORIGIN: ColumnElement[Any] = case((_SETTLED, INSIDE.origin_unit_id), else_=CustomerComplaint.origin_unit_id)
HOW: ColumnElement[str] = case(
    (CustomerComplaint.no_fault_found, "no_fault"),
    (CustomerComplaint.responsibility == "no", "not_ours"),
    (and_(_LIVE, ~_SETTLED), "not_settled"),
    (and_(CustomerComplaint.origin_unit_id == ORIGIN, CustomerComplaint.escape_steps.is_not(None)), "own"),
    (and_(_SETTLED, INSIDE.escape_class.in_(AT_CUSTOMER), INSIDE.escape_steps.is_not(None)), "rejection"),
    (ORIGIN.is_not(None), "no_way"),
    (CustomerComplaint.unknown_reason.is_not(None), "said_unknown"),
    else_="not_named")
"""One of TRACED or UNTRACED."""


def of_period(scope: Scope, period: Period, *columns: Any) -> Select[Any]:
    """Return the query of the complaints received in a period, void ones left out, each with INSIDE."""
    starts_at, ends_at = period.bounds
    return (select(*columns).select_from(CustomerComplaint)
            .outerjoin(INSIDE, INSIDE.id == CustomerComplaint.rejection_id)
            .where(CustomerComplaint.site_id.in_(scope.site_ids), CustomerComplaint.received_at >= starts_at,
                   CustomerComplaint.received_at < ends_at, CustomerComplaint.state != VOID))


def reached(session: Session, scope: Scope, period: Period) -> dict[str, int]:
    """Count the complaints of a period by HOW."""
    rows = session.execute(of_period(scope, period, HOW, func.count()).group_by(HOW))
    return {how: int(count) for how, count in rows}
