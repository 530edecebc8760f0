"""The torture of backups: writers write on while one is made, restored and verified by the command.

`python -m tests.torture.backup` prints what was acknowledged before it began and is missing in it, and how long the
longest write took meanwhile. Source: shared reliability promise 18.
"""

import argparse
import re
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from qms.db import Database
from qms.db.ledger import ledger
from qms.models.chain import Unit
from qms.rules.accounts import Actor
from tests.databases import HAS_POSTGRES, made_database
from tests.plant import make_plant

PROGRAM = "from qms.cli import main; main()"
LONGEST_MS = 250


@dataclass
class Outcome:
    """What a run came to; times in ms."""

    before: int = 0
    held: int = 0
    quiet_ms: list[float] = field(default_factory=list)
    during_ms: list[float] = field(default_factory=list)
    took_s: float = 0
    size: int = 0

    @property
    def missing(self) -> int:
        """Count the entries that were there before the backup began and are not in it."""
        return max(0, self.before - self.held)


def run(url: str, folder: Path, *, entries: int, writers: int = 2) -> Outcome:
    """Fill a database, write to it from several threads, and back it up meanwhile."""
    database, outcome = Database(url), Outcome()
    plant = make_plant(database)
    units = (plant.press, plant.weld, plant.paint)
    for n in range(entries):
        _write(database, plant.quality_engineer, units[n % 3], n)
    stop, kept = threading.Event(), outcome.quiet_ms

    def keep_writing(unit: int) -> None:
        n = 0
        while not stop.is_set():
            kept_then, began = kept, time.perf_counter()
            _write(database, plant.quality_engineer, unit, n := n + 1)
            kept_then.append(1000 * (time.perf_counter() - began))
            time.sleep(0.002)

    threads = [threading.Thread(target=keep_writing, args=(unit,)) for unit in units[:writers]]
    for thread in threads:
        thread.start()
    try:
        time.sleep(1)
        with database.reading() as session:
            outcome.before = session.scalar(select(func.max(ledger.c.seq))) or 0
        kept, began = outcome.during_ms, time.perf_counter()
        outcome.held = _backed_up(url, folder)
        outcome.took_s = time.perf_counter() - began
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        database.dispose()
    outcome.size = (folder / "one.qmsbackup").stat().st_size
    return outcome


def _write(database: Database, person: Actor, unit: int, n: int) -> None:
    with database.transaction(person, "chain.edit_unit") as session:
        session.get_one(Unit, unit).line = f"L{n}"


def _backed_up(url: str, folder: Path) -> int:
    """Make a backup by the command; return how many entries its proof found. Raises AssertionError."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "backup", str(folder / "one.qmsbackup")], capture_output=True, text=True,
        check=False, env={"QMS_DATABASE_URL": url, "QMS_INSTANCE": str(folder), "PATH": "/usr/bin:/bin"})
    said = re.search(r"verified: (\d+) entries", done.stdout)
    if done.returncode or said is None:
        raise AssertionError(done.stdout + done.stderr)
    return int(said.group(1))


def main() -> int:
    """Run on SQLite and on PostgreSQL where one answers; return 1 when something is missing or waited too long."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.backup", description=__doc__)
    parser.add_argument("--entries", type=int, default=40_000, help="entries of the trail before it begins")
    asked = parser.parse_args()
    failed = False
    for backend in ["sqlite", *(["postgresql"] if HAS_POSTGRES else [])]:
        with tempfile.TemporaryDirectory() as name, made_database(backend, Path(name)) as url:
            one = run(url, Path(name), entries=asked.entries)
            longest = max(one.during_ms, default=0)
            failed = failed or one.missing > 0 or longest > LONGEST_MS
            sys.stdout.write(
                f"{backend:11} {one.before} entries before, {one.held} in the backup ({one.size >> 20} MiB), missing "
                f"{one.missing}; made, restored and verified in {one.took_s:.1f} s; {len(one.during_ms)} writes "
                f"meanwhile, the longest {longest:.0f} ms (before: {max(one.quiet_ms, default=0):.0f} ms)\n")
            sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
