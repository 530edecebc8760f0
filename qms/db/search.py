"""Knows how text is indexed so that two Chinese characters find a record; must not know which records there are.

Every Chinese character becomes a word of its own, so that any run of them is a phrase. SQLite keeps the words in an
FTS5 table beside the records, PostgreSQL in a GIN index.
"""

import re
import unicodedata
from collections.abc import Sequence

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.sql import column

from qms.db.prepared import Prepared

_WORDS = re.compile(r"[㐀-鿿豈-﫿]|[^\W_㐀-鿿豈-﫿]+", re.UNICODE)
FEW = 1_000
"""As many records as SQLite may be told to look through by a list, which it makes before the first row is answered."""
SEARCHED = ("actions", "handovers", "lessons", "rejections", "service_requests")
_KEEP = {name: Prepared(insert(table(f"{name}_search", column("rowid", Integer), column("body", String)))
                        .prefix_with("OR REPLACE"), ("rowid", "body")) for name in SEARCHED}


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
    asked = phrase(sought, sqlite=sqlite)
    if asked is None:
        return None
    if sqlite:
        return records.c.id.in_(found_rows(records, literal(asked)))
    return vector_matches(records, literal(asked))


def matches_in_order(connection: Connection, records: Table, sought: str,
                     few: int = FEW) -> list[ColumnElement[bool]]:
    """Return the conditions that a record holds what was sought, for a query that goes through records in an order.

    SQLite reads the texts of the records as they come once the search table knows more than a `few`: it would
    list them all first.
    """
    sqlite = connection.dialect.name == "sqlite"
    found = matches(records, sought, sqlite=sqlite)
    if found is None:
        return []
    if not sqlite:
        return [found]
    some = found_rows(records, bindparam("sought")).limit(few + 1).subquery()
    rows = connection.execute(select(func.count()).select_from(some), {"sought": phrase(sought, sqlite=True)}).scalar()
    return [found] if (rows or 0) <= few else texts_hold(records, [literal(pattern) for pattern in patterns(sought)])


def texts_hold(records: Table, sought: Sequence[ColumnElement[str]]) -> list[ColumnElement[bool]]:
    """Return the conditions that a record's own text holds what some `patterns` say."""
    spaced = literal(" ").concat(records.c.search_text).concat(literal(" "))
    return [spaced.like(pattern) for pattern in sought]


def phrase(sought: str, *, sqlite: bool) -> str | None:
    """Return what was sought in the language of the database's search index; None when nothing was."""
    parts = [found for part in sought.split() if (found := words(part))]
    if not parts:
        return None
    if sqlite:
        return " AND ".join('"' + " ".join(part) + '"' + ("" if _is_cjk(part[-1]) else "*") for part in parts)
    return " & ".join(
        "(" + " <-> ".join([*part[:-1], part[-1] + ("" if _is_cjk(part[-1]) else ":*")]) + ")" for part in parts)


def patterns(sought: str) -> list[str]:
    """Return what was sought as LIKE patterns for a record's text between two spaces, one for each part."""
    return ["% " + " ".join(part) + (" %" if _is_cjk(part[-1]) else "%")
            for part in map(words, sought.split()) if part]


def found_rows(records: Table, asked: ColumnElement[str]) -> Select[tuple[int]]:
    """Return the ids (`rowid`) that SQLite's search table, which yields them in order, has for a phrase."""
    found = table(f"{records.name}_search", column("rowid", Integer))
    return select(found.c.rowid).where(literal_column(found.name).op("MATCH")(asked))


def vector_matches(records: Table, asked: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that PostgreSQL's search index has a record for a phrase."""
    return func.to_tsvector(text("'simple'"), records.c.search_text).op("@@")(func.to_tsquery(text("'simple'"), asked))


def _is_cjk(word: str) -> bool:
    return len(word) == 1 and "㐀" <= word <= "﫿"


def forget_found(connection: Connection, name: str, row_id: int) -> None:
    """Take a record out of SQLite's search table; PostgreSQL's index follows the row."""
    if connection.dialect.name == "sqlite":
        found = table(f"{name}_search", column("rowid", Integer))
        connection.execute(delete(found).where(found.c.rowid == row_id))


def keep_found(connection: Connection, name: str, texts: list[tuple[int, str]]) -> None:
    """Bring SQLite's search table up to the new texts of records (id, text); PostgreSQL keeps its index itself."""
    if connection.dialect.name == "sqlite":
        _KEEP[name].run_many(connection, [{"rowid": row_id, "body": body} for row_id, body in texts])
