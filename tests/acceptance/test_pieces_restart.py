"""The first piece that a restart asks for is one of its checks (R-19), and is repeated until it is good."""

import pytest
from sqlalchemy import select

from qms.models.acceptance_pieces import PieceCheck
from qms.rules.errors import Refused
from qms.workflows import stops
from tests.acceptance.pieces import judged
from tests.stops.scene import Scene


def pieces_of(scene, stop):
    with scene.db.reading() as session:
        return session.scalars(select(PieceCheck).where(PieceCheck.stop_id == stop.id).order_by(PieceCheck.id)).all()


def judge_all(scene, check):
    for person, verdict in ((scene.plant.operator, "self"), (scene.plant.team_leader, "mutual"),
                            (scene.plant.inspector, "dedicated")):
        check = judged(scene.db, person, check, verdict, item_id=scene.plant.item)
    return check


def test_r19_a_good_first_piece_lets_the_line_run_again(db, plant):
    scene = Scene(db, plant)
    stop = scene.asked()
    for kind in ("containment", "measure"):
        scene.checked(stop, kind)
    with pytest.raises(Refused):
        scene.do(stops.restart, stop, plant.quality_engineer)
    judge_all(scene, pieces_of(scene, stop)[0])
    assert scene.do(stops.restart, stop, plant.quality_engineer).state == "restarted"


def test_r19_a_first_piece_that_failed_is_repeated_before_the_line_runs(db, plant):
    scene = Scene(db, plant)
    stop = scene.asked()
    for kind in ("containment", "measure"):
        scene.checked(stop, kind)
    judged(db, plant.operator, pieces_of(scene, stop)[0], "self", good=False, item_id=plant.item)
    failed, again = pieces_of(scene, stop)
    assert (failed.state, again.state, again.reason, again.due_at) == ("failed", "due", "restart", failed.due_at)
    with pytest.raises(Refused):
        scene.do(stops.restart, stop, plant.quality_engineer)
    judge_all(scene, again)
    assert scene.do(stops.restart, stop, plant.quality_engineer).state == "restarted"
