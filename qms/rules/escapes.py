"""Knows how far a defect travelled along the chain and what that is called; must not know where the chain is stored.

Source: shared rule C.3, escape classification.
"""

from collections import deque
from collections.abc import Collection, Iterable, Sequence


def along(route: Sequence[int], origin: int, found: int) -> list[int] | None:
    """Return the shortest stretch of a route from origin to found, both included; None when it does not lead there."""
    best: list[int] | None = None
    for start, unit in enumerate(route):
        if unit == origin and found in route[start:]:
            stretch = list(route[start:route.index(found, start) + 1])
            if best is None or len(stretch) < len(best):
                best = stretch
    return best


def through(links: Iterable[tuple[int, int]], origin: int, found: int) -> list[int] | None:
    """Return the shortest way from origin to found along (supplier, customer) links; None when there is none."""
    onward: dict[int, list[int]] = {}
    for supplier, customer in links:
        onward.setdefault(supplier, []).append(customer)
    came_from: dict[int, int | None] = {origin: None}
    waiting = deque([origin])
    while waiting:
        unit = waiting.popleft()
        if unit == found:
            return _walked(came_from, found)
        for following in onward.get(unit, ()):
            if following not in came_from:
                came_from[following] = unit
                waiting.append(following)
    return None


def _walked(came_from: dict[int, int | None], end: int) -> list[int]:
    way = [end]
    while (before := came_from[way[-1]]) is not None:
        way.append(before)
    return way[::-1]


def last_producing(route: Sequence[int], unit: int, inspecting: Collection[int]) -> int | None:
    """Return the unit itself, or the nearest one before it on the route that does more than inspect.

    None when it only inspects and nothing that produces comes before it.
    """
    if unit not in inspecting:
        return unit
    if unit not in route:
        return None
    before = route[:route.index(unit)]
    return next((step for step in reversed(before) if step not in inspecting), None)


def escape_class(steps: int | None, *, final: bool, outside: bool, in_field: bool) -> str:
    """Name how far a defect escaped. `steps` None: the distance is not known.

    `outside`: found by an outside customer, `in_field`: after that customer's line; `final`: found by a final audit.
    """
    if outside:
        return "EF" if in_field else "E0"
    if steps == 0:
        return "0"
    if final:
        return "F"
    if steps is None:
        return "unknown"
    return "1" if steps == 1 else "2+"
