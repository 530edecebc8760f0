"""The disk fills: what was acknowledged stays, more is refused for later, and work goes on by itself (promise 37)."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from qms import create_app
from qms.db import Database
from qms.models.rejections_intake import Intake
from qms.settings import Settings
from qms.workflows.verify import verify
from tests.databases import made_database
from tests.plant import make_plant
from tests.rejections.tablets import enrolled, opened, sign_in_at

SMALL, LARGE = "size=8m", "size=64m"
NOTE = "毛刺" * 1900
MOST = 600


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few MiB that holds the database only."""
    folder = tmp_path / "small"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", SMALL, "tmpfs", str(folder)], capture_output=True, text=True,
                          check=False)
    if done.returncode:
        if os.environ.get("CI") and os.geteuid() == 0:
            pytest.fail(f"a small disk is required in CI: {done.stderr}")
        pytest.skip("this user may not mount a small disk: what happens on a full one was not looked at")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_on_a_full_disk_what_was_acknowledged_stays_and_the_rest_is_taken_later(small_disk: Path, tmp_path: Path):
    with made_database("sqlite", small_disk) as url:
        database = Database(url)
        plant = make_plant(database)
        app = create_app(Settings(instance=tmp_path, workers=0, disk_free_percent=0, disk_free_mib=0), database)
        tablet = enrolled(database, plant)
        opened(app, tablet, sign_in_at(database, tablet, plant.operator))
        acknowledged: set[str] = set()
        for _ in range(MOST):
            sent = tablet.body(fields={"note": NOTE})
            answer = tablet.put(sent)
            if answer.status_code != 201:
                break
            acknowledged.add(sent["id"])
        assert 20 < len(acknowledged) < MOST
        for _ in range(5):
            again = tablet.put(sent)
            assert again.status_code in {503, 507}
            assert int(again.headers["Retry-After"]) > 0
        assert (answer.status_code, answer.content_type) == (507, "application/problem+json")
        assert tablet.client.get("/api/v1/rejects/mine").status_code == 200
        assert kept(database) == acknowledged

        subprocess.run(["mount", "-o", f"remount,{LARGE}", str(small_disk)], check=True)
        assert tablet.put(sent).status_code == 201
        assert tablet.client.get("/readyz").status_code == 200
        assert kept(database) == acknowledged | {sent["id"]}
        assert verify(url, together=False).good
        database.dispose()


def kept(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(Intake.client_id)))
