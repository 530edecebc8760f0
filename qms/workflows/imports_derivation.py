"""How the records of a work order are derived from all of its reports that are kept. Knows no file."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from qms.models.chain import Link, Lot, Unit
from qms.models.imports import ProductionReport
from qms.models.rejections import Rejection
from qms.rules.accounts import Actor
from qms.rules.errors import BadFile
from qms.rules.imports import PERMISSION
from qms.rules.production import OUTCOMES, WORK, Report, WorkOrder, work_orders
from qms.workflows.imports_derived import Derivation
from qms.workflows.imports_derived_handovers import bring_handovers
from qms.workflows.imports_derived_rejections import bring_rejections
from qms.workflows.imports_places import lots_of
from qms.workflows.imports_production import Shop


def derive(
    session: Session, person: Actor, run_id: int, shop: Shop, links: Sequence[Link], numbers: Sequence[str]
) -> None:
    """Bring hand-overs and rejections of these lots up to all reports that are kept of them."""
    grant_id = person.need(PERMISSION, site_id=shop.site.id)
    lots = {lot.id: lot for lot in lots_of(session, person, shop.site, dict.fromkeys(numbers, (0, 0))).values()}
    work = Derivation(session, person, run_id, shop, links, lots, grant_id)
    orders = {int(order.number): order for order in _orders(session, lots, work.units)}
    kept = bring_handovers(work, [move for order in orders.values() for move in order.hand_overs])
    bring_rejections(work, [finding for order in orders.values() for finding in order.findings], kept)
    _check(session, orders)


def _orders(session: Session, lots: dict[int, Lot], units: dict[int, Unit]) -> tuple[WorkOrder, ...]:
    """Read the kept reports of lots; operations and work orders are named by their ids."""
    rows = session.scalars(
        select(ProductionReport)
        .options(selectinload(ProductionReport.unit))
        .where(ProductionReport.lot_id.in_(lots), ProductionReport.double_reason.is_(None))
        .order_by(
            ProductionReport.started_at,
            ProductionReport.completed_at,
            ProductionReport.import_id,
            ProductionReport.line,
        )
    ).all()
    units.update({row.unit_id: row.unit for row in rows})
    inspecting = {str(unit.id) for unit in units.values() if unit.inspects}
    return work_orders((_report(place, row) for place, row in enumerate(rows)), inspecting)


def _report(place: int, row: ProductionReport) -> Report:
    return Report(
        line=place,
        work_order=str(row.lot_id),
        operation=str(row.unit_id),
        resource=row.resource,
        start=row.started_at,
        complete=row.completed_at,
        order_quantity=None,
        item="",
        worker="",
        kind=row.kind,
        completed=row.completed,
        rejected=row.rejected,
        mrb=row.for_review,
        rework=row.rework,
        key=row.source_key,
    )


def _check(session: Session, orders: dict[int, WorkOrder]) -> None:
    """Hold the rejections of lots against their reports, piece by piece, doubles left out. Raises BadFile."""
    row = ProductionReport
    doubles = session.scalars(select(row.source_key).where(row.lot_id.in_(orders), row.double_reason.is_not(None)))
    kept = session.execute(
        select(Rejection.for_review, func.sum(Rejection.quantity))
        .where(Rejection.lot_id.in_(orders), Rejection.source_key.startswith("log:"),
               Rejection.source_key.not_in([f"{key}:{outcome}" for key in doubles for outcome in OUTCOMES]))
        .group_by(Rejection.for_review)
    ).all()
    stored = {for_review: int(pieces) for for_review, pieces in kept}
    rejected, held = session.execute(
        select(func.coalesce(func.sum(row.rejected), 0), func.coalesce(func.sum(row.for_review), 0)).where(
            row.lot_id.in_(orders), row.kind == WORK, row.double_reason.is_(None)
        )
    ).one()
    if (stored.get(False, 0), stored.get(True, 0)) != (rejected, held):
        raise BadFile(
            f"The rejections do not add up to the reports: {stored} kept, {rejected} rejected and {held} for MRB.",
            f"不合格记录与报工不符：已存 {stored}，拒收 {rejected}，待评审 {held}。",
        )
