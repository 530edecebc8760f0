"""Which targets of outside customers were missed in a period (R-41). Only reads."""

import json
from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.chain import Unit
from qms.models.customers_scores import ScoreReading
from qms.models.review import Review
from qms.rules.review import Missed
from qms.rules.words import Words

MISSED = ("yellow", "red")
"""Colours of a reading that did not reach its target."""


def misses(session: Session, site_ids: Sequence[int], first: date, last: date) -> list[Missed]:
    """Return each customer and metric that missed its target in a month of the period, by customer and metric."""
    rows = session.execute(
        select(Unit.id, Unit.name_en, Unit.name_zh, ScoreReading.metric, ScoreReading.month)
        .join(Unit, Unit.id == ScoreReading.customer_id)
        .where(ScoreReading.site_id.in_(site_ids), ScoreReading.month >= first.replace(day=1),
               ScoreReading.month <= last, ScoreReading.colour.in_(MISSED))
        .order_by(Unit.code, ScoreReading.metric, ScoreReading.month))
    found: dict[tuple[int, str], Missed] = {}
    for customer_id, en, zh, metric, month in rows:
        held = found.get((customer_id, metric), Missed(customer_id, Words(en, zh), metric, ()))
        if month not in held.months:
            found[customer_id, metric] = held._replace(months=(*held.months, month))
    return list(found.values())


def kept(missed: Sequence[Missed]) -> str:
    """Return missed targets as they are frozen with a review."""
    return json.dumps([[one.customer_id, one.customer.en, one.customer.zh, one.metric,
                        [month.isoformat() for month in one.months]] for one in missed], ensure_ascii=False)


def frozen_misses(review: Review) -> list[Missed]:
    """Return the missed targets that were frozen with a review; none before."""
    return [Missed(customer_id, Words(en, zh), metric, tuple(map(date.fromisoformat, months)))
            for customer_id, en, zh, metric, months in json.loads(review.missed or "[]")]
