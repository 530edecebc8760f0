"""Knows the hash tree over the ledger's entries: how it grows, its root, and proofs; must not know what a leaf says.

Source: RFC 9162 sections 2.1.1 and 2.1.3.
"""

import hashlib
import tempfile
import weakref
from collections.abc import Iterable, Sequence
from functools import partial

WIDTH = 32
_sha256 = hashlib.sha256
EMPTY = _sha256(b"").digest()
"""The root of a tree without leaves."""


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash over two subtrees."""
    return _sha256(b"\x01" + left + right).digest()


class Peaks:
    """The whole subtrees that a tree of `size` leaves falls into, the largest first: all that growing it needs."""

    def __init__(self, size: int = 0, hashes: bytes = b"") -> None:
        if len(hashes) != size.bit_count() * WIDTH:
            raise ValueError("these are not the subtrees of a tree of this size")
        self.size = size
        self.hashes = [hashes[n:n + WIDTH] for n in range(0, len(hashes), WIDTH)]

    def __bytes__(self) -> bytes:
        return b"".join(self.hashes)

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaves at the end."""
        self._extend(leaves, 1)

    def extend_whole(self, subtrees: Iterable[bytes], leaves: int) -> None:
        """Add whole subtrees of so many leaves each, a power of two by which the size can be divided."""
        if self.size % leaves:
            raise ValueError("a whole subtree begins at a multiple of its own size")
        self._extend(subtrees, leaves)

    def _extend(self, hashes: Iterable[bytes], width: int) -> None:
        held, count = self.hashes, self.size // width
        for digest in hashes:
            whole, right = count, digest
            while whole & 1:
                right = _sha256(b"\x01" + held.pop() + right).digest()
                whole >>= 1
            held.append(right)
            count += 1
        self.size = count * width

    def followed_by(self, peaks: "Peaks") -> "Peaks":
        """Return the tree that goes on with another's subtrees, which must be smaller than all of this one's."""
        return Peaks(self.size + peaks.size, bytes(self) + bytes(peaks))

    def root(self) -> bytes:
        """Return the root of the whole tree."""
        if not self.hashes:
            return EMPTY
        right = self.hashes[-1]
        for left in reversed(self.hashes[:-1]):
            right = node(left, right)
        return right


class Tree:
    """Every hash of a tree, for proofs: 32 bytes of memory for each leaf, and the leaves themselves in a file."""

    def __init__(self) -> None:
        self.size = 0
        """How many leaves there are."""
        self._leaves = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the tree
        self._above: list[bytearray] = []
        weakref.finalize(self, self._leaves.close)

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaves at the end."""
        for leaf in leaves:
            self._leaves.write(leaf)
            self.size += 1

    def close(self) -> None:
        """Hash the levels above the leaves; nothing is added afterwards."""
        self._leaves.seek(0)
        self._above = [_paired(iter(partial(self._leaves.read, 2 * WIDTH), b""))]
        while len(below := self._above[-1]) > WIDTH:
            self._above.append(_paired(below[n:n + 2 * WIDTH] for n in range(0, len(below), 2 * WIDTH)))

    def root(self) -> bytes:
        """Return the root; after `close`."""
        return bytes(self._above[-1]) or EMPTY

    def proof(self, index: int) -> list[bytes]:
        """Return the hashes that lead from the leaf at an index, from 0, to the root; after `close`."""
        found = []
        if index ^ 1 < self.size:
            self._leaves.seek((index ^ 1) * WIDTH)
            found.append(self._leaves.read(WIDTH))
        for level in self._above[:-1]:
            index //= 2
            beside = (index ^ 1) * WIDTH
            if beside < len(level):
                found.append(bytes(level[beside:beside + WIDTH]))
        return found


def _paired(pairs: Iterable[bytes | bytearray]) -> bytearray:
    """Return the level above: the hash over each two hashes; an odd one at the end goes up as it is."""
    above = bytearray()
    for pair in pairs:
        above += pair if len(pair) == WIDTH else _sha256(b"\x01" + pair).digest()
    return above


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Tell whether a proof leads from a leaf to the root of a tree of this size. Source: RFC 9162 section 2.1.3.2."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for beside in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node(beside, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node(found, beside)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root
