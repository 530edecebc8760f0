"""How standards and hand-overs are found for a person and their version checked. Knows no rule of either."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from qms.db import now
from qms.db.ledger import plain
from qms.models.acceptance import Characteristic, Handover, Standard
from qms.models.chain import Link, Site, Unit
from qms.rules.acceptance import STANDARD
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound, Stale
from qms.rules.steps import step

_ASKED = (
    select(Characteristic)
    .where(Characteristic.standard_id == bindparam("standard_id"), Characteristic.position > 0)
    .order_by(Characteristic.position, Characteristic.id)
)


def sees(person: Actor, site_id: int) -> bool:
    """Tell whether the person may know of a site's standards and hand-overs."""
    sites = person.sites("acceptance.view")
    return sites is None or site_id in sites


def one_standard(session: Session, person: Actor, standard_id: int) -> Standard:
    """Return a standard of a site that the person may see. Raises NotFound."""
    found = session.get(Standard, standard_id)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def one_handover(session: Session, person: Actor, handover_id: int, *, lock: bool = False) -> Handover:
    """Return a hand-over of a site that the person may see; `lock` makes other deciders wait. Raises NotFound."""
    found = session.get(Handover, handover_id, with_for_update=lock or None)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def asked(session: Session, standard_id: int) -> list[Characteristic]:
    """Return what a standard asks for, in order, without what was struck out."""
    return list(session.scalars(_ASKED, {"standard_id": standard_id}))


def today(session: Session, site_id: int) -> date:
    """Return the present day of a site."""
    return now(session).astimezone(ZoneInfo(session.get_one(Site, site_id).time_zone)).date()


def link_of(session: Session, person: Actor, link_id: int) -> Link:
    """Return a link of a site that the person may see. Raises NotFound."""
    link = session.get(Link, link_id)
    if link is None or not sees(person, link.site_id):
        raise NotFound
    return link


def need_of_customer(session: Session, person: Actor, permission: str, link: Link) -> int | None:
    """Ask for a permission where the customer of a link is: it sets the standard and decides.

    Returns the id of the grant. Raises NotAllowed.
    """
    path = session.get_one(Unit, link.customer_id).path
    return person.need(permission, site_id=link.site_id, unit_path=path)


def draft_of(session: Session, person: Actor, standard_id: int, name: str) -> Standard:
    """Return a standard in a state that allows a drafter's step. Raises NotFound, NotAllowed, IllegalStep."""
    standard = one_standard(session, person, standard_id)
    need_of_customer(session, person, "acceptance.draft", session.get_one(Link, standard.link_id))
    step(STANDARD, standard.state, name)
    return standard


def check_version(record: Any, rev: int, given: dict[str, Any]) -> None:
    """Raise Stale, with both versions of the given fields, when the record is no longer at that version."""
    if record.rev != rev:
        raise Stale(
            {key: plain(getattr(record, key)) for key in given}, {key: plain(value) for key, value in given.items()}
        )


def required(value: str | None, field: str) -> str:
    """Return a text without surrounding blanks. Raises Invalid for an empty one."""
    if not (value or "").strip():
        raise Invalid("This must be filled in.", "此项必填。", field=field)
    return (value or "").strip()
