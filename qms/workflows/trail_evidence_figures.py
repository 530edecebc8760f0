"""How the system counts what a workbook of evidence counts again by its formulas. Writes nothing."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Column, Select, func, select
from sqlalchemy.orm import Session

from qms.db import Exact
from qms.models.chain import Item
from qms.rules.trail import CODED, value_words
from qms.rules.trail_evidence_sheets import AMOUNTS, GROUPED, SUMMED, Measured, Shown
from qms.workflows.trail_evidence_rows import CHUNK, Ids
from qms.workflows.trail_names import table_of


def figures(session: Session, kinds: Sequence[Ids], units: Sequence[str]) -> Iterator[Measured]:
    """Yield the figures of each kind: records, records by state and kind, quantities, amounts of money."""
    for model, ids in kinds:
        held = table_of(model.__tablename__)
        meant = held.c.id.in_(ids)
        yield Measured(held.name, None, None, None, None,
                       session.scalar(select(func.count()).select_from(held).where(meant)) or 0)
        for by in ("state", *GROUPED.get(held.name, ())):
            if by in held.columns and (held.name, by) in CODED:
                yield from _counted(session, held.name, by, meant)
        yield from _summed(session, held.name, meant, units)
        yield from _amounts(session, held.name, meant)


def _counted(session: Session, table: str, by: str, meant: Any) -> Iterator[Measured]:
    held = table_of(table)
    column = held.c[by]
    for value, count in session.execute(select(column, func.count()).where(meant, column.is_not(None))
                                        .group_by(column).order_by(column)):
        yield Measured(table, None, by, value_words(table, by, value), None, count)


def _summed(session: Session, table: str, meant: Any, units: Sequence[str]) -> Iterator[Measured]:
    """Yield the sums of a kind's quantities: in the one unit of all items, else by unit where a row tells its item."""
    held = table_of(table)
    for name in SUMMED.get(table, ()):
        column = held.c[name]
        if len(units) == 1:
            yield Measured(table, name, None, None, units[0], _sum(session, select(column).where(meant)))
        elif "item_id" in held.columns:
            for unit in units:
                query = select(column).join_from(held, Item, Item.id == held.c.item_id).where(meant, Item.unit == unit)
                yield Measured(table, name, "unit", unit, unit, _sum(session, query))


def _amounts(session: Session, table: str, meant: Any) -> Iterator[Measured]:
    """Yield what amounts of money add up to, by currency; added here, exactly, for a database may round."""
    if table not in AMOUNTS:
        return
    held = table_of(table)
    column: Column[Any] = held.c[AMOUNTS[table]]
    assert isinstance(column.type, Exact)  # noqa: S101
    sums: dict[Shown, Decimal] = {}
    query = select(held.c.currency, column).where(meant, column.is_not(None), held.c.currency.is_not(None))
    with session.connection().execute(query, execution_options={"yield_per": CHUNK}) as result:
        for currency, amount in result:
            sums[currency] = sums.get(currency, Decimal(0)) + amount
    for currency, amount in sorted(sums.items()):
        yield Measured(table, column.name, "currency", currency, currency, amount)


def _sum(session: Session, query: Select[Any]) -> int:
    column = query.selected_columns[0]
    return session.scalar(query.with_only_columns(func.coalesce(func.sum(column), 0))) or 0
