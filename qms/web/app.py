"""Knows how the application is put together and what every request and response owes; must not know any page."""

import hmac
import re
import secrets
import time
import uuid
from datetime import timedelta
from typing import Any, NoReturn

import structlog
from apiflask import APIFlask
from flask import Flask, Response, abort, current_app, g, request, session
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter
from whitenoise import WhiteNoise

from qms.db import Database
from qms.settings import PACKAGE, ROOT, VERSION, Settings
from qms.web import errors, gauges, language, openapi_routes, page
from qms.web.devices import is_here, is_touched
from qms.web.requests import close_reading, connection, database, settings
from qms.workflows import accounts

CSP = ("default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; "
       "frame-ancestors 'none'; form-action 'self'")
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(), microphone=(), camera=(self)",
}
STATIC = PACKAGE / "static"
log = structlog.get_logger()
_CONTROLS = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""What a refused form may hold and no page may: it is shown as a mark in its place."""


class IdConverter(BaseConverter):
    """A record's id: positive, and never larger than the database can hold."""

    regex = "[1-9][0-9]{0,17}"

    def to_python(self, value: str) -> int:
        return int(value)


def build(config: Settings, opened: Database) -> Flask:
    """Return the application without its blueprints."""
    app = APIFlask("qms", title="qms", version=VERSION, docs_path=None, json_errors=False,
                   template_folder=str(ROOT / "templates"), static_folder=None,  # type: ignore[arg-type]
                   spec_path="/api/v1/openapi.json")
    app.extensions["qms.settings"] = config
    app.extensions["qms.database"] = opened
    app.secret_key = config.secret_key()
    app.config.update(
        MAX_CONTENT_LENGTH=config.upload_mib * 2**20, MAX_FORM_MEMORY_SIZE=4 * 2**20, MAX_FORM_PARTS=5000,
        SESSION_COOKIE_NAME="__Host-form" if config.secure_cookies else "form", SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=config.secure_cookies, PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        BABEL_TRANSLATION_DIRECTORIES=str(STATIC.parent / "translations"), BABEL_DEFAULT_LOCALE="en",
        TEMPLATES_AUTO_RELOAD=False, AUTO_VALIDATION_ERROR_RESPONSE=False,
    )
    app.url_map.converters["id"] = IdConverter
    app.spec_processor(lambda spec: openapi_routes.complete(app, spec))
    app.url_map.strict_slashes = False
    language.babel.init_app(app, locale_selector=language.locale, timezone_selector=language.time_zone)
    app.before_request(_begin)
    app.after_request(_finish)
    app.teardown_request(close_reading)
    errors.register(app)
    page.register(app, STATIC)
    gauges.register(app)
    app.add_url_rule("/static/<path:filename>", "static", _static_by_whitenoise)
    app.wsgi_app = WhiteNoise(  # type: ignore[method-assign]
        app.wsgi_app, root=STATIC, prefix="static/", max_age=86400, add_headers_function=_static_headers)
    if config.trusted_proxies:
        n = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=n, x_proto=n, x_host=n)  # type: ignore[method-assign]
    return app


def cookie_name(config: Settings) -> str:
    """Return the name of the sign-in cookie."""
    return "__Host-qms" if config.secure_cookies else "qms"


def csrf_token() -> str:
    """Return the token that every form of this browser carries."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
        session.permanent = True
    token: str = session["csrf"]
    return token


def _begin() -> None:
    g.began = time.perf_counter()
    g.request_id = str(uuid.uuid4())
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)
    g.person = g.ended_on = None
    token = request.cookies.get(cookie_name(settings()))
    if token:
        found = accounts.person_of(connection(), token, address=request.remote_addr, request_id=g.request_id,
                                   idle=timedelta(minutes=settings().idle_minutes))
        if found is not None and found.ended_on is not None:
            g.ended_on = found.ended_on
        elif found is not None and is_here(found.device_id):
            g.person, g.sign_in, g.time_zone = found.actor, found.sign_in, found.time_zone
            if found.touch and (found.device_id is None or is_touched()):
                close_reading()
                with database().transaction(found.actor, "accounts.seen") as writer:
                    accounts.seen(writer, token)
    if request.method not in {"GET", "HEAD", "OPTIONS"}:
        _refuse_foreign()


def _refuse_foreign() -> None:
    """Refuse an unsafe request that another site's page may have caused."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
        abort(403, "This request came from another site.")
    origin = request.headers.get("Origin")
    if origin is not None and origin.rstrip("/") != request.host_url.rstrip("/"):
        abort(403, "This request came from another site.")
    if request.path.startswith("/api/"):
        if not request.headers.get("X-Requested-By"):
            abort(403, "The header X-Requested-By is missing.")
    elif not hmac.compare_digest(request.form.get("csrf", ""), session.get("csrf", "-")):
        abort(400, "This form was opened in another browser session. Open the page again and repeat.")


def _finish(response: Response) -> Response:
    for header, value in HEADERS.items():
        response.headers.setdefault(header, value)
    if settings().secure_cookies:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
    if not response.headers.get("Cache-Control"):
        response.headers["Cache-Control"] = "no-store"
    response.headers["X-Request-Id"] = g.get("request_id", "")
    _tell(response)
    if response.status_code == 422 and response.mimetype == "text/html":
        response.set_data(_CONTROLS.sub("\N{REPLACEMENT CHARACTER}".encode(), response.get_data()))
    return response


def _tell(response: Response) -> None:
    """Count the request and write its one line: by route, for an address may hold a survey's token."""
    route = request.url_rule.rule if request.url_rule is not None else "none"
    took_ms = current_app.extensions["qms.requests"].answered(route, response)
    log.info("request", method=request.method, route=route, status=response.status_code, took_ms=took_ms,
             person=g.person.id if g.get("person") else None, address=request.remote_addr)


def _static_headers(headers: Any, _path: str, _url: str) -> None:
    for header, value in HEADERS.items():
        headers[header] = value


def _static_by_whitenoise(filename: str) -> NoReturn:
    """Answer for a static file that is not there; those that are never reach the application."""
    abort(404, filename)


_static_by_whitenoise.needs = "public"  # type: ignore[attr-defined]
