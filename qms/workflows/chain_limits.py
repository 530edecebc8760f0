"""The limits of authority and the clocks that a site sets for itself. Knows no disposition and no notice."""

from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.chain import Site
from qms.rules.accounts import Actor
from qms.rules.dispositions_notices import MOST_NOTICE_HOURS
from qms.rules.errors import Invalid, NotFound
from qms.workflows.chain_records import change, check_version

SET = "chain.limits"
_LARGEST = Decimal(10) ** 12


def limited_sites(session: Session, person: Actor) -> list[Site]:
    """Return the sites whose limits a person sets, by code. Raises NotAllowed."""
    person.need(SET)
    allowed = person.sites(SET)
    wanted = select(Site).order_by(Site.code)
    return list(session.scalars(wanted if allowed is None else wanted.where(Site.id.in_(sorted(allowed)))))


def limited_site(session: Session, person: Actor, site_id: int, *, lock: bool = False) -> Site:
    """Return a site whose limits a person sets. Raises NotFound, NotAllowed."""
    site = session.get(Site, site_id, with_for_update=True if lock else None)
    if site is None:
        raise NotFound
    person.need(SET, site_id=site_id, unit_path="")
    return site


def set_limits(session: Session, person: Actor, site_id: int, rev: int, *, scrap_limit: Decimal | None,
               notice_hours: int | None, reason: str | None) -> Site:
    """Set above which value scrap is decided higher up (R-06), and within how long a customer is told (R-16).

    What was decided and opened before keeps its limit and its clock. Raises Invalid, Stale, NotFound, NotAllowed.
    """
    site = limited_site(session, person, site_id, lock=True)
    check_version(site, rev, {"scrap_limit": scrap_limit, "notice_hours": notice_hours})
    if scrap_limit is None or not scrap_limit.is_finite() or not 0 <= scrap_limit < _LARGEST:
        raise Invalid("A value of 0 or more, in the site's currency.", "须为不小于 0 的金额, 以工厂币种计。",
                      field="scrap_limit")
    if notice_hours is None or not 1 <= notice_hours <= MOST_NOTICE_HOURS:
        raise Invalid(f"From 1 to {MOST_NOTICE_HOURS} hours.", f"1 至 {MOST_NOTICE_HOURS} 小时。", field="notice_hours")
    if not (reason or "").strip():
        raise Invalid("Say why, for the history.", "请说明理由, 以便追溯。", field="reason")
    change(site, {"scrap_limit": scrap_limit, "notice_hours": notice_hours})
    session.flush()
    return site
