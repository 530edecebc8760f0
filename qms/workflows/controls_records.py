"""How a control or bypass is found for a person, and locked for a step. Knows no page."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Site, Unit
from qms.models.controls import Alternate, Bypass, Control
from qms.rules import controls as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.steps import step, step_of
from qms.workflows.rejections_records import check_version

VIEW = "controls.view"


def sees(person: Actor, site_id: int) -> bool:
    """Tell whether the person may know of a site's controls."""
    sites = person.sites(VIEW)
    return sites is None or site_id in sites


def one(session: Session, person: Actor, control_id: int, *, lock: bool = False) -> Control:
    """Return a control of a site that the person may see. Raises NotFound."""
    found = session.get(Control, control_id, with_for_update=lock or None)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def one_alternate(session: Session, person: Actor, alternate_id: int) -> tuple[Alternate, Control]:
    """Return an alternate that no one else changes meanwhile, and its control. Raises NotFound."""
    found = session.get(Alternate, alternate_id, with_for_update=True)
    if found is None:
        raise NotFound
    return found, one(session, person, found.control_id)


def one_bypass(session: Session, person: Actor, bypass_id: int) -> Bypass:
    """Return a bypass of a site that the person may see. Raises NotFound."""
    found = session.get(Bypass, bypass_id)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def need(session: Session, person: Actor, permission: str, control: Control) -> int | None:
    """Return the grant by which the person may do something with a control where it stands. Raises NotAllowed."""
    return person.need(permission, site_id=control.site_id, unit_path=session.get_one(Unit, control.unit_id).path)


def begun(session: Session, person: Actor, bypass_id: int, rev: int | None, name: str, **given: Any,
          ) -> tuple[Bypass, Control, str]:
    """Return a bypass that no one else changes meanwhile, its control, and the state to which a step leads.

    `rev` None: the step only adds to the bypass. Raises NotFound, NotAllowed, Stale, IllegalStep.
    """
    bypass = session.get(Bypass, bypass_id, with_for_update=True)
    if bypass is None or not sees(person, bypass.site_id):
        raise NotFound
    control = session.get_one(Control, bypass.control_id)
    wanted = step_of(rules.STEPS, name)
    need(session, person, wanted.permission, control)
    if rev is not None:
        check_version(bypass, rev, given | {"state": wanted.to or bypass.state})
    return bypass, control, step(rules.STEPS, bypass.state, name)


def today(session: Session, site_id: int) -> date:
    """Return the day that it is at a site."""
    return now(session).astimezone(ZoneInfo(session.get_one(Site, site_id).time_zone)).date()


def said(text: str | None, field: str) -> str:
    """Return what a step asks to be told. Raises Invalid when nothing was."""
    told = (text or "").strip()
    if not told:
        raise Invalid("Say it in a few words.", "请简要填写。", field=field)
    return told
