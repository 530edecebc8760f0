"""How the hand-overs and rejections of a work order are brought up to what its reports say. Knows no file.

A hand-over to an operation that inspects carries its verdict; of one to an operation that works on, the log says no
verdict, so that it was not inspected (no silent acceptance). A hand-over without any piece is a link seen, no record.
"""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from qms.db import Record, now
from qms.db.search import searchable
from qms.models.acceptance import Handover
from qms.models.chain import Link, Lot, Unit
from qms.models.imports import ProductionReport
from qms.models.rejections import Hold, OriginStatement, Passage, Rejection
from qms.rules.accounts import Actor
from qms.rules.errors import BadFile
from qms.rules.escapes import escape_class
from qms.rules.imports import IN_PROCESS, PERMISSION
from qms.rules.inspections import Place
from qms.rules.production import WORK, Finding, HandOver, Report, WorkOrder, work_orders
from qms.rules.rejections import UNCODED_SEVERITY
from qms.workflows.imports_places import link_of, lots_of
from qms.workflows.imports_production import Shop
from qms.workflows.numbers import HANDOVER, REJECTION, next_numbers

SETTLED_BY_LOG = frozenset({"unknown", "assumed"})


def derive(
    session: Session, person: Actor, run_id: int, shop: Shop, links: Sequence[Link], numbers: Sequence[str]
) -> None:
    """Bring hand-overs and rejections of these lots up to all reports that are kept of them."""
    grant_id = person.need(PERMISSION, site_id=shop.site.id)
    lots = {lot.id: lot for lot in lots_of(session, person, shop.site, dict.fromkeys(numbers, (0, 0))).values()}
    work = _Work(session, person, run_id, shop, links, lots, grant_id)
    orders = {int(order.number): order for order in _orders(session, lots, work.units)}
    kept = work.bring_handovers([move for order in orders.values() for move in order.hand_overs])
    work.bring_rejections([finding for order in orders.values() for finding in order.findings], kept)
    _check(session, orders)


def _orders(session: Session, lots: dict[int, Lot], units: dict[int, Unit]) -> tuple[WorkOrder, ...]:
    """Read the kept reports of lots; operations and work orders are named by their ids."""
    rows = session.scalars(
        select(ProductionReport)
        .options(selectinload(ProductionReport.unit))
        .where(ProductionReport.lot_id.in_(lots))
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


class _Work:
    """The lots being derived, with everything that their records refer to."""

    def __init__(
        self,
        session: Session,
        person: Actor,
        run_id: int,
        shop: Shop,
        links: Sequence[Link],
        lots: dict[int, Lot],
        grant_id: int | None,
    ) -> None:
        self.session = session
        self.person = person
        self.run_id = run_id
        self.site = shop.site
        self.zone = ZoneInfo(shop.site.time_zone)
        self.items = {item.id: item for item in shop.items.values()}
        self.units = {unit.id: unit for unit in shop.units.values()}
        self.links = {(link.supplier_id, link.customer_id): link for link in links}
        self.lots = lots
        self.grant_id = grant_id

    def bring_handovers(self, moves: Sequence[HandOver]) -> dict[str, Handover]:
        """Make or correct the hand-overs that carry pieces; return them by key."""
        wanted = {_key(move): self._handover(move) for move in moves if _carried(move)}
        known = self._known_handovers(wanted)
        fresh = [key for key in wanted if key not in known]
        for key, number in zip(fresh, self._numbers(HANDOVER, len(fresh)), strict=True):
            known[key] = Handover(
                **wanted[key],
                source_key=key,
                year=number.year,
                serial=number.serial,
                number=number.text,
                site_id=self.site.id,
                presentation=1,
                self_check="none",
                presented_by_id=self.person.id,
                source="import",
                import_id=self.run_id,
                search_text=self._text(
                    number.text, wanted[key]["lot_id"], wanted[key]["supplier_id"], wanted[key]["customer_id"]
                ),
            )
        self._keep([known[key] for key in fresh])
        for key in wanted.keys() - set(fresh):
            _correct(known[key], wanted[key])
        self.session.flush()
        return known

    def _known_handovers(self, wanted: dict[str, dict[str, Any]]) -> dict[str, Handover]:
        """Return the lots' hand-overs that are there, by key.

        A report that came late may begin a receiver's step: the hand-over that is there then takes its key. The
        number of changes of operation never falls when rows are added, so that none is left over.
        """
        rows = self.session.scalars(
            select(Handover)
            .where(Handover.lot_id.in_(self.lots), Handover.source_key.startswith("log:"))
            .order_by(Handover.id)
        ).all()
        known = {row.source_key or "": row for row in rows}
        spare = [row for key, row in known.items() if key not in wanted]
        for key, values in wanted.items():
            same = next(
                (
                    row
                    for row in spare
                    if key not in known and row.lot_id == values["lot_id"] and row.link_id == values["link_id"]
                ),
                None,
            )
            if same is not None:
                spare.remove(same)
                same.source_key = key
                known[key] = same
        return known

    def _handover(self, move: HandOver) -> dict[str, Any]:
        """Return what a hand-over says: its quantity, and the verdict of a receiver that inspects."""
        lot, supplier, customer = (
            self.lots[int(move.work_order)],
            int(move.giver.operation),
            int(move.receiver.operation),
        )
        accepted, rejected, held = _verdict(move)
        state = (
            "not_inspected"
            if not accepted + rejected + held
            else ("accepted" if accepted == _carried(move) else "partly_accepted" if accepted else "rejected")
        )
        inspected = state != "not_inspected"
        return {
            "link_id": self._link(supplier, customer).id,
            "supplier_id": supplier,
            "customer_id": customer,
            "item_id": lot.item_id,
            "lot_id": lot.id,
            "quantity": _carried(move),
            "state": state,
            "presented_at": move.at,
            "decided_at": max(move.at, move.receiver.complete) if inspected else None,
            "decided_by_id": self.person.id if inspected else None,
            "grant_id": self.grant_id if inspected else None,
            "accepted": accepted,
            "rejected": rejected,
            "for_review": held,
            "rework": any(report.rework for report in move.giver.reports),
        }

    def _link(self, supplier: int, customer: int) -> Link:
        """Return the link of two operations; proposed now when only rows of several files together show it."""
        if (supplier, customer) not in self.links:
            place = Place("", IN_PROCESS, "operation")
            self.links[supplier, customer] = link_of(
                self.session,
                self.person,
                self.units[supplier],
                self.units[customer],
                place,
                source="log",
                proposed=True,
            )
        return self.links[supplier, customer]

    def bring_rejections(self, findings: Sequence[Finding], handovers: dict[str, Handover]) -> None:
        """Make a held rejection of each finding; where one is there, correct the origin that the log assumes."""
        wanted = {f"{finding.report.key}:{finding.outcome}": finding for finding in findings}
        known = {
            row.source_key or "": row
            for row in self.session.scalars(select(Rejection).where(Rejection.source_key.in_(list(wanted))))
        }
        fresh = [key for key in wanted if key not in known]
        made = []
        for key, number in zip(fresh, self._numbers(REJECTION, len(fresh)), strict=True):
            finding = wanted[key]
            lot = self.lots[int(finding.work_order)]
            incoming = handovers.get(finding.found.reports[0].key) if finding.found.inspection else None
            made.append(
                Rejection(
                    site_id=self.site.id,
                    year=number.year,
                    serial=number.serial,
                    number=number.text,
                    state="held",
                    kind="not_accepted" if finding.found.inspection else "not_made",
                    item_id=lot.item_id,
                    lot_id=lot.id,
                    quantity=finding.quantity,
                    for_review=finding.outcome == "mrb",
                    severity=UNCODED_SEVERITY,
                    link_id=incoming.link_id if incoming else None,
                    handover_id=incoming.id if incoming else None,
                    found_at=finding.report.complete,
                    received_at=now(self.session),
                    reported_by_id=self.person.id,
                    source="import",
                    source_key=key,
                    import_id=self.run_id,
                    **self._origin(finding),
                    search_text=self._text(number.text, lot.id, int(finding.found.operation)),
                )
            )
        self._keep(made)
        self._keep([part for key, row in zip(fresh, made, strict=True) for part in self._held(row, wanted[key])])
        for key in wanted.keys() - set(fresh):
            self._correct_origin(known[key], wanted[key])

    def _origin(self, finding: Finding) -> dict[str, Any]:
        found = self.units[int(finding.found.operation)]
        steps = finding.distance
        return {
            "found_unit_id": found.id,
            "origin_unit_id": int(finding.origin.operation) if finding.origin else None,
            "origin_state": "assumed" if finding.origin else "unknown",
            "escape_steps": steps,
            "escape_class": escape_class(steps, final=found.final, outside=False, in_field=False),
        }

    def _held(self, rejection: Rejection, finding: Finding) -> list[Record]:
        hold = Hold(
            rejection_id=rejection.id, lot_id=rejection.lot_id, quantity=rejection.quantity, held_at=now(self.session)
        )
        return [hold, *self._statement(rejection, finding)]

    def _statement(self, rejection: Rejection, finding: Finding) -> list[Record]:
        """Return what is said of the origin, and the operations that the pieces passed since."""
        if finding.origin is None:
            return []
        order = finding.passed
        said = OriginStatement(
            rejection_id=rejection.id,
            state="assumed",
            unit_id=rejection.origin_unit_id,
            person_id=self.person.id,
            at=now(self.session),
        )
        return [
            said,
            *(
                Passage(rejection_id=rejection.id, position=place, unit_id=int(name), detectable=False, active=True)
                for place, name in enumerate(order, 1)
            ),
        ]

    def _correct_origin(self, rejection: Rejection, finding: Finding) -> None:
        fresh = self._origin(finding)
        if rejection.origin_state not in SETTLED_BY_LOG or rejection.origin_unit_id == fresh["origin_unit_id"]:
            return
        for passage in self.session.scalars(select(Passage).where(Passage.rejection_id == rejection.id)):
            passage.active = False
        _correct(rejection, fresh)
        self._keep(self._statement(rejection, finding))

    def _numbers(self, kind: str, count: int) -> list[Any]:
        return next_numbers(self.session, kind, self.site, count) if count else []

    def _keep(self, records: Sequence[Record]) -> None:
        self.session.add_all(records)
        self.session.flush()

    def _text(self, number: str, lot_id: int, *unit_ids: int) -> str:
        lot = self.lots[lot_id]
        item = self.items.get(lot.item_id) or lot.item
        units = [self.units[unit_id] for unit_id in unit_ids]
        return searchable(
            number,
            lot.number,
            item.code,
            item.name_zh,
            item.name_en,
            *(name for unit in units for name in (unit.code, unit.name_zh, unit.name_en)),
        )


def _key(move: HandOver) -> str:
    """Name a hand-over by the report with which its receiver begins: later reports do not change that."""
    return move.receiver.reports[0].key


def _verdict(move: HandOver) -> tuple[int, int, int]:
    """Return accepted, rejected and held pieces; all 0 where the receiver does not inspect."""
    if not move.receiver.inspection:
        return 0, 0, 0
    receiver = move.receiver
    return receiver.moved("completed"), receiver.moved("rejected"), receiver.moved("mrb")


def _carried(move: HandOver) -> int:
    """Return the pieces handed over: what the giver completed, or what was inspected when that is more."""
    return max(move.quantity, sum(_verdict(move)))


def _correct(record: Record, values: dict[str, Any]) -> None:
    for name, value in values.items():
        if getattr(record, name) != value:
            setattr(record, name, value)


def _check(session: Session, orders: dict[int, WorkOrder]) -> None:
    """Hold the rejections of lots against their reports, piece by piece. Raises BadFile."""
    kept = session.execute(
        select(Rejection.for_review, func.sum(Rejection.quantity))
        .where(Rejection.lot_id.in_(orders), Rejection.source_key.startswith("log:"))
        .group_by(Rejection.for_review)
    ).all()
    stored = {for_review: int(pieces) for for_review, pieces in kept}
    row = ProductionReport
    rejected, held = session.execute(
        select(func.coalesce(func.sum(row.rejected), 0), func.coalesce(func.sum(row.for_review), 0)).where(
            row.lot_id.in_(orders), row.kind == WORK
        )
    ).one()
    if (stored.get(False, 0), stored.get(True, 0)) != (rejected, held):
        raise BadFile(
            f"The rejections do not add up to the reports: {stored} kept, {rejected} rejected and {held} for MRB.",
            f"不合格记录与报工不符：已存 {stored}，拒收 {rejected}，待评审 {held}。",
        )
