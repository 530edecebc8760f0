"""How a corrective action goes from a record to its closing, and what stands in its way."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.models.actions import Action, ActionSource, ActionStep, Comparison, StockLine
from qms.models.actions_effectiveness import EffectivenessPlan
from qms.models.chain import Item
from qms.models.dispositions_concessions import CustomerNotice
from qms.models.rejections import ContainmentLine
from qms.rules import actions as rules
from qms.rules.accounts import SYSTEM
from qms.rules.errors import Doubled, IllegalStep, Invalid, NeedsReason, NotAllowed, NotFound, Refused, Stale
from qms.workflows import actions, rejections, stops
from qms.workflows.actions_gates import GATES, open_points
from tests.actions.course import Course
from tests.rejections.cases import reported

EVERY = ("D0", "D1", "D2", "D3")


def parts(course: Course, model, action: Action) -> list:
    with course.db.reading() as session:
        return list(session.scalars(select(model).where(model.action_id == action.id).order_by(model.id)))


def test_a_rejection_fills_in_the_case(course: Course):
    plant = course.plant
    made = course.open(of={"requirement": "No burr", "actual": "Burr 0.4 mm"})
    assert made.number.startswith("CA-SH-")
    assert (made.item_id, made.defect_id, made.lot_id, made.link_id) == (plant.item, plant.burr, plant.lot,
                                                                         plant.press_weld)
    assert (made.origin_unit_id, made.detecting_unit_id, made.customer_id) == (plant.press, plant.weld, None)
    assert (made.severity, made.problem_quantity, made.actual) == ("MA", 10, "Burr 0.4 mm")
    assert made.clock_from == made.first_seen_at == made.last_seen_at
    assert [c.question for c in parts(course, Comparison, made)] == list(rules.QUESTIONS)
    assert next(s.number for s in parts(course, ActionSource, made)).startswith("NC-SH-")


def test_r22_every_place_is_asked_and_what_containment_answered_is_taken_over(course: Course):
    plant = course.plant
    found = reported(course.db, plant)
    with course.db.transaction(plant.quality_engineer, "rejections.ask_containment") as session:
        lines = rejections.ask_containment(session, plant.quality_engineer, found.id, found.rev)
    with course.db.transaction(plant.quality_engineer, "rejections.answer_containment") as session:
        rejections.answer_containment(session, plant.quality_engineer, lines[0].id, lines[0].rev, suspect=5, checked=5,
                                      nonconforming=1, good=4)
    made = course.open(sources=[("rejections", found.id)], severity="CR")
    stock = parts(course, StockLine, made)
    with course.db.reading() as session:
        asked = session.scalars(select(ContainmentLine).where(ContainmentLine.rejection_id == found.id)).all()
    assert {(s.place, s.unit_id, s.lot_id) for s in stock} == {(c.place, c.unit_id, c.lot_id) for c in asked}
    assert [(s.suspect, s.good) for s in stock if s.answered_at is not None] == [(5, 4)]


def test_r24_the_rule_decides_and_another_route_is_kept_with_its_reason(course: Course):
    made = course.open()
    assert (made.route, made.route_by_rule, made.route_reason) == ("4d", "4d", None)
    with pytest.raises(NeedsReason):
        course.do(actions.change_route, made, route="correction", reason=None)
    changed = course.do(actions.change_route, made, route="correction", reason="one-off, tool replaced")
    assert (changed.route, changed.route_by_rule, changed.route_reason) == ("correction", "4d",
                                                                            "one-off, tool replaced")
    timed = {s.step for s in parts(course, ActionStep, made) if s.due_at is not None}
    assert timed == {"D2", "D6", "D8"}
    back = course.do(actions.change_route, made, route="4d", reason="not needed")
    assert back.route_reason is None
    assert {s.step for s in parts(course, ActionStep, made) if s.due_at} == set(rules.disciplines("4d"))


def test_r23_a_safety_class_item_takes_the_whole_8d(course: Course):
    with course.db.transaction(SYSTEM, "tests.item") as session:
        session.get_one(Item, course.plant.item).special = "CC"
    made = course.open()
    assert (made.safety, made.route, {s.step for s in parts(course, ActionStep, made)}) == (True, "8d",
                                                                                           set(rules.DISCIPLINES))
    with pytest.raises(Refused) as refused:
        course.do(actions.change_route, made, route="4d", reason="known")
    assert refused.value.rule == "R-23"
    with pytest.raises(Refused):
        course.open(route="4d", route_reason="known")


def test_r23_a_case_that_turns_out_to_touch_a_customer_goes_back_to_the_whole_8d(course: Course):
    made = course.open()
    course.do(actions.change_route, made, route="correction", reason="one-off")
    told = course.do(actions.edit, made, "D0", customer_id=course.plant.customer)
    assert (told.route, told.route_by_rule, told.route_reason) == ("8d", "8d", None)


def test_r29_the_same_item_defect_and_origin_within_a_year_is_a_repeat(course: Course):
    first = course.open()
    other = course.open(of={"defect_id": course.plant.scratch})
    again = course.open()
    assert (again.is_repeat, again.repeat_of_id, again.route) == (True, first.id, "8d")
    assert (first.is_repeat, other.is_repeat) == (False, False)


def test_r29_after_a_year_it_is_a_new_case(course: Course):
    long_ago, me = datetime(2020, 1, 1, tzinfo=UTC), course.plant.quality_engineer
    source = [("rejections", reported(course.db, course.plant).id)]
    with course.db.transaction(me, "actions.open", clock=lambda: long_ago) as session:
        actions.open_action(session, me, site_id=course.plant.site, title="Burr", sources=source)
    assert course.open().is_repeat is False


def test_a_stop_and_a_bare_case_are_opened_too(course: Course):
    plant = course.plant
    with course.db.transaction(plant.operator, "stops.call") as session:
        stop = stops.call(session, plant.operator, unit_id=plant.weld, red=True, reason="safety", critical=True)
    made = course.open(sources=[("stops", stop.id)])
    assert (made.safety, made.severity, made.route, made.detecting_unit_id) == (True, "CR", "8d", plant.weld)
    bare = course.open(sources=[], severity="MI", detecting_unit_id=plant.weld)
    assert (bare.route, parts(course, ActionSource, bare)) == ("correction", [])


def test_one_case_deals_with_a_record(course: Course):
    found = reported(course.db, course.plant)
    made = course.open(sources=[("rejections", found.id)])
    with pytest.raises(Doubled):
        course.open(sources=[("rejections", found.id)])
    course.do(actions.void, made, by=course.plant.quality_manager, reason="opened twice")
    assert course.open(sources=[("rejections", found.id)]).repeat_of_id is None


def test_a_source_that_was_added_by_mistake_is_taken_off_and_may_come_back(course: Course):
    made, found = course.open(), reported(course.db, course.plant)
    source = course.do(actions.add_source, made, kind="rejections", record_id=found.id)
    me = course.plant.quality_engineer
    with course.db.transaction(me, "actions.withdraw_source") as session:
        actions.withdraw_source(session, me, source.id, source.rev)
    assert course.do(actions.add_source, made, kind="rejections", record_id=found.id).id == source.id
    with pytest.raises(NotFound):
        course.do(actions.add_source, made, kind="rejections", record_id=999_999)


def test_gates_are_passed_in_order_and_refuse_by_what_is_missing(course: Course):
    made = course.open(severity="CR")
    with pytest.raises(IllegalStep):
        course.do(actions.pass_gate, made, "D1")
    with pytest.raises(Invalid) as refused:
        course.do(actions.pass_gate, made, "D0")
    assert refused.value.field == "symptom"
    course.passed(made, "D0")
    with pytest.raises(Invalid) as refused:
        course.do(actions.pass_gate, made, "D1")
    assert refused.value.field == "leader_id"
    passed = course.passed(made, "D1", "D2")
    course.answer(passed, but=1)
    with pytest.raises(Refused) as refused:
        course.do(actions.pass_gate, made, "D3")
    assert refused.value.rule == "R-22"
    course.passed(made, "D3")
    assert {s.step for s in parts(course, ActionStep, made) if s.done_at} == set(EVERY)


def test_r22_a_passed_containment_stands_when_its_answers_change(course: Course):
    made = course.open(severity="CR")
    course.passed(made, *EVERY)
    with pytest.raises(Invalid):
        course.do(actions.edit, made, "D3", containment_effective=False)
    assert course.read(made).containment_effective is True


def test_a_team_that_was_passed_cannot_lose_who_speaks_for_the_origin(course: Course):
    made = course.open(severity="CR")
    course.passed(made, "D0", "D1")
    me = course.plant.quality_engineer
    with course.db.reading() as session:
        member = next(m for m in session.get_one(Action, made.id).members if m.unit_id == course.plant.press)
    with pytest.raises(Invalid), course.db.transaction(me, "actions.withdraw_member") as session:
        actions.withdraw_member(session, me, member.id, member.rev)


def test_a_sponsor_is_somebody_who_may_close(course: Course):
    made = course.open()
    with pytest.raises(Invalid) as refused:
        course.do(actions.edit, made, "D1", sponsor_id=course.plant.operator.id)
    assert refused.value.field == "sponsor_id"


def test_two_editors_do_not_overwrite_each_other(course: Course):
    made = course.open()
    course.do(actions.edit, made, "D0", symptom="first", rev=made.rev)
    with pytest.raises(Stale) as refused:
        course.do(actions.edit, made, "D0", symptom="second", rev=made.rev)
    assert (refused.value.current["symptom"], refused.value.yours["symptom"]) == ("first", "second")


def correction(course: Course, **given) -> Action:
    """Return a case on the shortest route, everything passed but D8."""
    made = course.open(severity="MI", **given)
    return course.passed(made, "D2", "D6")


def test_r30_a_case_closes_with_its_origin_or_with_why_it_is_unknown(course: Course, monkeypatch):
    monkeypatch.setitem(GATES, "D6", ())
    made = correction(course)
    course.fill(made, "D8")
    course.do(actions.edit, made, "D2", origin_unit_id=None)
    with pytest.raises(Refused) as refused:
        course.do(actions.close, made, by=course.plant.quality_manager)
    assert refused.value.rule == "R-30"
    course.do(actions.edit, made, "D2", origin_unknown_reason="the part was scrapped unseen")
    closed = course.do(actions.close, made, by=course.plant.quality_manager)
    assert (closed.state, closed.sponsor_id) == ("closed", course.plant.quality_manager.id)
    assert closed.closed_at is not None


def test_only_the_sponsor_closes(course: Course, monkeypatch):
    monkeypatch.setitem(GATES, "D6", ())
    made = correction(course)
    course.fill(made, "D8")
    course.do(actions.edit, made, "D1", sponsor_id=course.plant.quality_manager.id)
    for other in (course.plant.unit_head, course.plant.quality_engineer):
        with pytest.raises(NotAllowed):
            course.do(actions.close, made, by=other)
    assert course.do(actions.pass_gate, made, "D8", by=course.plant.quality_manager).state == "closed"


def test_r26_d5_and_d6_ask_for_the_plan_and_after_d6_it_is_watched_before_anything_closes(course: Course, monkeypatch):
    asked = {name: GATES[name][-1:] for name in ("D5", "D6")}
    for name, gates in ({"D4": ()} | asked).items():
        monkeypatch.setitem(GATES, name, gates)
    made = course.open(severity="CR")
    course.passed(made, *EVERY, "D4")
    with pytest.raises(Refused) as refused:
        course.passed(made, "D5")
    assert refused.value.rule == "R-26"
    plan = course.planned(made)
    watching = course.passed(made, "D5", "D6")
    assert (watching.state, parts(course, EffectivenessPlan, made)[0].state) == ("watching", "running")
    assert plan.starts_at is None
    for name in ("D7", "D8"):
        with pytest.raises(IllegalStep):
            course.do(actions.pass_gate, made, name, by=course.plant.quality_manager)


def test_r23_every_place_of_a_safety_case_shows_what_its_gates_still_ask(course: Course):
    made = course.open(severity="CR", safety=True)
    course.fill(made, "D0")
    with course.db.reading() as session:
        here = session.get_one(Action, made.id)
        assert [point.rule for point in open_points(session, here, "D0")] == ["R-23"]
    course.do(actions.edit, made, "D0", emergency_verified=True)
    with course.db.reading() as session:
        here = session.get_one(Action, made.id)
        assert open_points(session, here, "D0") == []
        assert here.emergency_verified_by_id == course.plant.quality_engineer.id


def test_only_people_of_the_place_open_and_work(course: Course, db: Database):
    with pytest.raises(NotAllowed):
        course.open(course.plant.operator)
    made = course.open(course.plant.team_leader)
    with pytest.raises(NotAllowed):
        course.do(actions.edit, made, "D0", by=course.plant.team_leader, symptom="x")
    with pytest.raises(Invalid):
        course.do(actions.edit, made, "D0", customer_id=999_999)
    with pytest.raises(Invalid):
        course.do(actions.edit, made, "D0", thanks="not here")


def test_the_clock_runs_from_when_it_was_found(course: Course):
    found_at = datetime(2026, 1, 5, tzinfo=UTC)
    made = course.open(of={"found_at": found_at}, severity="CR")
    due = {s.step: s.due_at for s in parts(course, ActionStep, made)}
    assert made.clock_from == found_at
    assert (due["D3"], due["D8"]) == (found_at + timedelta(hours=24), found_at + timedelta(days=60))


def test_r23_a_notice_to_a_customer_opens_the_whole_8d(course: Course):
    plant = course.plant
    found = reported(course.db, plant)
    with course.db.transaction(SYSTEM, "tests.notice") as session:
        notice = CustomerNotice(site_id=plant.site, year=2026, serial=1, number="NT-SH-2026-000001", state="due",
                                rejection_id=found.id, customer_id=plant.customer, quantity=5, known_at=found.found_at,
                                due_at=found.found_at)
        session.add(notice)
    made = course.open(sources=[("customer_notices", notice.id)], severity="MI")
    assert (made.customer_id, made.route, made.origin_unit_id) == (plant.customer, "8d", plant.press)
    course.passed(made, "D0", "D1", "D2")
    course.fill(made, "D3")
    with pytest.raises(Invalid) as refused:
        course.do(actions.pass_gate, made, "D3")
    assert refused.value.field == "customer_informed_at"
    course.do(actions.edit, made, "D3", customer_informed_at=found.found_at)
    assert course.do(actions.pass_gate, made, "D3").state == "open"
