"""What holds when tablets send the same again and again, at once, to a real server (promise 2)."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from qms.db import Database
from qms.models.rejections import Rejection
from qms.models.rejections_intake import Intake, IntakePhoto
from qms.models.trail import Attachment
from qms.workflows.verify import verify
from tests.plant import make_plant
from tests.ports import free_port
from tests.rejections.pictures import picture
from tests.rejections.tablets import HEADERS, Tablet, enrolled, sign_in_at

AT_ONCE = 20
PROGRAM = "from qms.cli import main; main()"


@contextmanager
def served(url: str, instance: Path) -> Iterator[int]:
    """Run `qms serve` in a process of its own; yield its port."""
    port = free_port()
    env = {**os.environ, "QMS_DATABASE_URL": url, "QMS_INSTANCE": str(instance), "QMS_WORKERS": "0",
           "QMS_PORT": str(port), "QMS_LOG_LEVEL": "ERROR"}
    server = subprocess.Popen([sys.executable, "-c", PROGRAM, "serve"], env=env, stdout=subprocess.DEVNULL)
    try:
        _wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def _wait(port: int) -> None:
    for _ in range(1200):
        try:
            ask(port, "GET", "/accounts/sign-in", b"", {})
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("the server did not answer")


def ask(port: int, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    said = answer.status, answer.read()
    connection.close()
    return said


def said_of_the_record(receipt: bytes) -> str:
    """Return a receipt without the newest checkpoint, of which one may be made between two answers."""
    return json.dumps({name: said for name, said in json.loads(receipt).items() if name != "checkpoint"})


@pytest.mark.parametrize("ids", [8, pytest.param(200, marks=pytest.mark.slow)])
def test_twenty_identical_puts_at_once_make_one_record_each(fresh_db: Database, tmp_path: Path, ids: int):
    plant = make_plant(fresh_db)
    tablet = enrolled(fresh_db, plant)
    sign_in_at(fresh_db, tablet, plant.operator)
    headers = {**HEADERS, "Cookie": f"dev={tablet.token}", "Content-Type": "application/json"}
    bodies = [tablet.body() for _ in range(ids)]
    with served(fresh_db.url, tmp_path) as port, ThreadPoolExecutor(AT_ONCE) as pool:
        for sent in bodies:
            raw, path = json.dumps(sent).encode(), f"/api/v1/rejects/{sent['id']}"
            answers = list(pool.map(lambda _n, r=raw, p=path: ask(port, "PUT", p, r, headers), range(AT_ONCE)))
            statuses = sorted(status for status, _ in answers)
            assert statuses == [200] * (AT_ONCE - 1) + [201], answers
            assert len({said_of_the_record(receipt) for _, receipt in answers}) == 1
    with fresh_db.reading() as session:
        for cls in (Rejection, Intake):
            assert session.scalar(select(func.count()).select_from(cls)) == ids
        assert session.scalars(select(Rejection.serial).order_by(Rejection.serial)).all() == list(range(1, ids + 1))
    assert verify(fresh_db.url, together=False).good


def test_a_record_and_its_photos_at_once_come_together(fresh_db: Database, tmp_path: Path):
    """Promise 23: photos and records sent beside each other, each several times, in any order."""
    plant = make_plant(fresh_db)
    tablet: Tablet = enrolled(fresh_db, plant)
    sign_in_at(fresh_db, tablet, plant.operator)
    calls = []
    bodies = []
    for n in range(6):
        photos = [picture((n * 10, slot * 40, 5)) for slot in (1, 2, 3)]
        sent = tablet.body(photos=[tablet.listed(slot, photo) for slot, photo in enumerate(photos, start=1)])
        bodies.append(sent)
        calls += [("", json.dumps(sent).encode(), {})] * 3
        calls += [(f"/photos/{slot}", photo, {"X-Sha256": tablet.listed(slot, photo)["sha256"]})
                  for slot, photo in enumerate(photos, start=1)] * 2
    paths = [f"/api/v1/rejects/{bodies[n // 9]['id']}{part}" for n, (part, _, _) in enumerate(calls)]
    headers = {**HEADERS, "Cookie": f"dev={tablet.token}"}
    with served(fresh_db.url, tmp_path) as port, ThreadPoolExecutor(9) as pool:
        answers = list(pool.map(lambda call: ask(port, "PUT", call[0], call[1][1], {**headers, **call[1][2]}),
                                zip(paths, calls, strict=True)))
    assert {status for status, _ in answers} == {200, 201}, answers
    with fresh_db.reading() as session:
        kept = {(p.client_id, p.slot): p for p in session.scalars(select(IntakePhoto))}
        linked = {a.id: a.sent_sha256 for a in session.scalars(select(Attachment))}
        for sent in bodies:
            for photo in sent["photos"]:
                row = kept[sent["id"], photo["slot"]]
                assert linked[row.attachment_id] == row.sent_sha256 == photo["sha256"]
        assert set(session.scalars(select(Intake.review))) == {""}
    assert verify(fresh_db.url, together=False).good


def test_a_body_that_is_not_in_normal_form_is_in_the_trail_as_it_came(fresh_db: Database, tmp_path: Path):
    plant = make_plant(fresh_db)
    tablet = enrolled(fresh_db, plant)
    sent = tablet.body(fields={"note": "Fla\u0308che"})
    raw = json.dumps(sent, ensure_ascii=False).encode()
    with served(fresh_db.url, tmp_path) as port:
        status, _ = ask(port, "PUT", f"/api/v1/rejects/{sent['id']}", raw, {**HEADERS, "Cookie": f"dev={tablet.token}"})
    assert status == 201
    with fresh_db.reading() as session:
        assert session.scalars(select(Intake.body)).one().encode() == raw
    assert verify(fresh_db.url, together=False).good
