"""Complaints of outside customers: clocks, states, R-30 and R-31, origin and escape path, the way to an 8D."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from qms.models.customers_complaints import CustomerComplaint
from qms.rules import customers_complaints as rules
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, NotFound, Refused, Stale
from qms.workflows import actions, customers_parts, rejections
from qms.workflows import customers_complaints as complaints
from qms.workflows import customers_complaints_records as records
from qms.workflows import customers_complaints_register as registers
from qms.workflows import customers_complaints_tracing as tracing
from qms.workflows.chain_paging import Wish
from tests.customers.scene import Scene

COMPLAINT = {"kind": "quality", "severity": "MA", "place": "zero_km", "customer_ref": "Q-881",
             "description": "Burrs on 3 of 200", "quantity_claimed": 3}


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """The plant with its registered customer."""
    scene.customer()
    return scene


def received(scene: Scene, **given: Any) -> CustomerComplaint:
    return scene.do(complaints.receive, None, scene.plant.customer, **(
        {"received_at": scene.at, "item_id": scene.plant.item, "defect_id": scene.plant.burr} | COMPLAINT | given))


def go(scene: Scene, held: CustomerComplaint, *steps: str, **given: Any) -> CustomerComplaint:
    """Take steps one after the other; `given` is for the last of them."""
    usual: dict[str, dict[str, Any]] = {
        "contain": {"containment": "Stock sorted"}, "analyse": {"analysis": "Tool worn", "responsibility": "yes"},
        "answer": {"reply": "Tool changed", "told_inside": "OP10, OP90"}, "accept": {"accepted_by": "Ann"},
        "trace": {"origin_unit_id": scene.plant.press}, "justify": {"reason": "One worn tool, changed"}}
    for n, name in enumerate(steps):
        work = getattr(complaints, name, None) or getattr(tracing, name)
        last = given if n == len(steps) - 1 else {}
        held = scene.do(work, None, held.id, scene_rev(scene, held), **(usual.get(name, {}) | last))
    return held


def scene_rev(scene: Scene, held: CustomerComplaint) -> int:
    return int(scene.read(records.one, held.id).rev)


def test_the_clocks_run_in_real_hours_from_receipt(scene: Scene):
    got = scene.at - timedelta(hours=5)
    held = received(scene, received_at=got)
    assert held.number == "CC-SH-2026-000001"
    assert (held.d3_due_at - got, held.d5_due_at - got, held.d8_due_at - got) == (
        timedelta(hours=24), timedelta(days=14), timedelta(days=60))
    critical = received(scene, severity="CR")
    assert critical.d8_due_at - critical.received_at == timedelta(days=30)


@pytest.mark.parametrize(("hours", "within"), [(8, 8), (72, 24)])
def test_a_shorter_first_answer_that_was_agreed_sets_the_clock(scene: Scene, hours, within):
    scene.do(customers_parts.add, None, scene.plant.customer, "target", metric="response_hours",
             value=Decimal(hours), valid_from=scene.at.date())
    held = received(scene)
    assert held.d3_due_at - held.received_at == timedelta(hours=within)


def test_a_complaint_of_the_future_and_one_of_nobody_are_refused(scene: Scene):
    with pytest.raises(Invalid):
        received(scene, received_at=scene.at + timedelta(minutes=1))
    for wrong in ({"kind": "x"}, {"severity": "x"}, {"place": "x"}, {"description": " "}, {"item_id": 10**9},
                  {"plant_id": 10**9}):
        with pytest.raises(Invalid):
            received(scene, **wrong)
    with pytest.raises(NotFound):
        scene.do(complaints.receive, None, scene.plant.weld, received_at=scene.at, **COMPLAINT)
    with pytest.raises(NotAllowed):
        scene.do(complaints.receive, scene.plant.operator, scene.plant.customer, received_at=scene.at, **COMPLAINT)


def test_a_complaint_goes_from_received_to_closed(scene: Scene):
    held = go(scene, received(scene), "contain", "analyse", "answer", "accept", "trace", "justify", "close")
    assert (held.state, held.accepted_by, held.closed_by_id) == ("closed", "Ann", scene.plant.quality_engineer.id)
    assert held.d3_sent_at == held.d5_sent_at == held.d8_sent_at == scene.at


def test_steps_out_of_order_and_stale_ones_are_refused(scene: Scene):
    held = received(scene)
    for name, given in (("answer", {"reply": "x", "told_inside": "x"}), ("accept", {"accepted_by": "x"}),
                        ("close", {}), ("reopen", {"reason": "x"})):
        with pytest.raises(IllegalStep):
            scene.do(getattr(complaints, name), None, held.id, held.rev, **given)
    with pytest.raises(Stale):
        scene.do(complaints.contain, None, held.id, 9, containment="x")


def test_an_answer_waits_until_responsibility_is_said(scene: Scene):
    held = go(scene, received(scene), "contain")
    go(scene, held, "analyse", responsibility="open")
    with pytest.raises(Invalid):
        go(scene, held, "answer")


@pytest.mark.parametrize(("said", "share", "good"), [
    ("yes", None, True), ("shared", 40, True), ("shared", None, False), ("no", 40, False), ("shared", 100, False)])
def test_a_share_goes_with_shared_responsibility_only(said, share, good):
    if good:
        rules.check_responsibility(said, share)
    else:
        with pytest.raises(Invalid):
            rules.check_responsibility(said, share)


def test_r31_no_fault_found_needs_the_agreed_criteria(scene: Scene):
    held = go(scene, received(scene), "contain")
    with pytest.raises(Refused) as refused:
        go(scene, held, "analyse", no_fault_found=True)
    assert (refused.value.rule, refused.value.field) == ("R-31", "criteria_ref")
    assert go(scene, held, "analyse", no_fault_found=True, criteria_ref="NTF-3").no_fault_found


def test_r30_a_complaint_closes_only_when_it_is_traced_or_said_why_not(scene: Scene):
    held = go(scene, received(scene), "contain", "analyse", "answer", "accept", "justify")
    with pytest.raises(Refused) as refused:
        go(scene, held, "close")
    assert refused.value.rule == "R-30"
    go(scene, held, "trace", origin_unit_id=None, unknown_reason="Parts were scrapped at the customer")
    assert go(scene, held, "close").state == "closed"


def test_r30_a_complaint_closes_only_with_an_8d_or_a_reason_for_none(scene: Scene):
    held = go(scene, received(scene), "contain", "analyse", "answer", "accept", "trace")
    with pytest.raises(Refused) as refused:
        go(scene, held, "close")
    assert refused.value.rule == "R-30"
    case = scene.do(actions.open_action, None, site_id=scene.plant.site, title="Burrs at Star Motors",
                    sources=[("customer_complaints", held.id)])
    assert (case.route, case.customer_id, case.origin_unit_id, case.clock_from) == (
        "8d", scene.plant.customer, scene.plant.press, held.received_at)
    assert go(scene, held, "close").state == "closed"


def test_the_way_from_origin_to_customer_is_found_along_the_routing(scene: Scene):
    held = go(scene, received(scene), "trace")
    whole = scene.read(records.whole, held.id)
    assert [p.unit_id for p in whole.passages if p.active] == [scene.plant.weld, scene.plant.paint, scene.plant.final]
    assert (whole.escape_steps, tracing.is_traced(whole)) == (4, True)
    again = go(scene, held, "trace", origin_unit_id=scene.plant.paint)
    assert again.escape_steps == 2
    assert [p.unit_id for p in scene.read(records.whole, held.id).passages if p.active] == [scene.plant.final]
    with pytest.raises(Invalid):
        go(scene, held, "trace", origin_unit_id=scene.plant.customer)
    with pytest.raises(Invalid):
        go(scene, held, "trace", origin_unit_id=None)


def test_a_linked_rejection_gives_its_confirmed_origin_and_not_an_assumed_one(scene: Scene):
    opened = scene.do(rejections.report, None, kind="not_accepted", found_unit_id=scene.plant.customer,
                      lot_id=scene.plant.lot, quantity=3, defect_id=scene.plant.burr, origin_unit_id=scene.plant.press)
    held = go(scene, received(scene, item_id=None, defect_id=None), "link", number=opened.number.lower())
    assert (held.rejection_id, held.item_id, held.lot_id, held.origin_unit_id) == (
        opened.id, scene.plant.item, scene.plant.lot, None)
    rev = scene.read(lambda session, _person: session.get_one(type(opened), opened.id).rev)
    scene.do(rejections.confirm_origin, scene.plant.unit_head, opened.id, rev)
    assert go(scene, held, "link", number=opened.number).origin_unit_id == scene.plant.press
    with pytest.raises(Invalid):
        go(scene, held, "link", number="NC-SH-2026-999999")


def test_silence_is_not_acceptance(scene: Scene):
    held = go(scene, received(scene), "contain", "analyse", "answer", "trace", "justify")
    with pytest.raises(Invalid):
        go(scene, held, "lapse", reason=" ")
    lapsed = go(scene, held, "lapse", reason="No word in 60 days")
    assert (lapsed.state, lapsed.accepted_at) == ("lapsed", None)


def test_a_refused_answer_opens_it_again_and_does_not_mend_the_clock(scene: Scene):
    held = go(scene, received(scene), "contain", "analyse", "answer")
    first = held.d8_sent_at
    scene.later(days=3)
    again = go(scene, held, "refuse", reason="Cause is a symptom")
    assert (again.state, again.times_reopened) == ("reopened", 1)
    assert go(scene, held, "analyse", "answer").d8_sent_at == first


def test_what_came_back_and_what_was_no_complaint(scene: Scene):
    held = received(scene)
    with pytest.raises(Invalid):
        go(scene, held, "receive_return", return_received_on=scene.at.date() + timedelta(days=2), return_quantity=1)
    assert go(scene, held, "receive_return", return_received_on=scene.at.date(), return_quantity=2).return_quantity == 2
    assert go(scene, held, "void", reason="Other supplier").void_reason == "Other supplier"
    with pytest.raises(IllegalStep):
        go(scene, held, "contain")


def test_an_edit_moves_only_clocks_that_still_run(scene: Scene):
    held = go(scene, received(scene), "contain")
    fields = COMPLAINT | {"severity": "CR"}
    edited = scene.do(complaints.edit, None, held.id, scene_rev(scene, held), **fields)
    assert edited.d8_due_at - edited.received_at == timedelta(days=30)
    assert edited.d3_due_at - edited.received_at == timedelta(hours=24)


def test_the_register_filters_and_finds_what_is_late(scene: Scene):
    held = received(scene)
    closed = go(scene, received(scene, kind="logistics", customer_ref="L-1"), "contain")
    scene.later(days=2)

    def found(**given: Any) -> list[int]:
        return [row.id for row in scene.do(registers.register, None, registers.Filter(**given), Wish()).rows]

    assert found() == [closed.id, held.id]
    assert found(state="late") == [held.id]
    assert found(state="no_origin") == [closed.id, held.id]
    for given in ({"kind": "quality"}, {"state": "received"}, {"sought": "q-881 star"}):
        assert found(**given) == [held.id], given
    assert found(customer_id=scene.plant.weld) == []
