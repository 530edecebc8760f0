"""How the published results of a survey are read, and followed over surveys. Asks for nothing that is not frozen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from qms.measures.intervals import NetPromoter, Rate, rate
from qms.measures.satisfaction import Gap, Rating, gaps, rating, recommended, weighted_index
from qms.models.chain import Link
from qms.models.satisfaction import QuestionSet, Survey, SurveyComment, SurveyQuestion, SurveyResult
from qms.rules import satisfaction as rules
from qms.rules.accounts import Actor
from qms.workflows.satisfaction_records import sees, whole

MOST_POINTS = 24


@dataclass(frozen=True, slots=True)
class Line:
    """One group of a survey's published tables. What is None is hidden, or nobody answered."""

    result: SurveyResult
    taken_part: Rate
    is_weak: bool
    ratings: Mapping[str, Rating | None]
    weights: Mapping[str, Rating | None]
    overall: Rating | None
    weighted: float | None
    promoters: NetPromoter | None

    @property
    def is_hidden(self) -> bool:
        """Tell whether people answered, but nothing may be shown of it."""
        return bool(self.result.responded) and not any(self.ratings.values())

    @property
    def gaps(self) -> list[Gap]:
        """Return importance against performance, the widest gap first."""
        return gaps({code: (_mean(self.weights.get(code)), _mean(self.ratings[code]))
                     for code in self.ratings if code in self.weights})


@dataclass(frozen=True, slots=True)
class Point:
    """One survey of a trend. `breaks`: its wording is not that of the point before."""

    survey: Survey
    line: Line
    rating: Rating | None
    breaks: bool


def results(session: Session, person: Actor, survey_id: int) -> tuple[Survey, list[Line]]:
    """Return a survey and its published lines, the total first. Raises Refused (R-37) before they are published."""
    survey = whole(session, person, survey_id)
    rules.check_published(survey.state)
    rows = session.scalars(
        select(SurveyResult).where(SurveyResult.survey_id == survey.id).order_by(SurveyResult.id).options(
            joinedload(SurveyResult.unit), joinedload(SurveyResult.link).joinedload(Link.supplier),
            joinedload(SurveyResult.link).joinedload(Link.customer)))
    return survey, [line_of(survey, row) for row in rows]


def comments(session: Session, survey: Survey) -> Sequence[SurveyComment]:
    """Return the published comments of a survey, those of one group together, in no order within it."""
    return session.scalars(
        select(SurveyComment).where(SurveyComment.survey_id == survey.id)
        .order_by(SurveyComment.grouping, SurveyComment.unit_id, SurveyComment.link_id, SurveyComment.text)
        .options(joinedload(SurveyComment.unit), joinedload(SurveyComment.link).joinedload(Link.supplier),
                 joinedload(SurveyComment.link).joinedload(Link.customer))).all()


def trend(session: Session, person: Actor, survey: Survey, result: SurveyResult, code: str) -> list[Point]:
    """Return a group's figures of one question in this and earlier surveys, oldest first."""
    if not sees(person, survey.site_id):
        return []
    same = (SurveyResult.grouping == result.grouping,
            _is(SurveyResult.unit_id, result.unit_id), _is(SurveyResult.link_id, result.link_id))
    rows = session.scalars(
        select(SurveyResult).join(Survey, Survey.id == SurveyResult.survey_id)
        .where(*same, Survey.site_id == survey.site_id, Survey.kind == survey.kind, Survey.id <= survey.id,
               Survey.state.in_(sorted(rules.SHOWN)))
        .options(contains_eager(SurveyResult.survey).joinedload(Survey.questions)
                 .selectinload(QuestionSet.questions))
        .order_by(Survey.id.desc()).limit(MOST_POINTS)).all()
    points: list[Point] = []
    before: SurveyQuestion | None = None
    for row in reversed(rows):
        asked = next((q for q in row.survey.questions.questions if q.code == code), None)
        line = line_of(row.survey, row)
        points.append(Point(row.survey, line, line.ratings.get(code), before is not None and not _alike(before, asked)))
        before = asked or before
    return points


def line_of(survey: Survey, row: SurveyResult) -> Line:
    """Return the figures of one published line."""
    asked = survey.questions.questions
    rated = {q.code: _rating(row.figures.get(q.code)) for q in asked if q.kind in {"rating", "overall"}}
    weights = {q.code: _rating(row.figures.get(f"{q.code}.w")) for q in asked
               if q.kind == "rating" and survey.questions.importance}
    overall = next((rated[q.code] for q in asked if q.kind == "overall"), None)
    promoters = next((_promoters(row.figures.get(q.code)) for q in asked if q.kind == "recommend"), None)
    return Line(row, rate(row.responded, row.invited) if row.responded <= row.invited else
                rate(row.responded, row.responded), rules.is_weak(row.responded, row.invited, survey.threshold), rated,
                weights, overall, _weighted(rated, weights), promoters)


def _weighted(rated: Mapping[str, Rating | None], weights: Mapping[str, Rating | None]) -> float | None:
    """Return the index weighted by importance; None unless every weighted question may be shown."""
    pairs = [(rated[code], weight) for code, weight in weights.items()]
    indices = [r.index for r, _ in pairs if r is not None and r.index is not None]
    means = [w.mean.mean for _, w in pairs if w is not None and w.mean.mean is not None]
    if not pairs or len(indices) < len(pairs) or len(means) < len(pairs):
        return None
    return weighted_index(indices, means)


def _rating(told: Mapping[str, Any] | None) -> Rating | None:
    return None if told is None else rating({int(v): n for v, n in told["counts"].items()}, told["dk"])


def _promoters(told: Mapping[str, Any] | None) -> NetPromoter | None:
    return None if told is None else recommended({int(v): n for v, n in told["counts"].items()})


def _mean(found: Rating | None) -> float | None:
    return None if found is None else found.mean.mean


def _alike(before: SurveyQuestion, now: SurveyQuestion | None) -> bool:
    return now is not None and (before.text_zh, before.text_en) == (now.text_zh, now.text_en)


def _is(column: Any, value: int | None) -> Any:
    return column.is_(None) if value is None else column == value
