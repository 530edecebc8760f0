"""Measures the import of a help-desk log, in a process of its own, and sets what is kept beside a plain count."""

import gzip
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.requests_http import MadeDatabase
from qms.db import Database
from qms.db.upgrade import upgrade
from qms.imports.service_requests_mapping import read_request_mapping
from qms.jobs.imports import file_sha256
from qms.jobs.service_requests_import import load_requests
from qms.rules.accounts import SYSTEM
from qms.workflows import accounts, imports

HEADER = ("import of requests", "database", "rows", "requests", "seconds", "target s", "peak MiB", "target MiB")
COUNTED = ("last rows of the file", "database", "kept here", "pandas", "equal")
ROOT = Path(__file__).resolve().parent.parent
LOG = ROOT.parent / "shared" / "data" / "incidents" / "incidents.csv.gz"
MAPPING = ROOT / "examples" / "mappings" / "incidents.toml"
TARGET_S, TARGET_MIB, QUICK_ROWS = 90, 500, 10_000

Row = tuple[object, ...]


def measure(kind: str, *, quick: bool) -> tuple[list[Row], list[Row]]:
    """Return the line of HEADER and the lines of COUNTED on one kind of database; none where the log is not here."""
    if not LOG.exists():
        return [], []
    with tempfile.TemporaryDirectory() as folder, MadeDatabase(kind, Path(folder), "import") as url:
        upgrade(url)
        database = Database(url)
        with database.transaction(SYSTEM, "trail.begin") as session:
            accounts.begin(session)
        database.dispose()
        found = _in_a_process(url, _slice(Path(folder)) if quick else LOG)
    targets = ("", "") if quick else (TARGET_S, TARGET_MIB)
    line = ("incidents", kind, found["rows"], found["requests"], round(found["seconds"], 1), targets[0],
            round(found["peak_mib"]), targets[1])
    return [line], [(words, kind, kept, plain, "yes" if kept == plain else "NO") for words, kept, plain in
                    found["counts"]]


def _slice(folder: Path) -> Path:
    """Return a log of the first rows of the whole one."""
    path = folder / "slice.csv"
    with gzip.open(LOG, "rt", encoding="utf-8") as whole, path.open("w", encoding="utf-8") as part:
        part.writelines(islice(whole, QUICK_ROWS + 1))
    return path


def _in_a_process(url: str, path: Path) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-m", "benchmarks.service_import", url, str(path)], cwd=ROOT, check=True,
                          capture_output=True, text=True, env=dict(os.environ))
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def _child(url: str, path: Path) -> str:
    """Import a log as `qms import requests` does, and tell what came of it."""
    database, mapping = Database(url), read_request_mapping(MAPPING)
    start = time.perf_counter()
    with database.transaction(SYSTEM, "imports.prepare") as session:
        run_id = imports.prepare(session, SYSTEM, kind="requests", file_name=path.name, file_sha256=file_sha256(path),
                                 mapping=mapping.toml).id
    outcome = load_requests(database, SYSTEM, run_id, path, mapping)
    seconds = time.perf_counter() - start
    database.dispose()
    plain = [value for _words, value in outcome.plain.figures()] if outcome.plain else []
    return json.dumps({
        "rows": outcome.log.rows, "requests": outcome.added, "seconds": seconds,
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "counts": [(words.en, kept, other) for (words, kept), other in
                   zip(outcome.kept.figures(), plain, strict=True)]})


if __name__ == "__main__":
    print(_child(sys.argv[1], Path(sys.argv[2])))
