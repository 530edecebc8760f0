"""From a drafted request to the confirmation that product is made to specification again."""

from datetime import timedelta

import pytest

from qms.db import Database
from qms.jobs.dispositions_concessions import TICKS
from qms.models.chain import Item
from qms.models.dispositions_concessions import Concession
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, Refused, Stale
from qms.workflows import dispositions_conceding as conceding
from qms.workflows import dispositions_concessions as concessions
from qms.workflows import dispositions_concessions_clock as clock
from tests.databases import fixed
from tests.dispositions.concessions import active, at_customer, drafted, line, read, request, today, used
from tests.plant import Plant
from tests.rejections.cases import reported
from tests.signing import signing


def test_a_request_gets_a_number_and_the_present_revision_of_the_drawing(db: Database, plant: Plant):
    held = drafted(db, plant)
    assert held.number.startswith("CN-SH-")
    assert (held.state, held.drawing_rev, held.quantity_used) == ("draft", "C", 0)


def test_r12_a_request_without_limits_is_refused(db: Database, plant: Plant):
    drafted(db, plant, quantity_authorised=None, expires_on=today())
    with pytest.raises(Refused) as refused:
        drafted(db, plant, quantity_authorised=None, expires_on=None)
    assert refused.value.rule == "R-12"


def test_a_request_names_a_defect_a_customer_and_a_lot_of_its_item(db: Database, plant: Plant):
    with db.transaction(SYSTEM, "tests.item") as session:
        other = Item(site_id=plant.site, code="X-1", name_zh="甲", name_en="Other", unit="pcs")
        session.add(other)
        session.flush()
    for wrong, field in (({"defect_id": None}, "defect"), ({"customer_id": plant.press}, "customer_id"),
                         ({"item_id": other.id, "lot_id": plant.lot}, "lot_id"), ({"deviation": " "}, "deviation")):
        with pytest.raises(Invalid) as invalid:
            drafted(db, plant, **wrong)
        assert invalid.value.field == field


def test_r12_another_person_than_the_drafter_approves_inside(db: Database, plant: Plant):
    held = drafted(db, plant)
    with db.transaction(plant.quality_manager, "dispositions.edit_concession") as session:
        held = concessions.edit(session, plant.quality_manager, held.id, held.rev, request(plant, operations="OP20"))
    with db.transaction(plant.quality_manager, "tests.approve") as session, pytest.raises(Refused) as refused:
        concessions.approve_internally(session, plant.quality_manager, held.id, held.rev,
                                       signing=signing(plant.quality_manager, "concession"))
    assert refused.value.rule == "R-12"
    with db.transaction(plant.quality_engineer, "tests.approve") as session, pytest.raises(NotAllowed):
        concessions.approve_internally(session, plant.quality_engineer, held.id, held.rev,
                                       signing=signing(plant.quality_engineer, "concession"))
    assert at_customer(db, plant).approved_by_id == plant.quality_manager.id


def test_a_step_on_an_older_version_is_stale(db: Database, plant: Plant):
    held = drafted(db, plant)
    with db.transaction(plant.quality_engineer, "tests.stale") as session, pytest.raises(Stale):
        concessions.withdraw(session, plant.quality_engineer, held.id, held.rev + 1, reason="no longer needed")


def test_r12_the_customer_may_authorise_less_and_what_it_authorises_needs_a_limit(db: Database, plant: Plant):
    held = at_customer(db, plant, quantity_authorised=500)
    given = {"customer_ref": "SM-1", "customer_approver": "Li Na", "customer_approver_role": "SQE",
             "customer_decided_on": today(), "starts_on": None, "expires_on": None,
             "signing": signing(plant.quality_engineer, "authorisation")}
    with db.transaction(plant.quality_engineer, "tests.approval") as session, pytest.raises(Refused):
        concessions.record_approval(session, plant.quality_engineer, held.id, held.rev, quantity_authorised=None,
                                    **given)
    with db.transaction(plant.quality_engineer, "dispositions.record_approval") as session:
        held = concessions.record_approval(session, plant.quality_engineer, held.id, held.rev,
                                           quantity_authorised=200, **given)
    assert (held.state, held.quantity_authorised) == ("active", 200)


def test_a_refusal_says_why_and_ends_it(db: Database, plant: Plant):
    held = at_customer(db, plant)
    with db.transaction(plant.quality_engineer, "dispositions.record_refusal") as session:
        held = concessions.record_refusal(session, plant.quality_engineer, held.id, held.rev, reason="Visible edge")
        assert held.state == "refused"
        with pytest.raises(IllegalStep):
            concessions.withdraw(session, plant.quality_engineer, held.id, held.rev, reason="x")


def test_r13_the_clock_begins_and_ends_a_concession_by_the_day_of_its_site(db: Database, plant: Plant):
    at = utc_now()
    first, last = today(at) + timedelta(days=3), today(at) + timedelta(days=5)
    held = active(db, plant, at=at, starts_on=first, expires_on=last)
    states = [held.state]
    for days in (2, 4, 7):
        with db.transaction(SYSTEM, "dispositions.run_concessions", clock=fixed(at + timedelta(days=days))) as session:
            assert clock.is_due(session, at + timedelta(days=days)) == bool(clock.run(session))
        states.append(read(db, held).state)
    assert states == ["approved", "approved", "active", "expired"]
    TICKS[0].run(db)
    assert read(db, held).ended_at is not None


def test_the_return_to_specification_is_confirmed_at_the_end(db: Database, plant: Plant):
    held = active(db, plant)
    with db.transaction(plant.quality_engineer, "tests.back") as session, pytest.raises(IllegalStep):
        concessions.confirm_back_to_spec(session, plant.quality_engineer, held.id, held.rev)
    with db.transaction(plant.quality_engineer, "dispositions.withdraw_concession") as session:
        held = concessions.withdraw(session, plant.quality_engineer, held.id, held.rev, reason="Tool repaired")
    with db.transaction(plant.quality_engineer, "dispositions.confirm_back") as session:
        held = concessions.confirm_back_to_spec(session, plant.quality_engineer, held.id, held.rev)
    assert (held.state, held.back_to_spec_by_id) == ("closed", plant.quality_engineer.id)


def test_what_was_withdrawn_before_the_customer_saw_it_needs_no_return(db: Database, plant: Plant):
    held = drafted(db, plant)
    with db.transaction(plant.quality_engineer, "dispositions.withdraw_concession") as session:
        held = concessions.withdraw(session, plant.quality_engineer, held.id, held.rev, reason="Reworked instead")
        with pytest.raises(IllegalStep, match="nothing was made"):
            concessions.confirm_back_to_spec(session, plant.quality_engineer, held.id, held.rev)


@pytest.mark.parametrize(("code", "rule"), [("repair", "R-11"), ("use_as_is", "R-12")])
def test_r11_r12_a_line_without_a_covering_concession_is_refused(db: Database, plant: Plant, code: str, rule: str):
    rejection = reported(db, plant)
    good, other = active(db, plant), active(db, plant, defect_id=plant.scratch)
    with db.transaction(plant.quality_engineer, "tests.decide") as session:
        for position, concession in enumerate((None, other, good), start=1):
            decided = line(session, plant, rejection, concession, 3, code, position)
            if concession is good:
                assert conceding.check_covered(session, decided, utc_now()).id == good.id
                continue
            with pytest.raises(Refused) as refused:
                conceding.check_covered(session, decided, utc_now())
            assert refused.value.rule == rule


def test_r11_a_repair_rests_on_a_concession(db: Database, plant: Plant):
    rejection = reported(db, plant)
    held = active(db, plant)
    with db.transaction(plant.quality_engineer, "tests.decide") as session:
        decided = line(session, plant, rejection, held, code="repair")
        assert conceding.check_covered(session, decided, utc_now()).id == held.id
        decided.concession_id = None
        with pytest.raises(Refused) as refused:
            conceding.check_covered(session, decided, utc_now())
    assert refused.value.rule == "R-11"


def test_r13_lines_that_are_decided_pledge_their_pieces(db: Database, plant: Plant):
    rejection = reported(db, plant)
    held = active(db, plant, quantity_authorised=15)
    with db.transaction(plant.quality_engineer, "tests.decide") as session:
        first = line(session, plant, rejection, held, 10)
        conceding.check_covered(session, first, utc_now())
        second = line(session, plant, rejection, held, 6, position=2)
        with pytest.raises(Refused, match="5 of 15 pieces left") as refused:
            conceding.check_covered(session, second, utc_now())
        assert refused.value.rule == "R-13"
        second.quantity = 5
        conceding.check_covered(session, second, utc_now())
        assert [c.id for c in conceding.covering(session, rejection, first.hold_id, 1, utc_now())] == []


def test_r13_a_use_counts_down_and_ends_a_concession_that_is_used_up(db: Database, plant: Plant):
    rejection = reported(db, plant)
    held = active(db, plant, quantity_authorised=10)
    with db.transaction(plant.quality_engineer, "tests.decide") as session:
        decided = line(session, plant, rejection, held, 10)
    made = used(db, plant, decided)
    assert made.containers == "C-1, C-2"
    now = read(db, held)
    assert (now.state, now.quantity_used) == ("used_up", 10)
    with db.transaction(plant.quality_engineer, "tests.decide") as session:
        more = line(session, plant, rejection, held, 1, position=2)
    with pytest.raises(Refused) as refused:
        used(db, plant, more)
    assert refused.value.rule == "R-13"


def test_r13_a_use_without_containers_or_after_the_last_day_is_refused(db: Database, plant: Plant):
    rejection = reported(db, plant)
    held = active(db, plant, expires_on=today() + timedelta(days=2))
    with db.transaction(plant.quality_engineer, "tests.decide") as session:
        decided = line(session, plant, rejection, held)
    with pytest.raises(Refused) as refused:
        used(db, plant, decided, containers="")
    assert (refused.value.rule, refused.value.field) == ("R-13", "containers")
    used(db, plant, decided)
    late = fixed(utc_now() + timedelta(days=4))
    with db.transaction(plant.quality_engineer, "tests.late", clock=late) as session, pytest.raises(Refused) as over:
        conceding.use(session, plant.quality_engineer, session.merge(decided), "C-1")
    assert over.value.rule == "R-13"


def test_a_line_that_is_reported_again_counts_once_and_one_given_back_not_at_all(db: Database, plant: Plant):
    rejection = reported(db, plant)
    held = active(db, plant, quantity_authorised=10)
    with db.transaction(plant.quality_engineer, "tests.decide") as session:
        decided = line(session, plant, rejection, held, 10)
    used(db, plant, decided)
    used(db, plant, decided, quantity=8)
    assert read(db, held).quantity_used == 8
    with db.transaction(plant.quality_engineer, "dispositions.withdraw") as session:
        assert conceding.give_back(session, session.merge(decided)) == 8
    now = read(db, held)
    assert (now.state, now.quantity_used, now.ended_at) == ("active", 0, None)


def test_nobody_outside_the_site_sees_a_concession(db: Database, plant: Plant):
    from qms.rules.accounts import Actor, Grant
    from qms.rules.errors import NotFound
    from qms.workflows.dispositions_concessions_records import one

    held = drafted(db, plant)
    stranger = Actor(id=plant.operator.id, name="S", grants=(Grant(1, "operator", site_id=plant.site + 1),))
    with db.reading() as session:
        assert isinstance(one(session, plant.operator, held.id), Concession)
        with pytest.raises(NotFound):
            one(session, stranger, held.id)
