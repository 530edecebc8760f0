"""Measures the start of a shift: four tablets that were offline send 250 records each, all at once."""

import hashlib
import http.client
import json
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.requests_http import MadeDatabase
from benchmarks.seed import small_plant
from qms.db import Database
from qms.models.accounts import Badge
from qms.models.rejections import Rejection
from qms.rules.accounts import SYSTEM
from qms.rules.clock import rfc3339, utc_now

TABLETS = 4
EACH = 250
ALLOWED_S = 15
HEADER = ("shift-start drain", "database", "records", "seconds", "at most", "records/s", "p50 ms", "p99 ms", "refused",
          "lost or doubled")
BADGE = hashlib.sha256(b"a badge for measuring").hexdigest()


def drain(kind: str) -> tuple[object, ...]:
    """Let the tablets send on a database of a kind; return the row of the table."""
    from benchmarks.station import PORT, enrolled, served

    with tempfile.TemporaryDirectory() as held, MadeDatabase(kind, Path(held), "drain") as url:
        ids = small_plant(url)
        _give_badge(url, ids["person"])
        tokens = enrolled(url, ids, TABLETS)
        with served(Path(held), url):
            args = json.dumps({"port": PORT, "tokens": tokens, "ids": ids})
            done = subprocess.run([sys.executable, "-m", "benchmarks.station_drain", args], capture_output=True,
                                  text=True, check=True)
        seconds, waits, refused = json.loads(done.stdout)
        database = Database(url)
        with database.reading() as session:
            kept = session.scalar(select(func.count()).select_from(Rejection)) or 0
        database.dispose()
    sent = TABLETS * EACH
    return (f"{TABLETS} tablets x {EACH}", kind, sent, round(seconds, 1), ALLOWED_S, round(sent / seconds),
            round(waits[sent // 2], 1), round(waits[int(sent * 0.99)], 1), refused, abs(sent - kept))


def _give_badge(url: str, person_id: int) -> None:
    database = Database(url)
    with database.transaction(SYSTEM, "benchmarks.badge") as session:
        session.add(Badge(person_id=person_id, code_sha256=BADGE, issued_at=utc_now(), issued_by_id=SYSTEM.id))
    database.dispose()


def _bodies(ids: dict[str, int]) -> list[tuple[str, bytes]]:
    """Return what one tablet saved during two hours without a network, serialised once as the app does."""
    began = utc_now() - timedelta(hours=2)
    made = []
    for n in range(1, EACH + 1):
        record_id = str(uuid.uuid4())
        body = {"v": 1, "id": record_id, "device_id": "", "device_seq": n,
                "actor": {"auth": "offline-badge", "badge_sha256": BADGE},
                "device_time": rfc3339(began + timedelta(seconds=20 * n)), "monotonic_ms": n, "skew_ms": 40,
                "app_version": "benchmark", "photos": [],
                "fields": {"kind": "not_accepted", "found_unit_id": ids["second"], "lot_id": ids["lot"],
                           "lot_number": None, "item_id": ids["item"], "defect_id": ids["defect"],
                           "handover_id": None, "zone": "左上", "quantity": 1 + n % 9, "note": None,
                           "whole_lot": False}}
        made.append((record_id, json.dumps(body, ensure_ascii=False).encode()))
    return made


def _send(port: int, token: str, bodies: list[tuple[str, bytes]], waits: list[float], refused: list[int]) -> None:
    """Send one record after the other, as the one sender of a tablet does."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": f"dev={token}", "X-Requested-By": "station", "Content-Type": "application/json"}
    for record_id, raw in bodies:
        began = time.monotonic()
        connection.request("PUT", f"/api/v1/rejects/{record_id}", raw, headers)
        answer = connection.getresponse()
        receipt = json.loads(answer.read())
        waits.append((time.monotonic() - began) * 1000)
        if answer.status != 201 or receipt["sha256"] != hashlib.sha256(raw).hexdigest():
            refused.append(answer.status)


def _run(port: int, tokens: list[str], ids: dict[str, int]) -> tuple[float, list[float], int]:
    waits: list[float] = []
    refused: list[int] = []
    outboxes = [_bodies(ids) for _ in tokens]
    senders = [threading.Thread(target=_send, args=(port, token, outbox, waits, refused))
               for token, outbox in zip(tokens, outboxes, strict=True)]
    began = time.monotonic()
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    return time.monotonic() - began, sorted(waits), len(refused)


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    print(json.dumps(_run(given["port"], given["tokens"], given["ids"])))
