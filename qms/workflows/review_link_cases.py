"""Tells the outside complaints of a period one by one: origin, what let them pass, what was done. Only reads.

Names units, never persons.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Integer, cast
from sqlalchemy.orm import Session, aliased

from qms.models.chain import Defect, Unit
from qms.models.customers_complaints import CustomerComplaint
from qms.rules.review_snapshots import Cell, Column, Row, Table
from qms.rules.words import Words
from qms.workflows.review_link_done import Done, done_about
from qms.workflows.review_link_passed import Way, names_of, ways
from qms.workflows.review_link_reached import HOW, INSIDE, ORIGIN, TRACED, UNTRACED, of_period
from qms.workflows.review_link_traced import query
from qms.workflows.review_scope import Scope
from qms.workflows.satisfaction_names import unit_words

MOST = 50
_NONE = Words("–", "–")
_NOBODY = Words("nobody: no standard planned a check for it", "无: 没有标准规定此项检查")
_STRAIGHT = Words("none: handed straight to the customer", "无: 直接交给顾客")
_COLUMNS = (
    Column("complaint", Words("Complaint", "投诉")), Column("customer", Words("Outside customer", "外部顾客")),
    Column("received", Words("Received", "收到"), "date"), Column("defect", Words("Defect", "缺陷")),
    Column("pieces", Words("Confirmed", "确认数量"), "count", Words("pieces", "件")),
    Column("origin", Words("Origin, or why it is not known", "责任工序, 或未知原因")),
    Column("passed", Words("Let it pass", "放行的工序")),
    Column("could_see", Words("Could have seen it by standard", "按标准可发现的工序")),
    Column("done", Words("Corrective action", "纠正措施")),
    Column("effect", Words("Effectiveness", "有效性"), "state"))


class Case(NamedTuple):
    """A complaint with how far it is traced, its customer, its origin, its defect, and the rejection inside."""

    held: CustomerComplaint
    how: str
    customer: Unit
    origin: Unit | None
    defect: Defect | None
    inside: int | None


def cases(session: Session, scope: Scope) -> Table:
    """Return the complaints received last, newest first."""
    found = _cases(session, scope)
    passed = ways(session, [(case.held.id, case.how, case.inside) for case in found])
    done = done_about(session, [(case.held.id, case.inside) for case in found])
    names = names_of(session, passed)
    rows = tuple(Row((case.held.number, unit_words(case.customer), _day(case, scope), _defect(case.defect),
                      case.held.quantity_confirmed, *_way(case, passed.get(case.held.id, []), names),
                      *_done(case, done.get(case.held.id))), f"/customers/complaints/{case.held.id}")
                 for case in found)
    told = query(scope)
    return Table("cases", Words("Case by case", "逐件追溯"),
                 Words(f"{told.en} The {MOST} received last.", f"{told.zh}最近收到的 {MOST} 件。"), _COLUMNS, rows)


def _cases(session: Session, scope: Scope) -> list[Case]:
    origin = aliased(Unit)
    return [Case(*row) for row in session.execute(
        of_period(scope, scope.period, CustomerComplaint, HOW, Unit, origin, Defect, INSIDE.id)
        .join(Unit, Unit.id == CustomerComplaint.customer_id)
        .outerjoin(origin, origin.id == cast(ORIGIN, Integer))
        .outerjoin(Defect, Defect.id == CustomerComplaint.defect_id)
        .order_by(CustomerComplaint.received_at.desc(), CustomerComplaint.id.desc()).limit(MOST))]


def _day(case: Case, scope: Scope) -> Any:
    return case.held.received_at.astimezone(ZoneInfo(scope.period.zone)).date()


def _defect(defect: Defect | None) -> Words:
    return Words(f"{defect.code} {defect.name_en}", f"{defect.code} {defect.name_zh}") if defect else _NONE


def _way(case: Case, way: Sequence[Way], names: dict[int, Words]) -> tuple[Cell, Cell, Cell]:
    """Return the origin, who let it pass, and who could have seen it."""
    if case.how not in TRACED or case.origin is None:
        return _untraced(case), None, None
    if not way:
        return unit_words(case.origin), _STRAIGHT, None
    could_see = [names[step.unit_id] for step in way if step.detectable]
    return (unit_words(case.origin), _listed(names[step.unit_id] for step in way),
            _listed(could_see) if could_see else _NOBODY)


def _untraced(case: Case) -> Words:
    words = UNTRACED[case.how]
    if case.how == "no_way" and case.origin is not None:
        known = unit_words(case.origin)
        return Words(f"{known.en}. {words.en}", f"{known.zh}。{words.zh}")
    if case.how != "said_unknown":
        return words
    return Words(f"{words.en}: {case.held.unknown_reason}", f"{words.zh}: {case.held.unknown_reason}")


def _done(case: Case, done: Done | None) -> tuple[Cell, Cell]:
    if done:
        return Words(f"{done.number}: {done.state.en}", f"{done.number}: {done.state.zh}"), done.effect
    reason = case.held.no_action_reason
    if reason:
        return Words(f"no 8D: {reason}", f"不做 8D: {reason}"), None
    return Words("none opened", "尚未开立"), None


def _listed(names: Iterable[Words]) -> Words:
    given = list(names)
    return Words(", ".join(one.en for one in given), ", ".join(one.zh for one in given))
