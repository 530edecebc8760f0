"""How disposal is verified: content is gone only where an approved tombstone says so, and all of it is gone there.

Knows no rule of retention. Where nothing was ever disposed of, it asks twice and is done.
"""

from collections import Counter
from dataclasses import dataclass, field

import orjson
from sqlalchemy import Connection, Row, and_, select
from sqlalchemy.orm import Session

from qms.db import Base, record_classes
from qms.db.disposed import disposed_leaves, is_remains
from qms.db.ledger import ledger
from qms.models.trail import Signature
from qms.models.trail_retention import Disposal, DisposalLine, Tombstone
from qms.rules.trail_retention_classes import BESIDE, PARTS, ROOTS
from qms.workflows.trail_signatures import signed_states
from qms.workflows.verify_findings import Finding

UNAPPROVED = "disposed without approval"
IN_PART = "disposed in part"
STANDING = "disposed record still stands"
CARRIED = ("approved", "done")


@dataclass(slots=True)
class Disposed:
    """What was disposed of: the ids of each table, numbers by (table, site, year), and what is wrong with it."""

    ids: dict[str, set[int]] = field(default_factory=dict)
    numbers: dict[tuple[str, int, int], int] = field(default_factory=dict)
    found: list[Finding] = field(default_factory=list)


def verify_disposals(connection: Connection) -> Disposed:
    """Hold every tombstone against its approval, and everything that is gone against its tombstone."""
    seen = Disposed()
    stones = connection.execute(select(Tombstone.__table__)).all()
    leaves = connection.execute(
        select(disposed_leaves.c.seq, disposed_leaves.c.leaf, disposed_leaves.c.tombstone_id, ledger.c.entry,
               ledger.c.entity, ledger.c.entity_id, ledger.c.entity_rev)
        .outerjoin(ledger, ledger.c.seq == disposed_leaves.c.seq)).all()
    if not stones and not leaves:
        return seen
    by_id = {stone.id: stone for stone in stones}
    bad = _unapproved(connection)
    gone: dict[int, dict[int, bytes]] = {}
    for leaf in leaves:
        stone = by_id.get(leaf.tombstone_id)
        if stone is None or (stone.entity, stone.entity_id) != (leaf.entity, leaf.entity_id):
            seen.found.append(Finding(UNAPPROVED, "ledger", None, leaf.seq, "no tombstone speaks of its record"))
        elif not is_remains(leaf.entry) or orjson.loads(leaf.entry)["disposed"] != stone.id:
            seen.found.append(Finding(IN_PART, "ledger", None, leaf.seq, "its content is not what disposal leaves"))
        else:
            gone.setdefault(stone.id, {})[leaf.entity_rev] = bytes(leaf.leaf)
    for stone in stones:
        _one(seen, stone, bad.get(stone.id), gone.get(stone.id, {}))
    for name, ids in seen.ids.items():
        seen.found += _standing(connection, name, ids)
    return seen


def _one(seen: Disposed, stone: Row[tuple[object, ...]], wrong: str | None, gone: dict[int, bytes]) -> None:
    seen.ids.setdefault(stone.entity, set()).add(stone.entity_id)
    if stone.serial is not None:
        key = (stone.entity, stone.site_id, stone.year)
        seen.numbers[key] = seen.numbers.get(key, 0) + 1
    if wrong:
        seen.found.append(Finding(UNAPPROVED, stone.entity, stone.entity_id, None, wrong))
    last = gone.get(stone.versions)
    if sorted(gone) != list(range(1, stone.versions + 1)) or last is None or last.hex() != stone.content_hash:
        seen.found.append(Finding(IN_PART, stone.entity, stone.entity_id, None,
                                  "its tombstone does not agree with what is gone of its entries"))


def _unapproved(connection: Connection) -> dict[int, str]:
    """Return what is wrong with the approval of each tombstone that lacks one."""
    signed = _signed(connection)
    counted = Counter(connection.execute(select(Tombstone.line_id)).scalars())
    rows = connection.execute(
        select(Tombstone.id, Tombstone.entity, Tombstone.entity_id, Tombstone.approved_by_id, Tombstone.line_id,
               Disposal.id.label("disposal"), Disposal.state, Disposal.proposed_by_id, Disposal.decided_by_id,
               DisposalLine.entity.label("root"), DisposalLine.entity_id.label("root_id"), DisposalLine.records)
        .outerjoin(Disposal, Disposal.id == Tombstone.disposal_id)
        .outerjoin(DisposalLine, and_(DisposalLine.id == Tombstone.line_id,
                                      DisposalLine.disposal_id == Tombstone.disposal_id)))
    wrong = {}
    for row in rows:
        if row.disposal is None or row.root is None:
            wrong[row.id] = "no proposal names it"
        elif row.state not in CARRIED or row.decided_by_id in {None, row.proposed_by_id}:
            wrong[row.id] = "nobody else approved its disposal"
        elif signed.get(row.disposal) != row.decided_by_id or row.approved_by_id != row.decided_by_id:
            wrong[row.id] = "no valid signature approves its disposal"
        elif not _belongs(row.entity, row.entity_id, row.root, row.root_id) or counted[row.line_id] != row.records:
            wrong[row.id] = "it is not among the records that were approved"
    return wrong


def _belongs(entity: str, entity_id: int, root: str, root_id: int) -> bool:
    if entity in ROOTS:
        return (entity, entity_id) == (root, root_id)
    return entity in PARTS or entity in BESIDE


def _signed(connection: Connection) -> dict[int, int]:
    """Map each proposal with a valid signature of approval to who gave it."""
    given = connection.execute(
        select(Signature.id, Signature.entity_id, Signature.person_id).where(
            Signature.entity == Disposal.__tablename__, Signature.meaning == "disposal")).all()
    with Session(connection) as session:
        states = signed_states(session, Disposal.__tablename__, {one.entity_id for one in given})
    return {one.entity_id: one.person_id for one in given if states.get(one.id, 0) is None}


def _standing(connection: Connection, name: str, ids: set[int]) -> list[Finding]:
    if name not in record_classes():
        return [Finding(UNAPPROVED, name, None, None, "a tombstone speaks of a table that is not there")]
    table, asked = Base.metadata.tables[name], sorted(ids)
    found = [row_id for begun in range(0, len(asked), 500) for row_id in connection.execute(
        select(table.c.id).where(table.c.id.in_(asked[begun:begun + 500]))).scalars()]
    return [Finding(STANDING, name, row_id, None, "its tombstone says that it is gone") for row_id in found]
