"""How quarantine is kept: its places, what is brought there, and the weekly count against the system."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Site, Unit
from qms.models.dispositions_quarantine import QuarantineCount, QuarantineLine, QuarantinePlace
from qms.models.rejections import Hold, Rejection
from qms.rules import dispositions_quarantine as rules
from qms.rules.accounts import Actor
from qms.rules.dispositions_quarantine import Extra, Found
from qms.rules.errors import IllegalStep, Invalid, NotFound, Stale
from qms.workflows.chain_records import change, check_free, required
from qms.workflows.rejections_records import check_version

VIEW = "dispositions.view"
KEEP = "dispositions.quarantine"


def sees(person: Actor, site_id: int) -> bool:
    """Tell whether the person may know of a site's quarantine."""
    sites = person.sites(VIEW)
    return sites is None or site_id in sites


def one_place(session: Session, person: Actor, place_id: int, *, lock: bool = False) -> QuarantinePlace:
    """Return a place of a site that the person may see. Raises NotFound."""
    found = session.get(QuarantinePlace, place_id, with_for_update=lock or None)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def add_place(session: Session, person: Actor, *, site_id: int, code: str, name_zh: str, name_en: str,
              unit_id: int | None = None, locked: bool = False) -> QuarantinePlace:
    """Make a marked place. Raises Invalid, Doubled, NotFound, NotAllowed."""
    if session.get(Site, site_id) is None or not sees(person, site_id):
        raise NotFound("There is no such site.", "没有这个工厂。")
    _need(session, person, site_id, unit_id)
    given = _named(code=code, name_zh=name_zh, name_en=name_en)
    check_free(session, QuarantinePlace.code, given["code"], site_id=site_id)
    made = QuarantinePlace(site_id=site_id, unit_id=unit_id, locked=locked, used_since=now(session), active=True,
                           **given)
    session.add(made)
    session.flush()
    return made


def edit_place(session: Session, person: Actor, place_id: int, rev: int, *, code: str, name_zh: str, name_en: str,
               unit_id: int | None, locked: bool, active: bool) -> QuarantinePlace:
    """Change a place, or take an empty one out of use. Raises Stale, Invalid, Doubled, NotFound, NotAllowed."""
    place = one_place(session, person, place_id, lock=True)
    _need(session, person, place.site_id, place.unit_id)
    _need(session, person, place.site_id, unit_id)
    given = _named(code=code, name_zh=name_zh, name_en=name_en) | {
        "unit_id": unit_id, "locked": locked, "active": active}
    check_version(place, rev, given)
    check_free(session, QuarantinePlace.code, given["code"], site_id=place.site_id, but=place.id)
    if not active and standing(session, place.id):
        raise Invalid("Something is still held there.", "此处仍有冻结品。", field="active")
    change(place, given)
    session.flush()
    return place


def bring(session: Session, person: Actor, place_id: int, hold_id: int, rev: int) -> Hold:
    """Bring what is held to a place. Raises Stale, Invalid, IllegalStep, NotFound, NotAllowed."""
    hold = session.get(Hold, hold_id, with_for_update=True)
    if hold is None:
        raise NotFound
    rejection = session.get_one(Rejection, hold.rejection_id)
    place = one_place(session, person, place_id)
    if rejection.site_id != place.site_id:
        raise NotFound
    _need(session, person, place.site_id, place.unit_id)
    check_version(hold, rev, {"place_id": place_id})
    if hold.state != "held" or not place.active:
        raise IllegalStep("Only what is held is brought to a place in use.", "只有冻结中的产品可移入在用的隔离位置。")
    lockable = session.scalar(select(QuarantinePlace.id).where(
        QuarantinePlace.site_id == place.site_id, QuarantinePlace.active, QuarantinePlace.locked).limit(1))
    rules.check_place(critical=rejection.severity == "CR", locked=place.locked, lockable=lockable is not None)
    change(hold, {"place_id": place.id})
    session.flush()
    return hold


def standing(session: Session, place_id: int) -> list[Hold]:
    """Return what is held at a place, the oldest first (FIFO)."""
    return list(session.scalars(select(Hold).where(Hold.place_id == place_id, Hold.state == "held")
                                .order_by(Hold.held_at, Hold.id)))


def count(session: Session, person: Actor, place_id: int, *, found: Mapping[int, Found],
          extras: Sequence[Extra] = (), note: str | None = None) -> QuarantineCount:
    """Record a count of a place against what is held there: every hold answered, every difference explained.

    Raises Stale when something was brought or released since the person looked, Invalid, NotFound, NotAllowed.
    """
    place = one_place(session, person, place_id, lock=True)
    _need(session, person, place.site_id, place.unit_id)
    expected = {hold.id: hold.quantity for hold in standing(session, place.id)}
    if set(expected) != set(found):
        raise Stale({"holds": len(expected)}, {"holds": len(found)})
    differences = rules.check_found(expected, found) + len(extras)
    rules.check_extras(extras)
    made = QuarantineCount(site_id=place.site_id, place_id=place.id, counted_at=now(session), counted_by_id=person.id,
                           differences=differences, note=(note or "").strip() or None)
    session.add(made)
    place.counted_at = made.counted_at
    session.flush()
    session.add_all([QuarantineLine(
        count_id=made.id, hold_id=hold_id, expected=expected[hold_id], counted=answer.counted,
        explanation=answer.explanation) for hold_id, answer in found.items()])
    session.add_all([QuarantineLine(
        count_id=made.id, found_as=extra.found_as, expected=0, counted=extra.counted, explanation=extra.explanation)
        for extra in extras])
    session.flush()
    return made


def _need(session: Session, person: Actor, site_id: int, unit_id: int | None) -> None:
    """Ask for the permission to keep a place; one that belongs to no unit is kept by whoever keeps any of the site."""
    unit = session.get(Unit, unit_id) if unit_id is not None else None
    if unit_id is not None and (unit is None or unit.site_id != site_id):
        raise Invalid("There is no such unit at this site.", "本工厂没有此单元。", field="unit_id")
    person.need(KEEP, site_id=site_id, unit_path=unit.path if unit else None)


def _named(**texts: Any) -> dict[str, Any]:
    return {key: required(value, key) for key, value in texts.items()}
