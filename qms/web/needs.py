"""Knows that every route says who may ask for it; must not know what the route does."""

import functools
from collections.abc import Callable
from typing import Any

from flask import g, redirect, request, url_for

from qms.rules.errors import NotAllowed
from qms.web.requests import person

View = Callable[..., Any]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
FILES = frozenset({"exports.run"})
"""Permissions of which every unsafe request makes a file and changes no record but its own trace."""
NOT_SIGNED_IN = {"type": "about:blank", "title": "Sign in first.", "title_en": "Sign in first.",
                 "title_zh": "请先登录。", "status": 401, "code": "person"}


def needs(permission: str | None = None, *, readers: bool = False) -> Callable[[View], View]:
    """Let in only a signed-in person who holds the permission somewhere; None lets in anyone who is signed in.

    Whether they hold it for the very record is asked again by the workflow. An auditor may ask by an unsafe method only
    for files, and where the route is open to `readers`: their own session, password, PIN.
    """
    def wrap(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if g.person is None:
                if request.path.startswith("/api/"):
                    return NOT_SIGNED_IN, 401, {"Content-Type": "application/problem+json"}
                target = request.full_path.rstrip("?") if request.method == "GET" else None
                return redirect(url_for("accounts.sign_in", next=target))
            if permission is not None:
                person().need(permission)
            if request.method not in SAFE and not readers and permission not in FILES and person().only_reads:
                raise NotAllowed(permission or "exports.run", "An auditor reads and exports, and changes nothing.",
                                 "审核员只能查看和导出, 不能更改。")
            return view(*args, **kwargs)

        guarded.needs = permission or "signed in"  # type: ignore[attr-defined]
        return guarded

    return wrap


def public(view: View) -> View:
    """Mark a route that anyone may ask for."""
    view.needs = "public"  # type: ignore[attr-defined]
    return view
