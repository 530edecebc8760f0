"""Knows which records tell how product was released, traced, stopped, and what became of what was not right.

Must not know who asks. Clauses 8.7, 8.6, 8.5.2, 5.3.2 and 8.5.6.1.1.
"""

from dataclasses import replace
from typing import Any

from sqlalchemy import and_, or_, select

from qms.models.acceptance import Characteristic, Check, Handover, Reading, Standard
from qms.models.acceptance_pieces import PieceCheck, PieceReading
from qms.models.chain import Link, Lot, LotSource
from qms.models.chain_rosters import RosterLine
from qms.models.controls import (
    Alternate,
    Bypass,
    BypassLot,
    BypassMiss,
    BypassReview,
    Control,
    ControlSuspect,
    ControlTest,
)
from qms.models.dispositions import BoardReview, BoardVote, Disposition, Rework, ScrapTicket
from qms.models.dispositions_concessions import Concession, ConcessionUse, CustomerNotice
from qms.models.rejections import ContainmentLine, Hold, OriginStatement, Passage, Rejection
from qms.models.stops import RestartCheck, Rung, Stop
from qms.workflows.trail_evidence_scope import Ids, Scope, at, overlapping, whenever


def of(model: Any, column: Any, ids: Any) -> Ids:
    """Return the records whose column names one of these."""
    return model, select(model.id).where(column.in_(ids))


def nonconforming(scope: Scope) -> list[Ids]:
    """Return the control of nonconforming output: the rejections found, all that became of them, and the concessions.
    """
    begun = scope.root(Rejection, at(Rejection.found_at), item=Rejection.item_id.in_, lot=Rejection.lot_id.in_,
                       link=Rejection.link_id.in_)
    drafted = scope.root(Concession, at(Concession.drafted_at), customers=[Concession.customer_id.in_],
                         item=Concession.item_id.in_, lot=Concession.lot_id.in_)
    lines = select(Disposition.id).where(Disposition.rejection_id.in_(begun))
    reviews = select(BoardReview.id).where(BoardReview.rejection_id.in_(begun))
    used = select(Disposition.concession_id).where(Disposition.id.in_(lines), Disposition.concession_id.is_not(None))
    concessions = select(Concession.id).where(or_(Concession.rejection_id.in_(begun), Concession.id.in_(used),
                                                  Concession.id.in_(drafted)))
    return [
        (Rejection, begun), of(Hold, Hold.rejection_id, begun),
        of(ContainmentLine, ContainmentLine.rejection_id, begun),
        of(OriginStatement, OriginStatement.rejection_id, begun), of(Passage, Passage.rejection_id, begun),
        (BoardReview, reviews), of(BoardVote, BoardVote.review_id, reviews), (Disposition, lines),
        of(Rework, Rework.disposition_id, lines), of(ScrapTicket, ScrapTicket.disposition_id, lines),
        (Concession, concessions), of(ConcessionUse, ConcessionUse.concession_id, concessions),
        of(CustomerNotice, CustomerNotice.rejection_id, begun),
    ]


def release(scope: Scope) -> list[Ids]:
    """Return how product was released: hand-overs, their checks and readings, first pieces, the standards in force."""
    handed = _handed(scope)
    pieces = scope.root(PieceCheck, at(PieceCheck.due_at), item=PieceCheck.item_id.in_, lot=PieceCheck.lot_id.in_)
    in_force = scope.root(
        Standard, overlapping(Standard.valid_from, Standard.valid_to), item=Standard.item_id.in_,
        link=Standard.link_id.in_,
        customers=[lambda ids: Standard.link_id.in_(select(Link.id).where(Link.customer_id.in_(ids)))])
    standards = select(Standard.id).where(or_(
        Standard.id.in_(in_force), Standard.id.in_(select(Handover.standard_id).where(Handover.id.in_(handed))),
        Standard.id.in_(select(PieceCheck.standard_id).where(PieceCheck.id.in_(pieces)))))
    checks = select(Check.id).where(Check.handover_id.in_(handed))
    return [
        (Handover, handed), (Check, checks), of(Reading, Reading.check_id, checks), (PieceCheck, pieces),
        of(PieceReading, PieceReading.check_id, pieces), (Standard, standards),
        of(Characteristic, Characteristic.standard_id, standards),
    ]


def traceability(scope: Scope) -> list[Ids]:
    """Return the lots made or handed over, what they were made from and into, and their hand-overs.

    Where a lot or single records are asked for, their whole families.
    """
    if scope.lots is not None:
        scope = replace(scope, lots=scope.family)
    if scope.named is not None:
        scope = replace(scope, named={**scope.named, Lot: scope.family})
    moved = _handed(scope)
    made = scope.root(Lot, at(Lot.made_at), item=Lot.item_id.in_, lot=Lot.id.in_)
    lots = select(Lot.id).where(or_(Lot.id.in_(made), Lot.id.in_(select(Handover.lot_id).where(
        Handover.id.in_(moved)))))
    handed = moved if scope.links is not None else select(Handover.id).where(Handover.lot_id.in_(lots))
    return [(Lot, lots),
            (LotSource, select(LotSource.id).where(or_(LotSource.lot_id.in_(lots), LotSource.source_id.in_(lots)))),
            (Handover, handed)]


def stopping(scope: Scope) -> list[Ids]:
    """Return the calls and stops with their rungs and restarts; for whole sites also who was on duty."""
    called = scope.root(Stop, at(Stop.called_at), item=Stop.item_id.in_, lot=Stop.lot_id.in_)
    found: list[Ids] = [(Stop, called), of(Rung, Rung.stop_id, called), of(RestartCheck, RestartCheck.stop_id, called)]
    if scope.is_whole:
        found.append((RosterLine, scope.root(RosterLine, overlapping(RosterLine.starts_on, RosterLine.ends_on))))
    return found


def bypassing(scope: Scope) -> list[Ids]:
    """Return the bypasses that ran, and what they stand on; for whole sites every control with its tests."""
    ran = scope.root(Bypass, lambda days: and_(Bypass.started_at < days.end, or_(
        Bypass.ended_at.is_(None), Bypass.ended_at >= days.start)),
        lot=lambda ids: Bypass.id.in_(select(BypassLot.bypass_id).where(BypassLot.lot_id.in_(ids))))
    bypassed = select(Bypass.control_id).where(Bypass.id.in_(ran))
    listed = scope.root(Control, whenever)
    controls = select(Control.id).where(or_(Control.id.in_(bypassed), Control.id.in_(listed)))
    tests = scope.root(ControlTest, at(ControlTest.at),
                       site=select(Control.site_id).where(Control.id == ControlTest.control_id).scalar_subquery())
    return [
        (Bypass, ran), of(BypassReview, BypassReview.bypass_id, ran), of(BypassMiss, BypassMiss.bypass_id, ran),
        of(BypassLot, BypassLot.bypass_id, ran), (Control, controls), of(Alternate, Alternate.control_id, controls),
        (ControlTest, tests), of(ControlSuspect, ControlSuspect.test_id, tests),
    ]


def _handed(scope: Scope) -> Any:
    return scope.root(Handover, at(Handover.presented_at), customers=[Handover.customer_id.in_],
                      item=Handover.item_id.in_, lot=Handover.lot_id.in_, link=Handover.link_id.in_)
