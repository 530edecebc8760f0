"""Costs of poor quality by JSON: months, lines, rates, and what finance does with them. Decides nothing."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from forms.base_json import LARGEST_ID, Body
from forms.chain import id_or_none
from qms.db import Record
from qms.rules.dispositions_costs import check_period
from qms.rules.errors import NotFound
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body, told
from qms.web.openapi_routes import takes
from qms.workflows import dispositions_costing as costing
from qms.workflows import dispositions_costs, dispositions_costs_register
from qms.workflows import dispositions_costs_pricing as pricing
from qms.workflows import dispositions_costs_unpriced as unpriced
from qms.workflows.chain_paging import Wish

bp = Blueprint("dispositions_costs_api", __name__, url_prefix="/api/v1/costs")

Id = Field(ge=1, le=LARGEST_ID)
IdOrNone = Field(default=None, ge=1, le=LARGEST_ID)
Money = Field(max_digits=18, decimal_places=6)


class RateSent(Body):
    """A rate from a day on; the one before it ends the day before."""

    site_id: int = Id
    kind: str = Field(max_length=20)
    rate: Decimal = Money
    currency: str = Field(max_length=3)
    valid_from: date
    item_id: int | None = IdOrNone
    unit_id: int | None = IdOrNone


class CostSent(Body):
    """An amount that is entered by hand, with its reason. `complaint_id`: the customer's complaint that it is for."""

    site_id: int = Id
    element: str = Field(max_length=20)
    amount: Decimal = Money
    currency: str = Field(max_length=3)
    period: str = Field(max_length=7)
    note: str = Field(max_length=500)
    unit_id: int | None = IdOrNone
    rejection_id: int | None = IdOrNone
    complaint_id: int | None = IdOrNone


class PriceNow(Body):
    """Nothing is asked for: the rate of the line's day is taken, else that of today."""


class Approval(Body):
    """The approval of an estimate, and the version at which it was read."""

    rev: int = Field(ge=1)


class Reversal(Approval):
    """Why a line is taken back."""

    reason: str = Field(max_length=500)


class MonthSent(Body):
    """A month of a site that is approved or closed."""

    site_id: int = Id


@bp.get("/months")
@needs("dispositions.costs")
def months() -> ResponseReturnValue:
    """Read the months of a site (`site`) from one on (`first`, as 2026-01), each with its sums by class.

    `unpriced` maps a month to how many of the lines completed in it no rate priced; a month without any is left out.
    """
    site_id = request.args.get("site", type=id_or_none)
    if site_id is None:
        raise NotFound
    first = request.args.get("first", "")[:7]
    if first:
        check_period(first)
    found = dispositions_costs_register.months(reading(), person(), site_id, first)
    return jsonify({"unpriced": unpriced.by_month(reading(), person(), site_id, first), "months": [
        {"period": m.period, "lines": m.lines, "estimates": m.estimates, "total": str(m.total),
         "sums": {code: str(money) for code, money in m.sums.items()},
         "content_hash": m.closed.content_hash if m.closed else None} for m in found]})


@bp.get("/months/<string:period>/unpriced")
@needs("dispositions.costs")
def unpriced_lines(period: str) -> ResponseReturnValue:
    """Read a page of the dispositions of a site (`site`) completed in a month that no rate priced, newest first."""
    site_id = request.args.get("site", type=id_or_none)
    if site_id is None:
        raise NotFound
    page = unpriced.register(reading(), person(), site_id, period, Wish(after=request.args.get("after", "")[:300]))
    return jsonify({"lines": [told(row) for row in page.rows], "next": page.following or None})


@bp.post("/unpriced/<id:line_id>/price")
@needs("dispositions.finance")
@takes(PriceNow)
def price(line_id: int) -> ResponseReturnValue:
    """Price a completed line by the rate of its day, else of today: 201. Refused where no rate is known yet."""
    read_body(PriceNow)
    return _written("dispositions.price_cost", lambda session: pricing.price(session, person(), line_id), 201)


@bp.get("/lines")
@needs("dispositions.costs")
def lines() -> ResponseReturnValue:
    """Read a page of cost lines, newest first; `after` gives the older ones.

    They are filtered by `site`, `complaint`, `period`, `category`, `element`, `state` and `q`.
    """
    given = request.args
    wanted = dispositions_costs_register.Filter(
        sought=given.get("q", "")[:100], site_id=given.get("site", type=id_or_none),
        complaint_id=given.get("complaint", type=id_or_none),
        **{key: given.get(key, "")[:20] for key in ("period", "category", "element", "state")})
    page = dispositions_costs_register.register(reading(), person(), wanted, Wish(after=given.get("after", "")[:300]))
    return jsonify({"lines": [told(row) for row in page.rows], "next": page.following or None})


@bp.get("/rates")
@needs("dispositions.costs")
def rates() -> ResponseReturnValue:
    """Read every revision of the rates of a site (`site`)."""
    site_id = request.args.get("site", type=id_or_none)
    if site_id is None:
        raise NotFound
    return jsonify({"rates": [told(r) for r in dispositions_costs_register.rates(reading(), person(), site_id)]})


@bp.post("/rates")
@needs("dispositions.finance")
@takes(RateSent)
def set_rate() -> ResponseReturnValue:
    """Set a rate from a day on: 201."""
    sent = read_body(RateSent).model_dump()
    return _written("dispositions.set_rate", lambda session: dispositions_costs.set_rate(session, person(), **sent),
                    201)


@bp.post("/lines")
@needs("dispositions.finance")
@takes(CostSent)
def enter() -> ResponseReturnValue:
    """Enter an amount by hand: 201. Of a closed month it goes to the next open one (R-54)."""
    sent = read_body(CostSent).model_dump()
    return _written("dispositions.enter_cost", lambda session: costing.enter(session, person(), **sent), 201)


@bp.post("/lines/<id:line_id>/approve")
@needs("dispositions.finance")
@takes(Approval)
def approve_line(line_id: int) -> ResponseReturnValue:
    """Approve an estimate."""
    rev = read_body(Approval).rev
    return _written("dispositions.approve_cost",
                    lambda session: dispositions_costs.approve_line(session, person(), line_id, rev))


@bp.post("/lines/<id:line_id>/reverse")
@needs("dispositions.finance")
@takes(Reversal)
def reverse(line_id: int) -> ResponseReturnValue:
    """Take a line back by its opposite: 201."""
    sent = read_body(Reversal).model_dump()
    return _written("dispositions.reverse_cost",
                    lambda session: costing.reverse(session, person(), line_id, **sent), 201)


@bp.post("/months/<string:period>/approve")
@needs("dispositions.finance")
@takes(MonthSent)
def approve_month(period: str) -> ResponseReturnValue:
    """Approve every estimate of a month."""
    sent = read_body(MonthSent)
    with writing("dispositions.approve_costs") as session:
        approved = dispositions_costs.approve_month(session, person(), sent.site_id, period)
    return jsonify({"approved": approved})


@bp.post("/months/<string:period>/close")
@needs("dispositions.finance")
@takes(MonthSent)
def close_month(period: str) -> ResponseReturnValue:
    """Close a month: its sums and the hash of its lines are frozen (R-54)."""
    sent = read_body(MonthSent)
    return _written("dispositions.close_month", lambda session: dispositions_costs.close_month(
        session, person(), sent.site_id, period), 201)


def _written(action: str, work: Callable[[Session], Record], status: int = 200) -> ResponseReturnValue:
    with writing(action) as session:
        body = told(work(session))
    return jsonify(body), status
