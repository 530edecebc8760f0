"""First-time acceptance, first-pass yield and rolled yield of two half years, worked out by hand."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from qms.models.imports import Import
from qms.models.satisfaction_measures import UnitMeasure
from qms.rules.accounts import SYSTEM
from tests.measures.records import handed
from tests.review.scene import Scene
from tests.review.told import column, figure, line, on, opens, put, snapshot, table, value

CODE = "process_performance"


@pytest.fixture
def made(scene: Scene) -> Scene:
    """March: press hands over 100 + 100 (10 refused), weld 150 (all good), paint 100 of which 20 were reworked.

    Last October: press handed over one lot of 50, which was wholly refused.
    """
    plant = scene.plant

    def records(session):
        handed(session, plant, plant.press_weld, 100, at=on(3))
        handed(session, plant, plant.press_weld, 100, rejected=10, at=on(3))
        handed(session, plant, plant.press_weld, 10, presentation=2, at=on(3, 12))
        handed(session, plant, plant.weld_paint, 150, at=on(4))
        handed(session, plant, plant.paint_final, 80, at=on(5))
        handed(session, plant, plant.paint_final, 20, rework=True, at=on(5))
        handed(session, plant, plant.press_weld, 50, rejected=50, at=on(10, year=2025))

    put(scene, records)
    return scene


def test_acceptance_and_yield_of_both_periods(made: Scene):
    told = snapshot(made, CODE)
    assert value(told, "performance.fta") == (pytest.approx(4 / 5), 5)
    assert value(told, "performance.fpy") == (pytest.approx((190 + 150 + 80) / 450), 450)
    fta = figure(told, "performance.fta")
    assert (fta.before.value, fta.before.n) == (0, 1)
    assert (fta.now.low, fta.now.high) == (pytest.approx(0.3755, abs=1e-4), pytest.approx(0.9638, abs=1e-4))


def test_lines_and_links(made: Scene):
    told = snapshot(made, CODE)
    assert len(table(told, "lines").rows) == 1
    links = table(told, "links")
    assert [cell.en for cell in column(links, "link")] == ["Press → Weld", "Paint → Final check", "Weld → Paint"]
    first = line(links)
    assert (first["lots"], first["accepted_first"], first["fta"], first["fta_before"]) == (2, 1, 0.5, 0)
    assert (first["pieces"], first["good_first"], first["fpy"]) == (200, 190, 0.95)


def test_rolled_yield_multiplies_the_operations_of_the_routing(made: Scene):
    told = snapshot(made, CODE)
    rolled = line(table(told, "routes"))
    assert rolled["rty"] == pytest.approx(0.95 * 1 * 0.8)
    assert (rolled["n"], rolled["steps"], rolled["missing"], rolled["rty_before"]) == (100, 3, None, None)
    assert "76.0%" in told.said[0].en


def test_a_step_without_hand_overs_leaves_the_routing_without_a_figure(scene: Scene):
    put(scene, lambda session: handed(session, scene.plant, scene.plant.paint_final, 80, at=on(5)))
    rolled = line(table(snapshot(scene, CODE), "routes"))
    assert (rolled["rty"], rolled["missing"]) == (None, "Press, Weld")


def test_nothing_handed_over_is_no_figure(scene: Scene):
    told = snapshot(scene, CODE)
    assert told.is_empty
    assert value(told, "performance.fta") == (None, 0)


def test_imported_efficiency_of_the_period_stands_beside(made: Scene):
    at = datetime(2026, 7, 1, tzinfo=UTC)
    with made.db.transaction(SYSTEM, "tests.imported") as session:
        origin = Import(kind="measures", file_name="oee.csv", file_sha256="0" * 64, started_at=at,
                        person_id=0)
        session.add(origin)
        session.flush()
        session.add_all([UnitMeasure(site_id=made.plant.site, import_id=origin.id, source="MES", unit_code="OP10",
                                     measure=name, kind="internal", period=period, value=Decimal("81.5"), line=n)
                         for n, (name, period) in enumerate([("OEE", "2026-03"), ("OEE", "2025-03"),
                                                             ("Absence", "2026-03")])])
    assert column(table(snapshot(made, CODE), "imported"), "period") == ["2026-03"]


def test_every_path_opens(made: Scene, sign_in):
    assert len(opens(snapshot(made, CODE), sign_in)) == 5
