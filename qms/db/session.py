"""Knows that every write has a person and an action and reaches the trail; must not know any feature.

`transaction()` is the only way to write. It catches each new and changed row of a record table at flush, and appends
the entries last, in the same commit.
"""

import threading
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Delete, Insert, String, TextClause, Update, event, inspect
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction
from sqlalchemy.orm.base import NO_VALUE
from sqlalchemy.orm.exc import StaleDataError

from qms.db.base import Record, record_classes
from qms.db.engine import open_engine
from qms.db.identities import give_ids
from qms.db.ledger import Change, append, plain
from qms.db.rule_counts import count_rule
from qms.db.schema import APPEND_ONLY
from qms.db.search import SEARCHED, keep_found
from qms.db.writer import GroupWriter
from qms.rules.accounts import Actor
from qms.rules.clock import utc_now
from qms.rules.errors import Doubled, Invalid, RuleError, Stale

_PLAIN = frozenset({int, bool, str, type(None)})  # Text is in NFC by then; evidence is kept as it came.


class WriteSession(Session):
    """A session whose changes go to the trail under one person and one action."""

    lent: Connection | None = None
    """Its connection, once it has one: asking SQLAlchemy for it anew for each statement costs more than some of them.
    Within a savepoint it is asked, for that is what begins it."""

    def connection(self, bind_arguments: Any = None, execution_options: Any = None) -> Connection:
        """Return the connection of the transaction."""
        if self.lent is None or bind_arguments or execution_options or self.in_nested_transaction():
            return super().connection(bind_arguments, execution_options)
        return self.lent


class ReadSession(Session):
    """A session that cannot write."""


class Database:
    """One database: its engines and the two ways in, `transaction` and `reading`."""

    def __init__(self, url: str, *, durable: bool = True) -> None:
        self.url = url
        self._write_engine = open_engine(url, writes=True, durable=durable)
        self.read_engine = open_engine(url, writes=False)
        self.is_sqlite = self._write_engine.dialect.name == "sqlite"
        self._request_engine = self.read_engine if self.is_sqlite else open_engine(url, writes=False, one_by_one=True)
        self._writer = GroupWriter(self._write_engine) if self.is_sqlite else None
        self._held = threading.local()

    @contextmanager
    def transaction(self, person: Actor, action: str, reason: str | None = None, *,
                    clock: Callable[[], datetime] = utc_now) -> Iterator[Session]:
        """Open the one write session of a piece of work; all of it becomes durable at the end, or none.

        `action` is `<feature>.<verb>`. Raises Stale, Doubled or Invalid for what the database refused.
        """
        if getattr(self._held, "busy", False):
            msg = "a write session is already open in this thread: it would wait for itself for ever"
            raise RuntimeError(msg)
        self._held.busy = True
        try:
            with self._write_session() as session, _into_the_trail(session, person, action, reason, clock):
                yield session
        except StaleDataError as error:
            raise Stale({}, {}) from error
        except IntegrityError as error:
            raise translated(error) from error
        finally:
            self._held.busy = False

    @contextmanager
    def disposing(self, person: Actor, action: str, reason: str | None = None, *,
                  clock: Callable[[], datetime] = utc_now) -> Iterator[Session]:
        """Open a write session as the owner of the database: the only one in which records may be disposed of (R-44).

        Not while this thread has another write session open.
        """
        engine = open_engine(self.url, writes=True, owner=True, pool_size=1)
        try:
            with (WriteSession(engine, expire_on_commit=False) as session,
                  _into_the_trail(session, person, action, reason, clock)):
                yield session
        finally:
            engine.dispose()

    @contextmanager
    def read_connection(self) -> Iterator[Connection]:
        """Lend a connection that cannot write: for a single prepared statement, or for `reading` over it.

        On PostgreSQL each of its statements sees the newest state.
        """
        with self._request_engine.connect() as connection:
            yield connection

    @contextmanager
    def reading(self, over: Connection | None = None) -> Iterator[Session]:
        """Open a session that cannot change the database; it sees one state of it, or what `over` sees."""
        with ReadSession(over or self.read_engine, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def _write_session(self) -> Iterator[WriteSession]:
        if self._writer is None:
            with WriteSession(self._write_engine, expire_on_commit=False) as session:
                yield session
            return
        with (
            self._writer.connection() as connection,
            WriteSession(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session,
        ):
            yield session

    def dispose(self) -> None:
        """Close every connection."""
        self._write_engine.dispose()
        self.read_engine.dispose()
        self._request_engine.dispose()


@contextmanager
def _into_the_trail(session: WriteSession, person: Actor, action: str, reason: str | None,
                    clock: Callable[[], datetime]) -> Iterator[None]:
    """Catch what is changed meanwhile, append it to the trail, and commit both."""
    person.leaned_on.clear()
    session.info.update(person=person, action=action, reason=reason, clock=clock, changes=[], rules=[])
    session.lent = session.connection()
    yield
    session.flush()
    changes = session.info["changes"]
    if changes:
        rules = tuple(dict.fromkeys(session.info["rules"]))
        for rule in sorted(rules):
            count_rule(session, rule, "acted", clock().date())
        append(session, person, action, session.info["reason"], clock(), changes, rules)
    session.lent = None
    session.commit()


def now(session: Session) -> datetime:
    """Return the instant that this transaction's records carry."""
    clock: Callable[[], datetime] = session.info.get("clock", utc_now)
    return clock()


def acted(session: Session, rule: str) -> None:
    """Note in the trail entries of this transaction that a rule acted by itself."""
    session.info["rules"].append(rule)


def translated(error: IntegrityError) -> RuleError:
    """Say in a user's words what a constraint of the database refused."""
    detail = str(error.orig)
    if "UNIQUE" in detail or "unique constraint" in detail or "duplicate key" in detail:
        return Doubled("There is already such a record.", "已经有这样的记录。")
    if "FOREIGN KEY" in detail or "foreign key" in detail:
        return Invalid("This refers to a record that is not there.", "引用的记录不存在。")
    return Invalid("The database refused this value.", "数据库拒绝了这个值。")


def is_full(error: DBAPIError) -> bool:
    """Tell whether the database refused a write because the disk is full."""
    detail = str(error.orig)
    return "disk is full" in detail or "No space left" in detail


def snapshot(row: Record) -> dict[str, Any]:
    """Return every column of a flushed record as the trail keeps it; what was never set is None, as in the database."""
    state = inspect(row)
    if state.expired_attributes:
        msg = f"{row.__tablename__}: columns that were not loaded cannot reach the trail: {state.expired_attributes}"
        raise RuntimeError(msg)
    return as_kept(type(row), row.__dict__)


def as_kept(cls: type[Record], held: Mapping[str, Any]) -> dict[str, Any]:
    """Return the columns of a record, given by attribute, as the trail keeps them; what is not given is None."""
    return {name: value if type(value := held.get(key)) in _PLAIN else plain(value) for key, name in columns_of(cls)}


@cache
def columns_of(cls: type[Record]) -> tuple[tuple[str, str], ...]:
    """List (attribute, column) of a record class."""
    return tuple((p.key, p.columns[0].name) for p in inspect(cls).column_attrs)


@cache
def texts_of(cls: type[Record]) -> tuple[tuple[str, str, int | None], ...]:
    """List (attribute, column, longest or None) of a record class's text columns."""
    columns = ((p.key, p.columns[0]) for p in inspect(cls).column_attrs)
    return tuple((key, c.name, c.type.length) for key, c in columns if isinstance(c.type, String))


def clean_text(value: str, column: str, longest: int | None) -> str:
    """Return the text in NFC. Raises Invalid for control characters and for text that is too long."""
    if not (value.isascii() and value.isprintable()):
        value = unicodedata.normalize("NFC", value)
        if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t" for c in value):
            raise Invalid(f"{column}: control characters are not allowed.", f"{column}: 不允许控制字符。", field=column)
    if longest is not None and len(value) > longest:
        raise Invalid(f"{column}: at most {longest} characters, you gave {len(value)}.",
                      f"{column}: 最多 {longest} 个字符, 现有 {len(value)} 个。", field=column)
    return value


@event.listens_for(ReadSession, "before_flush")
def _refuse_to_write(_session: Session, _context: UOWTransaction, _instances: Any) -> None:
    msg = "this session only reads; writing goes through transaction()"
    raise RuntimeError(msg)


@event.listens_for(WriteSession, "before_flush")
def _check_rows(session: Session, _context: UOWTransaction, _instances: Any) -> None:
    if any(isinstance(row, Record) for row in session.deleted):
        msg = "records are never deleted (R-43)"
        raise RuntimeError(msg)
    for row in (*session.new, *session.dirty):
        if isinstance(row, Record):
            _clean_texts(row)
    give_ids(session, session.new)


def _clean_texts(row: Record) -> None:
    held = row.__dict__
    for key, name, longest in texts_of(type(row)):
        value = held.get(key)
        if value is not None:
            cleaned = clean_text(value, name, longest)
            if cleaned != value:
                setattr(row, key, cleaned)


@event.listens_for(WriteSession, "after_flush")
def _catch_changes(session: Session, _context: UOWTransaction) -> None:
    changes: list[Change] = session.info["changes"]
    found: dict[str, list[tuple[int, str]]] = {name: [] for name in SEARCHED}
    for row in session.new:
        if isinstance(row, Record):
            changes.append(Change(row.__tablename__, row.id, row.rev, None, snapshot(row)))
            if row.__tablename__ in found:
                found[row.__tablename__].append((row.id, row.__dict__["search_text"]))
    for row in session.dirty:
        if isinstance(row, Record):
            before = _before(row)
            if before:
                changes.append(Change(row.__tablename__, row.id, row.rev, before, snapshot(row)))
                if "search_text" in before:
                    found[row.__tablename__].append((row.id, row.__dict__["search_text"]))
    for name, texts in found.items():
        if texts:
            keep_found(session.connection(), name, texts)


def _before(row: Record) -> dict[str, Any]:
    """Return the old values of the columns that this flush changed; what was never set was None, as in the database."""
    state = inspect(row)
    committed = state.committed_state
    changed = {}
    for key, name in columns_of(type(row)):
        if key in committed and key != "rev":
            old = None if committed[key] is NO_VALUE else committed[key]
            if old != state.dict.get(key):
                changed[name] = plain(old)
    return changed


@cache
def _guarded() -> frozenset[str]:
    """Name the tables that change only through the session's objects; asked when every model is known."""
    return frozenset({*APPEND_ONLY, *record_classes()})


@event.listens_for(WriteSession, "do_orm_execute")
def _refuse_bulk(state: ORMExecuteState) -> None:
    """Refuse every statement that would change records past the trail."""
    statement = state.statement
    if isinstance(statement, (Insert, Update, Delete)):
        name = statement.table.name  # type: ignore[union-attr]
        if name in _guarded():
            msg = f"{name}: records change one by one through the session, so that the trail sees them (R-46)"
            raise RuntimeError(msg)
    elif isinstance(statement, TextClause) and statement.text.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE",
                                                                                        "REPLAC"}:
        msg = "written SQL may not change data (R-46)"
        raise RuntimeError(msg)
