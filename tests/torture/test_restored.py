"""Yesterday's backup is restored: what tablets had sent since comes back from them, each record once (promise 19)."""

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Playwright
from sqlalchemy import select

from qms.db import Database
from qms.models.accounts_devices import DeviceIncident
from qms.workflows import backup, trail_checkpoints
from tests.torture.offline import Outcome, Plant, Tablet, planted

BEFORE, AFTER = 2, 4
STORE = """name => new Promise(done => { const asked = indexedDB.open("capture-outbox");
    asked.onsuccess = () => { const all = asked.result.transaction(name).objectStore(name).getAll();
        all.onsuccess = () => { asked.result.close(); done(all.result); }; }; })"""
BEAT = """async () => { const base = document.querySelector("script[type=module]").src.replace("app.js", "");
    return (await (await import(base + "heartbeat.js")).beat("test")).reoffer; }"""


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.1)


def meta(tab: Page) -> dict[str, Any]:
    return {each["key"]: each["value"] for each in tab.evaluate(STORE, "meta")}


def incidents(url: str) -> dict[str, str | None]:
    database = Database(url)
    with database.reading() as session:
        found = {one.kind: one.detail for one in session.scalars(
            select(DeviceIncident).where(DeviceIncident.closed_at.is_(None)))}
    database.dispose()
    return found


def checkpoint_of(plant: Plant) -> str:
    database = Database(plant.url)
    made = trail_checkpoints.make(database, bytes(32), "command")
    database.dispose()
    assert made is not None
    return made.note


def test_what_tablets_sent_after_the_backup_comes_back_once(playwright: Playwright, tmp_path: Path):
    with planted(None, 1) as plant:
        tablet = Tablet(playwright, plant, Outcome())
        plant.serve(spoil=False)
        tablet.open()
        tab = tablet.tabs[0]
        tablet.capture(tab, 0, BEFORE)
        until(lambda: tablet.waiting() == 0)
        backup.make(plant.url, plant.folder / "photos", tmp_path / "yesterday.qmsbackup")
        note = checkpoint_of(plant)
        tablet.capture(tab, BEFORE, AFTER)
        until(lambda: tablet.waiting() == 0)
        receipts = [each["receipt"] for each in tab.evaluate(STORE, "sent")]
        assert Counter(each["checkpoint"] for each in receipts) == {None: BEFORE, note: AFTER}
        until(lambda: meta(tab)["head"]["size"] >= max(each["seq"] for each in receipts))
        all_of_it = plant.counted()
        assert meta(tab)["checkpoint"] == note

        plant.kill()
        plant.url = f"sqlite:///{tmp_path}/restored.sqlite"
        backup.restore(tmp_path / "yesterday.qmsbackup", plant.url, tmp_path / "photos")
        assert plant.counted().total() == BEFORE
        plant.serve(spoil=False)
        tablet.reload(tab)
        until(lambda: plant.counted() == all_of_it and tablet.waiting() == 0)
        assert set(all_of_it.values()) == {1}
        assert all_of_it.total() == BEFORE + AFTER
        told = incidents(plant.url)
        assert told.keys() == {"rolled_back", "other_trail"}
        assert told["other_trail"] == note
        assert tab.evaluate(BEAT) is False
        assert tab.evaluate(STORE, "outbox") == []
        tablet.kill()
