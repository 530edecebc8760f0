"""Knows how text is indexed so that two Chinese characters find a record; must not know which records there are.

Every Chinese character becomes a word of its own, so that any run of them is a phrase. SQLite keeps the words in an
FTS5 table beside the records, PostgreSQL in a GIN index.
"""

import re
import unicodedata

from sqlalchemy import ColumnElement, Connection, Table, func, literal_column, select, table, text
from sqlalchemy.sql import column

_WORDS = re.compile(r"[㐀-鿿豈-﫿]|[^\W_㐀-鿿豈-﫿]+", re.UNICODE)
SEARCHED = ("handovers", "rejections")


def searchable(*parts: str | None) -> str:
    """Join texts into the words by which they will be found."""
    return " ".join(words(" ".join(p for p in parts if p)))


def words(value: str) -> list[str]:
    """Split a text into its lower-case words, each Chinese character being one."""
    return _WORDS.findall(unicodedata.normalize("NFKC", value).lower())


def create_search(connection: Connection) -> None:
    """Make the search tables or indexes; the record tables are there already."""
    for name in SEARCHED:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(
                f"CREATE VIRTUAL TABLE IF NOT EXISTS {name}_search USING fts5(body, tokenize='unicode61')")
        else:
            connection.exec_driver_sql(
                f"CREATE INDEX IF NOT EXISTS ix_{name}_search ON {name} "
                "USING gin (to_tsvector('simple', search_text))")


def matches(records: Table, sought: str, *, sqlite: bool) -> ColumnElement[bool] | None:
    """Return the condition that a record's text holds every part of what was sought; None when nothing was sought.

    Parts are separated by spaces; each is found as a phrase, its last word also as the beginning of a longer one.
    """
    parts = [found for part in sought.split() if (found := words(part))]
    if not parts:
        return None
    if sqlite:
        phrase = " AND ".join('"' + " ".join(part) + '"' + ("" if _is_cjk(part[-1]) else "*") for part in parts)
        index = table(f"{records.name}_search", column("rowid"))
        return records.c.id.in_(
            select(index.c.rowid).where(literal_column(f"{records.name}_search").op("MATCH")(phrase)))
    query = " & ".join(
        "(" + " <-> ".join([*part[:-1], part[-1] + ("" if _is_cjk(part[-1]) else ":*")]) + ")" for part in parts)
    return func.to_tsvector(text("'simple'"), records.c.search_text).op("@@")(func.to_tsquery(text("'simple'"), query))


def _is_cjk(word: str) -> bool:
    return len(word) == 1 and "㐀" <= word <= "﫿"


def keep_found(connection: Connection, name: str, record_id: int, body: str, *, new: bool) -> None:
    """Bring SQLite's search table up to a record's new text; PostgreSQL keeps its index itself."""
    if connection.dialect.name != "sqlite":
        return
    if not new:
        connection.exec_driver_sql(f"DELETE FROM {name}_search WHERE rowid = ?", (record_id,))  # noqa: S608
    connection.exec_driver_sql(f"INSERT INTO {name}_search (rowid, body) VALUES (?, ?)",  # noqa: S608
                               (record_id, body))
