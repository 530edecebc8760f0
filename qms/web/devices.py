"""Knows which enrolled tablet a request comes from; must not know what tablets do."""

import functools
from collections.abc import Callable
from typing import Any

from flask import g, request

from qms.rules.devices import KnownDevice
from qms.web.needs import needs
from qms.web.requests import reading, settings
from qms.workflows import accounts_devices

View = Callable[..., Any]
NOT_ENROLLED = {"type": "about:blank", "title": "This tablet is not enrolled.", "title_zh": "此平板未登记。",
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


def device() -> KnownDevice:
    """Return the tablet that this request comes from; only for views that need one."""
    found = known_device()
    if found is None:
        raise RuntimeError("this view does not need a device")
    return found


def needs_device(view: View) -> View:
    """Let in only an enrolled tablet; a person may be signed in at it or not. Stands above `needs` where both hold."""

    @functools.wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if known_device() is None:
            return NOT_ENROLLED, 401, {"Content-Type": "application/problem+json"}
        return view(*args, **kwargs)

    guarded.needs = getattr(view, "needs", "device")  # type: ignore[attr-defined]
    return guarded


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
