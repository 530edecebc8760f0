"""What a report of a rejection refers to, read together and checked against its site. Knows no page and no file."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Integer, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from qms.db.prepared import Prepared
from qms.models.acceptance import Handover
from qms.models.chain import Defect, Item, Link, Lot, Site, Unit
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.workflows.chain_briefs import DefectBrief, ItemBrief, LotBrief, SiteBrief, UnitBrief, columns
from qms.workflows.rejections_records import sees


@dataclass(frozen=True)
class Situation:
    """What a report refers to. `told` is the origin given, or else the supplier of the link."""

    found: UnitBrief
    site: SiteBrief
    lot: LotBrief | None
    item: ItemBrief | None
    defect: DefectBrief | None
    told: UnitBrief | None
    link_id: int | None
    handover_id: int | None

    def day(self, at: datetime) -> date:
        """Return the site's day of an instant."""
        return at.astimezone(ZoneInfo(self.site.time_zone)).date()


def _given(name: str) -> BindParameter[int]:
    return bindparam(name, type_=Integer)


_told = aliased(Unit)
_PARTS = ((UnitBrief, Unit), (SiteBrief, Site), (LotBrief, Lot), (ItemBrief, Item), (DefectBrief, Defect),
          (UnitBrief, _told))
_SITUATION = Prepared(
    select(Link.id, Handover.id, Link.site_id, *(column for part in _PARTS for column in columns(*part)))
    .select_from(Unit)
    .join(Site, Site.id == Unit.site_id)
    .outerjoin(Handover, Handover.id == _given("handover"))
    .outerjoin(Link, Link.id == func.coalesce(_given("link"), Handover.link_id))
    .outerjoin(Lot, Lot.id == func.coalesce(_given("lot"), Handover.lot_id))
    .outerjoin(Item, Item.id == func.coalesce(_given("item"), Lot.item_id))
    .outerjoin(Defect, Defect.id == _given("defect"))
    .outerjoin(_told, _told.id == func.coalesce(_given("origin"), Link.supplier_id))
    .where(Unit.id == _given("found")))


def situation(session: Session, person: Actor, *, found_unit_id: int, lot_id: int | None = None,
              item_id: int | None = None, defect_id: int | None = None, origin_unit_id: int | None = None,
              link_id: int | None = None, handover_id: int | None = None) -> Situation:
    """Read everything a report refers to in one statement; what a hand-over or lot implies is filled in.

    Raises NotFound for a finding unit that the person may not know of, Invalid for another id that is not of its site.
    """
    rows = _SITUATION.rows(session.connection(), {
        "found": found_unit_id, "handover": handover_id, "link": link_id, "lot": lot_id, "item": item_id,
        "defect": defect_id, "origin": origin_unit_id})
    if not rows:
        raise _no_such_unit()
    found_link, found_handover, link_site, *cells = rows[0]
    found, site, lot, item, defect, origin = _parts(cells)
    if not sees(person, found.site_id):
        raise _no_such_unit()
    for field, given, record in (("lot_id", lot_id, lot), ("item_id", item_id, item), ("defect_id", defect_id, defect),
                                 ("origin_unit_id", origin_unit_id, origin)):
        if (given is not None and record is None) or (record is not None and record.site_id != site.id):
            raise _unknown(field)
    if (link_id is not None and found_link is None) or (link_site is not None and link_site != site.id):
        raise _unknown("link_id")
    if handover_id is not None and found_handover is None:
        raise _unknown("handover_id")
    if lot is not None and item is not None and lot.item_id != item.id:
        raise Invalid(f"Lot {lot.number} is not a lot of {item.code}.",
                      f"批次 {lot.number} 不是产品 {item.code} 的批次。", field="item_id")
    return Situation(found, site, lot, item, defect, origin, found_link, found_handover)


def _parts(cells: Sequence[Any]) -> list[Any]:
    """Cut the cells of a row into one brief for each part; None for a record that is not there."""
    made: list[Any] = []
    start = 0
    for brief, _ in _PARTS:
        end = start + len(brief._fields)
        made.append(None if cells[start] is None else brief._make(cells[start:end]))
        start = end
    return made


def _no_such_unit() -> NotFound:
    return NotFound("There is no such unit.", "没有这个单元。")


def _unknown(field: str) -> Invalid:
    return Invalid("There is no such record at this site.", "该工厂没有这条记录。", field=field)
