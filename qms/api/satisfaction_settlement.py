"""Settlement between units by JSON: a month's statement, prices, and the switch. Decides nothing."""

from datetime import date
from decimal import Decimal
from typing import Any

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from forms.base_json import LARGEST_ID, Body
from forms.chain import id_or_none
from qms.db.ledger import plain
from qms.rules.errors import NotFound
from qms.rules.satisfaction_settlement import Pair
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body, told
from qms.web.openapi_routes import takes
from qms.workflows import satisfaction_settlement as settlement
from qms.workflows import satisfaction_settlement_prices as pricing

bp = Blueprint("satisfaction_settlement_api", __name__, url_prefix="/api/v1/settlement")


class PriceSent(Body):
    """An internal price from a day on; the one before it ends the day before."""

    link_id: int = Field(ge=1, le=LARGEST_ID)
    price: Decimal = Field(max_digits=18, decimal_places=6)
    currency: str = Field(max_length=3)
    valid_from: date
    item_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)


class SwitchSent(Body):
    """Whether a site settles its links, and why."""

    site_id: int = Field(ge=1, le=LARGEST_ID)
    settles: bool
    reason: str = Field(min_length=1, max_length=500)


@bp.get("/<string:month>")
@needs("dispositions.costs")
def month(month: str) -> ResponseReturnValue:
    """Read what the units of a site (`site`) owe each other for a month, as 2026-11.

    `owed` null: no price is known; such pieces are in no sum.
    """
    site_id = _site()
    told = settlement.statement(reading(), person(), site_id, month)
    return jsonify({"month": month, "currency": pricing.currency_of(reading(), site_id),
                    "pairs": [_pair(pair) for pair in told.pairs]})


@bp.get("/prices")
@needs("dispositions.costs")
def prices() -> ResponseReturnValue:
    """Read every revision of the internal prices of a site (`site`)."""
    return jsonify({"prices": [told(price) for price in pricing.prices(reading(), person(), _site())]})


@bp.post("/prices")
@needs("satisfaction.settle")
@takes(PriceSent)
def set_price() -> ResponseReturnValue:
    """Set an internal price from a day on: 201."""
    sent = read_body(PriceSent).model_dump()
    with writing("satisfaction.set_price") as session:
        body = told(pricing.set_price(session, person(), **sent))
    return jsonify(body), 201


@bp.post("/switch")
@needs("satisfaction.settle")
@takes(SwitchSent)
def switch() -> ResponseReturnValue:
    """Switch settlement of a site on or off, with a reason."""
    sent = read_body(SwitchSent)
    with writing("satisfaction.switch_settlement", sent.reason) as session:
        body = told(pricing.switch(session, person(), sent.site_id, on=sent.settles))
    return jsonify(body)


def _site() -> int:
    site_id = request.args.get("site", type=id_or_none)
    if site_id is None:
        raise NotFound
    return site_id


def _pair(pair: Pair) -> dict[str, Any]:
    """Return a pair as JSON, money as texts so that none is rounded."""
    goods = [{"link_id": line.link_id, "item_id": line.item_id, "accepted": line.accepted, "rejected": line.rejected,
              "held": line.held, "waiting": line.waiting, "price": plain(line.price), "owed": plain(line.owed)}
             for line in pair.goods]
    charges = [{"rejection_id": c.rejection_id, "number": c.number, "money": plain(c.money)} for c in pair.charges]
    return {"supplier_id": pair.supplier_id, "customer_id": pair.customer_id, "goods": goods, "charges": charges,
            "owed": plain(pair.owed), "charged": plain(pair.charged), "balance": plain(pair.balance),
            "unpriced": pair.unpriced}
