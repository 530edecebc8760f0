"""Knows which language the reader reads and in which zone; must not know what is said."""

from flask import g, request
from flask_babel import Babel

from qms.rules.words import Words

LANGUAGES = ("zh", "en")
LOCALES = {"zh": "zh_Hans", "en": "en"}

babel = Babel()


def language() -> str:
    """Return `zh` or `en`: the person's choice, else the browser's cookie, else what the browser asks for."""
    chosen: str | None = g.get("language")
    if chosen is None:
        person = g.get("person")
        cookie = request.cookies.get("language")
        if person is not None:
            chosen = person.language
        elif cookie in LANGUAGES:
            chosen = cookie
        else:
            chosen = request.accept_languages.best_match(LANGUAGES) or "en"
        g.language = chosen
    return chosen


def locale() -> str:
    """Return the locale that the translations are stored under."""
    return LOCALES[language()]


def time_zone() -> str:
    """Return the zone in which this reader's instants are shown."""
    return g.get("time_zone") or "Asia/Shanghai"


def say(words: Words) -> str:
    """Return a wording in the reader's language."""
    return words.to(language())
