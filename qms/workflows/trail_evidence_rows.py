"""How the records of evidence are read for a workbook: typed values, references by name, streamed. Writes nothing.

A reader of many rows never asks the database once per row: names are looked up a chunk at a time.
"""

import json
import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from pypinyin import Style, lazy_pinyin
from sqlalchemy import Boolean, Column, Date, Integer, Select, String, select
from sqlalchemy.orm import Session

from qms.db import Exact, Record, UtcTime
from qms.models.chain import Item
from qms.rules.trail import CODED, YES_NO, table_words, value_words
from qms.rules.trail_evidence_sheets import (
    DATED,
    INITIALS,
    KEPT,
    LEFT_OUT,
    PERSONAL,
    UNITED,
    Field,
    Ref,
    Registered,
)
from qms.workflows.trail_names import Names, names, table_of, target

CHUNK = 1000
Ids = tuple[type[Record], Select[Any]]
Called = Callable[[str], str]
_FIRST = ("id", "number", "form_number", "code", "login", "name_zh", "name_en", "name", "position")
_LAST = ("rev",)
_UNIT = Field("unit", "text", 8)
_NAMED = 60
_SIGN = re.compile(r"\w")


def called(how: str) -> Called:
    """Return how a person's name is written: in full, or as initials, a Chinese one by its pinyin."""
    return _initials if how == INITIALS else str


def fields(model: type[Record], units: Sequence[str] = ()) -> list[Field]:
    """Return the fields of a kind that people read, what names a record first; with a field for the unit of measure
    where the items of the evidence have several.
    """
    held = table_of(model.__tablename__).columns
    kept = [_field(column) for column in held
            if column.name not in LEFT_OUT or (model.__tablename__, column.name) in KEPT]
    kept.sort(key=lambda one: _order(model.__tablename__, one.name))
    united = next((place for place, one in enumerate(kept, start=1) if one.name in UNITED), None)
    if len(units) > 1 and united and "item_id" in held:
        kept.insert(united, _UNIT)
    return kept


def ids_of(session: Session, kind: Ids) -> Sequence[int]:
    """Return the ids of a kind's records, ascending."""
    held = table_of(kind[0].__tablename__)
    found = session.connection().execute(select(held.c.id).where(held.c.id.in_(kind[1])).order_by(held.c.id),
                                         execution_options={"yield_per": CHUNK})
    return array("q", (row.id for row in found))


def units_of(session: Session, kinds: Sequence[Ids]) -> list[str]:
    """Return the units of measure of the items in the evidence."""
    ids = next((ids for model, ids in kinds if model is Item), None)
    if ids is None:
        return []
    return list(session.scalars(select(Item.unit).where(Item.id.in_(ids)).distinct().order_by(Item.unit)))


def rows(session: Session, kind: Ids, wanted: Sequence[Field], person: Called) -> Iterator[list[Any]]:
    """Yield the rows of a kind by id: whole numbers, decimals, days, instants (UTC), texts, coded words and Ref."""
    model, ids = kind
    held = table_of(model.__tablename__)
    united = _UNIT in wanted and "unit" not in held.columns
    columns = [Item.unit if united and field == _UNIT else held.c[field.name] for field in wanted]
    source = held.outerjoin(Item, Item.id == held.c.item_id) if united else held
    entity = held.c.entity if "entity_id" in held.columns else held.c.id
    query = select(entity, *columns).select_from(source).where(held.c.id.in_(ids)).order_by(held.c.id)
    targets = [target(held.name, field.name) for field in wanted]
    puts = [_put(held.name, field, to, person) for field, to in zip(wanted, targets, strict=True)]
    with session.connection().execute(query, execution_options={"yield_per": CHUNK}) as result:
        for some in result.partitions(CHUNK):
            known = names(session, _referred(some, wanted, targets), person)
            for entity_name, *values in some:
                yield [None if value is None else put(value, entity_name, known)
                       for put, value in zip(puts, values, strict=True)]


def register(session: Session, kinds: Sequence[Ids], person: Called) -> Iterator[Registered]:
    """Yield the numbered records in a line each, kind by kind."""
    for model, ids in kinds:
        held = table_of(model.__tablename__).columns
        if not {"number", "serial"} <= set(held.keys()):
            continue
        dated = next((name for name in DATED if name in held), "id")
        wanted = ["id", "number", dated, "state", "item_id", "lot_id", "quantity", "unit", "link_id"]
        chosen = [_UNIT if name == "unit" else _field(held[name]) for name in wanted
                  if name in held or (name == "unit" and "item_id" in held)]
        names_of = [field.name for field in chosen]
        for row in rows(session, (model, ids), chosen, person):
            told = dict(zip(names_of, row, strict=True))
            yield Registered(Ref(model.__tablename__, told["id"], told["number"]),
                             told[dated] if dated != "id" else None, *(told.get(name) for name in wanted[3:]))


def _initials(name: str) -> str:
    parts = " ".join(lazy_pinyin(name, style=Style.FIRST_LETTER)).split()
    return "".join(f"{found[0].upper()}." for part in parts if (found := _SIGN.search(part)))


def _order(table: str, name: str) -> tuple[int, bool]:
    """Return where a column stands: what names the record first, its version last."""
    naming = name in _FIRST and (table, name) not in CODED
    return _FIRST.index(name) if naming else len(_FIRST), name in _LAST


def _field(column: Column[Any]) -> Field:
    held = column.type
    if isinstance(held, UtcTime):
        return Field(column.name, "datetime")
    if isinstance(held, Date):
        return Field(column.name, "date")
    if isinstance(held, Exact):
        return Field(column.name, "decimal")
    if isinstance(held, Integer) and not isinstance(held, Boolean) and not column.foreign_keys:
        return Field(column.name, "integer") if column.name != "entity_id" else Field(column.name, "text", _NAMED)
    if isinstance(held, String):
        return Field(column.name, "text", held.length or 0)
    return Field(column.name, "text", _NAMED if column.foreign_keys else 4)


def _referred(some: Sequence[Any], wanted: Sequence[Field], targets: Sequence[str | None]) -> dict[str, set[int]]:
    """Collect which records some rows refer to, by table."""
    found: dict[str, set[int]] = {}
    for place, (field, to) in enumerate(zip(wanted, targets, strict=True), start=1):
        if to is not None:
            found.setdefault(to, set()).update(row[place] for row in some if row[place] is not None)
        elif field.name == "entity_id":
            for row in some:
                found.setdefault(row[0], set()).add(row[place])
    return found


def _put(table: str, field: Field, to: str | None, person: Called) -> Callable[[Any, str, Names], Any]:
    """Return the function that turns (value, entity, names) of a field into what a reader sees."""
    if to is not None:
        return lambda value, _entity, known: Ref(to, value, known.get((to, value), f"#{value}"))
    if field.name == "entity_id":
        return lambda value, entity, known: Ref(entity, value, known.get((entity, value), f"#{value}"))
    if (table, field.name) in PERSONAL:
        return lambda value, _entity, _known: person(value)
    return lambda value, _entity, _known: _plain(table, field.name, value)


def _plain(table: str, name: str, value: Any) -> Any:
    if name == "entity":
        return table_words(value)
    if isinstance(value, bool):
        return YES_NO[value]
    if isinstance(value, int | Decimal | date):
        return value
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return value_words(table, name, value)
