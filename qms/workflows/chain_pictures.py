"""How pictures of items and defects are added, taken away and got back; must not know how one is cleaned or drawn.

A picture is never changed: another one replaces it, so an address that shows a picture always shows the same.
"""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from sqlalchemy import and_, func, or_, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.db import now
from qms.models.chain import Defect, Item
from qms.models.chain_pictures import Picture, PictureZone
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.photos import Photo
from qms.rules.pictures import MOST, SAMPLES, check_subject
from qms.workflows.attachments_store import keep, kept
from qms.workflows.chain_records import EDIT, check_version, one, required


def add_picture(session: Session, person: Actor, *, role: str, photo: Photo, folder: Path, item_id: int | None = None,
                defect_id: int | None = None) -> Picture:
    """Add a picture of an item, of a defect, or of a defect on an item; the same again gives the one that is there.

    Raises NotFound, NotAllowed, Invalid (field `photo`) when there are as many as a page can show already.
    """
    check_subject(role, item=item_id is not None, defect=defect_id is not None)
    site_id = _subject(session, person, item_id, defect_id)
    subject = (Picture.item_id == item_id, Picture.defect_id == defect_id, Picture.active)
    same = session.scalars(
        select(Picture).where(*subject, Picture.role == role, Picture.sha256 == photo.sha256)).first()
    if same is not None:
        return same
    if (session.scalar(select(func.count()).select_from(Picture).where(*subject)) or 0) >= MOST:
        raise Invalid(f"There are {MOST} pictures already: take one away first.", f"已有 {MOST} 张图片: 请先移除一张。",
                      field="photo")
    keep(folder, photo.sha256, photo.content)
    picture = Picture(
        site_id=site_id, item_id=item_id, defect_id=defect_id, role=role, sha256=photo.sha256,
        sent_sha256=photo.sent_sha256, content_type=photo.content_type, size=len(photo.content), width=photo.width,
        height=photo.height, active=True, added_by_id=person.id, added_at=now(session))
    session.add(picture)
    session.flush()
    return picture


def remove_picture(session: Session, person: Actor, picture_id: int, rev: int, *, reason: str | None) -> Picture:
    """Take a picture out of use; its bytes stay for what refers to it. Raises Stale, Invalid, NotFound, NotAllowed."""
    picture = picture_to_edit(session, person, picture_id)
    check_version(picture, rev, {"active": False})
    required(reason, "reason")
    picture.active = False
    session.flush()
    return picture


def picture_to_edit(session: Session, person: Actor, picture_id: int) -> Picture:
    """Return a picture in use that the person may change; others wait. Raises NotFound, NotAllowed, Invalid."""
    found = one(session, person, Picture, picture_id)
    person.need(EDIT, site_id=found.site_id, unit_path="")
    picture = session.get_one(Picture, found.id, with_for_update=True)
    if not picture.active:
        raise Invalid("The picture was taken away.", "该图片已移除。")
    return picture


def picture_bytes(session: Session, sites: Collection[int] | None, picture_id: int,
                  folder: Path) -> tuple[Picture, bytes]:
    """Return a picture of one of some sites (None: of any) and its bytes. Raises NotFound."""
    picture = session.get(Picture, picture_id)
    if picture is None or (sites is not None and picture.site_id not in sites):
        raise NotFound
    return picture, kept(folder, picture.sha256)


def pictures_of_site(session: Session, site_id: int) -> list[Picture]:
    """Return every picture in use at a site with its zones, the oldest first, in two statements."""
    return list(session.scalars(
        select(Picture).where(Picture.site_id == site_id, Picture.active).options(_zones()).order_by(Picture.id)))


def pictures_of(session: Session, *, item_id: int | None = None, defect_id: int | None = None) -> list[Picture]:
    """Return every picture in use of an item with any defect, or of a defect on any item, with its zones."""
    subject = Picture.item_id == item_id if item_id is not None else Picture.defect_id == defect_id
    return list(session.scalars(
        select(Picture).where(subject, Picture.active)
        .options(_zones(), joinedload(Picture.item), joinedload(Picture.defect)).order_by(Picture.id)))


def pictures_for(session: Session, item_id: int | None, *defect_ids: int | None) -> list[Picture]:
    """Return what is good (OK) and what is not (NG) for whoever looks at an item, or at a defect on any item.

    Of each of the defects given come its pictures on this item and on no particular one; of the item those that show
    no defect as well. No defect given: every sample of the item. The item's own come first.
    """
    named = {d for d in defect_ids if d is not None}
    known = or_(Picture.defect_id.is_(None), Picture.defect_id.in_(named)) if named else true()
    wanted = or_(and_(Picture.item_id.is_not(None), Picture.item_id == item_id, known),
                 and_(Picture.item_id.is_(None), Picture.defect_id.in_(named)))
    return list(session.scalars(
        select(Picture).where(wanted, Picture.role.in_(SAMPLES), Picture.active).options(joinedload(Picture.defect))
        .order_by(Picture.item_id.is_(None), Picture.defect_id, Picture.role.desc(), Picture.id)))


def item_picture(session: Session, item_id: int) -> Picture | None:
    """Return the picture on which a zone of an item is pointed at: its first with zones; None where none has any."""
    return session.scalars(
        select(Picture).where(Picture.item_id == item_id, Picture.role == "item", Picture.active,
                              Picture.zones.any(PictureZone.active))
        .options(_zones(), joinedload(Picture.item)).order_by(Picture.id).limit(1)).first()


def one_picture(session: Session, person: Actor, picture_id: int) -> Picture:
    """Return a picture of a site that the person may see, with its zones in use. Raises NotFound."""
    one(session, person, Picture, picture_id)
    return session.scalars(
        select(Picture).where(Picture.id == picture_id)
        .options(_zones(), joinedload(Picture.item), joinedload(Picture.defect), joinedload(Picture.added_by))
        .execution_options(populate_existing=True)).one()


def _zones() -> Any:
    return selectinload(Picture.zones.and_(PictureZone.active))


def _subject(session: Session, person: Actor, item_id: int | None, defect_id: int | None) -> int:
    """Return the site of what a picture shows; others that add to it wait. Raises NotFound, NotAllowed, Invalid."""
    shown: list[Item | Defect] = []
    if item_id is not None:
        shown.append(one(session, person, Item, item_id))
    if defect_id is not None:
        shown.append(one(session, person, Defect, defect_id))
    sites = {each.site_id for each in shown}
    if len(sites) > 1:
        raise Invalid("The item and the defect are of different sites.", "产品与缺陷不属于同一工厂。",
                      field="defect_id")
    site_id = sites.pop()
    person.need(EDIT, site_id=site_id, unit_path="")
    for each in shown:
        session.get_one(type(each), each.id, with_for_update=True)
    return site_id
