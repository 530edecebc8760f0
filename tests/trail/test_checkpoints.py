"""Checkpoints: made when the trail has grown, kept for good, and what they find that the chain cannot."""

import os
import tarfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from qms.cli import main
from qms.db import Database
from qms.db.checkpoints import checkpoints as table
from qms.db.engine import open_engine
from qms.db.ledger import ledger
from qms.db.merkle import Tree
from qms.db.notes import Checkpoint, Signer, read
from qms.jobs.trail_checkpoints import mail_newest, make_at_the_end, make_due
from qms.models.accounts import Person
from qms.models.accounts_mail import Mail
from qms.models.chain import Unit
from qms.models.chain_rosters import Shift
from qms.rules.clock import utc_now
from qms.settings import Settings
from qms.workflows import backup, trail_checkpoints, verify_chain
from qms.workflows.trail_checkpoints import EVERY, is_due, is_ours, make
from qms.workflows.verify import verify
from qms.workflows.verify_checkpoints import Given
from tests.plant import Plant, make_plant
from tests.trail.attacks import rewrite, unguard

SEED = bytes(range(32))


def _edit(database: Database, plant: Plant, times: int = 1) -> None:
    for n in range(times):
        with database.transaction(plant.quality_engineer, "chain.edit_unit") as session:
            session.get_one(Unit, plant.press).line = f"A{n}"


def _at(database: Database) -> datetime:
    with database.reading() as session:
        return session.scalars(select(func.max(table.c.at))).one()


def _behind(database: Database, *statements: str) -> None:
    engine = open_engine(database.url, writes=True, owner=True)
    with engine.begin() as connection:
        unguard(connection)
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_a_checkpoint_covers_every_entry_and_the_next_goes_on_from_it(fresh_db: Database):
    plant = make_plant(fresh_db)
    first = make(fresh_db, SEED, "command")
    assert first is not None
    assert make(fresh_db, SEED, "command") == first  # Nothing has grown.
    _edit(fresh_db, plant, 3)
    second = make(fresh_db, SEED, "command")
    assert second is not None
    assert second.size == first.size + 3
    tree = Tree()
    with fresh_db.reading() as session:
        tree.extend(verify_chain._sha256(b"\x00" + bytes(e)).digest()
                    for e in session.scalars(select(ledger.c.entry).order_by(ledger.c.seq)))
        key = trail_checkpoints.public_key(session, SEED)
        assert is_ours(session, first.note)
        assert is_ours(session, second.note)
    tree.close()
    assert tree.root() == second.root == Checkpoint.of(read(second.note)).root
    assert read(second.note).is_signed_by(key)


def test_an_empty_trail_has_no_checkpoint(fresh_db: Database):
    _behind(fresh_db, "DELETE FROM ledger")
    assert make(fresh_db, SEED, "command") is None


def test_a_checkpoint_is_due_when_the_trail_has_grown_for_a_quarter_of_an_hour(fresh_db: Database):
    plant = make_plant(fresh_db)
    with fresh_db.reading() as session:
        assert is_due(session, utc_now())
    make(fresh_db, SEED, "clock")
    at = _at(fresh_db)
    with fresh_db.reading() as session:
        assert not is_due(session, at + 2 * EVERY)
    _edit(fresh_db, plant)
    with fresh_db.reading() as session:
        assert not is_due(session, at + EVERY - timedelta(seconds=1))
        assert is_due(session, at + EVERY)


def test_a_checkpoint_is_due_when_a_shift_has_ended(fresh_db: Database):
    plant = make_plant(fresh_db)
    with fresh_db.transaction(plant.quality_manager, "chain.add_shift") as session:
        session.add_all([Shift(site_id=plant.site, code=f"S{n}", name_zh="班", name_en="Shift", starts=f"{n:02}:00",
                               ends=f"{(n + 1) % 24:02}:00", weekdays="1111111") for n in range(24)])
    make(fresh_db, SEED, "clock")
    _edit(fresh_db, plant)
    at = _at(fresh_db)
    hour = at.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if hour - at >= EVERY:
        _behind(fresh_db, f"UPDATE checkpoints SET at = '{(hour - timedelta(minutes=5)).replace(tzinfo=None)}'")
    with fresh_db.reading() as session:
        assert not is_due(session, hour - timedelta(seconds=1))
        assert is_due(session, hour)


def test_the_clock_makes_what_is_due_and_a_process_that_ends_makes_the_last(fresh_db: Database, tmp_path: Path):
    plant = make_plant(fresh_db)
    settings = Settings(instance=tmp_path / "instance")
    make_due(fresh_db, settings)
    _edit(fresh_db, plant)
    make_due(fresh_db, settings)
    make_at_the_end(fresh_db, settings)
    with fresh_db.reading() as session:
        assert session.execute(select(table.c.reason).order_by(table.c.size)).scalars().all() == ["clock", "shutdown"]


def test_the_newest_checkpoint_is_mailed_once_a_day_to_the_address_of_the_setting(fresh_db: Database, tmp_path: Path):
    plant = make_plant(fresh_db)
    settings = Settings(instance=tmp_path / "instance", checkpoint_mail="qm@plant.example")

    def mails() -> list[Mail]:
        mail_newest(fresh_db, settings)
        with fresh_db.reading() as session:
            return list(session.scalars(select(Mail)))

    made = make(fresh_db, SEED, "command")
    assert made is not None
    assert mails() == []  # Nobody has this address yet.
    with fresh_db.transaction(plant.admin, "accounts.edit_person") as session:
        session.get_one(Person, plant.quality_manager.id).email = "qm@plant.example"
    assert [(mail.person_id, made.note in mail.body) for mail in mails()] == [(plant.quality_manager.id, True)]
    assert len(mails()) == 1
    _behind(fresh_db, "UPDATE mails SET written_at = '2026-01-01 00:00:00.000000'")
    assert len(mails()) == 2
    settings.checkpoint_mail = ""
    _behind(fresh_db, "DELETE FROM mails")
    assert mails() == []


def test_the_key_is_made_once_and_readable_by_nobody_else(tmp_path: Path):
    settings = Settings(instance=tmp_path / "instance")
    seed = settings.signing_seed()
    assert len(seed) == 32
    assert settings.signing_seed() == seed
    assert (settings.instance / "checkpoint-key").stat().st_mode & 0o777 == 0o600
    assert os.listdir(settings.instance) == ["checkpoint-key"]
    elsewhere = Settings(instance=tmp_path / "instance", signing_key=str(tmp_path / "stick" / "key"))
    assert elsewhere.signing_seed() != seed
    assert (tmp_path / "stick" / "key").exists()


def test_r46_the_application_cannot_change_a_checkpoint(fresh_db: Database):
    make_plant(fresh_db)
    make(fresh_db, SEED, "command")
    same = "SELECT size, root, peaks, 'x', reason, at FROM checkpoints"
    attacks = ["UPDATE checkpoints SET note = 'x'", "DELETE FROM checkpoints",
               f"INSERT INTO checkpoints (size, root, peaks, note, reason, at) {same}"]
    if fresh_db.is_sqlite:
        attacks.append(f"REPLACE INTO checkpoints (size, root, peaks, note, reason, at) {same}")
    for attack in attacks:
        with fresh_db._write_session() as session, pytest.raises(DBAPIError):
            session.connection().execute(text(attack))


def test_a_cut_tail_is_found_with_a_checkpoint_and_not_without(fresh_db: Database):
    plant = make_plant(fresh_db)
    _edit(fresh_db, plant)
    made = make(fresh_db, SEED, "command")
    assert made is not None
    outside = [Given("stick.txt", made.note)]
    assert verify(fresh_db.url, together=False, outside=outside).good
    _behind(fresh_db, f"DELETE FROM ledger WHERE seq = {made.size}", "DELETE FROM checkpoints",
            f"UPDATE units SET rev = rev - 1, line = 'A' WHERE id = {plant.press}")
    assert verify(fresh_db.url, together=False).good
    found = verify(fresh_db.url, together=False, outside=outside).findings
    assert [(f.kind, f.table, f.seq) for f in found] == [("cut tail", "ledger", made.size)]
    assert "stick.txt" in str(found[0])


def test_a_full_rewrite_is_found_with_a_checkpoint_and_not_without(fresh_db: Database):
    plant = make_plant(fresh_db)
    early = make(fresh_db, SEED, "command")
    _edit(fresh_db, plant, 4)
    late = make(fresh_db, SEED, "command")
    assert early is not None
    assert late is not None
    engine = open_engine(fresh_db.url, writes=True, owner=True)
    with engine.begin() as connection:
        unguard(connection)
        rewrite(connection, late.size - 2)
        connection.execute(text("DELETE FROM checkpoints"))
    engine.dispose()
    assert verify(fresh_db.url, together=False).good
    found = verify(fresh_db.url, together=False,
                   outside=[Given("early.txt", early.note), Given("late.txt", late.note)]).findings
    assert [(f.kind, f.table, f.seq) for f in found] == [("rewritten", "ledger", early.size + 1)]
    assert str(found[0]).endswith(f"late.txt: something in entries {early.size + 1} to {late.size} is not what it was")


def test_a_stored_checkpoint_that_was_changed_or_signed_by_another_is_named(fresh_db: Database):
    make_plant(fresh_db)
    made = make(fresh_db, SEED, "command")
    assert made is not None
    with fresh_db.reading() as session:
        key, other = (trail_checkpoints.public_key(session, seed) for seed in (SEED, bytes(32)))
    assert verify(fresh_db.url, together=False, keys=[key]).good
    assert [f.kind for f in verify(fresh_db.url, together=False, keys=[other]).findings] == ["bad signature"]
    forged = Signer(key.name, bytes(32)).sign(f"{key.name}\n1\n{'A' * 43}=\n")
    given = [Given("forged.txt", forged), Given("noise.txt", "noise"),
             Given("other.txt", Signer("qms/other", SEED).sign(f"qms/other\n1\n{'A' * 43}=\n"))]
    found = verify(fresh_db.url, together=False, outside=given, keys=[key]).findings
    assert [f.kind for f in found] == ["changed checkpoint", "other installation", "bad signature", "rewritten"]
    _behind(fresh_db, "UPDATE checkpoints SET root = prev FROM ledger WHERE seq = 1")
    assert [f.kind for f in verify(fresh_db.url, together=False).findings] == ["changed checkpoint"]


def test_the_tree_is_put_together_from_parts(fresh_db: Database, monkeypatch: pytest.MonkeyPatch):
    plant = make_plant(fresh_db)
    notes = []
    for _ in range(5):
        _edit(fresh_db, plant, 3)
        notes.append(make(fresh_db, SEED, "command"))
    monkeypatch.setattr(verify_chain, "BLOCK", 8)
    monkeypatch.setattr(verify_chain, "WORTH_SHARING", 1)
    sizes = [made.size for made in notes if made]
    parts = verify_chain.parts_of(sizes[-1], sizes)
    assert len(parts) > 1
    tree, roots = verify_chain.joined([verify_chain.chain_pass(fresh_db.url, part) for part in parts])
    assert roots == {made.size: made.root for made in notes if made}
    assert tree.root() == roots[sizes[-1]]


def test_a_backup_holds_the_checkpoint_made_before_it_and_is_held_against_it(fresh_db: Database, tmp_path: Path):
    make_plant(fresh_db)
    made = make(fresh_db, SEED, "backup")
    assert made is not None
    backup.make(fresh_db.url, tmp_path / "photos", tmp_path / "one.qmsbackup", made.note)
    with tarfile.open(tmp_path / "one.qmsbackup") as tar:
        held = tar.extractfile("checkpoint.txt")
        assert held is not None
        assert held.read().decode() == made.note
        assert not [name for name in tar.getnames() if "key" in name]


def test_the_commands_hand_out_a_checkpoint_and_verify_against_it(fresh_db: Database, tmp_path: Path):
    plant = make_plant(fresh_db)
    env = {"QMS_INSTANCE": str(tmp_path / "instance"), "QMS_DATABASE_URL": fresh_db.url}

    def run(*words: str, code: int = 0) -> str:
        done = CliRunner().invoke(main, words, env=env)
        assert done.exit_code == code, done.output
        return done.output

    assert "signatures not checked" in run("verify")
    stick = tmp_path / "stick.txt"
    assert "entries, root" in run("checkpoint", "-o", str(stick))
    assert run("checkpoint") == stick.read_text(encoding="utf-8")
    key = run("checkpoint", "--public-key").strip()
    assert "1 checkpoints: ok" in run("verify")
    assert "2 checkpoints: ok" in run("verify", "--checkpoint", str(stick), "--public-key", key)
    _edit(fresh_db, plant)
    assert run("checkpoint") != stick.read_text(encoding="utf-8")
    run("backup", str(tmp_path / "one.qmsbackup"))
    _behind(fresh_db, "UPDATE ledger SET action = 'chain.nothing' WHERE seq = 4")
    assert "changed index: ledger, entry 4" in run("verify", "--checkpoint", str(stick), code=1)


@pytest.mark.parametrize("words", [("verify",), ("checkpoint",), ("serve",)])
def test_a_database_of_another_version_is_named_and_not_touched(tmp_path: Path, words: tuple[str, ...]):
    env = {"QMS_INSTANCE": str(tmp_path), "QMS_DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite'}"}
    done = CliRunner().invoke(main, words, env=env)
    assert done.exit_code == 1
    assert "not at this version's schema. Run: qms upgrade" in done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
