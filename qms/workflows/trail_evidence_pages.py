"""On which record's page a part of a record is shown. Knows no address."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import record_classes

Place = tuple[str, int]
"""A table and an id in it."""

PARENTS = {
    "reworks": "disposition_id", "dispositions": "rejection_id", "scrap_tickets": "disposition_id",
    "containment_lines": "rejection_id", "concession_uses": "concession_id", "stock_lines": "action_id",
    "document_updates": "action_id", "read_acrosses": "action_id", "review_inputs": "review_id",
    "review_decisions": "review_id", "bypass_misses": "bypass_id", "bypass_lots": "bypass_id",
    "control_tests": "control_id",
}
"""The column by which a part names the record that it is shown with."""


def shown_with(session: Session, places: Iterable[Place]) -> dict[Place, Place]:
    """Map parts, and records themselves, to the record on whose page they are shown."""
    found = {place: place for place in places}
    while parts := {here for here in found.values() if here[0] in PARENTS or here[0] == "attachments"}:
        above = _above(session, parts)
        found = {place: above.get(here, here) for place, here in found.items()}
        if not parts & above.keys():
            break
    return found


def _above(session: Session, parts: set[Place]) -> dict[Place, Place]:
    above: dict[Place, Place] = {}
    for table in {table for table, _id in parts}:
        model: Any = record_classes()[table]
        ids = [one for name, one in parts if name == table]
        if table == "attachments":
            query = select(model.id, model.entity, model.entity_id).where(model.id.in_(ids))
            above.update(((table, one), (entity, there)) for one, entity, there in session.execute(query))
            continue
        column = getattr(model, PARENTS[table])
        parent = next(iter(column.property.columns[0].foreign_keys)).column.table.name
        query = select(model.id, column).where(model.id.in_(ids))
        above.update(((table, one), (parent, there)) for one, there in session.execute(query))
    return above
