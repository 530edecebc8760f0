"""What presenting and deciding promise, by rule."""

from dataclasses import replace
from decimal import Decimal

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.models.acceptance import Check, Handover, Reading
from qms.models.chain import Lot, LotSource, Site, Unit
from qms.models.rejections import Hold, Rejection
from qms.rules.accounts import Actor, Grant
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, NotFound, Refused, Stale
from qms.workflows import acceptance, rejections
from qms.workflows.acceptance import Fault, Result
from tests.acceptance.arrange import approved, burr, good_results, presented, read
from tests.plant import Plant
from tests.signing import signing


def decide(database: Database, plant: Plant, name: str, handover: Handover, **given: object) -> Handover:
    with database.transaction(plant.inspector, f"acceptance.{name}") as session:
        return getattr(acceptance, name)(session, plant.inspector, handover.id, given.pop("rev", handover.rev), **given)


def report_hold(database: Database, plant: Plant, quantity: int, lot_id: int | None = None) -> Rejection:
    with database.transaction(plant.operator, "rejections.report") as session:
        return rejections.report(session, plant.operator, kind="not_made", found_unit_id=plant.press,
                                 quantity=quantity, lot_id=lot_id or plant.lot, defect_id=plant.burr)


def release(database: Database, plant: Plant) -> None:
    """Open every hold again, by hand: how a release is decided is another feature's."""
    with database.transaction(plant.quality_engineer, "rejections.release") as session:
        for hold in session.scalars(select(Hold).where(Hold.state == "held")):
            hold.state = "released"


def refused(rule: str, database: Database, plant: Plant, name: str, handover: Handover, **given: object) -> Refused:
    with pytest.raises(Refused) as caught:
        decide(database, plant, name, handover, **given)
    assert caught.value.rule == rule
    assert read(database, Handover, handover.id).state == handover.state
    return caught.value


# Presenting


def test_a_hand_over_is_numbered_and_waits(db: Database, plant: Plant):
    first, second = presented(db, plant, quantity=50), presented(db, plant, quantity=60)
    assert (first.state, first.presentation, first.accepted) == ("presented", 1, 0)
    assert second.serial == first.serial + 1
    assert second.number.startswith("HO-SH-")


def test_r01_a_self_check_that_found_faults_is_not_presented(db: Database, plant: Plant):
    assert presented(db, plant, quantity=1, self_check="ok").self_check == "ok"
    with pytest.raises(Refused) as caught:
        presented(db, plant, quantity=1, self_check="ng")
    assert (caught.value.rule, caught.value.field) == ("R-01", "self_check")


def test_r01_a_held_quantity_is_not_presented_and_the_rest_is(db: Database, plant: Plant):
    report_hold(db, plant, 150)
    with pytest.raises(Refused, match="only 50 of 200"):
        presented(db, plant, quantity=51)
    assert presented(db, plant, quantity=50).quantity == 50


def test_not_more_is_presented_on_a_link_than_the_lot_has(db: Database, plant: Plant):
    presented(db, plant, quantity=150)
    with pytest.raises(Invalid) as caught:
        presented(db, plant, quantity=51)
    assert caught.value.field == "quantity"
    assert presented(db, plant, quantity=50).quantity == 50
    assert presented(db, plant, quantity=200, link_id=plant.weld_paint).quantity == 200


@pytest.mark.parametrize("quantity", [0, -1, 201, 10**20])
def test_a_quantity_that_the_lot_does_not_have_is_refused(db: Database, plant: Plant, quantity: int):
    with pytest.raises(Invalid):
        presented(db, plant, quantity=quantity)


def test_a_lot_or_link_that_is_not_there_is_refused(db: Database, plant: Plant):
    with pytest.raises(Invalid):
        presented(db, plant, quantity=1, lot_id=999)
    with pytest.raises(NotFound):
        presented(db, plant, quantity=1, link_id=999)


def test_an_operator_of_one_unit_presents_and_decides_only_there(db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    with db.reading() as session:
        paths = {u: session.get_one(Unit, u).path for u in (plant.press, plant.weld)}
    grant = plant.operator.grants[0].id
    at_press = Actor(plant.operator.id, "At press", grants=(Grant(grant, "operator", plant.site, paths[plant.press]),))
    at_weld = replace(at_press, grants=(Grant(grant, "operator", plant.site, paths[plant.weld]),))
    results = good_results(db, handover)
    with pytest.raises(NotAllowed), db.transaction(at_press, "acceptance.accept") as session:
        acceptance.accept(session, at_press, handover.id, handover.rev, results=results)
    with pytest.raises(NotAllowed), db.transaction(at_weld, "acceptance.present") as session:
        acceptance.present(session, at_weld, link_id=plant.press_weld, lot_id=plant.lot, quantity=1)
    with db.transaction(at_weld, "acceptance.accept") as session:
        done = acceptance.accept(session, at_weld, handover.id, handover.rev, results=results)
    assert (done.state, done.grant_id) == ("accepted", grant)


def test_a_hand_over_of_another_site_is_not_there(db: Database, plant: Plant):
    handover = presented(db, plant)
    elsewhere = Actor(plant.operator.id, "Elsewhere", grants=(Grant(1, "operator", plant.site + 1),))
    with pytest.raises(NotFound), db.transaction(elsewhere, "acceptance.reject") as session:
        acceptance.reject(session, elsewhere, handover.id, handover.rev, faults=[Fault(plant.burr, 1)])


# Accepting


def test_r03_a_hand_over_is_accepted_with_standard_results_person_and_time(db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    done = decide(db, plant, "accept", handover, results=good_results(db, handover))
    assert (done.state, done.accepted, done.rejected, done.for_review) == ("accepted", 200, 0, 0)
    assert done.decided_by_id == plant.inspector.id
    assert done.decided_at is not None
    with db.reading() as session:
        check = session.scalars(select(Check).where(Check.handover_id == handover.id)).one()
        assert (check.kind, check.good, check.nonconforming) == ("mutual", True, 0)


def test_r03_nothing_is_accepted_without_a_standard(db: Database, plant: Plant):
    handover = presented(db, plant)
    assert "standard" in refused("R-03", db, plant, "accept", handover).words.en


def test_r03_a_draft_is_no_standard_and_one_approved_later_is(db: Database, plant: Plant):
    handover = presented(db, plant)
    refused("R-03", db, plant, "accept", handover)
    standard_id = approved(db, plant)
    handover.standard_id = standard_id
    assert decide(db, plant, "accept", handover, results=good_results(db, handover)).standard_id == standard_id


def test_r03_every_characteristic_needs_its_result(db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    results = good_results(db, handover)
    assert "Gap: 1 of 2" in refused("R-03", db, plant, "accept", handover, results=results[:-1]).words.en
    assert "Burr: 0 of" in refused("R-03", db, plant, "accept", handover, results=results[1:]).words.en
    assert decide(db, plant, "accept", handover, results=results).state == "accepted"


def test_r03_not_inspected_is_a_state_of_its_own_and_can_still_be_decided(db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    with pytest.raises(Invalid) as caught:
        decide(db, plant, "not_inspected", handover, reason=" ")
    assert caught.value.field == "reason"
    late = decide(db, plant, "not_inspected", handover, reason="nobody on shift")
    assert (late.state, late.accepted, late.remark) == ("not_inspected", 0, "nobody on shift")
    assert decide(db, plant, "accept", late, results=good_results(db, late)).state == "accepted"


def test_a_decided_hand_over_is_not_decided_again(db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    done = decide(db, plant, "accept", handover, results=good_results(db, handover))
    with pytest.raises(IllegalStep):
        decide(db, plant, "reject", done, faults=[Fault(plant.burr, 1)])


def test_whoever_decides_on_an_old_version_is_stale(db: Database, plant: Plant):
    handover = presented(db, plant)
    decide(db, plant, "reject", handover, faults=[Fault(plant.burr, 1)])
    with pytest.raises(Stale) as caught:
        decide(db, plant, "not_inspected", handover, rev=1, reason="late")
    assert caught.value.current == {"state": "Rejected"}


def test_r05_one_fault_in_the_sample_refuses_the_lot_and_none_accepts_it(db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    caught = refused("R-05", db, plant, "accept", handover, results=good_results(db, handover, bad=1))
    assert "整批可疑" in caught.words.zh
    refused("R-05", db, plant, "accept", handover, results=good_results(db, handover, gap_value="0.5501"))
    assert decide(db, plant, "accept", handover, results=good_results(db, handover, gap_value="0.55")).accepted == 200


def test_r05_a_rejection_after_a_bad_sample_suspects_the_whole_lot(db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    done = decide(db, plant, "reject", handover, results=good_results(db, handover, bad=2),
                  faults=[Fault(plant.burr, 2), Fault(plant.scratch, 1)])
    assert (done.state, done.accepted, done.rejected) == ("rejected", 0, 200)
    with db.reading() as session:
        made = session.scalars(select(Rejection).order_by(Rejection.id)).all()
        assert [(r.kind, r.quantity, r.whole_lot, r.origin_state, r.origin_unit_id) for r in made] == [
            ("not_accepted", 2, True, "assumed", plant.press), ("not_accepted", 1, False, "assumed", plant.press)]
        assert [r.handover_id for r in made] == [handover.id] * 2
        assert sum(h.quantity for h in session.scalars(select(Hold).where(Hold.rejection_id == made[0].id))) == 200


def test_a_reading_that_failed_is_told_in_the_rejection(db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    decide(db, plant, "reject", handover, results=good_results(db, handover, gap_value="0.610"),
           faults=[Fault(plant.scratch, 2)])
    with db.reading() as session:
        made = session.scalars(select(Rejection)).one()
        assert (made.requirement, made.actual) == ("0.45 – 0.55 mm", "0.610 mm, 0.610 mm")


def test_a_rejection_needs_a_fault_and_no_standard(db: Database, plant: Plant):
    handover = presented(db, plant)
    with pytest.raises(Invalid):
        decide(db, plant, "reject", handover, faults=[])
    with pytest.raises(Invalid):
        decide(db, plant, "reject", handover, faults=[Fault(plant.burr, 201)])
    with pytest.raises(Invalid):
        decide(db, plant, "reject", handover, faults=[Fault(plant.burr, 0)])
    assert decide(db, plant, "reject", handover, faults=[Fault(plant.burr, 200)]).rejected == 200


def test_r05_a_part_is_accepted_only_after_sorting_everything(db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    part = {"accepted": 195, "rejected": 3, "for_review": 2, "results": good_results(db, handover, bad=1),
            "faults": [Fault(plant.burr, 3), Fault(plant.scratch, 2, for_review=True)]}
    assert refused("R-05", db, plant, "partly_accept", handover, **part).field == "sorted_all"
    done = decide(db, plant, "partly_accept", handover, sorted_all=True, **part)
    assert (done.state, done.accepted, done.rejected, done.for_review) == ("partly_accepted", 195, 3, 2)
    with db.reading() as session:
        checks = session.scalars(select(Check).order_by(Check.id)).all()
        assert [(c.sample, c.nonconforming, c.good) for c in checks][1:] == [(200, 5, False)]
        assert [(r.quantity, r.whole_lot, r.for_review) for r in session.scalars(select(Rejection))] == [
            (3, False, False), (2, False, True)]


@pytest.mark.parametrize(("accepted", "rejected", "for_review", "named"), [
    (195, 4, 0, 4), (195, 6, 0, 6), (200, 0, 0, 0), (0, 200, 0, 200), (201, -1, 0, 1), (195, 5, 0, 4)])
def test_the_parts_of_a_decision_add_up(db: Database, plant: Plant, accepted: int, rejected: int, for_review: int,
                                        named: int):
    approved(db, plant)
    handover = presented(db, plant)
    faults = [Fault(plant.burr, named)] if named else []
    with pytest.raises(Invalid):
        decide(db, plant, "partly_accept", handover, accepted=accepted, rejected=rejected, for_review=for_review,
               faults=faults, results=good_results(db, handover), sorted_all=True)
    assert read(db, Handover, handover.id).state == "presented"


def test_r55_a_lot_with_an_open_hold_is_not_accepted_and_one_without_is(db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    hold = report_hold(db, plant, 5)
    results = good_results(db, handover)
    assert hold.number in refused("R-55", db, plant, "accept", handover, results=results).words.zh
    release(db, plant)
    assert decide(db, plant, "accept", handover, results=results).state == "accepted"


def test_r55_a_hold_on_a_lot_it_was_made_from_refuses_it_too(db: Database, plant: Plant):
    approved(db, plant)
    with db.transaction(plant.quality_engineer, "tests.arrange") as session:
        source = Lot(site_id=plant.site, number="COIL-9", item_id=plant.item, quantity=5)
        session.add(source)
        session.flush()
        session.add(LotSource(lot_id=plant.lot, source_id=source.id, active=True))
    handover = presented(db, plant)
    hold = report_hold(db, plant, 1, lot_id=source.id)
    assert hold.number in refused("R-55", db, plant, "accept", handover, results=good_results(db, handover)).words.en


def test_r55_the_faults_of_this_very_decision_do_not_block_it_but_others_do(db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    other = report_hold(db, plant, 1)
    part = {"accepted": 198, "rejected": 2, "results": good_results(db, handover), "faults": [Fault(plant.burr, 2)]}
    assert other.number in refused("R-55", db, plant, "partly_accept", handover, **part).words.en
    release(db, plant)
    assert decide(db, plant, "partly_accept", handover, **part).accepted == 198


# Presenting again


def test_what_was_not_accepted_comes_back_as_the_next_presentation(db: Database, plant: Plant):
    approved(db, plant)
    first = presented(db, plant)
    part = decide(db, plant, "partly_accept", first, accepted=190, rejected=10, results=good_results(db, first),
                  faults=[Fault(plant.burr, 10)])
    with pytest.raises(Refused) as caught:
        presented(db, plant, quantity=191, previous_id=None, rework=True)
    assert caught.value.rule == "R-01"
    release(db, plant)
    second = presented(db, plant, quantity=6, previous_id=part.id, rework=True)
    assert (second.presentation, second.previous_id, second.rework) == (2, first.id, True)
    with pytest.raises(Invalid) as over:
        presented(db, plant, quantity=5, previous_id=part.id)
    assert "4" in over.value.words.en
    presented(db, plant, quantity=4, previous_id=part.id)
    with pytest.raises(IllegalStep):
        presented(db, plant, quantity=1, previous_id=part.id)


def test_what_waits_or_was_accepted_is_not_presented_again(db: Database, plant: Plant):
    first = presented(db, plant)
    with pytest.raises(IllegalStep):
        presented(db, plant, quantity=1, previous_id=first.id)
    decide(db, plant, "reject", first, faults=[Fault(plant.burr, 200)])
    release(db, plant)
    with pytest.raises(Invalid):
        presented(db, plant, quantity=1, previous_id=first.id, link_id=plant.weld_paint)
    assert presented(db, plant, quantity=200, previous_id=first.id).presentation == 2


# Checks and readings


def test_readings_are_kept_exactly_as_typed_with_their_unit(db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    decide(db, plant, "accept", handover, results=good_results(db, handover, gap_value="0.500"))
    with db.reading() as session:
        kept = session.scalars(select(Reading).where(Reading.value.is_not(None)).order_by(Reading.piece)).all()
        assert [(format(r.value, "f"), r.unit, r.piece, r.good) for r in kept] == [
            ("0.500", "mm", 1, True), ("0.500", "mm", 2, True)]


@pytest.mark.parametrize("wrong", [
    {"value": Decimal("0.5"), "piece": 0}, {"value": Decimal("0.5"), "piece": 201}, {"value": None},
    {"value": Decimal("NaN")}])
def test_a_measured_result_that_cannot_be_is_refused(db: Database, plant: Plant, wrong: dict):
    approved(db, plant)
    handover = presented(db, plant)
    results = good_results(db, handover)
    with pytest.raises(Invalid) as caught:
        decide(db, plant, "accept", handover, results=[*results[:-1], replace(results[-1], **wrong)])
    assert caught.value.field == f"c{results[-1].characteristic_id}"


def test_a_result_for_something_else_is_refused(db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    with pytest.raises(Invalid, match="does not ask for"):
        decide(db, plant, "accept", handover, results=[*good_results(db, handover), Result(999, pieces=1)])


@pytest.mark.parametrize("kind", ["self", "mutual", "dedicated", "first_piece", "patrol"])
def test_a_check_of_every_kind_is_recorded(db: Database, plant: Plant, kind: str):
    handover = presented(db, plant)
    with db.transaction(plant.inspector, "acceptance.check") as session:
        check = acceptance.record_check(session, plant.inspector, handover.id, kind=kind, sample=5, nonconforming=0)
    assert (check.kind, check.sample, check.good) == (kind, 5, True)


def test_r05_a_patrol_that_found_a_fault_refuses_the_lot(db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    with db.transaction(plant.inspector, "acceptance.check") as session:
        acceptance.record_check(session, plant.inspector, handover.id, kind="patrol", sample=5, nonconforming=1)
    refused("R-05", db, plant, "accept", handover, results=good_results(db, handover))


def test_a_first_piece_that_is_good_at_the_second_try_lets_the_lot_pass(db: Database, plant: Plant):
    approved(db, plant)
    handover = presented(db, plant)
    for bad in (1, 0):
        with db.transaction(plant.inspector, "acceptance.check") as session:
            acceptance.record_check(session, plant.inspector, handover.id, kind="first_piece", sample=1,
                                    nonconforming=bad)
        if bad:
            refused("R-05", db, plant, "accept", handover, results=good_results(db, handover))
    assert decide(db, plant, "accept", handover, results=good_results(db, handover)).state == "accepted"


def test_a_check_after_the_decision_is_refused(db: Database, plant: Plant):
    handover = presented(db, plant)
    decide(db, plant, "reject", handover, faults=[Fault(plant.burr, 1)])
    with pytest.raises(IllegalStep), db.transaction(plant.inspector, "acceptance.check") as session:
        acceptance.record_check(session, plant.inspector, handover.id, kind="patrol", sample=1)


def test_under_iso_pieces_found_bad_within_the_accept_number_are_not_accepted_with_the_rest(db: Database,
                                                                                            plant: Plant):
    with db.transaction(plant.quality_engineer, "tests.arrange") as session:
        session.get_one(Site, plant.site).profile = "iso"
    with db.transaction(plant.quality_engineer, "acceptance.draft") as session:
        draft = acceptance.draft_standard(session, plant.quality_engineer, link_id=plant.press_weld,
                                          form_number="FM-7", title_zh="交接", title_en="", reason="customer agreed",
                                          characteristics=[burr(plant, accept_number=1)])
    with db.transaction(plant.quality_manager, "acceptance.approve") as session:
        acceptance.approve_standard(session, plant.quality_manager, draft.id, draft.rev, reason="customer agreed",
                                    signing=signing(plant.quality_manager, "standard"))
    handover = presented(db, plant)
    results = good_results(db, handover, bad=1)
    refused("R-01", db, plant, "accept", handover, results=results)
    done = decide(db, plant, "partly_accept", handover, accepted=199, rejected=1, results=results,
                  faults=[Fault(plant.burr, 1)])
    assert done.accepted == 199
