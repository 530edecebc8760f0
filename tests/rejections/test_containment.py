"""How every place of suspect product is asked for and answered."""

import orjson
import pytest
from sqlalchemy import select

from qms.db import Database
from qms.db.ledger import ledger
from qms.models.chain import Lot, LotSource
from qms.models.rejections import ContainmentLine, Hold, Rejection
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, NotFound, Refused, Stale
from qms.workflows import rejections
from tests.plant import Plant
from tests.rejections.cases import person_in_unit, reported

NOTHING = {"suspect": 0, "checked": 0, "nonconforming": 0, "good": 0}


def ask(db: Database, plant: Plant, made: Rejection) -> list[ContainmentLine]:
    with db.transaction(plant.team_leader, "rejections.ask_containment") as session:
        rev = session.get_one(Rejection, made.id).rev
        return rejections.ask_containment(session, plant.team_leader, made.id, rev)


def answer(db: Database, plant: Plant, line: ContainmentLine, person: Actor | None = None, **given) -> ContainmentLine:
    person = person or plant.team_leader
    with db.transaction(person, "rejections.answer_containment") as session:
        rev = session.get_one(ContainmentLine, line.id).rev
        return rejections.answer_containment(session, person, line.id, rev, **(NOTHING | given))


def state(db: Database, made: Rejection) -> str:
    with db.reading() as session:
        return session.get_one(Rejection, made.id).state


def of(lines: list[ContainmentLine], place: str, unit_id: int | None = None) -> ContainmentLine:
    return next(x for x in lines if (x.place, x.unit_id) == (place, unit_id))


def test_r22_every_place_and_every_operation_from_the_origin_on_is_asked(db: Database, plant: Plant):
    made = reported(db, plant, found_unit_id=plant.paint, link_id=plant.weld_paint)
    lines = ask(db, plant, made)
    assert [(x.place, x.unit_id) for x in lines] == [
        ("supplier", None), ("in_transit_in", None), ("wip", plant.weld), ("wip", plant.paint), ("wip", plant.final),
        ("finished", None), ("warehouse", None), ("in_transit_out", None), ("customer", None), ("field", None)]
    assert {x.lot_id for x in lines} == {plant.lot}
    assert all(x.suspect is None and x.answered_at is None for x in lines)
    with db.reading() as session:
        entry = session.execute(select(ledger.c.entry).order_by(ledger.c.seq.desc()).limit(1)).scalar_one()
    assert orjson.loads(entry)["rules"] == ["R-22"]


def test_r22_lots_of_the_genealogy_are_asked_for(db: Database, plant: Plant):
    with db.transaction(SYSTEM, "tests.lots") as session:
        steel, axle, other = (Lot(site_id=plant.site, number=n, item_id=plant.item, quantity=50) for n in "SAO")
        session.add_all([steel, axle, other])
        session.flush()
        for made_of, source in ((plant.lot, steel.id), (axle.id, plant.lot), (other.id, steel.id)):
            session.add(LotSource(lot_id=made_of, source_id=source))
    lines = ask(db, plant, reported(db, plant))
    assert [x.lot_id for x in lines if x.place == "anywhere"] == [steel.id, axle.id]


def test_r22_contained_only_when_every_place_has_answered(db: Database, plant: Plant):
    made = reported(db, plant)
    lines = ask(db, plant, made)
    for line in lines[:-1]:
        answer(db, plant, line)
    assert state(db, made) == "held"
    with pytest.raises(Invalid) as refused:
        answer(db, plant, lines[-1], good=None)
    assert refused.value.field == "good"
    answer(db, plant, lines[-1])
    assert state(db, made) == "contained"


def test_what_is_not_known_to_be_good_is_held_at_once(db: Database, plant: Plant):
    made = reported(db, plant)
    lines = ask(db, plant, made)
    answer(db, plant, of(lines, "warehouse"), suspect=30, checked=20, nonconforming=2, good=18)
    with db.reading() as session:
        assert [h.quantity for h in rejections.open_holds(session, [plant.lot])] == [10, 12]


def test_what_the_report_holds_already_is_not_held_twice(db: Database, plant: Plant):
    lines = ask(db, plant, reported(db, plant))
    answer(db, plant, of(lines, "wip", plant.weld), suspect=40, checked=40, nonconforming=11, good=29)
    with db.reading() as session:
        assert [h.quantity for h in rejections.open_holds(session, [plant.lot])] == [10, 1]
    whole = reported(db, plant, whole_lot=True)
    answer(db, plant, of(ask(db, plant, whole), "warehouse"), suspect=150)
    with db.reading() as session:
        assert [h.quantity for h in session.scalars(select(Hold).where(Hold.rejection_id == whole.id))] == [200]


def test_r01_an_answer_does_not_release_what_an_earlier_one_held(db: Database, plant: Plant):
    made = reported(db, plant)
    line = of(ask(db, plant, made), "warehouse")
    answer(db, plant, line, suspect=30)
    with pytest.raises(Refused) as refused:
        answer(db, plant, line, suspect=30, checked=30, nonconforming=3, good=27)
    assert refused.value.rule == "R-01"
    with db.transaction(plant.quality_engineer, "rejections.release") as session:
        hold = session.scalars(select(Hold).where(Hold.line_id == line.id)).one()
        rejections.release(session, plant.quality_engineer, hold.id, hold.rev, good=27, not_good=3, result="Sorted")
    again = answer(db, plant, line, suspect=30, checked=30, nonconforming=3, good=27, method="Sorted")
    assert (again.checked, again.method) == (30, "Sorted")


def test_a_case_whose_holds_are_released_closes_with_the_last_answer(db: Database, plant: Plant):
    made = reported(db, plant)
    lines = ask(db, plant, made)
    with db.transaction(plant.quality_engineer, "rejections.release") as session:
        hold = session.scalars(select(Hold)).one()
        rejections.release(session, plant.quality_engineer, hold.id, hold.rev, good=10, not_good=0, result="Good")
    assert state(db, made) == "held"
    for line in lines:
        answer(db, plant, line)
    assert state(db, made) == "closed"
    with pytest.raises(IllegalStep):
        answer(db, plant, lines[0])


def test_a_place_is_answered_by_its_own_leader_or_the_finding_units(db: Database, plant: Plant):
    made = reported(db, plant)
    lines = ask(db, plant, made)
    paint = person_in_unit(db, "leader.paint", "team_leader", plant.paint)
    weld = person_in_unit(db, "leader.weld", "team_leader", plant.weld)
    assert answer(db, plant, of(lines, "wip", plant.paint), paint).answered_by_id == paint.id
    assert answer(db, plant, of(lines, "wip", plant.final), weld).answered_by_id == weld.id
    for person, line in ((paint, of(lines, "customer")), (plant.operator, of(lines, "wip", plant.weld))):
        with pytest.raises(NotAllowed):
            answer(db, plant, line, person)


def test_places_are_asked_once(db: Database, plant: Plant):
    made = reported(db, plant)
    ask(db, plant, made)
    with pytest.raises(Invalid):
        ask(db, plant, made)


def test_an_answer_read_at_an_old_version_is_stale(db: Database, plant: Plant):
    line = ask(db, plant, reported(db, plant))[0]
    answer(db, plant, line)
    with pytest.raises(Stale), db.transaction(plant.team_leader, "rejections.answer_containment") as session:
        rejections.answer_containment(session, plant.team_leader, line.id, line.rev, **NOTHING)
    with pytest.raises(NotFound), db.transaction(plant.team_leader, "rejections.answer_containment") as session:
        rejections.answer_containment(session, plant.team_leader, 987_654, 1, **NOTHING)
