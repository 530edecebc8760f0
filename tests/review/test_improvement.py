"""What a review tells of suggestions, lessons and read-across, worked out by hand on the small plant."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from itertools import count
from typing import Any

from flask.testing import FlaskClient

from qms.measures.intervals import wilson
from qms.models.actions import Action, ActionStep
from qms.models.actions_causes import Lesson, ReadAcross
from qms.models.service_recognition import Suggestion
from tests.review.scene import Scene
from tests.review.told import column, figure, line, on, opens, put, snapshot, table, value

CODE = "improvement"
serials = count(1)


def suggested(scene: Scene, state: str, at: datetime, unit_id: int | None = None) -> None:
    """File a suggestion about weld, unless told otherwise."""
    serial = next(serials)
    put(scene, lambda session: session.add(Suggestion(
        site_id=scene.plant.site, year=at.year, serial=serial, number=f"SU-{serial}", state=state,
        unit_id=unit_id or scene.plant.weld, idea="Poka-yoke", filed_at=at, filed_by_id=scene.plant.operator.id)))


def opened(scene: Scene, at: datetime, *, done: Mapping[str, datetime] | None = None, **given: Any) -> int:
    """Open a case on what press made, with when its steps were done, and return its id."""
    serial = next(serials)

    def work(session: Any) -> int:
        made = Action(**({
            "site_id": scene.plant.site, "year": at.year, "serial": serial, "number": f"CA-{serial}", "title": "Burr",
            "route": "8d", "route_by_rule": "8d", "state": "open", "severity": "MA", "opened_at": at,
            "opened_by_id": scene.plant.quality_engineer.id, "clock_from": at,
            "origin_unit_id": scene.plant.press} | given))
        session.add(made)
        session.flush()
        session.add_all(ActionStep(action_id=made.id, step=f"D{n}", done_at=(done or {}).get(f"D{n}"))
                        for n in range(9))
        return int(made.id)

    return int(put(scene, work))


def test_suggestions_are_counted_with_what_became_of_them(scene: Scene):
    for state in ("filed", "trial", "adopted", "done", "done", "not_adopted"):
        suggested(scene, state, on(2))
    suggested(scene, "filed", on(2), scene.plant.press)
    suggested(scene, "done", on(9, year=2025))
    made = snapshot(scene, CODE)
    received = figure(made, "improvement.received")
    assert (received.now.value, received.before and received.before.value) == (7, 1)
    assert value(made, "improvement.adopted") == (0.75, 4)
    assert figure(made, "improvement.adopted").now.low == wilson(3, 4).low
    assert value(made, "improvement.done") == (2 / 7, 7)
    assert column(table(made, "suggestion_units"), "received") == [6, 1]


def test_lessons_of_the_period_are_listed(scene: Scene):
    case = opened(scene, on(2))
    put(scene, lambda session: [session.add(Lesson(
        site_id=scene.plant.site, year=2026, serial=serial, number=f"LL-{serial}", action_id=case, title=f"Lesson {on}",
        text="Deburr", written_on=on, written_by_id=scene.plant.quality_engineer.id))
        for serial, on in enumerate((date(2025, 12, 31), date(2026, 1, 1), date(2026, 6, 30)), start=1)])
    made = snapshot(scene, CODE)
    lessons = figure(made, "improvement.lessons")
    assert (lessons.now.value, lessons.before and lessons.before.value) == (2, 1)
    assert column(table(made, "lessons"), "number") == ["LL-3", "LL-2"]


def test_read_across_is_counted_by_its_answers(scene: Scene):
    case, void = opened(scene, on(2)), opened(scene, on(2), state="void", void_reason="Twice")
    put(scene, lambda session: [session.add(ReadAcross(action_id=action_id, unit_id=scene.plant.paint, applies=applies,
                                                       active=active))
                                for action_id, applies, active in (
        (case, True, True), (case, False, True), (case, None, True), (case, True, False), (void, True, True))])
    made = snapshot(scene, CODE)
    assert value(made, "improvement.read_across") == (2 / 3, 3)
    assert value(made, "improvement.applies") == (0.5, 2)
    assert [line(table(made, "read_across"), place)["state"] for place in (0, 1)] == ["not answered", "applies"]
    assert line(table(made, "read_across"))["place"] == "OP30 Paint"


def test_nothing_suggested_is_no_zero_share(scene: Scene):
    made = snapshot(scene, CODE)
    assert made.is_empty
    assert [value(made, f"improvement.{name}") for name in ("adopted", "done", "read_across", "applies")] == [
        (None, 0)] * 4


def test_every_page_it_leads_to_opens(scene: Scene, sign_in: Callable[..., FlaskClient]):
    suggested(scene, "filed", on(2))
    case = opened(scene, on(2))
    put(scene, lambda session: session.add(ReadAcross(action_id=case, unit_id=scene.plant.paint)))
    assert len(opens(snapshot(scene, CODE), sign_in)) == 4
