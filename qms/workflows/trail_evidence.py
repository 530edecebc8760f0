"""How evidence of a clause is collected for a package that is checked offline. Knows no file but the photo store's.

All of it is read from one state of the database, to whose last entry the checkpoint belongs. Source: protocol B8; R-53.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Select, Table, func, select
from sqlalchemy.orm import Session

from qms.db import Record
from qms.db import checkpoints as table
from qms.db.disposed import leaves
from qms.db.ledger import leaf_hash, ledger, plain
from qms.db.listed import listed
from qms.db.merkle import Peaks, Tree
from qms.models.chain import Site
from qms.models.trail import Attachment
from qms.rules.accounts import Actor
from qms.rules.errors import BadFile
from qms.rules.trail_evidence import Clause, Gap
from qms.workflows.trail_evidence_gaps import gaps_of
from qms.workflows.trail_evidence_gathering import gather
from qms.workflows.trail_evidence_question import Asked

CHUNK = 2000
Progress = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Found:
    """The records that answer a question, as a list of tables and which of their rows, and the trail under them.

    `clauses`: each clause that was asked for, with the tables that are its evidence; `gaps`: what is missing.
    """

    kinds: Sequence[tuple[type[Record], Select[Any]]]
    clauses: Sequence[tuple[Clause, Sequence[str]]]
    gaps: Sequence[Gap]
    tree: Tree
    peaks: Peaks


def collect(session: Session, person: Actor, asked: Asked, photos: Path, progress: Progress) -> Found:
    """Find what answers the question and what is missing in it, and hash the tree over the whole ledger.

    Raises Invalid, NotAllowed, NotFound, and BadFile where the ledger is not what its own checkpoints say.
    """
    found = gather(session, person, asked, lambda: progress(0, None))
    gaps = gaps_of(session, found, photos, lambda: progress(0, None))
    peaks = table.grown(session.connection())
    tree = _tree(session, progress)
    if tree.root() != peaks.root():
        raise BadFile("The trail is not what its own checkpoints say. Run: qms verify",
                      "审计追踪与其检查点不符。请运行: qms verify")
    dialect = session.get_bind().dialect
    kinds = [(model, listed(dialect, ids)) for model, ids in found.kinds.items()]
    return Found(kinds, found.clauses, gaps, tree, peaks)


def records(session: Session, found: Found) -> Iterator[dict[str, Any]]:
    """Yield each record as {table, id, rev, row}, the row as the trail writes it."""
    for model, ids in found.kinds:
        for said in rows(session, model, ids):
            yield {"table": _table(model).name, "id": said["id"], "rev": said["rev"], "row": said}


def rows(session: Session, model: type[Record], ids: Select[Any]) -> Iterator[dict[str, Any]]:
    """Yield the rows of one kind as the trail writes them, by id."""
    held = _table(model)
    names = [column.name for column in held.columns]
    for row in _streamed(session, select(held).where(held.c.id.in_(ids)).order_by(held.c.id)):
        yield {name: plain(value) for name, value in zip(names, row, strict=True)}


def entries(session: Session, found: Found) -> Iterator[tuple[int, bytes, bytes, bytes]]:
    """Yield (seq, prev, hash, entry) of every entry about the records, table by table."""
    for query in _about(found, ledger.c.seq, ledger.c.prev, ledger.c.hash, ledger.c.entry):
        for seq, prev, digest, entry in _streamed(session, query):
            yield seq, bytes(prev), bytes(digest), bytes(entry)


def proofs(session: Session, found: Found) -> Iterator[tuple[int, list[bytes]]]:
    """Yield (seq, path to the root) for each of the entries, in their order."""
    for query in _about(found, ledger.c.seq):
        for seq, in _streamed(session, query):
            yield seq, found.tree.proof(seq - 1)


def attached(session: Session, found: Found) -> list[str]:
    """Return the SHA-256 of every file that the records name, each once."""
    ids = dict(found.kinds)[Attachment]
    return list(session.scalars(select(Attachment.sha256).where(Attachment.id.in_(ids)).distinct()
                                .order_by(Attachment.sha256)))


def sites(session: Session, found: Found) -> list[int]:
    """Return the ids of the sites of which there are records."""
    return list(session.scalars(dict(found.kinds)[Site]))


def steps(session: Session, found: Found) -> int:
    """Return how many rows a package and its workbook are written of: records twice, entries three times."""
    entries = sum(session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
                  for query in _about(found, ledger.c.seq))
    return 2 * sum(counts(session, found).values()) + 3 * entries


def counts(session: Session, found: Found) -> dict[str, int]:
    """Return how many records of each table there are."""
    return {_table(model).name: session.scalar(select(func.count()).select_from(ids.subquery())) or 0
            for model, ids in found.kinds}


def _about(found: Found, *columns: Any) -> Iterator[Select[Any]]:
    for model, ids in found.kinds:
        yield (select(*columns).where(ledger.c.entity == _table(model).name, ledger.c.entity_id.in_(ids),
                                      ledger.c.seq <= found.tree.size).order_by(ledger.c.seq))


def _tree(session: Session, progress: Progress) -> Tree:
    tree = Tree()
    total = session.scalar(select(func.max(ledger.c.seq)))
    gone = leaves(session.connection())
    for done, (seq, entry) in enumerate(_streamed(session, select(ledger.c.seq, ledger.c.entry)
                                                  .order_by(ledger.c.seq))):
        tree.extend([gone.get(seq) or leaf_hash(entry)])
        if done % CHUNK == 0:
            progress(done, total)
    tree.close()
    return tree


def _streamed(session: Session, query: Select[Any]) -> Iterator[Any]:
    with session.connection().execute(query, execution_options={"yield_per": CHUNK}) as result:
        yield from result


def _table(model: type[Record]) -> Table:
    held = model.__table__
    assert isinstance(held, Table)  # noqa: S101
    return held
