"""Disposal (R-44): what is due, what stays, who approves, what is left, and that the trail still proves itself."""

import hashlib
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from qms.db import Database
from qms.db.disposed import disposed_leaves, is_remains
from qms.db.engine import open_engine
from qms.db.ledger import leaf_hash, ledger
from qms.jobs.trail_disposals import run
from qms.models.chain import Site
from qms.models.rejections import Hold, Rejection
from qms.models.stops import Stop
from qms.models.trail import Attachment, NumberSeries
from qms.models.trail_retention import Disposal, DisposalLine, Tombstone
from qms.rules.accounts import SYSTEM
from qms.rules.errors import Invalid, Refused, Stale
from qms.rules.trail_retention_classes import ALL
from qms.rules.trail_signatures import Proof, Signing
from qms.workflows import trail_disposals as disposals
from qms.workflows import trail_holds, trail_retention
from qms.workflows.trail import Filter, entries
from qms.workflows.trail_checkpoints import make
from qms.workflows.verify import verify
from qms.workflows.verify_checkpoints import Given
from tests.plant import Plant, make_plant
from tests.trail.attacks import unguard

LONG_AGO = datetime(2012, 3, 5, 4, tzinfo=UTC)
SHA = hashlib.sha256(b"photo").hexdigest()


@pytest.fixture
def plant_of(fresh_db: Database) -> Plant:
    """The plant with two rejections that were closed long ago, one with a photo, and one of today."""
    plant = make_plant(fresh_db)
    with fresh_db.transaction(SYSTEM, "tests.old") as session:
        for n, closed in ((1, LONG_AGO), (2, LONG_AGO), (3, None)):
            made = Rejection(
                site_id=plant.site, year=2012, serial=n, number=f"NC-SH-2012-{n:06d}", kind="not_accepted",
                state="closed" if closed else "held", item_id=plant.item, lot_id=plant.lot, quantity=5,
                defect_id=plant.burr, severity="MA", found_unit_id=plant.weld, origin_unit_id=plant.press,
                origin_state="confirmed", found_at=LONG_AGO, received_at=LONG_AGO,
                reported_by_id=plant.operator.id, closed_at=closed, search_text="secret burr")
            session.add(made)
            session.flush()
            session.add(Hold(rejection_id=made.id, lot_id=plant.lot, quantity=5, state="released", held_at=LONG_AGO))
        for entity_id, sha in ((1, SHA), (3, "0" * 64)):
            session.add(Attachment(
                entity="rejections", entity_id=entity_id, name="p.png", content_type="image/png", size=5, sha256=sha,
                sent_sha256=sha, added_by_id=plant.operator.id, added_at=LONG_AGO))
            session.flush()
        session.add(NumberSeries(kind="NC", site_id=plant.site, year=2012, last=3))
    return plant


def propose(db: Database, plant: Plant, code: str = "nonconformity") -> Disposal:
    with db.transaction(plant.quality_engineer_may, "trail.propose_disposal") as session:
        return disposals.propose(session, plant.quality_engineer_may, plant.site, code, reason="Time is over")


def signed(person) -> Signing:
    return Signing(Proof(person.id, "password", datetime.now(UTC)), "disposal")


def approve(db: Database, plant: Plant, made: Disposal, person=None) -> None:
    person = person or plant.quality_manager
    with db.transaction(person, "trail.approve_disposal") as session:
        disposals.approve(session, person, made.id, made.rev, signing=signed(person))


def carry_out(db: Database, plant: Plant, made: Disposal, photos) -> None:
    run(SimpleNamespace(database=db, person=plant.quality_manager, args={"disposal_id": made.id},
                        settings=SimpleNamespace(photos=photos)))


@pytest.fixture
def plant(plant_of: Plant) -> Plant:
    from dataclasses import replace

    from qms.rules.accounts import Grant as Held

    proposer = replace(plant_of.quality_engineer, grants=(Held(plant_of.quality_engineer.grants[0].id,
                                                               "quality_manager"),))
    plant_of.people["quality_engineer_may"] = proposer
    return plant_of


@pytest.fixture
def disposed(fresh_db: Database, plant: Plant, tmp_path) -> Disposal:
    """What is left after the two old rejections were disposed of."""
    made = propose(fresh_db, plant)
    approve(fresh_db, plant, made)
    carry_out(fresh_db, plant, made, tmp_path)
    return made


def count(db: Database, query) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(query)) or 0


def test_r44_what_is_due_goes_after_another_person_signed_and_the_trail_stays_whole(
        fresh_db: Database, plant: Plant, tmp_path):
    (tmp_path / SHA[:2]).mkdir()
    (tmp_path / SHA[:2] / SHA).write_bytes(b"photo")
    early = make(fresh_db, bytes(32), "command")
    made = propose(fresh_db, plant)
    approve(fresh_db, plant, made)
    assert verify(fresh_db.url, together=False).good
    carry_out(fresh_db, plant, made, tmp_path)
    late = make(fresh_db, bytes(32), "command")
    report = verify(fresh_db.url, together=False, outside=[Given("a", early.note), Given("b", late.note)])
    assert report.findings == ()
    assert report.disposed == 5
    with fresh_db.reading() as session:
        assert session.scalars(select(Rejection.number)).all() == ["NC-SH-2012-000003"]
        assert len(session.scalars(select(Hold.id)).all()) == 1
        stones = session.scalars(select(Tombstone).order_by(Tombstone.entity)).all()
        assert sorted(stone.entity for stone in stones) == ["attachments", "holds", "holds", "rejections", "rejections"]
        assert {stone.approved_by_id for stone in stones} == {plant.quality_manager.id}
        held = session.get_one(Disposal, made.id)
        assert (held.state, held.disposed, held.held_back) == ("done", 5, 0)
        told = entries(session, plant.auditor, Filter(entity="rejections", entity_id=1))
        assert told[0].who == ""
        assert told[0].changes == ()
    raw = b"".join(row for row, in _ledger(fresh_db))
    assert b"NC-SH-2012-000001" not in _about(fresh_db, "rejections", 1)
    assert raw.count(b'"disposed":') >= 5
    assert not (tmp_path / SHA[:2] / SHA).exists()


def _ledger(db: Database):
    with db.reading() as session:
        return session.execute(select(ledger.c.entry)).all()


def _about(db: Database, entity: str, row_id: int) -> bytes:
    with db.reading() as session:
        return b"".join(session.scalars(select(ledger.c.entry).where(
            ledger.c.entity == entity, ledger.c.entity_id == row_id)).all())


def test_r44_the_leaf_that_is_kept_is_that_of_the_bytes_that_went(fresh_db: Database, plant: Plant, tmp_path):
    before = {seq: leaf_hash(bytes(entry)) for seq, entry in _seqs(fresh_db)}
    made = propose(fresh_db, plant)
    approve(fresh_db, plant, made)
    carry_out(fresh_db, plant, made, tmp_path)
    with fresh_db.reading() as session:
        kept = {seq: bytes(leaf) for seq, leaf in session.execute(
            select(disposed_leaves.c.seq, disposed_leaves.c.leaf))}
    assert kept
    assert all(before[seq] == leaf for seq, leaf in kept.items())
    assert all(is_remains(bytes(entry)) for seq, entry in _seqs(fresh_db) if seq in kept)


def _seqs(db: Database):
    with db.reading() as session:
        return session.execute(select(ledger.c.seq, ledger.c.entry)).all()


def test_r44_nobody_approves_their_own_proposal_and_nothing_goes_unsigned(fresh_db: Database, plant: Plant):
    made = propose(fresh_db, plant)
    with pytest.raises(Refused, match="somebody else"):
        approve(fresh_db, plant, made, plant.quality_engineer_may)
    with pytest.raises(Refused) as refused, fresh_db.transaction(plant.quality_manager, "trail.approve") as session:
        disposals.approve(session, plant.quality_manager, made.id, made.rev, signing=None)
    assert refused.value.rule == "R-45"
    with pytest.raises(Stale), fresh_db.transaction(plant.quality_manager, "trail.approve") as session:
        disposals.approve(session, plant.quality_manager, made.id, 99, signing=signed(plant.quality_manager))


def test_r44_a_proposal_that_nobody_approved_is_not_carried_out(fresh_db: Database, plant: Plant, tmp_path):
    made = propose(fresh_db, plant)
    carry_out(fresh_db, plant, made, tmp_path)
    assert count(fresh_db, Rejection) == 3
    with fresh_db.transaction(plant.quality_manager, "trail.refuse_disposal") as session:
        disposals.refuse(session, plant.quality_manager, made.id, made.rev, reason="Lawyers still read them")
    carry_out(fresh_db, plant, made, tmp_path)
    assert count(fresh_db, Tombstone) == 0


@pytest.mark.parametrize(("kind", "named"), [("lot", "L-0001"), ("item", "BR-100"), ("record", "NC-SH-2012-000001"),
                                             ("period", None)])
def test_r44_a_legal_hold_stops_disposal_until_it_is_lifted(fresh_db: Database, plant: Plant, tmp_path, kind, named):
    made = propose(fresh_db, plant)
    approve(fresh_db, plant, made)
    with fresh_db.transaction(plant.quality_manager, "trail.put_hold") as session:
        hold = trail_holds.put_hold(session, plant.quality_manager, plant.site, kind=kind, named=named,
                                    first_on=date(2012, 3, 1), last_on=date(2012, 3, 31), reason="Lawsuit 7")
    carry_out(fresh_db, plant, made, tmp_path)
    assert count(fresh_db, Tombstone) == (2 if kind == "record" else 0)
    with fresh_db.transaction(plant.quality_manager, "trail.lift_hold") as session:
        trail_holds.lift_hold(session, plant.quality_manager, hold.id, hold.rev, reason="Settled")
    assert [line.named for line in lines(fresh_db, propose(fresh_db, plant))][:1] == ["NC-SH-2012-000001"]


def lines(db: Database, made: Disposal) -> list[DisposalLine]:
    with db.reading() as session:
        return list(session.scalars(select(DisposalLine).where(DisposalLine.disposal_id == made.id)
                                    .order_by(DisposalLine.id)))


def test_r44_a_record_stays_while_something_that_stays_refers_to_it(fresh_db: Database, plant: Plant):
    with fresh_db.transaction(SYSTEM, "tests.stop") as session:
        session.add(Stop(site_id=plant.site, year=2026, serial=1, number="ST-1", unit_id=plant.weld, state="called",
                         reason="quality", rejection_id=1, called_by_id=plant.operator.id, called_at=LONG_AGO))
    with fresh_db.reading() as session:
        found = disposals.offered(session, plant.quality_manager, plant.site, "nonconformity")
    assert [one.key for one, _ in found.may_go] == [("rejections", 2)]
    assert [(one.key, because[0]) for one, because in found.referred] == [(("rejections", 1), "stops")]
    with fresh_db.transaction(SYSTEM, "tests.stop") as session:
        session.add(Stop(site_id=plant.site, year=2026, serial=2, number="ST-2", unit_id=plant.weld, state="called",
                         reason="quality", called_by_id=plant.operator.id, called_at=LONG_AGO))
        stop = session.get_one(Stop, 1)
        stop.state, stop.restarted_by_id, stop.restarted_at = "restarted", plant.operator.id, LONG_AGO
    made = propose(fresh_db, plant, ALL)
    assert {line.entity for line in lines(fresh_db, made)} == {"rejections", "stops"}


def test_r44_the_newest_row_of_a_table_stays_so_that_no_id_is_given_twice(fresh_db: Database, plant: Plant):
    with fresh_db.transaction(SYSTEM, "tests.close") as session:
        newest = session.get_one(Rejection, 3)
        newest.state, newest.closed_at = "closed", LONG_AGO
    with fresh_db.reading() as session:
        found = disposals.offered(session, plant.quality_manager, plant.site, "nonconformity")
    assert [one.key for one, _ in found.may_go] == [("rejections", 1), ("rejections", 2)]
    assert [one.key for one, _ in found.referred] == [("rejections", 3)]


def test_r44_what_changed_or_is_kept_longer_since_the_proposal_stays(fresh_db: Database, plant: Plant, tmp_path):
    made = propose(fresh_db, plant)
    approve(fresh_db, plant, made)
    with fresh_db.transaction(SYSTEM, "tests.change") as session:
        session.get_one(Rejection, 1).note = "seen again"
    carry_out(fresh_db, plant, made, tmp_path)
    with fresh_db.reading() as session:
        assert sorted(session.scalars(select(Rejection.id))) == [1, 3]
        assert session.get_one(Disposal, made.id).held_back == 1
    with fresh_db.transaction(plant.quality_manager, "trail.set_retention") as session:
        trail_retention.set_years(session, plant.quality_manager, plant.site, "nonconformity", 0, years=30,
                                  special_years=30, reason="Customer asks for it")
    with pytest.raises(Invalid, match="Nothing of this class"):
        propose(fresh_db, plant)


def attack(db: Database, *statements: str) -> set[str]:
    engine = open_engine(db.url, writes=True, owner=True)
    with engine.begin() as connection:
        unguard(connection)
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()
    return {finding.kind for finding in verify(db.url, together=False).findings}


REMAINS = ("UPDATE ledger SET entry = (SELECT l.entry FROM ledger l JOIN disposed_leaves d ON d.seq = l.seq "
           "ORDER BY l.seq LIMIT 1) WHERE seq = 9")


@pytest.mark.parametrize(("statements", "found"), [
    ((REMAINS,), "disposed without approval"),
    (("DELETE FROM disposed_leaves WHERE seq = (SELECT MIN(seq) FROM disposed_leaves)",), "disposed without approval"),
    (("UPDATE disposed_leaves SET leaf = (SELECT hash FROM ledger WHERE seq = 1)",), "disposed without approval"),
    (("DELETE FROM tombstones WHERE entity = 'holds'",), "missing row"),
    (("UPDATE signatures SET content_hash = 'x' WHERE entity = 'disposals'",), "disposed without approval"),
    (("UPDATE disposals SET decided_by_id = NULL",), "disposed without approval"),
    (("UPDATE disposal_lines SET records = 1",), "disposed without approval"),
    (("UPDATE tombstones SET content_hash = 'x'",), "disposed in part"),
    (("DELETE FROM holds WHERE rejection_id = 3",), "missing row"),
])
def test_r44_content_that_is_gone_without_an_approved_tombstone_is_found(
        fresh_db: Database, disposed: Disposal, statements, found):
    assert found in attack(fresh_db, *statements)


def test_r44_a_disposed_record_that_is_put_back_is_found(fresh_db: Database, disposed: Disposal):
    columns = ", ".join(column.name for column in Rejection.__table__.columns if column.name not in {
        "id", "serial", "number"})
    found = attack(fresh_db, f"INSERT INTO rejections (id, serial, number, {columns}) "
                             f"SELECT 1, 1, 'NC-1', {columns} FROM rejections WHERE id = 3")
    assert "disposed record still stands" in found


def test_r44_the_application_itself_cannot_dispose_of_anything(fresh_db: Database, disposed: Disposal):
    attempts = ("INSERT INTO disposed_leaves (seq, leaf, tombstone_id) SELECT seq, hash, 1 FROM ledger WHERE seq = 3",
                "UPDATE disposed_leaves SET tombstone_id = 2", "DELETE FROM disposed_leaves",
                "UPDATE ledger SET entry = (SELECT entry FROM ledger WHERE seq = 2) WHERE seq = 3",
                "DELETE FROM rejections", "DELETE FROM tombstones")
    for attempt in attempts:
        with pytest.raises(DBAPIError), fresh_db._write_session() as session:
            session.connection().execute(text(attempt))


@pytest.mark.parametrize("statement", [
    "UPDATE ledger SET entry = entry WHERE seq = (SELECT MIN(seq) FROM disposed_leaves)",
    "UPDATE ledger SET action = 'x' WHERE seq = (SELECT MIN(seq) FROM disposed_leaves)",
    "UPDATE ledger SET entry = (SELECT entry FROM ledger WHERE seq = 3) WHERE seq = 4",
    "DELETE FROM ledger WHERE seq = (SELECT MIN(seq) FROM disposed_leaves)",
    "DELETE FROM rejections WHERE id = 3",
])
def test_r44_the_owner_too_is_stopped_by_the_guards_where_no_tombstone_speaks(
        fresh_db: Database, disposed: Disposal, statement: str):
    engine = open_engine(fresh_db.url, writes=True, owner=True)
    with pytest.raises((DBAPIError, IntegrityError)), engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()
    assert verify(fresh_db.url, together=False).good


def test_r44_disposal_that_fails_midway_leaves_everything(
        fresh_db: Database, plant: Plant, tmp_path, monkeypatch: pytest.MonkeyPatch):
    made = propose(fresh_db, plant)
    approve(fresh_db, plant, made)

    def killed(*_given: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("qms.db.disposed.forget_found", killed)
    with pytest.raises(KeyboardInterrupt):
        carry_out(fresh_db, plant, made, tmp_path)
    monkeypatch.undo()
    assert (count(fresh_db, Rejection), count(fresh_db, Tombstone)) == (3, 0)
    assert verify(fresh_db.url, together=False).good
    carry_out(fresh_db, plant, made, tmp_path)
    carry_out(fresh_db, plant, made, tmp_path)
    assert verify(fresh_db.url, together=False).good
    assert count(fresh_db, Rejection) == 1


def test_every_class_counts_what_it_holds_and_what_is_due(fresh_db: Database, plant: Plant):
    with fresh_db.reading() as session:
        told = {one.kept.code: one for one in trail_retention.counted(
            session, plant.auditor, plant.site, date(2026, 11, 29))}
        assert session.get_one(Site, plant.site)
    assert (told["nonconformity"].records, told["nonconformity"].due, told["nonconformity"].not_begun) == (3, 2, 1)
    assert told["review"].due == 0


