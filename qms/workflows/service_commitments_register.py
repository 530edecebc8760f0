"""Which commitments there are by filter, page by page, and one with all its revisions. Changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from qms.models.chain import Site, Unit
from qms.models.service_commitments import Commitment
from qms.rules import service_commitments as rules
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound
from qms.rules.steps import allowed
from qms.workflows.accounts_scope import in_scope
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.service_commitments_records import VIEW, holds_on, sees

CURRENT = "current"
"""The state by which everything is found that is not superseded or withdrawn."""


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the register is asked for; empty texts and None ask for everything."""

    sought: str = ""
    site_id: int | None = None
    provider_id: int | None = None
    customer_id: int | None = None
    kind: str = ""
    state: str = ""


def register(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Commitment]:
    """Return a page of revisions by number; superseded and withdrawn ones only when asked for. Raises NotAllowed."""
    person.need(VIEW)
    provider = aliased(Unit)
    query = (select(Commitment).join(provider, provider.id == Commitment.provider_id)
             .options(contains_eager(Commitment.provider.of_type(provider)), joinedload(Commitment.customer),
                      joinedload(Commitment.owner))
             .where(*asked(person, wanted, provider)))
    return page(session, query, Commitment, {"number": Sorting(Commitment.number, "number"),
                                             "provider": Sorting(provider.code, "provider.code")}, wish)


def asked(person: Actor, wanted: Filter, provider: Any) -> list[ColumnElement[bool]]:
    """Return what a revision must fulfil to be among those asked for that the person may see."""
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [Commitment.site_id.in_(sorted(sites))]
    same: dict[Any, Any] = {Commitment.site_id: wanted.site_id, Commitment.provider_id: wanted.provider_id,
                            Commitment.kind: wanted.kind}
    met += [column == value for column, value in same.items() if value not in {"", None}]
    met.append(Commitment.state == wanted.state if wanted.state in rules.STATES
               else Commitment.state.in_(("draft", "published")))
    if wanted.customer_id is not None:
        met.append(or_(Commitment.customer_id == wanted.customer_id, Commitment.customer_id.is_(None)))
    for word in wanted.sought.split():
        met.append(or_(*(column.icontains(word, autoescape=True) for column in (
            Commitment.number, Commitment.service_zh, Commitment.service_en, provider.code, provider.name_zh,
            provider.name_en))))
    return met


def whole(session: Session, person: Actor, commitment_id: int) -> Commitment:
    """Return a revision with everything its page shows. Raises NotFound."""
    found = session.scalar(select(Commitment).where(Commitment.id == commitment_id).options(
        *(joinedload(getattr(Commitment, part)) for part in (
            "site", "provider", "customer", "link", "owner", "drafted_by", "published_by", "withdrawn_by")))
        .execution_options(populate_existing=True))
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def revisions(session: Session, commitment: Commitment) -> Sequence[Commitment]:
    """Return every revision of a commitment, newest first."""
    return session.scalars(select(Commitment).where(Commitment.number == commitment.number)
                           .order_by(Commitment.revision.desc())).all()


def offered(person: Actor, commitment: Commitment) -> tuple[str, ...]:
    """Name the steps that a page offers a person on a revision."""
    may = person.may("service.commit", site_id=commitment.site_id, unit_path=commitment.provider.path)
    return tuple(step.name for step in allowed(rules.STEPS, commitment.state)
                 if may and step.name not in rules.BY_ITSELF)


def to_ask(session: Session, person: Actor, site_id: int, day: date) -> Sequence[Commitment]:
    """Return the commitments in force on a day through which somebody at a site may ask, by provider."""
    if not sees(person, site_id):
        return ()
    return session.scalars(
        select(Commitment).join(Commitment.provider).options(contains_eager(Commitment.provider),
                                                             joinedload(Commitment.customer))
        .where(Commitment.site_id == site_id, holds_on(day), Unit.active)
        .order_by(Unit.code, Commitment.number)).all()


def committing_units(session: Session, person: Actor, permission: str = "service.commit") -> Sequence[Unit]:
    """Return the units in use for which a person holds a permission, by site and code."""
    return session.scalars(select(Unit).join(Site, Site.id == Unit.site_id).where(
        Unit.active, in_scope(person, permission, Unit.site_id, Unit.path)).order_by(Site.code, Unit.code)).all()
