"""What a line of each sheet of the master-data workbook does to its record. Knows no file."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from qms.models.chain import Defect, Item, Link, Lot, LotSource, Routing, RoutingStep, Unit
from qms.rules.chain_workbook import DEFECTS, ITEMS, LINKS, LOTS, ROUTINGS, UNITS
from qms.rules.errors import Invalid, Refused
from qms.workflows import chain
from qms.workflows.chain_workbook_lines import Key, Taker

SOURCE = "workbook"
_AT_ONCE = 500


def said(given: dict[str, Any], *left_out: str) -> dict[str, Any]:
    """Return the values that a line gives, without some columns."""
    return {key: value for key, value in given.items() if value is not None and key not in left_out}


class Units(Taker[Unit]):
    """Units, by code."""

    def load(self) -> dict[Key, Unit]:
        session, site = self.ground.session, self.ground.site
        found = session.scalars(select(Unit).options(joinedload(Unit.parent)).where(Unit.site_id == site.id)).all()
        self.ground.known["units"].update((unit.code, unit) for unit in found)
        self.codes = {unit.id: unit.code for unit in found}
        return {(unit.code,): unit for unit in found}

    def values(self, record: Unit) -> dict[str, Any]:
        own = {column.key: getattr(record, column.key) for column in self.sheet.columns if column.key != "parent"}
        return {**own, "parent": self.codes.get(record.parent_id or 0)}

    def make(self, given: dict[str, Any]) -> Unit:
        unit = chain.add_unit(self.ground.session, self.ground.person, site_id=self.ground.site.id,
                              parent_id=self.named_id(given, "parent"), **said(given, "parent", "active"))
        self.ground.known["units"][unit.code], self.codes[unit.id] = unit, unit.code
        return unit

    def edit(self, record: Unit, given: dict[str, Any]) -> None:
        session, person = self.ground.session, self.ground.person
        fields = {key: value for key, value in given.items() if key not in {"active", "parent"}}
        if "parent" in given:
            fields["parent_id"] = self.named_id(given, "parent")
        if given.get("active"):
            chain.retire_unit(session, person, record.id, record.rev, active=True, reason=self.ground.reason)
        if fields:
            chain.edit_unit(session, person, record.id, record.rev, **fields)

    def retire(self, record: Unit) -> None:
        chain.retire_unit(self.ground.session, self.ground.person, record.id, record.rev, active=False,
                          reason=self.ground.reason)


class Items(Taker[Item]):
    """Items, by code."""

    DEFAULTS = frozenset({"unit"})

    def load(self) -> dict[Key, Item]:
        found = self.ground.session.scalars(
            select(Item).options(joinedload(Item.customer)).where(Item.site_id == self.ground.site.id)).all()
        self.ground.known["items"].update((item.code, item) for item in found)
        return {(item.code,): item for item in found}

    def values(self, record: Item) -> dict[str, Any]:
        own = {column.key: getattr(record, column.key) for column in self.sheet.columns if column.key != "customer"}
        return {**own, "customer": record.customer.code if record.customer else None}

    def make(self, given: dict[str, Any]) -> Item:
        item = chain.add_item(self.ground.session, self.ground.person, site_id=self.ground.site.id,
                              customer_id=self.named_id(given, "customer"), **said(given, "customer", "active"))
        self.ground.known["items"][item.code] = item
        return item

    def edit(self, record: Item, given: dict[str, Any]) -> None:
        fields = {key: value for key, value in given.items() if key not in {"active", "customer"}}
        if "customer" in given:
            fields["customer_id"] = self.named_id(given, "customer")
        if given.get("active"):
            chain.retire(self.ground.session, self.ground.person, Item, record.id, record.rev, active=True,
                         reason=self.ground.reason)
        if fields:
            chain.edit_item(self.ground.session, self.ground.person, record.id, record.rev, **fields)

    def retire(self, record: Item) -> None:
        chain.retire(self.ground.session, self.ground.person, Item, record.id, record.rev, active=False,
                     reason=self.ground.reason)


class Defects(Taker[Defect]):
    """Defect codes, by code."""

    def load(self) -> dict[Key, Defect]:
        found = self.ground.session.scalars(select(Defect).where(Defect.site_id == self.ground.site.id)).all()
        return {(defect.code,): defect for defect in found}

    def values(self, record: Defect) -> dict[str, Any]:
        return {column.key: getattr(record, column.key) for column in self.sheet.columns}

    def make(self, given: dict[str, Any]) -> Defect:
        return chain.add_defect(self.ground.session, self.ground.person, site_id=self.ground.site.id,
                                **said(given, "active"))

    def edit(self, record: Defect, given: dict[str, Any]) -> None:
        fields = {key: value for key, value in given.items() if key != "active"}
        if given.get("active"):
            chain.retire(self.ground.session, self.ground.person, Defect, record.id, record.rev, active=True,
                         reason=self.ground.reason)
        if fields:
            chain.edit_defect(self.ground.session, self.ground.person, record.id, record.rev, **fields)

    def retire(self, record: Defect) -> None:
        chain.retire(self.ground.session, self.ground.person, Defect, record.id, record.rev, active=False,
                     reason=self.ground.reason)


class Links(Taker[Link]):
    """Links, by supplier, customer, kind and output."""

    def load(self) -> dict[Key, Link]:
        codes = {unit.id: code for code, unit in self.ground.known["units"].items()}
        found = self.ground.session.scalars(select(Link).where(Link.site_id == self.ground.site.id)).all()
        return {(codes[x.supplier_id], codes[x.customer_id], x.kind, x.output_en): x for x in found}

    def values(self, record: Link) -> dict[str, Any]:
        return {"output_zh": record.output_zh, "proposed": record.proposed, "active": record.active}

    def make(self, given: dict[str, Any]) -> Link:
        return chain.add_link(
            self.ground.session, self.ground.person, source=SOURCE,
            supplier_id=self.named(given, "supplier").id, customer_id=self.named(given, "customer").id,
            **said(given, "supplier", "customer", "active"))

    def edit(self, record: Link, given: dict[str, Any]) -> None:
        session, person = self.ground.session, self.ground.person
        if given.get("proposed"):
            raise Invalid("A confirmed link does not become a proposed one again.", "已确认的链接不能恢复为待确认。",
                          field="proposed")
        if given.get("proposed") is False:
            chain.confirm_link(session, person, record.id, record.rev)
        if given.get("active") and not record.active:
            chain.retire_link(session, person, record.id, record.rev, active=True, reason=self.ground.reason)
        if "output_zh" in given:
            chain.edit_link(session, person, record.id, record.rev, output_zh=given["output_zh"])

    def retire(self, record: Link) -> None:
        chain.retire_link(self.ground.session, self.ground.person, record.id, record.rev, active=False,
                          reason=self.ground.reason)


class Lots(Taker[Lot]):
    """Lots, by number. Only those are looked up that the lines name."""

    def load(self) -> dict[Key, Lot]:
        named = {line.code for line in self.lines}
        named |= {number for line in self.lines for number, _ in line.values.get("sources") or ()}
        wanted = sorted(named)
        for start in range(0, len(wanted), _AT_ONCE):
            found = self.ground.session.scalars(
                select(Lot).options(joinedload(Lot.item))
                .where(Lot.site_id == self.ground.site.id, Lot.number.in_(wanted[start:start + _AT_ONCE])))
            self.ground.known["lots"].update((lot.number, lot) for lot in found)
        self.made_from = self._sources()
        return {(number,): lot for number, lot in self.ground.known["lots"].items()}

    def values(self, record: Lot) -> dict[str, Any]:
        at = record.made_at
        if at is not None:
            at = at.astimezone(ZoneInfo(self.ground.site.time_zone)).replace(tzinfo=None, microsecond=0)
        return {"item": record.item.code, "quantity": record.quantity, "made_at": at,
                "sources": self.made_from.get(record.id, ())}

    def make(self, given: dict[str, Any]) -> Lot:
        lot = chain.add_lot(self.ground.session, self.ground.person, site_id=self.ground.site.id,
                            number=given["number"], **self._fields(given))
        self.ground.known["lots"][lot.number] = lot
        return lot

    def edit(self, record: Lot, given: dict[str, Any]) -> None:
        chain.edit_lot(self.ground.session, self.ground.person, record.id, record.rev, **self._fields(given))

    def _fields(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return a line's values as the workflow takes them."""
        fields = {key: given[key] for key in ("quantity",) if key in given}
        if "item" in given:
            fields["item_id"] = self.named(given, "item").id
        if "made_at" in given:
            at, zone = given["made_at"], ZoneInfo(self.ground.site.time_zone)
            fields["made_at"] = at.replace(tzinfo=zone) if at else None
        if given.get("sources") is not None:
            column = self.sheet.column("sources")
            fields["sources"] = [(self.ground.of(column, number).id, taken) for number, taken in given["sources"]]
        return fields

    def _sources(self) -> dict[int, tuple[tuple[str, int | None], ...]]:
        """Map lots to what they were made from, as a cell says it."""
        found: dict[int, tuple[tuple[str, int | None], ...]] = {}
        ids = sorted(lot.id for lot in self.ground.known["lots"].values())
        for start in range(0, len(ids), _AT_ONCE):
            for row in self.ground.session.scalars(
                    select(LotSource).options(joinedload(LotSource.source)).order_by(LotSource.id)
                    .where(LotSource.lot_id.in_(ids[start:start + _AT_ONCE]), LotSource.active)):
                found[row.lot_id] = (*found.get(row.lot_id, ()), (row.source.number, row.quantity))
        return found


class Routings(Taker[Routing]):
    """Confirmed routings, by item and first day; a change is another line with a later day (R-50)."""

    def load(self) -> dict[Key, Routing]:
        found = self.ground.session.scalars(
            select(Routing).join(Item, Item.id == Routing.item_id)
            .options(joinedload(Routing.item), selectinload(Routing.steps).joinedload(RoutingStep.unit))
            .where(Item.site_id == self.ground.site.id, ~Routing.proposed)).unique().all()
        return {(routing.item.code, routing.valid_from): routing for routing in found}

    def values(self, record: Routing) -> dict[str, Any]:
        return {"item": record.item.code, "valid_from": record.valid_from,
                "operations": tuple(step.unit.code for step in record.steps)}

    def make(self, given: dict[str, Any]) -> Routing:
        column = self.sheet.column("operations")
        return chain.add_routing(
            self.ground.session, self.ground.person, item_id=self.named(given, "item").id, source=SOURCE,
            unit_ids=[self.ground.of(column, code).id for code in given["operations"]], valid_from=given["valid_from"])

    def edit(self, record: Routing, given: dict[str, Any]) -> None:
        day = record.valid_from
        raise Refused("R-50", f"The routing from {day} is there already and stays. Give a new line with a later day.",
                      f"自 {day} 起的工艺路线已存在且不变。请另起一行, 填更晚的日期。", field=next(iter(given)))


TAKERS: dict[str, type[Taker[Any]]] = {
    UNITS.key: Units, ITEMS.key: Items, LINKS.key: Links, DEFECTS.key: Defects, LOTS.key: Lots,
    ROUTINGS.key: Routings,
}
