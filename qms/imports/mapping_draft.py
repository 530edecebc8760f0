"""Knows how a mapping is written down from what a person chose on screen; must not know the rows of any file."""

import json
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from itertools import islice
from typing import Any, NamedTuple

from qms.imports.rows import Row
from qms.imports.text import Source, rows
from qms.rules.errors import BadFile
from qms.rules.words import Words

SAMPLE = 6
ONE_COLUMN_ROLES = ("piece", "lot", "item", "time", "quantity", "rejected", "verdict", "defect")


class ColumnChoice(NamedTuple):
    """What a person says of a column: a role, "mark" with a defect code, "reading" with a unit, or nothing."""

    column: str
    role: str
    more: str = ""


class Named(NamedTuple):
    """A record of the chain that a mapping names; `more` is a unit's or link's kind, or an item's measure."""

    code: str
    name: Words
    more: str = ""


def sample(source: Source, size: int = SAMPLE) -> list[Row]:
    """Return the first rows of a file. Raises BadFile when it has none."""
    found = [each for each in islice(rows(source), size) if isinstance(each, Row)]
    if not found:
        raise BadFile("The file is empty.", "文件为空。")
    return found


def written(content: AnyMapping[str, Any]) -> str:
    """Write the tables of a mapping as TOML; texts, numbers, lists of texts, tables and lists of tables."""
    plain = {key: value for key, value in content.items() if not isinstance(value, dict) and not _is_tables(value)}
    lines = [f"{key} = {_value(value)}" for key, value in plain.items()]
    for key, value in content.items():
        for head, table in _tables(key, value):
            lines += ["", head, *(f"{name} = {_value(each)}" for name, each in table.items())]
    return "\n".join(lines) + "\n"


def columns_tables(chosen: Sequence[ColumnChoice], defects: AnyMapping[str, tuple[Words, str]],
                   fallback: str = "") -> dict[str, Any]:
    """Return the tables columns, defects and readings; `defects` maps known codes to name and severity.

    `fallback` is the code of a rejection that names none.
    """
    codes = {choice.more for choice in chosen if choice.role == "mark"} | {fallback} - {""}
    if any(choice.role == "defect" for choice in chosen):
        codes |= set(defects)
    marks = {choice.more: choice.column for choice in chosen if choice.role == "mark"}
    return {
        "columns": {choice.role: choice.column for choice in chosen if choice.role in ONE_COLUMN_ROLES},
        "defects": [_defect(code, defects, marks.get(code, "")) for code in sorted(codes)],
        "readings": [{"column": choice.column, "unit": choice.more or "1"} for choice in chosen
                     if choice.role == "reading"],
    }


def _defect(code: str, known: AnyMapping[str, tuple[Words, str]], column: str) -> dict[str, str]:
    name, severity = known.get(code, (Words(code, code), "MA"))
    told = {"code": code, "en": name.en, "zh": name.zh, "severity": severity}
    return told | ({"column": column} if column else {})


def place(named: Named, key: str = "kind") -> dict[str, str]:
    """Return the table of a unit, link or item."""
    told = {"code": named.code, "en": named.name.en, "zh": named.name.zh} if named.code else {
        "en": named.name.en, "zh": named.name.zh}
    return told | ({key: named.more} if named.more else {})


def _is_tables(value: Any) -> bool:
    return isinstance(value, list) and any(isinstance(each, dict) for each in value)


def _tables(key: str, value: Any) -> list[tuple[str, AnyMapping[str, Any]]]:
    if isinstance(value, dict):
        return [(f"[{key}]", value)]
    return [(f"[[{key}]]", each) for each in value] if _is_tables(value) else []


def _value(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else str(value)
