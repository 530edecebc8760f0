"""Over which sites and which two periods the figures of a management review are counted. Only reads."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from qms.models.chain import Site
from qms.models.review import Review
from qms.rules.measures import Period
from qms.rules.words import Words
from qms.workflows.review_records import sites_of

HISTORY_MONTHS = 36


@dataclass(frozen=True, slots=True)
class Scope:
    """Sites with the period and the comparison period, both cut into months. `review_id` None: not for a pack.

    `months`: so many are the history, over which trends are told. `link_ids`: only the hand-overs of these are counted.

    `memo` keeps what was counted once for several inputs; a scope is used with one session only.
    """

    sites: tuple[Site, ...]
    period: Period
    before: Period
    review_id: int | None = None
    months: int = HISTORY_MONTHS
    link_ids: tuple[int, ...] | None = None
    memo: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def site_ids(self) -> list[int]:
        """Return the ids of the sites."""
        return [site.id for site in self.sites]

    @property
    def history(self) -> Period:
        """Return the whole months over which trends are told: as many as `months`, the period's last in it."""
        last = self.period.last
        months = last.year * 12 + last.month - self.months
        return Period(date(months // 12, months % 12 + 1, 1), last, "month", self.period.zone)

    @property
    def days(self) -> Words:
        """Return the period in words, for the sentence that tells how something was counted."""
        return Words(f"{self.period.first} to {self.period.last}", f"{self.period.first} 至 {self.period.last}")

    @property
    def where(self) -> Words:
        """Return the sites and the period in words."""
        codes = ", ".join(site.code for site in self.sites)
        return Words(f"{codes}, {self.days.en}", f"{codes}, {self.days.zh}")

    def path(self, place: str, **more: object) -> str:
        """Return the address of a register for these days and, where there is but one, this site."""
        asked: dict[str, object] = {"first": self.period.first, "last": self.period.last, **more}
        if len(self.sites) == 1:
            asked.setdefault("site", self.sites[0].id)
        return f"{place}?" + "&".join(f"{key}={value}" for key, value in asked.items() if value is not None)


def scope_of(session: Session, review: Review) -> Scope:
    """Return the scope of a review."""
    sites = tuple(sites_of(session, review))
    zone = sites[0].time_zone
    return Scope(sites, Period(review.first_on, review.last_on, "month", zone),
                 Period(review.before_first_on, review.before_last_on, "month", zone), review.id)


def year_to(last: date, zone: str) -> Period:
    """Return the twelve months up to a day."""
    first = date(last.year - (0 if last.month == 12 else 1), last.month % 12 + 1, 1)
    return Period(first, last, "month", zone)
