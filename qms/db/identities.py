"""Knows how a batch of new records gets its ids before it is written, so that it goes to the database in one statement.

Left to itself SQLAlchemy inserts row by row on SQLite to learn each id.
"""

from collections.abc import Iterable

from sqlalchemy import Table, func, select, text
from sqlalchemy.orm import Session

from qms.db.base import Record


def give_ids(session: Session, new: Iterable[object]) -> None:
    """Give ids to new records of which there are several of a kind; one alone gets its id from the database."""
    batches: dict[type[Record], list[Record]] = {}
    for row in new:
        if isinstance(row, Record) and row.__dict__.get("id") is None:
            batches.setdefault(type(row), []).append(row)
    for cls, rows in batches.items():
        table = cls.__table__
        if len(rows) > 1 and isinstance(table, Table):
            for row, given in zip(rows, next_ids(session, table, len(rows)), strict=True):
                row.id = given


def next_ids(session: Session, table: Table, count: int) -> Iterable[int]:
    """Return unused ids: SQLite lets one writer in at a time, PostgreSQL has a sequence."""
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        last = connection.execute(select(func.max(table.c.id))).scalar() or 0
        return range(last + 1, last + count + 1)
    return connection.execute(
        text("SELECT nextval(pg_get_serial_sequence(:t, 'id')) FROM generate_series(1, :n)"),
        {"t": table.name, "n": count}).scalars().all()
