"""Measures how long a pack over 24 months takes to assemble, how much memory, and how fast its frozen page comes.

The pack is assembled in a process of its own, as a worker does it; beside it stands plain GROUP BY over the rejections.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from flask.testing import FlaskClient
from sqlalchemy import text

from benchmarks.requests_http import MadeDatabase
from benchmarks.review_seed import PASSWORD, seeded
from qms import create_app
from qms.db import Database
from qms.rules.accounts import SYSTEM
from qms.settings import Settings
from qms.workflows import accounts, review

HEADER = ("what", "database", "hand-overs", "reached", "target")
HANDOVERS, QUICK = 1_000_000, 50_000
TARGET_S, TARGET_MIB, TARGET_PAGE_MS = 15.0, 500, 300
DAYS = {"first_on": date(2025, 7, 1), "last_on": date(2026, 6, 30), "before_first_on": date(2024, 7, 1),
        "before_last_on": date(2025, 6, 30)}
_PAGES = 9


def main(databases: list[str], *, quick: bool = False) -> Iterator[tuple[object, ...]]:
    """Yield every line of every database, in the order of HEADER."""
    for kind in databases:
        with tempfile.TemporaryDirectory() as folder, MadeDatabase(kind, Path(folder), "review") as url:
            yield from measure(kind, url, Path(folder), QUICK if quick else HANDOVERS)


def measure(kind: str, url: str, instance: Path, handovers: int) -> Iterator[tuple[object, ...]]:
    """Seed one database, assemble and freeze a pack over it, and open its pages."""
    ids = seeded(url, handovers)
    database = Database(url)
    with database.transaction(SYSTEM, "review.open") as session:
        review_id = review.open_review(session, SYSTEM, site_id=ids["site"], title="24 months", **DAYS).id
    yield ("group by over the rejections, s", kind, handovers, _yardstick(database), "")
    child = subprocess.run([sys.executable, "-m", "benchmarks.review_assembled", url, str(review_id)], check=True,
                           capture_output=True, text=True)
    told = json.loads(child.stdout)
    yield ("assemble and freeze, s", kind, handovers, told["seconds"], TARGET_S)
    yield ("  of which CPU of that process, s", kind, handovers, told["cpu_s"], "")
    yield ("most memory, MiB", kind, handovers, told["peak_mib"], TARGET_MIB)
    for code, seconds in told["inputs"].items():
        yield (f"  {code}, s", kind, handovers, seconds, "")
    browser = _browser(database, instance)
    for path in (f"/review/{review_id}", f"/review/{review_id}/inputs/{told['largest']}"):
        yield (f"page {path.replace(str(review_id), '1')}, ms", kind, handovers, _page_ms(browser, path),
               TARGET_PAGE_MS)
    database.dispose()


def _yardstick(database: Database) -> float:
    start = time.perf_counter()
    with database.reading() as session:
        session.execute(text("SELECT origin_unit_id, found_unit_id, defect_id, count(*), sum(quantity) FROM rejections "
                             "GROUP BY origin_unit_id, found_unit_id, defect_id")).all()
    return round(time.perf_counter() - start, 2)


def _browser(database: Database, instance: Path) -> FlaskClient:
    with database.transaction(SYSTEM, "accounts.sign_in") as session:
        token = accounts.sign_in(session, login="worker", password=PASSWORD, address="127.0.0.1", agent="benchmark",
                                 lasts=timedelta(hours=2))
    browser = create_app(Settings(instance=instance, workers=0, log_level="ERROR"), database).test_client()
    browser.set_cookie("qms", token or "")
    return browser


def _page_ms(browser: FlaskClient, path: str) -> float:
    taken = []
    for _ in range(_PAGES):
        start = time.perf_counter()
        answer = browser.get(path)
        taken.append((time.perf_counter() - start) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status}")
    return round(median(taken), 1)
