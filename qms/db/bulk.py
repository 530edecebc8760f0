"""Knows how new rows of record tables are written at once, each with the entry it owes the trail; knows no feature.

The unit of work of the ORM costs more than the database does when rows are many and only ever added (two thousand
plates with 27 readings each are fifty thousand rows), and when a request that is often made adds a few.
"""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session, make_transient_to_detached

from qms.db.base import Record
from qms.db.identities import next_ids
from qms.db.ledger import Change, plain
from qms.db.prepared import Prepared
from qms.db.search import SEARCHED, keep_found
from qms.db.session import clean_text, columns_of, snapshot, texts_of


def add_many(session: Session, cls: type[Record], rows: Sequence[dict[str, Any]]) -> list[int]:
    """Write new rows, given by column attribute; return their ids in the same order.

    What a row does not give has the column's default, else it is None. What the session holds is flushed before.
    Raises Invalid for control characters and for text that is too long.
    """
    if not rows:
        return []
    session.flush()
    table = _table(cls)
    ids = list(next_ids(session, table, len(rows)))
    defaults = _defaults(cls)
    made = [{**defaults, **row, "id": given, "rev": 1} for given, row in zip(ids, rows, strict=True)]
    for row in made:
        _clean(cls, row)
    session.connection().execute(insert(table), made)
    columns = columns_of(cls)
    _note(session, table.name, made, [{name: plain(row[key]) for key, name in columns} for row in made])
    return ids


def add_now(session: Session, *records: Record) -> None:
    """Write new records one by one, in this order; the session then holds them as if it had flushed them.

    What the session holds is flushed before. Raises Invalid for control characters and for text that is too long.
    """
    session.flush()
    connection = session.connection()
    for record in records:
        cls, row = type(record), record.__dict__
        for key, default in _defaults(cls).items():
            row.setdefault(key, default)
        _clean(cls, row)
        row["rev"] = 1
        row["id"], = _insertion(cls).rows(connection, row)[0]
        make_transient_to_detached(record)
        session.add(record)
        _note(session, record.__tablename__, [row], [snapshot(record)])


def _clean(cls: type[Record], row: dict[str, Any]) -> None:
    for key, name, longest in texts_of(cls):
        if row[key] is not None:
            row[key] = clean_text(row[key], name, longest)


def _note(session: Session, name: str, rows: Sequence[dict[str, Any]], kept: Iterable[dict[str, Any]]) -> None:
    """Note new rows for the trail and for the search; `kept` is each as the trail keeps it."""
    session.info["changes"].extend(
        Change(name, row["id"], 1, None, after) for row, after in zip(rows, kept, strict=True))
    if name in SEARCHED:
        keep_found(session.connection(), name, [(row["id"], row["search_text"]) for row in rows])


def _table(cls: type[Record]) -> Table:
    return cast("Table", cls.__table__)


@cache
def _insertion(cls: type[Record]) -> Prepared:
    """Return the statement that writes one row, given by column attribute, and returns its id."""
    table = _table(cls)
    return Prepared(insert(table).returning(table.c.id), [name for _, name in columns_of(cls) if name != "id"])


@cache
def _defaults(cls: type[Record]) -> dict[str, Any]:
    """Return what each column attribute but the id holds when nothing is given."""
    columns = _table(cls).c
    found = {key: columns[name].default for key, name in columns_of(cls) if name != "id"}
    return {key: getattr(default, "arg", None) if default is not None and default.is_scalar else None
            for key, default in found.items()}
