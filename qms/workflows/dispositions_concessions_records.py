"""How a concession is found for a person, locked for a step, and moved on by its days. Knows no page and no form."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Site
from qms.models.dispositions_concessions import Concession
from qms.rules import dispositions_concessions as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.steps import step, step_of
from qms.workflows.rejections_records import check_version

VIEW = "dispositions.view"


def sees(person: Actor, site_id: int) -> bool:
    """Tell whether the person may know of a site's concessions and notices."""
    sites = person.sites(VIEW)
    return sites is None or site_id in sites


def one(session: Session, person: Actor, concession_id: int) -> Concession:
    """Return a concession of a site that the person may see. Raises NotFound."""
    found = session.get(Concession, concession_id)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def locked(session: Session, concession_id: int) -> Concession:
    """Return a concession that no one else uses meanwhile, in the state that this day makes of it. Raises NotFound."""
    found = session.get(Concession, concession_id, with_for_update=True)
    if found is None:
        raise NotFound
    move_on(found, now(session), day_of(session, found.site_id, now(session)))
    return found


def begun(session: Session, person: Actor, concession_id: int, rev: int, name: str,
          **given: Any) -> tuple[Concession, str, int | None]:
    """Return a locked concession, the state to which a step leads, and the grant that allows the person to take it.

    Raises NotFound, NotAllowed, Stale, IllegalStep.
    """
    found = session.get(Concession, concession_id, with_for_update=True)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    wanted = step_of(rules.STEPS, name)
    grant_id = person.need(wanted.permission, site_id=found.site_id)
    check_version(found, rev, given | {"state": wanted.to or found.state})
    move_on(found, now(session), day_of(session, found.site_id, now(session)))
    return found, step(rules.STEPS, found.state, name), grant_id


def move_on(concession: Concession, at: datetime, day: date) -> bool:
    """Begin or end a concession by a day of its site; tell whether anything changed."""
    state = rules.state_on(concession.state, concession.starts_on, concession.expires_on, day)
    if state == concession.state:
        return False
    concession.state = step(rules.STEPS, concession.state, "expire" if state == "expired" else "begin")
    if state == "expired":
        concession.ended_at = at
    return True


def day_of(session: Session, site_id: int, at: datetime) -> date:
    """Return the day of an instant at a site."""
    return at.astimezone(ZoneInfo(session.get_one(Site, site_id).time_zone)).date()


def terms(concession: Concession) -> rules.Terms:
    """Return what a concession covers, as the rules read it."""
    return rules.Terms(
        number=concession.number, state=concession.state, item_id=concession.item_id,
        drawing_rev=concession.drawing_rev, defect_id=concession.defect_id, lot_id=concession.lot_id,
        rejection_id=concession.rejection_id, starts_on=concession.starts_on, expires_on=concession.expires_on,
        authorised=concession.quantity_authorised, used=concession.quantity_used)


def said(text: str | None, field: str) -> str:
    """Return what a step asks to be told. Raises Invalid when nothing was."""
    told = (text or "").strip()
    if not told:
        raise Invalid("Please fill this in.", "请填写此项。", field=field)
    return told
