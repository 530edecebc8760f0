"""The shifts, rosters, calls and stops of the demo plant."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.demo.plan import planned
from qms.demo.rosters import ROSTER, SHIFTS
from qms.demo.stops import COURSES, LEFT_OPEN, STRIDE, planned_stops
from qms.demo.stops_playing import ACTIONS
from qms.models.chain import Unit
from qms.models.chain_rosters import CalendarDay, RosterLine, Shift
from qms.models.stops import Rung, Stop
from qms.rules.chain_rosters import ON_CALL
from qms.workflows.chain_rosters import roster_of
from qms.workflows.stops_board import andon
from tests.demo.conftest import UNTIL, WEEKS


@pytest.fixture(scope="module")
def happenings():
    return planned_stops(UNTIL, 26)


def test_the_same_end_gives_the_same_calls_in_order(happenings):
    assert planned_stops(UNTIL, 26) == happenings
    times = [h.at for h in happenings]
    assert times == sorted(times)
    assert times[-1] <= UNTIL


def test_every_course_and_step_happens(happenings):
    assert {h.verb for h in happenings} == {*ACTIONS, "stop_release"}
    assert len({(n * STRIDE) % len(COURSES) for n in range(len(COURSES))}) == len(COURSES)


def test_calls_are_a_small_part_of_what_happens(happenings):
    calls = [h for h in happenings if h.verb == "stop_call"]
    assert 30 <= len(calls) <= 60
    assert len(happenings) < len(planned(UNTIL, 26)) / 10


@pytest.mark.parametrize("day", range(7))
@pytest.mark.parametrize("hour", [1, 8, 15, 22])
def test_whenever_it_is_loaded_the_boards_are_not_empty(day: int, hour: int):
    until = datetime(2026, 11, 16, hour, 20, tzinfo=UTC) + timedelta(days=day)
    past = planned_stops(until, 4)
    over = {h.key for h in past if h.verb in {"stop_resolve", "stop_restart"}}
    still_open = [h for h in past if h.verb == "stop_call" and h.key not in over]
    assert len(still_open) == len(LEFT_OPEN)
    assert [h for h in past if h.verb == "stop_call" and h.key in over and h.at > until - timedelta(hours=60)]


def test_the_states_of_calls_can_be_seen(demo: Session):
    states = Counter(demo.scalars(select(Stop.state)))
    assert {"resolved", "reviewed", "contained", "restart_requested"} <= set(states)
    stops = demo.scalars(select(Stop)).all()
    assert {stop.source for stop in stops} == {"demo"}
    assert all(stop.arrived_at is not None for stop in stops)
    assert all(rung.people for rung in demo.scalars(select(Rung).where(Rung.raised_at.is_not(None))))


def test_every_rung_finds_somebody_at_every_operation(demo: Session):
    for unit_id in demo.scalars(select(Unit.id).where(Unit.kind == "operation")):
        roster = roster_of(demo, unit_id)
        silent = [role for role in ON_CALL if not roster.on_duty([role], UNTIL)]
        assert not silent, unit_id


def test_shifts_and_rosters_are_as_planned(demo: Session):
    assert len(demo.scalars(select(Shift)).all()) == len(SHIFTS)
    assert len(demo.scalars(select(RosterLine)).all()) == len(ROSTER)


def test_the_andon_board_shows_what_stands(demo: Session):
    unit = demo.scalars(select(Unit).where(Unit.kind == "operation")).first()
    counts = andon(demo, unit.site).counts
    assert (counts["stop"], counts["checks"], counts["call"]) == (1, 1, 0)
    assert WEEKS < 26


def test_the_plant_calendar_names_the_holidays_of_the_year_ahead(demo: Session):
    days = demo.scalars(select(CalendarDay).order_by(CalendarDay.day)).all()
    assert [day.day.isoformat() for day in days if day.name_en == "Spring Festival"] == [
        "2027-02-05", "2027-02-06", "2027-02-07", "2027-02-08"]
    assert {day.name_zh for day in days} == {"元旦", "春节", "劳动节", "国庆节"}
    assert not [day for day in days if day.works or day.day <= UNTIL.date()]
