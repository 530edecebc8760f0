"""A connection that the server has closed is never lent, and a statement once prepared survives a refusal."""

from collections.abc import Callable

import psycopg
import pytest
from sqlalchemy import Connection, Integer, bindparam, make_url, select

from qms.db import Database, engine
from qms.db.prepared import Prepared
from qms.models.chain import Unit
from qms.rules.accounts import SYSTEM
from qms.rules.errors import Invalid
from tests.plant import make_plant

LINE = Prepared(select(Unit.line).where(Unit.id == bindparam("id", type_=Integer)))
MANY = 8
"""More often than psycopg runs a statement before it prepares it."""


@pytest.fixture
def postgresql(fresh_db: Database) -> Database:
    if fresh_db.is_sqlite:
        pytest.skip("a file has no server that could close a connection")
    return fresh_db


def pid(connection: Connection) -> int:
    driver = connection.connection.driver_connection
    assert isinstance(driver, psycopg.Connection)
    return driver.info.backend_pid


def end(database: Database, pids: list[int]) -> None:
    """End connections as a restart of the server does."""
    with psycopg.connect(make_url(database.url).set(drivername="postgresql").render_as_string(hide_password=False),
                         autocommit=True) as other:
        for each in pids:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (each,))


def used(database: Database) -> list[int]:
    """Use a connection of each kind; return the server's processes behind them."""
    with database.transaction(SYSTEM, "chain.edit_unit") as session:
        found = [pid(session.connection())]
    with database.read_connection() as connection:
        found.append(pid(connection))
    with database.reading() as session:
        found.append(pid(session.connection()))
    return found


def test_connections_that_the_server_closed_are_replaced_before_they_are_lent(postgresql: Database):
    before = used(postgresql)
    assert used(postgresql) == before
    end(postgresql, before)
    after = used(postgresql)
    assert not set(after) & set(before)
    assert used(postgresql) == after


def test_a_connection_is_asked_only_after_it_lay_idle_for_long(postgresql: Database, monkeypatch):
    asked: list[object] = []
    dialect = type(postgresql.read_engine.dialect)
    ping = dialect.do_ping
    monkeypatch.setattr(dialect, "do_ping", lambda self, driver: asked.append(driver) or ping(self, driver))
    used(postgresql)
    used(postgresql)
    assert asked == []
    monkeypatch.setattr(engine, "ASKED_AFTER", 0.0)
    used(postgresql)
    assert len(asked) == 3


@pytest.mark.parametrize("run", [1, MANY])
def test_a_prepared_statement_runs_after_refused_transactions(fresh_db: Database, run: int):
    plant = make_plant(fresh_db)

    def refused(work: Callable[[Connection], None]) -> None:
        with pytest.raises(Invalid), fresh_db.transaction(SYSTEM, "chain.edit_unit") as session:
            for _ in range(run):
                session.scalars(select(Unit.code).where(Unit.id == plant.press)).all()
                work(session.connection())
            raise Invalid("no", "不")

    for _ in range(3):
        refused(lambda connection: LINE.rows(connection, {"id": plant.press}))
        with fresh_db.transaction(SYSTEM, "chain.edit_unit") as session:
            for _ in range(run):
                assert len(LINE.rows(session.connection(), {"id": plant.press})) == 1
    with fresh_db.transaction(SYSTEM, "chain.edit_unit") as session:
        with pytest.raises(Invalid), session.begin_nested():
            assert len(LINE.rows(session.connection(), {"id": plant.press})) == 1
            raise Invalid("no", "不")
        assert len(LINE.rows(session.connection(), {"id": plant.press})) == 1


def test_what_is_written_within_a_savepoint_is_undone_with_it(fresh_db: Database):
    plant = make_plant(fresh_db)
    with fresh_db.transaction(SYSTEM, "chain.edit_unit") as session:
        with pytest.raises(Invalid), session.begin_nested():
            session.connection().execute(Unit.__table__.update().values(line="lost"))
            raise Invalid("no", "不")
        assert LINE.rows(session.connection(), {"id": plant.press})[0][0] != "lost"
