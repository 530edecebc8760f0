"""Measures the quality ledger from an SQLite database to the file, ours against bare openpyxl write-only.

Both write the same 27 cells of the same rejections, 20 of them filled, in one run, each in a process of its own. The
bare one reads them by one written query. Ours is the whole export: permission, count, the register's query, words,
checked cells, links, frozen and filtered header, what the file tells of itself, hash, and the trail.
"""

import argparse
import datetime as dt
import json
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from benchmarks import seed

HEADER = ("ledger export", "rows", "columns", "rows/s", "growth MiB", "file MiB", "x openpyxl")
TARGET_RATIO = 4.0
TARGET_GROWTH_MIB = 80.0

_HERE = dt.timezone(dt.timedelta(hours=8))
_MIB = 2**20
_COLUMNS = 27
_BARE = """
    select r.number, r.found_at, s.name_zh, r.kind, i.code, i.name_zh, l.number, r.quantity, i.unit, d.code, d.name_zh,
        r.severity, r.zone, r.requirement, r.actual, f.code || ' ' || f.name_zh, o.code || ' ' || o.name_zh,
        r.origin_state, r.escape_steps, r.escape_class,
        (select sum(quantity) from holds where rejection_id = r.id and state = 'held'), r.state, p.name, h.number,
        r.note, r.closed_at, 'http://127.0.0.1:8000/rejections/' || r.id
    from rejections r
    left join sites s on s.id = r.site_id left join items i on i.id = r.item_id left join lots l on l.id = r.lot_id
    left join defects d on d.id = r.defect_id left join units f on f.id = r.found_unit_id
    left join units o on o.id = r.origin_unit_id left join people p on p.id = r.reported_by_id
    left join handovers h on h.id = r.handover_id order by r.id"""


def measure(row_counts: Sequence[int] = (100_000,)) -> list[tuple[str, int, int, int, float, float, float]]:
    """Return one line per writer and row count, in the order of HEADER; each is a fresh process."""
    table = []
    for rows in row_counts:
        with tempfile.TemporaryDirectory() as folder:
            database = Path(folder) / "ledger.sqlite"
            url = f"sqlite:///{database}"
            seed.long_register(url, seed.small_plant(url), rows)
            results = {name: _in_process(name, database) for name in ("openpyxl", "ours")}
        base = results["openpyxl"]["rows_per_s"]
        table += [(name, rows, _COLUMNS, round(result["rows_per_s"]), round(result["growth_mib"], 1),
                   round(result["file_mib"], 1), round(result["rows_per_s"] / base, 2))
                  for name, result in results.items()]
    return table


def _in_process(name: str, database: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.ledger_export", "--only", name, "--database", str(database)]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(result.stdout)


def _ours(database: Path, file: Path) -> None:
    from qms.db import Database
    from qms.jobs.exports import write
    from qms.jobs.exports_registers import REGISTERS
    from qms.rules.accounts import SYSTEM, Actor

    actor = Actor(id=1, name=SYSTEM.name, everything=True)
    write(Database(f"sqlite:///{database}"), actor, "ledger", REGISTERS["ledger"].filter(), target=file, language="zh",
          address="http://127.0.0.1:8000")


def _openpyxl(database: Path, file: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("ledger")
    sheet.append([f"column {n}" for n in range(_COLUMNS)])
    for row in _bare_rows(database):
        sheet.append(row)
    book.save(file)


def _bare_rows(database: Path) -> Iterator[list[Any]]:
    connection = sqlite3.connect(database)
    for row in connection.execute(_BARE):
        found_at = dt.datetime.fromisoformat(row[1]).replace(tzinfo=dt.UTC)
        yield [row[0], found_at.astimezone(_HERE).replace(tzinfo=None), *row[2:]]
    connection.close()


def _once(name: str, database: Path) -> dict[str, float]:
    """Write the whole table once and tell speed, growth of this process and size of the file."""
    write = {"ours": _ours, "openpyxl": _openpyxl}[name]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.xlsx"
        connection = sqlite3.connect(database)
        rows = connection.execute("select count(*) from rejections").fetchone()[0]
        connection.close()
        _load(name)
        before = memory_mib("VmRSS")
        start = time.perf_counter()
        write(database, file)
        seconds = time.perf_counter() - start
        return {"rows_per_s": rows / seconds, "growth_mib": memory_mib("VmHWM") - before,
                "file_mib": file.stat().st_size / _MIB}


def _load(name: str) -> None:
    """Import what a running server has loaded already, so that only the export's own growth is seen."""
    if name == "ours":
        import qms.jobs.exports  # noqa: F401
    else:
        import openpyxl  # noqa: F401


def memory_mib(kind: str) -> float:
    """Return the resident size of this process: VmRSS now, VmHWM at its peak; elsewhere than on Linux the peak."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition(f"{kind}:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (_MIB if sys.platform == "darwin" else 1024)


def main() -> None:
    """Print the table, or as a child process the figures of one writer."""
    arguments = argparse.ArgumentParser(description="Measure the ledger export against openpyxl write-only.")
    arguments.add_argument("--rows", type=int, nargs="+", default=[100_000])
    arguments.add_argument("--only", choices=["ours", "openpyxl"], help=argparse.SUPPRESS)
    arguments.add_argument("--database", type=Path, help=argparse.SUPPRESS)
    given = arguments.parse_args()
    if given.only:
        print(json.dumps(_once(given.only, given.database)))
        return
    for line in (HEADER, *measure(given.rows)):
        print("  ".join(f"{cell!s:>13}" for cell in line))


if __name__ == "__main__":
    main()
