"""Measures the ledger from an SQLite database to the file, ours against bare openpyxl write-only, in one run.

Both read the same 20 typed cells a row by the same cursor, each in a process of its own. Ours besides checks
every cell, freezes and filters the header, links the records and tells what was written.
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

HEADER = ("ledger export", "rows", "rows/s", "growth MiB", "file MiB", "x openpyxl")
TARGET_RATIO = 4.0
TARGET_GROWTH_MIB = 80.0

_KEYS = ("number", "found_at", "site", "kind", "item_code", "item_name", "lot", "quantity", "quantity_unit",
         "defect_code", "defect_name", "severity", "found_at_unit", "origin_unit", "origin_state",
         "escape_distance", "held_quantity", "state", "reported_by", "link")
_START = dt.datetime.fromisoformat("2026-01-01 06:00:00")
_MIB = 2**20


def measure(row_counts: Sequence[int] = (100_000,)) -> list[tuple[str, int, int, float, float, float]]:
    """Return one line per writer and row count, in the order of HEADER; each is a fresh process."""
    table = []
    for rows in row_counts:
        with tempfile.TemporaryDirectory() as folder:
            database = Path(folder) / "ledger.sqlite"
            _fill(database, rows)
            results = {name: _in_process(name, database) for name in ("openpyxl", "ours")}
        base = results["openpyxl"]["rows_per_s"]
        table += [(name, rows, round(result["rows_per_s"]), round(result["growth_mib"], 1),
                   round(result["file_mib"], 1), round(result["rows_per_s"] / base, 2))
                  for name, result in results.items()]
    return table


def _fill(database: Path, rows: int) -> None:
    """Write a table of typed ledger lines, about 12 texts, 3 numbers and a time each."""
    with sqlite3.connect(database) as connection:
        connection.execute(f"create table ledger ({', '.join(_KEYS)})")
        lines = (
            (f"R-2026-{n:06}", (_START + dt.timedelta(minutes=n)).isoformat(" "), "一厂", "不接受",
             f"TR-{n % 97:04}", f"变速箱壳体 {n % 97}", f"L{n % 4001:05}", n % 13 + 0.5, "件",
             f"D{n % 41:02}", f"划伤 {n % 41}", "严重", f"OP{n % 12 * 10}", f"OP{n % 7 * 10}", "已确认",
             n % 5, float(n % 9), "已关闭", f"员工 {n % 120}", f"https://qms.example/rejections/{n}")
            for n in range(rows))
        connection.executemany(f"insert into ledger values ({', '.join('?' * len(_KEYS))})", lines)
    connection.close()


def _in_process(name: str, database: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.ledger_export", "--only", name, "--database", str(database)]
    result = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(result.stdout)


def _rows(database: Path) -> Iterator[tuple[Any, ...]]:
    connection = sqlite3.connect(database)
    for row in connection.execute("select * from ledger"):
        yield (row[0], dt.datetime.fromisoformat(row[1]), *row[2:])
    connection.close()


def _ours(database: Path, file: Path) -> None:
    from exports.about import About
    from exports.rejections import COLUMNS
    from exports.workbook import Sheet, write_workbook

    by_key = {column.key: column for column in COLUMNS}
    about = About("质量台账", _START, "Asia/Shanghai", "benchmark")
    write_workbook(file, [Sheet("质量台账", [by_key[key] for key in _KEYS], _rows(database))], "zh", about)


def _openpyxl(database: Path, file: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("ledger")
    sheet.append(_KEYS)
    for row in _rows(database):
        sheet.append(row)
    book.save(file)


def _once(name: str, database: Path) -> dict[str, float]:
    """Write the whole table once and tell speed, growth of this process and size of the file."""
    write = {"ours": _ours, "openpyxl": _openpyxl}[name]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.xlsx"
        with sqlite3.connect(database) as connection:
            rows = connection.execute("select count(*) from ledger").fetchone()[0]
        before = _peak_mib()
        start = time.perf_counter()
        write(database, file)
        seconds = time.perf_counter() - start
        return {"rows_per_s": rows / seconds, "growth_mib": _peak_mib() - before,
                "file_mib": file.stat().st_size / _MIB}


def _peak_mib() -> float:
    """Return the peak resident size of this process so far."""
    status = Path("/proc/self/status")
    if status.exists():
        return int(status.read_text().partition("VmHWM:")[2].split()[0]) / 1024
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
