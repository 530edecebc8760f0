"""How a stopped line comes to run again, and what keeps it standing."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from qms.models.acceptance_pieces import PieceCheck
from qms.models.stops import RestartCheck
from qms.rules.accounts import SYSTEM, Grant
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, Refused, Stale
from qms.workflows import stops
from tests.rejections.cases import person_in_unit
from tests.stops.scene import Scene


def pieces_of(scene: Scene, stop) -> list[PieceCheck]:
    with scene.db.reading() as session:
        return list(session.scalars(select(PieceCheck).where(PieceCheck.stop_id == stop.id).order_by(PieceCheck.id)))


def test_a_stop_is_contained_by_whoever_is_at_the_spot(scene: Scene):
    stop = scene.call(red=True, reason="quality")
    done = scene.later(minutes=4).do(stops.contain, stop, containment="Cage 4", cause_known=False, measure="Sorting")
    assert (done.state, done.contained_at, done.arrived_at) == ("contained", scene.at, scene.at)
    assert (done.containment, done.cause_known, done.measure) == ("Cage 4", False, "Sorting")
    with pytest.raises(Invalid) as refused:
        scene.do(stops.contain, scene.call(red=True), containment="", cause_known=True)
    assert refused.value.field == "containment"


def test_a_call_that_runs_is_not_contained_and_a_stop_not_restarted_at_once(scene: Scene):
    with pytest.raises(IllegalStep):
        scene.do(stops.contain, scene.call(), containment="x", cause_known=True)
    with pytest.raises(IllegalStep):
        scene.do(stops.restart, scene.call(red=True), scene.plant.quality_engineer)


def test_the_leader_may_find_that_product_is_affected_but_not_that_it_is_not(scene: Scene):
    machine, quality = scene.call(red=True), scene.call(red=True, reason="quality")
    more = {"containment": "x", "cause_known": True}
    assert scene.do(stops.contain, machine, **more, product_affecting=True).product_affecting
    assert scene.do(stops.contain, quality, **more, product_affecting=False).product_affecting


def test_asking_for_a_restart_asks_for_first_pieces_where_product_may_be_wrong(scene: Scene):
    stop = scene.asked(lot_id=scene.plant.lot)
    [piece] = pieces_of(scene, stop)
    assert (piece.reason, piece.kind, piece.state, piece.due_at) == ("restart", "first_piece", "due", scene.at)
    assert (piece.unit_id, piece.lot_id) == (scene.plant.weld, scene.plant.lot)
    assert pieces_of(scene, scene.asked(reason="machine")) == []


def test_a_restart_that_cannot_affect_product_asks_for_first_pieces_afterwards(scene: Scene):
    stop = scene.asked(reason="machine")
    scene.checked(stop, "measure")
    assert scene.do(stops.restart, stop).state == "restarted"
    [piece] = pieces_of(scene, stop)
    assert piece.due_at == scene.at


def test_r19_the_line_restarts_when_every_check_is_good(scene: Scene):
    quality, stop = scene.quality(), scene.asked()
    for kind in ("containment", "measure"):
        scene.checked(stop, kind)
    with pytest.raises(Refused, match="First pieces good") as refused:
        scene.do(stops.restart, stop, quality)
    assert refused.value.rule == "R-19"
    scene.checked(stop, "first_piece", person=scene.plant.inspector)
    done = scene.later(minutes=1).do(stops.restart, stop, quality)
    assert (done.state, done.restarted_at, done.restarted_by_id) == ("restarted", scene.at, quality.id)
    assert done.grant_id == quality.grants[0].id


def test_r19_only_a_role_that_may_restarts(scene: Scene):
    stop = scene.good()
    with pytest.raises(Refused, match="only these may restart: Shift quality delegate"):
        scene.do(stops.restart, stop, scene.plant.team_leader)
    assert scene.do(stops.restart, stop, scene.plant.quality_engineer).grant_id is not None
    critical = scene.good(critical=True)
    with pytest.raises(Refused):
        scene.do(stops.restart, critical, scene.quality())
    assert scene.do(stops.restart, critical, scene.plant.quality_manager).state == "restarted"


def test_r19_a_role_held_elsewhere_does_not_restart_here(scene: Scene):
    stop = scene.good()
    both = replace(scene.plant.team_leader, grants=(
        *scene.plant.team_leader.grants,
        Grant(scene.plant.quality_engineer.grants[0].id, "quality_engineer", scene.plant.site,
              f"{scene.plant.paint}.")))
    with pytest.raises(Refused):
        scene.do(stops.restart, stop, both)


def test_a_newer_check_that_is_not_good_counts(scene: Scene):
    stop = scene.good()
    scene.checked(stop, "first_piece", good=False)
    with pytest.raises(Refused, match="First pieces good"):
        scene.do(stops.restart, stop, scene.plant.quality_engineer)
    scene.checked(stop, "first_piece")
    assert scene.do(stops.restart, stop, scene.plant.quality_engineer).state == "restarted"


def test_a_first_piece_check_looks_at_three_pieces(scene: Scene):
    stop = scene.asked()
    with pytest.raises(Invalid) as refused:
        scene.do(stops.check, stop, kind="first_piece", good=True, pieces=2, nonconforming=0)
    assert refused.value.field == "pieces"
    with pytest.raises(Invalid):
        scene.do(stops.check, stop, kind="weather", good=True)


def test_first_pieces_judged_by_the_three_inspections_count(scene: Scene):
    stop = scene.asked()
    for kind in ("containment", "measure"):
        scene.checked(stop, kind)
    for state, restarts in (("failed", False), ("passed", True)):
        with scene.db.transaction(SYSTEM, "tests.judge") as session:
            piece = session.scalars(select(PieceCheck).where(PieceCheck.stop_id == stop.id)).one()
            piece.state, piece.self_at, piece.dedicated_at = state, scene.at, scene.at
        if restarts:
            assert scene.do(stops.restart, stop, scene.plant.quality_engineer).state == "restarted"
        else:
            with pytest.raises(Refused):
                scene.do(stops.restart, stop, scene.plant.quality_engineer)


def test_back_to_containment_voids_what_was_found_and_asks_again(scene: Scene):
    stop = scene.good(unit_id=scene.plant.press, customer_id=scene.plant.weld)
    scene.do(stops.consent, stop, scene.plant.operator)
    back = scene.later(minutes=1).do(stops.contain_again, stop, note="Two more in the rack")
    assert (back.state, back.requested_at, back.consented_at) == ("contained", None, None)
    scene.later(minutes=1).do(stops.ask_restart, stop, measure="Rack emptied")
    with scene.db.reading() as session:
        assert stops.latest_checks(session, scene.read(stop)) == {}
        kept = session.scalars(select(RestartCheck).where(RestartCheck.note == "Two more in the rack")).one()
    assert (kept.kind, kept.good) == ("containment", False)
    assert [piece.state for piece in pieces_of(scene, stop)] == ["missed", "due"]


def test_first_pieces_that_nobody_judged_are_not_done_once_the_line_runs(scene: Scene):
    stop = scene.good()
    scene.do(stops.restart, stop, scene.plant.quality_engineer)
    [piece] = pieces_of(scene, stop)
    assert (piece.state, piece.note) == ("missed", stop.number)


def test_r19_the_receiving_operation_that_stopped_the_line_agrees_first(scene: Scene):
    plant = scene.plant
    stop = scene.good(unit_id=plant.press, customer_id=plant.weld)
    with pytest.raises(Refused, match="receiving operation"):
        scene.do(stops.restart, stop, plant.quality_engineer)
    welder = person_in_unit(scene.db, "welder", "operator", plant.weld)
    presser = person_in_unit(scene.db, "presser", "operator", plant.press)
    with pytest.raises(NotAllowed):
        scene.do(stops.consent, stop, presser)
    agreed = scene.do(stops.consent, stop, welder)
    assert (agreed.consented_by_id, agreed.consented_at) == (welder.id, scene.at)
    with pytest.raises(IllegalStep):
        scene.do(stops.consent, stop, welder)
    assert scene.do(stops.restart, stop, plant.quality_engineer).state == "restarted"


def test_a_line_that_nobody_else_stopped_needs_no_consent(scene: Scene):
    with pytest.raises(IllegalStep):
        scene.do(stops.consent, scene.good())


def test_a_stop_is_reviewed_with_what_it_cost(scene: Scene):
    stop = scene.good()
    scene.do(stops.restart, stop, scene.plant.quality_engineer)
    done = scene.later(hours=3).do(stops.review, stop, note="Dressing interval halved", lost_units=240)
    assert (done.state, done.lost_units, done.reviewed_at) == ("reviewed", 240, scene.at)
    with pytest.raises(Invalid) as refused:
        scene.do(stops.review, scene.do(stops.resolve, scene.call(), note="x"), note="x", lost_units=-1)
    assert refused.value.field == "lost_units"


def test_a_step_at_an_old_version_is_stale(scene: Scene):
    stop = scene.contained()
    rev = scene.read(stop).rev
    scene.do(stops.ask_restart, stop, measure="x", extra_checks=50, lost_units=7)
    with pytest.raises(Stale) as stale:
        scene.do(stops.ask_restart, stop, measure="y", rev=rev)
    assert stale.value.current == {"measure": "x", "state": "restart_requested"}
    held = scene.read(stop)
    assert (held.extra_checks, held.lost_units, held.requested_at) == (50, 7, scene.at)
