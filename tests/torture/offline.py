"""The torture of protocol A: captures on two tabs, half of all requests sabotaged, browser and server killed.

`python -m tests.torture.offline --captures 1000` prints what was shown as saved, what is stored, lost and doubled.
Source: shared reliability promises 1 to 3.
"""

import argparse
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Playwright, sync_playwright
from playwright.sync_api import Error as BrowserError
from sqlalchemy import func, select

from qms.db import Database
from qms.models.accounts_devices import Device, DeviceKey, DeviceUnit
from qms.models.rejections import Rejection
from qms.models.rejections_intake import Intake
from qms.rules.accounts import SYSTEM
from qms.workflows.accounts_devices import digest
from tests.chromium import CHROMIUM, FLAGS
from tests.databases import made_database
from tests.plant import make_plant
from tests.ports import free_port
from tests.torture.server import MUTANTS

DRIVER = (Path(__file__).parent / "driver.js").read_text(encoding="utf-8")
CREDENTIAL = "torture-credential"
PERSON = json.dumps({"auth": "offline-badge", "badge_sha256": "0" * 64, "name": "…042", "idle": 600})
BATCH = 6
DRAIN_S = 120


@dataclass
class Outcome:
    """What a run came to. `shown`: captures that the screen called saved; `stored`: captures the server holds."""

    shown: set[str] = field(default_factory=set)
    stored: Counter[str] = field(default_factory=Counter)
    browser_kills: int = 0
    server_kills: int = 0
    left: int = 0

    @property
    def lost(self) -> int:
        """Count what was shown as saved and is nowhere: neither stored nor still waiting on the tablet."""
        return len(self.shown - set(self.stored))

    @property
    def doubled(self) -> int:
        """Count rows beyond the first of a capture."""
        return sum(times - 1 for times in self.stored.values())


class Plant:
    """A small plant with one enrolled tablet, its server, and a browser profile that survives kills."""

    def __init__(self, folder: Path, url: str, mutant: str | None, seed: int) -> None:
        self.folder, self.url, self.mutant, self.seed = folder, url, mutant, seed
        self.port = free_port()
        self.server: subprocess.Popen[bytes] | None = None
        database = Database(url)
        plant = make_plant(database)
        with database.transaction(SYSTEM, "tests.plant") as session:
            device = Device(site_id=plant.site, name="T-01", public_id="00000000-0000-7000-8000-000000000001",
                            enrolled_by_id=plant.team_leader.id, enrolled_at=session.info["clock"]())
            session.add(device)
            session.flush()
            session.add(DeviceUnit(device_id=device.id, unit_id=plant.weld))
            session.add(DeviceKey(token_hash=digest(CREDENTIAL), device_id=device.id, made_at=device.enrolled_at))
        database.dispose()

    def serve(self, *, spoil: bool) -> None:
        """Start the server, or start it anew."""
        self.kill()
        self.seed += 1
        words = [self.url, str(self.folder), str(self.port), "spoil" if spoil else "fair", self.mutant or "",
                 str(self.seed)]
        self.server = subprocess.Popen([sys.executable, "-m", "tests.torture.server", *words],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(900):  # A machine that does other work as well starts it slowly.
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}/station/sw.js", timeout=2).close()
                return
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)
        raise RuntimeError("the server did not answer")

    def kill(self) -> None:
        """Kill the server as a power cut would."""
        if self.server is not None:
            self.server.kill()
            self.server.wait()

    def counted(self) -> Counter[str]:
        """Count the stored rows of every capture."""
        database = Database(self.url)
        with database.reading() as session:
            bodies = session.scalars(select(Intake.body)).all()
            rows = session.scalar(select(func.count()).select_from(Rejection))
        database.dispose()
        if rows != len(bodies):
            raise AssertionError(f"{rows} rejections for {len(bodies)} records")
        return Counter(json.loads(body)["fields"]["lot_number"] for body in bodies)


class Tablet:
    """A browser with a profile on disk and two tabs."""

    def __init__(self, playwright: Playwright, plant: Plant, outcome: Outcome) -> None:
        self.playwright, self.plant, self.outcome = playwright, plant, outcome
        self.profile = plant.folder / "profile"
        self.context: BrowserContext | None = None
        self.tabs: list[Page] = []

    def open(self) -> None:
        """Open the browser on the station in two tabs, signed in by badge only."""
        self.context = self.playwright.chromium.launch_persistent_context(
            str(self.profile), executable_path=CHROMIUM, args=[*FLAGS, f"--user-agent=torture-{self.plant.port}"],
            viewport={"width": 1280, "height": 800}, base_url=f"http://127.0.0.1:{self.plant.port}")
        self.context.add_cookies([{"name": "dev", "value": CREDENTIAL, "expires": time.time() + 86400,
                                   "url": f"http://127.0.0.1:{self.plant.port}"}])
        self.context.add_init_script(f"sessionStorage.setItem('station-person', {json.dumps(PERSON)})")
        self.tabs = [self.context.new_page() for _ in range(2)]
        for tab in self.tabs:
            tab.on("console", self._heard)
            self.reload(tab)

    def reload(self, tab: Page) -> None:
        """Open the station anew, from the tablet's own copy when the server is away."""
        for _ in range(20):
            try:
                tab.goto("/station", wait_until="commit", timeout=10_000)
                tab.wait_for_selector(".home .btn.reject", timeout=10_000)
                return
            except BrowserError:
                time.sleep(0.3)
        raise RuntimeError("the station does not open")

    def capture(self, tab: Page, first: int, count: int) -> None:
        """Make captures by tapping."""
        tab.evaluate(f"({DRIVER})({json.dumps({'first': first, 'count': count, 'doubleTap': True})})")

    def kill(self) -> None:
        """Kill every process of the browser at once."""
        pattern = f"user-agent=torture-{self.plant.port}"
        found = subprocess.run(["pgrep", "-f", pattern], capture_output=True, text=True, check=False).stdout.split()
        for pid in found:
            if int(pid) != os.getpid():
                _kill(int(pid))
        with suppress(BrowserError):
            if self.context is not None:
                self.context.close()
        self.context = None

    def waiting(self) -> int:
        """Count what the outbox still holds."""
        return int(self.tabs[0].evaluate("""async () => new Promise((done, fail) => {
            const asked = indexedDB.open("capture-outbox");
            asked.onerror = () => fail(asked.error);
            asked.onsuccess = () => {
                const count = asked.result.transaction("outbox").objectStore("outbox").count();
                count.onsuccess = () => { asked.result.close(); done(count.result); };
            };
        })"""))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.text.startswith("SHOWN "):
            self.outcome.shown.add(message.text.split()[1])


def run(playwright: Playwright, captures: int, *, browser_kills: int, server_kills: int, mutant: str | None = None,
        seed: int = 1, tell: Any = None) -> Outcome:
    """Torture one tablet and return what it came to."""
    outcome, chance = Outcome(), random.Random(seed)
    with planted(mutant, seed) as plant:
        tablet = Tablet(playwright, plant, outcome)
        plant.serve(spoil=True)
        tablet.open()
        rounds = max(1, captures // BATCH)
        kill_browser = {round(n * rounds / (browser_kills + 1)) for n in range(1, browser_kills + 1)}
        kill_server = {round((n + 0.5) * rounds / (server_kills + 1)) for n in range(server_kills)}
        for turn, first in enumerate(range(0, captures, BATCH), start=1):
            tab = tablet.tabs[turn % 2]
            try:
                tablet.capture(tab, first, min(BATCH, captures - first))
                if chance.random() < 0.15:
                    tablet.reload(tab)
            except BrowserError as error:
                _tell(tell, f"tab lost: {str(error).splitlines()[0]}")
                tablet.reload(tab)
            if turn in kill_server:
                plant.serve(spoil=True)
                outcome.server_kills += 1
            if turn in kill_browser:
                tablet.kill()
                outcome.browser_kills += 1
                tablet.open()
            _tell(tell, f"{first + BATCH} captures, {len(outcome.shown)} shown as saved")
        plant.serve(spoil=False)
        outcome.left = _drained(tablet)
        outcome.stored = plant.counted()
        tablet.kill()
        plant.kill()
    return outcome


def _drained(tablet: Tablet) -> int:
    """Wait until nothing waits any more; return what is left when that takes too long."""
    for tab in tablet.tabs:
        tablet.reload(tab)
    left = tablet.waiting()
    for _ in range(DRAIN_S * 2):
        if left == 0:
            break
        time.sleep(0.5)
        left = tablet.waiting()
    return left


@contextmanager
def planted(mutant: str | None, seed: int) -> Iterator[Plant]:
    """Make a plant in a place of its own; it and its server are gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="torture-"))
    try:
        with made_database("sqlite", folder) as url:
            plant = Plant(folder, url, mutant, seed)
            try:
                yield plant
            finally:
                plant.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def _tell(tell: Any, text: str) -> None:
    if tell is not None:
        tell(text)


def show(name: str, outcome: Outcome) -> None:
    """Print one run."""
    print(f"{name}: shown-saved {len(outcome.shown)}, stored {len(outcome.stored)}, lost {outcome.lost}, "
          f"doubled {outcome.doubled}, still waiting {outcome.left}, browser kills {outcome.browser_kills}, "
          f"server kills {outcome.server_kills}", flush=True)


def main() -> None:
    """Torture the client, then three broken ones that must fail."""
    parser = argparse.ArgumentParser(prog="python -m tests.torture.offline", description=__doc__)
    parser.add_argument("--captures", type=int, default=1000)
    parser.add_argument("--kills", type=int, help="browser kills; one for every 25 captures unless told")
    parser.add_argument("--mutant-captures", type=int, default=60, help="captures by each broken client")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    kills = given.captures // 25 if given.kills is None else given.kills
    began = time.monotonic()

    def tell(text: str) -> None:
        print(f"  {time.monotonic() - began:6.0f} s  {text}", file=sys.stderr, flush=True)

    with sync_playwright() as playwright:
        outcome = run(playwright, given.captures, browser_kills=kills, server_kills=kills, seed=given.seed, tell=tell)
        show("the client", outcome)
        good = outcome.lost == outcome.doubled == outcome.left == 0
        for name in MUTANTS:
            broken = run(playwright, given.mutant_captures, browser_kills=1, server_kills=1, mutant=name,
                         seed=given.seed)
            show(f"mutant {name}", broken)
            good = good and broken.lost + broken.doubled > 0
    raise SystemExit(0 if good else 1)


if __name__ == "__main__":
    main()
