"""Knows which records are evidence of a clause, as queries for their ids; must not know who asks, or what for."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from qms.db import Record
from qms.models.chain import Defect, Item, Lot, Site, Unit
from qms.models.dispositions import BoardReview, BoardVote, Disposition, Rework, ScrapTicket
from qms.models.dispositions_concessions import Concession, ConcessionUse, CustomerNotice
from qms.models.rejections import ContainmentLine, Hold, OriginStatement, Passage, Rejection

Ids = tuple[type[Record], Select[Any]]
"""A kind of record, and the query for the ids of those that are meant."""


def nonconforming(begun: Select[Any]) -> list[Ids]:
    """Return the control of nonconforming output: the rejections found, and all that became of them."""
    def of_rejections(model: Any) -> Select[Any]:
        return select(model.id).where(model.rejection_id.in_(begun))

    lines, reviews = of_rejections(Disposition), of_rejections(BoardReview)
    used = select(Disposition.concession_id).where(Disposition.rejection_id.in_(begun),
                                                   Disposition.concession_id.is_not(None))
    concessions = select(Concession.id).where(or_(Concession.rejection_id.in_(begun), Concession.id.in_(used)))
    return [
        (Rejection, begun), (Hold, of_rejections(Hold)), (ContainmentLine, of_rejections(ContainmentLine)),
        (OriginStatement, of_rejections(OriginStatement)), (Passage, of_rejections(Passage)),
        (BoardReview, reviews), (BoardVote, select(BoardVote.id).where(BoardVote.review_id.in_(reviews))),
        (Disposition, lines), (Rework, select(Rework.id).where(Rework.disposition_id.in_(lines))),
        (ScrapTicket, select(ScrapTicket.id).where(ScrapTicket.disposition_id.in_(lines))),
        (Concession, concessions),
        (ConcessionUse, select(ConcessionUse.id).where(ConcessionUse.concession_id.in_(concessions))),
        (CustomerNotice, of_rejections(CustomerNotice)), *_named_by(begun),
    ]


def _named_by(begun: Select[Any]) -> list[Ids]:
    """Return what rejections only name by id: where, what and which fault."""
    def named(model: Any, *columns: Any) -> Ids:
        conditions: list[ColumnElement[bool]] = [
            model.id.in_(select(column).where(Rejection.id.in_(begun), column.is_not(None))) for column in columns]
        return model, select(model.id).where(or_(*conditions))

    return [named(Site, Rejection.site_id), named(Unit, Rejection.found_unit_id, Rejection.origin_unit_id),
            named(Item, Rejection.item_id), named(Lot, Rejection.lot_id), named(Defect, Rejection.defect_id)]


EVIDENCE: dict[str, Callable[[Select[Any]], list[Ids]]] = {"8.7": nonconforming}
"""Clauses of ISO 9001:2015 and IATF 16949:2016, and what is evidence of each."""
