"""How the hand-overs of work orders are brought up to what their reports say. Knows no file.

A hand-over to an operation that inspects carries its verdict; of one to an operation that works on, the log says no
verdict, so that it was not inspected (no silent acceptance). A hand-over without any piece is a link seen, no record.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from qms.models.acceptance import Handover
from qms.models.chain import Link
from qms.rules.imports import IN_PROCESS
from qms.rules.inspections import Place
from qms.rules.production import HandOver
from qms.workflows.imports_derived import Derivation, correct
from qms.workflows.imports_places import link_of
from qms.workflows.numbers import HANDOVER

FACTS = ("link_id", "supplier_id", "customer_id", "item_id", "lot_id", "presented_at", "rework")
"""What the log says of every hand-over, inspected or not."""


def bring_handovers(work: Derivation, moves: Sequence[HandOver]) -> dict[str, Handover]:
    """Make or correct the hand-overs that carry pieces; return them by key."""
    wanted = {_key(move): _handover(work, move) for move in moves if _carried(move)}
    known = _known_handovers(work, wanted)
    fresh = [key for key in wanted if key not in known]
    for key, number in zip(fresh, work.numbers(HANDOVER, len(fresh)), strict=True):
        known[key] = Handover(
            **wanted[key],
            source_key=key,
            year=number.year,
            serial=number.serial,
            number=number.text,
            site_id=work.site.id,
            presentation=1,
            self_check="none",
            presented_by_id=work.person.id,
            source="import",
            import_id=work.run_id,
            search_text=work.text(
                number.text, wanted[key]["lot_id"], wanted[key]["supplier_id"], wanted[key]["customer_id"]
            ),
        )
    work.keep([known[key] for key in fresh])
    for key in wanted.keys() - set(fresh):
        _bring_up_to_date(known[key], wanted[key])
    work.session.flush()
    return known


def _known_handovers(work: Derivation, wanted: dict[str, dict[str, Any]]) -> dict[str, Handover]:
    """Return the lots' hand-overs that are there, by key.

    A report that came late may begin a receiver's step: the hand-over that is there then takes its key. The
    number of changes of operation never falls when rows are added, so that none is left over.
    """
    rows = work.session.scalars(
        select(Handover)
        .where(Handover.lot_id.in_(work.lots), Handover.source_key.startswith("log:"))
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


def _handover(work: Derivation, move: HandOver) -> dict[str, Any]:
    """Return what a hand-over says: its quantity, and the verdict of a receiver that inspects."""
    lot, supplier, customer = (
        work.lots[int(move.work_order)],
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
        "link_id": _link(work, supplier, customer).id,
        "supplier_id": supplier,
        "customer_id": customer,
        "item_id": lot.item_id,
        "lot_id": lot.id,
        "quantity": _carried(move),
        "state": state,
        "presented_at": move.at,
        "decided_at": max(move.at, move.receiver.complete) if inspected else None,
        "decided_by_id": work.person.id if inspected else None,
        "grant_id": work.grant_id if inspected else None,
        "accepted": accepted,
        "rejected": rejected,
        "for_review": held,
        "rework": any(report.rework for report in move.giver.reports),
    }


def _link(work: Derivation, supplier: int, customer: int) -> Link:
    """Return the link of two operations; proposed now when only rows of several files together show it."""
    if (supplier, customer) not in work.links:
        place = Place("", IN_PROCESS, "operation")
        work.links[supplier, customer] = link_of(
            work.session,
            work.person,
            work.units[supplier],
            work.units[customer],
            place,
            source="log",
            proposed=True,
        )
    return work.links[supplier, customer]


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


def _bring_up_to_date(handover: Handover, values: dict[str, Any]) -> None:
    """Let a hand-over say what the log says now; what a person decided since, where the log knows no verdict, stays."""
    if values["state"] == handover.state or values["state"] != "not_inspected":
        correct(handover, values)
        return
    told = handover.accepted + handover.rejected + handover.for_review
    facts = {name: values[name] for name in FACTS} | {"quantity": max(values["quantity"], told)}
    correct(handover, facts)
