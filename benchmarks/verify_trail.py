"""Measures how fast `qms verify` goes through a trail of many entries, and how much memory it takes."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from qms.db import Database
from qms.db.upgrade import upgrade
from qms.models.chain import Site, Unit
from qms.rules.accounts import SYSTEM
from qms.workflows import accounts

HEADER = ("qms verify", "entries", "rows", "seconds", "peak MiB")
EDITS = 4  # Versions of each row after its first.


def measure(entries: int = 1_000_000) -> list[tuple[str, int, int, float, float]]:
    """Return one line: entries, rows, seconds, and the largest process's peak memory."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'qms.sqlite'}"
        rows = _fill(url, entries)
        env = {**os.environ, "QMS_INSTANCE": folder}
        began = time.monotonic()
        done = subprocess.run([sys.executable, "-m", "benchmarks.verify_trail", "child", url], env=env, check=True,
                              capture_output=True, text=True)
        seconds = time.monotonic() - began
        found, peak = done.stdout.split()
        if int(found) < entries:
            raise RuntimeError(f"{found} of {entries} entries were verified")
    return [("1 process a pass", int(found), rows, round(seconds, 1), round(float(peak), 0))]


def _fill(url: str, entries: int) -> int:
    """Write entries through transaction(): units made once and edited EDITS times."""
    upgrade(url)
    database = Database(url)
    count = entries // (EDITS + 1)
    with database.transaction(SYSTEM, "trail.begin") as session:
        accounts.begin(session)
        site = Site(code="B", name_zh="基准", name_en="Benchmark", time_zone="UTC", profile="iso", demo=True)
        session.add(site)
        session.flush()
        site_id = site.id
    for start in range(0, count, 5000):
        for edit in range(EDITS + 1):
            with database.transaction(SYSTEM, "chain.edit_unit") as session:
                if edit == 0:
                    session.add_all([Unit(site_id=site_id, kind="operation", code=f"U{n}", name_zh=f"工序 {n}",
                                          name_en=f"Operation {n}", path="", line="A")
                                     for n in range(start, min(start + 5000, count))])
                    continue
                for unit in session.query(Unit).order_by(Unit.id.desc()).limit(min(5000, count - start)):
                    unit.line = f"A{edit}"
    database.dispose()
    return count


def _child(url: str) -> None:
    from qms.workflows.verify import verify

    report = verify(url)
    if not report.good:
        raise SystemExit(str(report.findings[0]))
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024
    print(report.entries, peak)


if __name__ == "__main__":
    if sys.argv[1:2] == ["child"]:
        _child(sys.argv[2])
    else:
        print(HEADER, *measure(int(sys.argv[1]) if sys.argv[1:] else 1_000_000), sep="\n")
