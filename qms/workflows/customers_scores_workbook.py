"""How the lines of the scorecard workbook become readings, all or none, with the file as evidence. Knows no request.

A preview carries everything out as if each reading were entered by hand and rolls it back, so that what is taken over
later is what was shown. A line without a value says nothing; what is as it was stays untouched.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.db import Database
from qms.models.chain import Site, Unit
from qms.models.customers import Customer, CustomerPlant
from qms.models.customers_scores import ScoreReading
from qms.models.imports import Import
from qms.rules.accounts import Actor
from qms.rules.chain_workbook import Line
from qms.rules.customers_scores_sheet import SCORES
from qms.rules.errors import Invalid, NotFound, Problem
from qms.rules.files import File
from qms.workflows import customers_scores as scores
from qms.workflows.acceptance_records import today
from qms.workflows.attachments_files import attach_workbook
from qms.workflows.chain_records import required
from qms.workflows.chain_workbook import Plan, digest_of, in_order, taken_over, tried, tried_out
from qms.workflows.chain_workbook_lines import Change, Field
from qms.workflows.customers_records import sees

KIND = "score_readings"
ACTION = "customers.apply_scores"
_OURS = ("value", "action", "note")


@dataclass
class Ground:
    """What every line is taken over against: who does it, why, when it was read, and what the site has.

    Units, plants and readings are held here, so that they are read from the database once and not for every line.
    """

    session: Session
    person: Actor
    reason: str
    read_on: date | None
    customers: dict[str, Unit]
    plants: dict[tuple[int, str], CustomerPlant]
    readings: dict[tuple[int, int | None, date, str], ScoreReading]


def preview(database: Database, person: Actor, site_id: int, lines: Sequence[Line],
            problems: Sequence[Problem] = ()) -> Plan:
    """Return what the lines would do, and undo it. `problems` are those of reading the file.

    Raises NotFound, NotAllowed.
    """
    return tried_out(database, person, ACTION,
                     lambda session: _carry_out(session, person, site_id, lines, "preview", None), problems)


def apply(session: Session, person: Actor, site_id: int, lines: Sequence[Line], *, digest: str, reason: str,
          read_on: date | None, file_name: str, file: File, folder: Path) -> Import:
    """Carry the lines out as the preview of this digest showed them, and put the file to what they made or changed.

    `read_on`: when new readings were read at the customers' portals; None: today. Raises BadFile when a line is wrong,
    Stale when readings have changed since the preview, Invalid without a reason, NotFound, NotAllowed.
    """
    reason = required(reason, "reason")
    if read_on is not None and read_on > today(session, site_id):
        raise Invalid("This day is still to come.", "该日期尚未到来。", field="read_on")
    plan = _carry_out(session, person, site_id, lines, reason, read_on)
    run = taken_over(session, person, plan, lines, digest=digest, reason=reason, kind="scores", site_id=site_id,
                     file_name=file_name, file_sha256=file.sha256)
    attach_workbook(session, person, KIND, [change.record.id for change in plan.work], name=file_name, file=file,
                    folder=folder)
    return run


def _carry_out(session: Session, person: Actor, site_id: int, lines: Sequence[Line], reason: str,
               read_on: date | None) -> Plan:
    site = session.get(Site, site_id)
    if site is None or not sees(person, site_id):
        raise NotFound
    told = [line for line in lines if not line.is_broken and not _says_nothing(line)]
    ground = _ground(session, person, site, told, reason, read_on)
    plan = Plan(problems=_doubled(told))
    for line in told:
        change = tried(line, plan, lambda line=line: _take(ground, line))  # type: ignore[misc]
        plan.changes.extend([change] if change else [])
    plan.problems = in_order(plan.problems)
    plan.digest = digest_of(plan.work)
    return plan


def _ground(session: Session, person: Actor, site: Site, lines: Sequence[Line], reason: str,
            read_on: date | None) -> Ground:
    """Read the customers in use of a site, their plants in use, and their readings of the months that lines name."""
    customers = session.scalars(select(Unit).join(Customer, Customer.unit_id == Unit.id)
                                .where(Customer.site_id == site.id, Customer.active))
    plants = session.scalars(select(CustomerPlant).where(CustomerPlant.site_id == site.id, CustomerPlant.active))
    months = [line.values["month"] for line in lines]
    readings = session.scalars(
        select(ScoreReading).options(joinedload(ScoreReading.action))
        .where(ScoreReading.site_id == site.id, ScoreReading.month.in_(sorted(set(months)))))
    return Ground(session, person, reason, read_on, {unit.code: unit for unit in customers},
                  {(plant.customer_id, plant.code): plant for plant in plants},
                  {(one.customer_id, one.plant_id, one.month, one.metric): one for one in readings})


def _says_nothing(line: Line) -> bool:
    return all(line.values.get(key) is None for key in _OURS)


def _take(ground: Ground, line: Line) -> Change:
    """Enter or correct the reading of a line, as if by hand."""
    told = line.values
    customer = ground.customers.get(told["customer"])
    if customer is None:
        raise Invalid(f"No customer {told['customer']} is registered at this site.",
                      f"本工厂没有登记顾客 {told['customer']}。", field="customer")
    plant_id = _plant(ground, customer.id, told.get("plant"))
    if told.get("value") is None:
        raise Invalid("Give the value: what was not read is not 0.", "请填写数值: 未读取不等于 0。", field="value")
    key = (customer.id, plant_id, told["month"], told["metric"])
    held = ground.readings.get(key)
    if held is not None:
        return _corrected(ground, line, held)
    made = scores.enter(ground.session, ground.person, customer.id, month=told["month"], metric=told["metric"],
                        value=told["value"], plant_id=plant_id, read_on=ground.read_on, note=told.get("note"),
                        action=told.get("action"))
    ground.readings[key] = made
    return Change(line, "new", made)


def _plant(ground: Ground, customer_id: int, code: str | None) -> int | None:
    if code is None:
        return None
    found = ground.plants.get((customer_id, code))
    if found is None:
        raise Invalid(f"This customer has no plant {code}.", f"该顾客没有工厂 {code}。", field="plant")
    return found.id


def _corrected(ground: Ground, line: Line, held: ScoreReading) -> Change:
    """Correct a reading that is there; a column that the file leaves out stays as it is."""
    old: dict[str, Any] = {"value": held.value, "action": held.action.number if held.action else None,
                           "note": held.note}
    new = old | {key: line.values[key] for key in _OURS if key in line.values}
    new["action"] = new["action"] and new["action"].strip().upper()
    fields = tuple(Field(key, _shown(key, old[key]), _shown(key, new[key])) for key in _OURS if new[key] != old[key])
    if not fields:
        return Change(line, "same", held)
    rev = held.rev
    scores.correct(ground.session, ground.person, held.id, rev, reason=ground.reason, **new)
    return Change(line, "changed", held, rev, fields)


def _shown(key: str, value: Any) -> str:
    return SCORES.column(key).shown(value)


def _doubled(lines: Sequence[Line]) -> list[Problem]:
    """Find lines that are about the same reading as an earlier line."""
    seen: dict[tuple[Any, ...], int] = {}
    found = []
    for line in lines:
        key = tuple(line.values.get(name) for name in SCORES.identity)
        if key in seen:
            found.append(Problem(f"Line {seen[key]} is about the same reading.", f"与第 {seen[key]} 行重复。",
                                 line=line.number, column=SCORES.column("metric").head, sheet=SCORES.title))
        seen.setdefault(key, line.number)
    return found
