"""Puts reports beside what was found later, so that silence is not taken for quality; must not know persons.

Source: domain C.3: falling reports with flat or rising escapes ask for a look.
"""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from qms.measures.effectiveness import fewer_per_exposure
from qms.measures.intervals import EventRate, event_rate
from qms.rules.accounts import Actor
from qms.rules.measures import Period
from qms.workflows.measures import LinkFigures, UnitFigures, link_figures, unit_figures


@dataclass(frozen=True, slots=True)
class Reporting:
    """Reports and what was found later, per piece; `fell`: fewer reports, but no fewer found later."""

    reports: EventRate
    later: EventRate
    reports_before: EventRate
    later_before: EventRate
    fell: bool


def link_reporting(session: Session, person: Actor, figures: LinkFigures, period: Period) -> Reporting:
    """Put what a link's acceptance reported beside what was found later, now and in the period before."""
    now = (figures.refused.records, figures.seen.let_through.records, figures.handed.received)
    if period.before is None:
        return compared(now, (0, 0, 0))
    earlier = link_figures(session, person, figures.link.id, period.before)
    then = (earlier.refused.records, earlier.seen.let_through.records, earlier.handed.received)
    return compared(now, then)


def unit_reporting(session: Session, person: Actor, figures: UnitFigures, period: Period) -> Reporting:
    """Put what a unit reported beside what it passed on and was found later, now and in the period before."""
    if period.before is None:
        return compared(_reported(figures), (0, 0, 0))
    earlier = unit_figures(session, person, figures.unit.id, period.before)
    return compared(_reported(figures), _reported(earlier))


def compared(now: tuple[int, int, int], before: tuple[int, int, int]) -> Reporting:
    """Compare two periods, each given as reports, records found later, and the pieces or lots that they are of."""
    reports, later, pieces = now
    reports_before, later_before, pieces_before = before
    fell = fewer_per_exposure(reports_before, pieces_before, reports, pieces).proven
    later_now, later_then = event_rate(later, pieces), event_rate(later_before, pieces_before)
    return Reporting(
        event_rate(reports, pieces),
        later_now,
        event_rate(reports_before, pieces_before),
        later_then,
        fell=fell and later > 0 and (later_now.value or 0.0) >= (later_then.value or 0.0),
    )


def _reported(figures: UnitFigures) -> tuple[int, int, int]:
    """Return reports, records found later, and pieces received (at a first operation: handed over)."""
    later = figures.made.passed_on.records + figures.seen.let_through.records
    return figures.found.records, later, figures.received.received or figures.supplied.received
