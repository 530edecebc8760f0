"""How a record becomes plain values for a printed document: no row, no zone, names in both languages. Knows no file."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import inspect

from qms.rules.words import Words


def plain(record: Any, zone: ZoneInfo, **more: Any) -> dict[str, Any]:
    """Return every column of a record, with naive local times of the zone, and what else is told of it."""
    held = {column.key: getattr(record, column.key) for column in inspect(type(record)).column_attrs}
    return {name: local(value, zone) for name, value in (held | more).items()}


def local(value: Any, zone: ZoneInfo) -> Any:
    """Return an instant as naive local time of the zone; anything else as it is."""
    return value.astimezone(zone).replace(tzinfo=None) if isinstance(value, datetime) else value


def named(record: Any) -> Words | None:
    """Return the name of a site, item or defect in both languages; one stands in for the other where it is empty."""
    return None if record is None else Words(record.name_en or record.name_zh, record.name_zh or record.name_en)


def coded(record: Any) -> Words | None:
    """Return code and name of a unit, item or defect in both languages."""
    name = named(record)
    return None if name is None else Words(f"{record.code} {name.en}", f"{record.code} {name.zh}")


def person(record: Any) -> str | None:
    """Return a person's name."""
    return None if record is None else str(record.name)
