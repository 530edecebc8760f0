"""How a commitment is found for a person, and locked for a step. Knows no page."""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Site, Unit
from qms.models.service_commitments import Commitment
from qms.rules import service_commitments as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.steps import step, step_of
from qms.workflows.chain_records import check_version

VIEW = "service.view"


def sees(person: Actor, site_id: int) -> bool:
    """Tell whether the person may know of a site's commitments and requests."""
    sites = person.sites(VIEW)
    return sites is None or site_id in sites


def one(session: Session, person: Actor, commitment_id: int, *, lock: bool = False) -> Commitment:
    """Return a revision of a commitment of a site that the person may see. Raises NotFound."""
    found = session.get(Commitment, commitment_id, with_for_update=lock or None)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def unit_of(session: Session, person: Actor, unit_id: int | None, field: str, site_id: int | None = None) -> Unit:
    """Return a unit in use, of that site where one is given. Raises Invalid beside the field."""
    found = session.get(Unit, unit_id) if unit_id is not None else None
    if found is None or not found.active or not sees(person, found.site_id) or site_id not in {None, found.site_id}:
        raise Invalid("There is no such unit in use.", "没有此在用单元。", field=field)
    return found


def need(person: Actor, permission: str, unit: Unit) -> int | None:
    """Return the grant by which the person may act for a unit. Raises NotAllowed."""
    return person.need(permission, site_id=unit.site_id, unit_path=unit.path)


def begun(session: Session, person: Actor, commitment_id: int, rev: int, name: str, **given: Any,
          ) -> tuple[Commitment, str, int | None]:
    """Return a revision that no one else changes meanwhile, the state to which a step leads, and the grant for it.

    Raises NotFound, NotAllowed, Stale, IllegalStep.
    """
    held = one(session, person, commitment_id, lock=True)
    wanted = step_of(rules.STEPS, name)
    grant_id = need(person, wanted.permission, session.get_one(Unit, held.provider_id))
    check_version(held, rev, given | {"state": wanted.to or held.state})
    return held, step(rules.STEPS, held.state, name), grant_id


def today(session: Session, site_id: int) -> date:
    """Return the day that it is at a site."""
    return now(session).astimezone(ZoneInfo(session.get_one(Site, site_id).time_zone)).date()


def holds_on(day: Any) -> ColumnElement[bool]:
    """Return the condition that a revision is in force on a day (R-50)."""
    return and_(Commitment.state.in_(rules.PUBLIC), Commitment.published_from <= day,
                or_(Commitment.valid_to.is_(None), Commitment.valid_to >= day))
