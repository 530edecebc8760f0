"""Knows what has to be known of a register to write it to a file. Knows no particular one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from exports.about import Written
from qms.rules.accounts import Actor
from qms.rules.words import Words
from qms.workflows.exports_filters import Meaning

_Write = Callable[..., Written]


@dataclass(frozen=True)
class Register:
    """One register that can be written to a file."""

    name: Words
    filter: type[Any]
    permission: str
    lines: Callable[..., Iterator[dict[str, Any]]]
    size: Callable[[Session, Actor, Any], int]
    meanings: Mapping[str, Meaning]
    to_workbook: _Write
    to_csv: _Write
