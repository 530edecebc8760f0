"""Outside customers: class and grade by a versioned rule, lines, requirements that bite."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from qms.models.customers_grades import CustomerGrade
from qms.rules import customers as rules
from qms.rules.errors import Doubled, Invalid, NotAllowed, NotFound, Stale
from qms.workflows import customers, customers_grading, customers_parts, rejections
from qms.workflows import customers_register as registers
from qms.workflows.chain_paging import Wish
from qms.workflows.customers_requirements import that_bite
from tests.customers.scene import CUSTOMER, Scene


@pytest.mark.parametrize(("share", "strategic", "expected"), [
    (20, False, 1), (19, True, 2), (19, False, 3), (None, True, 2), (None, False, None)])
def test_the_class_follows_share_and_strategy_and_is_not_guessed(share, strategic, expected):
    assert rules.sales_class(share, strategic=strategic, key_share_percent=20) == expected


def test_the_grade_is_the_weighted_sum_of_its_points():
    found = rules.graded(rules.GradeRule(), share_percent=10, strategic=True, risk="medium", complaints=2)
    assert (dict(found.points), found.total, found.grade) == (
        {"sales": 50, "strategic": 100, "risk": 50, "complaints": 40}, 58, "B")
    assert rules.graded(rules.GradeRule(), share_percent=0, strategic=False, risk="low", complaints=0).grade == "C"


@pytest.mark.parametrize("missing", [{"share_percent": None}, {"risk": None}])
def test_what_is_not_known_gives_no_grade(missing):
    known = {"share_percent": 50, "risk": "high"} | missing
    assert rules.graded(rules.GradeRule(), strategic=True, complaints=9, **known) is None


@pytest.mark.parametrize(("wrong", "field"), [
    ({"sales_weight": 50}, "sales_weight"), ({"a_from": 30}, "a_from"), ({"b_from": 0}, "a_from"),
    ({"full_complaints": 0}, "full_complaints"), ({"key_share_percent": 101}, "key_share_percent")])
def test_a_rule_by_which_no_grade_can_be_told_is_refused(wrong, field):
    with pytest.raises(Invalid) as refused:
        rules.check_rule(rules.GradeRule(**wrong))
    assert refused.value.field == field


def test_a_customer_is_registered_once_and_graded_by_the_first_version(scene: Scene):
    made = scene.customer()
    assert (made.sales_class, made.grade) == (1, "A")
    [grade] = scene.read(lambda session, _person: registers.parts(session, scene.plant.customer).grades)
    assert (grade.rule.version, grade.points, grade.grade_by_rule) == (1, 80, "A")
    with pytest.raises(Doubled):
        scene.customer()


def test_only_an_outside_customer_is_registered(scene: Scene):
    with pytest.raises(NotFound):
        scene.do(customers.register, None, scene.plant.weld, **CUSTOMER)
    with pytest.raises(NotAllowed):
        scene.do(customers.register, scene.plant.auditor, scene.plant.customer, **CUSTOMER)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//star.example", "ftp://star.example"])
def test_a_portal_is_an_address_of_the_web_and_nothing_else(scene: Scene, address: str):
    with pytest.raises(Invalid) as refused:
        scene.do(customers.register, None, scene.plant.customer, **CUSTOMER | {"portal_url": address})
    assert refused.value.field == "portal_url"


def test_a_change_of_what_counts_grades_anew_and_another_does_not(scene: Scene):
    made = scene.customer()
    changed = scene.do(customers.edit, None, scene.plant.customer, made.rev, **(CUSTOMER | {"note": "x"}))
    assert count(scene) == 1
    scene.do(customers.edit, None, scene.plant.customer, changed.rev, **(CUSTOMER | {
        "share_percent": 5, "strategic": False, "risk": "low"}))
    assert count(scene) == 2
    with pytest.raises(Stale):
        scene.do(customers.edit, None, scene.plant.customer, 1, **CUSTOMER)


def count(scene: Scene) -> int:
    return len(scene.read(lambda session, _person: registers.parts(session, scene.plant.customer).grades))


def test_a_grade_against_the_rule_needs_a_reason_and_ends_when_graded_again(scene: Scene):
    made = scene.customer()
    with pytest.raises(Invalid):
        scene.do(customers_grading.override, None, scene.plant.customer, made.rev, grade="C", reason=" ")
    given = scene.do(customers_grading.override, None, scene.plant.customer, made.rev, grade="C", reason="Ends in May")
    assert (given.grade, given.grade_by_rule, given.override_reason) == ("C", "A", "Ends in May")
    again = scene.do(customers_grading.grade_again, None, scene.plant.customer, made.rev + 1)
    assert (again.grade, again.override_reason) == ("A", None)


def test_a_later_version_of_the_rule_counts_from_its_day_and_old_grades_keep_theirs(scene: Scene):
    made = scene.customer()
    held = {name: getattr(rules.GradeRule(), name) for name in customers_grading.WEIGHTS} | {"a_from": 95}
    on = date(2026, 3, 10)
    with pytest.raises(Invalid):
        scene.do(customers_grading.set_rule, None, scene.plant.site, effective_on=date(2026, 3, 1), reason="x", **held)
    scene.do(customers_grading.set_rule, None, scene.plant.site, effective_on=on, reason="Too many A", **held)
    assert scene.do(customers_grading.grade_again, None, scene.plant.customer, made.rev).grade == "A"
    scene.later(days=8)
    again = scene.do(customers_grading.grade_again, None, scene.plant.customer, made.rev)
    assert again.grade == "B"
    grades = scene.read(lambda session, _person: registers.parts(session, scene.plant.customer).grades)
    assert [(g.rule.version, g.grade) for g in grades] == [(2, "B"), (1, "A"), (1, "A")]


def test_what_the_customer_found_counts_as_complaints(scene: Scene):
    scene.do(rejections.report, None, kind="not_accepted", found_unit_id=scene.plant.customer,
             lot_id=scene.plant.lot, quantity=2, defect_id=scene.plant.burr)
    scene.customer()
    [grade] = scene.read(lambda session, _person: session.query(CustomerGrade).all())
    assert grade.complaints == 1


def test_lines_are_checked_and_belong_to_their_customer(scene: Scene):
    scene.customer()
    add, own = customers_parts.add, scene.plant.customer
    plant = scene.do(add, None, own, "plant", code="P1", name_zh="一厂", name_en="Plant 1")
    with pytest.raises(Doubled):
        scene.do(add, None, own, "plant", code="P1", name_zh="一厂", name_en="Plant 1")
    contact = {"name": "Ann", "function": "quality", "written_in": "en", "email": "ann@star.example"}
    made = scene.do(add, None, own, "contact", **contact, plant_id=plant.id)
    for wrong in ({"email": "nobody"}, {"plant_id": 10**9}, {"function": "x"}, {"written_in": "fr"}):
        with pytest.raises(Invalid):
            scene.do(add, None, own, "contact", **(contact | wrong))
    scene.do(customers_parts.edit, None, made.id, "contact", made.rev, **contact, active=False)
    target = {"metric": "ppm", "value": Decimal(25), "valid_from": date(2026, 1, 1)}
    scene.do(add, None, own, "target", **target)
    for wrong in ({}, {"metric": "x"}, {"value": Decimal(-1)}, {"metric": "otd", "value": Decimal(101)}):
        with pytest.raises(Invalid if wrong else Doubled):
            scene.do(add, None, own, "target", **(target | wrong))


def test_the_target_of_a_day_is_the_last_that_began(scene: Scene):
    scene.customer()
    for on, value in ((date(2026, 1, 1), 50), (date(2026, 7, 1), 25)):
        scene.do(customers_parts.add, None, scene.plant.customer, "target", metric="ppm", value=Decimal(value),
                 valid_from=on)
    for on, expected in ((date(2025, 12, 31), None), (date(2026, 6, 30), 50), (date(2026, 7, 1), 25)):
        found = scene.read(lambda session, _person, on=on: customers_parts.target_on(
            session, scene.plant.customer, "ppm", on))
        assert (found and found.value) == expected


def test_a_requirement_bites_for_its_item_while_it_is_in_force(scene: Scene):
    scene.customer()
    today = scene.at.date()
    scene.requirement()
    scene.requirement(item_id=scene.plant.item, kind="portal")
    scene.requirement(valid_from=date(2020, 1, 1), valid_to=today - timedelta(days=1), kind="form")
    with pytest.raises(Invalid):
        scene.requirement(valid_from=today, valid_to=today - timedelta(days=1))
    with pytest.raises(Invalid):
        scene.requirement(kind="notice_hours")
    of_item = scene.do(that_bite, None, item_id=scene.plant.item)
    assert [one.kind for one in of_item] == ["label", "portal"]
    assert [one.kind for one in scene.do(that_bite, None, customer_id=scene.plant.customer)] == ["label"]
    assert scene.do(that_bite, None) == []
    assert scene.do(that_bite, scene.plant.admin, item_id=scene.plant.item) == []


def test_the_register_filters_by_class_grade_and_use(scene: Scene):
    made = scene.customer()
    for given, found in (({}, 1), ({"grade": "A"}, 1), ({"grade": "C"}, 0), ({"sales_class": "1"}, 1),
                         ({"sales_class": "3"}, 0), ({"sought": "star"}, 1), ({"state": "inactive"}, 0)):
        page = scene.read(registers.customers, registers.Filter(**given), Wish())
        assert len(page.rows) == found, given
    scene.do(customers.edit, None, scene.plant.customer, made.rev, **(CUSTOMER | {"active": False}))
    assert len(scene.read(registers.customers, registers.Filter(state="inactive"), Wish()).rows) == 1
