"""Loads the demo plant into a migrated, empty database; must not know where that is or who serves it."""

import heapq
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from qms.db import Database
from qms.demo.actions import told_actions
from qms.demo.actions_proving import proving
from qms.demo.controls import controlled
from qms.demo.customers import supplied
from qms.demo.deeds import found_at
from qms.demo.dispositions import disposed
from qms.demo.dispositions_keeping import kept
from qms.demo.dispositions_stories import held_by_story, told
from qms.demo.founding import Founding
from qms.demo.happenings import Happening
from qms.demo.holidays import add_holidays
from qms.demo.inspections import planned_inspections
from qms.demo.inspections_playing import add_patrol_plans
from qms.demo.pictures import add_pictures
from qms.demo.plan import planned
from qms.demo.playing import Player, Progress, silent
from qms.demo.qualifications import add_qualifications, begin_to_warn
from qms.demo.review import reviewed
from qms.demo.rosters import add_rosters
from qms.demo.satisfaction import surveyed
from qms.demo.service import promised
from qms.demo.service_complaints import complained
from qms.demo.service_recognition import recognised
from qms.demo.service_training import taught
from qms.demo.settlement import settled
from qms.demo.shifts import Calendar
from qms.demo.sign_ins import Keys
from qms.demo.stops import planned_stops
from qms.demo.supervising import supervise
from qms.demo.units import ZONE

WEEKS = 26
FOUNDED_DAYS_BEFORE = 14


def load(database: Database, until: datetime, *, photos: Path, weeks: int = WEEKS,
         keys: Mapping[str, Keys] | None = None, progress: Progress = silent) -> None:
    """Make the plant and let so many weeks happen in it, the last one ending at `until`, to the minute.

    `photos` is the folder of the photo store. `keys` by sign-in name; others cannot sign in. The same `until`, weeks
    and keys give the same records.
    """
    until = until.replace(second=0, microsecond=0)
    first = Calendar(weeks, until).halves[0].begins_at - timedelta(days=FOUNDED_DAYS_BEFORE)
    on = first.astimezone(ZoneInfo(ZONE)).date()
    founded = Founding(database, first, on, keys or {}, until.astimezone(UTC).date()).found()
    add_pictures(database, founded, first, photos)
    add_rosters(database, founded, first, on)
    add_holidays(database, founded, first, until)
    add_patrol_plans(database, founded, first)
    add_qualifications(database, founded, first, until)
    courses = [*_courses(first, on, until, weeks), reviewed(on, until)]
    happenings = heapq.merge(*courses, key=lambda happening: happening.at)
    Player(database, founded).play(list(happenings), progress)
    begin_to_warn(database, founded, until)
    supervise(database, founded, until)


def _courses(first: datetime, on: date, until: datetime, weeks: int) -> list[list[Happening]]:
    """Return everything that happens until an instant, in courses that are each in order."""
    plan = planned(until, weeks)
    found, held = found_at(plan), held_by_story(plan)
    return [disposed(plan), disposed(planned_stops(until, weeks)), planned_inspections(until, weeks),
            told(found, held, first, until), kept(found, held, on, until), controlled(plan, on, until),
            told_actions(found, held, until), complained(on, until), taught(on, until), recognised(on, until),
            proving(plan, found, Calendar(weeks, until), until),
            supplied(plan, found, on, until),
            surveyed(on, until), promised(first, until), settled(on)]
