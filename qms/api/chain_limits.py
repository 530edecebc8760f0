"""The limits of authority and the clocks of each site by JSON: read and set, with a reason. Decides nothing.

A change carries the version (`rev`) at which the site was read; an older one is answered with 409 and both versions.
"""

from decimal import Decimal
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue
from pydantic import Field

from forms.base_json import Body
from qms.db.ledger import plain
from qms.models.chain import Site
from qms.rules.dispositions_notices import MOST_NOTICE_HOURS
from qms.web import needs, person, reading, writing
from qms.web.bodies import read_body
from qms.web.openapi_routes import takes
from qms.workflows import chain_limits as limits

bp = Blueprint("chain_limits_api", __name__, url_prefix="/api/v1/limits")


class Limits(Body):
    """The limits of a site and why they are set so, for the history."""

    rev: int = Field(ge=1)
    scrap_limit: Decimal = Field(ge=0, max_digits=16, decimal_places=4,
                                 description="value from which on scrap is decided higher up (R-06)")
    notice_hours: int = Field(ge=1, le=MOST_NOTICE_HOURS, description="within which a customer is told (R-16)")
    reason: str = Field(max_length=500)


@bp.get("/sites")
@needs("chain.limits")
def register() -> ResponseReturnValue:
    """Read the limits of every site that the reader sets, by code."""
    return jsonify({"sites": [_told(site) for site in limits.limited_sites(reading(), person())]})


@bp.get("/sites/<id:site_id>")
@needs("chain.limits")
def show(site_id: int) -> ResponseReturnValue:
    """Read the limits of a site."""
    return jsonify(_told(limits.limited_site(reading(), person(), site_id)))


@bp.put("/sites/<id:site_id>")
@needs("chain.limits")
@takes(Limits)
def edit(site_id: int) -> ResponseReturnValue:
    """Set the limits of a site; what was decided and opened before keeps its limit and its clock."""
    sent = read_body(Limits).model_dump()
    rev = sent.pop("rev")
    with writing("chain.set_limits", sent["reason"].strip() or None) as session:
        body = _told(limits.set_limits(session, person(), site_id, rev, **sent))
    return jsonify(body)


def _told(site: Site) -> dict[str, Any]:
    return {"site_id": site.id, **{name: plain(getattr(site, name)) for name in (
        "code", "rev", "scrap_limit", "notice_hours")}}
