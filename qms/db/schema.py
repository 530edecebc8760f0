"""Knows which tables are guarded and by what triggers, roles and refusals; must not know what the rows mean."""

import sqlite3
from collections.abc import Iterator

from sqlalchemy import Connection, text

from qms.db.base import Base, record_classes
from qms.db.schema_disposed import ENTRY_FUNCTION, ENTRY_MAY_GO, RECORD_FUNCTION, row_may_go

APP_ROLE = "qms_app"
OWNER_ROLE = "qms_ledger_owner"
APPEND_ONLY = ("ledger", "installation", "checkpoints", "disposed_leaves")
OWNER_ONLY = "disposed_leaves"
"""Written by the owner of the database only: an entry may be replaced, and a row go, only where this table names it."""

_DENIED_PRAGMAS = {"writable_schema", "recursive_triggers", "trusted_schema", "journal_mode", "synchronous",
                   "foreign_keys", "ignore_check_constraints", "defer_foreign_keys"}
_DENIED_ALWAYS = {
    sqlite3.SQLITE_DROP_TABLE, sqlite3.SQLITE_DROP_TRIGGER, sqlite3.SQLITE_DROP_INDEX, sqlite3.SQLITE_DROP_VIEW,
    sqlite3.SQLITE_ALTER_TABLE, sqlite3.SQLITE_CREATE_TRIGGER, sqlite3.SQLITE_CREATE_TEMP_TRIGGER,
    sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH,
}


def guard(connection: Connection) -> list[str]:
    """Put the triggers, and on PostgreSQL the roles, in place; run by the owner after the tables are made.

    Returns what could not be done, in words; empty when everything is in place.
    """
    records = list(record_classes())
    if connection.dialect.name == "sqlite":
        for statement in _sqlite_triggers(records):
            connection.exec_driver_sql(statement)
        return []
    for statement in _postgresql_triggers(records):
        connection.exec_driver_sql(statement)
    return _postgresql_roles(connection, records)


def refuse_tampering(action: int, first: str | None, second: str | None, _db: str | None, _by: str | None) -> int:
    """Deny, as SQLite's authorizer, what no part of the application may ask of the database."""
    if action in _DENIED_ALWAYS:
        return sqlite3.SQLITE_DENY
    if action in {sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE} and first in APPEND_ONLY:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_INSERT and first == OWNER_ONLY:
        return sqlite3.SQLITE_DENY
    if action == sqlite3.SQLITE_PRAGMA and first in _DENIED_PRAGMAS and second is not None:
        return sqlite3.SQLITE_DENY
    return sqlite3.SQLITE_OK


def _sqlite_triggers(records: list[str]) -> Iterator[str]:
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            unless = f"WHEN NOT ({ENTRY_MAY_GO}) " if (table, verb) == ("ledger", "UPDATE") else ""
            yield (f"CREATE TRIGGER IF NOT EXISTS {table}_no_{verb.lower()} BEFORE {verb} ON {table} {unless}"
                   f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
    yield ("CREATE TRIGGER IF NOT EXISTS disposed_leaves_no_replace BEFORE INSERT ON disposed_leaves WHEN EXISTS "
           "(SELECT 1 FROM disposed_leaves WHERE seq = NEW.seq) "
           "BEGIN SELECT RAISE(ABORT, 'disposed_leaves is append-only'); END")
    yield ("CREATE TRIGGER IF NOT EXISTS ledger_no_replace BEFORE INSERT ON ledger WHEN EXISTS (SELECT 1 FROM ledger "
           "WHERE seq = NEW.seq) OR EXISTS (SELECT 1 FROM ledger WHERE hash = NEW.hash) "
           "BEGIN SELECT RAISE(ABORT, 'ledger is append-only'); END")
    yield ("CREATE TRIGGER IF NOT EXISTS checkpoints_no_replace BEFORE INSERT ON checkpoints WHEN EXISTS "
           "(SELECT 1 FROM checkpoints WHERE size = NEW.size) "
           "BEGIN SELECT RAISE(ABORT, 'checkpoints is append-only'); END")
    yield ("CREATE TRIGGER IF NOT EXISTS installation_no_replace BEFORE INSERT ON installation "
           "WHEN EXISTS (SELECT 1 FROM installation) BEGIN SELECT RAISE(ABORT, 'installation is append-only'); END")
    for table in records:
        yield (f"CREATE TRIGGER IF NOT EXISTS {table}_no_delete BEFORE DELETE ON {table} WHEN NOT {row_may_go(table)} "
               f"BEGIN SELECT RAISE(ABORT, 'records are never deleted'); END")


def _postgresql_triggers(records: list[str]) -> Iterator[str]:
    yield ("CREATE OR REPLACE FUNCTION qms_refuse() RETURNS trigger LANGUAGE plpgsql AS "
           "$$ BEGIN RAISE EXCEPTION '%% is append-only: %% refused', TG_TABLE_NAME, TG_OP; END $$")
    yield ENTRY_FUNCTION
    yield RECORD_FUNCTION
    for table in (*APPEND_ONLY, *records):
        verbs = "UPDATE OR DELETE" if table in APPEND_ONLY else "DELETE"
        checks = "qms_refuse" if table in APPEND_ONLY else "qms_refuse_record"
        checks = "qms_refuse_entry" if table == "ledger" else checks
        yield f"DROP TRIGGER IF EXISTS {table}_no_rewrite ON {table}"
        yield f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}"
        yield (f"CREATE TRIGGER {table}_no_rewrite BEFORE {verbs} ON {table} FOR EACH ROW "
               f"EXECUTE FUNCTION {checks}()")
        yield (f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT "
               "EXECUTE FUNCTION qms_refuse()")
        for trigger in ("no_rewrite", "no_truncate"):
            yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_{trigger}"


def _postgresql_roles(connection: Connection, records: list[str]) -> list[str]:
    """Give the ledger to an owner who cannot sign in, and leave the application reading and appending."""
    may = connection.execute(
        text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
    ).scalar_one()
    if not may:
        return ["this database user may not create roles: the ledger is guarded by triggers only"]
    connection.execute(text("SELECT pg_advisory_xact_lock(716073)"))
    for role in (APP_ROLE, OWNER_ROLE):
        known = connection.execute(text("SELECT 1 FROM pg_roles WHERE rolname = :r"), {"r": role}).first()
        if known is None:
            connection.exec_driver_sql(f"CREATE ROLE {role} NOLOGIN")
    schema = connection.execute(text("SELECT quote_ident(current_schema())")).scalar_one()
    user = connection.execute(text("SELECT quote_ident(current_user)")).scalar_one()
    grants = [
        f"GRANT {APP_ROLE} TO {user}",
        f"GRANT {OWNER_ROLE} TO {user}",
        f"GRANT USAGE ON SCHEMA {schema} TO {APP_ROLE}",
        f"GRANT USAGE, CREATE ON SCHEMA {schema} TO {OWNER_ROLE}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {schema} TO {APP_ROLE}",
    ]
    for table in Base.metadata.tables:
        if table in APPEND_ONLY:
            grants.append(f"ALTER TABLE {table} OWNER TO {OWNER_ROLE}")
            verbs = "SELECT" if table == OWNER_ONLY else "SELECT, INSERT"
            grants.append(f"GRANT {verbs} ON {table} TO {APP_ROLE}")
        else:
            verbs = "SELECT, INSERT, UPDATE" if table in records else "SELECT, INSERT, UPDATE, DELETE"
            grants.append(f"GRANT {verbs} ON {table} TO {APP_ROLE}")
    grants.append(f"GRANT SELECT ON alembic_version TO {APP_ROLE}")
    for statement in grants:
        connection.exec_driver_sql(statement)
    return []
