"""Counts rejections in the database by where they were made, passed and found; must not know persons.

Void records count nowhere. Pieces held for the review board are no rejections before it decides: left out.
Only confirmed and decided origins count; the others are counted apart (R-34).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.orm import Session, aliased

from qms.measures.escapes import (
    detection_effectiveness,
    mean_escape_distance,
    source_containment,
    step_escape,
)
from qms.measures.intervals import Mean, Rate
from qms.models.chain import Defect
from qms.models.rejections import Passage, Rejection
from qms.rules.measures import AT_CUSTOMER, FOUND_BY_MAKER, UNPLACED, VOID, Period
from qms.rules.rejections import SETTLED


@dataclass(frozen=True, slots=True)
class Counted:
    """Records and the pieces in them."""

    records: int = 0
    pieces: int = 0

    def __add__(self, other: "Counted") -> "Counted":
        return Counted(self.records + other.records, self.pieces + other.pieces)


NONE_COUNTED = Counted()


@dataclass
class Made:
    """Defects with one origin. All but `assumed` have it confirmed; `found_at` maps distance k to pieces."""

    found_by_maker: Counted = NONE_COUNTED
    passed_on: Counted = NONE_COUNTED
    at_customer: Counted = NONE_COUNTED
    unplaced: Counted = NONE_COUNTED
    assumed: Counted = NONE_COUNTED
    found_at: dict[int, int] = field(default_factory=dict)

    @property
    def escape(self) -> Rate:
        """Return the pieces passed on out of the pieces made."""
        return step_escape(self.passed_on.pieces, self.passed_on.pieces + self.found_by_maker.pieces)

    @property
    def containment(self) -> Rate:
        """Return the pieces found by the unit itself out of the pieces made."""
        return source_containment({0: self.found_by_maker.pieces, 1: self.passed_on.pieces})

    @property
    def distance(self) -> Mean:
        """Return the mean number of hand-overs until someone found the piece."""
        return mean_escape_distance(self.found_at)


@dataclass
class Seen:
    """What reached a unit from upstream: found there, or found later although a check was planned there.

    All but `assumed` (found later, whatever was planned) have a confirmed origin.
    """

    found: Counted = NONE_COUNTED
    missed: Counted = NONE_COUNTED
    unplanned: Counted = NONE_COUNTED
    assumed: Counted = NONE_COUNTED

    @property
    def detection(self) -> Rate:
        """Return the detection effectiveness: found out of found and missed."""
        return detection_effectiveness(self.found.pieces, self.missed.pieces)

    @property
    def let_through(self) -> Counted:
        """Return what was found later, with or without a check planned here."""
        return self.missed + self.unplanned


@dataclass(frozen=True, slots=True)
class DefectCount:
    """Rejections with one defect code (None: not coded). `assumed` have an origin not yet confirmed."""

    defect: Defect | None
    confirmed: Counted
    assumed: Counted
    found_by_maker: Counted


def counted_in(period: Period, site_id: int) -> ColumnElement[bool]:
    """Return the condition that a rejection counts in figures of a site and period."""
    starts_at, ends_at = period.bounds
    return and_(
        Rejection.site_id == site_id,
        Rejection.found_at >= starts_at,
        Rejection.found_at < ends_at,
        Rejection.state != VOID,
        Rejection.for_review.is_(False),
    )


def _is(column: Any, only: int | None) -> ColumnElement[bool]:
    return true() if only is None else column == only


_HOW_MANY = (func.count(Rejection.id), func.coalesce(func.sum(Rejection.quantity), 0))
_CONFIRMED = Rejection.origin_state.in_(sorted(SETTLED))


def made_by_unit(session: Session, site_id: int, period: Period, only: int | None = None) -> dict[int, Made]:
    """Count what was made, by origin; a unit without any is left out. `only`: of this unit."""
    columns = (Rejection.origin_unit_id, _CONFIRMED, Rejection.escape_class, Rejection.escape_steps)
    found = session.execute(
        select(*columns, *_HOW_MANY)
        .where(counted_in(period, site_id), Rejection.origin_unit_id.is_not(None), _is(Rejection.origin_unit_id, only))
        .group_by(*columns)
    )
    made: dict[int, Made] = {}
    for unit_id, confirmed, escape_class, steps, records, pieces in found:
        counted = Counted(int(records), int(pieces))
        of_unit = made.setdefault(unit_id or 0, Made())
        if confirmed:
            _sort_made(of_unit, escape_class, steps, counted)
        else:
            of_unit.assumed += counted
    return made


def _sort_made(made: Made, escape_class: str, steps: int | None, counted: Counted) -> None:
    if steps is not None:
        made.found_at[steps] = made.found_at.get(steps, 0) + counted.pieces
    if escape_class == UNPLACED:
        made.unplaced += counted
    elif escape_class == FOUND_BY_MAKER:
        made.found_by_maker += counted
    else:
        made.passed_on += counted
        if escape_class in AT_CUSTOMER:
            made.at_customer += counted


def found_by_unit(session: Session, site_id: int, period: Period, only: int | None = None) -> dict[int, Counted]:
    """Count what was reported, by the unit that found it, whatever its kind and origin. `only`: of this unit."""
    found = session.execute(
        select(Rejection.found_unit_id, *_HOW_MANY)
        .where(counted_in(period, site_id), _is(Rejection.found_unit_id, only))
        .group_by(Rejection.found_unit_id)
    )
    return {unit_id: Counted(int(records), int(pieces)) for unit_id, records, pieces in found}


def refused_by_link(
    session: Session, site_id: int, period: Period, only: int | None = None
) -> dict[int, Counted]:
    """Count what was reported at the acceptance of each link. `only`: of this link."""
    found = session.execute(
        select(Rejection.link_id, *_HOW_MANY)
        .where(counted_in(period, site_id), Rejection.link_id.is_not(None), _is(Rejection.link_id, only))
        .group_by(Rejection.link_id)
    )
    return {link_id or 0: Counted(int(records), int(pieces)) for link_id, records, pieces in found}


def seen_by_unit(session: Session, site_id: int, period: Period, only: int | None = None) -> dict[int, Seen]:
    """Count what came from upstream to each unit: found there, or found later. `only`: to this unit."""
    seen: dict[int, Seen] = {}
    from_upstream = Rejection.escape_class.not_in((FOUND_BY_MAKER, UNPLACED))
    found = session.execute(
        select(Rejection.found_unit_id, *_HOW_MANY)
        .where(counted_in(period, site_id), _CONFIRMED, from_upstream, _is(Rejection.found_unit_id, only))
        .group_by(Rejection.found_unit_id)
    )
    for unit_id, records, pieces in found:
        seen.setdefault(unit_id, Seen()).found += Counted(int(records), int(pieces))
    for (_supplier, unit_id), passed in _passed(session, site_id, period, only).items():
        _take_passed(seen.setdefault(unit_id, Seen()), passed)
    return seen


def seen_by_link(
    session: Session, site_id: int, period: Period, only: int | None = None
) -> dict[tuple[int, int], Seen]:
    """Count what was found on receipt or later, by (supplier id, customer id). `only`: of this customer."""
    last = aliased(Passage)
    from_unit = func.coalesce(last.unit_id, Rejection.origin_unit_id)
    found = session.execute(
        select(from_unit, Rejection.found_unit_id, *_HOW_MANY)
        .outerjoin(last, joined_at(last, Rejection.escape_steps - 1))
        .where(
            counted_in(period, site_id),
            _CONFIRMED,
            or_(last.id.is_not(None), Rejection.escape_steps == 1),
            _is(Rejection.found_unit_id, only),
        )
        .group_by(from_unit, Rejection.found_unit_id)
    )
    seen: dict[tuple[int, int], Seen] = {}
    for supplier_id, customer_id, records, pieces in found:
        seen.setdefault((supplier_id or 0, customer_id), Seen()).found += Counted(int(records), int(pieces))
    for pair, passed in _passed(session, site_id, period, only).items():
        _take_passed(seen.setdefault(pair, Seen()), passed)
    return seen


def joined_at(passage: type[Passage], position: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that joins the operation a defect passed at a position."""
    return and_(passage.rejection_id == Rejection.id, passage.active, passage.position == position)


_Passed = dict[tuple[bool, bool], Counted]


def _passed(session: Session, site_id: int, period: Period, only: int | None) -> dict[tuple[int, int], _Passed]:
    """Count by (unit before, unit passed); inside, by (confirmed, detectable)."""
    here, before = aliased(Passage), aliased(Passage)
    from_unit = func.coalesce(before.unit_id, Rejection.origin_unit_id)
    columns = (from_unit, here.unit_id, _CONFIRMED, here.detectable)
    found = session.execute(
        select(*columns, *_HOW_MANY)
        .join(here, and_(here.rejection_id == Rejection.id, here.active))
        .outerjoin(before, joined_at(before, here.position - 1))
        .where(
            counted_in(period, site_id),
            or_(before.id.is_not(None), here.position == 1),
            _is(here.unit_id, only),
        )
        .group_by(*columns)
    )
    passed: dict[tuple[int, int], _Passed] = {}
    for from_id, to_id, confirmed, detectable, records, pieces in found:
        passed.setdefault((from_id, to_id), {})[bool(confirmed), bool(detectable)] = Counted(
            int(records), int(pieces)
        )
    return passed


def _take_passed(seen: Seen, passed: _Passed) -> None:
    for (confirmed, detectable), counted in passed.items():
        if not confirmed:
            seen.assumed += counted
        elif detectable:
            seen.missed += counted
        else:
            seen.unplanned += counted


def defects(session: Session, site_id: int, period: Period, scope: ColumnElement[bool]) -> list[DefectCount]:
    """Count rejections of a scope by defect code, in the order of the codes, those without one last."""
    columns = (Rejection.defect_id, _CONFIRMED, Rejection.escape_class == FOUND_BY_MAKER)
    found = session.execute(
        select(*columns, *_HOW_MANY).where(counted_in(period, site_id), scope).group_by(*columns)
    ).all()
    ids = {row[0] for row in found if row[0] is not None}
    known = session.scalars(select(Defect).where(Defect.id.in_(ids)).order_by(Defect.code)).all()
    counts = []
    for defect in (*known, None):
        of_code = [row[1:] for row in found if row[0] == (defect.id if defect else None)]
        if of_code:
            counts.append(_defect_count(defect, of_code))
    return counts


def _defect_count(defect: Defect | None, rows: Sequence[Any]) -> DefectCount:
    confirmed = assumed = own = NONE_COUNTED
    for is_confirmed, by_maker, records, pieces in rows:
        counted = Counted(int(records), int(pieces))
        if not is_confirmed:
            assumed += counted
        else:
            confirmed += counted
            own += counted if by_maker else NONE_COUNTED
    return DefectCount(defect, confirmed, assumed, own)
