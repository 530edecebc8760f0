"""Who is reminded that a survey waits for answers: heads and leaders of the units whose people are asked.

They are told that their unit was asked, never who answered, for nobody knows that.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.accounts import Grant, Person
from qms.models.chain import Link, Unit
from qms.models.satisfaction_answers import SurveySheet
from qms.rules.accounts import Actor
from qms.rules.satisfaction import asked
from qms.workflows.accounts import grants_of
from qms.workflows.accounts_mail import post
from qms.workflows.rejections_records import check_version
from qms.workflows.satisfaction_drafting import counts_of, targets_of
from qms.workflows.satisfaction_records import begun

LEADERS = ("unit_head", "team_leader", "production_manager")


def remind(session: Session, person: Actor, survey_id: int, rev: int) -> int:
    """Mail the leaders of each unit of which not everybody has answered; return how many mails were written.

    Raises Stale, IllegalStep, NotFound, NotAllowed.
    """
    survey, _state = begun(session, person, survey_id, None, "remind")
    check_version(survey, rev, {"state": survey.state})
    targets = targets_of(session, survey.id)
    answered = counts_of(session, SurveySheet, [t.id for t in targets])
    waiting = [t.link_id for t in targets if t.link_id is not None and answered.get(t.id, 0) < t.invited]
    units = session.scalars(select(Unit).where(Unit.id.in_(
        select(Link.customer_id).where(Link.id.in_(waiting))))).all()
    told = [one for one in _leaders(session) if _leads(session, one, units)]
    post(session, told, *asked(survey.number, survey.name_en, survey.name_zh, survey.closes_on),
         path=f"/satisfaction/{survey.id}")
    return len(told)


def _leaders(session: Session) -> list[Person]:
    held = select(Grant.person_id).where(Grant.role.in_(LEADERS))
    return list(session.scalars(select(Person).where(Person.active, Person.email.is_not(None), Person.id.in_(held))
                                .order_by(Person.id)))


def _leads(session: Session, person: Person, units: Sequence[Unit]) -> bool:
    """Tell whether somebody leads one of the units by a grant in force."""
    grants = [g for g in grants_of(session, person.id) if g.role in LEADERS]
    return any(g.covers("satisfaction.kiosk", unit.site_id, unit.path) for g in grants for unit in units)
