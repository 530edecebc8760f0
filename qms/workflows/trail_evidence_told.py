"""How the trail under evidence is read for a workbook: its entries by time, what was voided, numbers that are missing.
Writes nothing.
"""

from array import array
from collections.abc import Iterator, Sequence
from heapq import merge
from typing import Any

import orjson
from sqlalchemy import and_, func, null, or_, select
from sqlalchemy.orm import Session

from qms.db.ledger import ledger
from qms.models.trail import NumberSeries, Signature
from qms.rules.trail import value_words
from qms.rules.trail_evidence_sheets import Noted, Ref, Series, Void
from qms.workflows.trail import Told, read
from qms.workflows.trail_evidence_rows import CHUNK, Called, Ids
from qms.workflows.trail_names import names, table_of
from qms.workflows.trail_signatures import signed_states

REASONS = ("void_reason", "withdrawn_reason")
VOID = "void"


def seqs_of(session: Session, kinds: Sequence[Ids], size: int) -> Sequence[int]:
    """Return the numbers of the entries about the records, among the first `size` of the trail, by time."""
    found = []
    for model, ids in kinds:
        query = select(ledger.c.seq).where(ledger.c.entity == model.__tablename__, ledger.c.entity_id.in_(ids),
                                           ledger.c.seq <= size).order_by(ledger.c.seq)
        with session.connection().execute(query, execution_options={"yield_per": CHUNK}) as result:
            found.append(array("q", (row.seq for row in result)))
    return array("q", merge(*found))


def noted(session: Session, seqs: Sequence[int], person: Called, *, whole: bool) -> Iterator[Noted]:
    """Yield these entries in their order; not `whole`: without what changed."""
    for start in range(0, len(seqs), CHUNK):
        rows = session.execute(select(ledger.c.entry, ledger.c.at, ledger.c.hash)
                               .where(ledger.c.seq.in_(seqs[start:start + CHUNK])).order_by(ledger.c.seq)).all()
        some = read(session, rows, person, whole=whole)
        wanted: dict[str, set[int]] = {}
        for told in some:
            wanted.setdefault(told.entity, set()).add(told.entity_id)
        known = names(session, wanted, person)
        for told in some:
            about = told.entity, told.entity_id
            yield _noted(told, Ref(*about, known.get(about, f"#{told.entity_id}")))


def _noted(told: Told, record: Ref) -> Noted:
    return Noted(told.seq, told.at, told.who, told.behalf, told.roles, told.action, told.what, record, told.rev,
                 told.created, told.changes, told.reason, told.rules, told.hash)


def voids(session: Session, kinds: Sequence[Ids], person: Called) -> Iterator[Void]:
    """Yield the records that were voided or withdrawn, with the entry that did it."""
    for model, ids in kinds:
        held = table_of(model.__tablename__)
        reason = next((held.c[name] for name in REASONS if name in held.columns), null())
        state = held.c.get("state", null())
        query = select(held.c.id, reason, state).where(held.c.id.in_(ids), or_(reason.is_not(None), state == VOID))
        yield from _voids(session, held.name, session.execute(query.order_by(held.c.id)).all(), person)


def _voids(session: Session, table: str, rows: Sequence[Any], person: Called) -> Iterator[Void]:
    for start in range(0, len(rows), CHUNK):
        some = rows[start:start + CHUNK]
        ids = [row[0] for row in some]
        known, done = names(session, {table: ids}, person), _done(session, table, ids)
        for record_id, reason, state in some:
            at, who = done[record_id]
            yield Void(Ref(table, record_id, known.get((table, record_id), f"#{record_id}")),
                       value_words(table, "state", state), reason, at, person(who))


def _done(session: Session, table: str, ids: Sequence[int]) -> dict[int, tuple[Any, str]]:
    """Return when and by whom each record got its reason: the first entry that has it, else the last one."""
    found: dict[int, tuple[Any, str]] = {}
    with_reason: set[int] = set()
    query = select(ledger.c.entity_id, ledger.c.at, ledger.c.entry).where(
        and_(ledger.c.entity == table, ledger.c.entity_id.in_(ids))).order_by(ledger.c.seq)
    for record_id, at, entry in session.execute(query):
        if record_id in with_reason:
            continue
        said = orjson.loads(entry)
        found[record_id] = at, said["actor"]["name"]
        if any(said["after"].get(name) for name in REASONS):
            with_reason.add(record_id)
    return found


def void_since(session: Session, kinds: Sequence[Ids]) -> dict[int, int]:
    """Return the void signatures of the evidence, each with the version since which it does not hold."""
    ids = next((ids for model, ids in kinds if model is Signature), None)
    signed: dict[str, set[int]] = {}
    if ids is not None:
        for entity, entity_id in session.execute(select(Signature.entity, Signature.entity_id)
                                                 .where(Signature.id.in_(ids))):
            signed.setdefault(entity, set()).add(entity_id)
    states = (signed_states(session, entity, some) for entity, some in signed.items())
    return {one: rev for found in states for one, rev in found.items() if rev is not None}


def series(session: Session, kinds: Sequence[Ids]) -> Iterator[Series]:
    """Yield every series of numbers that a record of the evidence belongs to, as far as it was given."""
    for model, ids in kinds:
        held = table_of(model.__tablename__)
        if not {"number", "serial", "site_id"} <= set(held.columns.keys()):
            continue
        here = session.execute(
            select(held.c.site_id, held.c.year, func.count(), func.min(held.c.number)).where(held.c.id.in_(ids))
            .group_by(held.c.site_id, held.c.year).order_by(held.c.site_id, held.c.year)).all()
        known = names(session, {"sites": {row.site_id for row in here}})
        for site_id, year, count, number in here:
            prefix = str(number).partition("-")[0]
            last = session.scalar(select(NumberSeries.last).where(
                NumberSeries.kind == prefix, NumberSeries.site_id == site_id, NumberSeries.year == year)) or 0
            given = array("q", session.scalars(select(held.c.serial).where(
                held.c.site_id == site_id, held.c.year == year).order_by(held.c.serial)))
            missing = () if len(given) == last else tuple(sorted(set(range(1, last + 1)) - set(given)))
            yield Series(held.name, Ref("sites", site_id, known["sites", site_id]), year, prefix, last, len(given),
                         count, missing)
