"""Verification by night and proved backups: they are noted, and /readyz says when they are overdue or failed."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text

from qms.cli import main
from qms.db.engine import open_engine
from qms.jobs import trail_verify
from qms.jobs.worker import run_one
from qms.models.health import Proof
from qms.models.jobs import Job
from qms.rules.accounts import SYSTEM
from qms.settings import Settings
from qms.workflows import health_proofs as proofs
from qms.workflows import jobs
from tests.health.test_health import checks
from tests.trail.attacks import unguard

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HERE = NOON.astimezone().hour


def note(db, kind: str, at: datetime, *, good: bool = True) -> None:
    with db.transaction(SYSTEM, "health.note", clock=lambda: at) as session:
        proofs.note(session, kind, good=good, told="12 entries")


def kept(db) -> dict[str, Proof]:
    with db.reading() as session:
        return {one.kind: one for one in session.scalars(select(Proof))}


@pytest.mark.parametrize(("hours", "words", "faulty"), [
    (25, "ok", False), (27, "27 hours ago, more than 26", True)])
def test_an_overdue_verification_is_a_fault(db, plant, hours, words, faulty):
    note(db, proofs.VERIFY, NOON)
    with db.reading() as session:
        said = proofs.said_of(session, proofs.VERIFY, timedelta(hours=26), NOON + timedelta(hours=hours))
    assert said == (words, faulty)


def test_a_new_installation_is_warned_after_a_day_and_is_never_faulty_for_it(db, plant):
    with db.reading() as session:
        began = proofs.installed_at(session, NOON)
        said = [proofs.said_of(session, proofs.BACKUP, timedelta(days=8), began + timedelta(hours=h)) for h in (25, 27)]
    assert said == [("ok", False), ("warning: never done", False)]


def test_ready_names_a_failed_verification_and_an_old_backup(client, db):
    note(db, proofs.VERIFY, NOON, good=False)
    note(db, proofs.BACKUP, NOON - timedelta(days=3650))
    told = checks(client, 503)
    assert told["verify"] == "the last one failed"
    assert told["backup"].endswith("hours ago, more than 192")


def test_a_setting_of_zero_asks_for_neither(client, app, db, tmp_path):
    note(db, proofs.VERIFY, NOON, good=False)
    assert checks(client, 503)["verify"] != "ok"
    app.extensions["qms.settings"] = Settings(instance=tmp_path, verified_within_hours=0, backup_within_days=0)
    assert checks(client, 200)["verify"] == "ok"


def test_a_failure_does_not_hide_when_it_went_well_last(db):
    note(db, proofs.BACKUP, NOON)
    note(db, proofs.BACKUP, NOON + timedelta(hours=1), good=False)
    with db.reading() as session:
        assert proofs.seconds_since(session, proofs.BACKUP, NOON + timedelta(hours=2)) == 7200
        assert proofs.seconds_since(session, proofs.VERIFY, NOON) is None


@pytest.mark.parametrize(("held", "hour", "due"), [
    (21, HERE, True), (21, HERE + 1, False), (19, HERE, False), (25, HERE + 1, True)])
def test_the_night_is_when_the_setting_says_unless_one_was_missed(db, held, hour, due):
    note(db, proofs.VERIFY, NOON - timedelta(hours=held))
    with db.reading() as session:
        assert proofs.is_due(session, NOON, hour % 24) is due


def test_the_clock_asks_once_and_the_job_verifies_beside_the_service(fresh_db, tmp_path):
    settings = Settings(instance=tmp_path, database_url=fresh_db.url)
    note(fresh_db, proofs.VERIFY, NOON - timedelta(days=2))
    trail_verify.ask_due(fresh_db, settings.model_copy(update={"verify_hour": -1}))
    for _ in range(2):
        trail_verify.ask_due(fresh_db, settings)
    with fresh_db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Job)) == 1
    assert run_one(fresh_db, settings, trail_verify.KINDS)
    assert kept(fresh_db)["verify"].good
    tampered = open_engine(fresh_db.url, writes=True, owner=True)
    with tampered.begin() as connection:
        unguard(connection)
        connection.execute(text("UPDATE people SET name = 'x' WHERE id = 0"))
    tampered.dispose()
    with fresh_db.transaction(SYSTEM, "jobs.ask") as session:
        jobs.ask(session, SYSTEM, proofs.JOB, {})
    assert run_one(fresh_db, settings, trail_verify.KINDS)
    found = kept(fresh_db)["verify"]
    assert (found.good, "people" in found.told) == (False, True)
    assert found.good_at is not None


def test_the_commands_note_how_they_went(fresh_db, tmp_path):
    env = {"QMS_INSTANCE": str(tmp_path), "QMS_DATABASE_URL": fresh_db.url}
    for words in (["verify"], ["backup", str(tmp_path / "one.qmsbackup")]):
        done = CliRunner().invoke(main, words, env=env)
        assert done.exit_code == 0, done.output
    assert {kind: one.good for kind, one in kept(fresh_db).items()} == {"verify": True, "backup": True}
    key = Settings(instance=tmp_path).signing_key_file.read_bytes().strip()
    assert len(key) == 64
    assert key not in (tmp_path / "one.qmsbackup").read_bytes()
    assert CliRunner().invoke(main, ["backup", str(tmp_path / "one.qmsbackup")], env=env).exit_code == 1
    assert kept(fresh_db)["backup"].good is False
