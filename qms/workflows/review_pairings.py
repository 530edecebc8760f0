"""How measures are paired: which internal one is held beside which of an outside customer, at a lag said beforehand.

A pairing never changes: it ends, and another is set, so that every lag that was ever tried is known (R-39, R-43).
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.db import now
from qms.models.chain import Unit
from qms.models.review import ReviewPairing
from qms.rules import review_pairings as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Doubled, IllegalStep, Invalid, NotFound
from qms.rules.review import PREPARE, VIEW
from qms.workflows.chain_records import check_version, required
from qms.workflows.review_records import sees

MOST_LISTED = 500


def pairings(session: Session, person: Actor) -> Sequence[ReviewPairing]:
    """Return the pairings that the person may see, those in force first, each by customer. Raises NotAllowed."""
    person.need(VIEW)
    sites = person.sites(VIEW)
    query = select(ReviewPairing).join(Unit, Unit.id == ReviewPairing.customer_id)
    if sites is not None:
        query = query.where(ReviewPairing.site_id.in_(sorted(sites)))
    return session.scalars(query.options(
        joinedload(ReviewPairing.customer), joinedload(ReviewPairing.set_by), joinedload(ReviewPairing.ended_by),
        joinedload(ReviewPairing.site))
        .order_by(ReviewPairing.active.desc(), Unit.code, ReviewPairing.id).limit(MOST_LISTED)).all()


def one(session: Session, person: Actor, pairing_id: int) -> ReviewPairing:
    """Return a pairing of a site whose reviews the person may see. Raises NotFound."""
    found = session.get(ReviewPairing, pairing_id)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def customers(session: Session, person: Actor) -> Sequence[Unit]:
    """Return the outside customers for which the person may pair measures, by code."""
    sites = person.sites(PREPARE)
    query = select(Unit).where(Unit.kind == "customer", Unit.active).order_by(Unit.code, Unit.id)
    return session.scalars(query if sites is None else query.where(Unit.site_id.in_(sorted(sites)))).all()


def pair(session: Session, person: Actor, *, customer_id: int | None, inner: str, outer: str, lag: int | None,
         why: str, also: str = "") -> ReviewPairing:
    """Set a pairing. `also`: other lags to be shown, with commas. Raises Invalid, Doubled, NotFound, NotAllowed."""
    customer = session.get(Unit, customer_id) if customer_id is not None else None
    if customer is None or not sees(person, customer.site_id):
        raise NotFound("There is no such customer.", "没有这个顾客。")
    person.need(PREPARE, site_id=customer.site_id)
    if customer.kind != "customer":
        raise Invalid("This is no outside customer.", "这不是外部顾客。", field="customer_id")
    others = rules.read_lags(also)
    rules.check_measures(inner, outer)
    rules.check_lags(-1 if lag is None else lag, others)
    _check_free(session, customer, inner, outer)
    made = ReviewPairing(site_id=customer.site_id, customer_id=customer.id, inner=inner, outer=outer, lag=lag,
                         also=rules.kept_lags(others), why=required(why, "why"), set_by_id=person.id,
                         set_at=now(session), active=True)
    session.add(made)
    session.flush()
    return made


def end_pairing(session: Session, person: Actor, pairing_id: int, rev: int, *, reason: str) -> ReviewPairing:
    """End a pairing, with the reason; it stays on record with its lags. Raises Stale, IllegalStep, Invalid, ..."""
    one(session, person, pairing_id)
    held = session.get_one(ReviewPairing, pairing_id, with_for_update=True)
    person.need(PREPARE, site_id=held.site_id)
    check_version(held, rev, {"ended_why": reason})
    if not held.active:
        raise IllegalStep("This pairing has ended already.", "该配对已结束。")
    held.ended_why = required(reason, "reason")
    held.active, held.ended_at, held.ended_by_id = False, now(session), person.id
    session.flush()
    return held


def _check_free(session: Session, customer: Unit, inner: str, outer: str) -> None:
    """Raise Doubled where these two are paired already: one lag is fixed, not several to choose from."""
    held = session.scalar(select(ReviewPairing.id).where(
        ReviewPairing.customer_id == customer.id, ReviewPairing.inner == inner, ReviewPairing.outer == outer,
        ReviewPairing.active).limit(1))
    if held is not None:
        raise Doubled("These two are paired already: end that pairing before you set another lag.",
                      "这两项指标已配对: 请先结束该配对, 再设定其他滞后。", field="lag")
