"""Calls and stops on the Today page: first of all, for those who may answer."""

from dataclasses import replace

import pytest

from qms.rules.accounts import Grant
from qms.workflows import stops
from qms.workflows.today_stops import stops as waiting
from tests.rejections.cases import person_in_unit
from tests.stops.scene import Scene


def numbers(scene: Scene, person) -> list[str]:
    with scene.db.reading() as session:
        return [stop.number for stop in waiting(session, person).records]


def test_open_stops_wait_for_those_who_may_answer_there(scene: Scene):
    first, second = scene.call(red=True), scene.call(unit_id=scene.plant.paint)
    scene.do(stops.resolve, scene.call(), note="x")
    leader = scene.plant.team_leader
    painter = replace(leader, grants=(Grant(1, "team_leader", scene.plant.site, f"{scene.plant.paint}."),))
    assert numbers(scene, leader) == [first.number, second.number]
    assert numbers(scene, painter) == [second.number]
    assert numbers(scene, scene.plant.operator) == []


def test_a_restart_waits_for_the_receiving_operation(scene: Scene):
    plant = scene.plant
    welder = person_in_unit(scene.db, "welder", "operator", plant.weld)
    stop = scene.asked(unit_id=plant.press, customer_id=plant.weld)
    assert numbers(scene, welder) == [stop.number]
    scene.do(stops.consent, stop, welder)
    assert numbers(scene, welder) == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_today_begins_with_calls_and_stops(scene: Scene, sign_in, page, language: str):
    stop = scene.call(red=True, from_upstream=True)
    shown = page(sign_in("team_leader", language), "/")
    assert stop.number in shown.text
    headings = ["".join(h.itertext()) for h in shown.find(".//h2")]
    assert headings[0].strip().startswith({"zh": "呼叫和停线", "en": "Calls and stops"}[language])
