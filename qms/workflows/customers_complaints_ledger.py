"""The lines of the register of customers' complaints, and what the sheet of one tells. Must not know any file."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from qms.models.actions import Action, ActionSource
from qms.models.chain import Defect, Item, Lot, Unit
from qms.models.customers_complaints import CustomerComplaint
from qms.models.rejections import Rejection
from qms.rules import customers_complaints as rules
from qms.rules.accounts import Actor
from qms.rules.rejections import SEVERITIES
from qms.workflows.attachments import photos_of
from qms.workflows.customers_complaints_records import KIND, whole
from qms.workflows.customers_complaints_register import Filter, conditions
from qms.workflows.customers_records import VIEW
from qms.workflows.exports import coded, spoken, streamed
from qms.workflows.exports_plain import coded as named_code
from qms.workflows.exports_plain import named, plain

_SAID = {"kind": rules.KINDS, "state": rules.STATES, "severity": SEVERITIES, "place": rules.PLACES,
         "responsibility": rules.RESPONSIBILITIES}
_TIMES = ("received_at", "closed_at", *(f"{report}_{what}_at" for report in rules.CLOCKS for what in ("due", "sent")))
_SAME = ("id", "number", "state", "customer_ref", "kind", "severity", "place", "item_text", "lots_text", "description",
         "responsibility", "share_percent", "escape_steps", "unknown_reason", "no_action_reason", *_TIMES)


def lines(session: Session, person: Actor, wanted: Filter, language: str, zone: ZoneInfo,
          address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per complaint of the register, the first first, with the keys of the register.

    `address` is where the records' pages are; empty: no links. Raises NotAllowed.
    """
    person.need(VIEW)
    origin, held = aliased(Unit), CustomerComplaint
    query = (
        select(*(getattr(held, name) for name in _SAME), coded(Unit, language).label("customer"),
               coded(Item, language).label("item"), Lot.number.label("lot"), coded(Defect, language).label("defect"),
               held.quantity_claimed.label("claimed"), held.quantity_confirmed.label("confirmed"),
               coded(origin, language).label("origin"), Rejection.number.label("rejection"))
        .join(Unit, Unit.id == held.customer_id).outerjoin(Item, Item.id == held.item_id)
        .outerjoin(Lot, Lot.id == held.lot_id).outerjoin(Defect, Defect.id == held.defect_id)
        .outerjoin(origin, origin.id == held.origin_unit_id).outerjoin(Rejection, Rejection.id == held.rejection_id)
        .where(*conditions(session, person, wanted)).order_by(held.id))
    page = f"{address}/customers/complaints/" if address else ""
    return spoken(streamed(session, query), _SAID, _TIMES, language, zone, page)


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many complaints the register holds under this filter. Raises NotAllowed."""
    person.need(VIEW)
    return session.scalar(select(func.count()).select_from(CustomerComplaint)
                          .join(Unit, Unit.id == CustomerComplaint.customer_id)
                          .where(*conditions(session, person, wanted))) or 0


def sheet(session: Session, reader: Actor, complaint_id: int) -> dict[str, Any]:
    """Return what is told of a complaint in plain values, times naive and local. Raises NotFound, NotAllowed."""
    held = whole(session, reader, complaint_id)
    for permission in (VIEW, "exports.run"):
        reader.need(permission, site_id=held.site_id)
    zone = ZoneInfo(held.site.time_zone)
    title = named_code(held.customer)
    return {
        "case": plain(held, zone, customer=title, plant=named_code(held.plant), item=named_code(held.item),
                      defect=named_code(held.defect), lot=held.lot.number if held.lot else None,
                      origin=named_code(held.origin_unit), rejection=held.rejection.number if held.rejection else None),
        "number": held.number, "title": f"{title.zh} / {title.en}" if title else held.number, "state": held.state,
        "site": named(held.site), "zone": held.site.time_zone, "demo": held.site.demo,
        "passages": [plain(p, zone, unit=named_code(p.unit)) for p in held.passages if p.active],
        "actions": list(session.scalars(
            select(Action.number).join(ActionSource, ActionSource.action_id == Action.id)
            .where(ActionSource.kind == KIND, ActionSource.record_id == held.id, ActionSource.active)
            .order_by(Action.id))),
        "photos": [plain(photo, zone, rejection=held.number) for photo in photos_of(session, reader, KIND, held.id)]}
