"""Knows the workbook of an evidence package: the trail, then a sheet per kind of record; must not know any table.

Values stand as the trail writes them, so that a cell is found again in `records.jsonl`; only codes are in words.
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from exports.about import About, Written
from exports.columns import Column
from exports.workbook import Sheet, write_workbook
from qms.rules.trail import action_words, column_words, table_words, value_words
from qms.rules.words import Words

_TRAIL = Words("Trail", "审计追踪")
_TRAIL_COLUMNS = (
    Column("seq", Words("Entry", "条目"), "integer", width=10),
    Column("at", Words("At (UTC)", "时间 (UTC)"), width=28),
    Column("who", Words("By", "操作人"), width=18),
    Column("action", Words("Action", "操作"), width=28),
    Column("table", Words("Record", "记录"), width=22),
    Column("id", Words("Id", "标识"), "integer", width=10),
    Column("rev", Words("Version", "版本"), "integer", width=9),
    Column("reason", Words("Reason", "理由"), width=30),
    Column("hash", Words("Hash", "散列值"), width=68),
)


@dataclass(frozen=True)
class Kind:
    """One kind of record: its table, its columns with whether each holds whole numbers, and its rows."""

    table: str
    columns: Sequence[tuple[str, bool]]
    rows: Iterable[Mapping[str, Any]]


def evidence_book(target: str | os.PathLike[str], entries: Iterable[tuple[dict[str, Any], str]], kinds: Iterable[Kind],
                  language: str, about: About) -> Written:
    """Write the workbook; `entries` are (what an entry says, its hash), the latest of a record last."""
    trail = Sheet(_TRAIL.to(language), _TRAIL_COLUMNS, (_entry(said, digest, language) for said, digest in entries))
    return write_workbook(target, [trail, *(_sheet(number, kind, language)
                                            for number, kind in enumerate(kinds, start=1))], language, about)


def _sheet(number: int, kind: Kind, language: str) -> Sheet:
    """Return a kind's sheet; a header is the column in words and, in brackets, as `records.jsonl` names it."""
    columns = [Column(name, Words(*(f"{said} ({name})" for said in (column_words(name).en, column_words(name).zh))),
                      "integer" if whole else "text", width=18) for name, whole in kind.columns]
    rows = ({name: value if whole else _said(kind.table, name, value, language)
             for (name, whole), value in ((one, row[one[0]]) for one in kind.columns)} for row in kind.rows)
    return Sheet(f"{number} {table_words(kind.table).to(language).replace('/', '-')}"[:31], columns, rows)


def _entry(said: Mapping[str, Any], digest: str, language: str) -> dict[str, Any]:
    return {"seq": said["seq"], "at": said["at"], "who": said["actor"]["name"],
            "action": action_words(said["action"]).to(language), "table": table_words(said["entity"]).to(language),
            "id": said["entity_id"], "rev": said["rev"], "reason": said["reason"], "hash": digest}


def _said(table: str, name: str, value: Any, language: str) -> str | None:
    """Return a value in words where it is a code, else as text."""
    if value is None:
        return None
    found = value_words(table, name, value)
    return found.to(language) if isinstance(found, Words) else str(found)
