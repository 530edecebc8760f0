"""Knows the ways in which a step can be refused; must not know how a refusal is shown."""

from collections.abc import Sequence
from typing import Any

from qms.rules.words import Words


class RuleError(Exception):
    """A refusal with a sentence that a user may read, and the form field it belongs to.

    `field` None means that the refusal is about the whole record, not about one field.
    """

    def __init__(self, en: str, zh: str, *, field: str | None = None) -> None:
        super().__init__(en)
        self.words = Words(en, zh)
        self.field = field


class Refused(RuleError):
    """A named rule (R-01 ...) of `rules.clauses` blocks the step."""

    def __init__(self, rule: str, en: str, zh: str, *, field: str | None = None) -> None:
        super().__init__(en, zh, field=field)
        self.rule = rule


class NeedsReason(Refused):
    """A named rule warns: the step may be repeated with a reason."""


class IllegalStep(RuleError):
    """The record's state does not allow the step."""


class Invalid(RuleError):
    """A value cannot be taken as given."""


class NotFound(RuleError):
    """No such record, or none that this person may know of."""

    def __init__(self, en: str = "There is no such record.", zh: str = "没有这条记录。") -> None:
        super().__init__(en, zh)


class NotAllowed(RuleError):
    """The person holds no grant for this permission in this scope."""

    def __init__(self, permission: str, en: str, zh: str) -> None:
        super().__init__(en, zh)
        self.permission = permission


class Stale(RuleError):
    """Someone changed the record after this person read it; nothing was overwritten.

    `current` and `yours` map field names to plain values, for showing both versions.
    """

    def __init__(self, current: dict[str, Any], yours: dict[str, Any]) -> None:
        super().__init__(
            "Someone else changed this record after you opened it. Nothing was overwritten.",
            "您打开之后, 此记录已被他人修改。没有覆盖任何内容。",
        )
        self.current = current
        self.yours = yours


class Throttled(RuleError):
    """Tried too often; the same may be tried again after some seconds."""

    def __init__(self, en: str, zh: str, *, seconds: int, field: str | None = None) -> None:
        super().__init__(en, zh, field=field)
        self.seconds = seconds


class Doubled(RuleError):
    """A record with this identity is already there."""


class BadFile(RuleError):
    """A file cannot be taken; `problems` lists every line that is wrong."""

    def __init__(self, en: str, zh: str, problems: "Sequence[Problem]" = ()) -> None:
        super().__init__(en, zh)
        self.problems = tuple(problems)


class Problem(RuleError):
    """One thing wrong in a file: where (sheet, line, column) and why.

    `line` counts from 1 including header lines, as an editor or Excel shows it; None means the file as a whole.
    """

    def __init__(self, en: str, zh: str, *, line: int | None = None, column: str | None = None,
                 sheet: str | None = None, kind: str = "invalid") -> None:
        super().__init__(en, zh, field=column)
        self.line = line
        self.column = column
        self.sheet = sheet
        self.kind = kind
