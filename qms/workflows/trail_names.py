"""How records are called that other records refer to: looked up in bulk. Writes nothing."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from qms.db import record_classes
from qms.models.accounts import Grant, Person
from qms.models.chain import Unit
from qms.rules.accounts import ROLES
from qms.rules.trail import CODED, table_words
from qms.rules.words import Words
from qms.workflows.trail_contents import in_chunks

Name = Words | str
Names = dict[tuple[str, int], Name]
WHOLES = ("rejection", "handover", "stop", "action", "standard", "disposition", "control", "check",
          "complaint", "concession", "bypass", "request", "cause", "survey", "review", "item", "unit")
"""What a record is called after when it has no number or name: `<whole>_id` is one of its columns."""
_MARKS = ("number", "form_number", "code", "login")
_ENDS = ("supplier_id", "customer_id")


def names(session: Session, wanted: Mapping[str, Collection[int]], person: Callable[[str], str] = str) -> Names:
    """Return what these records are called, in a few queries per table; one that is not there has no name.

    `person` says how a person's name is written.
    """
    found: Names = {}
    nameless: dict[str, list[Any]] = {}
    for table, ids in wanted.items():
        for row in _rows(session, table, ids):
            name = _own(table, row, person)
            if name is None:
                nameless.setdefault(table, []).append(row)
            else:
                found[table, row.id] = name
    if nameless:
        found |= _by_others(session, nameless, person)
    return found


@cache
def target(table: str, column: str) -> str | None:
    """Name the record table that a column refers to; None when it refers to none."""
    cls = record_classes().get(table)
    found = cls.__table__.columns.get(column) if cls is not None else None
    keys = list(found.foreign_keys) if found is not None else []
    return keys[0].column.table.name if keys else None


@cache
def table_of(name: str) -> Table:
    """Return a record table. Raises KeyError."""
    held = record_classes()[name].__table__
    assert isinstance(held, Table)  # noqa: S101
    return held


@cache
def _naming(table: str) -> tuple[str, ...]:
    """List the columns of a table that a record is called by."""
    held = table_of(table).columns
    if table in (Person.__tablename__, Grant.__tablename__):
        return ("name",) if table == Person.__tablename__ else ("role",)
    own = [name for name in (*_MARKS, "name_zh", "name_en") if name in held and (table, name) not in CODED]
    ends = list(_ENDS) if all(end in held for end in _ENDS) else []
    return (*own, *ends, *(f"{whole}_id" for whole in WHOLES if f"{whole}_id" in held))


def _rows(session: Session, table: str, ids: Collection[int]) -> Iterator[Any]:
    held = table_of(table)
    columns = [held.c.id, *(held.c[name] for name in _naming(table))]
    for some in in_chunks(ids):
        yield from session.execute(select(*columns).where(held.c.id.in_(some)))


def _own(table: str, row: Any, person: Callable[[str], str]) -> Name | None:
    """Return what a record says it is called: its number or code, and its name where it has one."""
    if table == Person.__tablename__:
        return person(row.name)
    if table == Grant.__tablename__:
        return ROLES.get(row.role, Words(row.role, row.role))
    mark = next((str(value) for name in _MARKS if name in _naming(table) and (value := getattr(row, name))), None)
    zh, en = getattr(row, "name_zh", None), getattr(row, "name_en", None)
    if zh or en:
        return Words(" ".join(p for p in (mark, en) if p), " ".join(p for p in (mark, zh) if p))
    return mark


def _by_others(session: Session, nameless: Mapping[str, list[Any]], person: Callable[[str], str]) -> Names:
    """Name records after their two ends, else after what they are part of, else by their id."""
    found: Names = {}
    wholes: dict[tuple[str, int], tuple[str, int]] = {}
    for table, rows in nameless.items():
        codes = _codes(session, table, rows)
        for row in rows:
            ends = [codes[value] for end in _ENDS if (value := getattr(row, end, None)) in codes]
            whole = None if len(ends) == len(_ENDS) else _whole(table, row)
            found[table, row.id] = " → ".join(ends) if len(ends) == len(_ENDS) else f"#{row.id}"
            if whole is not None:
                wholes[table, row.id] = whole
    wanted: dict[str, set[int]] = {}
    for other, other_id in wholes.values():
        wanted.setdefault(other, set()).add(other_id)
    known = names(session, wanted, person) if wanted else {}
    return found | {own: _part_of(own[0], known[whole]) for own, whole in wholes.items() if whole in known}


def _codes(session: Session, table: str, rows: Collection[Any]) -> dict[int, str]:
    """Return the codes of the units that records lie between; empty for records that have no two ends."""
    if not all(end in _naming(table) for end in _ENDS):
        return {}
    ids = {value for row in rows for end in _ENDS if (value := getattr(row, end)) is not None}
    found: dict[int, str] = {}
    for some in in_chunks(ids):
        found |= {row.id: row.code for row in session.execute(select(Unit.id, Unit.code).where(Unit.id.in_(some)))}
    return found


def _whole(table: str, row: Any) -> tuple[str, int] | None:
    """Return the record that a nameless one is part of; None: of none."""
    for name in (f"{whole}_id" for whole in WHOLES):
        to = target(table, name) if name in _naming(table) else None
        if to is not None and getattr(row, name) is not None:
            return to, getattr(row, name)
    return None


def _part_of(table: str, whole: Name) -> Name:
    what = table_words(table)
    en, zh = (whole, whole) if isinstance(whole, str) else whole
    return Words(f"{what.en} {en}", f"{what.zh} {zh}")
