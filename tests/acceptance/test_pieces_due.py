"""First pieces and patrols fall due by the shifts, once each, however many nodes ask."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select

from qms.db import Database
from qms.jobs import ticks
from qms.jobs.acceptance_pieces import fall_due as tick
from qms.models.acceptance_pieces import PatrolPlan, PieceCheck
from qms.models.chain_rosters import Shift
from qms.rules.accounts import SYSTEM, Actor, Grant
from qms.rules.errors import Invalid, NotAllowed, NotFound, Stale
from qms.workflows.acceptance_pieces_due import fall_due, is_due
from qms.workflows.acceptance_pieces_plans import plan_of, plan_patrol
from qms.workflows.verify import verify
from tests.acceptance.pieces import judged
from tests.databases import fixed
from tests.plant import Plant, make_plant

SIX = datetime(2026, 3, 1, 22, 0, tzinfo=UTC)
"""06:00 in Shanghai, on Monday 2 March 2026."""


def shifts(db: Database, plant: Plant) -> None:
    """Give the plant an early and a night shift on working days."""
    with db.transaction(SYSTEM, "tests.shifts") as session:
        for code, starts, ends in (("E", "06:00", "14:00"), ("N", "22:00", "06:00")):
            session.add(Shift(site_id=plant.site, code=code, name_zh=code, name_en=code, starts=starts, ends=ends))


def plan(db: Database, plant: Plant, unit: int | None = None, **given) -> PatrolPlan:
    """Plan a patrol of the press every two hours."""
    with db.transaction(plant.inspector, "acceptance.plan_patrol") as session:
        return plan_patrol(session, plant.inspector, unit or plant.press, 0, **({"every_min": 120} | given))


def at(db: Database, when: datetime) -> int:
    """Let the clock look at an instant; return how many were asked for."""
    with db.transaction(SYSTEM, "acceptance.ask_piece_check", clock=fixed(when)) as session:
        return fall_due(session)


def found(db: Database) -> list[tuple[str, str, datetime]]:
    with db.reading() as session:
        return [(c.kind, c.state, c.due_at) for c in session.scalars(select(PieceCheck).order_by(PieceCheck.id))]


def test_a_first_piece_falls_due_at_each_shift_start(db, plant):
    shifts(db, plant)
    plan(db, plant)
    assert at(db, SIX - timedelta(minutes=1)) == 0
    assert at(db, SIX + timedelta(seconds=5)) == 1
    assert at(db, SIX + timedelta(minutes=5)) == 0
    assert found(db) == [("first_piece", "due", SIX)]
    assert at(db, SIX + timedelta(hours=16)) == 1


def test_patrols_fall_due_while_the_shift_runs(db, plant):
    shifts(db, plant)
    plan(db, plant, first_piece=False)
    for minute in range(0, 8 * 60, 30):
        at(db, SIX + timedelta(minutes=minute))
    assert [(kind, due) for kind, _state, due in found(db)] == [
        ("patrol", SIX + timedelta(hours=n)) for n in (2, 4, 6)]
    assert at(db, SIX + timedelta(hours=9)) == 0


def test_after_a_pause_of_the_server_only_the_latest_patrol_is_asked_for(db, plant):
    shifts(db, plant)
    plan(db, plant)
    assert at(db, SIX + timedelta(hours=6, minutes=30)) == 2
    assert found(db) == [("first_piece", "due", SIX), ("patrol", "due", SIX + timedelta(hours=6))]


def test_a_patrol_that_nobody_did_was_missed_when_the_next_falls_due(db, plant):
    shifts(db, plant)
    plan(db, plant, first_piece=False)
    at(db, SIX + timedelta(hours=2))
    at(db, SIX + timedelta(hours=4))
    assert [state for _kind, state, _due in found(db)] == ["missed", "due"]


def test_a_first_piece_that_was_begun_is_not_missed(db, plant):
    shifts(db, plant)
    plan(db, plant)
    at(db, SIX)
    with db.reading() as session:
        check = session.scalars(select(PieceCheck)).one()
    judged(db, plant.operator, check, "self", item_id=plant.item)
    at(db, SIX + timedelta(hours=16))
    assert [state for kind, state, _due in found(db) if kind == "first_piece"] == ["self_done", "due"]


def test_the_night_shift_belongs_to_the_day_it_began(db, plant):
    shifts(db, plant)
    plan(db, plant, first_piece=False)
    friday_night = datetime(2026, 3, 6, 14, 0, tzinfo=UTC)
    assert at(db, friday_night + timedelta(hours=4)) == 1
    assert found(db)[0][2] == friday_night + timedelta(hours=4)
    assert at(db, friday_night + timedelta(hours=25)) == 0


def test_nothing_falls_due_without_a_plan_or_a_shift(db, plant):
    assert at(db, SIX) == 0
    plan(db, plant)
    assert at(db, SIX) == 0
    shifts(db, plant)
    plan_id = plan(db, plant, plant.weld)
    with db.transaction(plant.inspector, "acceptance.plan_patrol") as session:
        plan_patrol(session, plant.inspector, plant.weld, plan_id.rev, every_min=120, active=False)
    assert at(db, SIX) == 1


def test_when_nothing_is_due_it_asks_little_and_writes_nothing(db, plant):
    shifts(db, plant)
    for unit in (plant.press, plant.weld, plant.paint):
        plan(db, plant, unit)
    at(db, SIX)
    with db.reading() as session:
        asked: list[str] = []
        event.listen(session.connection(), "before_cursor_execute", lambda *args: asked.append(args[2]))
        assert not is_due(session, SIX + timedelta(minutes=30))
        assert is_due(session, SIX + timedelta(hours=2))
    assert sum("SELECT" in each for each in asked) <= 6


def test_several_nodes_ask_once(fresh_db):
    plant = make_plant(fresh_db)
    with fresh_db.transaction(SYSTEM, "tests.shifts") as session:
        session.add(Shift(site_id=plant.site, code="A", name_zh="A", name_en="A", starts="00:00", ends="00:00",
                          weekdays="1111111"))
    for unit in (plant.press, plant.weld, plant.paint, plant.final):
        plan(fresh_db, plant, unit, every_min=10)
    nodes = [Database(fresh_db.url) for _ in range(4)]
    begin = threading.Barrier(4)
    faults: list[BaseException] = []

    def run(node: Database) -> None:
        try:
            begin.wait()
            for _ in range(5):
                tick(node)
        except BaseException as error:
            faults.append(error)

    threads = [threading.Thread(target=run, args=(node,)) for node in nodes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for node in nodes:
        node.dispose()
    assert faults == []
    with fresh_db.reading() as session:
        keys = session.scalars(select(PieceCheck.source_key)).all()
    assert len(keys) == len(set(keys))
    assert len([key for key in keys if key.startswith("shift-")]) == 4
    assert verify(fresh_db.url, together=False).good


def test_the_clock_of_every_node_asks(db):
    assert tick in [each.run for each in ticks()]


def test_a_patrol_plan_is_made_and_changed(db, plant):
    made = plan(db, plant)
    with db.transaction(plant.inspector, "acceptance.plan_patrol") as session:
        plan_patrol(session, plant.inspector, plant.press, made.rev, every_min=60, first_piece=False)
    with db.reading() as session:
        held = plan_of(session, plant.press)
        assert held is not None
        assert (held.every_min, held.first_piece, held.active) == (60, False, True)
        assert plan_of(session, plant.weld) is None
    with pytest.raises(Stale), db.transaction(plant.inspector, "acceptance.plan_patrol") as session:
        plan_patrol(session, plant.inspector, plant.press, made.rev, every_min=30)


def test_a_patrol_plan_that_cannot_be_is_refused(db, plant):
    with pytest.raises(Invalid) as refused:
        plan(db, plant, every_min=5)
    assert refused.value.field == "every_min"
    with pytest.raises(Invalid):
        plan(db, plant, plant.customer)
    stranger = Actor(plant.inspector.id, "x", (Grant(1, "inspector", plant.site + 1),))
    for person, refusal in ((plant.operator, NotAllowed), (stranger, NotFound)):
        with pytest.raises(refusal), db.transaction(person, "acceptance.plan_patrol") as session:
            plan_patrol(session, person, plant.press, 0, every_min=60)
