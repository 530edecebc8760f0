"""Reads what several inputs of a management review name and lead to, once for all sites of the scope. Only reads."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.models.chain import Defect, Item, Link, Site, Unit
from qms.models.customers import CustomerPlant
from qms.rules.words import Words
from qms.workflows.review_scope import Scope

Known = TypeVar("Known")


def once(scope: Scope, name: str, read: Callable[[], Known]) -> Known:
    """Read what several inputs need a single time."""
    if name not in scope.memo:
        scope.memo[name] = read()
    known: Known = scope.memo[name]
    return known


def named(one: Unit | Defect | Item | Site | CustomerPlant) -> Words:
    """Return a unit, or another record that has a code, as tables name it: code and name."""
    return Words(f"{one.code} {one.name_en}", f"{one.code} {one.name_zh}")


def chain_links(session: Session, scope: Scope) -> Sequence[Link]:
    """Return the links of the sites with their units, by id."""
    return once(scope, "chain_links", lambda: session.scalars(
        select(Link).where(Link.site_id.in_(scope.site_ids))
        .options(joinedload(Link.supplier), joinedload(Link.customer)).order_by(Link.id)).all())


def rejections_path(scope: Scope, **more: object) -> str:
    """Return the address of the register of rejections for these days and, where there is but one, this site."""
    only = scope.site_ids[0] if len(scope.site_ids) == 1 else None
    return scope.path("/rejections/", site=None, site_id=only, **more)
