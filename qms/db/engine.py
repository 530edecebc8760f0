"""Knows how to open a database so that nothing is lost or read half-written; must not know any table.

Source: SQLite WAL with synchronous=FULL and BEGIN IMMEDIATE; PostgreSQL at READ COMMITTED as the role that may only
append to the ledger, and for reading at REPEATABLE READ, so that a reader sees one state as on SQLite.
"""

import math
import time
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import ExceptionContext
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.pool import ConnectionPoolEntry

from qms.db.direct import forget_what_is_rolled_back
from qms.db.prepared import bare_cursor
from qms.db.schema import APP_ROLE, refuse_tampering

_PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000", "recursive_triggers=ON",
            "trusted_schema=OFF", "cache_size=-32000")
# No temp_store=MEMORY: it keeps a savepoint's undo pages in a list whose cost grows with the square of the batch.

ASKED_AFTER = 30.0
"""Seconds after which a connection that nobody used is asked whether it is still there."""


class Refusals:
    """Counts, for this process, how often SQLite refused because another process wrote for too long."""

    busy = 0


class BareSavepoints(SQLiteDialect_pysqlite):
    """SQLite whose savepoints go straight to the driver: every write is in one, and compiling it cost more than it."""

    supports_statement_cache = True

    def do_savepoint(self, connection: Connection, name: str) -> None:
        """Begin it."""
        _at_once(connection, f"SAVEPOINT {name}")

    def do_rollback_to_savepoint(self, connection: Connection, name: str) -> None:
        """Undo what was done since."""
        _at_once(connection, f"ROLLBACK TO SAVEPOINT {name}")

    def do_release_savepoint(self, connection: Connection, name: str) -> None:
        """Keep what was done since."""
        _at_once(connection, f"RELEASE SAVEPOINT {name}")


registry.register("sqlite.bare", __name__, BareSavepoints.__name__)


def _at_once(connection: Connection, sql: str) -> None:
    with bare_cursor(connection, sql) as cursor:
        cursor.execute(sql)


def open_engine(url: str | URL, *, writes: bool, owner: bool = False, durable: bool = True,
                one_by_one: bool = False, pool_size: int = 16) -> Engine:
    """Make an engine for writing or for reading only.

    `owner` is for migrations and verification: no authorizer and no reduced role. Without `durable` a crash of the
    machine may lose all of it: for a file that is made again from the beginning then. PostgreSQL is always durable.
    `one_by_one`, on PostgreSQL: no transactions, each statement stands alone, for requests that look a few things up. A
    transaction would cost two more round trips, and its rollback makes psycopg forget what the server has planned.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        engine = create_engine(parsed.set(drivername="sqlite+bare"), pool_size=pool_size, max_overflow=16,
                               pool_timeout=30, hide_parameters=True)
        _tame_sqlite(engine, writes=writes, owner=owner, durable=durable)
        return engine
    if parsed.drivername in {"postgresql", "postgres"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    isolation = "AUTOCOMMIT" if one_by_one else "READ COMMITTED" if writes else "REPEATABLE READ"
    engine = create_engine(parsed, pool_size=pool_size, max_overflow=16, pool_timeout=30, hide_parameters=True,
                           isolation_level=isolation, skip_autocommit_rollback=True)
    _tame_postgresql(engine, writes=writes, owner=owner)
    _leave_dead_connections(engine)
    forget_what_is_rolled_back(engine)
    return engine


def _tame_sqlite(engine: Engine, *, writes: bool, owner: bool, durable: bool) -> None:
    @event.listens_for(engine, "connect")
    def prepare(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None  # The driver must not emit BEGIN: we do.
        for pragma in _PRAGMAS:
            dbapi.execute("PRAGMA " + pragma)
        if not durable:
            dbapi.execute("PRAGMA synchronous=OFF")
        if not writes:
            dbapi.execute("PRAGMA query_only=ON")
        if not owner:
            dbapi.set_authorizer(refuse_tampering)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    @event.listens_for(engine, "handle_error")
    def count(context: ExceptionContext) -> None:
        if "database is locked" in str(context.original_exception):
            Refusals.busy += 1


def _tame_postgresql(engine: Engine, *, writes: bool, owner: bool) -> None:
    @event.listens_for(engine, "connect")
    def prepare(dbapi: Any, _record: Any) -> None:
        wanted, dbapi.autocommit = dbapi.autocommit, True
        with dbapi.cursor() as cursor:
            cursor.execute("SET TIME ZONE 'UTC'")
            if not writes:
                cursor.execute("SET default_transaction_read_only = on")
            if not owner:
                cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s AND pg_has_role(current_user, oid, 'MEMBER')",
                               (APP_ROLE,))
                if cursor.fetchone():
                    cursor.execute(f"SET ROLE {APP_ROLE}")
        dbapi.autocommit = wanted


def _leave_dead_connections(engine: Engine) -> None:
    """See to it that no connection is lent which the server has closed.

    What the server said at its end lies in the socket, so nobody needs to be asked: an answer costs a round trip, and
    every request borrows two. Only one that lay idle for long is asked, for something between may have dropped it.
    """
    @event.listens_for(engine, "checkin")
    def note(_dbapi: Any, record: ConnectionPoolEntry) -> None:
        record.info["idle_since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def look(dbapi: Any, record: ConnectionPoolEntry, _lent: Any) -> None:
        idle = time.monotonic() - record.info.get("idle_since", math.inf)
        try:
            for _ in range(2):  # The server's last words come before the end.
                dbapi.pgconn.consume_input()
            if idle > ASKED_AFTER:
                engine.dialect.do_ping(dbapi)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error
