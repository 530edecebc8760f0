"""A row for every record table, with its entry in the trail, and what is done to it by SQL behind the application.

Rows are made by their columns' types; what they refer to need not be there, for the guards are off.
"""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    delete,
    insert,
    inspect,
    select,
    text,
    update,
)

from qms.db import Exact, UtcTime, Verbatim
from qms.db.ledger import canonical, entry_hash, ledger, plain
from qms.rules.clock import rfc3339

FIRST = 1_000_001
VERBS = ("update", "delete", "insert")
AT = datetime(2026, 11, 2, 4, tzinfo=UTC)


def put(connection: Connection, table: Table, row_id: int) -> None:
    """Insert a row and append its entry, as the application would."""
    row = _row(table, row_id)
    connection.execute(insert(table).values(row))
    last, prev = connection.execute(select(ledger.c.seq, ledger.c.hash).order_by(ledger.c.seq.desc()).limit(1)).one()
    seq, after = last + 1, {name: plain(value) for name, value in row.items()}
    entry = canonical({"seq": seq, "entity": table.name, "entity_id": row_id, "rev": 1, "action": "tests.torture",
                       "at": rfc3339(AT), "actor": {"id": 0}, "before": None, "after": after})
    connection.execute(insert(ledger).values(
        seq=seq, entry=entry, prev=prev, hash=entry_hash(bytes(prev), seq, entry), entity=table.name,
        entity_id=row_id, entity_rev=1, action="tests.torture", at=AT, actor_id=0))


def attack(connection: Connection, table: Table, verb: str) -> int:
    """Change, delete or add a row by SQL; return its id."""
    if verb == "insert":
        connection.execute(insert(table).values(_row(table, FIRST + 1)))
        return FIRST + 1
    if verb == "delete":
        connection.execute(delete(table).where(table.c.id == FIRST))
        return FIRST
    column = next(c for c in table.columns if c.name not in {"id", "rev"})
    connection.execute(update(table).where(table.c.id == FIRST).values({column.name: _value(column, FIRST + 5)}))
    return FIRST


def loosen(connection: Connection) -> None:
    """Let rows hold what their tables' checks refuse, as whoever owns the database can."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA ignore_check_constraints=ON")
        return
    found = inspect(connection)
    for table in found.get_table_names():
        for one in found.get_check_constraints(table):
            connection.execute(text(f'ALTER TABLE "{table}" DROP CONSTRAINT "{one["name"]}"'))


def _row(table: Table, row_id: int) -> dict[str, Any]:
    return {c.name: row_id if c.name == "id" else 1 if c.name == "rev" else _value(c, row_id) for c in table.columns}


def _value(column: Column[Any], number: int) -> Any:
    """Return a value of the column's type, another for every number."""
    kind = column.type
    if isinstance(kind, UtcTime):
        return AT + timedelta(seconds=number)
    if isinstance(kind, Exact):
        return Decimal(number)
    if isinstance(kind, (Verbatim, String, Text)):
        return str(number)[-(getattr(kind, "length", None) or 20):]
    if isinstance(kind, Boolean):
        return bool(number % 2)
    if isinstance(kind, Date):
        return date(2026, 1, 1) + timedelta(days=number % 1000)
    if isinstance(kind, JSON):
        return [number]
    if isinstance(kind, LargeBinary):
        return str(number).encode()
    if isinstance(kind, Integer) or kind.python_type is int:
        return number
    raise TypeError(f"{column}: no value of {kind!r} is known")
