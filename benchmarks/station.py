"""Measures the shop floor: 200 tablets that poll beside rejections, and how soon the next screen stands after a tap."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.seed import signed_in, small_plant
from qms.db import Database
from qms.models.accounts_devices import Device, DeviceKey, DeviceUnit
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows.accounts_devices import digest

STATIONS = 200
EVERY_S = 2.0
REJECTIONS_A_SECOND = 5
SECONDS = 30.0
PORT = 8961
HEADER = ("stations", "polls", "polls/s", "p50 ms", "p95 ms", "p99 ms", "new", "304", "refused", "rejections",
          "created/s", "lost")


def polling(stations: int = STATIONS, seconds: float = SECONDS) -> tuple[object, ...]:
    """Poll from so many stations every two seconds beside five rejections a second, on SQLite with `qms serve`."""
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        url = f"sqlite:///{folder}/qms.sqlite"
        ids = small_plant(url)
        tokens = enrolled(url, ids, stations)
        with served(folder, url):
            args = json.dumps({"tokens": tokens, "unit": ids["second"], "ids": ids, "cookie": signed_in(url),
                               "seconds": seconds})
            done = subprocess.run([sys.executable, "-m", "benchmarks.station", args], capture_output=True, text=True,
                                  check=True)
    return tuple(json.loads(done.stdout))


def enrolled(url: str, ids: dict[str, int], count: int) -> list[str]:
    """Enrol so many tablets, half at each of two operations; return their credentials."""
    database = Database(url)
    tokens = [f"station-{n}-{uuid.uuid4()}" for n in range(count)]
    with database.transaction(SYSTEM, "benchmarks.enrol") as session:
        for n, token in enumerate(tokens):
            device = Device(site_id=ids["site"], name=f"T-{n:03}", public_id=str(uuid.uuid4()),
                            enrolled_by_id=ids["person"], enrolled_at=utc_now())
            session.add(device)
            session.flush()
            session.add_all([DeviceUnit(device_id=device.id, unit_id=ids[unit]) for unit in ("first", "second")])
            session.add(DeviceKey(token_hash=digest(token), device_id=device.id, made_at=utc_now()))
    database.dispose()
    return tokens


@contextmanager
def served(folder: Path, url: str) -> Iterator[None]:
    """Run `qms serve` as it is run in earnest."""
    env = {**os.environ, "QMS_INSTANCE": str(folder), "QMS_DATABASE_URL": url, "QMS_PORT": str(PORT)}
    command = [sys.executable, "-c", "from qms.cli import main; main()", "serve"]
    server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        from benchmarks.servers import wait

        wait(PORT)
        yield
    finally:
        server.terminate()
        server.wait(timeout=30)


class Floor:
    """What every station and the workers beside them found."""

    def __init__(self, given: dict[str, object]) -> None:
        self.given = given
        self.lock = threading.Lock()
        self.waits: list[float] = []
        self.statuses: list[int] = []
        self.created: list[str] = []
        self.failed = 0
        self.until = time.monotonic() + float(str(given["seconds"]))

    def poll(self, token: str, offset: float) -> None:
        """Ask every two seconds, as one tablet does."""
        import http.client

        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        etag, due = "", time.monotonic() + offset
        path = f"/api/v1/station/now?unit={self.given['unit']}"
        while due < self.until:
            time.sleep(max(0.0, due - time.monotonic()))
            began = time.monotonic()
            connection.request("GET", path, headers={"Cookie": f"dev={token}", "If-None-Match": etag})
            answer = connection.getresponse()
            answer.read()
            etag = answer.headers.get("ETag") or etag
            with self.lock:
                self.waits.append((time.monotonic() - began) * 1000)
                self.statuses.append(answer.status)
            due += EVERY_S

    def report(self) -> None:
        """Create rejections at the pace of a busy plant."""
        import http.client

        ids = self.given["ids"]
        headers = {"Content-Type": "application/json", "X-Requested-By": "benchmark",
                   "Cookie": str(self.given["cookie"])}
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=30)
        due = time.monotonic()
        while due < self.until:
            time.sleep(max(0.0, due - time.monotonic()))
            client_id = str(uuid.uuid4())
            body = {"kind": "not_accepted", "found_unit_id": ids["second"], "lot_id": ids["lot"],  # type: ignore[index]
                    "quantity": 1, "defect_id": ids["defect"], "link_id": ids["link"],  # type: ignore[index]
                    "client_id": client_id}
            connection.request("POST", "/api/v1/rejections", json.dumps(body), headers)
            answer = connection.getresponse()
            answer.read()
            if answer.status == 201:
                self.created.append(client_id)
            else:
                self.failed += 1
            due += 1 / REJECTIONS_A_SECOND

    def run(self) -> list[object]:
        """Let everybody work until the time is up; return the row of the table."""
        tokens: list[str] = list(self.given["tokens"])  # type: ignore[call-overload]
        crowd = [threading.Thread(target=self.poll, args=(token, n * EVERY_S / len(tokens)))
                 for n, token in enumerate(tokens)]
        crowd.append(threading.Thread(target=self.report))
        for one in crowd:
            one.start()
        for one in crowd:
            one.join()
        self.waits.sort()
        seconds = float(str(self.given["seconds"]))
        refused = sum(status not in {200, 304} for status in self.statuses)
        part = [round(self.waits[int(len(self.waits) * share)], 1) for share in (0.5, 0.95, 0.99)]
        return [len(tokens), len(self.waits), round(len(self.waits) / seconds), *part, self.statuses.count(200),
                self.statuses.count(304), refused, len(self.created), round(len(self.created) / seconds, 1),
                self.failed]


TAPS_HEADER = ("taps", "CPU slowed", "median ms", "worst ms", "asked ms")
_TAP = """async () => { const found = []; const tap = async (sought, wanted) => {
    const began = performance.now(); document.querySelector(sought).click();
    await new Promise(requestAnimationFrame); await new Promise(requestAnimationFrame);
    if (!document.querySelector(wanted)) throw new Error(wanted); found.push(performance.now() - began); };
    for (let n = 0; n < 10; n += 1) { await tap('.home .btn.reject', '.tile');
        await tap('.tile', '.tile[aria-pressed="true"]'); await tap('.head .btn.plain', '.home');
        await tap('.home .btn.stop', '.reasons'); await tap('.head .btn.plain', '.home'); } return found; }"""


def taps() -> tuple[object, ...]:
    """Measure a tap to the next painted screen, offline, on a processor slowed to a quarter."""
    from playwright.sync_api import sync_playwright

    from tests.chromium import CHROMIUM, FLAGS

    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        url = f"sqlite:///{folder}/qms.sqlite"
        ids = small_plant(url)
        token = enrolled(url, ids, 1)[0]
        with served(folder, url), sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            context = browser.new_context(viewport={"width": 1280, "height": 800}, has_touch=True)
            context.add_cookies([{"name": "dev", "value": token, "url": f"http://127.0.0.1:{PORT}"}])
            context.add_init_script("sessionStorage.setItem('station-person', JSON.stringify({auth: 'offline-badge', "
                                    "badge_sha256: '0'.repeat(64), name: '…042', idle: 600}))")
            page = context.new_page()
            page.goto(f"http://127.0.0.1:{PORT}/station")
            page.wait_for_selector(".home .btn.reject")
            context.set_offline(True)
            context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 4})
            found = page.evaluate(_TAP)
            browser.close()
    return len(found), "4x", round(statistics.median(found), 1), round(max(found), 1), 100


def main(databases: list[str]) -> None:
    """Print the figures of the shop floor."""
    from benchmarks import station_drain
    from benchmarks.__main__ import show

    show(HEADER, [polling()])
    show(station_drain.HEADER, [station_drain.drain(kind) for kind in databases])
    show(TAPS_HEADER, [taps()])


if __name__ == "__main__":
    print(json.dumps(Floor(json.loads(sys.argv[1])).run()))
