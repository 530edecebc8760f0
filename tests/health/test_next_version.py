"""While the schema grows to the next version, this one goes on writing beside it, and nothing is lost (promise 39)."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select, text

from qms.db import Database
from qms.db import upgrade as upgrading
from qms.db.engine import open_engine
from qms.db.schema import guard
from qms.models.rejections import Rejection
from qms.rules.accounts import SYSTEM
from qms.rules.errors import Invalid
from qms.workflows.verify import verify
from tests.health.reporting import PER_SECOND, Reporter, send, serving
from tests.plant import make_plant
from tests.ports import free_port

SECONDS = 4
NEXT = "0002_next"
NEXT_PROGRAM = f"import qms.db.upgrade as u; u.head = lambda: {NEXT!r}; from qms.cli import main; main()"
"""The next version, as far as the schema goes: it knows the revision that this version does not."""


def grow(url: str) -> None:
    """Do what the next version's migration may: add what this version does not know, and change nothing it knows."""
    engine = open_engine(url, writes=True, owner=True)
    with upgrading.alone(engine) as connection:
        connection.execute(text("ALTER TABLE rejections ADD COLUMN shade VARCHAR(20)"))
        connection.execute(text("CREATE INDEX ix_rejections_shade ON rejections (shade)"))
        connection.execute(text("CREATE TABLE shades (id INTEGER PRIMARY KEY, name VARCHAR(20) NOT NULL)"))
        connection.execute(text("UPDATE alembic_version SET version_num = :next"), {"next": NEXT})
        guard(connection)
    engine.dispose()


def test_two_versions_write_on_one_schema_and_nothing_is_lost(fresh_db: Database, tmp_path: Path):
    ports = free_port(), free_port()
    reporter = Reporter(fresh_db, make_plant(fresh_db), ports[:1])
    with serving(fresh_db.url, tmp_path, ports[0]):
        with ThreadPoolExecutor(40) as pool:
            growing = threading.Timer(1, grow, [fresh_db.url])
            growing.start()
            _report(pool, reporter)
            growing.join()
        _status, ready = send(ports[0], "GET", "/readyz")
        with serving(fresh_db.url, tmp_path, ports[1], NEXT_PROGRAM), ThreadPoolExecutor(40) as pool:
            reporter.ports = ports
            _report(pool, reporter)
    assert b"schema" in ready, "who watches this version is told"
    assert reporter.refused == []
    with fresh_db.reading() as session:
        kept = list(session.scalars(select(Rejection.client_id)))
    assert sorted(kept) == sorted(client_id for client_id, _ in reporter.acknowledged)
    report = verify(fresh_db.url, together=False)
    assert report.good, report.findings


def _report(pool: ThreadPoolExecutor, reporter: Reporter) -> None:
    for n in range(PER_SECOND * SECONDS):
        pool.submit(reporter.report, n)
        time.sleep(1 / PER_SECOND)


@pytest.mark.postgres
def test_an_upgrade_that_others_do_not_let_in_says_so_and_changes_nothing(fresh_db: Database,
                                                                        monkeypatch: pytest.MonkeyPatch):
    if fresh_db.is_sqlite:
        pytest.skip("SQLite has one writer: who comes second waits for the busy timeout")
    monkeypatch.setattr(upgrading, "ALONE_SECONDS", 0.5)
    with fresh_db.transaction(SYSTEM, "tests.hold") as session:
        session.execute(text("LOCK TABLE units IN ROW EXCLUSIVE MODE"))
        with pytest.raises(Invalid, match="Stop the service"):
            upgrading.upgrade(fresh_db.url)
    assert upgrading.upgrade(fresh_db.url) == []
