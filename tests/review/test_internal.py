"""What a review tells of internal customers, worked out by hand on the small plant."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient

from qms.measures.intervals import wilson
from qms.models.chain import Unit
from qms.models.service_complaints import InternalComplaint
from qms.models.service_requests import ServiceRequest
from tests.measures.records import handed
from tests.review.scene import Scene
from tests.review.told import column, figure, line, on, opens, put, snapshot, table, value
from tests.satisfaction.scene import Scene as Surveys

CODE = "internal_satisfaction"
serials = count(1)


def requested(scene: Scene, at: datetime, **given: Any) -> ServiceRequest:
    """Let weld ask something of press, without a commitment: imported."""
    serial = next(serials)

    def work(session: Any) -> ServiceRequest:
        made = ServiceRequest(**({
            "site_id": scene.plant.site, "year": at.year, "serial": serial, "number": f"SR-{serial}",
            "state": "confirmed", "asker_id": scene.plant.weld, "provider_id": scene.plant.press,
            "first_provider_id": scene.plant.press, "title": "Tool", "asked_at": at,
            "asked_by_id": scene.plant.operator.id, "source": "import", "kept": True} | given))
        session.add(made)
        return made

    return put(scene, work)


def filed(scene: Scene, at: datetime, **given: Any) -> InternalComplaint:
    """Let weld complain of press; answered an hour before it was due, confirmed a day later."""
    serial = next(serials)

    def work(session: Any) -> InternalComplaint:
        made = InternalComplaint(**({
            "site_id": scene.plant.site, "year": at.year, "serial": serial, "number": f"IC-{serial}",
            "state": "closed", "complaining_id": scene.plant.weld, "accused_id": scene.plant.press,
            "kind": "operation", "source_kind": "free", "matter": "Burr", "filed_at": at,
            "filed_by_id": scene.plant.operator.id, "acknowledge_due_at": at + timedelta(hours=4),
            "answer_due_at": at + timedelta(hours=8), "plan_due_at": at + timedelta(days=3),
            "solve_due_at": at + timedelta(days=10), "answered_at": at + timedelta(hours=7),
            "done_at": at + timedelta(days=1), "confirmed_at": at + timedelta(days=2)} | given))
        session.add(made)
        return made

    return put(scene, work)


@pytest.fixture
def half(scene: Scene) -> Scene:
    """Give press to weld 10 lots, 9 accepted, weld to paint 4 of 8, and 3 lots to the outside customer."""
    plant = scene.plant

    def work(session: Any) -> None:
        for place in range(10):
            handed(session, plant, plant.press_weld, 100, rejected=1 if place < 1 else 0, at=on(2))
        for place in range(8):
            handed(session, plant, plant.weld_paint, 100, rejected=1 if place < 4 else 0, at=on(2))
        for place in range(4):
            handed(session, plant, plant.press_weld, 100, rejected=0 if place < 1 else 1, at=on(9, year=2025))
        for _ in range(3):
            handed(session, plant, plant.final_customer, 100, rejected=1, at=on(2))

    put(scene, work)
    return scene


def test_routine_performance_is_that_of_links_inside(half: Scene):
    made = snapshot(half, CODE)
    assert value(made, "internal_satisfaction.fta") == (13 / 18, 18)
    told = figure(made, "internal_satisfaction.fta")
    assert (told.now.low, told.now.high) == wilson(13, 18)
    assert told.before is not None
    assert (told.before.value, told.before.n) == (0.25, 4)
    links = table(made, "internal_links")
    assert column(links, "lots") == [10, 8]
    assert [cell and cell.en for cell in column(links, "fta_change")] == ["No clear change", None]
    assert column(table(made, "internal_links_before"), "accepted_first") == [1, 0]


def test_the_best_and_the_worst_links_are_told_apart(half: Scene):
    made = snapshot(half, CODE)
    assert [line(table(made, key))["link"] for key in ("links_best", "links_worst")] == [
        "OP10 Press → OP20 Weld", "OP20 Weld → OP30 Paint"]


def test_r35_what_a_post_supplies_is_told_but_not_ranked(half: Scene):
    put(half, lambda session: setattr(session.get_one(Unit, half.plant.weld), "kind", "post"))
    made = snapshot(half, CODE)
    assert len(table(made, "internal_links").rows) == 2
    assert not {"links_best", "links_worst"} & {one.key for one in made.tables}


def test_requests_and_complaints_stand_beside(half: Scene):
    requested(half, on(3), rating=5)
    requested(half, on(3), rating=4)
    requested(half, on(3), kept=False, rating=3)
    requested(half, on(3), kept=None, state="taken")
    requested(half, on(8, year=2025))
    filed(half, on(3))
    filed(half, on(3), state="refused")
    made = snapshot(half, CODE)
    assert value(made, "internal_satisfaction.kept") == (2 / 3, 3)
    assert value(made, "internal_satisfaction.ratings") == (4, 3)
    assert value(made, "internal_satisfaction.complaints") == (1, None)
    told = line(table(made, "internal_links"))
    assert (told["judged"], told["kept"], told["complaints"]) == (3, 2 / 3, 1)


@pytest.fixture
def asked(half: Scene) -> Callable[[dict[int, int]], None]:
    """Return a function that surveys two links in May, ten invited for each."""
    def survey(answers: dict[int, int]) -> None:
        surveys = Surveys(half.db, half.plant, at=on(5, 4))
        held = surveys.opened(dict.fromkeys(answers, 10))
        surveys.answered(held, answers, 4)
        surveys.at += timedelta(days=15)
        surveys.published(held)
    return survey


def test_published_satisfaction_stands_beside_routine(half: Scene, asked: Callable[..., None]):
    asked({half.plant.press_weld: 8, half.plant.weld_paint: 6})
    made = snapshot(half, CODE)
    assert value(made, "internal_satisfaction.index") == (75, 14)
    assert value(made, "internal_satisfaction.response") == (0.7, 20)
    assert column(table(made, "internal_links"), "index_n") == [8, 6]
    assert (column(table(made, "internal_surveys"), "responded"), made.said, made.warned) == ([14], (), ())


def test_r37_hidden_links_stay_hidden_and_are_counted(half: Scene, asked: Callable[..., None]):
    asked({half.plant.press_weld: 8, half.plant.weld_paint: 2})
    made = snapshot(half, CODE)
    links = table(made, "internal_links")
    assert [cell.en for cell in column(links, "survey")] == ["hidden: too few answers"] * 2
    assert [column(links, key) for key in ("index", "index_n", "index_low")] == [[None, None]] * 3
    assert made.said[0].en == "Of 2 links asked about, 2 are hidden because too few answered (R-37)."


def test_few_answers_are_a_weak_basis(half: Scene, asked: Callable[..., None]):
    asked({half.plant.press_weld: 5, half.plant.weld_paint: 0})
    made = snapshot(half, CODE)
    assert "5 of 20 invited answered" in made.warned[0].en


def test_nothing_counted_is_no_zero(scene: Scene):
    made = snapshot(scene, CODE)
    assert made.is_empty
    assert [value(made, f"internal_satisfaction.{name}") for name in ("fta", "kept", "ratings", "index", "response")
            ] == [(None, 0)] * 5


def test_every_page_it_leads_to_opens(half: Scene, asked: Callable[..., None], sign_in: Callable[..., FlaskClient]):
    asked({half.plant.press_weld: 8, half.plant.weld_paint: 6})
    assert len(opens(snapshot(half, CODE), sign_in)) == 7
