"""Measures appending to one chain from many processes at once, and proves that it did not fork."""

import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

from benchmarks.requests_http import MadeDatabase
from benchmarks.seed import small_plant
from qms.db import Database
from qms.models.chain import Item
from qms.rules.accounts import SYSTEM
from qms.workflows.verify import verify

HEADER = ("one chain", "database", "processes", "transactions", "per s", "p99 ms", "breaks")


def _work(url: str, site_id: int, process: int, times: int) -> list[float]:
    import qms.models  # noqa: F401

    database, waits = Database(url), []
    for n in range(times):
        began = time.monotonic()
        with database.transaction(SYSTEM, "chain.add_item") as session:
            session.add(Item(site_id=site_id, code=f"P{process}-{n}", name_zh="件", name_en="part"))
        waits.append(time.monotonic() - began)
    database.dispose()
    return waits


def measure(kind: str, processes: int = 8, times: int = 400) -> tuple[object, ...]:
    """Return one line of the table."""
    with tempfile.TemporaryDirectory() as folder, MadeDatabase(kind, Path(folder), "chain") as url:
        ids = small_plant(url)
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            list(pool.map(_work, [url] * processes, [ids["site"]] * processes, range(1000, 1000 + processes),
                          [1] * processes))
            began = time.monotonic()
            waits = [w for part in pool.map(_work, [url] * processes, [ids["site"]] * processes, range(processes),
                                            [times] * processes) for w in part]
            seconds = time.monotonic() - began
        report = verify(url, together=False)
    waits.sort()
    p99 = waits[int(len(waits) * 0.99)]
    return ("append", kind, processes, len(waits), round(len(waits) / seconds), round(p99 * 1000, 1),
            len(report.findings))
