"""Knows what an operation's name tells: its machine, and whether it inspects; must not know reports."""

import re
from collections.abc import Mapping
from typing import NamedTuple

INSPECTION_WORDS = (
    "Q.C.",
    "QC",
    "inspection",
    "inspect",
    "quality control",
    "quality check",
    "检验",
    "质检",
    "终检",
    "抽检",
    "全检",
    "巡检",
    "首检",
)

_MACHINE = re.compile(r"\b(?:machine|mach\.|m/c) ?#?[\w.-]*\w|[\w-]*(?:机床|机台|设备)[\w-]*", re.IGNORECASE)
_NAME_PARTS = re.compile(r" ?[-–—:/] | [-–—:/] ?")


class Operation(NamedTuple):
    """One activity of the log; a person checks `inspection`; `resources` counts machines as recorded."""

    name: str
    machine: str | None
    inspection: bool
    rows: int
    resources: Mapping[str, int]


class Inspections:
    """Decides which operations inspect: by a person's word for a name, else by the words in it."""

    def __init__(self, words: tuple[str, ...] = INSPECTION_WORDS, decided: Mapping[str, bool] | None = None) -> None:
        self._pattern = re.compile("|".join(map(_word_pattern, words)) or r"(?!)", re.IGNORECASE)
        self._decided = dict(decided or {})

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            return False
        known = self._decided.get(name)
        return bool(self._pattern.search(name)) if known is None else known


def _word_pattern(word: str) -> str:
    """Match a Latin word only as a whole word, with or without its full stops; hanzi anywhere."""
    letters = [
        re.escape(letter) + r"\.?" if letter.isupper() else re.escape(letter) for letter in word if letter != "."
    ]
    body = "".join(letters) if word.isupper() else re.escape(word)
    return rf"(?<![^\W_]){body}(?![^\W_])" if word.isascii() else body


def machine_of(name: str) -> str | None:
    """Return the machine in an operation's name ("Turning - Machine 4" -> "Machine 4"), or None."""
    parts = [part for part in _NAME_PARTS.split(name) if _MACHINE.fullmatch(part)]
    return parts[-1] if parts else None


def names_machine(resource: str, machine: str) -> bool:
    """Say whether the resource as recorded names this machine as whole words: 1 is not 10."""
    return re.search(rf"(?<!\w){re.escape(machine)}(?!\w)", resource, re.IGNORECASE) is not None
