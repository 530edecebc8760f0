"""Knows the current request's person and its one session; must not know any page."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app, g
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


def reading() -> Session:
    """Return the request's read session; it is closed when the request ends."""
    if "reading" not in g:
        g.reading_context = database().reading()
        g.reading = g.reading_context.__enter__()
    held: Session = g.reading
    return held


def close_reading(_error: BaseException | None = None) -> None:
    """End the read session, so that the next one sees what was written since."""
    context = g.pop("reading_context", None)
    g.pop("reading", None)
    if context is not None:
        context.__exit__(None, None, None)


@contextmanager
def writing(action: str, reason: str | None = None) -> Iterator[Session]:
    """Open the request's write session for the signed-in person."""
    close_reading()
    with database().transaction(person(), action, reason) as session:
        yield session
