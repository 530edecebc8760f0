"""Knows when a guard lets the content of a record go: only where a tombstone and `disposed_leaves` name it (R-44)."""

# ruff: noqa: S608  (the names in these statements are tables of ours)

from qms.db.disposed import LONGEST, MARK

_KEPT = ("seq", "prev", "hash", "entity", "entity_id", "entity_rev", "action", "at", "actor_id")
_UNCHANGED = " AND ".join(f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in _KEPT)
_UNCHANGED_ON_SQLITE = " AND ".join(f"NEW.{column} IS OLD.{column}" for column in _KEPT)

ENTRY_MAY_GO = f"""{_UNCHANGED_ON_SQLITE} AND length(NEW.entry) <= {LONGEST}
  AND instr(NEW.entry, CAST('{MARK}' AS BLOB)) > 0 AND instr(OLD.entry, CAST('{MARK}' AS BLOB)) = 0
  AND EXISTS (SELECT 1 FROM disposed_leaves d JOIN tombstones t ON t.id = d.tombstone_id
              WHERE d.seq = OLD.seq AND t.entity = OLD.entity AND t.entity_id = OLD.entity_id)"""
"""When SQLite lets an entry be replaced: once, by what is left of it, and nothing but its bytes."""

ENTRY_FUNCTION = f"""CREATE OR REPLACE FUNCTION qms_refuse_entry() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE named boolean := false;
BEGIN
  IF TG_OP = 'UPDATE' AND {_UNCHANGED} AND length(NEW.entry) <= {LONGEST}
     AND position('{MARK}'::bytea IN NEW.entry) > 0 AND position('{MARK}'::bytea IN OLD.entry) = 0 THEN
    EXECUTE format('SELECT EXISTS (SELECT 1 FROM %%I.disposed_leaves d JOIN %%I.tombstones t ON t.id = d.tombstone_id
                    WHERE d.seq = $1 AND d.leaf = $2 AND t.entity = $3 AND t.entity_id = $4)',
                   TG_TABLE_SCHEMA, TG_TABLE_SCHEMA)
      INTO named USING OLD.seq, sha256('\\x00'::bytea || OLD.entry), OLD.entity, OLD.entity_id;
    IF named THEN RETURN NEW; END IF;
  END IF;
  RAISE EXCEPTION '%% is append-only: %% refused', TG_TABLE_NAME, TG_OP;
END $$"""
"""When PostgreSQL lets an entry be replaced: as on SQLite, and only where the kept leaf is that of its bytes."""

RECORD_FUNCTION = """CREATE OR REPLACE FUNCTION qms_refuse_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE named boolean := false;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %%I.tombstones t JOIN %%I.disposed_leaves d ON d.tombstone_id = t.id
                  WHERE t.entity = $1 AND t.entity_id = $2)', TG_TABLE_SCHEMA, TG_TABLE_SCHEMA)
    INTO named USING TG_TABLE_NAME, OLD.id;
  IF named THEN RETURN OLD; END IF;
  RAISE EXCEPTION '%% is append-only: %% refused', TG_TABLE_NAME, TG_OP;
END $$"""


def row_may_go(table: str) -> str:
    """Return the condition on which SQLite lets a row of a record table go."""
    return ("EXISTS (SELECT 1 FROM tombstones t JOIN disposed_leaves d ON d.tombstone_id = t.id "
            f"WHERE t.entity = '{table}' AND t.entity_id = OLD.id)")
