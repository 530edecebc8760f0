"""What answers a question, counted, and what is missing in it, before anybody takes it out. Writes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.db.checkpoints import Kept
from qms.db.ledger import ledger
from qms.rules.accounts import Actor
from qms.rules.trail_evidence import Clause, Gap
from qms.workflows import trail_checkpoints
from qms.workflows.trail_evidence_gaps import gaps_of
from qms.workflows.trail_evidence_gathering import gather
from qms.workflows.trail_evidence_question import Asked


@dataclass(frozen=True, slots=True)
class ClauseSeen:
    """One clause with (table, how many records) of its evidence, those without any left out."""

    clause: Clause
    counts: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Preview:
    """What there is. `beside`: what the records name or have attached; `checkpoint`: the last one."""

    clauses: Sequence[ClauseSeen]
    beside: Sequence[tuple[str, int]]
    gaps: Sequence[Gap]
    total: int
    entries: int
    checkpoint: Kept | None


def preview(session: Session, person: Actor, asked: Asked, photos: Path) -> Preview:
    """Count what answers a question, and find what is missing in it, in a session that sees one state of the database.

    Raises Invalid, NotAllowed, NotFound.
    """
    found = gather(session, person, asked)
    held = {model.__tablename__: len(ids) for model, ids in found.kinds.items()}
    clauses = [ClauseSeen(clause, [(table, held[table]) for table in dict.fromkeys(tables) if held[table]])
               for clause, tables in found.clauses]
    of_clauses = {table for _clause, tables in found.clauses for table in tables}
    last = session.execute(select(func.max(ledger.c.seq))).scalar() or 0
    kept = trail_checkpoints.newest(session)
    return Preview(
        clauses, [(table, count) for table, count in held.items() if count and table not in of_clauses],
        gaps_of(session, found, photos), sum(held.values()), last, kept)
