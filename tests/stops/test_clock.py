"""Rungs and windows by the server's clock."""

import threading
from datetime import timedelta

from sqlalchemy import event, func, select, text

from qms.db import Database
from qms.db.ledger import ledger
from qms.db.rule_counts import rule_counts
from qms.jobs import ticks
from qms.jobs.stops import escalate
from qms.jobs.worker import Tick, keep_time
from qms.models.accounts import Person
from qms.models.stops import Rung
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.rules.stops import LADDER
from qms.workflows import stops
from qms.workflows.chain_rosters_changes import add_roster_line
from tests.plant import make_plant
from tests.rejections.cases import person_in_unit
from tests.stops.scene import DAY, NINE, Scene


def test_r18_an_unanswered_stop_climbs_rung_by_rung_as_each_falls_due(scene: Scene):
    stop = scene.call(red=True)
    reached = []
    for plan in LADDER[1:]:
        scene.at = NINE + plan.after - timedelta(seconds=1)
        assert scene.tick() == 0
        scene.later(seconds=1)
        assert scene.tick() == 1
        reached.append(len(scene.raised(stop)))
    assert reached == [2, 3, 4, 5, 6]
    with scene.db.reading() as session:
        assert session.scalar(select(rule_counts.c.times).where(rule_counts.c.rule == "R-18")) == 5


def test_r18_no_rung_is_raised_once_somebody_has_arrived(scene: Scene):
    answered, seen, left = scene.call(red=True), scene.call(red=True), scene.call(red=True)
    scene.later(minutes=4).do(stops.arrive, answered)
    scene.do(stops.acknowledge, seen)
    scene.do(stops.see, left)
    assert scene.later(minutes=2).tick() == 2
    assert [scene.raised(s) for s in (answered, seen, left)] == [[0], [0, 1], [0, 1]]


def test_a_server_that_was_away_raises_what_fell_due_meanwhile(scene: Scene):
    stop = scene.call(red=True)
    scene.later(minutes=31)
    assert scene.tick() == 1
    assert scene.raised(stop) == [0, 1, 2, 3]
    assert scene.tick() == 0


def test_a_call_becomes_a_stop_when_its_window_ends_and_says_since_when(scene: Scene):
    stop = scene.call()
    assert scene.later(seconds=59).tick() == 0
    assert scene.later(seconds=3).tick() == 1
    held = scene.read(stop)
    assert (held.state, held.stopped_at) == ("stopped", NINE + timedelta(seconds=60))
    assert scene.raised(stop) == [0]


def test_a_call_solved_in_time_never_climbs(scene: Scene):
    stop = scene.call()
    scene.later(seconds=40).do(stops.resolve, stop, note="x")
    assert scene.later(hours=3).tick() == 0
    assert scene.raised(stop) == [0]


def test_a_rung_tells_whoever_is_on_duty_when_it_is_raised(scene: Scene):
    stop = scene.call(red=True)
    new = person_in_unit(scene.db, "new-engineer", "quality_engineer", None)
    with scene.db.transaction(SYSTEM, "chain.add_roster_line") as session:
        add_roster_line(session, SYSTEM, site_id=scene.plant.site, role="quality_engineer", person_id=new.id,
                        starts_on=DAY)
        session.get_one(Person, scene.plant.people["quality_engineer"].id).active = False
    scene.later(minutes=15).tick()
    with scene.db.reading() as session:
        rung = session.scalars(select(Rung).where(Rung.stop_id == stop.id, Rung.position == 2)).one()
    assert rung.people == str(new.id)


def test_a_plant_without_an_open_stop_costs_one_question(scene: Scene, db: Database):
    scene.do(stops.resolve, scene.call(), note="x")
    with db.reading() as session:
        asked: list[str] = []
        event.listen(session.connection(), "before_cursor_execute",
                     lambda _c, _cur, statement, *_rest: asked.append(statement))
        assert not stops.is_due(session, scene.at + timedelta(hours=1))
        assert len(asked) == 1
        if db.is_sqlite:
            plan = session.execute(text("EXPLAIN QUERY PLAN " + asked[0].replace("?", "NULL"))).all()
            assert "ix_stops_open" in str(plan), plan


def test_a_due_rung_is_known_without_writing(scene: Scene, db: Database):
    stop = scene.call(red=True)
    with db.reading() as session:
        assert not stops.is_due(session, NINE + timedelta(minutes=4))
        assert stops.is_due(session, NINE + timedelta(minutes=5))
    assert scene.raised(stop) == [0]


def test_the_clock_of_a_node_moves_on_what_is_due_now(fresh_db: Database):
    scene = Scene(fresh_db, make_plant(fresh_db), at=utc_now() - timedelta(minutes=6))
    stop = scene.call()
    escalate(fresh_db)
    assert (scene.read(stop).state, scene.raised(stop)) == ("stopped", [0, 1])
    before = _entries(fresh_db)
    escalate(fresh_db)
    assert _entries(fresh_db) == before


def test_the_clock_goes_on_when_something_fails(fresh_db: Database):
    end, ran = threading.Event(), []

    def fails(_database: Database) -> None:
        ran.append("fails")
        raise ZeroDivisionError

    def works(_database: Database) -> None:
        ran.append("works")
        if len(ran) >= 6:
            end.set()

    keep_time(fresh_db, [Tick(0.01, fails), Tick(0.01, works)], end)
    assert ran[:4] == ["fails", "works", "fails", "works"]


def test_every_node_has_the_clock_of_stops():
    assert escalate in [tick.run for tick in ticks()]
    assert all(tick.seconds <= 5 for tick in ticks() if tick.run is escalate)


def _entries(db: Database) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(ledger)) or 0
