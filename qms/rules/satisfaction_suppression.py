"""Knows which figures of a survey may be shown so that none below the threshold can be worked out (R-37).

Links with too few answers are merged with others into blocks: first those of one provider, then of one workshop, then
of all; what is still too small joins the smallest block beside it. A group is shown only where it is made of whole
blocks. Every figure that is shown is then a sum over whole blocks, and so is every difference and every other
combination of them: whoever subtracts gets a block or several, and never fewer answers than the threshold.

Blocks are made for each question apart, by the answers to it ("don't know" is none), for a threshold holds per item.
What is not hidden by this: how many were invited and took part, and what is the same for all of a group that is shown.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple


class Atom(NamedTuple):
    """The smallest thing that is rated, a link or an outside customer, and where it belongs; None: nowhere."""

    id: int
    provider: int | None = None
    workshop: int | None = None


class Counted(NamedTuple):
    """An atom with how many took part and how many of them answered the question."""

    atom: Atom
    responded: int
    n: int


Block = frozenset[int]


def blocks(counted: Iterable[Counted], threshold: int) -> list[Block]:
    """Return the blocks of atoms, each with at least `threshold` answers; empty where all together are too few.

    Every atom of which somebody took part is in exactly one block, unless the result is empty.
    """
    taken = [c for c in counted if c.responded]
    found = [[c] for c in taken if c.n >= threshold]
    loose = [c for c in taken if c.n < threshold]
    loose = _gathered(found, loose, threshold, [c.atom.provider for c in loose], merges=False)
    loose = _gathered(found, loose, threshold, [c.atom.workshop for c in loose], merges=True)
    loose = _gathered(found, loose, threshold, [0] * len(loose), merges=True, everywhere=True)
    return [] if loose else [frozenset(c.atom.id for c in block) for block in found]


def shown(group: Collection[int], made: Sequence[Block], taking_part: Collection[int]) -> bool:
    """Tell whether the figures of a group of atoms may be shown; `taking_part` are the atoms somebody answered for."""
    wanted = set(group) & set(taking_part)
    covered: set[int] = set()
    for block in made:
        if block <= wanted:
            covered |= block
    return bool(wanted) and covered == wanted


def _gathered(found: list[list[Counted]], loose: list[Counted], threshold: int, keys: Sequence[int | None], *,
              merges: bool, everywhere: bool = False) -> list[Counted]:
    """Make blocks of loose atoms that share a key, and return those that remain loose."""
    by_key: dict[int | None, list[Counted]] = defaultdict(list)
    for one, key in zip(loose, keys, strict=True):
        by_key[key].append(one)
    left = list(by_key.pop(None, []))
    for key, group in by_key.items():
        if sum(c.n for c in group) >= threshold:
            found.append(group)
            continue
        beside = _smallest(found, None if everywhere else key) if merges else None
        if beside is None:
            left += group
        else:
            beside += group
    return left


def _smallest(found: list[list[Counted]], workshop: int | None) -> list[Counted] | None:
    """Return the block with the fewest answers, of a workshop alone where one is given; None where there is none."""
    fit = [block for block in found if workshop is None or all(c.atom.workshop == workshop for c in block)]
    return min(fit, key=lambda block: (sum(c.n for c in block), min(c.atom.id for c in block)), default=None)
