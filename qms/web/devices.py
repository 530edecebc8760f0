"""Knows which enrolled tablet a request comes from; must not know what tablets do."""

import functools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from flask import Response, g, request
from sqlalchemy.orm import Session

from qms.rules.accounts import SYSTEM, Actor
from qms.rules.devices import KEY_LASTS, KnownDevice
from qms.web.needs import needs
from qms.web.requests import close_reading, database, reading, settings
from qms.workflows import accounts_devices

View = Callable[..., Any]
NOT_ENROLLED = {"type": "about:blank", "title": "This tablet is not enrolled.",
                "title_en": "This tablet is not enrolled.", "title_zh": "此平板未登记。",
                "status": 401, "code": "device"}


def device_cookie_name() -> str:
    """Return the name of the cookie that holds a tablet's credential."""
    return "__Host-dev" if settings().secure_cookies else "dev"


def known_device() -> KnownDevice | None:
    """Return the tablet that this request comes from; None when it is not an enrolled one."""
    if "device" not in g:
        token = request.cookies.get(device_cookie_name())
        g.device = accounts_devices.device_of(reading(), token) if token else None
    held: KnownDevice | None = g.device
    return held


def is_here(device_id: int | None) -> bool:
    """Tell whether a sign-in bound to a tablet is used at that tablet; one that is bound to none is used anywhere."""
    found = known_device() if device_id is not None else None
    return device_id is None or (found is not None and found.id == device_id)


def is_touched() -> bool:
    """Tell whether a person caused this request at a tablet, which asks and sends much by itself."""
    return "X-Touched" in request.headers or (request.method == "POST" and not request.path.endswith("/heartbeat"))


def device() -> KnownDevice:
    """Return the tablet that this request comes from; only for views that need one."""
    found = known_device()
    if found is None:
        raise RuntimeError("this view does not need a device")
    return found


def keep_credential(response: Response, token: str) -> None:
    """Give a tablet its credential."""
    response.set_cookie(device_cookie_name(), token, max_age=int(KEY_LASTS.total_seconds()), path="/", httponly=True,
                        secure=settings().secure_cookies, samesite="Strict")


def as_device() -> Actor:
    """Return the system as it acts for the tablet that this request comes from, whoever is signed in there."""
    return replace(SYSTEM, method="device", device=device().name, address=request.remote_addr,
                   request_id=g.get("request_id"))


@contextmanager
def device_writing(action: str) -> Iterator[Session]:
    """Open the request's write session for the tablet itself."""
    acting = as_device()
    close_reading()
    with database().transaction(acting, action) as session:
        yield session


def needs_device(view: View) -> View:
    """Let in only an enrolled tablet; a person may be signed in at it or not. Stands above `needs` where both hold."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if known_device() is None:
            return NOT_ENROLLED, 401, {"Content-Type": "application/problem+json"}
        return view(*args, **kwargs)

    guarded.needs = getattr(view, "needs", "device")  # type: ignore[attr-defined]
    return guarded


def is_on_open_network() -> bool:
    """Tell whether this request comes from a network to which the setting opens public boards."""
    return settings().opens_boards_to(request.remote_addr)


def needs_unless_open(permission: str) -> Callable[[View], View]:
    """Let in as `needs_or_device` does, and anybody on a network to which the setting opens public boards."""

    def wrap(view: View) -> View:
        as_known = needs_or_device(permission)(view)

        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            return view(*args, **kwargs) if is_on_open_network() else as_known(*args, **kwargs)

        guarded.needs = permission  # type: ignore[attr-defined]
        return guarded

    return wrap


def needs_or_device(permission: str) -> Callable[[View], View]:
    """Let in an enrolled tablet, or a signed-in person who holds the permission somewhere: for boards and pictures."""

    def wrap(view: View) -> View:
        as_person = needs(permission)(view)

        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            return view(*args, **kwargs) if known_device() is not None else as_person(*args, **kwargs)

        guarded.needs = permission  # type: ignore[attr-defined]
        return guarded

    return wrap
