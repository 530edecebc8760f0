"""How first-piece and patrol inspections are asked for and found. Judges none and knows no clock."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from qms.db import now
from qms.models.acceptance_pieces import PieceCheck
from qms.models.chain import Item, Lot, Unit
from qms.rules.acceptance_pieces import CHANGES, KINDS, OPEN, REASONS, STEPS
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound

ASK = "acceptance.present"
"""What it takes to report a change (5M1E) where one works."""


def ask_for(session: Session, person: Actor, *, unit_id: int, kind: str, reason: str, due_at: datetime,
            source_key: str | None, item_id: int | None = None, lot_id: int | None = None,
            stop_id: int | None = None) -> PieceCheck:
    """Ask a unit for an inspection of pieces; the same `source_key` gives the one that was asked for before.

    Whether the person may ask is for the step that asks: the clock, a restart, a reported change.
    Raises NotFound for a unit of a site that the person does not see, Invalid.
    """
    known = None if source_key is None else _asked_by(session, source_key)
    if known is not None:
        return known
    unit = session.get(Unit, unit_id)
    if unit is None or not sees(person, unit.site_id):
        raise NotFound
    if kind not in KINDS:
        raise Invalid(f"There is no inspection {kind}.", f"没有检验类型 {kind}。", field="kind")
    if reason not in REASONS:
        raise Invalid(f"There is no reason {reason}.", f"没有原因 {reason}。", field="reason")
    item_id = item_inspected(session, unit.site_id, item_id, lot_id)
    check = PieceCheck(site_id=unit.site_id, unit_id=unit_id, kind=kind, reason=reason, state=STEPS.first,
                       due_at=due_at, source_key=source_key, item_id=item_id, lot_id=lot_id, stop_id=stop_id)
    session.add(check)
    session.flush()
    return check


def report_change(session: Session, person: Actor, *, unit_id: int, reason: str, item_id: int | None = None,
                  lot_id: int | None = None) -> PieceCheck:
    """Ask for a first piece after a change (5M1E) at a unit.

    The same change told again while nobody has judged gives the inspection that waits. Raises NotFound, NotAllowed,
    Invalid.
    """
    unit = session.get(Unit, unit_id, with_for_update=True)
    if unit is None or not sees(person, unit.site_id):
        raise NotFound
    person.need(ASK, site_id=unit.site_id, unit_path=unit.path)
    if reason not in CHANGES:
        raise Invalid(f"{reason} is not a change.", f"{reason} 不是变更原因。", field="reason")
    item_id = item_inspected(session, unit.site_id, item_id, lot_id)
    waiting = session.scalars(
        select(PieceCheck).where(PieceCheck.unit_id == unit_id, PieceCheck.state == STEPS.first,
                                 PieceCheck.kind == "first_piece", PieceCheck.reason == reason,
                                 PieceCheck.item_id == item_id, PieceCheck.lot_id == lot_id)
        .order_by(PieceCheck.id)).first()
    return waiting or ask_for(session, person, unit_id=unit_id, kind="first_piece", reason=reason, due_at=now(session),
                              source_key=None, item_id=item_id, lot_id=lot_id)


def one_check(session: Session, person: Actor, check_id: int, *, lock: bool = False) -> PieceCheck:
    """Return an inspection of a site that the person may see; `lock` makes other judges wait. Raises NotFound."""
    found = session.get(PieceCheck, check_id, with_for_update=lock or None)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def open_checks(session: Session, unit_ids: tuple[int, ...]) -> list[PieceCheck]:
    """Return what some units have still to judge, the first due first, with lot and item."""
    return list(session.scalars(
        select(PieceCheck).where(PieceCheck.unit_id.in_(unit_ids), PieceCheck.state.in_(OPEN))
        .options(joinedload(PieceCheck.lot), joinedload(PieceCheck.item), joinedload(PieceCheck.unit))
        .order_by(PieceCheck.due_at, PieceCheck.id).limit(200)))


def sees(person: Actor, site_id: int) -> bool:
    """Tell whether the person may know of a site's inspections."""
    sites = person.sites("acceptance.view")
    return sites is None or site_id in sites


def _asked_by(session: Session, source_key: str) -> PieceCheck | None:
    return session.scalar(select(PieceCheck).where(PieceCheck.source_key == source_key))


def item_inspected(session: Session, site_id: int, item_id: int | None, lot_id: int | None) -> int | None:
    """Return the item inspected; a lot tells its own. Raises Invalid for what is not of the site or of the lot."""
    lot = session.get(Lot, lot_id) if lot_id is not None else None
    if lot_id is not None and (lot is None or lot.site_id != site_id):
        raise Invalid("There is no such lot at this site.", "本工厂没有此批次。", field="lot_id")
    item = session.get(Item, item_id) if item_id is not None else None
    if item_id is not None and (item is None or item.site_id != site_id):
        raise Invalid("There is no such item at this site.", "本工厂没有此产品。", field="item_id")
    if lot is not None and item_id not in (None, lot.item_id):
        raise Invalid("The lot is of another item.", "该批次属于其他产品。", field="item_id")
    return lot.item_id if lot is not None else item_id
