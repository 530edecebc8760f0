"""How the records that answer a question are gathered, each once, as ids. Knows no clause, no row and no file."""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from qms.db import Record, record_classes
from qms.db.listed import listed
from qms.models.accounts import Grant
from qms.models.chain import Defect, Item, Link, Lot, Site, Unit
from qms.models.trail import Attachment, Signature
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotAllowed, NotFound
from qms.rules.trail_evidence import CLAUSES, Clause
from qms.workflows.trail_evidence_clauses import EVIDENCE
from qms.workflows.trail_evidence_question import Asked, check
from qms.workflows.trail_evidence_scope import Scope, scope_of

CHUNK = 5000
NAMED = (Site, Unit, Item, Lot, Defect, Link, Grant)
"""What records name by id, and what comes with them so that they can be read."""

Chosen = Sequence[int]
"""Ids of records of one kind, each once, in their order: eight bytes each, however many."""


@dataclass
class Gathered:
    """What answers a question. `kinds` maps each kind of record to its ids; `clauses` tells which tables answer which.
    """

    kinds: dict[type[Record], Chosen] = field(default_factory=dict)
    clauses: list[tuple[Clause, list[str]]] = field(default_factory=list)

    def holds(self, model: type[Record], record_id: int) -> bool:
        """Tell whether a record is among them."""
        ids = self.kinds.get(model, ())
        place = bisect_left(ids, record_id)
        return place < len(ids) and ids[place] == record_id

    def add(self, model: type[Record], ids: Iterable[int]) -> None:
        """Take in records, whichever are not there yet."""
        held = self.kinds.get(model, ())
        self.kinds[model] = array("q", sorted({*held, *ids}))


def gather(session: Session, person: Actor, asked: Asked, beat: Callable[[], None] = lambda: None) -> Gathered:
    """Find the records that answer a question, what they name, and what is attached to them.

    `beat` is called every so often. Raises Invalid, NotAllowed, NotFound.
    """
    found = Gathered()
    for code, scope in scopes(session, person, asked).items():
        kinds = EVIDENCE[code].kinds(scope)
        for model, query in kinds:
            beat()
            found.add(model, (found_id for found_id, in _streamed(session, query)))
        found.clauses.append((CLAUSES[code], [model.__tablename__ for model, _query in kinds]))
    _add_named(session, person, found, beat)
    for model in (Attachment, Signature):
        beat()
        found.add(model, _beside(session, model, found))
    return found


def scopes(session: Session, person: Actor, asked: Asked) -> dict[str, Scope]:
    """Map each clause that is asked for to what is asked of it; of all clauses, those that the person may see.

    Raises Invalid, NotAllowed, NotFound.
    """
    check(asked)
    found: dict[str, Scope] = {}
    refused: list[Invalid | NotAllowed | NotFound] = []
    for code in asked.clauses or EVIDENCE:
        try:
            found[code] = scope_of(session, person, asked, EVIDENCE[code].permissions)
        except (Invalid, NotAllowed, NotFound) as refusal:
            if asked.clauses:
                raise
            refused.append(refusal)
    if not found:
        raise refused[0]
    return found


def _add_named(session: Session, person: Actor, found: Gathered, beat: Callable[[], None]) -> None:
    """Take in the places, things and grants that the records name by id; grants for who may see these."""
    wanted = {one.__tablename__: one for one in NAMED if one is not Grant or person.may("accounts.view")}
    named: dict[str, set[int]] = {table: set() for table in wanted}
    for model, ids in found.kinds.items():
        columns = [(column, key.column.table.name) for column in model.__table__.columns
                   for key in column.foreign_keys if key.column.table.name in wanted]
        if columns:
            beat()
            query = select(*(column for column, _table in columns)).where(
                model.__table__.c.id.in_(listed(session.get_bind().dialect, ids)))
            for row in _streamed(session, query):
                for value, (_column, table) in zip(row, columns, strict=True):
                    if value is not None:
                        named[table].add(value)
    for table, more in named.items():
        found.add(record_classes()[table], more)


def _beside(session: Session, model: type[Attachment] | type[Signature], found: Gathered) -> Iterator[int]:
    """Yield the ids of the attachments, or signatures, of all these records."""
    for owner, ids in list(found.kinds.items()):
        query = select(model.id).where(model.entity == owner.__tablename__,
                                       model.entity_id.in_(listed(session.get_bind().dialect, ids)))
        yield from (found_id for found_id, in _streamed(session, query))


def _streamed(session: Session, query: Select[Any]) -> Iterator[Any]:
    with session.connection().execute(query, execution_options={"yield_per": CHUNK}) as rows:
        yield from rows
