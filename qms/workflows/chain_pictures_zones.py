"""What is done with the named zones of an item's picture: drawn, changed, taken away. Knows no photo."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.models.chain_pictures import Picture, PictureZone
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.pictures import MOST_ZONES, Frame, check_frame, check_zone_names
from qms.workflows.chain_pictures import picture_to_edit
from qms.workflows.chain_records import change, check_version, one, required


def draw_zone(session: Session, person: Actor, picture_id: int, *, name_zh: str, name_en: str,
              frame: Frame) -> PictureZone:
    """Draw a zone on an item's picture. Raises Invalid, NotFound, NotAllowed."""
    picture = picture_to_edit(session, person, picture_id)
    if picture.role != "item":
        raise Invalid("Zones are drawn on a picture of the item.", "部位标注在产品图上。")
    given = _checked(name_zh, name_en, frame)
    held = select(func.count()).where(PictureZone.picture_id == picture_id, PictureZone.active)
    if (session.scalar(held) or 0) >= MOST_ZONES:
        raise Invalid(f"A picture has at most {MOST_ZONES} zones.", f"一张图片最多 {MOST_ZONES} 个部位。")
    zone = PictureZone(picture_id=picture_id, active=True, **given)
    session.add(zone)
    session.flush()
    return zone


def edit_zone(session: Session, person: Actor, zone_id: int, rev: int, *, name_zh: str, name_en: str,
              frame: Frame) -> PictureZone:
    """Change a zone's names or place. Raises Stale, Invalid, NotFound, NotAllowed."""
    zone = _zone_to_edit(session, person, zone_id)
    given = _checked(name_zh, name_en, frame)
    check_version(zone, rev, given)
    change(zone, given)
    session.flush()
    return zone


def remove_zone(session: Session, person: Actor, zone_id: int, rev: int, *, reason: str | None) -> PictureZone:
    """Take a zone off its picture. Raises Stale, Invalid, NotFound, NotAllowed."""
    zone = _zone_to_edit(session, person, zone_id)
    check_version(zone, rev, {"active": False})
    required(reason, "reason")
    zone.active = False
    session.flush()
    return zone


def one_zone(session: Session, person: Actor, zone_id: int) -> PictureZone:
    """Return a zone in use of a picture that the person may see. Raises NotFound."""
    zone = session.get(PictureZone, zone_id)
    if zone is None or not zone.active:
        raise NotFound
    one(session, person, Picture, zone.picture_id)
    return zone


def _zone_to_edit(session: Session, person: Actor, zone_id: int) -> PictureZone:
    zone = one_zone(session, person, zone_id)
    picture_to_edit(session, person, zone.picture_id)
    return zone


def _checked(name_zh: str, name_en: str, frame: Frame) -> dict[str, str | int]:
    names = {"name_zh": name_zh.strip(), "name_en": name_en.strip()}
    check_zone_names(**names)
    check_frame(frame)
    return {**names, **frame._asdict()}
