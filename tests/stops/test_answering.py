"""How a call is answered, and what ends its clock."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from qms.models.stops import Rung
from qms.rules.accounts import Grant
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, NotFound, Refused, Stale
from qms.workflows import stops
from tests.stops.scene import NINE, Scene


def test_a_call_is_acknowledged_by_one(scene: Scene):
    stop = scene.call()
    done = scene.later(seconds=20).do(stops.acknowledge, stop)
    assert (done.state, done.acknowledged_at) == ("called", NINE + timedelta(seconds=20))
    assert done.acknowledged_by_id == scene.plant.team_leader.id
    with pytest.raises(IllegalStep, match="Team Leader has acknowledged"):
        scene.do(stops.acknowledge, stop, scene.plant.inspector)


def test_whoever_arrives_owns_the_problem_and_has_acknowledged_it(scene: Scene):
    stop = scene.call(red=True)
    done = scene.later(minutes=2).do(stops.arrive, stop)
    assert (done.arrived_at, done.acknowledged_at) == (scene.at, scene.at)
    assert done.arrived_by_id == scene.plant.team_leader.id
    with pytest.raises(IllegalStep, match="Team Leader is at the spot"):
        scene.do(stops.arrive, stop, scene.plant.quality_engineer)


def test_an_operator_calls_but_does_not_answer(scene: Scene):
    stop = scene.call()
    with pytest.raises(NotAllowed):
        scene.do(stops.arrive, stop, scene.plant.operator)
    with pytest.raises(NotAllowed):
        scene.do(stops.resolve, stop, scene.plant.operator, note="x")
    assert scene.do(stops.stop_line, stop, scene.plant.operator).state == "stopped"


def test_a_leader_of_another_unit_does_not_answer(scene: Scene):
    stop = scene.call()
    held = scene.plant.team_leader
    for unit, allowed in ((scene.plant.paint, False), (scene.plant.weld, True)):
        leader = replace(held, grants=(Grant(held.grants[0].id, "team_leader", scene.plant.site, f"{unit}."),))
        if allowed:
            assert scene.do(stops.acknowledge, stop, leader).acknowledged_at is not None
        else:
            with pytest.raises(NotAllowed):
                scene.do(stops.acknowledge, stop, leader)


def test_a_stranger_knows_no_stop(scene: Scene):
    stop = scene.call()
    held = scene.plant.team_leader
    stranger = replace(held, grants=(Grant(held.grants[0].id, "team_leader", scene.plant.site + 1),))
    for step in (stops.acknowledge, stops.see):
        with pytest.raises(NotFound):
            scene.do(step, stop, stranger)


def test_a_call_is_solved_within_its_window_and_the_line_runs_on(scene: Scene):
    stop = scene.call()
    done = scene.later(seconds=50).do(stops.resolve, stop, note="Part seated again")
    assert (done.state, done.stopped_at, done.restarted_at) == ("resolved", None, scene.at)
    assert (done.measure, done.arrived_by_id) == ("Part seated again", scene.plant.team_leader.id)


def test_a_call_is_not_solved_without_a_word(scene: Scene):
    stop = scene.call()
    with pytest.raises(Invalid) as refused:
        scene.do(stops.resolve, stop, note=" ")
    assert refused.value.field == "note"


def test_a_call_whose_window_has_ended_is_a_stop_even_before_the_clock_said_so(scene: Scene):
    stop = scene.call()
    scene.later(seconds=61)
    with pytest.raises(IllegalStep):
        scene.do(stops.resolve, stop, note="too late")
    done = scene.do(stops.arrive, stop)
    assert (done.state, done.stopped_at) == ("stopped", stop.window_ends_at)


def test_someone_at_the_spot_keeps_the_call_yellow(scene: Scene):
    stop = scene.call()
    scene.later(seconds=30).do(stops.arrive, stop)
    scene.later(minutes=3)
    assert scene.tick() == 0
    assert scene.do(stops.resolve, stop, note="Solved while it ran").state == "resolved"


def test_someone_on_the_way_does_not_keep_it_yellow(scene: Scene):
    stop = scene.call()
    scene.later(seconds=30).do(stops.acknowledge, stop)
    scene.later(seconds=30).tick()
    assert scene.read(stop).state == "stopped"


def test_r19_a_critical_call_is_not_solved_without_stopping_the_line(scene: Scene):
    usual, critical = scene.call(), scene.call(critical=True)
    assert scene.do(stops.resolve, usual, note="x").state == "resolved"
    with pytest.raises(Refused) as refused:
        scene.do(stops.resolve, critical, note="x")
    assert refused.value.rule == "R-19"


def test_what_was_read_before_someone_else_answered_is_stale(scene: Scene):
    stop = scene.call(red=True)
    scene.do(stops.acknowledge, stop)
    for step in (stops.acknowledge, stops.arrive):
        with pytest.raises(Stale) as stale:
            scene.do(step, stop, scene.plant.inspector, rev=stop.rev)
        assert stale.value.current == {"state": "stopped"}
    assert scene.do(stops.arrive, stop, scene.plant.inspector).arrived_by_id == scene.plant.inspector.id


def test_whom_a_raised_rung_names_says_that_they_have_seen_it(scene: Scene):
    stop = scene.call()
    with pytest.raises(IllegalStep):
        scene.do(stops.see, stop, scene.plant.quality_manager)
    scene.later(seconds=5).do(stops.see, stop)
    with scene.db.reading() as session:
        rung = session.scalars(select(Rung).where(Rung.stop_id == stop.id)).first()
    assert (rung.seen_at, rung.seen_by_id) == (scene.at, scene.plant.team_leader.id)
    assert scene.read(stop).acknowledged_at is None
    with pytest.raises(IllegalStep):
        scene.do(stops.see, stop)
