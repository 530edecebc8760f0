"""Calls and stops as they are made: by whom, told to whom, numbered, and what came from upstream held at once."""

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from qms.db import Database
from qms.db.ledger import ledger
from qms.db.rule_counts import rule_counts
from qms.models.chain import Defect, Lot
from qms.models.rejections import Hold, Rejection
from qms.models.stops import Rung, Stop
from qms.rules.accounts import SYSTEM, Grant
from qms.rules.errors import Doubled, Invalid, NotAllowed, NotFound
from qms.rules.stops import LADDER
from qms.workflows import stops
from qms.workflows.chain_rosters_changes import add_roster_line
from tests.rejections.cases import person_in_unit
from tests.stops.scene import DAY, NINE, Scene


def test_a_call_is_yellow_and_has_a_window(scene: Scene):
    stop = scene.call(note=" hot ")
    assert (stop.state, stop.called_at, stop.note) == ("called", NINE, "hot")
    assert stop.window_ends_at == NINE + timedelta(seconds=60)
    assert stop.stopped_at is None


def test_a_stop_is_red_at_once_and_has_no_window(scene: Scene):
    stop = scene.call(red=True)
    assert (stop.state, stop.stopped_at, stop.window_ends_at) == ("stopped", NINE, None)


def test_r47_stops_are_numbered_without_a_gap_beside_rejections(scene: Scene):
    first, second = scene.call(), scene.call(from_upstream=True, reason="quality")
    assert [first.number, second.number] == ["ST-SH-2026-000001", "ST-SH-2026-000002"]
    with pytest.raises(Invalid):
        scene.call(reason="weather")
    assert scene.call().serial == 3


def test_r17_anyone_at_an_enrolled_tablet_may_stop_its_line_and_a_desk_needs_the_grant(scene: Scene):
    tablet = scene.tablet(scene.plant.weld)
    nobody = replace(SYSTEM, method="device", device=tablet.public_id)
    assert scene.call(nobody, red=True, device=tablet).called_by_id == SYSTEM.id
    auditor = scene.plant.auditor
    assert scene.call(auditor, device=tablet, source="station").called_by_id == auditor.id
    with scene.db.reading() as session:
        said = session.execute(select(rule_counts.c.times).where(rule_counts.c.rule == "R-17")).scalar_one()
        entry = session.execute(select(ledger.c.entry).where(ledger.c.entity == "stops").order_by(ledger.c.seq)).first()
    assert said == 2
    assert tablet.public_id.encode() in bytes(entry.entry)
    with pytest.raises(NotAllowed):
        scene.call(auditor)


def test_r17_a_tablet_stops_only_what_it_serves(scene: Scene):
    tablet = scene.tablet(scene.plant.weld)
    with pytest.raises(NotFound):
        scene.call(device=tablet, unit_id=scene.plant.paint)
    with pytest.raises(NotFound):
        scene.call(device=replace(tablet, site_id=tablet.site_id + 1))
    assert scene.call(device=tablet).device_id == tablet.id


def test_a_grant_for_one_unit_calls_there_only(scene: Scene):
    held = scene.plant.operator
    welder = replace(held, grants=(Grant(held.grants[0].id, "operator", scene.plant.site, f"{scene.plant.weld}."),))
    assert scene.call(welder).state == "called"
    with pytest.raises(NotAllowed):
        scene.call(welder, unit_id=scene.plant.paint)


@pytest.mark.parametrize(("given", "field"), [
    ({"reason": "weather"}, "reason"), ({"lot_id": 99_999}, "lot_id"), ({"item_id": 99_999}, "item_id"),
    ({"client_id": "x"}, "client_id"), ({"source": "phone"}, "source")])
def test_a_call_with_a_wrong_field_is_refused_beside_it(scene: Scene, given: dict, field: str):
    with pytest.raises(Invalid) as refused:
        scene.call(**given)
    assert refused.value.field == field


def test_nobody_can_stop_a_customer(scene: Scene):
    with pytest.raises(Invalid):
        scene.call(unit_id=scene.plant.customer)


def test_the_same_call_again_gives_the_first_and_another_under_its_id_is_refused(scene: Scene):
    client_id = str(uuid.uuid4())
    first = scene.call(client_id=client_id)
    assert scene.call(client_id=client_id.upper()).id == first.id
    with pytest.raises(Doubled):
        scene.call(client_id=client_id, red=True)
    with scene.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Stop)) == 1


@pytest.mark.parametrize(("given", "affecting"), [
    ({"reason": "machine"}, False), ({"reason": "quality"}, True), ({"reason": "material"}, True),
    ({"reason": "quality", "product_affecting": False}, False),
    ({"reason": "machine", "product_affecting": True}, True),
    ({"reason": "machine", "critical": True, "product_affecting": False}, True),
    ({"reason": "machine", "from_upstream": True}, True)])
def test_the_reason_tells_whether_product_may_be_wrong_unless_somebody_says_otherwise(
        scene: Scene, given: dict, affecting: bool):
    assert scene.call(**given).product_affecting is affecting


def test_what_came_from_upstream_is_held_and_laid_to_the_origin_at_once(scene: Scene):
    plant = scene.plant
    stop = scene.call(red=True, reason="quality", note="burrs", upstream=stops.Upstream(
        quantity=12, defect_id=plant.burr, lot_id=plant.lot, link_id=plant.press_weld))
    with scene.db.reading() as session:
        rejection = session.get_one(Rejection, stop.rejection_id)
        held = session.scalars(select(Hold).where(Hold.rejection_id == rejection.id)).one()
    assert (rejection.kind, rejection.found_unit_id, rejection.origin_unit_id) == ("not_accepted", plant.weld,
                                                                                  plant.press)
    assert (held.quantity, held.lot_id, rejection.note) == (12, plant.lot, "burrs")
    assert (stop.from_upstream, stop.lot_id, stop.item_id, stop.critical) == (True, plant.lot, plant.item, False)


def test_a_stop_is_not_refused_because_nobody_has_counted_yet(scene: Scene):
    stop = scene.call(red=True, from_upstream=True, lot_id=scene.plant.lot)
    with scene.db.reading() as session:
        rejection = session.get_one(Rejection, stop.rejection_id)
        held = session.scalars(select(Hold).where(Hold.rejection_id == rejection.id)).one()
        assert (rejection.quantity, rejection.whole_lot) == (1, True)
        assert held.quantity == session.get_one(Lot, scene.plant.lot).quantity
    unknown = scene.call(from_upstream=True)
    with scene.db.reading() as session:
        assert session.get_one(Rejection, unknown.rejection_id).lot_id is None


def test_a_critical_defect_makes_the_stop_critical(scene: Scene):
    with scene.db.transaction(SYSTEM, "tests.defect") as session:
        crack = Defect(site_id=scene.plant.site, code="D09", name_zh="裂纹", name_en="Crack", severity="CR")
        session.add(crack)
        session.flush()
    assert scene.call(upstream=stops.Upstream(quantity=1, defect_id=crack.id)).critical
    assert not scene.call(upstream=stops.Upstream(quantity=1, defect_id=scene.plant.burr)).critical


def test_what_is_wrong_with_the_rejection_leaves_no_stop_behind(scene: Scene):
    with pytest.raises(Invalid) as refused:
        scene.call(upstream=stops.Upstream(quantity=1, defect_id=99_999))
    assert refused.value.field == "defect_id"
    with scene.db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Stop)) == 0
        assert session.scalar(select(func.count()).select_from(Rejection)) == 0


def test_the_receiving_operation_stops_its_suppliers_line(scene: Scene):
    plant = scene.plant
    tablet = scene.tablet(plant.weld)
    stop = scene.call(device=tablet, unit_id=plant.press, customer_id=plant.weld, red=True, reason="quality")
    assert (stop.unit_id, stop.customer_id, stop.from_upstream) == (plant.press, plant.weld, True)
    with scene.db.reading() as session:
        rejection = session.get_one(Rejection, stop.rejection_id)
    assert (rejection.found_unit_id, rejection.origin_unit_id, rejection.link_id) == (plant.weld, plant.press,
                                                                                     plant.press_weld)


def test_a_unit_that_receives_nothing_from_a_line_cannot_stop_it(scene: Scene):
    plant = scene.plant
    with pytest.raises(Invalid) as refused:
        scene.call(unit_id=plant.press, customer_id=plant.paint)
    assert refused.value.field == "customer_id"
    with pytest.raises(NotFound):
        scene.call(device=scene.tablet(plant.paint), unit_id=plant.press, customer_id=plant.weld)


def test_r18_rungs_are_written_at_the_call_with_who_is_on_duty_when_each_falls_due(scene: Scene, db: Database):
    plant = scene.plant
    with db.transaction(plant.quality_engineer, "chain.add_roster_line") as session:
        add_roster_line(session, plant.quality_engineer, site_id=plant.site, role="team_leader",
                        person_id=plant.team_leader.id, unit_id=plant.weld, starts_on=DAY)
    stop = scene.call()
    with db.reading() as session:
        rungs = session.scalars(select(Rung).where(Rung.stop_id == stop.id).order_by(Rung.position)).all()
    assert [r.due_at - NINE for r in rungs] == [plan.after for plan in LADDER]
    assert rungs[0].people == str(plant.team_leader.id)
    assert [r.raised_at for r in rungs] == [NINE, *[None] * (len(LADDER) - 1)]
    assert str(plant.quality_engineer.id) in rungs[2].people.split(",")


def test_the_leader_of_the_origin_is_told_with_the_engineers(scene: Scene, db: Database):
    plant = scene.plant
    leader = person_in_unit(db, "press-leader", "team_leader", plant.press)
    stop = scene.call(upstream=stops.Upstream(quantity=1, link_id=plant.press_weld))
    with db.reading() as session:
        rungs = session.scalars(select(Rung).where(Rung.stop_id == stop.id).order_by(Rung.position)).all()
    assert str(leader.id) in rungs[2].people.split(",")
    assert str(leader.id) not in rungs[0].people.split(",")
