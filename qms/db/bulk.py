"""Knows how many new rows of a record table are written at once, each with the trail entry it owes; knows no feature.

The unit of work of the ORM costs more than the database does when rows are many and only ever added: two thousand
plates with 27 readings each are fifty thousand rows.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, insert
from sqlalchemy.orm import Session

from qms.db.base import Record
from qms.db.identities import next_ids
from qms.db.ledger import Change, plain
from qms.db.search import SEARCHED, keep_found
from qms.db.session import clean_text, columns_of, texts_of


def add_many(session: Session, cls: type[Record], rows: Sequence[dict[str, Any]]) -> list[int]:
    """Write new rows, given by column attribute; return their ids in the same order.

    What a row does not give has the column's default, else it is None. What the session holds is flushed before.
    Raises Invalid for control characters and for text that is too long.
    """
    table = cls.__table__
    if not rows or not isinstance(table, Table):
        return []
    session.flush()
    ids = list(next_ids(session, table, len(rows)))
    defaults = _defaults(cls, table)
    made = [{**defaults, **row, "id": given, "rev": 1} for given, row in zip(ids, rows, strict=True)]
    for key, name, longest in texts_of(cls):
        for row in made:
            if row[key] is not None:
                row[key] = clean_text(row[key], name, longest)
    connection = session.connection()
    connection.execute(insert(table), made)
    columns = columns_of(cls)
    session.info["changes"].extend(
        Change(table.name, row["id"], 1, None, {name: plain(row[key]) for key, name in columns}) for row in made)
    if table.name in SEARCHED:
        keep_found(connection, table.name, [(row["id"], row["search_text"]) for row in made])
    return ids


def _defaults(cls: type[Record], table: Table) -> dict[str, Any]:
    """Return what each column holds when nothing is given."""
    found: dict[str, Any] = {}
    for key, name in columns_of(cls):
        default = table.c[name].default
        found[key] = getattr(default, "arg", None) if default is not None and default.is_scalar else None
    return found
