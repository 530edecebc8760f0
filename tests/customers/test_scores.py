"""Scorecards by month with colour, target and evidence; special status and the certification body (R-42)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from qms.models.customers_scores import ScoreReading, SpecialStatus
from qms.rules import customers_scores as rules
from qms.rules.clock import utc_now
from qms.rules.errors import Doubled, Invalid, NeedsReason, NotAllowed, Stale
from qms.workflows import actions, customers_parts
from qms.workflows import customers_scores as scores
from qms.workflows import customers_scores_grid as grids
from tests.customers.scene import Scene

HEADERS = {"X-Requested-By": "test"}
FEBRUARY = date(2026, 2, 1)
STATUS = {"kind": "cs1", "from_on": date(2026, 1, 10), "cause": "Burrs escaped", "exit_criteria": "30 clean days"}


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """The plant with its customer, who expects at most 50 PPM since January."""
    scene.customer()
    scene.do(customers_parts.add, None, scene.plant.customer, "target", metric="ppm", value=Decimal(50),
             valid_from=date(2026, 1, 1))
    return scene


def entered(scene: Scene, amount: int = 40, **given: Any) -> ScoreReading:
    return scene.do(scores.enter, None, scene.plant.customer, **(
        {"month": FEBRUARY, "metric": "ppm", "value": Decimal(amount)} | given))


@pytest.mark.parametrize(("metric", "value", "target", "expected"), [
    ("ppm", 50, 50, "green"), ("ppm", 55, 50, "yellow"), ("ppm", 56, 50, "red"), ("otd", 98, 98, "green"),
    ("otd", 90, 98, "yellow"), ("otd", 80, 98, "red"), ("disruptions", 0, 0, "green"), ("disruptions", 1, 0, "red"),
    ("score", 80, None, "none")])
def test_the_colour_follows_value_and_target(metric, value, target, expected):
    assert rules.colour(metric, Decimal(value), None if target is None else Decimal(target)) == expected


def test_a_reading_keeps_its_target_and_colour(scene: Scene):
    held = entered(scene, month=date(2026, 2, 17))
    assert (held.month, held.target, held.colour) == (FEBRUARY, Decimal(50), "green")
    scene.do(customers_parts.add, None, scene.plant.customer, "target", metric="ppm", value=Decimal(10),
             valid_from=date(2026, 2, 15))
    assert entered(scene, 9, month=date(2026, 1, 1)).target == Decimal(50)
    with pytest.raises(Doubled):
        entered(scene)


def test_what_cannot_be_read_is_refused(scene: Scene):
    for wrong in ({"month": date(2026, 4, 1)}, {"value": None}, {"metric": "x"}, {"value": Decimal(-1)},
                  {"read_on": date(2026, 4, 1)}, {"plant_id": 10**9}, {"action": "CA-SH-2026-999999"}):
        with pytest.raises(Invalid):
            entered(scene, **wrong)
    with pytest.raises(NotAllowed):
        scene.do(scores.enter, scene.plant.operator, scene.plant.customer, month=FEBRUARY, metric="ppm",
                 value=Decimal(1))


def test_r42_a_value_off_target_needs_an_action_or_a_reason(scene: Scene):
    with pytest.raises(NeedsReason) as refused:
        entered(scene, 400)
    assert (refused.value.rule, refused.value.field) == ("R-42", "note")
    assert entered(scene, 400, note="One lot, sorted").colour == "red"
    case = scene.do(actions.open_action, None, site_id=scene.plant.site, title="PPM in January")
    assert entered(scene, 400, month=date(2026, 1, 1), action=case.number.lower()).action_id == case.id


def test_a_correction_needs_a_reason_and_the_version_that_was_read(scene: Scene):
    held = entered(scene)
    with pytest.raises(Invalid):
        scene.do(scores.correct, None, held.id, held.rev, value=Decimal(45), reason=" ")
    corrected = scene.do(scores.correct, None, held.id, held.rev, value=Decimal(55), reason="Portal was updated")
    assert (corrected.value, corrected.colour, corrected.correction) == (Decimal(55), "yellow", "Portal was updated")
    with pytest.raises(Stale):
        scene.do(scores.correct, None, held.id, 1, value=Decimal(45), reason="x")


def test_r42_a_month_that_was_not_read_is_red_and_one_that_still_runs_is_not(scene: Scene):
    entered(scene)
    months, [line] = scene.do(grids.grid, None, scene.at.date())
    stands = dict(zip(months, line.months, strict=True))
    assert (stands[date(2026, 1, 1)].colour, stands[date(2026, 1, 1)].missing) == ("red", ("ppm",))
    assert (stands[FEBRUARY].colour, stands[FEBRUARY].missing) == ("green", ())
    assert (stands[date(2026, 3, 1)].colour, stands[date(2025, 12, 1)].colour) == ("", "")


def test_r42_a_special_status_is_open_until_the_certification_body_was_told(scene: Scene):
    held = scene.do(scores.put_under, None, scene.plant.customer, **STATUS)
    assert [one.id for one in scene.read(grids.in_force)] == [held.id]
    with pytest.raises(Invalid):
        scene.do(scores.edit_status, None, held.id, held.rev, **(STATUS | {"to_on": date(2026, 1, 1)}))
    told = STATUS | {"to_on": date(2026, 2, 28)}
    changed = scene.do(scores.edit_status, None, held.id, held.rev, **told)
    assert [one.id for one in scene.read(grids.in_force)] == [held.id]
    scene.do(scores.edit_status, None, held.id, changed.rev, **(told | {"body_told_on": date(2026, 1, 12)}))
    assert scene.read(grids.in_force) == []


@pytest.mark.parametrize("wrong", [{"kind": "x"}, {"cause": " "}, {"exit_criteria": ""}, {"from_on": date(2026, 4, 1)},
                                   {"body_told_on": date(2026, 4, 1)}])
def test_a_special_status_that_cannot_be_is_refused(scene: Scene, wrong):
    with pytest.raises(Invalid):
        scene.do(scores.put_under, None, scene.plant.customer, **(STATUS | wrong))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_r42_scorecards_are_kept_at_the_desk(scene: Scene, sign_in, page, language: str):
    browser, own = sign_in("quality_engineer", language), f"/customers/{scene.plant.customer}"
    last = (utc_now().replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    page(browser, "/customers/scorecards/")
    page(browser, f"{own}/scorecard/enter")
    form = {"month": last, "metric": "ppm", "plant_id": "", "value": "400", "read_on": f"{last}-01"}
    assert "R-42" in page(browser, f"{own}/scorecard/enter", form, status=409).text
    page(browser, f"{own}/scorecard/enter", form | {"note": "One lot"})
    page(browser, f"{own}/scorecard/enter", form | {"note": "One lot"}, status=422)
    [held] = scene.read(lambda session, _person: session.query(ScoreReading).all())
    page(browser, f"/customers/scorecards/{held.id}/correct")
    page(browser, f"/customers/scorecards/{held.id}/correct", {"rev": 1, "value": "40", "reason": "x"})
    page(browser, f"/attachments/files/score_readings/{held.id}/add")
    status = {"kind": "cs2", "plant_id": "", "from_on": "2026-01-10", "cause": "Burrs", "exit_criteria": "30 days"}
    page(browser, f"{own}/status/add")
    assert "R-42" in page(browser, f"{own}/status/add", status).text
    assert "R-42" in page(browser, "/customers/scorecards/").text
    [put] = scene.read(lambda session, _person: session.query(SpecialStatus).all())
    page(browser, f"/customers/status/{put.id}/edit")
    page(browser, f"/customers/status/{put.id}/edit", status | {"rev": 1, "body_told_on": "2026-01-11"})
    assert "R-42" not in page(browser, "/customers/scorecards/?last=2026-02").text
    page(sign_in("auditor"), f"{own}/scorecard/enter", status=403)


def test_r42_scorecards_are_kept_by_json(scene: Scene, sign_in):
    engineer, own = sign_in("quality_engineer"), f"/api/v1/customers/{scene.plant.customer}"

    def send(path: str, body: dict, method: str = "post"):
        return getattr(engineer, method)(path, json=body, headers=HEADERS)

    sent = {"month": "2026-02-01", "metric": "ppm", "value": 400, "read_on": "2026-02-20"}
    assert send(f"{own}/readings", sent).get_json()["rule"] == "R-42"
    made = send(f"{own}/readings", sent | {"note": "One lot"})
    assert (made.status_code, made.get_json()["colour"]) == (201, "red")
    corrected = send(f"/api/v1/customers/readings/{made.get_json()['id']}",
                     {"rev": 1, "value": 40, "reason": "x"}, "put")
    assert corrected.get_json()["colour"] == "green"
    status = {key: str(value) for key, value in STATUS.items()}
    put = send(f"{own}/statuses", status)
    assert put.status_code == 201
    assert send(f"/api/v1/customers/statuses/{put.get_json()['id']}", status | {
        "rev": 1, "body_told_on": "2026-01-12"}, "put").get_json()["body_told_on"] == "2026-01-12"
    card = engineer.get(f"{own}/scorecard?last=2026-03").get_json()
    assert (len(card["readings"]), len(card["statuses"]), len(card["months"])) == (1, 1, 12)
    assert {"metric": "ppm", "month": "2026-01-01"} in card["missing"]
    assert engineer.get(f"{own}/scorecard?last=x").status_code == 422
