"""The few columns of chain records that a frequent request needs, as plain tuples. Knows no feature that uses them.

Loading a whole record into the session costs several times as much as reading its columns.
"""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement


class SiteBrief(NamedTuple):
    """What numbers and days need of a site."""

    id: int
    code: str
    time_zone: str


class UnitBrief(NamedTuple):
    """What the way of a defect needs of a unit."""

    id: int
    site_id: int
    kind: str
    code: str
    name_zh: str
    name_en: str
    path: str
    inspects: bool
    final: bool


class ItemBrief(NamedTuple):
    """What a report needs of an item."""

    id: int
    site_id: int
    code: str
    name_zh: str
    name_en: str


class DefectBrief(NamedTuple):
    """What a report needs of a defect code."""

    id: int
    site_id: int
    code: str
    name_zh: str
    name_en: str
    severity: str


class LotBrief(NamedTuple):
    """What a report needs of a lot."""

    id: int
    site_id: int
    number: str
    item_id: int
    quantity: int


def columns(brief: type[tuple[Any, ...]], source: Any) -> list[ColumnElement[Any]]:
    """Return the columns of a model or its alias that a brief holds, in its order."""
    fields: tuple[str, ...] = brief._fields  # type: ignore[attr-defined]
    return [getattr(source, name) for name in fields]
