"""What a review tells of customers' scorecards, worked out by hand."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from flask.testing import FlaskClient

from qms.measures.intervals import wilson
from qms.models.customers import CustomerTarget
from qms.models.customers_scores import SpecialStatus
from tests.review.scene import Scene
from tests.review.test_customers import read_off
from tests.review.told import column, figure, line, opens, put, register_customer, snapshot, table, value

CODE = "scorecards"


def status(scene: Scene, **given: Any) -> None:
    """Let Star Motors put the plant under controlled shipping since March."""
    put(scene, lambda session: session.add(SpecialStatus(**({
        "site_id": scene.plant.site, "customer_id": scene.plant.customer, "kind": "cs1", "from_on": date(2026, 3, 2),
        "cause": "Burr", "exit_criteria": "30 days clean", "entered_by_id": scene.plant.quality_engineer.id,
        "entered_at": scene.at} | given))))


def year(scene: Scene) -> None:
    """Read three months of PPM, one of them off target and one near it, and one of a metric without target."""
    read_off(scene, "ppm", 1, 40)
    read_off(scene, "ppm", 2, 54, colour="yellow")
    read_off(scene, "ppm", 6, 90, colour="red")
    read_off(scene, "otd", 6, 99, target=None, colour="none")
    read_off(scene, "ppm", 12, 90, year=2025, colour="red")


def test_readings_of_the_period_are_counted_against_their_targets(scene: Scene):
    year(scene)
    made = snapshot(scene, CODE)
    assert value(made, "scorecards.read") == (4, 4)
    assert value(made, "scorecards.on_target") == (1 / 3, 3)
    on_target = figure(made, "scorecards.on_target")
    assert (on_target.now.low, on_target.now.high) == wilson(1, 3)
    assert on_target.before is not None
    assert (on_target.before.value, on_target.before.n) == (0, 1)
    first, second = line(table(made, "scorecard_values")), line(table(made, "scorecard_values"), 1)
    assert (first["metric"], first["plant"], first["target"], first["readings"], first["with_target"],
            first["on_target"]) == ("PPM", "all plants", Decimal(50), 3, 3, 1)
    assert [first[f"m2026{month:02}"] for month in range(1, 7)] == [Decimal(40), Decimal(54), None, None, None,
                                                                    Decimal(90)]
    assert (second["metric"], second["with_target"]) == ("On-time delivery", 0)


def test_missed_targets_are_listed_with_their_months(scene: Scene):
    year(scene)
    made = snapshot(scene, CODE)
    assert value(made, "scorecards.missed") == (1, 4)
    assert line(table(made, "missed_targets")) == {"customer": "Star Motors", "metric": "PPM", "missed": 2,
                                                  "months": "2026-02, 2026-06"}


def test_a_month_that_was_not_read_is_told(scene: Scene):
    year(scene)
    put(scene, lambda session: session.add(CustomerTarget(
        site_id=scene.plant.site, customer_id=scene.plant.customer, metric="ppm", value=Decimal(50),
        valid_from=date(2026, 2, 1))))
    made = snapshot(scene, CODE)
    assert value(made, "scorecards.not_read") == (3, 5)
    assert [getattr(cell, "en", cell) for cell in table(made, "scorecard_colours").rows[0].cells[1:]] == [
        "On target", "Near target", "Not read", "Not read", "Not read", "Off target"]


def test_special_status_is_told_with_whether_the_certification_body_knows(scene: Scene):
    status(scene)
    status(scene, kind="other", to_on=date(2026, 4, 1), body_told_on=date(2026, 3, 9))
    status(scene, kind="cs2", from_on=date(2025, 3, 2), to_on=date(2025, 9, 30))
    made = snapshot(scene, CODE)
    assert value(made, "scorecards.special_status") == (2, None)
    assert value(made, "scorecards.body_told") == (0.5, 2)
    assert [cell.en for cell in column(table(made, "special_status"), "body")] == ["not told yet", "told"]
    assert len(made.warned) == 1
    assert "Controlled shipping level 1" in made.warned[0].en


def test_no_reading_is_no_zero(scene: Scene):
    made = snapshot(scene, CODE)
    assert made.is_empty
    assert value(made, "scorecards.read") == (None, 0)
    assert value(made, "scorecards.missed") == (None, 0)
    assert value(made, "scorecards.not_read") == (None, 0)


def test_every_page_it_leads_to_opens(scene: Scene, sign_in: Callable[..., FlaskClient]):
    year(scene)
    status(scene)
    register_customer(scene)
    assert len(opens(snapshot(scene, CODE), sign_in)) == 2
