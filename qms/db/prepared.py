"""Knows how a statement that every request needs is compiled once and then run bare; must not know any table.

SQLAlchemy's bookkeeping around one short statement costs several times what the statement does. A prepared one keeps
its types and its errors, and leaves out the rest. Its events do not see it; the log does, at DEBUG.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Insert, Select, Update, bindparam, insert
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from qms.db.direct import Direct

log = logging.getLogger(__name__)
Statement = Select[*tuple[Any, ...]] | Insert | Update
Values = Mapping[str, Any]
Row = tuple[Any, ...]
FEW = 8


class Prepared:
    """A statement whose every parameter is a single value, given by name; it takes no lists."""

    def __init__(self, statement: Statement, columns: Sequence[str] | None = None) -> None:
        """`columns` are those that an insert is given values for."""
        self._statement = statement
        self._columns = columns
        self._compiled: dict[str, _Compiled] = {}
        self._together: dict[int, Prepared] = {}

    def rows(self, connection: Connection, values: Values) -> list[Row]:
        """Run it and return every row. Raises what SQLAlchemy raises."""
        compiled = self._on(connection.dialect)
        return compiled.read(compiled.run(connection, compiled.bound(values)))

    def run(self, connection: Connection, values: Values) -> None:
        """Run a statement that returns no rows."""
        compiled = self._on(connection.dialect)
        compiled.run(connection, compiled.bound(values))

    def run_many(self, connection: Connection, many: Sequence[Values]) -> None:
        """Run an insert that returns no rows, once for each of several values."""
        if len(many) <= FEW and connection.dialect.name == "postgresql":
            together = {f"{name}_{n}": values[name] for n, values in enumerate(many) for name in self._columns or ()}
            self._of(len(many)).run(connection, together)
            return
        compiled = self._on(connection.dialect)
        compiled.run(connection, [compiled.bound(values) for values in many], many=True)

    def _of(self, count: int) -> "Prepared":
        """Return this insert for several rows at once: psycopg's pipeline costs more than it saves on a few."""
        if count not in self._together:
            table: Any = self._statement.table  # type: ignore[union-attr]
            rows = [{name: bindparam(f"{name}_{n}", type_=table.c[name].type) for name in self._columns or ()}
                    for n in range(count)]
            self._together[count] = Prepared(insert(table).values(rows))
        return self._together[count]

    def _on(self, dialect: Dialect) -> "_Compiled":
        compiled = self._compiled.get(dialect.name)
        if compiled is None:
            compiled = self._compiled[dialect.name] = _Compiled(self._statement, dialect, self._columns)
        return compiled


class _Compiled:
    """A statement in one database's SQL, with what turns values into parameters and cells into values."""

    def __init__(self, statement: Statement, dialect: Dialect, columns: Sequence[str] | None) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=columns)
        self.dialect = dialect
        self.sql = str(compiled)
        self.direct = Direct(statement, dialect, columns) if dialect.name == "postgresql" else None
        self.order: Sequence[str] | None = compiled.positiontup if compiled.positional else None
        binds = {name: compiled.binds[name] for name in compiled.construct_params(_check=False)}
        processes = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in binds.items()}
        self.fixed = {name: processes[name](bind.value) if processes[name] else bind.value
                      for name, bind in binds.items() if not bind.required}
        self.asked = [(name, processes[name]) for name, bind in binds.items() if bind.required]
        cells = [column.type.dialect_impl(dialect).result_processor(dialect, None)
                 for column in statement.exported_columns]
        self.returns = bool(cells)
        self.cells = [(place, process) for place, process in enumerate(cells) if process is not None]

    def bound(self, values: Values) -> Any:
        """Return the parameters as the driver takes them. Raises KeyError for a value that is not given."""
        ready = {name: process(values[name]) if process else values[name] for name, process in self.asked}
        if self.fixed:
            ready |= self.fixed
        return ready if self.order is None else [ready[name] for name in self.order]

    def run(self, connection: Connection, parameters: Any, *, many: bool = False) -> list[Row]:
        """Return the rows as the driver gives them; none when the statement returns none."""
        if self.direct is not None and not many:
            driver: Any = connection.connection.dbapi_connection
            if self.direct.suits(driver):
                with _refusals(connection, self.sql, parameters):
                    return self.direct.run(driver, connection.connection.info, parameters)
        with bare_cursor(connection, self.sql, parameters, many=many) as cursor:
            if many:
                cursor.executemany(self.sql, parameters)
                return []
            cursor.execute(self.sql, parameters)
            return list(cursor.fetchall()) if self.returns else []

    def read(self, found: list[Row]) -> list[Row]:
        """Return rows with their cells as the columns' types have them."""
        if not self.cells:
            return found
        return [self._read(row) for row in found]

    def _read(self, row: Row) -> Row:
        cells = list(row)
        for place, process in self.cells:
            cells[place] = process(cells[place])
        return tuple(cells)


@contextmanager
def bare_cursor(connection: Connection, sql: str, parameters: Any = None, *, many: bool = False) -> Iterator[Any]:
    """Lend the driver's own cursor for a statement. Raises what SQLAlchemy raises."""
    cursor = connection.connection.cursor()
    try:
        with _refusals(connection, sql, parameters, many=many):
            yield cursor
    finally:
        cursor.close()


@contextmanager
def _refusals(connection: Connection, sql: str, parameters: Any, *, many: bool = False) -> Iterator[None]:
    """Raise what SQLAlchemy raises for what the driver raises."""
    log.debug(sql)
    failed = connection.dialect.loaded_dbapi.Error
    try:
        yield
    except failed as error:
        raise DBAPIError.instance(sql, parameters, error, failed, dialect=connection.dialect,
                                  ismulti=many) from error


@contextmanager
def last_before_commit(session: Session) -> Iterator[None]:
    """Send the last statement of a transaction together with its commit, where the session may commit by itself.

    On PostgreSQL the locks are then held one round trip less, and nobody waits until this process runs again. What
    SQLAlchemy does at its own commit finds nothing to do.
    """
    connection = session.connection()
    if connection.dialect.name != "postgresql" or isinstance(session.get_bind(), Connection):
        yield
        return
    driver: Any = connection.connection.driver_connection
    with _refusals(connection, "COMMIT", None), driver.pipeline():
        yield
        driver.commit()
