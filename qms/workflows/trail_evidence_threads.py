"""How records hang together, so that one asked for by number brings its whole story. Knows no clause and no person."""

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select

from qms.db import Record
from qms.models.acceptance import Handover
from qms.models.acceptance_pieces import PieceCheck
from qms.models.actions import Action, ActionSource
from qms.models.chain import Lot
from qms.models.controls import Bypass, BypassLot
from qms.models.customers_complaints import CustomerComplaint
from qms.models.dispositions import Disposition
from qms.models.dispositions_concessions import Concession
from qms.models.rejections import Rejection
from qms.models.service_complaints import InternalComplaint
from qms.models.stops import Stop

Hangs = Callable[[Sequence[int]], ColumnElement[bool]]
"""Makes, of ids of one kind of record, the condition on records of another kind that they hang on."""


def _sourced(model: Any) -> Hangs:
    """Return the condition on records of which an action was made."""
    return lambda ids: model.id.in_(select(ActionSource.record_id).where(
        ActionSource.action_id.in_(ids), ActionSource.kind == model.__tablename__, ActionSource.active))


def _sources(model: Any) -> Hangs:
    """Return the condition on actions that were made of records."""
    return lambda ids: Action.id.in_(select(ActionSource.action_id).where(
        ActionSource.record_id.in_(ids), ActionSource.kind == model.__tablename__, ActionSource.active))


def _named_in(model: Any, column: Any, there: Any) -> Hangs:
    """Return the condition on records that a column of others, chosen by `there`, names."""
    return lambda ids: model.id.in_(select(column).where(there.in_(ids), column.is_not(None)))


def _complained(model: Any) -> Hangs:
    return lambda ids: ((InternalComplaint.source_kind == model.__tablename__) & InternalComplaint.record_id.in_(ids))


THREADS: dict[type[Record], dict[type[Record], Hangs]] = {
    Rejection: {
        Lot: Rejection.lot_id.in_, Handover: Rejection.handover_id.in_, Action: _sourced(Rejection),
        Stop: _named_in(Rejection, Stop.rejection_id, Stop.id),
        CustomerComplaint: _named_in(Rejection, CustomerComplaint.rejection_id, CustomerComplaint.id),
        Concession: lambda ids: or_(_named_in(Rejection, Concession.rejection_id, Concession.id)(ids),
                                    _named_in(Rejection, Disposition.rejection_id, Disposition.concession_id)(ids)),
    },
    Concession: {
        Lot: Concession.lot_id.in_,
        Rejection: lambda ids: or_(Concession.rejection_id.in_(ids),
                                   _named_in(Concession, Disposition.concession_id, Disposition.rejection_id)(ids)),
    },
    Handover: {Lot: Handover.lot_id.in_, Rejection: _named_in(Handover, Rejection.handover_id, Rejection.id)},
    PieceCheck: {Lot: PieceCheck.lot_id.in_, Stop: PieceCheck.stop_id.in_},
    Lot: {
        Rejection: _named_in(Lot, Rejection.lot_id, Rejection.id),
        Handover: _named_in(Lot, Handover.lot_id, Handover.id), Stop: _named_in(Lot, Stop.lot_id, Stop.id),
        Concession: _named_in(Lot, Concession.lot_id, Concession.id),
        CustomerComplaint: _named_in(Lot, CustomerComplaint.lot_id, CustomerComplaint.id),
        Action: _named_in(Lot, Action.lot_id, Action.id),
    },
    Stop: {Lot: Stop.lot_id.in_, Rejection: Stop.rejection_id.in_, Action: _sourced(Stop)},
    Bypass: {Lot: _named_in(Bypass, BypassLot.bypass_id, BypassLot.lot_id)},
    Action: {
        Lot: Action.lot_id.in_, Rejection: _sources(Rejection), Stop: _sources(Stop),
        CustomerComplaint: _sources(CustomerComplaint), InternalComplaint: _sources(InternalComplaint),
    },
    CustomerComplaint: {
        Lot: CustomerComplaint.lot_id.in_, Rejection: CustomerComplaint.rejection_id.in_,
        Action: _sourced(CustomerComplaint),
    },
    InternalComplaint: {
        Lot: InternalComplaint.lot_id.in_, Rejection: _complained(Rejection), Handover: _complained(Handover),
        Action: _sourced(InternalComplaint),
    },
}
