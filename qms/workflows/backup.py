"""How a database and its photos are backed up, and how a backup is proved by restoring it. Knows no feature.

A backup is one uncompressed tar: `manifest.json`, `checkpoint.txt`, the database (SQLite file or PostgreSQL dump) and
`photos/`. The keys of the instance are not in it.
"""

import hashlib
import io
import json
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, make_url, text
from sqlalchemy.engine import URL

from qms.db.engine import open_engine
from qms.db.upgrade import upgrade
from qms.rules.clock import rfc3339, utc_now
from qms.rules.errors import BadFile, Invalid
from qms.workflows.verify import Report, verify
from qms.workflows.verify_checkpoints import Given

SQLITE_NAME = "qms.sqlite"
POSTGRESQL_NAME = "qms.pgdump"
CHECKPOINT_NAME = "checkpoint.txt"


def make(url: str, photos: Path, target: Path, checkpoint: str | None = None) -> Report:
    """Write a backup while others go on writing, then restore it to a place of its own and verify it there.

    The file appears under its name only when the proof has succeeded. `checkpoint`: one made just before, that goes
    along and that the restored ledger is held against. Raises Invalid.
    """
    if target.exists():
        raise Invalid(f"{target} is there already; a backup never overwrites.", f"{target} 已存在; 备份不会覆盖文件。")
    unproved = target.with_name(target.name + ".unproved")
    with tempfile.TemporaryDirectory(dir=target.resolve().parent) as folder:
        dump = _dump(make_url(url), Path(folder))
        _pack(unproved, dump, photos, checkpoint)
    with _scratch(make_url(url), target.resolve().parent) as (scratch, scratch_photos):
        report = restore(unproved, scratch, scratch_photos)
    unproved.rename(target)
    return report


def restore(source: Path, url: str, photos: Path) -> Report:
    """Restore a backup into an empty database and photo folder, and verify it. Raises Invalid, BadFile."""
    parsed = make_url(url)
    with tempfile.TemporaryDirectory(dir=_folder_near(parsed, photos)) as folder:
        held = Path(folder)
        _unpack(source, held)
        _load(parsed, held)
        _move_photos(held / "photos", photos)
        told = held / CHECKPOINT_NAME
        outside = [Given(CHECKPOINT_NAME, told.read_text(encoding="utf-8"))] if told.exists() else []
    upgrade(url)
    report = verify(url, outside=outside)
    if not report.good:
        raise BadFile(f"The backup was restored but is not as written: {report.findings[0]}",
                      f"备份已恢复, 但内容与记录不符: {report.findings[0]}")
    return report


def _dump(url: URL, folder: Path) -> Path:
    if url.get_backend_name() == "sqlite":
        dump = folder / SQLITE_NAME
        source, copy = sqlite3.connect(f"file:{url.database}?mode=ro", uri=True), sqlite3.connect(dump)
        with source, copy:
            source.backup(copy)
        source.close()
        copy.close()
        return dump
    dump = folder / POSTGRESQL_NAME
    _run("pg_dump", "--format=custom", f"--schema={_schema(url)}", f"--file={dump}", _libpq(url))
    return dump


def _load(url: URL, held: Path) -> None:
    if url.get_backend_name() == "sqlite":
        source, target = held / SQLITE_NAME, Path(str(url.database))
        if not source.exists():
            raise Invalid("This is a backup of a PostgreSQL database.", "这是 PostgreSQL 数据库的备份。")
        if target.exists():
            raise Invalid(f"{target} is there already; a restore never overwrites.",
                          f"{target} 已存在; 恢复不会覆盖数据库。")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, target)
        return
    if not (held / POSTGRESQL_NAME).exists():
        raise Invalid("This is a backup of an SQLite database.", "这是 SQLite 数据库的备份。")
    schema = _schema(url)
    with _owner(url) as engine, engine.begin() as connection:
        counted = text("SELECT count(*) FROM pg_tables WHERE schemaname = :s")
        tables = connection.execute(counted, {"s": schema}).scalar()
        if tables:
            raise Invalid("The database is not empty; a restore never overwrites.", "数据库不为空; 恢复不会覆盖。")
        if schema != "public":
            connection.execute(text(f'DROP SCHEMA IF EXISTS "{schema}"'))
    clean = ["--clean", "--if-exists"] if schema == "public" else []
    _run("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction", *clean,
         f"--dbname={_libpq(url)}", str(held / POSTGRESQL_NAME))


def _pack(target: Path, dump: Path, photos: Path, checkpoint: str | None) -> None:
    files = [(dump, dump.name)]
    if checkpoint is not None:
        files.append((dump.with_name(CHECKPOINT_NAME), CHECKPOINT_NAME))
        files[-1][0].write_text(checkpoint, encoding="utf-8")
    if photos.is_dir():
        files += [(p, f"photos/{p.relative_to(photos).as_posix()}") for p in sorted(photos.rglob("*")) if p.is_file()]
    manifest = {"format": 1, "made_at": rfc3339(utc_now()), "files": {name: _digest(path) for path, name in files}}
    with tarfile.open(target, "w") as tar:
        data = json.dumps(manifest, indent=1).encode()
        entry = tarfile.TarInfo("manifest.json")
        entry.size = len(data)
        tar.addfile(entry, io.BytesIO(data))
        for path, name in files:
            tar.add(path, name, recursive=False)


def _unpack(source: Path, folder: Path) -> None:
    try:
        with tarfile.open(source, "r:") as tar:
            tar.extractall(folder, filter="data")
        manifest = json.loads((folder / "manifest.json").read_bytes())
        files = dict(manifest["files"])
    except (tarfile.TarError, OSError, ValueError, KeyError, TypeError) as error:
        raise BadFile("This is not a backup of this program, or it is damaged.",
                      "这不是本程序的备份, 或已损坏。") from error
    for name, digest in files.items():
        path = folder / name
        if not path.is_file() or _digest(path) != digest:
            raise BadFile(f"The backup is damaged: {name} is not as it was written.",
                          f"备份已损坏: {name} 与写入时不同。")


def _move_photos(source: Path, photos: Path) -> None:
    for path in source.rglob("*") if source.is_dir() else ():
        if path.is_file():
            target = photos / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                shutil.move(path, target)


@contextmanager
def _scratch(url: URL, folder: Path) -> Iterator[tuple[str, Path]]:
    """Make an empty place to prove a backup in, of the same kind of database; it is gone afterwards."""
    with tempfile.TemporaryDirectory(dir=folder) as held:
        if url.get_backend_name() == "sqlite":
            yield f"sqlite:///{Path(held) / SQLITE_NAME}", Path(held) / "photos"
            return
        name = f"qms_proof_{uuid.uuid4().hex[:12]}"
        with _owner(url) as engine:
            _outside_transaction(engine, f"CREATE DATABASE {name}")
            try:
                yield url.set(database=name).render_as_string(hide_password=False), Path(held) / "photos"
            finally:
                _outside_transaction(engine, f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _owner(url: URL) -> Iterator[Engine]:
    """Open a database as its owner, and close every connection again."""
    engine = open_engine(url, writes=True, owner=True)
    try:
        yield engine
    finally:
        engine.dispose()


def _outside_transaction(engine: Engine, statement: str) -> None:
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.exec_driver_sql(statement)


def _folder_near(url: URL, photos: Path) -> Path:
    folder = Path(str(url.database)).resolve().parent if url.get_backend_name() == "sqlite" else photos.resolve().parent
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _schema(url: URL) -> str:
    with _owner(url) as engine, engine.connect() as connection:
        schema = connection.execute(text("SELECT current_schema()")).scalar()
    options = str(url.query.get("options", ""))
    wanted = options.rpartition("search_path=")[2] if "search_path=" in options else None
    return str(schema or wanted or "public")


def _libpq(url: URL) -> str:
    query = {key: value for key, value in url.query.items() if key != "options"}
    return url.set(drivername="postgresql", query=query).render_as_string(hide_password=False)


def _run(program: str, *args: str) -> None:
    found = shutil.which(program)
    if found is None:
        raise Invalid(f"{program} is not installed here; it comes with PostgreSQL's client programs.",
                      f"此处未安装 {program}; 它随 PostgreSQL 客户端程序提供。")
    done = subprocess.run([found, *args], capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no message"])[0]
        raise Invalid(f"{program} failed: {last}", f"{program} 失败: {last}")


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(2**20):
            digest.update(chunk)
    return digest.hexdigest()
