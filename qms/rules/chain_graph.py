"""Knows paths and ranks in a directed graph of ids; must not know what the ids stand for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

Edge = tuple[int, int]

MOST_PATHS = 200
MOST_STEPS = 50_000


class Paths(NamedTuple):
    """Paths found, shortest first; `complete` is False when there were more than were looked for."""

    paths: list[list[int]]
    complete: bool


def successors(edges: Iterable[Edge]) -> dict[int, list[int]]:
    """Map each start of an edge to the ends of its edges, each once, in their order."""
    following: dict[int, dict[int, None]] = defaultdict(dict)
    for start, end in edges:
        following[start][end] = None
    return {start: list(ends) for start, ends in following.items()}


def reachable(following: Mapping[int, Sequence[int]], starts: Iterable[int]) -> set[int]:
    """Return the starts and everything that can be reached from them."""
    found = set(starts)
    waiting = list(found)
    while waiting:
        for node in following.get(waiting.pop(), ()):
            if node not in found:
                found.add(node)
                waiting.append(node)
    return found


def paths(edges: Collection[Edge], start: int, ends: Collection[int], most: int = MOST_PATHS) -> Paths:
    """Return every way from `start` to one of `ends` that passes no node twice, up to `most` of them.

    A path ends at the first of `ends` that it meets. A start that is an end has no path.
    """
    goals = set(ends)
    if start in goals:
        return Paths([], complete=True)
    leads_there = reachable(successors((b, a) for a, b in edges), goals)
    following = {node: [n for n in after if n in leads_there] for node, after in successors(edges).items()}
    found: list[list[int]] = []
    trail, waiting, steps = [start], [iter(following.get(start, ()))], 0
    while waiting:
        steps += 1
        if len(found) >= most or steps > MOST_STEPS:
            return Paths(sorted(found, key=len), complete=False)
        node = next(waiting[-1], None)
        if node is None:
            waiting.pop()
            trail.pop()
        elif node in goals:
            found.append([*trail, node])
        elif node not in trail:
            trail.append(node)
            waiting.append(iter(following.get(node, ())))
    return Paths(sorted(found, key=len), complete=True)


def ranks(nodes: Sequence[int], edges: Collection[Edge]) -> dict[int, int]:
    """Give each node its column from 0, so that edges lead to the right except those that close a circle.

    A node stands as far right as its longest chain of suppliers asks. Circles are opened where a walk from the
    nodes without supplier, in the given order, comes back to where it has been.
    """
    known = set(nodes)
    following = successors((a, b) for a, b in edges if a in known and b in known and a != b)
    entered = {b for after in following.values() for b in after}
    first = [n for n in nodes if n not in entered] + [n for n in nodes if n in entered]
    order, forward = _walk(first, following)
    column = dict.fromkeys(nodes, 0)
    for node in reversed(order):
        for after in forward[node]:
            column[after] = max(column[after], column[node] + 1)
    return column


def _walk(first: Sequence[int], following: Mapping[int, Sequence[int]]) -> tuple[list[int], dict[int, list[int]]]:
    """Return the nodes in the order in which a depth-first walk leaves them, and the edges that close no circle."""
    left: list[int] = []
    entered: set[int] = set()
    open_nodes: set[int] = set()
    forward: dict[int, list[int]] = {node: [] for node in first}
    for start in first:
        if start in entered:
            continue
        entered.add(start)
        open_nodes.add(start)
        waiting = [(start, iter(following.get(start, ())))]
        while waiting:
            node, after = waiting[-1]
            nxt = next(after, None)
            if nxt is None:
                waiting.pop()
                open_nodes.discard(node)
                left.append(node)
            elif nxt not in open_nodes:
                forward[node].append(nxt)
                if nxt not in entered:
                    entered.add(nxt)
                    open_nodes.add(nxt)
                    waiting.append((nxt, iter(following.get(nxt, ()))))
    return left, forward
