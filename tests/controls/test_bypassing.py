"""Bypasses: by approved alternates only, looked at each day, lots tagged, closed after a verified restart."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from qms.models.acceptance import Handover
from qms.models.controls import BypassLot, BypassMiss
from qms.rules.accounts import SYSTEM
from qms.rules.errors import Doubled, IllegalStep, Invalid, NotAllowed, Refused, Stale
from qms.workflows import chain, controls, today_controls
from qms.workflows import controls_register as registers
from qms.workflows.acceptance_conditions import refuse_open_holds
from qms.workflows.controls_clock import is_due
from tests.controls.scene import Scene


def tags(scene: Scene) -> list[BypassLot]:
    with scene.db.reading() as session:
        return list(session.scalars(select(BypassLot).order_by(BypassLot.id)))


def accepted(scene: Scene, handover: Handover) -> bool:
    """Tell whether nothing open stands against accepting a hand-over's lot."""
    with scene.db.reading() as session:
        try:
            refuse_open_holds(session, chain.lot_family(session, handover.lot_id))
        except Refused as refused:
            return refused.rule != "R-55"
    return True


def test_r21_an_alternate_is_approved_by_another_person_before_it_stands_in(scene: Scene):
    control = scene.control()
    manager = scene.plant.quality_manager
    own = scene.do(controls.draft_alternate, manager, control.id, name_zh="x", name_en="x", instruction_ref="x",
                   instruction_rev="x", risk_ref="x", verify_pieces=1)
    with pytest.raises(Refused, match="Another person"):
        scene.do(controls.approve_alternate, manager, own.id, own.rev)
    draft = scene.alternate(control, approved=False)
    with pytest.raises(Refused) as refused:
        scene.bypass(control, draft)
    assert refused.value.rule == "R-21"
    approved = scene.do(controls.approve_alternate, manager, draft.id, draft.rev)
    assert (approved.approved_by_id, approved.reviewed_on) == (manager.id, date(2026, 3, 2))
    assert scene.bypass(control, approved).number == "BP-SH-2026-000001"


def test_r21_a_withdrawn_alternate_does_not_stand_in(scene: Scene):
    control = scene.control()
    alternate = scene.alternate(control)
    kept = scene.later(days=90).do(controls.look_through, None, alternate.id, alternate.rev)
    assert kept.reviewed_on == date(2026, 5, 31)
    gone = scene.do(controls.withdraw_alternate, None, kept.id, kept.rev)
    with pytest.raises(Refused):
        scene.bypass(control, gone)
    with pytest.raises(IllegalStep):
        scene.do(controls.look_through, None, gone.id, gone.rev)


def test_r21_the_customer_approves_where_the_alternate_says(scene: Scene):
    control = scene.control()
    alternate = scene.alternate(control, customer_needed=True)
    with pytest.raises(Refused) as refused:
        scene.bypass(control, alternate, customer_ref=" ")
    assert refused.value.field == "customer_ref"
    assert scene.bypass(control, alternate, customer_ref="C-17").customer_ref == "C-17"


def test_a_control_has_one_bypass_at_a_time_with_an_end_ahead(scene: Scene):
    control = scene.control()
    alternate = scene.alternate(control)
    with pytest.raises(Invalid) as refused:
        scene.bypass(control, alternate, planned_end_at=scene.at)
    assert refused.value.field == "planned_end_at"
    scene.bypass(control, alternate)
    with pytest.raises(IllegalStep):
        scene.bypass(control, alternate)
    with pytest.raises(NotAllowed):
        scene.do(controls.start, scene.plant.operator, control.id, alternate_id=alternate.id, reason="x",
                 planned_end_at=scene.at + timedelta(days=1))


def test_r21_lots_are_tagged_while_the_bypass_runs(scene: Scene):
    control = scene.control()
    before = scene.handed(scene.lot("L-1"))
    bypass = scene.bypass(control)
    inside = scene.later(hours=1).handed(scene.lot("L-2"))
    elsewhere = scene.handed(scene.lot("L-3"), scene.plant.press_weld)
    scene.do(controls.end, None, bypass.id, bypass.rev)
    after = scene.later(hours=1).handed(scene.lot("L-4"))
    assert [tag.lot_id for tag in tags(scene)] == [inside.lot_id]
    assert [accepted(scene, h) for h in (before, inside, elsewhere, after)] == [True, False, True, True]


def test_r55_a_tagged_lot_is_accepted_after_its_review(scene: Scene):
    scene.bypass()
    handover = scene.handed(scene.lot("L-2"))
    assert not accepted(scene, handover)
    [tag] = tags(scene)
    with pytest.raises(Invalid) as refused:
        scene.do(controls.review_lot, None, tag.id, first_piece="0001", last_piece="")
    assert refused.value.field == "last_piece"
    scene.do(controls.review_lot, None, tag.id, first_piece="0001", last_piece="0050")
    assert accepted(scene, handover)
    with pytest.raises(IllegalStep):
        scene.do(controls.review_lot, None, tag.id, first_piece="0001", last_piece="0050")


def test_r55_the_tag_follows_what_was_made_from_the_lot(scene: Scene):
    scene.bypass()
    source = scene.lot("L-2")
    scene.handed(source)
    with scene.db.transaction(SYSTEM, "tests.lot") as session:
        child = chain.add_lot(session, SYSTEM, site_id=scene.plant.site, number="L-2A", item_id=scene.plant.item,
                              quantity=10, sources=((source.id, 10),))
    assert not accepted(scene, scene.handed(child, scene.plant.paint_final))


def test_a_lot_is_tagged_by_hand_once(scene: Scene):
    bypass, lot = scene.bypass(), scene.lot("L-7")
    scene.do(controls.tag, None, bypass.id, lot_id=lot.id, first_piece="0001")
    with pytest.raises(Doubled):
        scene.do(controls.tag, None, bypass.id, lot_id=lot.id)
    scene.handed(lot)
    assert [tag.first_piece for tag in tags(scene)] == ["0001"]


def test_r21_a_bypass_is_reviewed_once_a_day_and_a_missed_day_is_noticed(scene: Scene):
    bypass = scene.bypass()
    scene.later(days=1).do(controls.review, None, bypass.id, note="Sensor ordered")
    with pytest.raises(IllegalStep):
        scene.do(controls.review, None, bypass.id, note="Again")
    with scene.db.reading() as session:
        assert not is_due(session, (scene.at + timedelta(days=1)))
        assert is_due(session, (scene.at + timedelta(days=2)))
    assert scene.later(days=3).notice() == 2
    assert scene.notice() == 0
    with scene.db.reading() as session:
        assert [m.missed_on for m in session.scalars(select(BypassMiss).order_by(BypassMiss.missed_on))] == [
            date(2026, 3, 4), date(2026, 3, 5)]


def test_r21_days_that_were_missed_are_recorded_when_a_bypass_ends_before_the_clock_looked(scene: Scene):
    bypass = scene.bypass()
    other = scene.bypass(scene.control(code="EP-02"))
    scene.later(days=1).do(controls.review, None, bypass.id, note="Sensor ordered")
    scene.later(days=2).do(controls.end, None, bypass.id, bypass.rev)
    with scene.db.reading() as session:
        told = registers.days_of(registers.whole_bypass(session, scene.plant.quality_engineer, bypass.id))
        assert [(day, type(what).__name__) for day, what in told] == [
            (date(2026, 3, 3), "BypassReview"), (date(2026, 3, 4), "BypassMiss")]
        assert session.scalar(select(BypassMiss.id).where(BypassMiss.bypass_id == other.id)) is None


def test_r21_a_bypass_closes_only_after_its_restart_was_verified(scene: Scene):
    bypass = scene.bypass()
    with pytest.raises(IllegalStep):
        scene.do(controls.close, None, bypass.id, bypass.rev)
    ended = scene.later(hours=5).do(controls.end, None, bypass.id, bypass.rev)
    with pytest.raises(Refused) as refused:
        scene.do(controls.close, None, bypass.id, ended.rev)
    assert refused.value.rule == "R-21"
    with pytest.raises(Refused):
        scene.do(controls.verify, None, bypass.id, ended.rev, pieces=19, nonconforming=0, verification="x")
    verified = scene.do(controls.verify, None, bypass.id, ended.rev, pieces=20, nonconforming=0, verification="CMM 4")
    with pytest.raises(Stale):
        scene.do(controls.close, None, bypass.id, ended.rev)
    assert scene.do(controls.close, None, bypass.id, verified.rev).state == "closed"


def test_today_names_what_waits_for_whom(scene: Scene):
    control = scene.control()
    draft = scene.alternate(control, approved=False)
    plant = scene.plant
    engineer, manager, leader = plant.quality_engineer, plant.quality_manager, plant.team_leader
    with scene.db.reading() as session:
        assert [today_controls.tests(session, who).total for who in (leader, plant.operator)] == [1, 0]
        assert [today_controls.alternates(session, who).total for who in (manager, engineer)] == [1, 0]
    bypass = scene.bypass(control, scene.do(controls.approve_alternate, manager, draft.id, draft.rev))
    with scene.db.reading() as session:
        assert [b.id for b in today_controls.bypasses(session, engineer).records] == [bypass.id]
        assert today_controls.bypasses(session, leader).total == 0
        assert today_controls.alternates(session, manager).total == 0
