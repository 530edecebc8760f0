"""Tells the measures of a part of a site as they are now: value, comparison, objective and the last months. Only reads.

Only the hand-overs of the chosen part are counted, and no more months than are shown.
"""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy.orm import Session

from qms.models.chain import Link, Site, Unit
from qms.models.review import Objective
from qms.rules.accounts import Actor
from qms.rules.errors import NotFound
from qms.rules.measures import Bucket, Period
from qms.rules.review import VIEW
from qms.rules.review_measures import MEASURES, Measure, reaches
from qms.rules.review_snapshots import Estimate
from qms.workflows.review_objectives import in_force, kind_of, part_of
from qms.workflows.review_records import site_of
from qms.workflows.review_scope import Scope
from qms.workflows.review_series import Part, links_of, series, value
from qms.workflows.review_targets import path_of

MONTHS = 13
"""Months of a trend: a year, and the same month a year ago."""
Trend = tuple[tuple[Bucket, Estimate], ...]


@dataclass(frozen=True, slots=True)
class Tile:
    """One measure of a part. `is_reached` None: there is no objective or no figure. `path`: where its records are."""

    measure: Measure
    now: Estimate
    before: Estimate
    objective: Objective | None
    is_reached: bool | None
    trend: Trend
    path: str | None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was counted in any of these months."""
        return not any(one.value for one in (self.now, self.before, *(told for _month, told in self.trend)))


@dataclass(frozen=True, slots=True)
class Dashboard:
    """The measures of a part, those of which something was counted first."""

    scope: Scope
    part: Part
    tiles: tuple[Tile, ...]
    empty: tuple[Tile, ...]


def dashboard(session: Session, person: Actor, site_id: int, part: Part, period: Period) -> Dashboard:
    """Return the measures of a part of a site. Raises NotFound, NotAllowed."""
    site = site_of(session, person, site_id, VIEW)
    _check(session, site, part)
    before = period.before or period
    links = links_of(session, Scope((site,), period, before, months=MONTHS), part)
    scope = Scope((site,), period, before, months=MONTHS, link_ids=tuple(sorted(links)))
    objectives = {one.measure: one for one in in_force(session, [site.id], period.last) if part_of(one) == part}
    tiles = [_tile(session, scope, part, measure, objectives.get(code))
             for code, measure in MEASURES.items() if part.kind in measure.parts]
    return Dashboard(scope, part, tuple(one for one in tiles if not one.is_empty or one.objective),
                     tuple(one for one in tiles if one.is_empty and not one.objective))


def _check(session: Session, site: Site, part: Part) -> None:
    if part.kind == "site":
        return
    found = session.get(Link, part.id) if part.kind == "link" else session.get(Unit, part.id)
    if found is None or found.site_id != site.id or (isinstance(found, Unit) and kind_of(found) != part.kind):
        raise NotFound


def _tile(session: Session, scope: Scope, part: Part, measure: Measure, objective: Objective | None) -> Tile:
    now, before = (value(session, scope, measure.code, part, period) for period in (scope.period, scope.before))
    known = isinstance(now.value, int | float | Decimal)
    reached = reaches(measure.code, now.value or 0, objective.target) if objective is not None and known else None
    told = series(session, scope, measure.code, part)
    return Tile(measure, now, before, objective, reached, tuple(zip(scope.history.buckets, told, strict=True)),
                records_of(session, scope, part, measure.code))


def records_of(session: Session, scope: Scope, part: Part, code: str) -> str | None:
    """Return the register of what a measure of a part is counted from; None: no page lists it."""
    site = scope.site_ids[0]
    if part.kind == "customer" and code == "complaints":
        return scope.path("/customers/complaints/", first=None, last=None, customer=part.id)
    if part.kind == "customer" and code in _OF_CUSTOMERS:
        return path_of(session, scope, part)
    if code in _HANDED:
        return scope.path("/acceptance/hand-overs/", **({f"{_SUPPLIED[part.kind]}_id": part.id}
                                                        if part.kind in _SUPPLIED else {}))
    if code in _REGISTERS:
        place, asked = _REGISTERS[code]
        dated = {} if code not in _UNDATED else {"first": None, "last": None}
        return scope.path(place, site_id=site if place == "/rejections/" else None, **dated,
                          **({asked: part.id} if part.kind == "unit" and asked else {}))
    return None


_HANDED = frozenset({"fta", "fpy", "rejected_ppm"})
_SUPPLIED = {"link": "link", "unit": "supplier"}
_OF_CUSTOMERS = frozenset(code for code, measure in MEASURES.items() if measure.outer)
_UNDATED = frozenset({"copq", "complaints"})
_REGISTERS = {
    "escapes_ppm": ("/rejections/", "origin_unit_id"), "reports": ("/rejections/", "found_unit_id"),
    "kept": ("/service/requests/", "provider"), "internal_complaints": ("/service/complaints/", "accused"),
    "stop_minutes": ("/stops/", "unit"), "copq": ("/dispositions/costs/lines/", ""),
    "complaints": ("/customers/complaints/", ""),
}
"""Where the records of a measure are listed, and by which filter those of a unit."""
