"""How the links of a chain's map are coloured by a figure of the last twelve weeks. Only reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from qms.db import now
from qms.models.chain import Site
from qms.rules.accounts import Actor
from qms.rules.measures import Period
from qms.rules.satisfaction_scorecards import COLOURED_BY, DAYS, NO_FIGURE, Band, band
from qms.workflows.measures_handovers import by_link_of_site
from qms.workflows.satisfaction_scorecards import VIEW
from qms.workflows.satisfaction_scorecards_counts import published


@dataclass(frozen=True, slots=True)
class Score:
    """A figure with its n and interval, as a share or an index from 0 to 100, and its band. None: no figure."""

    by: str
    band: Band
    value: float | None = None
    n: int = 0
    low: float | None = None
    high: float | None = None


NOTHING = Score("", NO_FIGURE)


def link_scores(session: Session, person: Actor, site: Site, by: str) -> Mapping[int, Score] | None:
    """Return the score of each link that has one; None where the map is not coloured, or the person sees no figures."""
    sites = person.sites(VIEW)
    if by not in COLOURED_BY or not (sites is None or site.id in sites):
        return None
    today = now(session).astimezone(ZoneInfo(site.time_zone)).date()
    period = Period(today - timedelta(days=DAYS - 1), today, "month", site.time_zone)
    return _accepted(session, site.id, period) if by == "acceptance" else _perceived(session, site.id, period)


def _accepted(session: Session, site_id: int, period: Period) -> dict[int, Score]:
    rates = {link_id: handed.acceptance for link_id, handed in by_link_of_site(session, site_id, period).items()}
    return {link_id: Score("acceptance", band("acceptance", rate.value), rate.value, rate.n, rate.low, rate.high)
            for link_id, rate in rates.items()}


def _perceived(session: Session, site_id: int, period: Period) -> dict[int, Score]:
    """Score by the newest survey closed in the year; what is hidden has no figure."""
    year = Period(period.last - timedelta(days=364), period.last, "month", period.zone)
    found = {link_id: told.overall for link_id, told in published(session, site_id, year)[0].items()}
    return {link_id: Score("perceived", band("perceived", overall.index), overall.index, overall.n, overall.index_low,
                           overall.index_high)
            for link_id, overall in found.items() if overall is not None}
