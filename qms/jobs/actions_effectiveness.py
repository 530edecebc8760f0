"""Judges watched plans by the clock, on whichever node is first: at once when a rejection came, else now and then.

The trail says whether anything came: one question by its key, and no register is looked at while nothing has happened.
"""

import time
from collections.abc import Callable

from qms.db import Database
from qms.jobs.worker import Tick
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows import actions_effectiveness as effectiveness
from qms.workflows.actions_effectiveness_watch import last_entry, touches_plans, watched

LOOK_AGAIN_SECONDS = 600.0
"""How often the windows are looked at although nothing came: shifts go by without a record."""


class Watch:
    """What this node has seen of the trail, per database."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: dict[str, int] = {}
        self._again_at: dict[str, float] = {}

    def judge(self, database: Database) -> None:
        """Judge every watched plan whose figures say something new. Writes only then."""
        with database.reading() as session:
            last = last_entry(session)
            seen = self._seen.get(database.url)
            rests = seen is not None and self._clock() < self._again_at[database.url]
            if rests and (last == seen or not touches_plans(session, seen or 0)):
                self._seen[database.url] = last
                return
            news = [plan.id for plan in watched(session, utc_now())
                    if effectiveness.is_news(plan, effectiveness.judged(session, plan, utc_now()))]
        for plan_id in news:
            with database.transaction(SYSTEM, "actions.judge_effectiveness") as session:
                effectiveness.judge(session, plan_id)
        self._seen[database.url] = last
        self._again_at[database.url] = self._clock() + LOOK_AGAIN_SECONDS


TICKS = (Tick(5.0, Watch().judge),)
