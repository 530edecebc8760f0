"""Brings a database to this version's schema and puts its guards in place; must not know any feature's table."""

import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, insert, inspect, select
from sqlalchemy.exc import OperationalError

from qms.db.base import Base
from qms.db.engine import open_engine
from qms.db.ledger import installation
from qms.db.schema import guard
from qms.db.search import create_search
from qms.rules.clock import utc_now
from qms.rules.errors import Invalid

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"
ALONE_SECONDS = 60
IN_THE_WAY = {"55P03", "40P01"}
"""PostgreSQL's lock_not_available and deadlock_detected."""


def upgrade(url: str) -> list[str]:
    """Migrate to the newest schema. Returns warnings about guards that this database user may not set up.

    Raises Invalid where others hold the database for too long.
    """
    engine = open_engine(url, writes=True, owner=True)
    try:
        with alone(engine) as connection:
            command.upgrade(_config(connection), "head")
            create_search(connection)
            warnings = guard(connection)
            if connection.execute(select(installation.c.id)).first() is None:
                connection.execute(insert(installation).values(id=1, identity=str(uuid.uuid4()), created_at=utc_now()))
    finally:
        engine.dispose()
    return warnings


@contextmanager
def alone(engine: Engine) -> Iterator[Connection]:
    """Open a transaction during which nobody else writes; who wants to waits until it is over.

    On PostgreSQL each table is locked before any is changed: changed one after the other, they and a writer would wait
    crosswise. A try that must wait lets go of all at once, so that the writer it waits for can end. Raises Invalid.
    """
    until = time.monotonic() + ALONE_SECONDS
    with engine.connect() as connection:
        while not _locked(connection):
            if time.monotonic() > until:
                raise Invalid("Others keep writing to the database. Stop the service, then run qms upgrade again.",
                              "其他程序一直在写入数据库。请停止服务后重新运行 qms upgrade。")
            time.sleep(0.1)
        yield connection
        connection.commit()


def _locked(connection: Connection) -> bool:
    """Begin a transaction and lock our tables; return False, with nothing locked, where somebody is in the way."""
    connection.begin()
    there = inspect(connection).get_table_names() if connection.dialect.name == "postgresql" else []
    tables = Base.metadata.tables.keys() & there
    if not tables:
        return True
    try:
        connection.exec_driver_sql("SET LOCAL lock_timeout = '200ms'")
        connection.exec_driver_sql(f"LOCK TABLE {', '.join(sorted(tables))} IN ACCESS EXCLUSIVE MODE")
        connection.exec_driver_sql("SET LOCAL lock_timeout = DEFAULT")
    except OperationalError as error:
        if getattr(error.orig, "sqlstate", None) not in IN_THE_WAY:
            raise
        connection.rollback()
        return False
    return True


def is_current(url: str) -> bool:
    """Tell whether the database has this version's schema."""
    engine = open_engine(url, writes=False, owner=True)
    try:
        with engine.connect() as connection:
            if not inspect(connection).has_table("alembic_version"):
                return False
            known = MigrationContext.configure(connection).get_current_revision()
            return known == head()
    finally:
        engine.dispose()


def need_current(url: str) -> None:
    """Raise Invalid where the database does not have this version's schema."""
    if not is_current(url):
        raise Invalid("The database is not at this version's schema. Run: qms upgrade",
                      "数据库结构与本版本不符。请运行: qms upgrade")


@cache
def head() -> str | None:
    """Return the revision of this version's schema."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("file_template", "%%(rev)s_%%(slug)s")
    config.attributes["connection"] = connection
    return config
