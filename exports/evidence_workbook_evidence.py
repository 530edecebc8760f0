"""Knows what a workbook of evidence is made from; must not know its sheets."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from exports.about import About
from qms.rules.trail_evidence import Clause, Gap
from qms.rules.trail_evidence_sheets import FULL, Field, Measured, Noted, Registered, Series, Void


@dataclass(frozen=True)
class Kind:
    """One kind of record: its table, its fields with `id` first, its ids ascending, and its rows in that order."""

    table: str
    fields: Sequence[Field]
    ids: Sequence[int]
    rows: Iterable[Sequence[Any]]


@dataclass(frozen=True)
class Evidence:
    """All that a workbook says. What has many rows is read while it is written; `entries` gives the trail anew each
    time, oldest first, whole or without what changed.

    `clauses` come with the tables that are evidence of each. `units`: units of measure of the items. `void_since`:
    the version since which a signature is void, by its id. `no_file`: hashes of files that the package lacks.
    `photo` gives the bytes of a photo by its hash; None for one that is not there as it was kept.
    `address`: where the pages of the system are; empty: nowhere. `names`: how persons are named.
    """

    about: About
    sites: Sequence[str]
    versions: tuple[str, str]
    clauses: Sequence[tuple[Clause, Sequence[str]]]
    gaps: Sequence[Gap]
    kinds: Sequence[Kind]
    units: Sequence[str]
    register: Iterable[Registered]
    entries: Callable[[bool], Iterable[Noted]]
    entry_count: int
    voids: Iterable[Void]
    series: Iterable[Series]
    figures: Sequence[Measured]
    photo: Callable[[str], bytes | None]
    void_since: Mapping[int, int] = field(default_factory=dict)
    no_file: frozenset[str] = frozenset()
    address: str = ""
    names: str = FULL
