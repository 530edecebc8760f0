"""Knows how writers of one process take turns on SQLite and share a commit; must not know what they write.

SQLite lets one writer in at a time. Writers that wait would each pay for their own flush to disk, and for the busy
handler's sleeps. Here they queue on a lock, each works in a savepoint of one open transaction, and the last of a group
commits for all. Nobody is told "done" before that commit has returned.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine

GROUP_SIZE = 32
GROUP_SECONDS = 0.02


class WriteLost(Exception):
    """The database ended the transaction by itself, as on a full disk; nothing of the group was kept."""


class _Group:
    """Writers whose changes become durable by one commit."""

    def __init__(self) -> None:
        self.done = threading.Event()
        self.error: BaseException | None = None
        self.size = 0
        self.began = time.monotonic()


class GroupWriter:
    """The one write connection of a process, lent to one writer after another."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._turn = threading.Lock()
        self._count = threading.Lock()
        self._waiting = 0
        self._connection: Connection | None = None
        self._group: _Group | None = None

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Lend the open transaction, to be used through a savepoint; return only when the changes are durable.

        The borrower rolls its own savepoint back on an exception. Raises whatever the group's commit raised.
        """
        with self._count:
            self._waiting += 1
        with self._turn:
            with self._count:
                self._waiting -= 1
            group, connection = self._join()
            try:
                yield connection
                group.size += 1
            finally:
                if _rolled_back(connection):
                    group.error = WriteLost("the database gave the whole transaction up")
                if group.error is not None or not self._leave_open(group):
                    self._finish(group, connection)
        group.done.wait()
        if group.error is not None:
            raise group.error

    def _join(self) -> tuple[_Group, Connection]:
        if self._connection is None or self._group is None:
            connection = self._engine.connect()
            try:
                connection.begin()
            except BaseException:
                connection.close()
                raise
            self._connection, self._group = connection, _Group()
        return self._group, self._connection

    def _leave_open(self, group: _Group) -> bool:
        """Tell whether a waiting writer will carry this group on."""
        with self._count:
            waiting = self._waiting > 0
        return waiting and group.size < GROUP_SIZE and time.monotonic() - group.began < GROUP_SECONDS

    def _finish(self, group: _Group, connection: Connection) -> None:
        self._connection = self._group = None
        try:
            transaction = connection.get_transaction()
            if transaction is not None and group.error is None and group.size:
                transaction.commit()
        except BaseException as error:
            group.error = error
        finally:
            connection.close()
            group.done.set()


def _rolled_back(connection: Connection) -> bool:
    """Tell whether SQLite ended the transaction by itself, as it does on a full disk."""
    return not connection.connection.dbapi_connection.in_transaction  # type: ignore[union-attr]
