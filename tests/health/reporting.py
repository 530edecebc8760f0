"""Whoever reports rejections to a real server, fifty a second, and notes what it acknowledged. Tests nothing."""

import http.client
import json
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from qms.db import Database
from qms.rules.accounts import SYSTEM
from qms.workflows import accounts
from tests.plant import PASSWORD, Plant

PROGRAM = "from qms.cli import main; main()"
PER_SECOND = 50


def send(port: int, method: str, path: str, body: bytes = b"",
         headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@contextmanager
def serving(url: str, folder: Path, port: int, program: str = PROGRAM) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server in a process of its own; it answers when this returns, and is gone afterwards."""
    server = subprocess.Popen(
        [sys.executable, "-c", program, "serve"], stdout=subprocess.DEVNULL,
        env={"QMS_DATABASE_URL": url, "QMS_INSTANCE": str(folder), "QMS_PORT": str(port),
             "QMS_DISK_FREE_PERCENT": "0", "QMS_DISK_FREE_MIB": "0", "QMS_LOG_LEVEL": "WARNING",
             "PATH": "/usr/bin:/bin"})
    try:
        _wait_until_ready(server, port)
        yield server
    finally:
        server.kill()
        server.wait()


def _wait_until_ready(server: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 90
    while time.monotonic() < until and server.poll() is None:
        try:
            status, said = send(port, "GET", "/readyz")
        except OSError:
            time.sleep(0.1)
            continue
        assert status == 200, said
        return
    raise AssertionError("the server did not answer")


class Reporter:
    """An operator who reports; `acknowledged` and `refused` are (client id, status), 0 where no answer came."""

    def __init__(self, database: Database, plant: Plant, ports: Sequence[int]) -> None:
        with database.transaction(SYSTEM, "tests.sign_in") as session:
            accounts.set_password(session, SYSTEM, plant.operator.id, PASSWORD)
            token = accounts.sign_in(session, login="operator", password=PASSWORD, address=None, agent="test",
                                     lasts=timedelta(hours=1))
        self.headers = {"Cookie": f"qms={token}", "X-Requested-By": "test", "Content-Type": "application/json"}
        self.body = {"kind": "not_accepted", "found_unit_id": plant.weld, "quantity": 1, "lot_id": plant.lot,
                     "defect_id": plant.burr, "link_id": plant.press_weld}
        self.ports, self.lock = ports, threading.Lock()
        self.acknowledged: list[tuple[str, int]] = []
        self.refused: list[tuple[str, int]] = []

    def report(self, n: int) -> None:
        """Report once, to one port after another."""
        client_id = str(uuid.uuid4())
        body = json.dumps(self.body | {"client_id": client_id}).encode()
        try:
            status, _ = send(self.ports[n % len(self.ports)], "POST", "/api/v1/rejections", body, self.headers)
        except (OSError, http.client.HTTPException):
            status = 0
        with self.lock:
            (self.acknowledged if status == 201 else self.refused).append((client_id, status))
