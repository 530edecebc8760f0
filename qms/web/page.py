"""Knows what every template may use: wording, times, numbers, permissions, navigation. Must not know any page."""

import hashlib
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from babel.support import NullTranslations, Translations
from flask import Flask, current_app, g, request, url_for
from flask_babel import format_decimal, format_percent
from markupsafe import Markup, escape
from sqlalchemy import select

from qms.models.chain import Site
from qms.rules.clauses import RULES
from qms.rules.clock import rfc3339
from qms.web import navigation
from qms.web.language import LOCALES, language, say, time_zone
from qms.web.requests import reading


def register(app: Flask, static_folder: Path) -> None:
    """Give the templates their words."""

    @cache
    def digest(path: str) -> str:
        return hashlib.sha256((static_folder / path).read_bytes()).hexdigest()[:12]

    def static(path: str) -> str:
        return f"{request.script_root}/static/{path}?v={digest(path)}"  # url_for is 50 times slower.

    def drawing(name: str, label: str = "", *, small: bool = False) -> Markup:
        return drawn(static("vendor/tabler/icons.svg"), name, escape(label), small)

    app.jinja_env.globals.update(_=worded, gettext=worded, drawing=drawing, static=static, say=say, name=name,
                                 when=when, day=day, number=number, percent=percent, may=may, csrf_field=csrf_field,
                                 with_args=with_args, rules=RULES)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True

    @app.context_processor
    def words() -> dict[str, Any]:
        return {"language": language(), "person": g.get("person"), "demo": shows_demo(),
                "nav": navigation.groups()}


def shows_demo() -> bool:
    """Tell whether this database holds made-up data; asked once, for a plant does not become a demo while it runs."""
    known = current_app.extensions
    if "qms.demo" not in known:
        known["qms.demo"] = reading().scalar(select(Site.id).where(Site.demo).limit(1)) is not None
    held: bool = known["qms.demo"]
    return held


def worded(message: str, **values: Any) -> Markup:
    """Return a message in the reader's language, with values in it; what every page says is looked up once."""
    return _template(language(), message) % values if values else _said(language(), message)


@lru_cache(maxsize=4096)
def _said(language: str, message: str) -> Markup:
    return _template(language, message) % {}


@lru_cache(maxsize=4096)
def _template(language: str, message: str) -> Markup:
    return Markup(_catalogue(language).ugettext(message))  # noqa: S704  (our own words)


@cache
def _catalogue(language: str) -> Translations | NullTranslations:
    return Translations.load(current_app.config["BABEL_TRANSLATION_DIRECTORIES"], [LOCALES[language]])


@lru_cache(maxsize=1024)
def drawn(drawings: str, name: str, label: Markup, small: bool) -> Markup:
    """Return one drawing of the file of icons in the colour of the text beside it; with a label it is read aloud."""
    said = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="icon{}" {}><use href="{}#{}"></use></svg>').format(
        " icon-small" if small else "", said, drawings, name)


def called(code: str | None, name_zh: str | None, name_en: str | None, zh: bool) -> str:
    """Return what a coded record is called in Chinese or English; empty where there is none."""
    if code is None:
        return ""
    return f"{code} {(name_zh or name_en) if zh else (name_en or name_zh)}"


def name(record: Any, stem: str = "name") -> str:
    """Return a record's name (or another `<stem>_zh`/`<stem>_en` pair) in the reader's language; empty for None."""
    if record is None:
        return ""
    own = getattr(record, f"{stem}_{language()}") or ""
    return own or getattr(record, f"{stem}_en") or getattr(record, f"{stem}_zh") or ""


def when(at: datetime | None, zone: str | None = None, *, seconds: bool = False) -> Markup:
    """Show an instant in a site's zone (the reader's own when None)."""
    if at is None:
        return Markup("")
    local = at.astimezone(ZoneInfo(zone or time_zone()))
    shown = local.strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")
    return Markup(f'<time datetime="{rfc3339(at)}" title="{local:%Z} {local:%z}">{shown}</time>')  # noqa: S704


def day(value: date | None) -> str:
    """Show a day; empty for None."""
    return "" if value is None else value.isoformat()


def number(value: Decimal | float | None, digits: int | None = None) -> str:
    """Show a number with the reader's separators; a dash for None, which is not 0."""
    if value is None:
        return "–"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int) and digits is None:
        return f"{value:,}"
    shown: str = format_decimal(value, "#,##0" + ("." + "0" * digits if digits else "." + "#" * 4))
    return shown


def percent(value: float | None, digits: int = 1) -> str:
    """Show a share of 1 in per cent; a dash for None, which is not 0."""
    if value is None:
        return "–"
    shown: str = format_percent(value, "0." + "0" * digits + "%" if digits else "0%")
    return shown


def may(permission: str) -> bool:
    """Tell whether the signed-in person holds a permission anywhere."""
    person = g.get("person")
    return person is not None and person.may(permission)


def csrf_field() -> Markup:
    """Return the hidden field that every POST form carries."""
    from qms.web.app import csrf_token

    return Markup('<input type="hidden" name="csrf" value="{}">').format(csrf_token())


def with_args(**changed: Any) -> str:
    """Return this page's address with some query arguments changed; None takes one out."""
    args = request.args.to_dict(flat=False)
    for key, value in changed.items():
        args.pop(key, None)
        if value is not None:
            args[key] = [value]
    here, query = url_for(request.endpoint or "today.index", **(request.view_args or {})), urlencode(args, doseq=True)
    return f"{here}?{query}" if query else here
