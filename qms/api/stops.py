"""Calls and stops by JSON, for enrolled tablets: call, and every step up to the restart. Decides nothing.

Each step carries the version at which the stop was read; an older one is answered with 409 and both versions. A badge
scanned at the spot says who acknowledges or arrives; it is never a signature, so that the other steps need a sign-in.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field
from sqlalchemy.orm import Session

from forms.base_json import LARGEST_ID, Body
from forms.chain import id_or_none
from qms.models.stops import Stop
from qms.rules.accounts import Actor
from qms.rules.clock import rfc3339, utc_now
from qms.rules.errors import Doubled, Invalid, NotFound
from qms.rules.steps import step_of
from qms.rules.stops import STEPS as STOP
from qms.web import database, reading
from qms.web.bodies import read_body
from qms.web.devices import as_device, device, needs_device
from qms.web.needs import NOT_SIGNED_IN
from qms.web.openapi_routes import takes
from qms.web.requests import close_reading
from qms.workflows import accounts, accounts_badges, stops, stops_shown
from qms.workflows.stops_told import told

bp = Blueprint("stops_api", __name__, url_prefix="/api/v1/stops")

WITH_BADGE = frozenset({"acknowledge", "arrive"})
WITHOUT_ANYONE = frozenset({"stop"})


def _id(default: Any = None) -> Any:
    return Field(default=default, ge=1, le=LARGEST_ID)


def _text() -> Any:
    return Field(default=None, max_length=500)


class UpstreamSent(Body):
    """What came in wrong; without a quantity nobody has counted yet."""

    quantity: int | None = Field(default=None, ge=1, le=2_147_483_647)
    defect_id: int | None = _id()
    lot_id: int | None = _id()
    item_id: int | None = _id()
    link_id: int | None = _id()
    handover_id: int | None = _id()


class Call(Body):
    """A call (yellow) or stop (red). `customer_id`: an operation of this tablet that stops its supplier's line."""

    client_id: str = Field(max_length=36)
    unit_id: int = _id(...)
    red: bool
    reason: str = Field(max_length=20)
    note: str | None = _text()
    lot_id: int | None = _id()
    item_id: int | None = _id()
    customer_id: int | None = _id()
    product_affecting: bool | None = None
    critical: bool = False
    from_upstream: bool = False
    rejection: UpstreamSent | None = None
    badge: str | None = Field(default=None, max_length=200)


class Step(Body):
    """A step and the version at which the stop was read."""

    rev: int = Field(ge=1)
    badge: str | None = Field(default=None, max_length=200)


class Noted(Step):
    """A step that asks for a few words."""

    note: str | None = _text()


class Contain(Step):
    """What was done so that nothing suspect goes on."""

    containment: str | None = _text()
    cause_known: bool
    measure: str | None = _text()
    product_affecting: bool = False


class AskRestart(Step):
    """The measure with which the line is to run again."""

    measure: str | None = _text()
    extra_checks: int | None = Field(default=None, ge=0, le=1_000_000_000)
    lost_units: int | None = Field(default=None, ge=0, le=1_000_000_000)


class Check(Step):
    """One restart check."""

    kind: str = Field(max_length=20)
    good: bool
    pieces: int | None = Field(default=None, ge=0, le=1_000_000_000)
    nonconforming: int | None = Field(default=None, ge=0, le=1_000_000_000)
    note: str | None = _text()


STEPS: dict[str, tuple[type[Step], Callable[..., Stop]]] = {
    "acknowledge": (Step, stops.acknowledge), "arrive": (Step, stops.arrive), "resolve": (Noted, stops.resolve),
    "stop": (Step, stops.stop_line), "contain": (Contain, stops.contain),
    "ask_restart": (AskRestart, stops.ask_restart), "check": (Check, stops.check), "consent": (Step, stops.consent),
    "contain_again": (Noted, stops.contain_again), "restart": (Step, stops.restart),
}


@bp.get("")
@needs_device
def open_stops() -> ResponseReturnValue:
    """Read the open stops that concern an operation of the tablet (`unit`); 304 while nothing has changed."""
    unit_id = request.args.get("unit", type=id_or_none)
    if unit_id is None or unit_id not in device().units:
        raise NotFound("This tablet does not serve that operation.", "此平板不服务于该工序。")
    at = utc_now()
    mark = stops_shown.last_change(reading(), device().site_id)
    seen = (mark, unit_id, device().id, g.sign_in if g.person else None, f"{at:%H:%M}")
    answer = Response(content_type="application/json")
    answer.set_etag(hashlib.sha256(repr(seen).encode()).hexdigest()[:32])
    answer.headers["Cache-Control"] = "no-cache"
    answer.make_conditional(request)
    if answer.status_code != 304:
        found = stops_shown.of_unit(reading(), device().site_id, unit_id)
        answer.set_data(json.dumps({"now": rfc3339(at), "stops": [told(reading(), g.person, s, at) for s in found]}))
    return answer


@bp.post("")
@needs_device
@takes(Call)
def call() -> ResponseReturnValue:
    """Call for help or stop the line: 201 with the stop, 200 when this call was made before.

    Anybody at the tablet may (R-17): signed in, by badge, or nobody, and then the tablet itself calls.
    """
    sent = read_body(Call)
    caller = (_by_badge(sent.badge) if sent.badge else g.person) or as_device()
    fields = sent.model_dump(exclude={"badge", "rejection"})
    from_upstream = sent.from_upstream or sent.customer_id is not None
    upstream = stops.Upstream(**sent.rejection.model_dump()) if sent.rejection and from_upstream else None

    def work(session: Session) -> tuple[dict[str, Any], int]:
        known = stops.by_client_id(session, sent.client_id)
        made = stops.call(session, caller, upstream=upstream, device=device(), source="station", **fields)
        return _shown(session, made), 201 if known is None else 200

    try:
        return _written(caller, "stops.call", work)
    except Doubled:  # The same call came twice at once, and the other one is committed by now; else it stays refused.
        return _written(caller, "stops.call", work)


def _take(name: str, stop_id: int) -> ResponseReturnValue:
    """Take a step as whoever is at the tablet, and answer with the stop as it is then."""
    model, step = STEPS[name]
    sent = read_body(model)
    actor = _actor(name, sent.badge)
    if actor is None:
        return NOT_SIGNED_IN, 401, {"Content-Type": "application/problem+json"}
    fields = sent.model_dump(exclude={"badge"})

    def work(session: Session) -> tuple[dict[str, Any], int]:
        _check_at_the_spot(session, stop_id, name)
        return _shown(session, step(session, actor, stop_id, **fields)), 200

    return _written(actor, f"stops.{name}", work)


def _route(name: str) -> None:
    def view(stop_id: int) -> ResponseReturnValue:
        return _take(name, stop_id)

    view.__name__, view.__doc__ = name, f"{step_of(STOP, name).words.en}."
    bp.post(f"/<id:stop_id>/{name.replace('_', '-')}")(needs_device(takes(STEPS[name][0])(view)))


for _name in STEPS:
    _route(_name)


def _actor(name: str, badge: str | None) -> Actor | None:
    """Return who takes a step: the badge's owner at the spot, who is signed in, for a stop anyone; None: nobody."""
    if badge and name in WITH_BADGE:
        return _by_badge(badge)
    held: Actor | None = g.person
    return as_device() if held is None and name in WITHOUT_ANYONE else held


def _by_badge(badge: str) -> Actor:
    """Return whose badge was scanned at this tablet. Raises Invalid."""
    owner = accounts_badges.owner_of(reading(), badge)
    if owner is None:
        raise Invalid("This badge is not known.", "未知的工牌。", field="badge")
    return replace(as_device(), id=owner.id, name=owner.name, language=owner.language, method="badge",
                   everything=False, grants=accounts.grants_of(reading(), owner.id))


def _check_at_the_spot(session: Session, stop_id: int, name: str) -> None:
    """Raise NotFound for a stop of another site, Invalid where this tablet is not at the line of the stop."""
    stop = session.get(Stop, stop_id)
    if stop is None or stop.site_id != device().site_id:
        raise NotFound
    if name in WITH_BADGE | WITHOUT_ANYONE and not {stop.unit_id, stop.customer_id} & set(device().units):
        raise Invalid("This tablet is not at that line. Go to the spot.", "此平板不在该产线。请到现场。",
                      field="unit_id")


def _written(actor: Actor, action: str, work: Callable[[Session], tuple[dict[str, Any], int]]) -> ResponseReturnValue:
    close_reading()
    with database().transaction(actor, action) as session:
        body, status = work(session)
    return jsonify(body), status


def _shown(session: Session, stop: Stop) -> dict[str, Any]:
    """Return the stop as the tablet shows it from now on: a badge signs nobody in."""
    held: Actor | None = g.person
    return told(session, held, stops_shown.whole(session, as_device(), stop.id), utc_now())
