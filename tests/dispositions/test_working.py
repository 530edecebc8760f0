"""How dispositions are carried out and verified, and that nothing nonconforming becomes free on the way."""

from datetime import date

import pytest
from sqlalchemy import select

from qms.models.acceptance import Handover
from qms.models.dispositions import Rework, ScrapTicket
from qms.models.rejections import Rejection
from qms.rules.dispositions_checks import Draft
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, Refused, Stale
from qms.workflows import acceptance, dispositions, rejections
from qms.workflows.acceptance_presenting import left_to_present, present
from tests.dispositions import concessions
from tests.dispositions.scene import INSTRUCTION, NOON, RISK, Scene


def refused(rule: str, step, *args, **given) -> None:
    with pytest.raises(Refused) as caught:
        step(*args, **given)
    assert caught.value.rule == rule


def handed_over(scene: Scene, quantity: int = 50) -> Handover:
    """Hand over fifty from press to weld, all of which weld refuses for a burr."""
    supplier, customer = scene.plant.operator, scene.plant.team_leader
    with scene.db.transaction(supplier, "acceptance.present") as session:
        made = present(session, supplier, link_id=scene.plant.press_weld, lot_id=scene.plant.lot, quantity=quantity)
    with scene.db.transaction(customer, "acceptance.reject") as session:
        return acceptance.reject(session, customer, made.id, made.rev,
                                 faults=[acceptance.Fault(scene.plant.burr, quantity)])


def rejection_of(scene: Scene, handover: Handover) -> Rejection:
    with scene.db.reading() as session:
        return session.scalars(select(Rejection).where(Rejection.handover_id == handover.id)).one()


def test_r08_work_starts_only_with_a_released_instruction(scene: Scene):
    line = scene.one(scene.reported(), "rework", **RISK)
    refused("R-08", scene.do, dispositions.start, line)
    refused("R-08", scene.do, dispositions.start, line, **INSTRUCTION | {"instruction_on": date(2026, 11, 3)})
    started = scene.do(dispositions.start, line, **INSTRUCTION, place="Bench 3")
    assert (started.state, started.started_by_id) == ("executing", scene.plant.team_leader.id)
    with scene.db.reading() as session:
        run = session.scalars(select(Rework)).one()
    assert (run.run, run.quantity, run.instruction_ref, run.place) == (1, 10, "WI-30-R", "Bench 3")
    assert run.started_at == NOON


def test_r08_steps_follow_each_other(scene: Scene):
    line = scene.one(scene.reported(), "rework", **RISK)
    for step, given in ((dispositions.report, {"result": "x"}), (dispositions.verify, {"verification": "x"}),
                        (dispositions.witness, {}), (dispositions.dispose, {})):
        with pytest.raises(IllegalStep):
            scene.do(step, line, **given)


def test_r09_the_reworker_and_the_reporter_do_not_re_inspect(scene: Scene):
    made = scene.reported(person=scene.plant.quality_manager)
    line = scene.one(made, "sort")
    scene.do(dispositions.start, line, scene.plant.quality_engineer, **INSTRUCTION)
    scene.do(dispositions.report, line, scene.plant.quality_engineer, result="Sorted")
    for person in (scene.plant.quality_engineer, scene.plant.quality_manager):
        refused("R-09", scene.do, dispositions.verify, line, person, verification="Good", good=10, scrapped=0)
    assert scene.told(made) == [(10, "held")]
    scene.do(dispositions.verify, line, verification="Good", good=10, scrapped=0)
    assert (scene.told(made), scene.state(made)) == ([(10, "released")], "closed")


def test_r07_what_is_not_good_after_rework_stays_held_and_is_decided_again_higher_up(scene: Scene):
    made = scene.reported()
    line = scene.worked(scene.one(made, "rework", **RISK))
    assert scene.state(made) == "verifying"
    refused("R-07", scene.do, dispositions.verify, line, verification="x", good=8, scrapped=3)
    with pytest.raises(Invalid):
        scene.do(dispositions.verify, line, verification="x", good=8)
    with pytest.raises(IllegalStep):
        scene.do(dispositions.send_back, line, verification="Again")
    scene.do(dispositions.verify, line, verification="Two cracked, one open", good=7, scrapped=2)
    assert (scene.told(made), scene.state(made)) == ([(7, "released"), (3, "held")], "held")
    with scene.db.reading() as session:
        run = session.scalars(select(Rework)).one()
    assert (run.good, run.scrapped, run.inspected_by_id) == (7, 2, scene.plant.inspector.id)
    rest = scene.holds(made)[1].id
    refused("R-06", scene.decide, made, Draft(rest, "scrap", 2), Draft(rest, "rework", 1, **RISK))
    scrap, again = scene.decide(made, Draft(rest, "scrap", 2), Draft(rest, "rework", 1, **RISK),
                                person=scene.plant.quality_manager)
    assert (scrap.parent_id, again.parent_id) == (line.id, line.id)
    scene.do(dispositions.withdraw, again, reason="Not worth it")
    with scene.db.reading() as session:
        left = dispositions.undecided(session, session.get_one(Rejection, made.id))
    assert [(h.quantity, h.id) for h in left] == [(1, again.hold_id)]
    refused("R-06", scene.decide, made, Draft(again.hold_id, "rework", 1, **RISK))
    third = scene.worked(scene.decide(made, Draft(again.hold_id, "rework", 1, **RISK),
                                      person=scene.plant.quality_manager)[0])
    with scene.db.reading() as session:
        assert [r.run for r in session.scalars(select(Rework).where(Rework.disposition_id == third.id))] == [2]


def test_good_pieces_of_a_refused_hand_over_are_presented_again_as_reworked(scene: Scene):
    first = handed_over(scene)
    made = rejection_of(scene, first)
    supplier = scene.plant.operator

    def by_hand():
        with scene.db.transaction(supplier, "acceptance.present") as session:
            present(session, supplier, link_id=scene.plant.press_weld, lot_id=scene.plant.lot, quantity=50,
                    previous_id=first.id)

    refused("R-01", by_hand)
    line = scene.worked(scene.one(made, "rework", **RISK))
    scene.do(dispositions.verify, line, verification="Good", good=48, scrapped=2)
    with scene.db.reading() as session:
        again = session.scalars(select(Handover).where(Handover.previous_id == first.id)).one()
        run = session.scalars(select(Rework)).one()
        assert left_to_present(session, session.get_one(Handover, first.id)) == 2
    assert (again.presentation, again.quantity, again.rework, again.state) == (2, 48, True, "presented")
    assert run.handover_id == again.id


def test_r06_what_comes_back_after_rework_and_is_refused_again_is_reworked_by_higher_approval_only(scene: Scene):
    first = handed_over(scene)
    line = scene.worked(scene.one(rejection_of(scene, first), "rework", **RISK))
    scene.do(dispositions.verify, line, verification="Good", good=50, scrapped=0)
    customer = scene.plant.team_leader
    with scene.db.transaction(customer, "acceptance.reject") as session:
        again = session.scalars(select(Handover).where(Handover.previous_id == first.id)).one()
        acceptance.reject(session, customer, again.id, again.rev, faults=[acceptance.Fault(scene.plant.burr, 50)])
    refused("R-06", scene.one, rejection_of(scene, again), "rework", **RISK)
    scene.one(rejection_of(scene, again), "rework", person=scene.plant.quality_manager, **RISK)


def test_r14_scrap_leaves_only_after_another_person_saw_that_it_is_unusable(scene: Scene):
    made = scene.reported()
    line = scene.one(made, "scrap")
    with pytest.raises(Invalid):
        scene.do(dispositions.start, line)
    scene.do(dispositions.start, line, place="Cage 2")
    refused("R-14", scene.do, dispositions.report, line, result="Crushed")
    engineer = scene.plant.quality_engineer
    scene.do(dispositions.report, line, engineer, result="Crushed", method="crush")
    with pytest.raises(IllegalStep):
        scene.do(dispositions.verify, line, verification="ok")
    with pytest.raises(IllegalStep):
        scene.do(dispositions.dispose, line)
    refused("R-14", scene.do, dispositions.witness, line, engineer)
    scene.do(dispositions.witness, line)
    assert (scene.told(made), scene.state(made)) == ([(10, "held")], "executing")
    scene.do(dispositions.dispose, line)
    assert (scene.told(made), scene.state(made)) == ([(10, "gone")], "closed")
    with scene.db.reading() as session:
        ticket = session.scalars(select(ScrapTicket)).one()
    assert ticket.number == "SC-SH-2026-000001"
    assert (ticket.place, ticket.method, ticket.rendered_by_id, ticket.witnessed_by_id, ticket.disposed_at) == (
        "Cage 2", "crush", engineer.id, scene.plant.inspector.id, NOON)


def test_r01_scrapped_pieces_are_never_presented(scene: Scene):
    first = handed_over(scene)
    line = scene.one(rejection_of(scene, first), "scrap")
    scene.do(dispositions.start, line, place="Cage")
    scene.do(dispositions.report, line, result="Crushed", method="crush")
    scene.do(dispositions.witness, line)
    scene.do(dispositions.dispose, line)
    supplier = scene.plant.operator
    with pytest.raises(IllegalStep), scene.db.transaction(supplier, "acceptance.present") as session:
        present(session, supplier, link_id=scene.plant.press_weld, lot_id=scene.plant.lot, quantity=1,
                previous_id=first.id)
    with pytest.raises(Refused), scene.db.transaction(supplier, "acceptance.present") as session:
        present(session, supplier, link_id=scene.plant.weld_paint, lot_id=scene.plant.lot, quantity=151)
    with scene.db.transaction(supplier, "acceptance.present") as session:
        assert present(session, supplier, link_id=scene.plant.weld_paint, lot_id=scene.plant.lot, quantity=150)


@pytest.mark.parametrize(("code", "rule"), [("repair", "R-11"), ("use_as_is", "R-12")])
def test_r11_r12_nothing_is_conceded_before_the_customer_did(scene: Scene, code: str, rule: str):
    made, me = scene.reported(), scene.plant.quality_manager
    scene.agreed(made, code)
    line = scene.one(made, code, person=me, justification="Not visible", **(RISK if code == "repair" else {}))
    assert scene.state(made) == "waiting_customer"
    refused(rule, scene.do, dispositions.start, line, **INSTRUCTION)
    other = concessions.active(scene.db, scene.plant, at=NOON, defect_id=scene.plant.scratch)
    refused(rule, scene.do, dispositions.cover, line, concession_id=other.id)
    held = concessions.active(scene.db, scene.plant, at=NOON, quantity_authorised=10)
    scene.do(dispositions.cover, line, concession_id=held.id)
    assert scene.state(made) == "decided"
    assert scene.do(dispositions.start, line, **INSTRUCTION).state == "executing"


def test_r13_what_was_repaired_or_used_as_it_is_counts_against_its_concession(scene: Scene):
    made, me = scene.reported(), scene.plant.quality_manager
    held = concessions.active(scene.db, scene.plant, at=NOON, quantity_authorised=10)
    scene.agreed(made, "repair")
    with pytest.raises(Invalid):
        scene.one(made, "scrap", concession_id=held.id)
    line = scene.one(made, "repair", person=me, justification="Not visible", concession_id=held.id, **RISK)
    scene.do(dispositions.start, line, **INSTRUCTION)
    with pytest.raises((Invalid, Refused)):
        scene.do(dispositions.report, line, result="Welded")
    scene.do(dispositions.report, line, result="Welded", containers="C-1")
    assert concessions.read(scene.db, held).quantity_used == 10
    scene.do(dispositions.verify, line, verification="Six hold", good=6, scrapped=4)
    after = concessions.read(scene.db, held)
    assert (after.quantity_used, after.state, scene.told(made)) == (6, "active", [(6, "released"), (4, "held")])


def test_what_goes_back_upstream_stays_held_there_until_it_is_decided_again(scene: Scene):
    made, leader = scene.reported(), scene.plant.team_leader
    with scene.db.transaction(leader, "rejections.confirm_origin") as session:
        rejections.confirm_origin(session, leader, made.id, session.get_one(Rejection, made.id).rev, reason=None)
    line = scene.one(made, "return_upstream", person=leader)
    scene.do(dispositions.start, line)
    scene.do(dispositions.report, line, result="Brought to press")
    scene.do(dispositions.verify, line, verification="Arrived")
    hold = scene.holds(made)[0]
    assert (hold.quantity, hold.state, hold.location, scene.state(made)) == (10, "held", "OP10 冲压", "held")
    assert scene.one(made, "scrap").parent_id == line.id


@pytest.mark.parametrize(("code", "given", "end"), [
    ("no_fault", {}, "released"), ("return_to_supplier", {"supplier_claim": "CL-1"}, "gone")])
def test_other_dispositions_end_as_they_say(scene: Scene, code: str, given: dict, end: str):
    made = scene.reported()
    line = scene.one(made, code, **given)
    scene.do(dispositions.start, line)
    scene.do(dispositions.report, line, result="Done", rma="RMA-7")
    scene.do(dispositions.send_back, line, verification="Papers missing")
    assert scene.state(made) == "executing"
    scene.do(dispositions.report, line, result="Done", rma="RMA-7")
    assert scene.told(made) == [(10, "held")]
    done = scene.do(dispositions.verify, line, verification="Seen")
    assert (done.state, scene.told(made), scene.state(made)) == ("completed", [(10, end)], "closed")


def test_a_release_is_a_line_of_no_fault_so_that_sums_stay_true(scene: Scene):
    made, me = scene.reported(), scene.plant.quality_engineer
    hold = scene.holds(made)[0]
    with scene.db.transaction(me, "rejections.release", clock=lambda: NOON) as session:
        rejections.release(session, me, hold.id, hold.rev, good=7, not_good=3, result="Checked")
    with scene.db.reading() as session:
        line = dispositions.lines_of(session, made.id)[0]
    assert (line.code, line.state, line.quantity, line.role, line.verified_by_id, line.verified_at) == (
        "no_fault", "completed", 7, "quality_engineer", me.id, NOON)
    rest = scene.decide(made, Draft(scene.holds(made)[1].id, "scrap", 3))[0]
    assert rest.parent_id == line.id


def test_each_step_needs_its_grant_and_its_version(scene: Scene):
    line = scene.one(scene.reported(), "sort")
    with pytest.raises(NotAllowed):
        scene.do(dispositions.start, line, scene.plant.operator, **INSTRUCTION)
    with pytest.raises(Stale):
        scene.do(dispositions.start, line, rev=99, **INSTRUCTION)
    scene.worked(line)
    with pytest.raises(NotAllowed):
        scene.do(dispositions.verify, line, scene.plant.team_leader, verification="x", good=1, scrapped=0)
