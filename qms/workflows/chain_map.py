"""Knows what the map of a site's chain shows for a filter, and where. Changes nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, selectinload

from qms.models.chain import Item, Link, Routing, Unit
from qms.rules.chain import OUTSIDE
from qms.rules.chain_layout import Layout, Standing, layout
from qms.workflows.chain_standing import Standing as LinkStanding
from qms.workflows.chain_standing import standing


@dataclass(frozen=True, slots=True)
class Wish:
    """What part of the map is wanted: a kind of link, a kind of unit, a production line; empty asks for all."""

    kind: str = ""
    units: str = ""
    line: str = ""


@dataclass(frozen=True)
class Drawing:
    """Units in the natural order of their codes and how the links between them stand, with the place of each unit."""

    units: Sequence[Unit]
    links: Sequence[LinkStanding]
    layout: Layout

    def given(self, unit_id: int) -> list[LinkStanding]:
        """Return the links in which a unit supplies."""
        return [row for row in self.links if row.link.supplier_id == unit_id]

    def taken(self, unit_id: int) -> list[LinkStanding]:
        """Return the links in which a unit is the customer."""
        return [row for row in self.links if row.link.customer_id == unit_id]


def drawing(session: Session, site_id: int, wish: Wish) -> Drawing:
    """Return the map of a site as far as it is wanted; units that a filter leaves without any link are left out."""
    units = {u.id: u for u in session.scalars(
        select(Unit).where(Unit.site_id == site_id, Unit.active).order_by(Unit.code))}
    links = [x for x in session.scalars(select(Link).where(Link.site_id == site_id, Link.active).order_by(Link.id))
             if x.supplier_id in units and x.customer_id in units and wish.kind in ("", x.kind)]
    shown = _wanted(units, links, wish)
    links = [x for x in links if x.supplier_id in shown and x.customer_id in shown]
    if wish.kind:
        linked = {end for x in links for end in (x.supplier_id, x.customer_id)}
        shown = {unit_id: unit for unit_id, unit in shown.items() if unit_id in linked}
    flow = [(x.supplier_id, x.customer_id) for x in links if x.kind == "operation"]
    placed = layout([Standing(u.id, u.kind, u.line, u.code) for u in shown.values()],
                    dict.fromkeys([*_routed(session, site_id, shown), *flow]))
    return Drawing(sorted(shown.values(), key=lambda unit: natural(unit.code)), standing(session, links), placed)


def natural(code: str) -> list[tuple[int, int, str]]:
    """Return what codes are sorted by so that OP20 comes before OP100."""
    parts = re.split(r"([0-9]+)", code)
    return [(1, int(part), "") if part.isdecimal() else (0, 0, part) for part in parts if part]


def _wanted(units: dict[int, Unit], links: Sequence[Link], wish: Wish) -> dict[int, Unit]:
    """Return the units of the wanted kind; of a line also those of no line that are linked to it."""
    near: set[int] = set()
    if wish.line:
        on_line = {u.id for u in units.values() if u.line == wish.line}
        ends = [(x.supplier_id, x.customer_id) for x in links]
        near = on_line | {b for a, b in ends if a in on_line} | {a for a, b in ends if b in on_line}
    return {u.id: u for u in units.values()
            if wish.units in ("", u.kind)
            and (not wish.line or (u.id in near and (u.line in (None, wish.line) or u.kind in OUTSIDE)))}


def _routed(session: Session, site_id: int, shown: dict[int, Unit]) -> list[tuple[int, int]]:
    """Return the neighbours of routings that hold or will hold, both of them shown."""
    routings = session.scalars(
        select(Routing).join(Item, Item.id == Routing.item_id).options(selectinload(Routing.steps))
        .where(Item.site_id == site_id, Item.active, Routing.active,
               or_(Routing.proposed, Routing.valid_to.is_(None)))).all()
    steps = [[step.unit_id for step in routing.steps if step.unit_id in shown] for routing in routings]
    return [pair for units in steps for pair in pairwise(units)]
