"""Knows how a statement that every request needs goes to PostgreSQL by libpq's own call; must not know any table.

For one statement a cursor of psycopg lets go of Python's lock several times and takes it again. Where many threads
want it, that costs more than the statement, and longer than it must a writer holds what others wait for. Beginning a
transaction, and statements that are sent before the answer to the last is there, are left to psycopg. It needs libpq
17, which psycopg's binary brings from 3.3 on.
"""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, cast

from psycopg import Connection
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus, PipelineStatus, TransactionStatus
from sqlalchemy import Connection as Lent
from sqlalchemy import Engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.sql.elements import ClauseElement

Known = dict[Any, Any]
_names = itertools.count(1)


class Direct:
    """A statement that a connection prepares when it first runs it."""

    def __init__(self, statement: ClauseElement, dialect: Dialect, columns: Sequence[str] | None) -> None:
        numbered = cast("Any", type(dialect))(paramstyle="numeric_dollar")
        compiled: Any = statement.compile(dialect=numbered, column_keys=columns)
        self._name = f"qms_{next(_names)}".encode()
        self._sql = str(compiled).encode()
        self._order: Sequence[str] = compiled.positiontup
        self._formats = [PyFormat.TEXT] * len(self._order)

    @staticmethod
    def suits(driver: Connection) -> bool:
        """Tell whether psycopg has nothing to do for this connection first."""
        raw = driver.pgconn
        return raw.pipeline_status == PipelineStatus.OFF and (
            driver.autocommit or raw.transaction_status != TransactionStatus.IDLE)

    def run(self, driver: Connection, known: Known, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return its rows, none where it returns none. `known` is what the pool knows of this connection.

        Raises psycopg.Error.
        """
        raw: Any = driver.pgconn
        prepared: set[bytes] = known.setdefault("prepared", set())
        if self._name not in prepared:
            _check(raw.close_prepared(self._name), driver)  # No error where there is none.
            _check(raw.prepare(self._name, self._sql), driver)
            prepared.add(self._name)
        cells: Any = Transformer(driver)
        given = cells.dump_sequence([values[name] for name in self._order], self._formats)
        result = _check(raw.exec_prepared(self._name, given, cells.formats), driver)
        if result.status != ExecStatus.TUPLES_OK:
            return []
        cells.set_pgresult(result)
        return cast("list[tuple[Any, ...]]", cells.load_rows(0, result.ntuples, tuple))


def _check(result: Any, driver: Connection) -> Any:
    if result.status not in {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}:
        raise error_from_result(result, driver.info.encoding)
    return result


def forget_what_is_rolled_back(engine: Engine) -> None:
    """Prepare anew after a rollback: psycopg may have the server forget every statement then, ours too."""
    @event.listens_for(engine, "rollback")
    @event.listens_for(engine, "rollback_savepoint")
    def forget(connection: Lent, *_savepoint: Any) -> None:
        if not connection.invalidated:
            connection.connection.info.pop("prepared", None)

    @event.listens_for(engine, "reset")
    def forget_too(driver: Connection, record: ConnectionPoolEntry, _state: Any) -> None:
        if driver.pgconn.transaction_status != TransactionStatus.IDLE:
            record.info.pop("prepared", None)
