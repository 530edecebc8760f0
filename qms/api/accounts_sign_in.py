"""Signing in and out at an enrolled tablet, by badge and PIN. Decides nothing."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import Field

from forms.base_json import Body
from qms.rules.devices import IDLE_MINUTES, PIN_LENGTH
from qms.web import needs, person, settings, writing
from qms.web.app import cookie_name
from qms.web.bodies import read_body
from qms.web.devices import device, device_writing, needs_device
from qms.web.errors import problem
from qms.web.openapi_routes import takes
from qms.workflows import accounts
from qms.workflows import accounts_pins as pins
from qms.workflows import accounts_pins_sign_in as signing

bp = Blueprint("station_sign_in_api", __name__, url_prefix="/api/v1/station")

WRONG = {"type": "about:blank", "title": "Badge and PIN do not belong together.",
         "title_en": "Badge and PIN do not belong together.", "title_zh": "工牌与 PIN 不符。", "status": 401,
         "code": "wrong"}
PROBLEM = {"Content-Type": "application/problem+json"}


class Credentials(Body):
    """A scanned or typed badge, and the PIN."""

    badge: str = Field(min_length=1, max_length=100)
    pin: str = Field(min_length=1, max_length=20)


class NewPin(Body):
    """The present PIN and the new one."""

    old: str = Field(min_length=1, max_length=20)
    new: str = Field(min_length=PIN_LENGTH, max_length=PIN_LENGTH)


@bp.post("/sign-in")
@needs_device
@takes(Credentials)
def sign_in() -> ResponseReturnValue:
    """Sign somebody in at this tablet; whoever was signed in here is signed out."""
    sent = read_body(Credentials)
    try:
        with device_writing("accounts.pin_try") as session:
            tried = signing.begin_try(session, device(), sent.badge)
    except signing.NoPin as error:
        return problem(error) | {"status": 409, "code": "no_pin"}, 409, PROBLEM
    if not tried.is_right(sent.pin):
        return _wrong()
    with device_writing("accounts.pin_sign_in") as session:
        made = signing.sign_in(session, device(), tried, address=request.remote_addr,
                               agent=request.user_agent.string, lasts=timedelta(hours=settings().session_hours))
        answer = jsonify({
            "person": {"id": made.person.id, "name": made.person.name, "language": made.person.language},
            "sign_in": made.sign_in, "idle_minutes": IDLE_MINUTES, "to_confirm": made.to_confirm})
    answer.set_cookie(cookie_name(settings()), made.token, max_age=settings().session_hours * 3600,
                      secure=settings().secure_cookies, httponly=True, samesite="Lax", path="/")
    return answer


@bp.post("/sign-out")
@needs_device
def sign_out() -> Response:
    """End the sign-in at this tablet; nothing when nobody is signed in."""
    token = request.cookies.get(cookie_name(settings()))
    if token and g.person is not None:
        with writing("accounts.sign_out") as session:
            accounts.sign_out(session, token)
    answer = jsonify({"person": None})
    answer.delete_cookie(cookie_name(settings()), path="/", secure=settings().secure_cookies, httponly=True,
                         samesite="Lax")
    return answer


@bp.get("/me")
@needs_device
def me() -> Response:
    """Read who is signed in at this tablet; null when nobody is, or was away for too long."""
    return jsonify({"person": _person(), "sign_in": g.sign_in if g.person is not None else None,
                    "idle_minutes": IDLE_MINUTES})


@bp.post("/pin")
@needs_device
@needs(readers=True)
@takes(NewPin)
def change_pin() -> ResponseReturnValue:
    """Change one's own PIN at the tablet, knowing the present one; a wrong one counts as a try to sign in."""
    sent = read_body(NewPin)
    with device_writing("accounts.pin_try") as session:
        tried = signing.begin_own_try(session, device(), person().id)
    if not tried.is_right(sent.old):
        return _wrong()
    with device_writing("accounts.pin_try") as session:
        signing.take_back(session, tried)
    with writing("accounts.change_pin") as session:
        pins.keep_pin(session, person().id, sent.new)
    return jsonify({"changed": True})


def _wrong() -> ResponseReturnValue:
    with device_writing("accounts.pin_try") as session:
        signing.note_wrong(session, device())
    return WRONG, 401, PROBLEM


def _person() -> dict[str, Any] | None:
    """Return who is signed in."""
    if g.person is None:
        return None
    return {"id": g.person.id, "name": g.person.name, "language": g.person.language}
