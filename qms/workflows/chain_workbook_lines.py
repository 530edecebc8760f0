"""How one line of the master-data workbook finds its record, and what it changes of it. Knows no particular sheet."""

from abc import ABC, abstractmethod
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

from sqlalchemy.orm import Session

from qms.models.chain import Site
from qms.rules.accounts import Actor
from qms.rules.chain_workbook import YES_NO, Column, Line, Sheet
from qms.rules.errors import Invalid

R = TypeVar("R")
Key = tuple[Any, ...]


class Deferred(Exception):
    """A line refers to a record that a later line of its sheet may make."""


class Skipped(Exception):
    """A line refers to a record whose own line is wrong; to say so once is enough."""


class Field(NamedTuple):
    """One field that changes: its column, old and new as the workbook shows them."""

    key: str
    old: str
    new: str


@dataclass
class Change:
    """What a line does: `what` is new, changed or same. `retires`: its record goes out of use once all else is done."""

    line: Line
    what: str
    record: Any
    rev: int = 0
    fields: tuple[Field, ...] = ()
    retires: bool = False


@dataclass
class Ground:
    """What every line is taken over against: who does it, where, why, and the records found or made so far."""

    session: Session
    person: Actor
    site: Site
    reason: str
    known: dict[str, dict[str, Any]] = field(default_factory=lambda: {"units": {}, "items": {}, "lots": {}})
    wrong: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    is_last: bool = False

    def of(self, column: Column, code: str | None) -> Any:
        """Return the record that a cell of a column names; None for no code.

        Raises Deferred while it may still come, Skipped when its own line is wrong, Invalid when it is nowhere.
        """
        if not code:
            return None
        records = self.known[column.refers]
        if code in records:
            return records[code]
        if code in self.wrong[column.refers]:
            raise Skipped
        if not self.is_last:
            raise Deferred
        raise Invalid(f"There is no {code}, neither here nor in this workbook.", f"系统和此工作簿中都没有 {code}。",
                      field=column.key)


class Taker(ABC, Generic[R]):
    """Takes over the lines of one sheet."""

    def __init__(self, sheet: Sheet, ground: Ground, lines: list[Line]) -> None:
        self.sheet, self.ground, self.lines = sheet, ground, lines
        self.records: dict[Key, R] = self.load()

    def take(self, line: Line) -> Change:
        """Take a line over. Raises Deferred when it waits for another, RuleError for what is refused."""
        key = tuple(line.values.get(name) for name in self.sheet.identity)
        record = self.records.get(key)
        if record is None:
            with self.ground.session.begin_nested():
                made = self.make(line.values)
            self.records[key] = made
            return Change(line, "new", made, retires=line.values.get("active") is False)
        old = {**dict(zip(self.sheet.identity, key, strict=True)), **self.values(record)}
        given = {k: v for k in line.values if (v := self._meant(k, line.values[k], old[k])) != old[k]}
        if not given:
            return Change(line, "same", record)
        rev: int = record.rev  # type: ignore[attr-defined]
        fields = tuple(Field(k, self._shown(k, old[k]), self._shown(k, given[k])) for k in given)
        with self.ground.session.begin_nested():
            self.edit(record, given)
        return Change(line, "changed", record, rev, fields, retires=given.get("active") is False)

    def named(self, given: dict[str, Any], key: str) -> Any:
        """Return the record that a line names in a column. Raises Deferred, Skipped, Invalid."""
        return self.ground.of(self.sheet.column(key), given.get(key))

    def named_id(self, given: dict[str, Any], key: str) -> int | None:
        """Return the id of the record that a line names in a column; None for none. Raises as `named`."""
        record = self.named(given, key)
        return record.id if record else None

    def _meant(self, key: str, value: Any, old: Any) -> Any:
        """Return what a cell means. An empty one takes a text away; of a choice or a default it says nothing."""
        if value is not None:
            return value
        column = self.sheet.column(key)
        if column.choices is YES_NO or key in self.DEFAULTS:
            return old
        return type(old)() if isinstance(old, (str, tuple)) else None

    def _shown(self, key: str, value: Any) -> str:
        return self.sheet.column(key).shown(value)

    DEFAULTS: frozenset[str] = frozenset()
    """Columns whose empty cell says nothing."""

    @abstractmethod
    def load(self) -> dict[Key, R]:
        """Return the records that the lines may be about, by identity."""

    @abstractmethod
    def values(self, record: R) -> dict[str, Any]:
        """Return a record's values by column key; the identity may be left out."""

    @abstractmethod
    def make(self, given: dict[str, Any]) -> R:
        """Make a record of the values of a line."""

    @abstractmethod
    def edit(self, record: R, given: dict[str, Any]) -> None:
        """Change the given values of a record."""

    def retire(self, record: R) -> None:
        """Take a record out of use; only sheets with that column are asked."""
        raise NotImplementedError(record)
