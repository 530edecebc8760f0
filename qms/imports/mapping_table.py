"""Knows how a table of a TOML file is read strictly, all faults at once; must not know what the keys mean."""

import difflib
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from qms.imports.cells import plain_text, shown
from qms.rules.errors import Problem

HINT_LIKENESS = 0.6


class Table:
    """One table of the file: each key is taken once, and what was not taken is refused by `done`."""

    def __init__(self, content: Any, where: str, problems: list[Problem]) -> None:
        self.where = where
        self._problems = problems
        self._known: list[str] = []
        if not isinstance(content, dict):
            self.refuse("", "must be a table", "必须是一个表")
            content = {}
        self._content: dict[str, Any] = content

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def refuse(self, key: str, en: str, zh: str) -> None:
        """Note that the value of a key is wrong."""
        name = self.name(key)
        self._problems.append(Problem(f"{name} {en}.", f"{name} {zh}。", column=name, kind="mapping"))

    def name(self, key: str) -> str:
        """Return the key as a reader finds it in the file."""
        return ".".join(part for part in (self.where, key) if part)

    def table(self, key: str) -> "Table":
        """Take a table; one that is not there is empty."""
        return Table(self._take(key, {}), self.name(key), self._problems)

    def tables(self, key: str) -> list["Table"]:
        """Take a list of tables; none when the key is not there."""
        found = self._take(key, [])
        if not isinstance(found, list):
            self.refuse(key, f"must be written as [[{key}]]", f"应写为 [[{key}]]")
            return []
        return [Table(each, f"{self.name(key)}[{place}]", self._problems) for place, each in enumerate(found, 1)]

    def text(self, key: str, default: str | None = None, limit: int = 120) -> str:
        """Take a text; without a default it must be there and not be empty."""
        found = self._take(key, default)
        if found is None:
            self.refuse(key, "is missing", "缺失")
            return ""
        if not isinstance(found, str) or not (found or default == ""):
            self.refuse(key, "must be a text", "必须是文字")
            return default or ""
        try:
            return plain_text(found, 0, key, limit)
        except Problem as problem:
            self.refuse(key, f"is wrong: {problem.words.en.rstrip('.')}", f"有误：{problem.words.zh.rstrip('。')}")
            return default or ""

    def texts(self, key: str, default: Sequence[str] = ()) -> tuple[str, ...]:
        """Take a list of texts; numbers are taken as they are written in files."""
        found = self._take(key, list(default))
        if not isinstance(found, list) or not all(isinstance(each, (str, int)) for each in found):
            self.refuse(key, 'must be a list of texts, as in ["1", "yes"]', '必须是文字列表，如 ["1", "yes"]')
            return tuple(default)
        return tuple(map(str, found))

    def choice(self, key: str, allowed: Sequence[str], default: str | None = None) -> str:
        """Take one of the allowed words."""
        found = self._take(key, default)
        if found in allowed:
            return str(found)
        listed = ", ".join(allowed)
        self.refuse(key, f"must be one of {listed}{_hint(str(found), allowed)}", f"必须是 {listed} 之一")
        return default or allowed[0]

    def count(self, key: str, default: int | None = None) -> int | None:
        """Take a whole number of at least 1."""
        found = self._take(key, default)
        if found is not None and (not isinstance(found, int) or isinstance(found, bool) or found < 1):
            self.refuse(key, "must be a whole number, 1 or more", "必须是不小于 1 的整数")
            return default
        return found

    def number(self, key: str) -> Decimal | None:
        """Take a number exactly as written; None when the key is not there."""
        found = self._take(key, None)
        if found is None or (isinstance(found, (int, Decimal)) and not isinstance(found, bool)):
            return None if found is None else Decimal(found)
        self.refuse(key, "must be a number", "必须是数字")
        return None

    def flag(self, key: str) -> bool:
        """Take true or false; false when the key is not there."""
        found = self._take(key, False)
        if not isinstance(found, bool):
            self.refuse(key, "must be true or false", "必须是 true 或 false")
        return found is True

    def day(self, key: str) -> datetime | None:
        """Take a day or a time, as the site's clock shows it; None when the key is not there."""
        found = self._take(key, None)
        if isinstance(found, datetime):
            return found
        if isinstance(found, date):
            return datetime(found.year, found.month, found.day)  # noqa: DTZ001  # The site's clock, zone comes later.
        if found is not None:
            self.refuse(
                key,
                "must be a day or time without quotes, as in 2031-05-06",
                "必须是不带引号的日期，如 2031-05-06",
            )
        return None

    def done(self) -> None:
        """Refuse every key that nobody took, with the key that may be meant."""
        for key in self._content:
            if key not in self._known:
                self.refuse(
                    key,
                    f"is not known here{_hint(key, self._known)}",
                    f"无法识别{_hint_zh(key, self._known)}",
                )

    def _take(self, key: str, default: Any) -> Any:
        self._known.append(key)
        return self._content.get(key, default)


def every(tables: Sequence[Table], read: Callable[[Table], Any]) -> tuple[Any, ...]:
    """Read each table to its end."""
    made = []
    for table in tables:
        made.append(read(table))
        table.done()
    return tuple(made)


def _near(word: str, known: Sequence[str]) -> str | None:
    return next(iter(difflib.get_close_matches(word, known, 1, HINT_LIKENESS)), None)


def _hint(word: str, known: Sequence[str]) -> str:
    near = _near(word, known)
    if near:
        return f"; is {shown(near)} meant?"
    return f"; known are {', '.join(known)}" if known else ""


def _hint_zh(word: str, known: Sequence[str]) -> str:
    near = _near(word, known)
    if near:
        return f"，是否为 {shown(near)}？"
    return f"，可用的有 {'、'.join(known)}" if known else ""
