"""Knows how to draw every macro and page frame with believable content, without the application; for looking.

`python tests/look/gallery.py FOLDER` writes one page per name and language.
"""

import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace as Thing
from typing import Any

from babel.dates import format_date, format_datetime
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    validators,
)
from wtforms.fields import SelectChoice

from forms.base import EditForm, Form
from qms.rules.clauses import RULES
from qms.rules.errors import Refused, Stale
from qms.rules.words import Words
from qms.web.page import drawn

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("register", "record", "form", "refused", "report", "empty", "error", "paper")
NOW = datetime(2026, 11, 20, 6, 42, tzinfo=UTC)
W = Words


def catalogue(language: str) -> dict[str, str]:
    """Return message -> translation; English needs none."""
    path = ROOT / "qms" / "translations" / "zh_Hans" / "LC_MESSAGES" / "messages.po"
    if language == "en" or not path.exists():
        return {}
    with path.open("rb") as source:
        entries = [(message.id, message.string) for message in read_po(source) if message.id]
    return {key[0] if isinstance(key, tuple) else key: text[0] if isinstance(text, tuple) else text
            for key, text in entries}


def environment(language: str) -> Environment:
    """Build the Jinja environment with plain stand-ins for what the web edge gives to templates."""
    words = catalogue(language)
    locale = "zh_Hans" if language == "zh" else "en"
    env = Environment(loader=FileSystemLoader([ROOT / "templates", ROOT / "tests" / "look"]), autoescape=True,
                      undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
                      extensions=["jinja2.ext.i18n"])
    env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: words.get(text) or text,
        lambda one, many, n: words.get(one) or (one if n == 1 else many), newstyle=True)

    def when(moment: datetime, _zone: str | None = None) -> Markup:
        shown = format_datetime(moment + timedelta(hours=8), "yyyy-MM-dd HH:mm", locale=locale)
        return Markup(f'<time datetime="{moment.isoformat()}">{shown}</time>')

    env.globals.update(
        language=language, say=lambda pair: pair.to(language), when=when, demo=True, words=words,
        day=lambda value: format_date(value, "yyyy-MM-dd", locale=locale),
        number=lambda value: format_decimal(value, locale=locale),
        percent=lambda value: format_percent(value, "#,##0.0%", locale=locale),
        drawing=lambda name, label="", small=False: drawn(
            "/static/vendor/tabler/icons.svg", name, escape(label), small),
        static=lambda path: f"/static/{path}", url_for=lambda name, **_: "/" + name.replace(".", "/"),
        csrf_field=lambda: Markup('<input type="hidden" name="csrf" value="x">'), may=lambda _: True,
        request=Thing(cookies={}, full_path="/"), person=Thing(name="王建国" if language == "zh" else "Wang Jianguo",
                                                            grants=(), until=None),
        get_flashed_messages=lambda **_: [], nav=navigation(), error=None, W=Words, rule=None, rules=RULES,
        g=Thing(request_id="6f1c0d3e"),
        now=NOW, hours=lambda n: NOW + timedelta(hours=n), Thing=Thing)
    return env


def navigation() -> list[dict[str, Any]]:
    """Return the rail as the application would build it."""
    def item(en: str, zh: str, icon: str, *, active: bool = False, count: int | None = None) -> dict[str, Any]:
        return {"words": W(en, zh), "url": "#", "active": active, "icon": icon, "count": count}

    return [
        {"words": None, "items": [item("Today", "今日", "home", count=6)]},
        {"words": W("Shop floor", "现场"), "items": [
            item("Hand-overs", "工序交接", "arrows-exchange"),
            item("Rejections", "不合格记录", "circle-x", active=True, count=3),
            item("Standards", "验收标准", "ruler-measure"), item("Figures", "指标", "chart-line")]},
        {"words": W("Customer chain", "客户链"), "items": [item("Map", "链图", "topology-star-3")]},
        {"words": W("Evidence", "证据"), "items": [item("Audit trail", "审计追踪", "history")]},
        {"words": W("Settings", "设置"), "items": [item("People", "人员", "users")]},
    ]


class RejectionForm(EditForm):
    """A form with every kind of field."""

    item = StringField("Item", [validators.InputRequired()], description="Part number, or scan the traveller.")
    found_on = DateField("Found on", [validators.InputRequired()])
    quantity = DecimalField("Quantity", [validators.InputRequired()], places=0)
    severity = RadioField("Severity", choices=[SelectChoice("CR", "Critical"), SelectChoice("MA", "Major"),
                                               SelectChoice("MI", "Minor")], default="MA")
    defect = SelectField("Defect", choices=[SelectChoice("", ""), SelectChoice("BUR", "Burr")], default="")
    note = TextAreaField("Note", description="What you saw, where on the part.")
    photo = FileField("Photo")
    stop = BooleanField("Stop the line", description="Tells the team leader of the origin at once.")


class FilterForm(Form):
    """A register's filter row."""

    q = StringField("Search")
    state = SelectField("State", choices=[SelectChoice("", "All"), SelectChoice("held", "Held")])
    unit = SelectField("Found at", choices=[SelectChoice("", "All"), SelectChoice("OP40", "OP40 Grinding")])
    since = DateField("From", [validators.Optional()])


def forms(language: str, words: dict[str, str]) -> dict[str, Any]:
    """Return the forms of the gallery: as opened, refused by a rule, wrong in places, and overtaken."""
    from werkzeug.datastructures import MultiDict

    def say(text: str) -> str:
        return words.get(text) or text

    wrong = RejectionForm(MultiDict({"item": "", "found_on": "32.13.2026", "quantity": "-"}), translate=say)
    wrong.validate()
    refused = RejectionForm(None, translate=say, found_on=date(2026, 11, 20), item="HUB-204")
    refused.refuse(Refused("R-55", "The lot cannot be accepted: lot L-1183 upstream has an open hold.",
                           "该批不能接收: 上道批次 L-1183 有未解除的冻结。"), language)
    stale = RejectionForm(None, translate=say)
    stale.refuse(Stale({"quantity": "24", "note": "Burr on edge B"}, {"quantity": "30", "note": "Burr on edge B"}),
                 language)
    return {"wrong": wrong, "refused": refused, "stale": stale, "error": stale.refusal,
            "filter_form": FilterForm(None, translate=say)}


def draw(page: str, language: str) -> str:
    """Return one page of the gallery as HTML."""
    env = environment(language)
    return env.get_template(f"{page}.html").render(**forms(language, env.globals["words"]))


def main(folder: Path) -> None:
    """Write every page in both languages."""
    for page in PAGES:
        for language in ("en", "zh"):
            (folder / f"{page}-{language}.html").write_text(draw(page, language), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
