"""Measures the review board, the register of cases, deciding by JSON, and both registers written to files."""

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks import nonconformity, nonconformity_seed, seed
from benchmarks.ledger_export import memory_mib
from benchmarks.load import Ask, hammer
from benchmarks.requests_http import HEADER, SECONDS, MadeDatabase, row
from benchmarks.seed import PASSWORD, signed_in, small_plant
from benchmarks.servers import served

PAGES = {
    "review board": "/dispositions/?state=decided&severity=MA&q=%E6%AF%9B%E5%88%BA",
    "register of cases": "/actions/?state=open&severity=MA&q=%E6%AF%9B%E5%88%BA",
}
EXPORT_HEADER = ("export", "writer", "rows", "columns", "rows/s", "growth MiB", "x openpyxl")
TABLES = {"ledger": "rejections", "actions": "actions"}
COLUMNS = {"ledger": 27, "actions": 25}
TO_DECIDE = 20_000
"""Rejections of which one each is decided, more than any machine gets through in the time."""


def pages(rejections: int, actions: int, clients: int = 16) -> list[tuple[object, ...]]:
    """Measure 50 rows under two filters and a search, beside the bare page of 50 rows, on SQLite."""
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        url, bare_url = f"sqlite:///{folder}/ours.sqlite", f"sqlite:///{folder}/bare.sqlite"
        nonconformity_seed.registers(url, small_plant(url), rejections, actions)
        with served("bare", bare_url, folder, 8955) as port:
            hammer(Ask(port, "POST", f"/fill/{rejections}", {}), 1, 0.1)
            bare = hammer(Ask(port, "GET", "/page", {}), clients, SECONDS)
        table = []
        with served("ours", url, folder, 8956) as port:
            headers = {"Cookie": signed_in(url)}
            for name, path in PAGES.items():
                ours = hammer(Ask(port, "GET", path, headers), clients, SECONDS)
                table.append(row(name, "sqlite", clients, ours, bare))
        return table


def deciding(database: str, clients: int = 16) -> tuple[object, ...]:
    """Measure deciding a line by JSON: authority, sum, value, trail and all, each of another rejection.

    Each is signed: proving the password is made to be slow (argon2id), and is most of what is measured.
    """
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        with MadeDatabase(database, folder, "ours") as url, MadeDatabase(database, folder, "bare") as bare_url:
            nonconformity_seed.to_decide(url, small_plant(url), TO_DECIDE)
            body = {"rev": 1, "lines": [{"hold_id": "{n}", "code": "sort", "quantity": nonconformity_seed.PIECES}],
                    "password": PASSWORD, "meaning": "disposition"}
            sent = json.dumps(body).replace('"{n}"', "{n}")
            headers = {"Content-Type": "application/json", "X-Requested-By": "benchmark", "Cookie": signed_in(url)}
            with served("bare", bare_url, folder, 8957) as port:
                bare = hammer(Ask(port, "POST", "/lines", {"Content-Type": "application/json"},
                                  json.dumps({"site": 1, "text": "挑选 {uuid}"}), 201), clients, SECONDS)
            with served("ours", url, folder, 8958) as port:
                ours = hammer(Ask(port, "POST", "/api/v1/rejections/{n}/dispositions", headers, sent, 201), clients,
                              SECONDS)
            return row("decide a line", database, clients, ours, bare)


def exports(rejections: int, actions: int) -> list[tuple[object, ...]]:
    """Measure each register written to a workbook, ours against bare openpyxl with as many cells of one table."""
    table: list[tuple[object, ...]] = []
    with tempfile.TemporaryDirectory() as held:
        database = Path(held) / "registers.sqlite"
        url = f"sqlite:///{database}"
        nonconformity_seed.registers(url, seed.small_plant(url), rejections, actions)
        for what in TABLES:
            found = {name: _in_process(name, what, database) for name in ("openpyxl", "ours")}
            base = found["openpyxl"]["rows_per_s"]
            table += [(what, name, round(one["rows"]), COLUMNS[what], round(one["rows_per_s"]),
                       round(one["growth_mib"], 1), round(one["rows_per_s"] / base, 2)) for name, one in found.items()]
    return table


def _in_process(name: str, what: str, database: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.nonconformity_registers", name, what, str(database)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _once(name: str, what: str, database: Path) -> dict[str, float]:
    """Write a register once in this process."""
    write = {"ours": _ours, "openpyxl": _openpyxl}[name]
    import openpyxl  # noqa: F401

    import qms.jobs.exports  # noqa: F401  (what a running server has loaded already)

    connection = sqlite3.connect(database)
    rows = connection.execute(f"SELECT count(*) FROM {TABLES[what]}").fetchone()[0]
    connection.close()
    with tempfile.TemporaryDirectory() as folder:
        before, start = memory_mib("VmRSS"), time.perf_counter()
        write(what, database, Path(folder) / "register.xlsx")
        return {"rows": rows, "rows_per_s": rows / (time.perf_counter() - start),
                "growth_mib": memory_mib("VmHWM") - before}


def _ours(what: str, database: Path, file: Path) -> None:
    from qms.db import Database
    from qms.jobs.exports import REGISTERS, write
    from qms.rules.accounts import SYSTEM, Actor

    write(Database(f"sqlite:///{database}"), Actor(id=1, name=SYSTEM.name, everything=True), what,
          REGISTERS[what].filter(), target=file, language="zh", address="http://127.0.0.1:8000")


def _openpyxl(what: str, database: Path, file: Path) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(what)
    connection = sqlite3.connect(database)
    for line in connection.execute(f"SELECT * FROM {TABLES[what]} ORDER BY id"):
        sheet.append([line[n % len(line)] for n in range(COLUMNS[what])])
    connection.close()
    book.save(file)


def main(databases: list[str], *, quick: bool) -> None:
    """Print every figure of nonconformity."""
    from benchmarks.__main__ import show

    sizes = (5_000, 500) if quick else (100_000, 5_000)
    show(HEADER, pages(*sizes))
    show(HEADER, [deciding(kind) for kind in databases])
    show(EXPORT_HEADER, exports(*sizes))
    show(nonconformity.HEADER, list(nonconformity.measure()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for argument in ("name", "what", "database"):
        parser.add_argument(argument)
    given = parser.parse_args()
    print(json.dumps(_once(given.name, given.what, Path(given.database))))
