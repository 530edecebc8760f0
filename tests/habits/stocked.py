"""One record of every kind at the plant's site, put straight into the tables, and every route's address to them.

A record's words mean nothing, so its page may break on them. Whether somebody reaches a record is what is asked.
"""

import re
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy import CheckConstraint, Column, Connection, Table
from sqlalchemy.exc import IntegrityError
from werkzeug.routing import Rule

from qms.db.base import Base

AT = datetime(2026, 5, 4, 8, tzinfo=UTC)
KEPT_EMPTY = {"ledger", "installation", "disposed_leaves", "rule_counts", "number_series", "sign_ins", "attempts"}
WORDS = {"time_zone": "Asia/Shanghai", "month": "2026-05", "period": "2026-05", "starts": "08:00", "ends": "16:00",
         "entity": "rejections", "content_type": "image/png", "language": "en", "currency": "CNY", "role": "operator",
         "state": "open", "source": "import"}
NUMBERS = {"threshold": 3, "last": 100}
DAYS = {"before_first_on": -90, "before_last_on": -60, "first_on": -30}
APART = {"customer_id": 2, "accused_id": 2, "to_unit_id": 2}
_LISTED = re.compile(r"^\s*\"?(\w+)\"? IN \('([^']*)'", re.MULTILINE)
_PART = re.compile(r"<(\w+):(\w+)>")
TEXTS = {"code": "9.3.2-a", "period": "2026-05", "month": "2026-05", "entity": "rejections", "register": "ledger",
         "part": "d2", "what": "requirements", "step": "take", "document": "fmea", "discipline": "d2",
         "direction": "up", "track": "occurrence", "kind": "hour", "stamp": "x", "name": "x", "filename": "x",
         "key": "x", "token": "x"}


def fill(connection: Connection) -> None:
    """Put a row into every table that has none and takes one."""
    first: dict[str, Any] = {}
    for table in Base.metadata.sorted_tables:
        if table.name in KEPT_EMPTY:
            continue
        first[table.name] = _first(connection, table)
        if first[table.name] is None:
            try:
                with connection.begin_nested():
                    connection.execute(sa.insert(table).values(dict(_values(table, first))))
                first[table.name] = _first(connection, table)
            except IntegrityError:
                continue


def address_of(rule: Rule, customer: int) -> str:
    """Return a route's address, each part of which names the first record. Raises KeyError for an unknown text."""

    def part(found: re.Match[str]) -> str:
        kind, name = found.groups()
        if kind == "uuid":
            return str(uuid.UUID(int=1))
        if kind in {"id", "int"}:
            return str(customer) if name == "customer_id" else "1"
        return TEXTS[name]

    return _PART.sub(part, rule.rule)


def routes(app: Flask, every: int = 1) -> Iterator[tuple[Rule, str, str]]:
    """Yield every so many-th route with each method that it answers and what it needs, in the order of addresses."""
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule)[::every]:
        if rule.endpoint == "openapi.spec":
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield rule, method, app.view_functions[rule.endpoint].needs


def _first(connection: Connection, table: Table) -> Any:
    key = next(iter(table.primary_key.columns))
    is_number = isinstance(key.type, sa.Integer)
    return connection.scalar(sa.select(sa.func.min(key)).where(key > 0 if is_number else sa.true()))


def _values(table: Table, first: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    listed = dict(found for check in table.constraints if isinstance(check, CheckConstraint)
                  for found in _LISTED.findall(str(check.sqltext)))
    for column in table.columns:
        target = next((key.column.table.name for key in column.foreign_keys), None)
        if target is not None:
            if target in first and (not column.nullable or target in {"sites", "items", "lots"}):
                yield column.name, APART.get(column.name, 1) if target == "units" else first[target]
        elif column.name in listed:
            yield column.name, listed[column.name]
        elif column.name in {"id", "rev"}:
            yield column.name, 1
        elif not column.nullable and (column.name in WORDS or (column.default or column.server_default) is None):
            yield column.name, _value(column)


def _value(column: Column[Any]) -> Any:
    held = column.type.impl if isinstance(column.type, sa.TypeDecorator) else column.type
    kind = dict if isinstance(held, sa.JSON) else held.python_type
    if kind is date:
        return AT.date() + timedelta(days=DAYS.get(column.name, 0))
    return {str: WORDS.get(column.name, "x"), int: NUMBERS.get(column.name, 1), bool: False, datetime: AT,
            time: AT.time(), Decimal: Decimal(1), float: 1.0, bytes: b"x", dict: {}}[kind]
