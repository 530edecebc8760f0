"""How surveys are listed, and how many of those invited have answered so far. Writes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from qms.models.satisfaction import Survey, SurveyTarget
from qms.models.satisfaction_answers import SurveySheet
from qms.rules.accounts import Actor
from qms.workflows.chain_paging import Page, Sorting, Wish, page
from qms.workflows.satisfaction_records import VIEW


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the register is asked for; empty texts and None ask for everything."""

    sought: str = ""
    site_id: int | None = None
    kind: str = ""
    state: str = ""


def surveys(session: Session, person: Actor, wanted: Filter, wish: Wish) -> Page[Survey]:
    """Return a page of surveys, newest first. Raises NotAllowed."""
    person.need(VIEW)
    query = (select(Survey).options(joinedload(Survey.site), joinedload(Survey.questions))
             .where(*conditions(person, wanted)))
    return page(session, query, Survey, {"number": Sorting(Survey.id, "id")}, wish._replace(sort="-number"))


def taken_part(session: Session, surveys: Sequence[Survey]) -> dict[int, tuple[int, int]]:
    """Map surveys to how many answered and how many were invited."""
    ids = [s.id for s in surveys]
    invited = {row[0]: int(row[1]) for row in session.execute(
        select(SurveyTarget.survey_id, func.sum(SurveyTarget.places + SurveyTarget.kiosk_places))
        .where(SurveyTarget.survey_id.in_(ids), SurveyTarget.active).group_by(SurveyTarget.survey_id))}
    answered = {row[0]: int(row[1]) for row in session.execute(
        select(SurveyTarget.survey_id, func.count()).join(SurveySheet, SurveySheet.target_id == SurveyTarget.id)
        .where(SurveyTarget.survey_id.in_(ids)).group_by(SurveyTarget.survey_id))}
    return {i: (answered.get(i, 0), invited.get(i, 0)) for i in ids}


def answered(session: Session, survey: Survey) -> Mapping[int, int]:
    """Count the answers about each target of a survey so far; 0 is left out."""
    return {row[0]: int(row[1]) for row in session.execute(
        select(SurveySheet.target_id, func.count()).where(SurveySheet.target_id.in_([t.id for t in survey.targets]))
        .group_by(SurveySheet.target_id))}


def conditions(person: Actor, wanted: Filter) -> list[ColumnElement[bool]]:
    """Return what a survey of the register has to meet."""
    sites = person.sites(VIEW)
    met: list[ColumnElement[bool]] = [] if sites is None else [Survey.site_id.in_(sorted(sites))]
    if wanted.site_id is not None:
        met.append(Survey.site_id == wanted.site_id)
    if wanted.kind:
        met.append(Survey.kind == wanted.kind)
    if wanted.state:
        met.append(Survey.state == wanted.state)
    columns = (Survey.number, Survey.name_zh, Survey.name_en)
    return met + [or_(*(c.icontains(word, autoescape=True) for c in columns)) for word in wanted.sought.split()]
