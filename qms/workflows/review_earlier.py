"""Fills the input on actions of earlier reviews: what is open, with its age, and what came of the rest. Only reads."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from qms.models.review import Review, ReviewDecision, ReviewSite
from qms.rules.clock import utc_now
from qms.rules.review import DECISION_STEPS, OUTPUTS
from qms.rules.review_snapshots import Column, Estimate, Figure, Formula, Row, Snapshot, Table
from qms.rules.words import Words
from qms.workflows.review_scope import Scope

_QUERY = Words("Decisions of signed reviews of these sites before this one: those still open, and those that ended in "
               "the period.",
               "本工厂此前已签署评审的决定: 仍未完成的, 以及在本期内完成或取消的。")
_COLUMNS = (Column("review", Words("Review", "评审")), Column("decision", Words("Decision", "决定")),
            Column("output", Words("Output", "输出")), Column("owner", Words("Owner", "负责人")),
            Column("due_on", Words("Due", "期限"), "date"), Column("age", Words("Age", "历时"), "days"),
            Column("state", Words("State", "状态"), "state"), Column("overdue", Words("Overdue", "逾期"), "count"),
            Column("result", Words("Result", "结果")))


def earlier_actions(session: Session, scope: Scope) -> Snapshot:
    """Return what earlier reviews decided, oldest first."""
    on = min(scope.period.last, utc_now().astimezone(ZoneInfo(scope.period.zone)).date())
    found = _decisions(session, scope)
    rows = tuple(_row(one, on) for one in found)
    overdue = sum(1 for one in found if _is_overdue(one, on))
    still = sum(1 for one in found if one.state == "open")
    ever = session.scalar(select(func.count()).select_from(ReviewDecision).join(
        Review, Review.id == ReviewDecision.review_id).where(*_earlier(scope))) or 0
    table = Table("earlier", Words("Actions carried in", "带入的措施"), _QUERY, _COLUMNS, rows)
    return Snapshot((
        Figure("earlier.open", Words("Open actions", "未完成措施"), "count", Estimate(still, ever), _QUERY),
        Figure("earlier.overdue", Words("of these overdue", "其中逾期"), "count", Estimate(overdue, len(found)), _QUERY,
               formula=Formula("sum", "earlier", "overdue")),
    ), (table,))


def _earlier(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a review was signed of these sites before this one."""
    covered = select(ReviewSite.review_id).where(ReviewSite.site_id.in_(scope.site_ids), ReviewSite.active)
    return (or_(Review.site_id.in_(scope.site_ids), Review.id.in_(covered)), Review.state == "signed",
            Review.id != (scope.review_id or 0), Review.last_on < scope.period.last)


def _decisions(session: Session, scope: Scope) -> list[ReviewDecision]:
    starts_at, ends_at = scope.period.bounds
    return list(session.scalars(
        select(ReviewDecision).join(Review, Review.id == ReviewDecision.review_id)
        .where(*_earlier(scope),
               or_(ReviewDecision.state == "open",
                   (ReviewDecision.ended_at >= starts_at) & (ReviewDecision.ended_at < ends_at)))
        .options(joinedload(ReviewDecision.review), joinedload(ReviewDecision.owner)).order_by(ReviewDecision.id)))


def _is_overdue(one: ReviewDecision, on: date) -> bool:
    return one.state == "open" and one.due_on < on


def _row(one: ReviewDecision, on: date) -> Row:
    end = one.ended_at.date() if one.ended_at else on
    return Row((one.review.number, one.body, OUTPUTS[one.output], one.owner.name, one.due_on,
                (end - one.decided_at.date()).days, DECISION_STEPS.words[one.state], int(_is_overdue(one, on)),
                one.result), f"/review/{one.review_id}#decision-{one.id}")


FILLED = {"earlier_actions": earlier_actions}
