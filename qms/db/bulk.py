"""Knows how new rows of record tables are written at once, each with the entry it owes the trail; knows no feature.

The unit of work of the ORM costs more than the database does when rows are many and only ever added (two thousand
plates with 27 readings each are fifty thousand rows), and when a request that is often made adds a few.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, cast

from sqlalchemy import BindParameter, Table, bindparam, insert, select
from sqlalchemy.orm import Session, make_transient_to_detached

from qms.db.base import Record
from qms.db.identities import next_ids
from qms.db.ledger import Change
from qms.db.prepared import Prepared
from qms.db.search import SEARCHED, keep_found
from qms.db.session import as_kept, clean_text, columns_of, texts_of

Part = tuple[type[Record], dict[str, Any]]
"""A class and the values of one new row of it, by column attribute."""


def add_many(session: Session, cls: type[Record], rows: Sequence[dict[str, Any]]) -> list[int]:
    """Write new rows, given by column attribute; return their ids in the same order.

    What a row does not give has the column's default, else it is None. What the session holds is flushed before.
    Raises Invalid for control characters and for text that is too long.
    """
    if not rows:
        return []
    session.flush()
    table = _table(cls)
    ids = next_ids(session, table, len(rows))
    made = [_complete(cls, {**row, "id": given}) for given, row in zip(ids, rows, strict=True)]
    session.connection().execute(insert(table), made)
    _note(session, cls, made)
    return [row["id"] for row in made]


def add_now(session: Session, *records: Record) -> None:
    """Write new records one by one, in this order; the session then holds them as if it had flushed them.

    What the session holds is flushed before. Raises Invalid for control characters and for text that is too long.
    """
    session.flush()
    for record in records:
        row = _complete(type(record), record.__dict__)
        _insert(session, type(record), row)
        _hold(session, record)
        _note(session, type(record), [row])


def add_with(session: Session, record: Record, key: str, parts: Sequence[Part]) -> None:
    """Write a new record and new rows that refer to it by `key`, by one statement where the database can.

    It writes as `add_now` does; the rows are not held by the session.
    """
    for cls, values in parts:
        if unknown := values.keys() - _defaults(cls).keys():
            msg = f"{cls.__name__} has no {', '.join(sorted(unknown))}"
            raise TypeError(msg)
    session.flush()
    first = _complete(type(record), record.__dict__)
    rows = [_complete(cls, dict(values)) for cls, values in parts]
    connection = session.connection()
    if connection.dialect.name == "postgresql":
        statement = _together(type(record), key, tuple(cls for cls, _ in parts))
        values = {f"{name}_{n}": row[name] for n, row in enumerate([first, *rows]) for name in row}
        first["id"], *ids = statement.rows(connection, values)[0]
        for row, given in zip(rows, ids, strict=True):
            row.update({"id": given, key: first["id"]})
    else:
        _insert(session, type(record), first)
        for (cls, _), row in zip(parts, rows, strict=True):
            row[key] = first["id"]
            _insert(session, cls, row)
    _hold(session, record)
    _note(session, type(record), [first])
    for (cls, _), row in zip(parts, rows, strict=True):
        _note(session, cls, [row])


def _complete(cls: type[Record], row: dict[str, Any]) -> dict[str, Any]:
    """Return the row with what it did not give, its texts as they are kept. Raises Invalid."""
    for key, default in _defaults(cls).items():
        row.setdefault(key, default)
    for key, name, longest in texts_of(cls):
        if row[key] is not None:
            row[key] = clean_text(row[key], name, longest)
    row["rev"] = 1
    return row


def _insert(session: Session, cls: type[Record], row: dict[str, Any]) -> None:
    row["id"], = _insertion(cls).rows(session.connection(), row)[0]


def _hold(session: Session, record: Record) -> None:
    make_transient_to_detached(record)
    session.add(record)


def _note(session: Session, cls: type[Record], rows: Sequence[dict[str, Any]]) -> None:
    """Note new rows for the trail and for the search."""
    name = cls.__tablename__
    session.info["changes"].extend(Change(name, row["id"], 1, None, as_kept(cls, row)) for row in rows)
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
def _together(cls: type[Record], key: str, parts: tuple[type[Record], ...]) -> Prepared:
    """Return the statement that writes a row and its parts, and returns their ids.

    What is given has the place of its row after its name: 0 for the first.
    """
    table = _table(cls)
    first = insert(table).values(_given(cls, 0)).returning(table.c.id).cte("row_0")
    written = [first]
    for n, part in enumerate(parts, 1):
        table = _table(part)
        given = {name: value for name, value in _given(part, n).items() if name != key}
        written.append(insert(table).from_select([key, *given], select(first.c.id, *given.values()))
                       .returning(table.c.id).cte(f"row_{n}"))
    return Prepared(select(*(row.c.id for row in written)))


def _given(cls: type[Record], place: int) -> dict[str, BindParameter[Any]]:
    columns = _table(cls).c
    return {name: bindparam(f"{key}_{place}", type_=columns[name].type) for key, name in columns_of(cls)
            if name != "id"}


@cache
def _defaults(cls: type[Record]) -> dict[str, Any]:
    """Return what each column attribute but the id holds when nothing is given."""
    columns = _table(cls).c
    found = {key: columns[name].default for key, name in columns_of(cls) if name != "id"}
    return {key: getattr(default, "arg", None) if default is not None and default.is_scalar else None
            for key, default in found.items()}
