"""What stands on the scorecard workbook before anybody fills it in: a line for each reading that is due or there."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from qms.models.chain import Site, Unit
from qms.models.customers import Customer, CustomerPlant, CustomerTarget
from qms.models.customers_scores import ScoreReading
from qms.rules import customers_scores as rules
from qms.rules.accounts import Actor
from qms.rules.chain_workbook import both
from qms.rules.customers_metrics import METRICS
from qms.rules.customers_scores_sheet import check_lines, check_months
from qms.rules.errors import NotFound
from qms.rules.words import Words
from qms.workflows.acceptance_records import today
from qms.workflows.customers_records import sees
from qms.workflows.customers_scores import SCORE

NO_TARGET_NEEDED = "response_hours"
"""This target belongs to the clock of complaints, not to the scorecard."""


def rows(session: Session, person: Actor, site_id: int, first: date, last: date) -> list[dict[str, Any]]:
    """Return a line for each customer, month, metric and plant, with target, and value and note where it was read.

    A metric is expected where a target is in force at the end of the month; it is asked for by plant where it was read
    by plant within twelve months. Raises Invalid, NotFound.
    """
    if session.get(Site, site_id) is None or not sees(person, site_id):
        raise NotFound
    check_months(first, last, today(session, site_id))
    shown = [month for month in rules.months(last) if month >= first]
    found: list[dict[str, Any]] = []
    for customer in session.scalars(
            select(Customer).join(Unit, Unit.id == Customer.unit_id).options(contains_eager(Customer.unit))
            .where(Customer.site_id == site_id, Customer.active).order_by(Unit.code)):
        if person.may(SCORE, site_id=site_id, unit_path=customer.unit.path):
            found += _of_customer(session, customer, shown)
    check_lines(len(found))
    return found


def _of_customer(session: Session, customer: Customer, shown: Sequence[date]) -> list[dict[str, Any]]:
    readings = session.scalars(
        select(ScoreReading).where(ScoreReading.customer_id == customer.unit_id,
                                   ScoreReading.month >= rules.months(shown[-1])[0], ScoreReading.month <= shown[-1])
        .options(joinedload(ScoreReading.action))).all()
    targets = session.scalars(
        select(CustomerTarget).where(CustomerTarget.customer_id == customer.unit_id, CustomerTarget.active)
        .order_by(CustomerTarget.valid_from, CustomerTarget.id)).all()
    plants: dict[int | None, str | None] = {None: None} | {one.id: one.code for one in session.scalars(
        select(CustomerPlant).where(CustomerPlant.customer_id == customer.unit_id).order_by(CustomerPlant.code))}
    return [_line(customer, month, metric, plants[plant_id], target, reading)
            for month in shown for metric in METRICS
            for plant_id, target, reading in _due(metric, month, readings, targets, list(plants))]


def _due(metric: str, month: date, readings: Sequence[ScoreReading], targets: Sequence[CustomerTarget],
         plant_ids: Sequence[int | None]) -> list[tuple[int | None, CustomerTarget | None, ScoreReading | None]]:
    """Return plant, target and reading of each line of a metric in a month; empty where nothing is due or there."""
    own = {one.plant_id: one for one in readings if one.metric == metric and one.month == month}
    target = next((one for one in reversed(targets) if one.metric == metric
                   and one.valid_from <= rules.end_of(month)), None)
    due = target is not None and metric != NO_TARGET_NEEDED
    usual = {one.plant_id for one in readings if one.metric == metric} or {None}
    return [(plant_id, target, own.get(plant_id)) for plant_id in plant_ids
            if plant_id in own or (due and plant_id in usual)]


def _line(customer: Customer, month: date, metric: str, plant: str | None, target: CustomerTarget | None,
          reading: ScoreReading | None) -> dict[str, Any]:
    """Return a line by the keys of the sheet. A reading keeps the target that was in force when it was entered."""
    unit, goal = customer.unit, target.value if target else None
    return {
        "customer": unit.code, "customer_name": both(Words(unit.name_en or unit.name_zh, unit.name_zh or unit.name_en)),
        "plant": plant, "month": month, "metric": metric, "unit": both(METRICS[metric].unit),
        "target": reading.target if reading else goal, "value": reading.value if reading else None,
        "action": reading.action.number if reading and reading.action else None,
        "note": reading.note if reading else None}
