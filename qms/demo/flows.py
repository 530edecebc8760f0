"""Knows what the demo plant makes in a week, from what, and over which links; must not know any fault."""

from itertools import pairwise
from typing import NamedTuple

from qms.demo.products import ITEMS


class Start(NamedTuple):
    """A lot begun every so many weeks: weekday from Monday 0, half-shift of that day from 0, pieces from and to.

    `since` is the share of the period after which it is begun.
    """

    item: str
    weekday: int
    half: int
    least: int
    most: int
    every: int = 1
    since: float = 0.0


def _begun(item: str, least: int, most: int, *when: tuple[int, int], every: int = 1,
           since: float = 0.0) -> tuple[Start, ...]:
    return tuple(Start(item, weekday, half, least, most, every, since) for weekday, half in when)


RAMP_UP = 0.8
"""Share of the period after which more is made each week, for a new order."""

PURCHASED = {"RM-510": "S01", "RM-530": "S03", "PP-620": "S02"}

STARTS = (
    *_begun("RM-510", 3600, 4400, (0, 0), every=2),
    *_begun("RM-530", 1300, 1700, (1, 0), every=2),
    *_begun("PP-620", 9000, 9900, (2, 0), every=2),
    *_begun("SP-110", 380, 420, (0, 1), (3, 1)),
    *_begun("SB-310", 150, 190, (1, 0), (4, 0)),
    *_begun("SB-210", 160, 190, (0, 1), (3, 2)),
    *_begun("SB-220", 160, 190, (1, 1)),
    *_begun("CP-130", 360, 400, (0, 0), every=2),
    *_begun("CB-410", 140, 180, (2, 1)),
    *_begun("CB-420", 140, 180, (5, 0)),
    *_begun("SP-110", 380, 420, (1, 1), since=RAMP_UP),
    *_begun("SB-210", 160, 190, (2, 1), since=RAMP_UP),
    *_begun("SB-220", 160, 190, (3, 1), (4, 1), since=RAMP_UP),
    *_begun("SB-310", 150, 190, (2, 0), since=RAMP_UP),
    *_begun("CB-410", 140, 180, (4, 0), since=RAMP_UP),
)

MADE_FROM: dict[str, tuple[tuple[str, float], ...]] = {
    "SP-110": (("RM-510", 1.2),), "SB-310": (("RM-510", 1.5), ("PP-620", 2)), "SB-210": (("SP-110", 1), ("PP-620", 4)),
    "SB-220": (("SP-110", 1), ("PP-620", 4)), "CP-130": (("RM-530", 0.3),), "CB-410": (("CP-130", 1),),
    "CB-420": (("RM-530", 0.3),),
}
"""What an item is made from, and how much of it goes into one piece."""

COMPONENTS = frozenset(source for sources in MADE_FROM.values() for source, _share in sources)


def legs(item: str) -> tuple[tuple[str, str], ...]:
    """Return the (supplier, customer) unit codes over which a lot of an item is handed on, in order."""
    found = next(i for i in ITEMS if i.code == item)
    stops = [*((PURCHASED[item],) if item in PURCHASED else ()), *found.route]
    if found.customer is not None:
        stops.append(found.customer)
    return tuple(pairwise(stops))
