"""What somebody can do to the ledger who holds the whole database but not the signing key."""

import orjson
from sqlalchemy import Connection, select, text, update

from qms.db import record_classes
from qms.db.ledger import canonical, entry_hash, ledger
from qms.db.schema import APPEND_ONLY


def unguard(connection: Connection) -> None:
    """Take every guard off, as the owner of a database can."""
    if connection.dialect.name == "sqlite":
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in names:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        return
    connection.exec_driver_sql("SET session_replication_role = replica")
    for table in (*APPEND_ONLY, *record_classes()):
        connection.exec_driver_sql(f"ALTER TABLE {table} DISABLE TRIGGER ALL")


def rewrite(connection: Connection, start: int) -> None:
    """Give the entry `start` another actor and hash everything from there on anew: the chain by itself is whole."""
    rows = connection.execute(select(ledger.c.seq, ledger.c.entry, ledger.c.prev).where(ledger.c.seq >= start)
                              .order_by(ledger.c.seq)).all()
    head = bytes(rows[0].prev)
    for seq, _entry, _prev in reversed(rows):  # Hashes and links are unique: nothing may be met on the way.
        connection.execute(update(ledger).where(ledger.c.seq == seq)
                           .values(prev=b"p" + seq.to_bytes(31, "big"), hash=b"h" + seq.to_bytes(31, "big")))
    for seq, entry, _prev in rows:
        said = orjson.loads(entry)
        if seq == start:
            said["actor"]["name"] = "somebody else"
        changed = canonical(said)
        digest = entry_hash(head, seq, changed)
        connection.execute(update(ledger).where(ledger.c.seq == seq).values(entry=changed, prev=head, hash=digest))
        head = digest
