"""What machines are told: alive, ready or which fault, figures only to whom the setting names."""

import shutil
import threading
import time
from collections import namedtuple

import pytest
from sqlalchemy import func, select, text

from qms.db import Database
from qms.db.engine import open_engine
from qms.jobs import worker
from qms.jobs.worker import Pulse, Tick, keep_time, run_one
from qms.models.health import Proof
from qms.models.jobs import Job
from qms.rules.accounts import SYSTEM
from qms.settings import Settings
from qms.workflows import health, jobs
from qms.workflows.trail_checkpoints import make
from tests.rejections.cases import reported
from tests.trail.attacks import unguard

Room = namedtuple("Room", "total used free")


def count_of(database):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Proof)), health.ledger_size(session)


def checks(client, status):
    answer = client.get("/readyz")
    assert answer.status_code == status, answer.text
    return answer.get_json()["checks"]


def test_a_whole_node_is_alive_and_ready(client):
    assert client.get("/healthz").get_json() == {"status": "ok"}
    assert set(checks(client, 200).values()) == {"ok"}


def test_a_database_that_does_not_answer_is_named_without_its_address(client, app, tmp_path):
    app.extensions["qms.database"] = Database(f"sqlite:///{tmp_path}/nowhere/secret-name.sqlite")
    said = client.get("/readyz")
    assert said.status_code == 503
    assert said.get_json()["checks"]["database"] == "not reachable"
    assert "secret-name" not in said.text
    assert client.get("/healthz").status_code == 200


def test_a_database_of_another_version_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(health, "head", lambda: "newer")
    assert checks(client, 503)["database"] == "not at this version's schema; run qms upgrade"


def test_a_photo_store_that_takes_nothing_is_not_ready(client, app):
    photos = app.extensions["qms.settings"].photos
    photos.parent.mkdir(parents=True, exist_ok=True)
    photos.write_text("a file where the folder should be")
    assert checks(client, 503)["photos"].startswith("not writable")
    photos.unlink()
    assert checks(client, 200)["photos"] == "ok"
    assert list(photos.iterdir()) == []


def test_a_full_disk_is_not_ready(client, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Room(2000 << 30, 1900 << 30, 100 << 30))
    assert checks(client, 503)["disk"] == "5 % free, less than 10 %"
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Room(2000 << 20, 1000 << 20, 1000 << 20))
    assert checks(client, 503)["disk"] == "1000 MiB free, less than 1024 MiB"
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Room(8 << 30, 2 << 30, 6 << 30))
    assert checks(client, 200)["disk"] == "ok"


def test_a_database_that_only_reads_is_not_ready(client, app, fresh_db):
    before = count_of(fresh_db)
    app.extensions["qms.database"] = fresh_db
    assert checks(client, 200)["write"] == "ok"
    assert count_of(fresh_db) == before
    if fresh_db.is_sqlite:
        address = fresh_db.url.replace("sqlite:///", "sqlite:///file:") + "?mode=ro&uri=true"
    else:
        address = f"{fresh_db.url}?options=-cdefault_transaction_read_only%3Don"
    app.extensions["qms.database"] = reader = Database(address)
    told = checks(client, 503)
    reader.dispose()
    assert (told["database"], told["write"]) == ("ok", "takes no write")


def test_a_trail_whose_end_was_changed_is_not_ready(client, app, fresh_db):
    engine = open_engine(fresh_db.url, writes=True, owner=True)
    with engine.begin() as connection:
        unguard(connection)
        connection.execute(text("UPDATE ledger SET hash = prev WHERE seq = (SELECT max(seq) FROM ledger)"))
    engine.dispose()
    app.extensions["qms.database"] = fresh_db
    assert checks(client, 503)["trail"] == "the newest entry is not as it was written; run qms verify"


def test_a_clock_that_hangs_is_not_ready_within_a_minute(client, app, db):
    pulse, hang, stop = Pulse(), threading.Event(), threading.Event()
    app.extensions["qms.pulse"] = pulse
    assert worker.PULSE_SECONDS < 60
    clock = threading.Thread(target=keep_time, args=(db, [Tick(0.05, lambda _: hang.wait(20))], stop, pulse))
    clock.start()
    try:
        assert checks(client, 200)["clock"] == "ok"
        pulse.beat_at -= worker.PULSE_SECONDS
        time.sleep(0.3)
        assert "nothing escalates" in checks(client, 503)["clock"]
        hang.set()
        time.sleep(0.3)
        assert checks(client, 200)["clock"] == "ok"
    finally:
        hang.set()
        stop.set()
        clock.join()


def test_a_node_that_was_told_to_stop_is_not_ready(client, app):
    app.extensions["qms.stopping"] = stopping = threading.Event()
    assert checks(client, 200)["stopping"] == "ok"
    stopping.set()
    assert checks(client, 503)["stopping"] == "told to stop"


def test_figures_count_requests_by_route_and_records_by_state(client, plant, db):
    reported(db, plant)
    with db.transaction(SYSTEM, "jobs.ask") as session:
        jobs.ask(session, plant.operator, "exports.write", {})
    client.get("/rejections/17")
    told = client.get("/metrics").text
    assert 'qms_requests_total{method="GET",route="/rejections/<id:rejection_id>",status="302"}' in told
    assert 'qms_request_seconds_bucket{le="0.1",method="GET"}' in told
    assert 'qms_jobs{state="waiting"} 1.0' in told
    assert "qms_rejections_last_day 1.0" in told
    for name in ("captures", "conflicts", "device_gap", "sqlite_busy", "duplicates_total", "tablet_records_waiting"):
        assert f"qms_{name} 0.0" in told, name
    assert "qms_seconds_since_checkpoint" not in told
    make(db, bytes(32), "command")
    assert "qms_seconds_since_checkpoint" in client.get("/metrics").text
    assert "qms_tablets_waiting 0.0" in told
    with db.reading() as session:
        assert f"qms_ledger_entries {float(health.ledger_size(session))}" in told


@pytest.mark.parametrize(("networks", "address", "status"), [
    ("127.0.0.0/8,::1", "127.0.0.1", 200), ("127.0.0.0/8,::1", "10.20.0.9", 404), ("10.20.0.0/16", "10.20.0.9", 200),
    ("", "127.0.0.1", 404)])
def test_figures_are_told_only_to_networks_of_the_setting(client, app, tmp_path, networks, address, status):
    app.extensions["qms.settings"] = Settings(instance=tmp_path, metrics_networks=networks)
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": address}).status_code == status


def test_a_worker_told_to_stop_hands_its_job_back(db, plant, tmp_path):
    with db.transaction(SYSTEM, "jobs.ask") as session:
        job_id = jobs.ask(session, plant.operator, "long", {}).id
    stop = threading.Event()

    def long(run):
        stop.set()
        run.progress(1, 2)
        return {"never": "reached"}

    def state():
        with db.reading() as session:
            job = session.get_one(Job, job_id)
            return job.state, job.worker, job.tries

    assert run_one(db, Settings(instance=tmp_path), {"long": long}, stop=stop)
    assert state() == ("waiting", None, 0)
    assert run_one(db, Settings(instance=tmp_path), {"long": lambda _: {}}, stop=threading.Event())
    assert state()[0] == "done"
