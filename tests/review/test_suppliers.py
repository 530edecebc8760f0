"""What a review tells of outside suppliers, worked out by hand on the small plant."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

import pytest
from flask.testing import FlaskClient

from qms.measures.intervals import wilson
from qms.models.chain import Link, Unit
from tests.measures.records import found, handed
from tests.review.scene import Scene
from tests.review.test_improvement import opened
from tests.review.told import figure, line, on, opens, put, snapshot, table, value

CODE = "suppliers"


class Mill(NamedTuple):
    """A steel mill and the link by which it supplies press."""

    unit: int
    link: int


@pytest.fixture
def mill(scene: Scene) -> Mill:
    """Let a steel mill supply press."""
    def work(session: Any) -> Mill:
        unit = Unit(site_id=scene.plant.site, kind="supplier", code="S01", name_zh="钢厂", name_en="Steel mill",
                    path="")
        session.add(unit)
        session.flush()
        unit.path = f"{unit.id}."
        link = Link(site_id=scene.plant.site, supplier_id=unit.id, customer_id=scene.plant.press, kind="operation",
                    output_zh="卷料", output_en="Coil")
        session.add(link)
        session.flush()
        return Mill(unit.id, link.id)

    made: Mill = put(scene, work)
    return made


def half(scene: Scene, mill: Mill) -> None:
    """Receive 5 lots of 1,000, 14 pieces of one refused; 2 rejections confirmed, one found at paint; earlier 1 lot."""
    plant = scene.plant

    def work(session: Any) -> None:
        for place in range(5):
            handed(session, plant, mill.link, 1000, rejected=14 if place == 0 else 0, at=on(2))
        handed(session, plant, mill.link, 1000, rejected=10, at=on(9, year=2025))
        handed(session, plant, plant.press_weld, 1000, rejected=100, at=on(2))
        found(session, plant, 14, at_unit=plant.press, origin=mill.unit, steps=1, escape_class="1", at=on(2))
        found(session, plant, 3, at_unit=plant.paint, origin=mill.unit, steps=3, escape_class="2+", at=on(3))
        found(session, plant, 9, at_unit=plant.press, origin=mill.unit, steps=1, escape_class="1", at=on(3),
              origin_state="assumed")

    put(scene, work)
    opened(scene, on(2), origin_unit_id=mill.unit, done={"D3": on(2) + timedelta(days=2),
                                                         "D8": on(2) + timedelta(days=30)})
    opened(scene, on(3), origin_unit_id=mill.unit, done={"D3": on(3) + timedelta(days=5)})
    opened(scene, on(3), origin_unit_id=mill.unit, state="void", void_reason="Twice")
    opened(scene, on(3))


def test_incoming_lots_and_pieces_are_counted(scene: Scene, mill: Mill):
    half(scene, mill)
    made = snapshot(scene, CODE)
    assert value(made, "suppliers.fta") == (0.8, 5)
    ppm = figure(made, "suppliers.ppm")
    assert (ppm.now.value, ppm.now.n) == (2800, 5000)
    assert ppm.now.high == (wilson(14, 5000).high or 0) * 1_000_000
    assert ppm.before is not None
    assert (ppm.before.value, ppm.before.n) == (10_000, 1000)


def test_r34_only_settled_origins_count(scene: Scene, mill: Mill):
    half(scene, mill)
    made = snapshot(scene, CODE)
    assert value(made, "suppliers.rejections") == (2, None)
    assert value(made, "suppliers.later") == (0.5, 2)


def test_how_fast_suppliers_answer_is_told(scene: Scene, mill: Mill):
    half(scene, mill)
    made = snapshot(scene, CODE)
    assert value(made, "suppliers.contained") == (3.5, 2)
    assert value(made, "suppliers.closed") == (30, 1)
    told = line(table(made, "suppliers"))
    assert (told["supplier"], told["cases"], told["contained"], told["closed"], told["ppm_before"]) == (
        "S01 Steel mill", 2, 3.5, 30, 10_000)


def test_nothing_received_is_no_zero_ppm(scene: Scene):
    made = snapshot(scene, CODE)
    assert made.is_empty
    assert [value(made, f"suppliers.{name}") for name in ("fta", "ppm", "later", "contained", "closed")] == [
        (None, 0)] * 5


def test_every_page_it_leads_to_opens(scene: Scene, mill: Mill, sign_in: Callable[..., FlaskClient]):
    half(scene, mill)
    assert len(opens(snapshot(scene, CODE), sign_in)) == 1
