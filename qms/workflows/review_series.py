"""Returns a measure month by month, for a site, a unit, a link or what leads to an outside customer. Only reads.

A month in which nothing was counted has no value: it is not 0.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.measures.intervals import Rate, event_rate
from qms.models.chain import Link
from qms.rules.chain_graph import reachable, successors
from qms.rules.measures import FOUND_BY_MAKER, UNPLACED
from qms.rules.review_measures import MEASURES
from qms.rules.review_snapshots import Estimate
from qms.workflows.measures_handovers import NONE_HANDED_OVER, HandedOver
from qms.workflows.review_cubes import Found, Stretch, handed_over, rejected
from qms.workflows.review_scope import Scope
from qms.workflows.review_series_outside import OUTSIDE

PER_LOTS = 1000


@dataclass(frozen=True, slots=True)
class Part:
    """What a measure is taken of: a kind of rules.review_measures.PARTS, and which one; None: the whole site."""

    kind: str
    id: int | None = None


def series(session: Session, scope: Scope, measure: str, part: Part) -> list[Estimate]:
    """Return a measure for each month of the history, oldest first. Raises KeyError for one that is not kept so."""
    return [value(session, scope, measure, part, month) for month in scope.history.buckets]


def value(session: Session, scope: Scope, measure: str, part: Part, stretch: Stretch) -> Estimate:
    """Return a measure for a period of the scope, or a month of its history. Raises KeyError."""
    if part.kind not in MEASURES[measure].parts:
        raise KeyError(part.kind)
    if measure in _INSIDE:
        return _INSIDE[measure](session, scope, part, stretch)
    return OUTSIDE[measure](session, scope, part.id, stretch, part.kind)


def links_of(session: Session, scope: Scope, part: Part) -> set[int]:
    """Return the links of a part: all, those a unit supplies, the one, or those that lead to a customer."""
    kept: dict[Part, set[int]] = scope.memo.setdefault("links_of", {})
    if part not in kept:
        kept[part] = _links_of(_links(session, scope), part)
    return kept[part]


def _links_of(links: dict[int, tuple[int, int]], part: Part) -> set[int]:
    if part.kind == "site":
        return set(links)
    if part.kind == "link":
        return {part.id} & set(links) if part.id is not None else set()
    if part.kind == "unit":
        return {link for link, (supplier, _customer) in links.items() if supplier == part.id}
    back = successors((customer, supplier) for supplier, customer in links.values())
    upstream = reachable(back, [part.id] if part.id is not None else [])
    return {link for link, (_supplier, customer) in links.items() if customer in upstream or customer == part.id}


def handed(session: Session, scope: Scope, part: Part, stretch: Stretch) -> HandedOver:
    """Return the hand-overs of a part's links."""
    counts = _handed(session, scope, stretch)
    return sum((counts[link] for link in links_of(session, scope, part) if link in counts), NONE_HANDED_OVER)


def suppliers(session: Session, scope: Scope) -> dict[int, int]:
    """Return who hands over, by link."""
    return {link: supplier for link, (supplier, _customer) in _links(session, scope).items()}


def estimate(rate: Rate, times: float = 1) -> Estimate:
    """Return a share, or so many times it, with its interval; no value where nothing was counted."""
    if rate.value is None or rate.low is None or rate.high is None:
        return Estimate(None, rate.n)
    return Estimate(rate.value * times, rate.n, rate.low * times, rate.high * times)


def _links(session: Session, scope: Scope) -> dict[int, tuple[int, int]]:
    if "links" not in scope.memo:
        rows = session.execute(select(Link.id, Link.supplier_id, Link.customer_id)
                               .where(Link.site_id.in_(scope.site_ids)).order_by(Link.id))
        scope.memo["links"] = {link: (supplier, customer) for link, supplier, customer in rows}
    held: dict[int, tuple[int, int]] = scope.memo["links"]
    return held


def _handed(session: Session, scope: Scope, stretch: Stretch) -> dict[int, HandedOver]:
    kept: dict[Stretch, dict[int, HandedOver]] = scope.memo.setdefault("handed", {})
    if stretch not in kept:
        kept[stretch] = handed_over(session, scope).within(stretch)
    return kept[stretch]


def _counted(session: Session, scope: Scope, stretch: Stretch, wanted: Callable[[Found], bool]) -> tuple[int, int]:
    kept = scope.memo.setdefault("rejected", {})
    if stretch not in kept:
        kept[stretch] = rejected(session, scope).within(stretch)
    met = [counted for key, counted in kept[stretch].items() if wanted(key)]
    return sum(one.records for one in met), sum(one.pieces for one in met)


def _units(session: Session, scope: Scope, part: Part) -> Collection[int] | None:
    """Return the units of a part as suppliers; None: every one."""
    if part.kind == "site":
        return None
    if part.kind == "unit":
        return {part.id} if part.id is not None else set()
    links = _links(session, scope)
    return {links[link][0] for link in links_of(session, scope, part)}


def _fta(session: Session, scope: Scope, part: Part, stretch: Stretch) -> Estimate:
    return estimate(handed(session, scope, part, stretch).acceptance)


def _fpy(session: Session, scope: Scope, part: Part, stretch: Stretch) -> Estimate:
    return estimate(handed(session, scope, part, stretch).yielded)


def _rejected_ppm(session: Session, scope: Scope, part: Part, stretch: Stretch) -> Estimate:
    return estimate(handed(session, scope, part, stretch).nonconforming, 1_000_000)


def _escapes_ppm(session: Session, scope: Scope, part: Part, stretch: Stretch) -> Estimate:
    units = _units(session, scope, part)
    given = handed(session, scope, part, stretch).received
    _records, pieces = _counted(session, scope, stretch, lambda key: (
        key.confirmed and key.escape_class not in {FOUND_BY_MAKER, UNPLACED}
        and (units is None or key.origin_unit_id in units)))
    told = event_rate(pieces, given)
    if told.value is None or told.low is None or told.high is None:
        return Estimate(None, given)
    return Estimate(told.value * 1e6, given, told.low * 1e6, told.high * 1e6)


def _reports(session: Session, scope: Scope, part: Part, stretch: Stretch) -> Estimate:
    units = _units(session, scope, part)
    lots = handed(session, scope, part, stretch).lots
    records, _pieces = _counted(session, scope, stretch, lambda key: units is None or key.found_unit_id in units)
    told = event_rate(records, lots)
    if told.value is None or told.low is None or told.high is None:
        return Estimate(None, lots)
    return Estimate(told.value * PER_LOTS, lots, told.low * PER_LOTS, told.high * PER_LOTS)


_INSIDE: dict[str, Callable[[Session, Scope, Part, Stretch], Estimate]] = {
    "fta": _fta, "fpy": _fpy, "rejected_ppm": _rejected_ppm, "escapes_ppm": _escapes_ppm, "reports": _reports,
}
