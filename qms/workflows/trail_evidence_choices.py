"""What a person may choose from when they ask for evidence: sites, outside customers, links. Changes nothing."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session, joinedload

from qms.models.chain import Link, Site, Unit
from qms.rules.accounts import Actor
from qms.rules.words import Words
from qms.workflows.trail_evidence_scope import seen_sites

MOST = 500


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from: each as (what stands in the question, what it is called)."""

    sites: list[tuple[str, Words]]
    customers: list[tuple[str, Words]]
    links: list[tuple[str, Words]]


def choices(session: Session, person: Actor) -> Choices:
    """Return what the person may narrow a question by."""
    seen = seen_sites(person, ())

    def here(column: object) -> ColumnElement[bool]:
        return true() if seen is None else column.in_(sorted(seen))  # type: ignore[attr-defined]

    sites = session.scalars(select(Site).where(here(Site.id)).order_by(Site.code))
    customers = session.scalars(select(Unit).where(Unit.kind == "customer", here(Unit.site_id)).order_by(Unit.code)
                                .limit(MOST))
    links = session.scalars(select(Link).where(Link.active, here(Link.site_id)).order_by(Link.id).limit(MOST).options(
        joinedload(Link.supplier), joinedload(Link.customer)))
    return Choices([(site.code, _coded(site)) for site in sites], [(unit.code, _coded(unit)) for unit in customers],
                   [(f"{link.supplier.code} > {link.customer.code}", _way(link)) for link in links])


def _coded(one: Site | Unit) -> Words:
    return Words(f"{one.code} {one.name_en or one.name_zh}", f"{one.code} {one.name_zh or one.name_en}")


def _way(link: Link) -> Words:
    ends = _coded(link.supplier), _coded(link.customer)
    return Words(f"{ends[0].en} → {ends[1].en}", f"{ends[0].zh} → {ends[1].zh}")
