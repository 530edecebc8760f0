"""First pieces and patrols are judged by three people, on readings that are held against the standard."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from qms.models.acceptance_pieces import PieceCheck, PieceReading
from qms.models.chain import Item, Lot
from qms.models.rejections import Rejection
from qms.rules.acceptance_pieces import PieceResult
from qms.rules.accounts import Actor, Grant
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, NotFound, Refused, Stale
from qms.workflows import acceptance
from qms.workflows.acceptance_pieces import one_check, open_checks
from qms.workflows.acceptance_pieces_judging import miss, report_pieces
from qms.workflows.acceptance_pieces_standards import items_at, standard_at
from tests.acceptance.arrange import DAY, approved, burr, gap
from tests.acceptance.pieces import asked_for, judged, passed, results
from tests.signing import signing


def of(db, check):
    """Return an inspection as it is stored."""
    with db.reading() as session:
        return session.get_one(PieceCheck, check.id)


def test_a_first_piece_is_released_by_three_people(db, plant):
    done = of(db, passed(db, plant, asked_for(db, plant)))
    assert (done.state, done.pieces, done.nonconforming) == ("passed", 3, 0)
    assert (done.self_by_id, done.mutual_by_id, done.dedicated_by_id) == (
        plant.operator.id, plant.team_leader.id, plant.inspector.id)
    assert done.self_good
    assert done.self_at <= done.mutual_at <= done.dedicated_at


def test_an_inspector_may_judge_without_the_leader(db, plant):
    check = judged(db, plant.operator, asked_for(db, plant), "self")
    assert judged(db, plant.inspector, check, "dedicated").state == "passed"


def test_r09_nobody_confirms_their_own_verdict(db, plant):
    check = judged(db, plant.team_leader, asked_for(db, plant), "self")
    with pytest.raises(Refused) as refused:
        judged(db, plant.team_leader, check, "mutual")
    assert refused.value.rule == "R-09"
    assert judged(db, plant.production_manager, check, "mutual").state == "mutual_done"


@pytest.mark.parametrize(("role", "verdict"), [
    ("auditor", "self"), ("operator", "mutual"), ("team_leader", "dedicated")])
def test_each_verdict_is_for_its_role(db, plant, role, verdict):
    check = asked_for(db, plant)
    if verdict != "self":
        check = judged(db, plant.production_manager, check, "self")
    with pytest.raises(NotAllowed):
        judged(db, plant.people[role], check, verdict)
    assert of(db, check).rev == check.rev


def test_a_verdict_where_one_does_not_work_is_refused(db, plant):
    check = asked_for(db, plant)
    elsewhere = Actor(plant.operator.id, "x", (Grant(1, "operator", plant.site, f"{plant.weld}."),))
    stranger = Actor(plant.operator.id, "x", (Grant(1, "operator", plant.site + 1),))
    with pytest.raises(NotAllowed):
        judged(db, elsewhere, check, "self")
    with pytest.raises(NotFound):
        judged(db, stranger, check, "self")
    with db.reading() as session, pytest.raises(NotFound):
        one_check(session, stranger, check.id)


def test_a_verdict_on_what_was_read_before_another_is_stale(db, plant):
    check = asked_for(db, plant)
    judged(db, plant.operator, check, "self")
    with pytest.raises(Stale):
        judged(db, plant.team_leader, check, "mutual", rev=1)


def test_a_second_verdict_of_the_same_kind_is_illegal(db, plant):
    check = judged(db, plant.operator, asked_for(db, plant), "self")
    with pytest.raises(IllegalStep):
        judged(db, plant.team_leader, check, "self")


def test_a_patrol_passes_at_once_and_is_not_the_operators(db, plant):
    check = asked_for(db, plant, kind="patrol", reason="interval")
    with pytest.raises(Invalid):
        judged(db, plant.operator, check, "self", pieces=1)
    assert judged(db, plant.inspector, check, "dedicated", pieces=1).state == "passed"
    leader = asked_for(db, plant, kind="patrol", reason="interval")
    assert judged(db, plant.team_leader, leader, "mutual", pieces=2).state == "passed"


def test_what_is_not_good_fails_and_the_first_piece_is_asked_for_again(db, plant):
    check = asked_for(db, plant, lot_id=plant.lot)
    check = judged(db, plant.operator, check, "self")
    failed = judged(db, plant.team_leader, check, "mutual", good=False, nonconforming=2, note="Hole off")
    assert (failed.state, failed.mutual_good, failed.nonconforming) == ("failed", False, 2)
    with db.reading() as session:
        again = open_checks(session, (plant.press,))
    assert [(c.state, c.reason, c.item_id, c.lot_id) for c in again] == [("due", "machine", plant.item, plant.lot)]
    with pytest.raises(IllegalStep):
        judged(db, plant.inspector, failed, "dedicated")


def test_a_patrol_that_fails_is_not_asked_for_again(db, plant):
    check = asked_for(db, plant, kind="patrol", reason="interval")
    assert judged(db, plant.inspector, check, "dedicated", good=False, pieces=1).state == "failed"
    with db.reading() as session:
        assert open_checks(session, (plant.press,)) == []


def test_the_item_is_told_when_judging_where_the_clock_did_not_know_it(db, plant):
    check = asked_for(db, plant, item_id=None)
    with pytest.raises(Invalid) as refused:
        judged(db, plant.operator, check, "self")
    assert refused.value.field == "item_id"
    check = judged(db, plant.operator, check, "self", lot_id=plant.lot)
    assert (check.item_id, check.lot_id) == (plant.item, plant.lot)


def test_another_item_than_asked_for_is_refused(db, plant):
    with db.transaction(plant.operator, "tests.item") as session:
        other = Item(site_id=plant.site, code="X", name_zh="x", name_en="x", drawing_rev="", unit="pcs", special="")
        session.add(other)
        session.flush()
        lot = Lot(site_id=plant.site, number="L-X", item_id=other.id, quantity=5)
        session.add(lot)
    check = asked_for(db, plant)
    for product in ({"item_id": other.id}, {"lot_id": lot.id}, {"lot_id": lot.id, "item_id": plant.item}):
        with pytest.raises(Invalid):
            judged(db, plant.operator, check, "self", **product)


def test_readings_are_held_against_the_limits_of_the_standard(db, plant):
    standard = approved(db, plant)
    check = judged(db, plant.operator, asked_for(db, plant), "self", found=results(db, standard))
    assert check.standard_id == standard
    with db.reading() as session:
        readings = session.scalars(select(PieceReading).where(PieceReading.check_id == check.id)).all()
    assert len(readings) == 6
    assert {r.value for r in readings if r.value is not None} == {Decimal("0.50")}
    assert all(r.good and r.verdict == "self" for r in readings)


def test_the_inspector_measures_again_and_both_readings_stand(db, plant):
    standard = approved(db, plant)
    check = judged(db, plant.operator, asked_for(db, plant), "self", found=results(db, standard))
    judged(db, plant.inspector, check, "dedicated", found=results(db, standard, gap="0.51"))
    with db.reading() as session:
        found = session.scalars(select(PieceReading).where(PieceReading.value.is_not(None))).all()
    assert {(r.verdict, r.value) for r in found} == {("self", Decimal("0.50")), ("dedicated", Decimal("0.51"))}


def test_a_reading_outside_its_limits_cannot_be_called_good(db, plant):
    standard = approved(db, plant)
    check = asked_for(db, plant)
    with pytest.raises(Invalid) as refused:
        judged(db, plant.operator, check, "self", found=results(db, standard, gap="0.56"))
    assert refused.value.field == "nonconforming"
    with pytest.raises(Invalid):
        judged(db, plant.operator, check, "self", good=False, nonconforming=1, found=results(db, standard, bad=2))
    failed = judged(db, plant.operator, check, "self", good=False, nonconforming=3,
                    found=results(db, standard, gap="0.56"))
    assert failed.state == "failed"


def test_a_limit_itself_is_good(db, plant):
    standard = approved(db, plant)
    assert judged(db, plant.operator, asked_for(db, plant), "self",
                  found=results(db, standard, gap="0.55")).state == "self_done"


def test_a_good_first_verdict_needs_every_result(db, plant):
    standard = approved(db, plant)
    check = asked_for(db, plant)
    with pytest.raises(Invalid) as refused:
        judged(db, plant.operator, check, "self", found=results(db, standard)[:-1])
    assert refused.value.field is not None
    with pytest.raises(Invalid):
        judged(db, plant.operator, check, "self")
    check = judged(db, plant.operator, check, "self", found=results(db, standard))
    assert judged(db, plant.team_leader, check, "mutual").state == "mutual_done"


def test_a_reading_that_cannot_be_is_refused(db, plant):
    standard = approved(db, plant, burr(plant), gap(plant), gap(plant, kind="count", unit=None, lower=None,
                                                                 upper=Decimal(2), name_en="Faults"))
    with db.reading() as session:
        looked, measured, counted = acceptance.asked(session, standard)
    check = asked_for(db, plant)
    for wrong in ([PieceResult(measured.id, 1)], [PieceResult(measured.id, 4, Decimal(1))],
                  [PieceResult(looked.id, 1, Decimal(1))], [PieceResult(counted.id, 1, Decimal("0.5"))],
                  [PieceResult(counted.id, 1, Decimal(-1))], [PieceResult(999_999, 1, Decimal(1))],
                  [PieceResult(measured.id, 1, Decimal("NaN"))],
                  [PieceResult(measured.id, 1, Decimal("0.5")), PieceResult(measured.id, 1, Decimal("0.5"))]):
        with pytest.raises(Invalid):
            judged(db, plant.operator, check, "self", good=False, found=wrong)
    assert of(db, check).state == "due"


def test_the_standard_is_that_of_the_outgoing_link(db, plant):
    own = approved(db, plant, item_id=plant.item, form_number="FM-02")
    approved(db, plant)
    approved(db, plant, link_id=plant.weld_paint, form_number="FM-03")
    with db.reading() as session:
        assert standard_at(session, plant.press, plant.item, DAY.replace(year=2100)).id == own
        assert standard_at(session, plant.press, plant.item, DAY.replace(year=2000)) is None
        assert standard_at(session, plant.customer, plant.item, DAY.replace(year=2100)) is None


def test_the_items_of_an_operation_are_those_whose_routing_passes_it(db, plant):
    with db.transaction(plant.operator, "tests.item") as session:
        session.add(Item(site_id=plant.site, code="X", name_zh="x", name_en="x", drawing_rev="", unit="pcs",
                         special=""))
    with db.reading() as session:
        assert [i.code for i in items_at(session, plant.press, plant.site)] == ["BR-100"]
        assert [i.code for i in items_at(session, plant.quality, plant.site)] == ["BR-100", "X"]


def test_the_revision_of_the_first_verdict_holds_for_the_later_ones(db, plant):
    standard = approved(db, plant)
    check = judged(db, plant.operator, asked_for(db, plant), "self", found=results(db, standard))
    with db.transaction(plant.quality_engineer, "acceptance.revise_standard") as session:
        draft = acceptance.revise_standard(session, plant.quality_engineer, standard)
    with db.transaction(plant.quality_manager, "acceptance.approve_standard") as session:
        acceptance.approve_standard(session, plant.quality_manager, draft.id, draft.rev,
                                    signing=signing(plant.quality_manager, "standard"))
    assert judged(db, plant.team_leader, check, "mutual").standard_id == standard


def test_what_was_not_done_is_missed_with_a_reason(db, plant):
    check = asked_for(db, plant)
    for person, reason, refusal in ((plant.operator, "x", NotAllowed), (plant.team_leader, " ", Invalid)):
        with pytest.raises(refusal), db.transaction(person, "acceptance.miss_piece_check") as session:
            miss(session, person, check.id, check.rev, reason=reason)
    with db.transaction(plant.team_leader, "acceptance.miss_piece_check") as session:
        done = miss(session, plant.team_leader, check.id, check.rev, reason="No material")
    assert (done.state, done.note) == ("missed", "No material")
    begun = judged(db, plant.operator, asked_for(db, plant), "self")
    with pytest.raises(IllegalStep), db.transaction(plant.team_leader, "acceptance.miss_piece_check") as session:
        miss(session, plant.team_leader, begun.id, begun.rev, reason="x")


def test_notes_are_added_not_replaced(db, plant):
    check = judged(db, plant.operator, asked_for(db, plant), "self", note="New die")
    check = judged(db, plant.team_leader, check, "mutual", note="Looks fine")
    assert check.note == "New die\nLooks fine"
    with pytest.raises(Invalid) as refused:
        judged(db, plant.inspector, check, "dedicated", note="x" * 490)
    assert refused.value.field == "note"


def test_a_rejection_is_opened_only_on_wish_as_the_units_own_work(db, plant):
    check = asked_for(db, plant, lot_id=plant.lot)
    failed = judged(db, plant.operator, check, "self", good=False, nonconforming=2, note="Burr")
    with db.reading() as session:
        assert session.scalars(select(Rejection)).all() == []
    with db.transaction(plant.operator, "rejections.report") as session:
        made = report_pieces(session, plant.operator, failed, defect_id=plant.burr)
    assert (made.kind, made.found_unit_id, made.origin_unit_id, made.quantity, made.lot_id, made.note) == (
        "not_made", plant.press, plant.press, 2, plant.lot, "Burr")
    good = passed(db, plant, asked_for(db, plant))
    with pytest.raises(Invalid), db.transaction(plant.operator, "rejections.report") as session:
        report_pieces(session, plant.operator, good)


def test_what_is_asked_for_again_falls_due_at_once(db, plant):
    first = asked_for(db, plant)
    earlier = asked_for(db, plant, due_at=first.due_at - timedelta(hours=1), reason="man")
    failed = judged(db, plant.operator, earlier, "self", good=False)
    with db.reading() as session:
        again = next(c for c in open_checks(session, (plant.press,)) if c.id != first.id)
    assert again.due_at >= failed.self_at
