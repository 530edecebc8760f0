"""Rejected parts per million, the ranking of defects and the control chart, worked out by hand."""

from datetime import date

import pytest

from tests.measures.records import found, handed
from tests.review.scene import Scene
from tests.review.told import column, figure, line, on, opens, put, snapshot, table, value

CODE = "product_conformity"


@pytest.fixture
def made(scene: Scene) -> Scene:
    """1,000 pieces received in March and April, 15 refused; burrs, scratches, one record without a code."""
    plant = scene.plant

    def records(session):
        handed(session, plant, plant.press_weld, 400, rejected=10, at=on(3))
        handed(session, plant, plant.weld_paint, 600, rejected=5, at=on(4))
        handed(session, plant, plant.press_weld, 100, rejected=1, at=on(10, year=2025))
        for pieces, defect, more in ((10, plant.burr, {}), (30, plant.scratch, {"origin_state": "assumed"}),
                                     (5, plant.burr, {}), (5, None, {}), (90, plant.burr, {"state": "void"}),
                                     (70, plant.burr, {"for_review": True})):
            found(session, plant, pieces, at_unit=plant.weld, origin=plant.press, defect=defect, at=on(4), **more)
        found(session, plant, 7, at_unit=plant.weld, origin=plant.press, defect=plant.burr, at=on(11, year=2025))

    put(scene, records)
    return scene


def test_parts_per_million_inside(made: Scene):
    told = snapshot(made, CODE)
    assert value(told, "conformity.ppm") == (pytest.approx(15_000), 1_000)
    assert figure(told, "conformity.ppm").before.value == pytest.approx(10_000)
    first = line(table(told, "links"))
    assert (first["link"], first["rejected"], first["ppm"]) == ("Press → Weld", 10, pytest.approx(25_000))
    assert first["before"] == pytest.approx(10_000)


def test_defects_by_pieces_other_last(made: Scene):
    defects = table(snapshot(made, CODE), "defects")
    assert [cell.en for cell in column(defects, "defect")] == ["D02 Scratch", "D01 Burr", "Other and not coded"]
    assert column(defects, "pieces") == [30, 15, 5]
    assert column(defects, "cumulative") == [pytest.approx(0.6), pytest.approx(0.9), 1]
    assert column(defects, "before") == [0, 7, 0]


def test_parts_per_million_at_the_customer(made: Scene):
    made.read_off(month=date(2026, 3, 1))
    customers = table(snapshot(made, CODE), "customers")
    assert (line(customers)["customer"], line(customers)["ppm"], line(customers)["before"]) == ("Star Motors", 90, None)


def test_limits_are_provisional_below_25_months(made: Scene):
    told = snapshot(made, CODE)
    months = table(told, "months")
    assert column(months, "month") == [f"2025-{m}" for m in (10, 11, 12)] + [f"2026-0{m}" for m in range(1, 7)]
    assert column(months, "ppm")[:2] == [pytest.approx(10_000), None]
    assert column(months, "centre")[0] == pytest.approx(16 / 1_100 * 1e6)
    assert "provisional" in months.charts[0].words.en
    assert "3 months" in told.warned[0].en


def test_nothing_received_is_no_figure(scene: Scene):
    told = snapshot(scene, CODE)
    assert told.is_empty
    assert value(told, "conformity.ppm") == (None, 0)
    assert told.warned == ()


def test_every_path_opens(made: Scene, sign_in):
    assert len(opens(snapshot(made, CODE), sign_in)) > 5
