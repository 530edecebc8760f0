"""How settlement is switched on and off, and how internal prices are set by revision. Knows no page."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.models.chain import Item, Link
from qms.models.satisfaction_settlement import LinkPrice, SettlementSwitch
from qms.rules import satisfaction_settlement as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Doubled, Invalid, NotFound
from qms.workflows import dispositions_costing as costing
from qms.workflows.satisfaction_settlement import VIEW, settles

SETTLE = "satisfaction.settle"


def switch(session: Session, person: Actor, site_id: int, *, on: bool) -> SettlementSwitch:
    """Switch settlement on or off; the transaction has the reason. Raises Doubled, NotFound, NotAllowed."""
    _need(person, site_id)
    costing.lock_site(session, site_id)
    if settles(session, site_id) == on:
        raise Doubled("It is so already.", "已是此状态。")
    held = session.scalars(select(SettlementSwitch).where(SettlementSwitch.site_id == site_id)).first()
    if held is None:
        held = SettlementSwitch(site_id=site_id, settles=on)
        session.add(held)
    held.settles = on
    session.flush()
    return held


def set_price(session: Session, person: Actor, *, link_id: int, price: Decimal, currency: str, valid_from: date,
              item_id: int | None = None) -> LinkPrice:
    """Set a price from a day on; the one before it ends the day before and is never edited.

    Raises Invalid, IllegalStep, NotFound, NotAllowed.
    """
    link = session.get(Link, link_id)
    if link is None:
        raise NotFound
    _need(person, link.site_id)
    rules.check_settles(settles=settles(session, link.site_id))
    rules.check_price(link.kind, price, currency, currency_of(session, link.site_id))
    costing.check_of_site(session, Item, item_id, link.site_id, "item")
    costing.lock_site(session, link.site_id)
    before = session.scalars(select(LinkPrice).where(
        LinkPrice.link_id == link_id, LinkPrice.item_id.is_not_distinct_from(item_id))
        .order_by(LinkPrice.revision.desc()).limit(1)).first()
    if before is not None and valid_from <= before.valid_from:
        raise Invalid(f"The next revision begins after {before.valid_from}.",
                      f"新版本须晚于 {before.valid_from} 生效。", field="valid_from")
    if before is not None:
        before.valid_to = valid_from - timedelta(days=1)
    made = LinkPrice(link_id=link_id, item_id=item_id, revision=before.revision + 1 if before else 1, price=price,
                     currency=currency, valid_from=valid_from, set_by_id=person.id)
    session.add(made)
    session.flush()
    return made


def currency_of(session: Session, site_id: int) -> str | None:
    """Return the currency of a site's costs, else of its first price; None: none yet."""
    return costing.currency_of(session, site_id) or session.scalar(
        select(LinkPrice.currency).join(Link).where(Link.site_id == site_id).order_by(LinkPrice.id).limit(1))


def prices(session: Session, person: Actor, site_id: int) -> Sequence[LinkPrice]:
    """Return every revision of every price of a site, by link and item, newest first. Raises NotAllowed."""
    person.need(VIEW, site_id=site_id)
    return session.scalars(
        select(LinkPrice).join(Link).where(Link.site_id == site_id)
        .options(joinedload(LinkPrice.link).options(joinedload(Link.supplier), joinedload(Link.customer)),
                 joinedload(LinkPrice.item), joinedload(LinkPrice.set_by))
        .order_by(LinkPrice.link_id, LinkPrice.item_id, LinkPrice.revision.desc())).all()


def links_to_settle(session: Session, site_id: int) -> Sequence[Link]:
    """Return the active links of a site that can have a price, with their units."""
    return session.scalars(
        select(Link).where(Link.site_id == site_id, Link.active, Link.kind.in_(rules.KINDS))
        .options(joinedload(Link.supplier), joinedload(Link.customer)).order_by(Link.supplier_id, Link.id)).all()


def _need(person: Actor, site_id: int) -> None:
    """Ask for the permission to settle at a site. Raises NotFound, NotAllowed."""
    sites = person.sites(VIEW)
    if not (sites is None or site_id in sites):
        raise NotFound
    person.need(SETTLE, site_id=site_id)
