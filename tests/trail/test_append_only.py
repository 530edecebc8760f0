"""What a connection of the application cannot do to the ledger and the records, whatever code runs in it."""

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from qms.db import Database
from qms.models.chain import Unit
from tests.plant import make_plant

LEDGER_ROW = "(seq, entry, prev, hash, entity, entity_id, entity_rev, action, at)"
SAME = "SELECT 1, entry, prev, hash, entity, entity_id, entity_rev, action, at FROM ledger WHERE seq = 1"

ON_BOTH = (
    "UPDATE ledger SET entry = entry WHERE seq = 1",
    "DELETE FROM ledger WHERE seq = 1",
    "DELETE FROM ledger",
    "DROP TABLE ledger",
    "ALTER TABLE ledger RENAME TO gone",
    "UPDATE installation SET identity = 'x'",
    "UPDATE checkpoints SET note = 'x'",
    "DELETE FROM checkpoints",
    "DELETE FROM units",
    "INSERT INTO disposed_leaves (seq, leaf, tombstone_id) SELECT 1, hash, 1 FROM ledger WHERE seq = 1",
    "UPDATE disposed_leaves SET tombstone_id = 2",
    "DELETE FROM disposed_leaves",
)
ON_SQLITE = (
    *ON_BOTH,
    f"REPLACE INTO ledger {LEDGER_ROW} {SAME}",
    f"INSERT OR REPLACE INTO ledger {LEDGER_ROW} {SAME}",
    "DROP TRIGGER ledger_no_update",
    "CREATE TRIGGER t AFTER INSERT ON ledger BEGIN SELECT 1; END",
    "CREATE TEMP TRIGGER t AFTER INSERT ON ledger BEGIN SELECT 1; END",
    "PRAGMA writable_schema=ON",
    "PRAGMA recursive_triggers=OFF",
    "ATTACH ':memory:' AS other",
)
ON_POSTGRESQL = (
    *ON_BOTH,
    f"INSERT INTO ledger {LEDGER_ROW} {SAME} ON CONFLICT (seq) DO UPDATE SET entry = EXCLUDED.entry",
    "TRUNCATE ledger",
    "TRUNCATE units CASCADE",
    "ALTER TABLE ledger DISABLE TRIGGER ALL",
    "DROP TRIGGER ledger_no_rewrite ON ledger",
    "CREATE OR REPLACE FUNCTION qms_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$",
    "SET session_replication_role = replica",
    "CREATE RULE r AS ON INSERT TO ledger DO INSTEAD NOTHING",
)


def test_r46_the_application_cannot_rewrite_the_ledger(fresh_db: Database):
    make_plant(fresh_db)
    attacks = ON_SQLITE if fresh_db.is_sqlite else ON_POSTGRESQL
    assert [a for a in attacks if not refused(fresh_db, a)] == []
    with fresh_db.reading() as session:
        assert session.execute(text("SELECT count(*) FROM ledger")).scalar_one() > 20


def refused(database: Database, attack: str) -> bool:
    """Try an attack on a connection of the application; tell whether the database refused it for the right reason."""
    with database._write_session() as session:
        try:
            session.connection().execute(text(attack))
        except DBAPIError as error:
            told = str(error.orig)
            return any(word in told for word in ("append-only", "not authorized", "denied", "never deleted",
                                                 "must be owner"))
        finally:
            session.rollback()
    return False


def test_r46_the_application_can_append(fresh_db: Database):
    plant = make_plant(fresh_db)
    with fresh_db.transaction(plant.quality_engineer, "chain.edit_unit") as session:
        session.get_one(Unit, plant.press).name_en = "Stamping"
    with fresh_db.reading() as session:
        assert session.get_one(Unit, plant.press).name_en == "Stamping"
