"""How the chain of entries is verified, part by part, and the tree over it hashed on the way. Knows no row of a record.

The parts begin at whole blocks of the tree, so that it is put together from theirs without reading twice.
"""

import hashlib
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Connection, String, select, type_coerce

from qms.db.disposed import is_remains
from qms.db.disposed import leaves as leaves_disposed
from qms.db.engine import open_engine
from qms.db.ledger import genesis, installation, ledger
from qms.db.merkle import Peaks
from qms.rules.clock import rfc3339
from qms.workflows.verify_findings import Finding

BLOCK = 4096
"""Entries of which the tree is hashed apart from others; every part begins at a whole block."""
WORTH_SHARING = 50_000
SHARES = 4
"""Parts of the chain for each processor, so that all of them are done at about the same time."""
_sha256 = hashlib.sha256


@dataclass(frozen=True, slots=True)
class Part:
    """A range of entries, (after, until], that is verified by itself; `sizes`: of the checkpoints that end in it."""

    after: int
    until: int | None
    sizes: tuple[int, ...] = ()


@dataclass(slots=True)
class Chained:
    """What was seen of a part: entries, findings, and of the tree over them its whole blocks and what is left over.

    `at` maps the size of a checkpoint to how many blocks of this part lie before it, and to the subtrees beyond them.
    `broken_at`: the first entry that is not there, from which on the tree says nothing.
    """

    count: int = 0
    last: int = 0
    found: list[Finding] = field(default_factory=list)
    blocks: list[bytes] = field(default_factory=list)
    rest: Peaks = field(default_factory=Peaks)
    at: dict[int, tuple[int, int, bytes]] = field(default_factory=dict)
    broken_at: int | None = None
    disposed: int = 0


def parts_of(last: int, sizes: Sequence[int]) -> list[Part]:
    """Divide a long chain into ranges that begin at whole blocks, SHARES for each processor; the last has no end."""
    shares = processors() * SHARES if last > WORTH_SHARING else 1
    cuts: list[int | None] = [last * n // shares // BLOCK * BLOCK for n in range(shares)]
    ends = [*cuts[1:], None]
    return [Part(int(first or 0), end, tuple(s for s in sizes if s > int(first or 0) and (end is None or s <= end)))
            for first, end in zip(cuts, ends, strict=True)]


def joined(chain: Sequence[Chained]) -> tuple[Peaks, dict[int, bytes]]:
    """Return the tree over all parts, and the root at the size of each checkpoint."""
    tree, roots = Peaks(), {}
    for part in chain:
        begun = 0
        for size, (blocks, left_over, hashes) in sorted(part.at.items()):
            tree.extend_whole(part.blocks[begun:blocks], BLOCK)
            begun = blocks
            roots[size] = tree.followed_by(Peaks(left_over, hashes)).root()
        tree.extend_whole(part.blocks[begun:], BLOCK)
        if part.rest.size:
            tree = tree.followed_by(part.rest)
            break  # Only the last part, or one with a gap, ends within a block.
    return tree, roots


def processors() -> int:
    """Return how many processors the machine has."""
    return os.cpu_count() or 1


def chain_pass(url: str, part: Part) -> Chained:
    """Verify a part of the chain, in a process of its own."""
    engine = open_engine(url, writes=False, owner=True, pool_size=1)
    try:
        with engine.connect() as connection:
            return verify_chain(connection, part)
    finally:
        engine.dispose()


def verify_chain(connection: Connection, part: Part = Part(0, None)) -> Chained:
    """Check numbering, links, hashes and index columns of the entries in a range, and hash the tree over them."""
    seen = Chained()
    identity = connection.execute(select(installation.c.identity)).scalar()
    if identity is None:
        seen.found.append(Finding("no installation", "installation", None, None, "the chain has no beginning"))
        return seen
    at = type_coerce(ledger.c.at, String) if connection.dialect.name == "sqlite" else ledger.c.at
    query = select(ledger.c.seq, ledger.c.entry, ledger.c.prev, ledger.c.hash, ledger.c.entity, ledger.c.entity_id,
                   ledger.c.entity_rev, ledger.c.action, at, ledger.c.actor_id,
                   ).where(ledger.c.seq > part.after).order_by(ledger.c.seq)
    if part.until is not None:
        query = query.where(ledger.c.seq <= part.until)
    before = connection.execute(select(ledger.c.hash).where(ledger.c.seq == part.after)).scalar()
    head, expected = before or genesis(identity), part.after + 1
    gone = leaves_disposed(connection, part.after, part.until)
    result = connection.execute(query, execution_options={"stream_results": True, "max_row_buffer": BLOCK})
    sizes, waiting = list(reversed(part.sizes)), list[bytes]()
    while rows := result.fetchmany(BLOCK):
        leaves, head, expected = _verify_entries(rows, head, expected, seen, gone)
        waiting += leaves
        if len(waiting) >= BLOCK:
            _grow(seen, waiting[:BLOCK], part.after, sizes)
            del waiting[:BLOCK]
    _grow(seen, waiting, part.after, sizes)
    seen.last = expected - 1 if seen.count else 0
    if part.until is not None and expected <= part.until:
        _missing(seen, expected, part.until)
    return seen


def _verify_entries(rows: Sequence[Any], head: bytes, expected: int, seen: Chained,
                    gone: Mapping[int, bytes]) -> tuple[list[bytes], bytes, int]:
    """Check some entries that follow on a hash; return their leaves, the last hash and the number expected next."""
    found, leaves = seen.found, []
    last_at, said_at = None, ""  # Entries of one transaction have one time.
    for seq, entry, prev, digest, entity, entity_id, rev, action, at, actor_id in rows:
        if seq != expected:
            _missing(seen, expected, seq - 1)
        elif prev != head:
            found.append(Finding("broken link", "ledger", None, seq, "does not link to the entry before it"))
        leaf = _sha256(b"\x00" + entry).digest()  # As entry_hash does, whose leaf the tree needs too.
        leaves.append(leaf)
        if digest != _sha256(b"\x02" + prev + seq.to_bytes(8, "big") + leaf).digest():
            kept = gone.get(seq, b"")
            if digest == _sha256(b"\x02" + prev + seq.to_bytes(8, "big") + kept).digest() and is_remains(entry):
                leaves[-1] = kept
                seen.disposed += 1
            else:
                kind = "disposed without approval" if is_remains(entry) else "changed entry"
                found.append(Finding(kind, "ledger", None, seq, "its bytes do not give its hash"))
        if at != last_at:
            last_at, said_at = at, f"{at[:10]}T{at[11:]}Z" if isinstance(at, str) else rfc3339(at)
        wrong = _index_differs(entry, (seq, entity, entity_id, rev, action, said_at, actor_id))
        if wrong:
            found.append(Finding("changed index", "ledger", None, seq, f"differs from its entry in {wrong}"))
        head, expected = digest, seq + 1
    seen.count += len(rows)
    return leaves, head, expected


def _grow(seen: Chained, leaves: list[bytes], after: int, sizes: list[int]) -> None:
    """Add the leaves of one block, or what is left over, to a part's tree, stopping at the sizes of checkpoints."""
    block, begun = Peaks(), after + len(seen.blocks) * BLOCK
    while sizes and sizes[-1] <= begun + len(leaves):
        size = sizes.pop()
        block.extend(leaves[block.size:size - begun])
        is_whole = block.size == BLOCK
        seen.at[size] = (len(seen.blocks) + is_whole, 0 if is_whole else block.size, b"" if is_whole else bytes(block))
    block.extend(leaves[block.size:])
    if block.size == BLOCK:
        seen.blocks.append(block.root())
    else:
        seen.rest = block


def _missing(seen: Chained, first: int, last: int) -> None:
    seen.found.append(Finding("missing entries", "ledger", None, first, f"entries {first} to {last} are not there"))
    seen.broken_at = min(first, seen.broken_at or first)


_INDEX = itemgetter("seq", "entity", "entity_id", "rev", "action", "at")


def _index_differs(entry: bytes, shown: tuple[Any, ...]) -> str:
    """Name the columns that say something else than the entry; empty when all agree."""
    try:
        said = orjson.loads(entry)
        told = (*_INDEX(said), said["actor"]["id"])
    except (ValueError, KeyError, TypeError):
        return "everything: the entry cannot be read"
    if told == shown:
        return ""
    names = ("seq", "entity", "entity_id", "entity_rev", "action", "at", "actor_id")
    return ", ".join(name for name, a, b in zip(names, told, shown, strict=True) if a != b)
