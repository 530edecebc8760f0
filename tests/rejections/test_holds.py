"""How holds are released, records corrected and voided."""

import orjson
import pytest
from sqlalchemy import select

from qms.db import Database
from qms.db.ledger import ledger
from qms.models.chain import Lot
from qms.models.rejections import Hold, Rejection
from qms.rules.accounts import SYSTEM
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, NotFound, Refused, Stale
from qms.workflows import rejections
from tests.plant import Plant
from tests.rejections.cases import reported


def holds(db: Database, made: Rejection) -> list[tuple[int, str]]:
    with db.reading() as session:
        return [(h.quantity, h.state) for h in session.scalars(
            select(Hold).where(Hold.rejection_id == made.id).order_by(Hold.id))]


def release(db: Database, plant: Plant, made: Rejection, good: int, not_good: int, person=None, result="Checked 100 %"):
    person = person or plant.quality_engineer
    with db.transaction(person, "rejections.release") as session:
        hold = session.scalars(select(Hold).where(Hold.rejection_id == made.id, Hold.state == "held")
                               .order_by(Hold.id)).first()
        return rejections.release(session, person, hold.id, hold.rev, good=good, not_good=not_good, result=result)


def correct(db: Database, plant: Plant, made: Rejection, reason: str | None = "Counted again", **fields):
    with db.transaction(plant.team_leader, "rejections.correct", reason) as session:
        rev = session.get_one(Rejection, made.id).rev
        return rejections.correct(session, plant.team_leader, made.id, rev, reason=reason, **fields)


def void(db: Database, plant: Plant, made: Rejection, reason: str | None = "Entered twice"):
    with db.transaction(plant.quality_engineer, "rejections.void", reason) as session:
        return rejections.void(session, plant.quality_engineer, made.id, session.get_one(Rejection, made.id).rev,
                               reason=reason)


def test_what_is_found_good_is_released_and_the_case_closed(db: Database, plant: Plant):
    made = reported(db, plant)
    closed = release(db, plant, made, 10, 0)
    assert holds(db, made) == [(10, "released")]
    assert (closed.state, closed.closed_at is not None) == ("closed", True)
    with db.reading() as session:
        hold = session.scalars(select(Hold)).one()
    assert (hold.released_by_id, hold.grant_id, hold.result) == (
        plant.quality_engineer.id, plant.quality_engineer.grants[0].id, "Checked 100 %")


def test_what_is_not_good_stays_held(db: Database, plant: Plant):
    made = reported(db, plant)
    assert release(db, plant, made, 7, 3).state == "held"
    assert holds(db, made) == [(7, "released"), (3, "held")]
    assert release(db, plant, made, 0, 3).state == "held"
    assert holds(db, made) == [(7, "released"), (3, "held")]


@pytest.mark.parametrize(("good", "not_good"), [(7, 2), (11, 0), (11, -1), (0, 0)])
def test_good_and_not_good_add_up_to_what_is_held(db: Database, plant: Plant, good: int, not_good: int):
    made = reported(db, plant)
    with pytest.raises(Invalid) as refused:
        release(db, plant, made, good, not_good)
    assert refused.value.field == "good"
    assert holds(db, made) == [(10, "held")]


def test_r09_the_reporter_does_not_release(db: Database, plant: Plant):
    made = reported(db, plant, plant.quality_engineer)
    with pytest.raises(Refused) as refused:
        release(db, plant, made, 10, 0)
    assert refused.value.rule == "R-09"
    assert release(db, plant, made, 10, 0, plant.quality_manager).state == "closed"


def test_a_release_needs_the_permission_and_a_result(db: Database, plant: Plant):
    made = reported(db, plant)
    with pytest.raises(NotAllowed):
        release(db, plant, made, 10, 0, plant.team_leader)
    with pytest.raises(Invalid) as refused:
        release(db, plant, made, 10, 0, result="  ")
    assert refused.value.field == "result"


def test_a_released_hold_is_not_released_again(db: Database, plant: Plant):
    made = reported(db, plant)
    release(db, plant, made, 7, 3)
    with db.reading() as session:
        first = session.scalars(select(Hold).order_by(Hold.id)).first()
    with pytest.raises(IllegalStep), db.transaction(plant.quality_engineer, "rejections.release") as session:
        rejections.release(session, plant.quality_engineer, first.id, first.rev, good=7, not_good=0, result="x")
    with pytest.raises(Stale), db.transaction(plant.quality_engineer, "rejections.release") as session:
        rejections.release(session, plant.quality_engineer, first.id, first.rev - 1, good=7, not_good=0, result="x")
    with pytest.raises(NotFound), db.transaction(plant.quality_engineer, "rejections.release") as session:
        rejections.release(session, plant.quality_engineer, 987_654, 1, good=7, not_good=0, result="x")


def test_r43_a_void_record_keeps_its_number_and_frees_what_it_held(db: Database, plant: Plant):
    made = reported(db, plant)
    voided = void(db, plant, made)
    assert (voided.number, voided.state, voided.void_reason) == (made.number, "void", "Entered twice")
    assert holds(db, made) == [(10, "void")]
    assert reported(db, plant).serial == made.serial + 1
    with pytest.raises(IllegalStep):
        void(db, plant, made)


def test_r43_a_void_needs_a_reason_and_the_permission(db: Database, plant: Plant):
    made = reported(db, plant)
    with pytest.raises(Refused) as refused:
        void(db, plant, made, "  ")
    assert refused.value.rule == "R-43"
    with pytest.raises(NotAllowed), db.transaction(plant.team_leader, "rejections.void") as session:
        rejections.void(session, plant.team_leader, made.id, made.rev, reason="x")


def test_r43_a_correction_is_a_new_version_with_its_reason(db: Database, plant: Plant):
    made = reported(db, plant)
    corrected = correct(db, plant, made, quantity=8, defect_id=plant.scratch)
    assert (corrected.quantity, corrected.defect_id, corrected.number) == (8, plant.scratch, made.number)
    assert holds(db, made) == [(8, "held")]
    assert "划" in corrected.search_text
    with db.reading() as session:
        entry = orjson.loads(session.execute(
            select(ledger.c.entry).where(ledger.c.entity == "rejections").order_by(ledger.c.seq.desc()).limit(1)
        ).scalar_one())
    assert (entry["reason"], entry["before"]["quantity"], entry["after"]["quantity"]) == ("Counted again", 10, 8)


def test_r43_a_correction_without_a_reason_is_refused(db: Database, plant: Plant):
    made = reported(db, plant)
    with pytest.raises(Refused) as refused:
        correct(db, plant, made, reason="", quantity=8)
    assert (refused.value.rule, refused.value.field) == ("R-43", "reason")


def test_the_reporter_and_a_leader_correct_but_nobody_else(db: Database, plant: Plant):
    made = reported(db, plant)
    for person, allowed in ((plant.operator, True), (plant.team_leader, True), (plant.auditor, False)):
        with db.transaction(person, "rejections.correct") as session:
            rev = session.get_one(Rejection, made.id).rev
            if allowed:
                rejections.correct(session, person, made.id, rev, reason="x", note=person.name)
            else:
                with pytest.raises(NotAllowed):
                    rejections.correct(session, person, made.id, rev, reason="x", note=person.name)


def test_more_pieces_after_a_release_are_held_anew(db: Database, plant: Plant):
    made = reported(db, plant)
    release(db, plant, made, 7, 3)
    correct(db, plant, made, quantity=12)
    assert holds(db, made) == [(7, "released"), (5, "held")]
    with pytest.raises(Invalid) as refused:
        correct(db, plant, made, quantity=7)
    assert refused.value.field == "quantity"


def test_a_lot_identified_later_is_held_by_its_number(db: Database, plant: Plant):
    made = reported(db, plant, lot_id=None, link_id=None)
    corrected = correct(db, plant, made, lot_id=plant.lot)
    assert (corrected.item_id, corrected.lot_id) == (plant.item, plant.lot)
    with db.reading() as session:
        assert [h.rejection_id for h in rejections.open_holds(session, [plant.lot])] == [made.id]


def test_another_lot_reopens_the_containment_and_moves_the_hold(db: Database, plant: Plant):
    made = reported(db, plant, whole_lot=True)
    with db.transaction(SYSTEM, "tests.lot") as session:
        other = Lot(site_id=plant.site, number="L-0002", item_id=plant.item, quantity=300)
        session.add(other)
    assert correct(db, plant, made, lot_id=other.id).state == "held"
    with db.reading() as session:
        assert rejections.open_holds(session, [plant.lot]) == []
        assert [h.quantity for h in rejections.open_holds(session, [other.id])] == [300]


def test_a_correction_read_at_an_old_version_shows_both(db: Database, plant: Plant):
    made = reported(db, plant)
    correct(db, plant, made, quantity=8)
    with pytest.raises(Stale) as stale, db.transaction(plant.team_leader, "rejections.correct") as session:
        rejections.correct(session, plant.team_leader, made.id, 1, reason="x", quantity=9)
    assert (stale.value.current, stale.value.yours) == ({"quantity": 8}, {"quantity": 9})
