"""The short torture of backups, on SQLite; `tests/trail/test_backup.py` makes one under writes on both databases."""

from pathlib import Path

from tests.databases import made_database
from tests.torture.backup import run


def test_a_backup_holds_all_that_was_acknowledged_and_writers_write_on(tmp_path: Path):
    with made_database("sqlite", tmp_path) as url:
        outcome = run(url, tmp_path, entries=50)
    assert outcome.missing == 0
    assert len(outcome.during_ms) > 10
    assert max(outcome.during_ms) < 5000, "a loaded machine may be slow, but nobody waits for the whole backup"
