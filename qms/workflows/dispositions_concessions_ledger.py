"""The lines of the register of concessions, streamed from the database; must not know any file."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from qms.models.accounts import Person
from qms.models.chain import Defect, Item, Lot, Unit
from qms.models.dispositions_concessions import Concession
from qms.models.rejections import Rejection
from qms.rules import dispositions_concessions as rules
from qms.rules.accounts import Actor
from qms.workflows.dispositions_concessions_records import VIEW
from qms.workflows.dispositions_concessions_register import Filter, conditions
from qms.workflows.exports import called, coded, spoken, streamed

_SAID = {"kind": rules.KINDS, "state": rules.STATES, "originator": rules.ORIGINATORS}


def lines(session: Session, person: Actor, wanted: Filter, language: str, zone: ZoneInfo,
          address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per concession of the register, the first first, with the keys of the register.

    `address` is where the records' pages are; empty: no links. Raises NotAllowed.
    """
    person.need(VIEW)
    drafter, approver = aliased(Person), aliased(Person)
    query = (
        select(
            Concession.id, Concession.number, Concession.kind, Concession.state, Concession.originator,
            Item.code.label("item_code"), called(Item, language).label("item_name"), Concession.drawing_rev,
            Lot.number.label("lot"), coded(Defect, language).label("defect"), Concession.characteristic,
            Concession.deviation, coded(Unit, language).label("customer"), Concession.customer_ref,
            Concession.customer_approver, Concession.customer_decided_on,
            Concession.quantity_authorised.label("authorised"), Concession.quantity_used.label("used"),
            (Concession.quantity_authorised - Concession.quantity_used).label("left"), Concession.starts_on,
            Concession.expires_on, Rejection.number.label("rejection"), drafter.name.label("drafted_by"),
            approver.name.label("approved_by"), Concession.back_to_spec_at)
        .join(Item, Item.id == Concession.item_id).join(Unit, Unit.id == Concession.customer_id)
        .join(drafter, drafter.id == Concession.drafted_by_id)
        .outerjoin(approver, approver.id == Concession.approved_by_id)
        .outerjoin(Lot, Lot.id == Concession.lot_id).outerjoin(Defect, Defect.id == Concession.defect_id)
        .outerjoin(Rejection, Rejection.id == Concession.rejection_id)
        .where(*conditions(person, wanted)).order_by(Concession.id))
    page = f"{address}/dispositions/concessions/" if address else ""
    return spoken(streamed(session, query), _SAID, ("back_to_spec_at",), language, zone, page)


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many concessions the register holds under this filter. Raises NotAllowed."""
    person.need(VIEW)
    return session.scalar(select(func.count()).select_from(Concession).join(Item, Item.id == Concession.item_id)
                          .where(*conditions(person, wanted))) or 0
