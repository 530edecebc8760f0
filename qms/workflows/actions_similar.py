"""Which places are proposed for the read-across of a case: where the same can happen. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from qms.models.actions import Action
from qms.models.actions_causes import ReadAcross
from qms.models.chain import Item, Routing, RoutingStep, Unit
from qms.models.rejections import Rejection

MOST = 12
"""Proposals of one kind: more would be looked at by nobody."""


@dataclass(frozen=True, slots=True)
class Similar:
    """Places that nobody has asked for yet, each kind by code."""

    same_defect_units: Sequence[Unit]
    same_operation_units: Sequence[Unit]
    same_defect_items: Sequence[Item]
    same_routing_items: Sequence[Item]


def similar(session: Session, action: Action) -> Similar:
    """Return where the same defect was found laid to other operations or items, and where the same is done."""
    asked = session.execute(select(ReadAcross.unit_id, ReadAcross.item_id).where(
        ReadAcross.action_id == action.id, ReadAcross.active)).all()
    units = {row.unit_id for row in asked} | {action.origin_unit_id}
    items = {row.item_id for row in asked} | {action.item_id}
    same_defect = _units_with_defect(session, action)
    return Similar(
        [unit for unit in same_defect if unit.id not in units],
        [unit for unit in _units_like_origin(session, action) if unit.id not in units | {u.id for u in same_defect}],
        [item for item in _items_with_defect(session, action) if item.id not in items],
        [item for item in _items_through_origin(session, action) if item.id not in items])


def _units_with_defect(session: Session, action: Action) -> Sequence[Unit]:
    if action.defect_id is None:
        return ()
    laid = select(Rejection.origin_unit_id).where(Rejection.defect_id == action.defect_id, Rejection.state != "void")
    return session.scalars(select(Unit).where(Unit.id.in_(laid), Unit.active).order_by(Unit.code).limit(MOST)).all()


def _units_like_origin(session: Session, action: Action) -> Sequence[Unit]:
    """Return operations on other lines or sites that are called as the origin is: the same kind of work."""
    if action.origin_unit_id is None:
        return ()
    origin = aliased(Unit)
    return session.scalars(
        select(Unit).join(origin, or_(origin.name_zh == Unit.name_zh, origin.name_en == Unit.name_en))
        .where(origin.id == action.origin_unit_id, Unit.kind == "operation", Unit.active)
        .order_by(Unit.code).limit(MOST)).all()


def _items_with_defect(session: Session, action: Action) -> Sequence[Item]:
    if action.defect_id is None:
        return ()
    had = select(Rejection.item_id).where(Rejection.defect_id == action.defect_id, Rejection.state != "void")
    return session.scalars(select(Item).where(Item.id.in_(had)).order_by(Item.code).limit(MOST)).all()


def _items_through_origin(session: Session, action: Action) -> Sequence[Item]:
    if action.origin_unit_id is None:
        return ()
    through = select(Routing.item_id).join(RoutingStep, RoutingStep.routing_id == Routing.id).where(
        RoutingStep.unit_id == action.origin_unit_id)
    return session.scalars(select(Item).where(Item.id.in_(through)).order_by(Item.code).limit(MOST)).all()
