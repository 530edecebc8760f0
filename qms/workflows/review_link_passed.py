"""Tells which hand-overs let the traced outside complaints of a period pass, and what was planned there. Only reads."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, and_, cast, func, select
from sqlalchemy.orm import Session, aliased

from qms.models.chain import Link, Unit
from qms.models.customers_complaints import CustomerComplaint, CustomerComplaintPassage
from qms.models.rejections import Passage
from qms.rules.review_snapshots import Chart, Column, Row, Table
from qms.rules.words import Words
from qms.workflows.review_link_reached import HOW, INSIDE, ORIGIN, of_period
from qms.workflows.review_scope import Scope
from qms.workflows.satisfaction_names import unit_words

MOST = 50
_COLUMNS = (Column("handover", Words("Hand-over", "交接")), Column("complaints", Words("Complaints", "投诉"), "count"),
            Column("planned", Words("a check was planned there", "该处有检查规定"), "count"),
            Column("unplanned", Words("no check was planned there", "该处无检查规定"), "count"))


class Way(NamedTuple):
    """An operation that the defect of a complaint passed, and whether a standard planned to find it there."""

    unit_id: int
    detectable: bool


def ways(session: Session, cases: Sequence[tuple[int, str, int | None]]) -> dict[int, list[Way]]:
    """Map each traced complaint of (id, how, id of its rejection) to what its defect passed, in order."""
    own = [complaint_id for complaint_id, how, _inside in cases if how == "own"]
    by_rejection = {inside for _id, how, inside in cases if how == "rejection"}
    of_complaints = _steps(session, CustomerComplaintPassage, CustomerComplaintPassage.complaint_id, own)
    of_rejections = _steps(session, Passage, Passage.rejection_id, by_rejection)
    return {complaint_id: of_complaints.get(complaint_id, []) if how == "own" else of_rejections.get(inside or 0, [])
            for complaint_id, how, inside in cases if how in {"own", "rejection"}}


def passed(session: Session, scope: Scope) -> Table:
    """Return the hand-overs by how many complaints went through them, most first."""
    counts: dict[tuple[int, int], list[int]] = {}
    for query in (_by_complaint(scope), _by_rejection(scope)):
        for supplier_id, customer_id, detectable, complaints in session.execute(query):
            counts.setdefault((supplier_id, customer_id), [0, 0])[bool(detectable)] += int(complaints)
    order = sorted(counts, key=lambda pair: (-sum(counts[pair]), pair))[:MOST]
    names = _names(session, {unit for pair in order for unit in pair})
    links = _links(session, scope)
    rows = tuple(Row((_called(names, pair), sum(counts[pair]), counts[pair][True], counts[pair][False]),
                     scope.path(f"/measures/links/{links[pair]}", site=None) if pair in links else None)
                 for pair in order)
    return Table("passed", Words("Hand-overs that let complaints pass", "放行投诉缺陷的交接"),
                 Words(f"Complaints received {scope.days.en} and traced, by each hand-over between origin and "
                       f"customer; the {MOST} with most.",
                       f"{scope.days.zh} 收到并已追溯的投诉, 按责任工序到顾客之间的交接统计; 最多的 {MOST} 处。"),
                 _COLUMNS, rows,
                 (Chart("stacked", Words("Complaints let pass, by hand-over", "各交接放行的投诉"), "handover",
                        ("planned", "unplanned")),) if rows else ())


def names_of(session: Session, found: dict[int, list[Way]]) -> dict[int, Words]:
    """Return what the units on some ways are called."""
    return _names(session, {step.unit_id for way in found.values() for step in way})


def _steps(session: Session, kind: Any, owner: Any, ids: Any) -> dict[int, list[Way]]:
    found: dict[int, list[Way]] = {}
    for owner_id, unit_id, detectable in session.execute(
            select(owner, kind.unit_id, kind.detectable).where(owner.in_(ids), kind.active).order_by(kind.position)):
        found.setdefault(owner_id, []).append(Way(unit_id, detectable))
    return found


def _by_complaint(scope: Scope) -> Select[Any]:
    here, before = aliased(CustomerComplaintPassage), aliased(CustomerComplaintPassage)
    return _between(scope, "own", here, before, and_(here.complaint_id == CustomerComplaint.id, here.active), and_(
        before.complaint_id == CustomerComplaint.id, before.active, before.position == here.position - 1))


def _by_rejection(scope: Scope) -> Select[Any]:
    here, before = aliased(Passage), aliased(Passage)
    return _between(scope, "rejection", here, before, and_(here.rejection_id == INSIDE.id, here.active), and_(
        before.rejection_id == INSIDE.id, before.active, before.position == here.position - 1))


def _between(scope: Scope, how: str, here: Any, before: Any, joined: Any, joined_before: Any) -> Select[Any]:
    """Count by unit before (the origin for the first hand-over), unit passed, and whether a check was planned."""
    columns = (func.coalesce(before.unit_id, cast(ORIGIN, Integer)), here.unit_id, here.detectable)
    return (of_period(scope, scope.period, *columns, func.count()).join(here, joined).outerjoin(before, joined_before)
            .where(HOW.in_((how,))).group_by(*columns))


def _called(names: dict[int, Words], pair: tuple[int, int]) -> Words:
    supplier, customer = (names[unit] for unit in pair)
    return Words(f"{supplier.en} → {customer.en}", f"{supplier.zh} → {customer.zh}")


def _names(session: Session, ids: set[int]) -> dict[int, Words]:
    return {unit.id: unit_words(unit) for unit in session.scalars(select(Unit).where(Unit.id.in_(ids)))}


def _links(session: Session, scope: Scope) -> dict[tuple[int, int], int]:
    """Map supplier and customer to their link, that of the operation first."""
    rows = session.execute(select(Link.supplier_id, Link.customer_id, Link.id)
                           .where(Link.site_id.in_(scope.site_ids))
                           .order_by((Link.kind == "operation").asc(), Link.id.desc()))
    return {(supplier, customer): link_id for supplier, customer, link_id in rows}
