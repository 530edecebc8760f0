"""Measures an evidence package with its workbook: time, and how much the memory of the process grows.

First one of everything in the half year of the demo plant, to be made within a minute, then one of as many rejections
as are asked for. Each of these is reported and held, then both are changed twice: six entries of the trail each.
Everything is written through transaction(), as the application does. Growth is what the process takes beyond what it
had loaded.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from benchmarks.ledger_export import memory_mib
from benchmarks.nonconformity_seed import AT, PIECES
from benchmarks.seed import small_plant
from qms.db import Database
from qms.models.rejections import Hold, Rejection
from qms.rules.accounts import SYSTEM

HEADER = ("evidence package", "records", "entries", "seconds", "growth MiB", "workbook MiB", "package MiB")
TARGET_GROWTH_MIB = 150
TARGET_SECONDS = 60
YEAR, EVER = ("8.7", 2026, 2026), ("", 1990, 2100)
"""What is asked for: clause (none: all of them), first and last year."""
_AT_ONCE = 2000
_MIB = 2**20


def measure(sizes: Sequence[int]) -> Iterator[tuple[object, ...]]:
    """Yield one line for each number of rejections, in the order of HEADER; each is a fresh process."""
    for rows in sizes:
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{Path(folder) / 'qms.sqlite'}"
            _fill(url, rows)
            yield (f"8.7, {rows:,} rejections", *_in_process(url, folder, YEAR))


def plant(weeks: int) -> tuple[object, ...]:
    """Return the line of everything in a demo plant of so many weeks."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-c", "from qms.cli import main; main()", "demo", "--no-serve", "--weeks",
                        str(weeks)], check=True, capture_output=True, env={**os.environ, "QMS_INSTANCE": folder})
        return (f"all, demo plant of {weeks} weeks", *_in_process(f"sqlite:///{folder}/qms.sqlite", folder, EVER))


def _in_process(url: str, folder: str, asked: tuple[str, int, int]) -> list[object]:
    done = subprocess.run([sys.executable, "-m", "benchmarks.evidence", url, folder, *map(str, asked)], check=True,
                          capture_output=True, text=True)
    told: list[object] = json.loads(done.stdout)
    return told


def _fill(url: str, rows: int) -> None:
    ids = small_plant(url)
    database = Database(url)
    for start in range(1, rows + 1, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, rows + 1))
        with database.transaction(SYSTEM, "rejections.report") as session:
            session.add_all([_rejection(ids, n) for n in numbers])
            session.flush()
            session.add_all([Hold(rejection_id=n, lot_id=ids["lot"], quantity=PIECES, state="held", held_at=AT)
                             for n in numbers])
        for state, hold in (("contained", "held"), ("closed", "released")):
            with database.transaction(SYSTEM, "rejections.complete") as session:
                for record in session.query(Rejection).where(Rejection.id.in_(numbers)):
                    record.state, record.note = state, f"{state} at the station"
                for held in session.query(Hold).where(Hold.rejection_id.in_(numbers)):
                    held.state, held.result = hold, f"{state}, inspected again"
    database.dispose()


def _rejection(ids: dict[str, int], n: int) -> Rejection:
    return Rejection(id=n, site_id=ids["site"], year=2026, serial=n, number=f"NC-BM-2026-{n:07}", kind="not_accepted",
                     state="held", found_at=AT, received_at=AT, item_id=ids["item"], lot_id=ids["lot"], quantity=PIECES,
                     defect_id=ids["defect"], severity="MA", found_unit_id=ids["second"], origin_unit_id=ids["first"],
                     origin_state="assumed", link_id=ids["link"], escape_steps=1, escape_class="1",
                     reported_by_id=ids["person"], source="import")


def _child(url: str, folder: Path, clause: str, first: str, last: str) -> None:
    import zipfile

    from qms.jobs.trail_evidence import WORKBOOK, write_evidence
    from qms.workflows.trail_evidence_question import Asked

    database, target = Database(url), folder / "evidence.zip"
    before, began = memory_mib("VmRSS"), time.perf_counter()
    asked = Asked((clause,) if clause else (), date(int(first), 1, 1), date(int(last), 12, 31))
    sent = write_evidence(database, SYSTEM, asked, target=target, seed=bytes(range(32)), photos=folder / "photos")
    seconds, growth = time.perf_counter() - began, memory_mib("VmHWM") - before
    with zipfile.ZipFile(target) as made:
        book = made.getinfo(WORKBOOK).file_size
        entries = json.loads(made.read("manifest.json"))["about"]["entries"]
    print(json.dumps([sent.rows, entries, round(seconds, 1), round(growth), round(book / _MIB, 1),
                      round(target.stat().st_size / _MIB, 1)]))


if __name__ == "__main__":
    _child(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
