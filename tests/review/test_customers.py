"""What a review tells of outside customers, worked out by hand on the small plant."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from flask.testing import FlaskClient

from qms.measures.intervals import wilson
from qms.models.customers_complaints import CustomerComplaint
from qms.models.customers_scores import ScoreReading
from tests.measures.records import found, handed
from tests.review.scene import Scene
from tests.review.told import column, figure, line, on, opens, put, register_customer, snapshot, table, value
from tests.satisfaction.scene import Scene as Surveys

CODE = "external_satisfaction"
serials = count(1)


def complained(scene: Scene, at: datetime, **given: Any) -> CustomerComplaint:
    """Record a complaint of Star Motors; its first answer was an hour early unless told otherwise."""
    serial = next(serials)

    def work(session: Any) -> CustomerComplaint:
        made = CustomerComplaint(**({
            "site_id": scene.plant.site, "year": at.year, "serial": serial, "number": f"CC-{serial}",
            "customer_id": scene.plant.customer, "kind": "quality", "severity": "MA", "state": "closed",
            "received_at": at, "recorded_at": at, "recorded_by_id": scene.plant.quality_engineer.id,
            "description": "Burr", "d3_due_at": at + timedelta(hours=24), "d5_due_at": at + timedelta(days=14),
            "d8_due_at": at + timedelta(days=60), "d3_sent_at": at + timedelta(hours=23)} | given))
        session.add(made)
        return made

    return put(scene, work)


def read_off(scene: Scene, metric: str, month: int, reading: int, year: int = 2026, **given: Any) -> None:
    """Let a scorecard say something of a month."""
    put(scene, lambda session: session.add(ScoreReading(**({
        "site_id": scene.plant.site, "customer_id": scene.plant.customer, "month": date(year, month, 1),
        "metric": metric, "value": Decimal(reading), "target": Decimal(50), "colour": "green",
        "read_on": date(year, month, 1), "read_by_id": scene.plant.quality_engineer.id, "entered_at": scene.at}
        | given))))


@pytest.fixture
def half(scene: Scene) -> Scene:
    """Give the plant ten lots inside, eight of them accepted at once, 2,000 pieces shipped, and two escapes."""
    plant = scene.plant

    def work(session: Any) -> None:
        for place in range(10):
            handed(session, plant, plant.weld_paint, 100, rejected=5 if place < 2 else 0, at=on(2))
        handed(session, plant, plant.final_customer, 2000, at=on(3))
        found(session, plant, 3, at_unit=plant.customer, origin=plant.weld, steps=3, escape_class="E0", at=on(4))
        found(session, plant, 1, at_unit=plant.customer, origin=None, escape_class="EF", origin_state="unknown",
              at=on(5))
        found(session, plant, 9, at_unit=plant.customer, origin=plant.weld, escape_class="E0", state="void", at=on(5))
        found(session, plant, 9, at_unit=plant.paint, origin=plant.weld, steps=1, escape_class="1", at=on(5))

    put(scene, work)
    return scene


def test_what_reached_the_customer_is_counted(half: Scene):
    made = snapshot(half, CODE)
    assert value(made, "external_satisfaction.fta") == (0.8, 10)
    assert (figure(made, "external_satisfaction.fta").now.low,
            figure(made, "external_satisfaction.fta").now.high) == wilson(8, 10)
    assert value(made, "external_satisfaction.escapes") == (2, None)
    assert value(made, "external_satisfaction.escaped_ppm") == (2000.0, 2000)
    assert line(table(made, "customers")) | {"colour": None} == {
        "customer": "C01 Star Motors", "fta": 0.8, "lots": 10, "escapes": 2, "pieces": 4, "shipped": 2000,
        "ppm": None, "ppm_before": None, "otd": None, "otd_before": None, "complaints": 0, "complaints_before": 0,
        "colour": None, "index": None, "index_n": None, "index_low": None, "index_high": None,
        "survey": "no survey published", "change": None}


def test_nothing_counted_is_no_zero(scene: Scene):
    made = snapshot(scene, CODE)
    assert made.is_empty
    assert value(made, "external_satisfaction.fta") == (None, 0)
    assert value(made, "external_satisfaction.escaped_ppm") == (None, 0)
    assert value(made, "external_satisfaction.index") == (None, 0)


def test_complaints_of_both_periods_and_their_first_answers_are_counted(scene: Scene):
    complained(scene, on(1))
    complained(scene, on(1), d3_sent_at=on(1) + timedelta(hours=25))
    complained(scene, on(6), kind="field", quantity_confirmed=4)
    complained(scene, on(6), state="received", d3_sent_at=None)
    complained(scene, on(7), d3_sent_at=None, answered_in_time=False)
    complained(scene, on(6), d3_sent_at=None, answered_in_time=True)
    complained(scene, on(6), state="void", void_reason="Twice")
    complained(scene, on(12, year=2025))
    made = snapshot(scene, CODE)
    complaints = figure(made, "external_satisfaction.complaints")
    assert (complaints.now.value, complaints.before and complaints.before.value) == (5, 1)
    assert value(made, "external_satisfaction.answered") == (0.6, 5)
    months = table(made, "customer_complaints_months")
    assert column(months, "complaints") == [2, 0, 0, 0, 0, 3]
    assert column(months, "field") == [0, 0, 0, 0, 0, 1]


def test_scorecards_stand_beside_with_their_means_and_the_worst_colour_of_the_last_month(scene: Scene):
    read_off(scene, "ppm", 5, 30)
    read_off(scene, "ppm", 6, 60, colour="red")
    read_off(scene, "otd", 6, 98)
    read_off(scene, "ppm", 10, 20, year=2025)
    told = line(table(snapshot(scene, CODE), "customers"))
    assert (told["ppm"], told["ppm_before"], told["otd"], told["colour"]) == (45, 20, 98, "Off target")


@pytest.fixture
def asked(scene: Scene) -> Callable[..., None]:
    """Return a function that surveys Star Motors in May."""
    def survey(answers: int, invited: int = 10, value: int = 4, **given: Any) -> None:
        surveys = Surveys(scene.db, scene.plant, at=on(5, 4))
        held = surveys.opened({scene.plant.customer: invited}, kind="customers", **given)
        surveys.answered(held, {scene.plant.customer: answers}, value)
        surveys.at += timedelta(days=15)
        surveys.published(held)
    return survey


def test_a_published_survey_is_told_with_n_and_interval(scene: Scene, asked: Callable[..., None]):
    asked(6)
    made = snapshot(scene, CODE)
    assert value(made, "external_satisfaction.index") == (75, 6)
    assert value(made, "external_satisfaction.response") == (0.6, 10)
    told = line(table(made, "customers"))
    assert (told["index"], told["index_n"], told["survey"]) == (75, 6, "published")


def test_r37_what_the_survey_hides_stays_hidden(scene: Scene, asked: Callable[..., None]):
    asked(4)
    made = snapshot(scene, CODE)
    assert value(made, "external_satisfaction.index") == (None, 0)
    told = line(table(made, "customers"))
    assert (told["index"], told["index_n"], told["survey"]) == (None, None, "hidden: too few answers")


def test_every_page_it_leads_to_opens(half: Scene, sign_in: Callable[..., FlaskClient]):
    complained(half, on(6))
    register_customer(half)
    assert len(opens(snapshot(half, CODE), sign_in)) >= 4
