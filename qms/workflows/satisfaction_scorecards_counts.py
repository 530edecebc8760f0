"""Counts what scorecards are made of, in the database: requests, complaints, published survey lines. Writes nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from qms.measures.intervals import Mean, Rate, mean, rate
from qms.measures.satisfaction import Rating
from qms.models.satisfaction import QuestionSet, Survey, SurveyResult
from qms.models.service_complaints import InternalComplaint
from qms.models.service_requests import ServiceRequest
from qms.rules.measures import Period
from qms.rules.satisfaction import SHOWN
from qms.workflows.satisfaction_results import line_of
from qms.workflows.service_complaints_scores import counting

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Asked:
    """Requests asked in a period: how many, promises kept and not, and ratings by how often each was given."""

    requests: int = 0
    kept_count: int = 0
    missed_count: int = 0
    rated: Mapping[int, int] = field(default_factory=dict)

    def __add__(self, other: "Asked") -> "Asked":
        rated = {value: self.rated.get(value, 0) + other.rated.get(value, 0) for value in {*self.rated, *other.rated}}
        return Asked(self.requests + other.requests, self.kept_count + other.kept_count,
                     self.missed_count + other.missed_count, rated)

    @property
    def kept(self) -> Rate:
        """Return kept promises out of those judged; what still waits is not judged."""
        return rate(self.kept_count, self.kept_count + self.missed_count)

    @property
    def ratings(self) -> Mean:
        """Return the mean rating; requests that nobody rated are no answer."""
        return mean(list(self.rated), list(self.rated.values()))


NONE_ASKED = Asked()


@dataclass(frozen=True, slots=True)
class Published:
    """The line of a survey that stands for a link or unit; `overall` None: hidden, or not asked."""

    survey_id: int
    number: str
    invited: int
    responded: int
    overall: Rating | None
    weighted: float | None
    is_hidden: bool


def requests_by_pair(session: Session, site_id: int, period: Period) -> dict[Pair, Asked]:
    """Count the requests of a site asked in a period by provider and asker."""
    start, end = period.bounds
    rows = session.execute(
        select(ServiceRequest.provider_id, ServiceRequest.asker_id, ServiceRequest.kept, ServiceRequest.rating,
               func.count())
        .where(ServiceRequest.site_id == site_id, ServiceRequest.asked_at >= start, ServiceRequest.asked_at < end)
        .group_by(ServiceRequest.provider_id, ServiceRequest.asker_id, ServiceRequest.kept, ServiceRequest.rating))
    found: dict[Pair, Asked] = {}
    for provider_id, asker_id, kept, rating, count in rows:
        one = Asked(count, count if kept is True else 0, count if kept is False else 0,
                    {} if rating is None else {rating: count})
        found[provider_id, asker_id] = found.get((provider_id, asker_id), NONE_ASKED) + one
    return found


def complaints_by_pair(session: Session, site_id: int, period: Period) -> dict[Pair, int]:
    """Count the internal complaints that count, by unit complained of and complaining unit (R-33)."""
    rows = session.execute(
        select(InternalComplaint.accused_id, InternalComplaint.complaining_id, func.count())
        .where(InternalComplaint.site_id == site_id, *counting(*period.bounds))
        .group_by(InternalComplaint.accused_id, InternalComplaint.complaining_id))
    return {(accused_id, complaining_id): count for accused_id, complaining_id, count in rows}


def published(session: Session, site_id: int, period: Period) -> tuple[dict[int, Published], dict[int, Published]]:
    """Return the newest published line of each link, and of each unit as provider, of surveys closed in a period."""
    links, units = {}, {}
    for row, told in _lines(session, site_id, period, "internal", ("link", "provider")):
        if row.link_id is not None:
            links[row.link_id] = told
        elif row.unit_id is not None:
            units[row.unit_id] = told
    return links, units


def published_outside(session: Session, site_id: int, period: Period) -> dict[int, Published]:
    """Return the newest published line of each outside customer, of surveys closed in a period."""
    return {row.unit_id: told for row, told in _lines(session, site_id, period, "customers", ("outside",))
            if row.unit_id is not None}


def published_totals(session: Session, site_id: int, period: Period,
                     kind: str) -> list[tuple[SurveyResult, Published]]:
    """Return the published total of each survey of a kind closed in a period, oldest first; each with its survey."""
    return list(_lines(session, site_id, period, kind, ("total",)))


def _lines(session: Session, site_id: int, period: Period, kind: str,
           groupings: tuple[str, ...]) -> Iterator[tuple[SurveyResult, Published]]:
    start, end = period.bounds
    rows = session.scalars(
        select(SurveyResult).join(Survey, Survey.id == SurveyResult.survey_id)
        .where(Survey.site_id == site_id, Survey.kind == kind, Survey.state.in_(sorted(SHOWN)),
               Survey.closed_at >= start, Survey.closed_at < end, SurveyResult.grouping.in_(groupings))
        .options(joinedload(SurveyResult.survey).joinedload(Survey.questions).selectinload(QuestionSet.questions))
        .order_by(Survey.closed_at, Survey.id)).all()
    for row in rows:
        line = line_of(row.survey, row)
        yield row, Published(row.survey_id, row.survey.number, row.invited, row.responded, line.overall, line.weighted,
                             line.is_hidden)
