"""Testing devices by failure: when the next test is due, and what a bad one holds."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from qms.db.rule_counts import rule_counts
from qms.models.chain_rosters import Shift
from qms.models.controls import ControlSuspect
from qms.models.rejections import Hold, Rejection
from qms.rules.accounts import SYSTEM
from qms.rules.errors import Doubled, Invalid, NotAllowed, Refused, Stale
from qms.workflows import controls, rejections
from tests.controls.scene import CONTROL, Scene


def held(scene: Scene) -> dict[str, int]:
    with scene.db.reading() as session:
        rows = session.scalars(select(Hold).join(Rejection).where(Hold.state == "held").order_by(Hold.id)).all()
        return {hold.lot.number: hold.quantity for hold in rows}


def tried(scene: Scene, control, *, good: bool, person=None):
    return scene.do(controls.record_test, person or scene.plant.team_leader, control.id, good=good)


def test_the_next_test_is_due_in_plant_hours(scene: Scene):
    with scene.db.transaction(SYSTEM, "tests.shift") as session:
        session.add(Shift(site_id=scene.plant.site, code="D", name_zh="早", name_en="Day", starts="08:00",
                          ends="16:00", weekdays="1111100"))
    control = scene.control()
    assert control.test_due_at == scene.at + timedelta(days=1)
    tried(scene.later(days=4), control, good=True)
    assert scene.read(control).test_due_at == scene.at + timedelta(days=3)


def test_a_control_that_failed_is_due_at_once_until_it_is_good(scene: Scene):
    control = scene.control()
    tried(scene.later(hours=1), control, good=False)
    assert (scene.read(control).test_due_at, scene.read(control).test_good) == (scene.at, False)
    tried(scene.later(hours=1), control, good=True)
    assert scene.read(control).test_due_at == scene.at + timedelta(hours=8)


def test_r20_a_failed_test_holds_every_lot_since_the_last_good_one(scene: Scene):
    control = scene.control()
    scene.handed(scene.lot("L-1"))
    tried(scene.later(hours=1), control, good=True)
    scene.later(hours=1).handed(scene.lot("L-2"))
    scene.handed(scene.lot("L-3"), scene.plant.press_weld)
    bad = tried(scene.later(hours=1), control, good=False)
    assert held(scene) == {"L-2": 50}
    with scene.db.reading() as session:
        opened = session.scalars(select(Rejection)).one()
        assert (opened.whole_lot, opened.found_unit_id, opened.kind) == (True, scene.plant.weld, "not_made")
        assert session.scalars(select(ControlSuspect.test_id)).one() == bad.id
        assert session.scalars(select(rule_counts.c.rule).where(rule_counts.c.outcome == "acted")).all() == ["R-20"]


def test_r20_a_good_test_holds_nothing(scene: Scene):
    control = scene.control()
    scene.handed(scene.lot("L-1"))
    assert tried(scene.later(hours=1), control, good=True).suspect_since is None
    assert held(scene) == {}


def test_r20_without_a_good_test_everything_since_the_control_is_in_use_is_suspect(scene: Scene):
    scene.handed(scene.lot("L-0"))
    control = scene.later(hours=1).control()
    scene.later(hours=1).handed(scene.lot("L-1"))
    assert tried(scene, control, good=False).suspect_since == control.used_since
    assert held(scene) == {"L-1": 50}


def test_r20_a_lot_that_only_a_later_operation_handed_over_is_suspect_too(scene: Scene):
    control = scene.control()
    scene.later(hours=1).handed(scene.lot("L-9"), scene.plant.paint_final)
    tried(scene, control, good=False)
    assert held(scene) == {"L-9": 50}


def test_r20_a_second_failure_holds_only_what_came_since(scene: Scene):
    control = scene.control()
    scene.later(hours=1).handed(scene.lot("L-1"))
    tried(scene, control, good=False)
    scene.later(hours=1).handed(scene.lot("L-2"))
    tried(scene, control, good=False)
    assert held(scene) == {"L-1": 50, "L-2": 50}
    with scene.db.reading() as session:
        first = session.scalars(select(Rejection).order_by(Rejection.id)).first()
    with scene.db.transaction(scene.plant.quality_engineer, "rejections.void") as session:
        rejections.void(session, scene.plant.quality_engineer, first.id, first.rev, reason="Wrong device tested")
    tried(scene.later(hours=1), control, good=False)
    assert held(scene) == {"L-2": 50, "L-1": 50}


def test_a_test_needs_a_valid_challenge_part(scene: Scene):
    control = scene.control(challenge_valid_to=date(2026, 3, 2))
    tried(scene, control, good=True)
    with pytest.raises(Refused) as refused:
        tried(scene.later(days=1), control, good=True)
    assert refused.value.field == "challenge_part"


def test_only_who_may_tests_and_edits(scene: Scene):
    control = scene.control()
    with pytest.raises(NotAllowed):
        tried(scene, control, good=True, person=scene.plant.operator)
    with pytest.raises(NotAllowed):
        scene.do(controls.edit, scene.plant.team_leader, control.id, control.rev, **CONTROL)


def test_a_control_is_edited_at_the_version_it_was_read_and_leaves_use(scene: Scene):
    control = scene.control()
    done = scene.do(controls.edit, None, control.id, control.rev, **(CONTROL | {"active": False}))
    assert done.test_due_at is None
    with pytest.raises(Stale):
        scene.do(controls.edit, None, control.id, control.rev, **(CONTROL | {"severity": 9}))
    with pytest.raises(Doubled):
        scene.control()
    with pytest.raises(Invalid):
        tried(scene, control, good=True)
