"""Traced cases: which outside complaints are traced, what let them pass, what was done; counted by hand."""

from datetime import UTC, datetime

import pytest

from qms.rules.review_snapshots import Snapshot
from tests.review.linking import acted_on, cells, complained, figure, rejected, table
from tests.review.scene import Scene

AUTUMN = datetime(2025, 10, 11, 4, tzinfo=UTC)


def link(scene: Scene) -> Snapshot:
    return scene.counted(scene.opened())["link"]


@pytest.fixture
def half(scene: Scene) -> Scene:
    """Six complaints: two traced by themselves, one by its rejection, three not; one void, one of the autumn."""
    plant = scene.plant
    way = ((plant.weld, False), (plant.paint, True), (plant.final, True))
    complained(scene, origin=plant.press, passed=way)
    complained(scene, origin=plant.paint, passed=((plant.final, False),))
    inside = rejected(scene, 2, origin=plant.weld, at_unit=plant.customer, far="E0", steps=3,
                      passed=((plant.paint, False), (plant.final, True)))
    complained(scene, origin=plant.press, passed=way, rejection_id=inside.id)
    complained(scene)
    complained(scene, unknown_reason="Parts were scrapped at the customer")
    complained(scene, responsibility="no", origin=plant.press, passed=way)
    complained(scene, state="void", void_reason="Twice", origin=plant.press, passed=way)
    complained(scene, at=AUTUMN, origin=plant.press, passed=way)
    return scene


def test_the_coverage_is_told_with_the_reasons_for_the_rest(half: Scene):
    told = link(half)
    traced = figure(told, "link.traced")
    assert (traced.now.value, traced.now.n) == (3 / 6, 6)
    assert traced.now.low == pytest.approx(0.1876, abs=5e-4)
    assert (traced.before.value, traced.before.n) == (1.0, 1)
    assert cells(table(told, "tracing"), "how", "complaints", "traced") == [
        ("Traced by the analysis of the complaint", 2, 2), ("Traced by its rejection inside", 1, 1),
        ("Responsibility was not accepted", 1, 0), ("Said to be unknown, with the reason", 1, 0),
        ("Origin not named yet", 1, 0)]
    assert told.said[0].en.startswith("3 of 6 outside complaints are traced")


def test_each_case_names_origin_what_let_it_pass_and_who_could_have_seen_it(half: Scene):
    told = cells(table(link(half), "cases"), "complaint", "origin", "passed", "could_see")
    assert told == [
        ("CC-6", "Responsibility was not accepted", None, None),
        ("CC-5", "Said to be unknown, with the reason: Parts were scrapped at the customer", None, None),
        ("CC-4", "Origin not named yet", None, None),
        ("CC-3", "OP20 Weld", "OP30 Paint, OP90 Final check", "OP90 Final check"),
        ("CC-2", "OP30 Paint", "OP90 Final check", "nobody: no standard planned a check for it"),
        ("CC-1", "OP10 Press", "OP20 Weld, OP30 Paint, OP90 Final check", "OP30 Paint, OP90 Final check")]


def test_the_handovers_that_let_complaints_pass_are_counted(half: Scene):
    assert cells(table(link(half), "passed"), "handover", "complaints", "planned", "unplanned") == [
        ("OP30 Paint → OP90 Final check", 3, 2, 1), ("OP20 Weld → OP30 Paint", 2, 1, 1),
        ("OP10 Press → OP20 Weld", 1, 0, 1)]


@pytest.mark.parametrize(("state", "how"), [
    ("confirmed", "Traced by its rejection inside"), ("decided", "Traced by its rejection inside"),
    ("assumed", "Its rejection inside has no confirmed origin yet"),
    ("contested", "Its rejection inside has no confirmed origin yet")])
def test_r34_only_a_confirmed_or_decided_origin_traces(scene: Scene, state, how):
    plant = scene.plant
    inside = rejected(scene, 2, origin=plant.final, at_unit=plant.customer, far="E0", steps=1, state=state)
    complained(scene, rejection_id=inside.id)
    told = link(scene)
    assert cells(table(told, "tracing"), "how") == [(how,)]
    assert cells(table(told, "cases"), "passed") == [
        ("none: handed straight to the customer",) if "Traced" in how else (None,)]


def test_an_origin_without_a_way_is_not_traced(scene: Scene):
    complained(scene, origin=scene.plant.press)
    told = link(scene)
    assert cells(table(told, "tracing"), "how") == [("Origin known, its way to the customer not",)]
    assert cells(table(told, "cases"), "origin") == [("OP10 Press. Origin known, its way to the customer not",)]


def test_what_was_done_is_the_case_of_the_complaint_or_of_its_rejection(scene: Scene):
    plant = scene.plant
    inside = rejected(scene, 2, origin=plant.press, at_unit=plant.weld, far="1", steps=1)
    acted_on(scene, "rejections", inside.id, plan="proven")
    complained(scene, rejection_id=inside.id)
    acted_on(scene, "customer_complaints", complained(scene).id)
    complained(scene, no_action_reason="One worn tool, changed")
    complained(scene)
    assert cells(table(link(scene), "cases"), "done", "effect") == [
        ("none opened", None), ("no 8D: One worn tool, changed", None),
        ("8D-2: Waiting for effectiveness", "no plan yet"),
        ("8D-1: Waiting for effectiveness", "Proven by the figures")]


def test_a_plant_without_complaints_says_so_and_tells_no_share(scene: Scene):
    told = link(scene)
    assert figure(told, "link.traced").now.value is None
    assert told.said[0].en == "No outside complaint was received in the period."
    assert told.is_empty
