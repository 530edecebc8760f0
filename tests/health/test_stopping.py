"""A server that is told to stop loses nothing that it acknowledged, and is gone within 20 seconds (promise 39)."""

import http.client
import json
import signal
import subprocess
import sys
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from qms.db import Database
from qms.models.rejections import Rejection
from qms.rules.accounts import SYSTEM
from qms.workflows import accounts
from tests.plant import PASSWORD, make_plant
from tests.ports import free_port

PROGRAM = "from qms.cli import main; main()"
PORT = free_port()
PER_SECOND, SECONDS = 50, 4


def send(method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def wait_until_ready(server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until and server.poll() is None:
        try:
            status, said = send("GET", "/readyz")
        except OSError:
            time.sleep(0.1)
            continue
        assert status == 200, said
        return
    raise AssertionError("the server did not answer")


def test_at_fifty_rejections_a_second_none_that_was_acknowledged_is_lost(fresh_db: Database, tmp_path: Path):
    plant = make_plant(fresh_db)
    with fresh_db.transaction(SYSTEM, "tests.sign_in") as session:
        accounts.set_password(session, SYSTEM, plant.operator.id, PASSWORD)
        token = accounts.sign_in(session, login="operator", password=PASSWORD, address=None, agent="test",
                                 lasts=timedelta(hours=1))
    headers = {"Cookie": f"qms={token}", "X-Requested-By": "test", "Content-Type": "application/json"}
    acknowledged, refused, lock = [], [], threading.Lock()

    def report() -> None:
        client_id = str(uuid.uuid4())
        body = json.dumps({"client_id": client_id, "kind": "not_accepted", "found_unit_id": plant.weld, "quantity": 1,
                           "lot_id": plant.lot, "defect_id": plant.burr, "link_id": plant.press_weld}).encode()
        try:
            status, _ = send("POST", "/api/v1/rejections", body, headers)
        except (OSError, http.client.HTTPException):
            status = 0
        with lock:
            (acknowledged if status == 201 else refused).append((client_id, status))

    server = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, "serve"], stdout=subprocess.DEVNULL,
        env={"QMS_DATABASE_URL": fresh_db.url, "QMS_INSTANCE": str(tmp_path), "QMS_PORT": str(PORT),
             "QMS_DISK_FREE_PERCENT": "0", "QMS_DISK_FREE_MIB": "0", "QMS_LOG_LEVEL": "WARNING",
             "PATH": "/usr/bin:/bin"})
    try:
        wait_until_ready(server)
        with ThreadPoolExecutor(40) as pool:
            for n in range(PER_SECOND * SECONDS):
                pool.submit(report)
                if n == PER_SECOND * SECONDS // 2:
                    server.send_signal(signal.SIGTERM)
                    told_at = time.monotonic()
                time.sleep(1 / PER_SECOND)
            ended = server.wait(timeout=30)
            took = time.monotonic() - told_at
    finally:
        server.kill()
    assert ended == 0
    assert took <= 20
    assert acknowledged
    assert {status for _, status in refused} <= {0}, refused
    with fresh_db.reading() as session:
        kept = set(session.scalars(select(Rejection.client_id)))
    print(f"\nacknowledged {len(acknowledged)}, refused {len(refused)}, stopped after {took:.1f} s, lost "
          f"{len({client_id for client_id, _ in acknowledged} - kept)}")
    assert {client_id for client_id, _ in acknowledged} <= kept
