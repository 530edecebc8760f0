"""Which auditors' access ends soon, for who may extend it. Changes nothing."""

from sqlalchemy import select, true
from sqlalchemy.orm import Session, joinedload

from qms.models.accounts import Grant
from qms.rules.accounts import Actor
from qms.rules.accounts_grants import AUDITOR, soon
from qms.rules.clock import utc_now
from qms.workflows.accounts_reach import MANAGE
from qms.workflows.today_waiting import Waiting, first_of


def ending(session: Session, person: Actor) -> Waiting:
    """Return the auditors' grants that end within days, at the sites where the person manages people."""
    if not person.may(MANAGE):
        return Waiting((), 0)
    today, sites = utc_now().date(), person.sites(MANAGE)
    query = select(Grant).where(
        Grant.role == AUDITOR, Grant.starts_on <= today, Grant.ends_on.between(today, soon(today)),
        true() if sites is None else Grant.site_id.in_(sites))
    return first_of(session, query, Grant.id, joinedload(Grant.person))
