"""The lines of the review board, streamed in the reader's language; must not know any file."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from qms.models.accounts import Person
from qms.models.chain import Defect, Item, Lot, Site, Unit
from qms.models.dispositions import Disposition
from qms.models.dispositions_quarantine import QuarantinePlace
from qms.models.rejections import Hold, Rejection
from qms.rules import dispositions as rules
from qms.rules.accounts import ROLES, Actor
from qms.rules.rejections import SEVERITIES
from qms.workflows.dispositions_records import VIEW
from qms.workflows.dispositions_register import Filter, asked
from qms.workflows.exports import called, coded, spoken, streamed

_SAID = {"severity": SEVERITIES, "code": rules.CODES, "state": rules.STATES, "role": ROLES}


def lines(session: Session, person: Actor, wanted: Filter, language: str, zone: ZoneInfo,
          address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per quantity that is held, oldest first. Raises NotAllowed.

    Times are naive local time of the zone. `address` is where the records' pages are; empty: no links.
    """
    person.need(VIEW)
    place, decided_by = aliased(QuarantinePlace), aliased(Person)
    query = (
        select(Rejection.id, Rejection.number, Hold.held_at, called(Site, language).label("site"), Rejection.severity,
               Item.code.label("item_code"), called(Item, language).label("item_name"), Lot.number.label("lot"),
               called(Defect, language).label("defect"), coded(Unit, language).label("found_unit"),
               func.coalesce(coded(place, language), Hold.location).label("place"), Hold.quantity, Item.unit,
               Disposition.code, Disposition.state, Disposition.value, Disposition.currency, Disposition.decided_at,
               decided_by.name.label("decided_by"), Disposition.role)
        .select_from(Hold).join(Rejection, Rejection.id == Hold.rejection_id)
        .join(Site, Site.id == Rejection.site_id).join(Unit, Unit.id == Rejection.found_unit_id)
        .outerjoin(Item, Item.id == Rejection.item_id).outerjoin(Lot, Lot.id == Hold.lot_id)
        .outerjoin(Defect, Defect.id == Rejection.defect_id).outerjoin(place, place.id == Hold.place_id)
        .outerjoin(Disposition, (Disposition.hold_id == Hold.id) & Disposition.state.in_(rules.OPEN))
        .outerjoin(decided_by, decided_by.id == Disposition.decided_by_id)
        .where(*asked(session, person, wanted)).order_by(Hold.id))
    return spoken(streamed(session, query), _SAID, ("held_at", "decided_at"), language, zone,
                  f"{address}/rejections/" if address else "")


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many quantities are held under this filter. Raises NotAllowed."""
    person.need(VIEW)
    return session.scalar(select(func.count()).select_from(Hold).join(
        Rejection, Rejection.id == Hold.rejection_id).where(*asked(session, person, wanted))) or 0
