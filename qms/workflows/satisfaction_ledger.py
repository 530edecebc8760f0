"""The lines of the register of surveys, streamed in the reader's language: how many answered, never what."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from qms.models.chain import Site
from qms.models.satisfaction import QuestionSet, Survey, SurveyTarget
from qms.models.satisfaction_answers import SurveySheet
from qms.rules import satisfaction as rules
from qms.rules.accounts import Actor
from qms.workflows.exports import called, spoken, streamed
from qms.workflows.satisfaction_records import VIEW
from qms.workflows.satisfaction_register import Filter, conditions

_TIMES = ("opened_at", "closed_at", "published_at")


def lines(session: Session, person: Actor, wanted: Filter, language: str, zone: ZoneInfo,
          address: str) -> Iterator[dict[str, Any]]:
    """Yield one mapping per survey, oldest first. Raises NotAllowed.

    Times are naive local time of the zone. `address` is where the records' pages are; empty: no links.
    """
    person.need(VIEW)
    of_survey = select(SurveyTarget).where(SurveyTarget.survey_id == Survey.id)
    asked = of_survey.where(SurveyTarget.active)
    invited = asked.with_only_columns(func.coalesce(func.sum(SurveyTarget.places + SurveyTarget.kiosk_places), 0))
    answered = of_survey.join(SurveySheet, SurveySheet.target_id == SurveyTarget.id).with_only_columns(func.count())
    query = (
        select(Survey.id, Survey.number, called(Survey, language).label("name"), Survey.kind, Survey.state,
               called(Site, language).label("site"), Survey.opens_on, Survey.closes_on,
               called(QuestionSet, language).label("question_set"), QuestionSet.version, Survey.threshold,
               asked.with_only_columns(func.count()).correlate(Survey).scalar_subquery().label("groups"),
               invited.correlate(Survey).scalar_subquery().label("invited"),
               answered.correlate(Survey).scalar_subquery().label("answered"),
               *(getattr(Survey, name) for name in _TIMES), Survey.decision)
        .join(Site, Site.id == Survey.site_id).join(QuestionSet, QuestionSet.id == Survey.set_id)
        .where(*conditions(person, wanted)).order_by(Survey.id))
    return spoken(streamed(session, query), {"kind": rules.KINDS, "state": rules.STATES}, _TIMES, language, zone,
                  f"{address}/satisfaction/" if address else "")


def count(session: Session, person: Actor, wanted: Filter) -> int:
    """Return how many surveys the register holds under this filter. Raises NotAllowed."""
    person.need(VIEW)
    return session.scalar(select(func.count()).select_from(Survey).where(*conditions(person, wanted))) or 0
