"""A backup is proved before it is called one; a restore never overwrites."""

import tarfile
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, make_url, select

from qms.db import Database
from qms.db.ledger import ledger
from qms.models.chain import Unit
from qms.rules.errors import BadFile, Invalid
from qms.workflows import backup
from tests.plant import make_plant


def _entries(database: Database) -> int:
    with database.reading() as session:
        return session.execute(select(func.count()).select_from(ledger)).scalar_one()


def test_a_backup_made_under_writes_restores_and_verifies(fresh_db: Database, tmp_path: Path):
    plant = make_plant(fresh_db)
    photos = tmp_path / "photos"
    photos.mkdir()
    (photos / "aa.webp").write_bytes(b"a photo")
    stop = threading.Event()
    written = []

    def keep_writing() -> None:
        while not stop.is_set():
            with fresh_db.transaction(plant.quality_engineer, "chain.edit_unit") as session:
                session.get_one(Unit, plant.press).line = f"A{len(written)}"
            written.append(1)

    thread = threading.Thread(target=keep_writing)
    thread.start()
    try:
        report = backup.make(fresh_db.url, photos, tmp_path / "one.qmsbackup")
    finally:
        stop.set()
        thread.join()
    assert len(written) > 3
    assert report.good
    assert 0 < report.entries <= _entries(fresh_db)
    with tarfile.open(tmp_path / "one.qmsbackup") as tar:
        assert "photos/aa.webp" in tar.getnames()
    assert not list(tmp_path.glob("*.unproved"))


def test_a_damaged_backup_is_refused_by_name(fresh_db: Database, tmp_path: Path):
    make_plant(fresh_db)
    backup.make(fresh_db.url, tmp_path / "photos", tmp_path / "one.qmsbackup")
    data = bytearray((tmp_path / "one.qmsbackup").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "bad.qmsbackup").write_bytes(data)
    with pytest.raises(BadFile, match="damaged"):
        backup.restore(tmp_path / "bad.qmsbackup", f"sqlite:///{tmp_path}/new.sqlite", tmp_path / "photos2")
    (tmp_path / "text.qmsbackup").write_bytes(b"not a backup")
    with pytest.raises(BadFile, match="not a backup"):
        backup.restore(tmp_path / "text.qmsbackup", f"sqlite:///{tmp_path}/new.sqlite", tmp_path / "photos2")


def test_a_restore_never_overwrites(fresh_db: Database, tmp_path: Path):
    make_plant(fresh_db)
    backup.make(fresh_db.url, tmp_path / "photos", tmp_path / "one.qmsbackup")
    with pytest.raises(Invalid, match="never overwrites"):
        backup.restore(tmp_path / "one.qmsbackup", fresh_db.url, tmp_path / "photos")
    if make_url(fresh_db.url).get_backend_name() == "sqlite":
        report = backup.restore(tmp_path / "one.qmsbackup", f"sqlite:///{tmp_path}/new/qms.sqlite", tmp_path / "p2")
        assert report.entries == _entries(fresh_db)
