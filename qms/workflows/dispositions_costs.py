"""How rates are set by revision, and how a month is approved, closed and frozen (R-54). Knows no page."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Item, Unit
from qms.models.dispositions_costs import CostLine, CostMonth, CostRate
from qms.rules import dispositions_costs as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Doubled, IllegalStep, Invalid
from qms.workflows.dispositions_costing import (
    FINANCE,
    check_of_site,
    currency_of,
    lock_site,
    need_finance,
    one_line,
    today,
)
from qms.workflows.rejections_records import check_version


def set_rate(session: Session, person: Actor, *, site_id: int, kind: str, rate: Decimal, currency: str,
             valid_from: date, item_id: int | None = None, unit_id: int | None = None) -> CostRate:
    """Set a rate from a day on; the one before it ends the day before and is never edited.

    Raises Invalid, NotFound, NotAllowed.
    """
    need_finance(session, person, site_id)
    rules.check_rate(kind, item_id, rate, currency)
    rules.check_currency(currency, currency_of(session, site_id))
    check_of_site(session, Item, item_id, site_id, "item_id")
    check_of_site(session, Unit, unit_id, site_id, "unit_id")
    lock_site(session, site_id)
    before = session.scalars(select(CostRate).where(
        CostRate.site_id == site_id, CostRate.kind == kind, CostRate.item_id.is_not_distinct_from(item_id),
        CostRate.unit_id.is_not_distinct_from(unit_id)).order_by(CostRate.revision.desc()).limit(1)).first()
    if before is not None and valid_from <= before.valid_from:
        raise Invalid(f"The next revision begins after {before.valid_from}.",
                      f"新版本须晚于 {before.valid_from} 生效。", field="valid_from")
    if is_closed(session, site_id, rules.period_of(valid_from)):
        raise Invalid("That month is closed.", "该月已月结。", field="valid_from")
    if before is not None:
        before.valid_to = valid_from - timedelta(days=1)
    made = CostRate(site_id=site_id, kind=kind, item_id=item_id, unit_id=unit_id, rate=rate, currency=currency,
                    revision=before.revision + 1 if before else 1, valid_from=valid_from, set_by_id=person.id)
    session.add(made)
    session.flush()
    return made


def approve_line(session: Session, person: Actor, line_id: int, rev: int) -> CostLine:
    """Approve an estimate. Raises Stale, IllegalStep, NotFound, NotAllowed."""
    line = one_line(session, person, line_id, lock=True)
    need_finance(session, person, line.site_id)
    check_version(line, rev, {"approved_by_id": person.id})
    if line.approved_at is not None or is_closed(session, line.site_id, line.period):
        raise IllegalStep("This line is approved already.", "此行已批准。")
    line.approved_by_id, line.approved_at = person.id, now(session)
    session.flush()
    return line


def approve_month(session: Session, person: Actor, site_id: int, period: str) -> int:
    """Approve every estimate of an open month; return how many. Raises NotFound, NotAllowed."""
    need_finance(session, person, site_id)
    lines = session.scalars(select(CostLine).where(CostLine.site_id == site_id, CostLine.period == period,
                                                   CostLine.approved_at.is_(None)).with_for_update()).all()
    for line in lines:
        line.approved_by_id, line.approved_at = person.id, now(session)
    session.flush()
    return len(lines)


def close_month(session: Session, person: Actor, site_id: int, period: str) -> CostMonth:
    """Freeze a month with its sums and the hash of its lines. Raises Refused (R-54), Doubled, Invalid, NotFound..."""
    need_finance(session, person, site_id)
    lock_site(session, site_id)
    if is_closed(session, site_id, period):
        raise Doubled("This month is closed already.", "该月已月结。", field="period")
    lines = lines_of(session, site_id, period)
    closed = set(session.scalars(select(CostMonth.period).where(CostMonth.site_id == site_id)))
    earlier = set(session.scalars(select(CostLine.period).where(
        CostLine.site_id == site_id, CostLine.period < period).distinct())) - closed
    rules.check_close(period, today(session, site_id), earlier, sum(line.approved_at is None for line in lines))
    made = CostMonth(site_id=site_id, period=period, currency=currency_of(session, site_id) or "CNY",
                     lines=len(lines), content_hash=hash_of(lines), closed_at=now(session), closed_by_id=person.id,
                     grant_id=person.need(FINANCE, site_id=site_id), **sums(lines))
    session.add(made)
    session.flush()
    return made


def lines_of(session: Session, site_id: int, period: str) -> list[CostLine]:
    """Return every line of a month."""
    return list(session.scalars(select(CostLine).where(CostLine.site_id == site_id, CostLine.period == period)
                                .order_by(CostLine.category, CostLine.id)))


def sums(lines: list[CostLine]) -> dict[str, Decimal]:
    """Return the sum of each class, exactly; a class without lines is 0.00."""
    found = dict.fromkeys(rules.CATEGORIES, Decimal("0.00"))
    for line in lines:
        found[line.category] += line.amount
    return found


def hash_of(lines: list[CostLine]) -> str:
    """Return the hash over the lines of a month."""
    return rules.content_hash((x.id, x.category, x.element, x.amount, x.currency) for x in lines)


def is_closed(session: Session, site_id: int, period: str) -> bool:
    """Tell whether a month is closed."""
    return session.scalar(select(CostMonth.id).where(CostMonth.site_id == site_id,
                                                     CostMonth.period == period)) is not None
