"""How costs of poor quality are posted: what a quantity is worth, what a disposition or stop cost, what finance enters.

Where no rate is known nothing is posted: an unknown cost is never 0.
"""

from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from qms.db import acted, now
from qms.models.chain import Site, Unit
from qms.models.customers_complaints import CustomerComplaint
from qms.models.dispositions import Disposition, Rework
from qms.models.dispositions_costs import CostLine, CostMonth, CostRate
from qms.models.rejections import Rejection
from qms.models.stops import Stop
from qms.rules import dispositions_costs as rules
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, Invalid, NotFound
from qms.rules.stops import minutes_lost
from qms.workflows.rejections_records import check_version

VIEW = "dispositions.costs"
FINANCE = "dispositions.finance"
WORK = {"rework": ("rework", ("labour_hour",)), "repair": ("rework", ("labour_hour",)),
        "sort": ("sorting", ("sort_hour", "labour_hour"))}
"""For each code whose work takes hours: the cost element, and the kinds of rate that price it, the first known."""


def rate_for(session: Session, site_id: int, kind: str, item_id: int | None, unit_id: int | None,
             on: date) -> CostRate | None:
    """Return the most specific rate that is valid on a day; None: no rate is known."""
    rates = session.scalars(select(CostRate).where(
        CostRate.site_id == site_id, CostRate.kind == kind, CostRate.valid_from <= on,
        or_(CostRate.valid_to.is_(None), CostRate.valid_to >= on)).order_by(CostRate.id)).all()
    return rules.most_specific(rates, item_id, unit_id)


def value_of(session: Session, site_id: int, item_id: int | None, unit_id: int | None, quantity: int,
             on: date) -> tuple[Decimal, str] | None:
    """Return what pieces of an item are worth at an operation, and the currency; None: no rate is known."""
    rate = rate_for(session, site_id, "item_cost", item_id, unit_id, on) if item_id is not None else None
    return None if rate is None else (rules.amount(Decimal(quantity), rate.rate), rate.currency)


def post_costs(session: Session, person: Actor, line: Disposition, *, on: date | None = None,
               wanted_on: date | None = None) -> CostLine | None:
    """Post what a completed disposition cost: scrapped pieces, or hours of work. None: it costs nothing that is known.

    `on`: the day whose rate holds, `wanted_on`: the day in whose month it is posted; None: today. Scrap of what the
    outside customer found is external failure.
    """
    rejection = session.get_one(Rejection, line.rejection_id)
    element, kinds, quantity = _of_line(session, line, rejection)
    if not quantity:
        return None
    on = on or today(session, line.site_id)
    rate = next((found for kind in kinds if (found := rate_for(
        session, line.site_id, kind, rejection.item_id, rejection.found_unit_id, on))), None)
    if rate is None:
        return None
    return _post(session, person, site_id=line.site_id, element=element, quantity=quantity, rate=rate,
                 on=wanted_on or on, rejection_id=rejection.id, disposition_id=line.id, unit_id=rejection.found_unit_id,
                 item_id=rejection.item_id)


def post_stop(session: Session, person: Actor, stop: Stop) -> CostLine | None:
    """Post the minutes of a reviewed stop for which the product may be wrong. None: it did not stand, or no rate."""
    minutes = minutes_lost(stop.stopped_at, stop.restarted_at, now(session))
    if not minutes or not stop.product_affecting:
        return None
    on = today(session, stop.site_id)
    rate = rate_for(session, stop.site_id, "stop_minute", stop.item_id, stop.unit_id, on)
    if rate is None:
        return None
    return _post(session, person, site_id=stop.site_id, element="downtime", quantity=Decimal(minutes), rate=rate,
                 on=on, stop_id=stop.id, unit_id=stop.unit_id, item_id=stop.item_id, rejection_id=stop.rejection_id)


def enter(session: Session, person: Actor, *, site_id: int, element: str, amount: Decimal, currency: str, period: str,
          note: str, unit_id: int | None = None, rejection_id: int | None = None,
          complaint_id: int | None = None) -> CostLine:
    """Enter an amount by hand with its reason; finance approves it thereby. That of a complaint is external failure.

    Raises Invalid, IllegalStep for a complaint that is void, NotFound, NotAllowed.
    """
    need_finance(session, person, site_id)
    category = rules.check_element(element)
    rules.check_period(period)
    rules.check_currency(currency, currency_of(session, site_id))
    if not amount.is_finite() or amount <= 0 or abs(amount) >= 10**12:
        raise Invalid("An amount is more than 0; a correction reverses its line.", "金额须大于 0; 更正请冲销原行。",
                      field="amount")
    if not note.strip():
        raise Invalid("Say what it is for.", "请说明用途。", field="note")
    check_of_site(session, Unit, unit_id, site_id, "unit_id")
    check_of_site(session, Rejection, rejection_id, site_id, "rejection")
    about = {} if complaint_id is None else _of_complaint(session, complaint_id, site_id, element)
    money = rules.amount(amount, Decimal(1))
    return _add(session, person, site_id=site_id, category=category, element=element, quantity=Decimal(1),
                measure="amount", rate=money, currency=currency, amount=money, wanted=period,
                note=note.strip(), unit_id=unit_id, rejection_id=rejection_id, approved_by_id=person.id,
                approved_at=now(session), **({"source": "manual"} | about))


def reverse(session: Session, person: Actor, line_id: int, rev: int, *, reason: str) -> CostLine:
    """Take a line back by another of the opposite amount, in the present month or the next open one.

    Raises Invalid, IllegalStep, Stale, NotFound, NotAllowed.
    """
    line = one_line(session, person, line_id, lock=True)
    need_finance(session, person, line.site_id)
    check_version(line, rev, {"note": reason})
    if not reason.strip():
        raise Invalid("Say why it is taken back.", "请说明冲销理由。", field="reason")
    if line.reverses_id is not None or session.scalar(select(CostLine.id).where(CostLine.reverses_id == line.id)):
        raise IllegalStep("This line has been reversed, or reverses another.", "此行已冲销, 或本身为冲销行。")
    copied = {name: getattr(line, name) for name in (
        "site_id", "category", "element", "measure", "rate", "rate_id", "currency", "rejection_id", "disposition_id",
        "stop_id", "complaint_id", "unit_id", "item_id", "source")}
    return _add(session, person, **copied, quantity=-line.quantity, amount=-line.amount, reverses_id=line.id,
                wanted=rules.period_of(today(session, line.site_id)), note=reason.strip(), approved_by_id=person.id,
                approved_at=now(session))


def one_line(session: Session, person: Actor, line_id: int, *, lock: bool = False) -> CostLine:
    """Return a cost line of a site whose costs the person may see. Raises NotFound."""
    found = session.get(CostLine, line_id, with_for_update=lock or None)
    sites = person.sites(VIEW)
    if found is None or not (sites is None or found.site_id in sites):
        raise NotFound
    return found


def currency_of(session: Session, site_id: int) -> str | None:
    """Return the currency in which a site reckons: that of its first rate or line; None: none yet."""
    for model in (CostRate, CostLine):
        found = session.scalar(select(model.currency).where(model.site_id == site_id).order_by(model.id).limit(1))
        if found is not None:
            return str(found)
    return None


def today(session: Session, site_id: int) -> date:
    """Return the day that it is at a site."""
    return now(session).astimezone(ZoneInfo(session.get_one(Site, site_id).time_zone)).date()


def _of_complaint(session: Session, complaint_id: int, site_id: int, element: str) -> dict[str, Any]:
    """Return what a line keeps of the complaint that it is for."""
    check_of_site(session, CustomerComplaint, complaint_id, site_id, "complaint_id")
    complaint = session.get_one(CustomerComplaint, complaint_id)
    rules.check_outside(element)
    if complaint.state == "void":
        raise IllegalStep("A complaint that is void costs nothing.", "已作废的投诉不计成本。")
    return {"complaint_id": complaint.id, "item_id": complaint.item_id, "source": "complaint"}


def _of_line(session: Session, line: Disposition, rejection: Rejection,
             ) -> tuple[str, tuple[str, ...], Decimal | None]:
    """Return the element, the kinds of rate and the quantity that a line costs; None: nothing."""
    if line.code == "scrap":
        outside = session.get_one(Unit, rejection.found_unit_id).kind == "customer"
        return "returned" if outside else "scrap", ("item_cost",), Decimal(line.quantity)
    if line.code in WORK:
        hours = session.scalars(select(Rework.hours).where(Rework.disposition_id == line.id)).all()
        return *WORK[line.code], sum((h for h in hours if h is not None), Decimal(0))
    return "scrap", (), None


def _post(session: Session, person: Actor, *, site_id: int, element: str, quantity: Decimal, rate: CostRate, on: date,
          **about: Any) -> CostLine:
    """Post what a rate makes of a quantity; it is an estimate until finance approves it."""
    return _add(session, person, site_id=site_id, category=rules.ELEMENTS[element].category, element=element,
                quantity=quantity, measure=rules.RATE_KINDS[rate.kind].measure, rate=rate.rate, rate_id=rate.id,
                currency=rate.currency, amount=rules.amount(quantity, rate.rate), source="auto",
                wanted=rules.period_of(on), **about)


def _add(session: Session, person: Actor, *, site_id: int, wanted: str, **fields: Any) -> CostLine:
    """Put a line into the wanted month, or the next one that is open (R-54); no month closes meanwhile."""
    lock_site(session, site_id)
    closed = set(session.scalars(select(CostMonth.period).where(CostMonth.site_id == site_id)))
    period = rules.open_period(wanted, closed)
    made = CostLine(site_id=site_id, period=period, posted_at=now(session), posted_by_id=person.id, **fields)
    session.add(made)
    session.flush()
    if period != wanted:
        acted(session, "R-54")
    return made


def lock_site(session: Session, site_id: int) -> None:
    """Let nobody post to or close a month of a site meanwhile. Raises NotFound."""
    if session.get(Site, site_id, with_for_update={"key_share": True}) is None:
        raise NotFound("There is no such site.", "没有这个工厂。")


def need_finance(session: Session, person: Actor, site_id: int) -> None:
    """Ask for the permission of finance at a site. Raises NotFound, NotAllowed."""
    sites = person.sites(VIEW)
    if session.get(Site, site_id) is None or not (sites is None or site_id in sites):
        raise NotFound("There is no such site.", "没有这个工厂。")
    person.need(FINANCE, site_id=site_id)


def check_of_site(session: Session, cls: Any, record_id: int | None, site_id: int, field: str) -> None:
    """Raise Invalid for a record that another site has."""
    found = session.get(cls, record_id) if record_id is not None else None
    if record_id is not None and (found is None or found.site_id != site_id):
        raise Invalid("There is no such record at this site.", "该工厂没有这条记录。", field=field)
