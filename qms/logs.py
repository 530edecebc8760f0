"""How events become lines: one JSON line each, nothing secret in it, and nobody can forge one. Knows no feature."""

import logging
import re
import sys
from collections.abc import MutableMapping
from functools import lru_cache
from typing import Any, TextIO

import structlog

Event = MutableMapping[str, Any]
SECRET = re.compile(r"(?i)password|passwd|token|cookie|secret|authorization|csrf|^pin$|_pin$|badge_code|api_key")
_IN_TEXT = re.compile(
    r"(?i)((?:password|passwd|token|cookie|secret|authorization|csrf|pin|api_key)[\"']?\s*[=:]\s*)(\"[^\"]*\"|'[^']*'|[^\s,;&]+)")
_PARAMETERS = re.compile(r"\[parameters: .*?[)\]}]\]", re.DOTALL)
_USER_INFO = re.compile(r"(\w+://[^\s/:@]*):[^\s/@]+@")
_BEARER = re.compile(r"(?i)\b(bearer|basic) [\w.~+/=-]+")
_MAY_HOLD = re.compile(r"(?i)[:=]|(?:bearer|basic) ")
"""What each of the above needs: most texts have none of it."""
HIDDEN = "***"


def without_secrets(_logger: Any, _method: str, event: Event) -> Event:
    """Hide what is secret by its key, and in texts by what stands before it."""
    return {key: HIDDEN if _is_secret(key) else _cleaned(value) for key, value in event.items()}


@lru_cache(maxsize=1024)
def _is_secret(key: str) -> bool:
    return SECRET.search(key) is not None


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        if not _MAY_HOLD.search(value):
            return value
        text = _PARAMETERS.sub(f"[parameters: {HIDDEN}]", value)
        text = _USER_INFO.sub(rf"\1:{HIDDEN}@", text)
        text = _BEARER.sub(rf"\1 {HIDDEN}", text)
        return _IN_TEXT.sub(rf"\1{HIDDEN}", text)
    if isinstance(value, dict):
        return without_secrets(None, "", value)
    if isinstance(value, list | tuple):
        return [_cleaned(one) for one in value]
    return value if isinstance(value, int | float | bool | None) else _cleaned(str(value))


def set_up_logs(level: str, stream: TextIO | None = None) -> None:
    """Write one JSON line per event, also those of libraries; to standard error unless told otherwise."""
    shared: list[Any] = [structlog.contextvars.merge_contextvars, structlog.processors.add_log_level]
    last: list[Any] = [structlog.processors.ExceptionRenderer(), without_secrets,
                       structlog.processors.TimeStamper(fmt="iso", utc=True), structlog.processors.JSONRenderer()]
    structlog.configure(processors=[*shared, *last],
                        wrapper_class=structlog.make_filtering_bound_logger(level.lower()),
                        logger_factory=structlog.PrintLoggerFactory(stream or sys.stderr))
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last]))
    logging.basicConfig(handlers=[handler], level=max(logging.getLevelName(level.upper()), logging.WARNING), force=True)
