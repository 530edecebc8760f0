"""Brings a database to this version's schema and puts its guards in place; must not know any feature's table."""

import uuid
from functools import cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, inspect, select

from qms.db.engine import open_engine
from qms.db.ledger import installation
from qms.db.schema import guard
from qms.db.search import create_search
from qms.rules.clock import utc_now
from qms.rules.errors import Invalid

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def upgrade(url: str) -> list[str]:
    """Migrate to the newest schema. Returns warnings about guards that this database user may not set up."""
    engine = open_engine(url, writes=True, owner=True)
    try:
        with engine.begin() as connection:
            command.upgrade(_config(connection), "head")
            create_search(connection)
            warnings = guard(connection)
            if connection.execute(select(installation.c.id)).first() is None:
                connection.execute(insert(installation).values(id=1, identity=str(uuid.uuid4()), created_at=utc_now()))
    finally:
        engine.dispose()
    return warnings


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
