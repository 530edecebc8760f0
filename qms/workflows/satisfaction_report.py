"""What a survey report tells of published results, in plain values. Changes nothing, knows no file."""

from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qms.measures.intervals import NetPromoter
from qms.measures.satisfaction import Rating
from qms.rules.accounts import Actor
from qms.workflows.exports_plain import named, plain
from qms.workflows.satisfaction_names import called
from qms.workflows.satisfaction_results import Line, comments, results, trend

Row = dict[str, Any]


def report(session: Session, reader: Actor, survey_id: int) -> Row:
    """Return what is told of a survey: its facts, figures of all by question, groups, trend, comments.

    A figure is None where it is hidden. Times are naive and local to the site. Raises Refused (R-37) before they are
    published, NotFound, NotAllowed.
    """
    survey, lines = results(session, reader, survey_id)
    for permission in ("satisfaction.view", "exports.run"):
        reader.need(permission, site_id=survey.site_id)
    zone, total = ZoneInfo(survey.site.time_zone), lines[0]
    overall = next((q.code for q in survey.questions.questions if q.kind == "overall"), "")
    return {
        "survey": plain(survey, zone, version=survey.questions.version), "number": survey.number,
        "title": f"{survey.name_zh} / {survey.name_en}", "state": survey.state, "site": named(survey.site),
        "zone": survey.site.time_zone, "demo": survey.site.demo, "photos": [], "total": _line(total),
        "questions": [{"code": q.code, "en": q.text_en, "zh": q.text_zh, "rating": _rating(total.ratings.get(q.code)),
                       "importance": _rating(total.weights.get(q.code))}
                      for q in survey.questions.questions if q.code in total.ratings],
        "groups": [_line(line) for line in lines],
        "trend": [{"number": p.survey.number, "closed_at": plain(p.survey, zone)["closed_at"], "breaks": p.breaks,
                   "rating": _rating(p.rating), "taken_part": p.line.taken_part.value}
                  for p in trend(session, reader, survey, total.result, overall)] if overall else [],
        "comments": [{"group": called(c), "text": c.text} for c in comments(session, survey)]}


def _line(line: Line) -> Row:
    return {"name": called(line.result), "level": line.result.grouping, "invited": line.result.invited,
            "responded": line.result.responded, "is_weak": line.is_weak, "overall": _rating(line.overall),
            "weighted": line.weighted, "promoters": _promoters(line.promoters),
            "taken_part": (line.taken_part.value, line.taken_part.low, line.taken_part.high)}


def _rating(found: Rating | None) -> Row | None:
    if found is None or not found.n:
        return None
    return {"n": found.n, "unknown": found.unknown, "top": (found.top_two.value, found.top_two.low, found.top_two.high),
            "mean": (found.mean.mean, found.mean.low, found.mean.high),
            "index": (found.index, found.index_low, found.index_high)}


def _promoters(found: NetPromoter | None) -> Row | None:
    return None if found is None or not found.n else {"n": found.n, "score": (found.raw, found.low, found.high)}
