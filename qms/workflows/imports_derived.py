"""What the records derived from a log all refer to, and how they are kept. Knows no hand-over and no rejection."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from qms.db import Record
from qms.db.search import searchable
from qms.models.chain import Link, Lot
from qms.rules.accounts import Actor
from qms.workflows.imports_production import Shop
from qms.workflows.numbers import Number, next_numbers


class Derivation:
    """The lots being derived, with everything that their records refer to, by id."""

    def __init__(
        self,
        session: Session,
        person: Actor,
        run_id: int,
        shop: Shop,
        links: Sequence[Link],
        lots: dict[int, Lot],
        grant_id: int | None,
    ) -> None:
        self.session = session
        self.person = person
        self.run_id = run_id
        self.site = shop.site
        self.items = {item.id: item for item in shop.items.values()}
        self.units = {unit.id: unit for unit in shop.units.values()}
        self.links = {(link.supplier_id, link.customer_id): link for link in links}
        self.lots = lots
        self.grant_id = grant_id

    def numbers(self, kind: str, count: int) -> list[Number]:
        """Give the next numbers of a series at the site."""
        return next_numbers(self.session, kind, self.site, count) if count else []

    def keep(self, records: Sequence[Record]) -> None:
        """Store new records, so that they have ids."""
        self.session.add_all(records)
        self.session.flush()

    def text(self, number: str, lot_id: int, *unit_ids: int) -> str:
        """Return the words by which a record of a lot is found."""
        lot = self.lots[lot_id]
        item = self.items.get(lot.item_id) or lot.item
        units = [self.units[unit_id] for unit_id in unit_ids]
        return searchable(
            number,
            lot.number,
            item.code,
            item.name_zh,
            item.name_en,
            *(name for unit in units for name in (unit.code, unit.name_zh, unit.name_en)),
        )


def correct(record: Record, values: Mapping[str, Any]) -> None:
    """Give a record those values that differ."""
    for name, value in values.items():
        if getattr(record, name) != value:
            setattr(record, name, value)
