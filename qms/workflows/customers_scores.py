"""How scorecard readings are entered and corrected, and special status kept (R-42). Knows no page."""

from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.actions import Action
from qms.models.customers import CustomerPlant
from qms.models.customers_scores import ScoreReading, SpecialStatus
from qms.rules import customers_scores as rules
from qms.rules.accounts import Actor
from qms.rules.customers_metrics import check_value
from qms.rules.errors import Doubled, Invalid, NotFound
from qms.workflows.acceptance_records import today
from qms.workflows.chain_records import change, optional, required
from qms.workflows.customers_parts import target_on
from qms.workflows.customers_records import need, of_customer, one
from qms.workflows.rejections_records import check_version

SCORE = "customers.score"


def enter(session: Session, person: Actor, customer_id: int, *, month: date, metric: str, value: Decimal | None,
          read_on: date | None = None, plant_id: int | None = None, note: str | None = None,
          action: str | None = None) -> ScoreReading:
    """Enter what a scorecard says of a month; its target and colour are kept with it. `action`: a number.

    Raises NeedsReason (R-42), Doubled, Invalid, NotFound, NotAllowed.
    """
    customer = one(session, person, customer_id, lock=True)
    need(session, person, SCORE, customer_id)
    on = today(session, customer.site_id)
    first = rules.check_month(month, on)
    held = select(ScoreReading.id).where(
        ScoreReading.customer_id == customer_id, ScoreReading.month == first, ScoreReading.metric == metric,
        ScoreReading.plant_id.is_(None) if plant_id is None else ScoreReading.plant_id == plant_id)
    if session.scalar(held) is not None:
        raise Doubled("This was entered already: correct it.", "该数据已录入, 请更正。", field="metric")
    judged = _judged(session, customer.site_id, customer_id, first, metric, value, note, action)
    if read_on is not None and read_on > on:
        raise Invalid("This day is still to come.", "该日期尚未到来。", field="read_on")
    made = ScoreReading(
        site_id=customer.site_id, customer_id=customer_id, month=first, metric=metric, read_on=read_on or on,
        plant_id=of_customer(session, CustomerPlant, plant_id, customer_id, "plant_id"), read_by_id=person.id,
        entered_at=now(session), **judged)
    session.add(made)
    session.flush()
    return made


def correct(session: Session, person: Actor, reading_id: int, rev: int, *, value: Decimal | None,
            reason: str | None, note: str | None = None, action: str | None = None) -> ScoreReading:
    """Correct a reading, with a reason; the trail keeps what it was. Raises NeedsReason (R-42), Stale, Invalid..."""
    held = reading(session, person, reading_id)
    need(session, person, SCORE, held.customer_id)
    check_version(held, rev, {"value": value, "note": note})
    judged = _judged(session, held.site_id, held.customer_id, held.month, held.metric, value, note, action)
    change(held, judged | {"correction": required(reason, "reason")})
    session.flush()
    return held


def reading(session: Session, person: Actor, reading_id: int) -> ScoreReading:
    """Return a reading of a customer that the person may see. Raises NotFound."""
    held = session.get(ScoreReading, reading_id)
    if held is None:
        raise NotFound
    one(session, person, held.customer_id)
    return held


def put_under(session: Session, person: Actor, customer_id: int, **fields: Any) -> SpecialStatus:
    """Record that a customer put us under special status. Raises Invalid, NotFound, NotAllowed."""
    customer = one(session, person, customer_id)
    need(session, person, SCORE, customer_id)
    given = _checked(session, customer.site_id, customer_id, fields)
    made = SpecialStatus(site_id=customer.site_id, customer_id=customer_id, entered_by_id=person.id,
                         entered_at=now(session), **given)
    session.add(made)
    if made.body_told_on is None:
        acted(session, "R-42")
    session.flush()
    return made


def edit_status(session: Session, person: Actor, status_id: int, rev: int, **fields: Any) -> SpecialStatus:
    """Change a special status: its end, or when the certification body was told. Raises Stale, Invalid..."""
    held = status(session, person, status_id)
    need(session, person, SCORE, held.customer_id)
    check_version(held, rev, fields)
    change(held, _checked(session, held.site_id, held.customer_id, fields))
    session.flush()
    return held


def status(session: Session, person: Actor, status_id: int) -> SpecialStatus:
    """Return a special status of a customer that the person may see. Raises NotFound."""
    held = session.get(SpecialStatus, status_id)
    if held is None:
        raise NotFound
    one(session, person, held.customer_id)
    return held


def _judged(session: Session, site_id: int, customer_id: int, month: date, metric: str, value: Decimal | None,
            note: str | None, action: str | None) -> dict[str, Any]:
    """Return value, target, colour, note and action of a reading. Raises NeedsReason (R-42), Invalid."""
    if value is None:
        raise Invalid("Give the value: what was not read is not 0.", "请填写数值: 未读取不等于 0。", field="value")
    check_value(metric, value, "value")
    target = target_on(session, customer_id, metric, rules.end_of(month))
    goal = target.value if target is not None else None
    shade, said = rules.colour(metric, value, goal), optional(note)
    number, action_id = (action or "").strip().upper(), None
    if number:
        action_id = session.scalar(select(Action.id).where(Action.number == number, Action.site_id == site_id))
        if action_id is None:
            raise Invalid(f"There is no such action: {number}.", f"没有这条措施: {number}。", field="action")
    rules.check_off_target(shade, said, action_id)
    return {"value": value, "target": goal, "colour": shade, "note": said, "action_id": action_id}


def _checked(session: Session, site_id: int, customer_id: int, fields: dict[str, Any]) -> dict[str, Any]:
    given = dict(fields)
    rules.check_status(given["kind"], given["from_on"], given.get("to_on"), given.get("body_told_on"),
                       today(session, site_id))
    given |= {name: required(given.get(name), name) for name in ("cause", "exit_criteria")}
    given["body_ref"] = optional(given.get("body_ref"))
    given["plant_id"] = of_customer(session, CustomerPlant, given.get("plant_id"), customer_id, "plant_id")
    return given
