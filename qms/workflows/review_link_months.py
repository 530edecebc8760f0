"""Returns the months of a review's history in which measures are held beside each other. Only reads.

A month that is not over says nothing yet, and a count of nothing before the first one on record is no zero.
"""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qms.rules.clock import utc_now
from qms.rules.measures import Bucket
from qms.rules.review_measures import MEASURES
from qms.rules.review_snapshots import Estimate
from qms.workflows.review_scope import Scope
from qms.workflows.review_series import Part, series

NOTHING = Estimate(None, 0)


def months(scope: Scope) -> list[Bucket]:
    """Return the whole months of the history that are over, oldest first."""
    today = utc_now().astimezone(ZoneInfo(scope.period.zone)).date()
    return [month for month in scope.history.buckets
            if month.last < today and (month.last + timedelta(days=1)).day == 1]


def monthly(session: Session, scope: Scope, measure: str, part: Part) -> list[Estimate]:
    """Return a measure for each of the months. Raises KeyError for one that is not kept for such a part."""
    kept: dict[tuple[str, Part], list[Estimate]] = scope.memo.setdefault("monthly", {})
    if (measure, part) not in kept:
        kept[measure, part] = _monthly(session, scope, measure, part)
    return kept[measure, part]


def _monthly(session: Session, scope: Scope, measure: str, part: Part) -> list[Estimate]:
    found = series(session, scope, measure, part)[:len(months(scope))]
    if MEASURES[measure].kind != "count" or not _begins(measure):
        return found
    known = _first(series(session, scope, measure, Part("site")))
    return [NOTHING] * min(known, len(found)) + found[known:]


def _begins(measure: str) -> bool:
    """Tell whether a measure is counted from a register, so that nothing is known before its first entry."""
    return "site" in MEASURES[measure].parts


def _first(of_site: Sequence[Estimate]) -> int:
    """Return the first month in which anything was counted."""
    return next((place for place, one in enumerate(of_site) if one.value), len(of_site))
