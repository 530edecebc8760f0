"""What a review tells of warranty and of failures in the field, worked out by hand on the small plant."""

from collections.abc import Callable
from typing import Any

from flask.testing import FlaskClient

from qms.measures.intervals import wilson
from qms.models.actions import ActionSource
from qms.models.chain import Item
from qms.models.customers import CustomerPlant
from tests.measures.records import found
from tests.review.scene import Scene
from tests.review.test_customers import complained, read_off
from tests.review.test_improvement import opened
from tests.review.told import column, figure, line, on, opens, put, register_customer, snapshot, table, value


def plants(scene: Scene) -> list[int]:
    """Give Star Motors two plants."""
    def work(session: Any) -> list[int]:
        made = [CustomerPlant(site_id=scene.plant.site, customer_id=scene.plant.customer, code=code, name_zh=code,
                              name_en=code) for code in ("N", "S")]
        session.add_all(made)
        session.flush()
        return [int(one.id) for one in made]

    return list(put(scene, work))


def test_claims_and_returns_are_summed_over_plants_and_months(scene: Scene):
    north, south = plants(scene)
    read_off(scene, "warranty", 1, 3, plant_id=north)
    read_off(scene, "warranty", 1, 4, plant_id=south)
    read_off(scene, "warranty", 2, 10)
    read_off(scene, "warranty", 2, 6, plant_id=north)
    read_off(scene, "returns", 2, 25)
    read_off(scene, "warranty", 9, 5, year=2025)
    complained(scene, on(2), kind="field")
    made = snapshot(scene, "warranty")
    assert value(made, "warranty.claims") == (17, 3)
    assert value(made, "warranty.returns") == (25, 1)
    assert value(made, "warranty.complaints") == (1, None)
    assert line(table(made, "warranty_customers")) == {
        "customer": "C01 Star Motors", "claims": 17, "returns": 25, "complaints": 1, "claims_before": 5,
        "complaints_before": 0}
    months = table(made, "warranty_months")
    assert column(months, "claims") == [7, 10, None, None, None, None]
    assert column(months, "complaints") == [0, 1, 0, 0, 0, 0]


def test_no_fault_found_is_a_share_of_what_was_analysed(scene: Scene):
    complained(scene, on(2), kind="field", no_fault_found=True, criteria_ref="NFF-1", analysis="Good")
    complained(scene, on(2), place="field", analysis="Crack")
    complained(scene, on(2), kind="field")
    complained(scene, on(2), analysis="Burr")
    made = snapshot(scene, "warranty")
    assert value(made, "warranty.no_fault") == (0.5, 2)
    assert figure(made, "warranty.no_fault").now.high == wilson(1, 2).high


def test_nothing_read_is_no_zero_claim(scene: Scene):
    made = snapshot(scene, "warranty")
    assert made.is_empty
    assert [value(made, f"warranty.{name}") for name in ("claims", "returns", "no_fault")] == [(None, 0)] * 3


def half(scene: Scene) -> None:
    """Record four field complaints: of a safety case, of another case, of a critical item, and one bare."""
    first = complained(scene, on(1), kind="field", quantity_confirmed=3)
    second = complained(scene, on(2), place="field", severity="CR")
    complained(scene, on(3), kind="field", item_id=scene.plant.item, quantity_confirmed=4)
    complained(scene, on(4), kind="field")
    complained(scene, on(5))
    for held, safety in ((first, True), (second, False)):
        case = opened(scene, on(5), safety=safety)
        put(scene, lambda session, held=held, case=case: session.add(ActionSource(
            action_id=case, kind="customer_complaints", record_id=held.id, number=held.number, added_at=on(5),
            added_by_id=scene.plant.quality_engineer.id)))
    put(scene, lambda session: setattr(session.get_one(Item, scene.plant.item), "special", "CC"))
    put(scene, lambda session: found(session, scene.plant, 2, at_unit=scene.plant.customer, origin=None,
                                     escape_class="EF", origin_state="unknown", at=on(5)))


def test_field_failures_are_told_with_their_effect_on_safety(scene: Scene):
    half(scene)
    made = snapshot(scene, "field_failures")
    assert value(made, "field_failures.failures") == (4, None)
    assert value(made, "field_failures.pieces") == (7, 2)
    assert value(made, "field_failures.safety") == (2, 3)
    assert value(made, "field_failures.critical") == (0.25, 4)
    assert value(made, "field_failures.found") == (1, None)
    assert [cell.en for cell in column(table(made, "field_failures"), "safety")] == [
        "not recorded", "yes", "no", "yes"]


def test_no_failure_is_no_zero_share(scene: Scene):
    made = snapshot(scene, "field_failures")
    assert made.is_empty
    assert [value(made, f"field_failures.{name}") for name in ("pieces", "safety", "critical")] == [(None, 0)] * 3


def test_every_page_they_lead_to_opens(scene: Scene, sign_in: Callable[..., FlaskClient]):
    half(scene)
    read_off(scene, "warranty", 2, 10)
    register_customer(scene)
    assert len(opens(snapshot(scene, "field_failures"), sign_in)) == 5
    assert len(opens(snapshot(scene, "warranty"), sign_in)) == 3
