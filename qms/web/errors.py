"""Knows how a refusal becomes a page or an RFC 9457 problem; must not know why it was refused."""

from typing import Any

import structlog
from flask import Flask, Response, g, jsonify, render_template, request
from sqlalchemy.exc import DBAPIError
from werkzeug.exceptions import HTTPException

from qms.db import is_full
from qms.db.writer import WriteLost
from qms.rules.clauses import RULES
from qms.rules.errors import (
    BadFile,
    Doubled,
    IllegalStep,
    Invalid,
    NotAllowed,
    NotFound,
    Refused,
    RuleError,
    Stale,
    Throttled,
)
from qms.web.language import language
from qms.web.refusals import count_refusal
from qms.web.requests import close_reading

log = structlog.get_logger()

STATUSES: tuple[tuple[type[RuleError], int], ...] = (
    (NotFound, 404), (NotAllowed, 403), (Stale, 409), (Doubled, 409), (IllegalStep, 409), (Refused, 409),
    (Invalid, 422), (BadFile, 422), (Throttled, 429),
)


def status_of(error: RuleError) -> int:
    """Return the HTTP status of a refusal."""
    return next((status for kind, status in STATUSES if isinstance(error, kind)), 422)


def problem(error: RuleError) -> dict[str, Any]:
    """Return a refusal as an RFC 9457 problem body."""
    body: dict[str, Any] = {"type": "about:blank", "title": error.words.to(language()), "status": status_of(error),
                            "title_en": error.words.en, "title_zh": error.words.zh}
    if error.field:
        body["field"] = error.field
    if isinstance(error, Refused):
        rule = RULES[error.rule]
        body |= {"rule": rule.id, "clauses": list(rule.clauses)}
    if isinstance(error, Stale):
        body |= {"current": error.current, "yours": error.yours}
    if isinstance(error, Throttled):
        body["code"] = "throttled"
    return body


def register(app: Flask) -> None:
    """Answer every refusal and fault of the application."""
    app.register_error_handler(RuleError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(WriteLost, _database)
    app.register_error_handler(Exception, _fault)


def _is_api() -> bool:
    return request.path.startswith("/api/")


def _refused(error: RuleError) -> Any:
    count_refusal(error)
    status = status_of(error)
    if _is_api():
        response = jsonify(problem(error))
        response.status_code = status
        response.content_type = "application/problem+json"
        if isinstance(error, Throttled):
            response.headers["Retry-After"] = str(error.seconds)
        return response
    rule = RULES[error.rule] if isinstance(error, Refused) else None
    return render_template(f"errors/{status}.html", error=error, rule=rule, sentence=error.words.to(language())), status


def _http(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400 or isinstance(error.response, Response):
        return error
    if _is_api():
        return jsonify({"type": "about:blank", "title": error.name, "status": status, "detail": error.description}), \
            status, {"Content-Type": "application/problem+json"}
    shown = status if status in {400, 403, 404, 409, 412, 413, 422, 429, 500, 503} else 400
    return render_template(f"errors/{shown}.html", error=error, rule=None, sentence=None), status


def _database(error: DBAPIError | WriteLost) -> Any:
    close_reading()
    full = isinstance(error, WriteLost) or is_full(error)
    log.error("database refused", full=full, exc_info=error)
    return _unavailable(507 if full else 503)


def _fault(error: Exception) -> Any:
    log.error("request failed", route=request.url_rule.rule if request.url_rule else None, exc_info=error)
    if _is_api():
        return jsonify({"type": "about:blank", "title": "The server made a mistake.", "status": 500,
                        "request_id": g.get("request_id")}), 500, {"Content-Type": "application/problem+json"}
    return render_template("errors/500.html", error=error, rule=None, sentence=None), 500


def _unavailable(status: int) -> Any:
    headers = {"Retry-After": "30"}
    if _is_api():
        headers["Content-Type"] = "application/problem+json"
        return jsonify({"type": "about:blank", "title": "Nothing was saved. Try again.", "status": status}), status, \
            headers
    return render_template("errors/503.html", error=None, rule=None, sentence=None), status, headers
