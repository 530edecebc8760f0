"""What of the chain a person may choose for the rows of a file. Writes nothing."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from qms.models.chain import Defect, Item, Link
from qms.rules.accounts import Actor
from qms.rules.imports import PERMISSION
from qms.rules.words import Words


def links(session: Session, person: Actor) -> Sequence[Link]:
    """Return the links in use of every site where the person may import, with their units and site."""
    sites = person.sites(PERMISSION)
    wanted = select(Link).options(selectinload(Link.supplier), selectinload(Link.customer), selectinload(Link.site))
    wanted = wanted.where(Link.active).order_by(Link.site_id, Link.id)
    return session.scalars(wanted if sites is None else wanted.where(Link.site_id.in_(sites))).all()


def items(session: Session, person: Actor) -> Sequence[Item]:
    """Return the items in use of every site where the person may import, by code."""
    sites = person.sites(PERMISSION)
    wanted = select(Item).where(Item.active).order_by(Item.site_id, Item.code)
    return session.scalars(wanted if sites is None else wanted.where(Item.site_id.in_(sites))).all()


def defects(session: Session, site_id: int) -> dict[str, tuple[Words, str]]:
    """Map the defect codes in use of a site to name and severity."""
    rows = session.scalars(select(Defect).where(Defect.site_id == site_id, Defect.active).order_by(Defect.code))
    return {row.code: (Words(row.name_en, row.name_zh), row.severity) for row in rows}
