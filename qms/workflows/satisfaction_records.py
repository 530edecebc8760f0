"""How a survey is found for a person, and locked for a step. Knows no page."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from qms.models.chain import Link, Site
from qms.models.satisfaction import QuestionSet, Survey, SurveyTarget
from qms.rules import satisfaction as rules
from qms.rules.accounts import Actor
from qms.rules.errors import Invalid, NotFound
from qms.rules.steps import step, step_of
from qms.workflows.rejections_records import check_version

VIEW = "satisfaction.view"
MAKE = "satisfaction.survey"


def sees(person: Actor, site_id: int) -> bool:
    """Tell whether the person may know of a site's surveys."""
    sites = person.sites(VIEW)
    return sites is None or site_id in sites


def site_of(session: Session, person: Actor, site_id: int) -> Site:
    """Return a site whose surveys the person may see. Raises NotFound."""
    site = session.get(Site, site_id)
    if site is None or not sees(person, site_id):
        raise NotFound("There is no such site.", "没有这个工厂。")
    return site


def one(session: Session, person: Actor, survey_id: int) -> Survey:
    """Return a survey of a site that the person may see. Raises NotFound."""
    found = session.get(Survey, survey_id)
    if found is None or not sees(person, found.site_id):
        raise NotFound
    return found


def whole(session: Session, person: Actor, survey_id: int) -> Survey:
    """Return a survey with its questions and what it asks about. Raises NotFound."""
    one(session, person, survey_id)
    return session.scalars(select(Survey).where(Survey.id == survey_id).options(
        joinedload(Survey.site), joinedload(Survey.published_by),
        joinedload(Survey.questions).selectinload(QuestionSet.questions), *with_targets())).one()


def with_targets() -> tuple[Any, ...]:
    """Return what to load so that the targets of surveys can be named."""
    targets = selectinload(Survey.targets)
    return (targets.joinedload(SurveyTarget.link).joinedload(Link.supplier),
            targets.joinedload(SurveyTarget.link).joinedload(Link.customer), targets.joinedload(SurveyTarget.unit))


def begun(session: Session, person: Actor, survey_id: int, rev: int | None, name: str, **given: Any,
          ) -> tuple[Survey, str]:
    """Return a survey that no one else changes meanwhile, and the state to which a step leads.

    `rev` None: the step only adds to the survey. Raises NotFound, NotAllowed, Stale, IllegalStep.
    """
    survey = session.get(Survey, survey_id, with_for_update=True)
    if survey is None or not sees(person, survey.site_id):
        raise NotFound
    wanted = step_of(rules.STEPS, name)
    person.need(wanted.permission, site_id=survey.site_id)
    if rev is not None:
        check_version(survey, rev, given | {"state": wanted.to or survey.state})
    return survey, step(rules.STEPS, survey.state, name)


def said(text: str | None, field: str) -> str:
    """Return what a step asks to be told. Raises Invalid when nothing was."""
    told = (text or "").strip()
    if not told:
        raise Invalid("Say it in a few words.", "请简要填写。", field=field)
    return told
