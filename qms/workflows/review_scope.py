"""Over which sites and which two periods the figures of a management review are counted. Only reads."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from qms.models.chain import Site
from qms.models.review import Review
from qms.rules.measures import Period
from qms.rules.words import Words
from qms.workflows.review_records import sites_of


@dataclass(frozen=True, slots=True)
class Scope:
    """Sites with the period and the comparison period, both cut into months. `review_id` None: not for a pack."""

    sites: tuple[Site, ...]
    period: Period
    before: Period
    review_id: int | None = None

    @property
    def site_ids(self) -> list[int]:
        """Return the ids of the sites."""
        return [site.id for site in self.sites]

    @property
    def days(self) -> Words:
        """Return the period in words, for the sentence that tells how something was counted."""
        return Words(f"{self.period.first} to {self.period.last}", f"{self.period.first} 至 {self.period.last}")

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
