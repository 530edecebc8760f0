"""Calls, stops, minutes and response times of two half years, worked out by hand."""

from datetime import timedelta

import pytest

from qms.models.stops import Stop
from tests.review.scene import Scene
from tests.review.told import column, figure, on, opens, put, snapshot, table, value

CODE = "stops"


def call(scene: Scene, serial: int, at, *, reason: str = "quality", arrived: int | None = None,
         stood: int | None = None, red: bool = False) -> None:
    """Call at an instant; somebody came after so many seconds, the line stood for so many minutes."""
    stopped = at if red else at + timedelta(seconds=60)
    put(scene, lambda session: session.add(Stop(
        site_id=scene.plant.site, year=at.year, serial=serial, number=f"S-{serial}", unit_id=scene.plant.weld,
        state="restarted", reason=reason, called_by_id=0, called_at=at,
        window_ends_at=None if red else at + timedelta(seconds=60), stopped_at=stopped if stood is not None else None,
        arrived_at=None if arrived is None else at + timedelta(seconds=arrived), restarted_by_id=0,
        restarted_at=None if stood is None else stopped + timedelta(minutes=stood))))


@pytest.fixture
def made(scene: Scene) -> Scene:
    """Four calls of this half year, one of the last."""
    call(scene, 1, on(3, 1), arrived=30)
    call(scene, 2, on(3, 2), arrived=90, stood=12)
    call(scene, 3, on(4, 1), reason="material", stood=None)
    call(scene, 4, on(4, 2), red=True, arrived=240, stood=30)
    call(scene, 5, on(9, 1, 2025), arrived=60, stood=5)
    return scene


def test_calls_stops_and_minutes(made: Scene):
    told = snapshot(made, CODE)
    assert value(told, "stops.calls")[0] == 4
    assert value(told, "stops.stopped")[0] == 2
    assert value(told, "stops.minutes") == (42, 2)
    assert figure(told, "stops.minutes").before.value == 5


def test_response_by_nearest_rank_and_within_the_window(made: Scene):
    told = snapshot(made, CODE)
    assert value(told, "stops.half") == (1.5, 3)
    assert value(told, "stops.most") == (4, 3)
    assert value(told, "stops.in_window") == (pytest.approx(1 / 3), 3)
    assert figure(told, "stops.in_window").before.value == 1


def test_reasons_and_months(made: Scene):
    told = snapshot(made, CODE)
    assert column(table(told, "reasons"), "calls") == [3, 1]
    assert column(table(told, "reasons"), "before") == [1, 0]
    assert column(table(told, "months"), "stopped") == [0, 0, 1, 1, 0, 0]
    assert column(table(told, "months"), "solved") == [0, 0, 1, 1, 0, 0]


def test_no_call_is_no_share(scene: Scene):
    told = snapshot(scene, CODE)
    assert told.is_empty
    assert value(told, "stops.in_window") == (None, 0)
    assert value(told, "stops.minutes") == (None, 0)


def test_every_path_opens(made: Scene, sign_in):
    assert len(opens(snapshot(made, CODE), sign_in)) == 9
