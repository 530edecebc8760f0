"""How it is decided what becomes of held quantities: sums, authority, evidence, withdrawal."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from qms.models.accounts import Person
from qms.models.accounts_mail import Mail
from qms.models.dispositions import Disposition
from qms.models.dispositions_costs import CostRate
from qms.models.rejections import Hold, Rejection
from qms.rules.accounts import SYSTEM, Actor, Grant
from qms.rules.dispositions_checks import Draft
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, NotFound, Refused, Stale
from qms.workflows import dispositions, dispositions_board, dispositions_quarantine, rejections
from tests.dispositions.scene import APPROVED, NOON, RISK, Scene
from tests.signing import signing


def refused(rule: str, decide, *args, **given) -> None:
    with pytest.raises(Refused) as caught:
        decide(*args, **given)
    assert caught.value.rule == rule


def test_r07_a_hold_is_decided_in_parts_that_add_up_and_each_part_becomes_a_hold(scene: Scene):
    made = scene.reported()
    hold = scene.holds(made)[0].id
    refused("R-07", scene.decide, made, Draft(hold, "scrap", 3), Draft(hold, "sort", 6))
    assert scene.told(made) == [(10, "held")]
    lines = scene.decide(made, Draft(hold, "scrap", 3), Draft(hold, "sort", 5), Draft(hold, "rework", 2, **RISK))
    assert [(line.position, line.code, line.quantity, line.state) for line in lines] == [
        (1, "scrap", 3, "decided"), (2, "sort", 5, "decided"), (3, "rework", 2, "decided")]
    assert scene.told(made) == [(3, "held"), (5, "held"), (2, "held")]
    assert [line.hold_id for line in lines] == [h.id for h in scene.holds(made)]
    assert {h.split_from_id for h in scene.holds(made)[1:]} == {hold}
    assert scene.state(made) == "decided"


def test_what_is_split_off_a_hold_stands_where_the_hold_stands(scene: Scene):
    made = scene.reported(location="Rack 4")
    place = dispositions_quarantine.add_place
    with scene.db.transaction(SYSTEM, "dispositions.place") as session:
        where = place(session, SYSTEM, site_id=scene.plant.site, code="Q1", name_zh="隔离区", name_en="Quarantine").id
        hold = session.get_one(Hold, scene.holds(made)[0].id)
        dispositions_quarantine.bring(session, SYSTEM, where, hold.id, hold.rev)
    hold = scene.holds(made)[0]
    scene.decide(made, Draft(hold.id, "scrap", 3), Draft(hold.id, "sort", 7))
    assert [(h.quantity, h.place_id, h.location) for h in scene.holds(made)] == [
        (3, where, hold.location), (7, where, hold.location)]


def test_r07_a_quantity_that_another_place_adds_is_decided_on_its_own(scene: Scene):
    made, leader = scene.reported(), scene.plant.team_leader
    scene.one(made, "scrap")
    with scene.db.transaction(leader, "rejections.ask_containment") as session:
        asked = rejections.ask_containment(session, leader, made.id, session.get_one(Rejection, made.id).rev)
    assert scene.state(made) == "decided"
    for line in asked:
        more = 4 if line.place == "warehouse" else 0
        with scene.db.transaction(leader, "rejections.answer_containment") as session:
            rejections.answer_containment(session, leader, line.id, line.rev, suspect=more, checked=0, nonconforming=0,
                                          good=0)
    assert scene.state(made) == "contained"
    assert scene.told(made) == [(10, "held"), (4, "held")]
    refused("R-07", scene.decide, made, Draft(scene.holds(made)[1].id, "scrap", 3))
    with pytest.raises(Invalid):
        scene.decide(made, Draft(scene.holds(made)[0].id, "scrap", 4))
    scene.decide(made, Draft(scene.holds(made)[1].id, "scrap", 4))
    assert scene.state(made) == "decided"


def test_r49_a_decision_keeps_the_role_and_the_grant_that_allowed_it(scene: Scene):
    line = scene.one(scene.reported(), "scrap")
    me = scene.plant.quality_engineer
    assert (line.decided_by_id, line.role, line.grant_id, line.decided_at) == (
        me.id, "quality_engineer", me.grants[0].id, NOON)
    both = replace(me, grants=(replace(me.grants[0], id=999, role="team_leader"), *me.grants))
    assert scene.one(scene.reported(), "scrap", person=both).grant_id == me.grants[0].id


def test_r06_a_role_decides_only_what_it_is_authorised_for(scene: Scene):
    made, leader = scene.reported(), scene.plant.team_leader
    refused("R-06", scene.one, made, "scrap", person=leader)
    with pytest.raises(NotAllowed):
        scene.one(made, "scrap", person=scene.plant.inspector)
    critical = scene.reported(severity="CR")
    refused("R-06", scene.one, critical, "scrap")
    assert scene.one(critical, "scrap", person=scene.plant.quality_manager).role == "quality_manager"
    assert scene.told(made) == [(10, "held")]


def test_r06_what_stays_outside_its_specification_is_heard_by_the_board_first(scene: Scene):
    made, member = scene.reported(), scene.other("mrb_member")
    refused("R-06", scene.one, made, "use_as_is", person=member, justification="Not visible")
    scene.agreed(made, "scrap")
    refused("R-06", scene.one, made, "use_as_is", person=member, justification="Not visible")
    review = scene.agreed(made, "use_as_is")
    line = scene.one(made, "use_as_is", person=member, justification="Not visible")
    assert (line.review_id, line.role, scene.state(made)) == (review.id, "mrb_member", "waiting_customer")


def test_r06_the_chair_of_the_board_scraps_what_is_critical(scene: Scene):
    made, member = scene.reported(severity="CR"), scene.other("mrb_member")
    refused("R-06", scene.one, made, "scrap", person=member)
    scene.agreed(made, "scrap", chair=member)
    assert scene.one(made, "scrap", person=member).role == "mrb_member"


def test_r06_scrap_above_the_value_limit_is_decided_higher_up_in_how_many_lines_it_ever_comes(scene: Scene):
    with scene.db.transaction(SYSTEM, "tests.rate") as session:
        session.add(CostRate(site_id=scene.plant.site, kind="item_cost", item_id=scene.plant.item, revision=1,
                             rate=Decimal(1000), currency="CNY", valid_from=date(2026, 1, 1),
                             set_by_id=scene.plant.quality_engineer.id))
    made = scene.reported()
    line = scene.one(made, "scrap")
    assert (line.value, line.currency) == (Decimal(10_000), "CNY")
    dear = scene.reported(quantity=11)
    hold = scene.holds(dear)[0].id
    with pytest.raises(Refused) as caught:
        scene.decide(dear, Draft(hold, "scrap", 6), Draft(hold, "scrap", 5))
    assert (caught.value.rule, caught.value.field) == ("R-06", "lines-0-code")
    assert len(scene.decide(dear, Draft(hold, "scrap", 6), Draft(hold, "scrap", 5),
                            person=scene.plant.quality_manager)) == 2


def test_r08_rework_is_not_decided_without_an_earlier_risk_analysis(scene: Scene):
    made = scene.reported()
    refused("R-08", scene.one, made, "rework")
    line = scene.one(made, "rework", **RISK)
    assert (line.risk_ref, line.risk_rev, line.risk_on) == tuple(RISK.values())


def test_r10_rework_of_a_special_part_waits_for_the_customer(scene: Scene):
    scene.special()
    made = scene.reported()
    refused("R-10", scene.one, made, "rework", **RISK)
    assert scene.one(made, "rework", **RISK, customer_ref="SM-4").customer_ref == "SM-4"


def test_r15_regrade_brings_the_customers_approval(scene: Scene):
    made, me = scene.reported(), scene.plant.quality_manager
    scene.agreed(made, "regrade")
    refused("R-15", scene.one, made, "regrade", person=me, justification="For trials")
    line = scene.one(made, "regrade", person=me, justification="For trials", **APPROVED)
    assert (line.customer_ref, line.customer_approver) == ("SM-88", "Li")


def test_r31_no_fault_at_the_customer_names_agreed_criteria(scene: Scene):
    made = scene.reported(found_unit_id=scene.plant.customer, link_id=scene.plant.final_customer)
    refused("R-31", scene.one, made, "no_fault")
    assert scene.one(made, "no_fault", criteria_ref="NTF-3").criteria_ref == "NTF-3"
    other = scene.reported(found_unit_id=scene.plant.customer, link_id=scene.plant.final_customer)
    hold, me = scene.holds(other)[0], scene.plant.quality_engineer
    for criteria in (None, "NTF-3"):
        def release(given=criteria):
            with scene.db.transaction(me, "rejections.release") as session:
                return rejections.release(session, me, hold.id, hold.rev, good=10, not_good=0, result="Good",
                                          criteria_ref=given)
        if criteria is None:
            refused("R-31", release)
        else:
            release()
            assert scene.told(other) == [(10, "released")]


def test_a_return_upstream_needs_a_confirmed_origin(scene: Scene):
    made, leader = scene.reported(), scene.plant.team_leader
    with pytest.raises(Invalid):
        scene.one(made, "return_upstream", person=leader)
    with scene.db.transaction(leader, "rejections.confirm_origin") as session:
        rejections.confirm_origin(session, leader, made.id, session.get_one(Rejection, made.id).rev, reason=None)
    assert scene.one(made, "return_upstream", person=leader).role == "team_leader"


def test_a_withdrawn_decision_leaves_the_quantity_held_and_undecided(scene: Scene):
    made = scene.reported()
    line = scene.one(made, "scrap")
    refused("R-43", scene.do, dispositions.withdraw, line, reason=" ")
    scene.do(dispositions.withdraw, line, reason="Wrong lot")
    assert (scene.state(made), scene.told(made)) == ("held", [(10, "held")])
    again = scene.one(made, "sort")
    assert (again.position, again.hold_id) == (2, line.hold_id)
    with pytest.raises(IllegalStep):
        scene.do(dispositions.withdraw, line, reason="Again")


def test_what_is_decided_is_neither_released_nor_voided_nor_laid_to_another_lot(scene: Scene):
    made, me = scene.reported(), scene.plant.quality_engineer
    line = scene.one(made, "scrap")
    hold = scene.holds(made)[0]

    def attempt(step, *args, **given):
        with pytest.raises((IllegalStep, Invalid)), scene.db.transaction(me, "tests.attempt", "why") as session:
            step(session, me, *args, **given)

    rev = scene.read(Rejection, made.id).rev
    attempt(rejections.release, hold.id, hold.rev, good=10, not_good=0, result="Good")
    attempt(rejections.void, made.id, rev, reason="x")
    attempt(rejections.correct, made.id, rev, reason="x", lot_id=None)
    attempt(rejections.correct, made.id, rev, reason="x", quantity=9)
    attempt(dispositions.decide, made.id, rev, [Draft(hold.id, "sort", 10)], signing=signing(me, "disposition"))
    assert scene.told(made) == [(10, "held")]
    with scene.db.transaction(me, "rejections.correct", "typo") as session:
        rejections.correct(session, me, made.id, rev, reason="typo", note="Edge")
    scene.do(dispositions.withdraw, line, reason="Entered twice")
    with scene.db.transaction(me, "rejections.void", "twice") as session:
        rejections.void(session, me, made.id, session.get_one(Rejection, made.id).rev, reason="twice")
    assert scene.told(made) == [(10, "void")]


def test_a_decision_of_an_older_version_is_refused(scene: Scene):
    made = scene.reported()
    rev = scene.read(Rejection, made.id).rev
    draft = scene.whole(made, "scrap")
    scene.decide(made, draft)
    with pytest.raises(Stale):
        scene.decide(made, draft, rev=rev)


def test_lines_of_another_site_are_not_there(scene: Scene):
    line = scene.one(scene.reported(), "scrap")
    stranger = Actor(1, "x", (Grant(1, "quality_engineer", scene.plant.site + 1),))
    with scene.db.reading() as session:
        for wrong in (lambda: dispositions.one(session, stranger, line.id),
                      lambda: dispositions.one(session, SYSTEM, 987_654)):
            with pytest.raises(NotFound):
                wrong()


def test_r52_the_chair_does_not_answer_for_the_production_there(scene: Scene):
    made, me = scene.reported(), scene.plant.quality_engineer
    for chair, is_taken in ((scene.plant.production_manager, False), (scene.plant.quality_manager, True)):
        with scene.db.transaction(me, "dispositions.ask_board") as session:
            rev = session.get_one(Rejection, made.id).rev
            if is_taken:
                names = {p.id for p in dispositions_board.chairs(session, session.get_one(Rejection, made.id))}
                assert chair.id in names
                assert scene.plant.production_manager.id not in names
                assert dispositions_board.ask(session, me, made.id, rev, chair_id=chair.id, proposal="x").chair_id
            else:
                with pytest.raises(Refused) as caught:
                    dispositions_board.ask(session, me, made.id, rev, chair_id=chair.id, proposal="x")
                assert caught.value.rule == "R-52"


def test_the_chair_and_those_who_may_vote_are_mailed_that_the_board_is_asked(scene: Scene):
    plant, me, chair = scene.plant, scene.plant.quality_engineer, scene.plant.quality_manager
    made = scene.reported()
    with scene.db.transaction(SYSTEM, "tests.mail") as session:
        for who in (chair, me, plant.production_manager, plant.operator):
            session.get_one(Person, who.id).email = "a@plant.example"
    with scene.db.transaction(me, "dispositions.ask_board") as session:
        dispositions_board.ask(session, me, made.id, session.get_one(Rejection, made.id).rev, chair_id=chair.id,
                               proposal="Repair?")
    with scene.db.reading() as session:
        mails = session.scalars(select(Mail).order_by(Mail.person_id)).all()
        assert {(m.person_id, m.path, m.body) for m in mails} == {
            (who.id, f"/rejections/{made.id}", "Repair?") for who in (chair, plant.production_manager)}
        assert made.number in mails[0].subject


def test_a_member_votes_once_and_may_change_it_until_the_chair_closes(scene: Scene):
    made, me, chair = scene.reported(), scene.plant.quality_engineer, scene.plant.quality_manager
    with scene.db.transaction(me, "dispositions.ask_board") as session:
        review = dispositions_board.ask(session, me, made.id, session.get_one(Rejection, made.id).rev,
                                        chair_id=chair.id, proposal="Repair?")

    def vote(person: Actor, **given) -> int:
        with scene.db.transaction(person, "dispositions.vote") as session:
            said = {"function": "quality", "vote": "agree"} | given
            return dispositions_board.vote(session, person, review.id, **said).id

    def close(person: Actor) -> object:
        with scene.db.transaction(person, "dispositions.close_board") as session:
            return dispositions_board.close(session, person, review.id, review.rev, code="repair", outcome="Repair it")

    assert vote(me) == vote(me, vote="disagree", note="Look again")
    with pytest.raises(NotAllowed):
        vote(scene.plant.team_leader)
    refused("R-06", close, chair)
    vote(scene.plant.production_manager, function="production")
    with pytest.raises(NotAllowed):
        close(me)
    assert close(chair).state == "closed"
    with pytest.raises(IllegalStep):
        vote(me)


def test_what_a_line_becomes_is_in_the_table_of_its_record(scene: Scene):
    line = scene.one(scene.reported(), "scrap")
    with scene.db.reading() as session:
        assert [one.id for one in dispositions.lines_of(session, line.rejection_id)] == [line.id]
        assert session.get_one(Disposition, line.id).hold.quantity == 10
