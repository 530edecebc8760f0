"""Fixtures for databases: SQLite always, PostgreSQL where a server answers; each test is rolled back."""

import atexit
import os
import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from pathlib import Path

import psycopg
import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection, make_url
from sqlalchemy.orm import Session

from qms.db import Database
from qms.db.session import ReadSession, WriteSession
from qms.db.upgrade import upgrade
from qms.rules.accounts import SYSTEM
from qms.workflows import accounts

POSTGRES = os.environ.get("QMS_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/test")
REQUIRED = bool(os.environ.get("CI"))
accounts._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # The real cost is for guessers.

__all__ = ["_backend_url", "_rolled_back", "db", "fresh_db", "pytest_generate_tests"]


def _postgres_answers() -> bool:
    try:
        psycopg.connect(POSTGRES, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


HAS_POSTGRES = _postgres_answers()


def backends() -> list[str]:
    """Name the databases to test on; QMS_TEST_BACKEND picks one."""
    chosen = os.environ.get("QMS_TEST_BACKEND")
    return [chosen] if chosen else ["sqlite", "postgresql"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run every test that asks for a database once on each."""
    if "_backend_url" in metafunc.fixturenames:
        metafunc.parametrize("_backend_url", backends(), indirect=True, scope="session")


class RolledBack(Database):
    """A database whose every session is a savepoint of one connection that is rolled back at the end."""

    def begin(self, over: Database | None = None) -> None:
        """Open the connection that everything goes through; `over`: to another database, which holds something."""
        self.connection = (over or self)._write_engine.connect()
        self.outer = self.connection.begin()

    def end(self) -> None:
        """Undo everything."""
        self.outer.rollback()
        self.connection.close()

    @contextmanager
    def _write_session(self) -> Iterator[Session]:
        with WriteSession(self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            yield session

    @contextmanager
    def read_connection(self) -> Iterator[Connection]:
        yield self.connection

    @contextmanager
    def reading(self, over: Connection | None = None) -> Iterator[Session]:  # noqa: ARG002
        with ReadSession(self.connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            yield session


@cache
def _empty_sqlite() -> Path:
    """Make one migrated SQLite file per process, to be copied by every test that wants its own."""
    path = Path(tempfile.mkdtemp(prefix="qms-empty-")) / "empty.sqlite"
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    upgrade(f"sqlite:///{path}")
    _begin_trail(f"sqlite:///{path}")
    sqlite3.connect(path).execute("PRAGMA wal_checkpoint(TRUNCATE)").connection.close()
    return path


def _make_sqlite(folder: Path) -> str:
    shutil.copy(_empty_sqlite(), folder / "test.sqlite")
    return f"sqlite:///{folder / 'test.sqlite'}"


@cache
def _empty_postgresql() -> str:
    """Make one migrated database per process, to be copied by every test that wants its own; return its name."""
    name = f"qms_empty_{uuid.uuid4().hex[:12]}"
    _on_postgresql(f"CREATE DATABASE {name}")
    atexit.register(_on_postgresql, f"DROP DATABASE {name} WITH (FORCE)")
    upgrade(_url_of(name))
    _begin_trail(_url_of(name))
    return name


def _url_of(database: str) -> str:
    return make_url(POSTGRES).set(database=database).render_as_string(hide_password=False)


def _on_postgresql(statement: str) -> None:
    with psycopg.connect(POSTGRES, autocommit=True) as connection:
        connection.execute(statement)


@contextmanager
def made_database(backend: str, folder: Path) -> Iterator[str]:
    """Make an empty database with its schema; yield its URL."""
    if backend == "sqlite":
        yield _make_sqlite(folder)
        return
    if not HAS_POSTGRES:
        if REQUIRED:
            pytest.fail("PostgreSQL is required in CI and does not answer")
        pytest.skip("no PostgreSQL answers at QMS_TEST_POSTGRES_URL")
    name = f"qms_{uuid.uuid4().hex[:12]}"
    _on_postgresql(f"CREATE DATABASE {name} TEMPLATE {_empty_postgresql()}")
    try:
        yield _url_of(name)
    finally:
        _on_postgresql(f"DROP DATABASE {name} WITH (FORCE)")


def _begin_trail(url: str) -> None:
    database = Database(url)
    with database.transaction(SYSTEM, "trail.begin") as session:
        accounts.begin(session)
    database.dispose()


@pytest.fixture(scope="session")
def _backend_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with made_database(request.param, tmp_path_factory.mktemp("database")) as url:
        yield url


@pytest.fixture(scope="session")
def _rolled_back(_backend_url: str) -> Iterator[RolledBack]:
    """One database for all tests of a process, so that a statement is compiled once and not for every test."""
    database = RolledBack(_backend_url)
    yield database
    database.dispose()


@pytest.fixture
def db(_rolled_back: RolledBack, request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database on each backend, empty or with the plant in it; what a test writes is rolled back."""
    _rolled_back.begin(request.getfixturevalue("_planted")[0] if "plant" in request.fixturenames else None)
    yield _rolled_back
    _rolled_back.end()


@pytest.fixture
def fresh_db(_backend_url: str, tmp_path: Path) -> Iterator[Database]:
    """A database of its own, for tests that need real commits, threads or other processes."""
    backend = make_url(_backend_url).get_backend_name()
    with made_database(backend, tmp_path) as url:
        database = Database(url)
        yield database
        database.dispose()


def fixed(at: datetime) -> Callable[[], datetime]:
    """Return a clock that stands still."""
    return lambda: at
