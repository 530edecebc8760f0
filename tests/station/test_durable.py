"""“Saved on this tablet” is on the disk: the browser asked the disk to keep it, for each save (promise 5)."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest
from playwright.sync_api import BrowserType

from tests.chromium import CHROMIUM, FLAGS
from tests.station.conftest import enrol

pytestmark = pytest.mark.browser
SAVES = 20
SAVE = """async (count) => {
    const base = document.querySelector("script[type=module]").src.replace("app.js", "");
    const outbox = await import(base + "outbox.js");
    for (let n = 0; n < count; n += 1) {
        await outbox.save(async (seq) => ({ id: `00000000-0000-7000-8000-${String(seq).padStart(12, "0")}`, body: "{}",
                                            sha256: "0" }), []);
    } }"""


@pytest.fixture
def chromium(browser) -> BrowserType:
    return browser.browser_type


def test_each_save_is_flushed_to_the_disk(chromium, site, floor, tmp_path):
    if shutil.which("strace") is None:
        if os.environ.get("CI"):
            pytest.fail("strace is required in CI and is not installed")
        pytest.skip("no strace is installed: whether a save is flushed was not looked at")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        context = chromium.launch_persistent_context(profile, executable_path=CHROMIUM, args=FLAGS, base_url=site.url)
        context.add_cookies([{"name": "dev", "value": enrol(site, (floor.weld,)), "url": site.url}])
        page = context.new_page()
        page.goto("/station")
        page.wait_for_selector(".screen-lock h1")
        page.evaluate(SAVE, 1)
        log = tmp_path / "calls"
        pids = subprocess.run(["pgrep", "-f", profile], capture_output=True, text=True, check=True).stdout.split()
        watched = [word for pid in pids for word in ("-p", pid)]
        strace = subprocess.Popen(["strace", "-f", "-q", "-e", "trace=fdatasync,fsync", "-o", str(log), *watched],
                                  stderr=subprocess.DEVNULL)
        time.sleep(2)
        page.evaluate(SAVE, SAVES)
        strace.send_signal(signal.SIGINT)
        strace.wait(timeout=20)
        context.close()
    assert Path(log).read_text().count("sync(") >= SAVES
