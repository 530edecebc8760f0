"""Knows the current request's person, its one read connection and its one session; must not know any page."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from flask import current_app, g
from sqlalchemy import Connection
from sqlalchemy.orm import Session

from qms.db import Database
from qms.rules.accounts import Actor
from qms.settings import Settings


def database() -> Database:
    """Return the application's database."""
    held: Database = current_app.extensions["qms.database"]
    return held


def settings() -> Settings:
    """Return the application's settings."""
    held: Settings = current_app.extensions["qms.settings"]
    return held


def person() -> Actor:
    """Return who is signed in; only for views that `needs` someone."""
    held: Actor = g.person
    return held


def connection() -> Connection:
    """Return the request's read connection, for a single statement; it is given back when the request ends."""
    if "connection" not in g:
        g.lent = ExitStack()
        g.connection = g.lent.enter_context(database().read_connection())
    held: Connection = g.connection
    return held


def reading() -> Session:
    """Return the request's read session, over its read connection; it is closed when the request ends."""
    if "reading" not in g:
        over = connection()
        g.reading = g.lent.enter_context(database().reading(over))
    held: Session = g.reading
    return held


def close_reading(_error: BaseException | None = None) -> None:
    """End the read session and its connection, so that the next one sees what was written since."""
    g.pop("reading", None)
    g.pop("connection", None)
    lent: ExitStack | None = g.pop("lent", None)
    if lent is not None:
        lent.close()


@contextmanager
def writing(action: str, reason: str | None = None) -> Iterator[Session]:
    """Open the request's write session for the signed-in person."""
    close_reading()
    with database().transaction(person(), action, reason) as session:
        yield session
