"""A short demo plant, loaded once for the tests of this folder."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from qms.db import Database
from qms.db.upgrade import upgrade
from qms.demo.loading import load
from qms.demo.sign_ins import new_keys

UNTIL = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
WEEKS = 4
KEYS = new_keys()


def load_into(folder: Path, weeks: int = WEEKS) -> str:
    """Load the demo into a new database of a folder, which need not outlive the machine; return its URL."""
    url = f"sqlite:///{folder / 'qms.sqlite'}"
    upgrade(url)
    database = Database(url, durable=False)
    load(database, UNTIL, photos=folder / "photos", weeks=weeks, keys=KEYS)
    database.dispose()
    return url


@pytest.fixture(scope="session")
def demo_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The URL of a database that holds the short demo."""
    return load_into(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def demo_database(demo_url: str) -> Iterator[Database]:
    """The short demo, open."""
    database = Database(demo_url)
    yield database
    database.dispose()


@pytest.fixture
def demo(demo_database: Database) -> Iterator[Session]:
    """A session that reads the short demo."""
    with demo_database.reading() as session:
        yield session
