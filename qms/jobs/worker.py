"""Takes jobs from the table and runs them, so that a worker killed at any moment loses none. Knows no kind of work."""

import os
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import structlog

from qms.db import Database
from qms.models.accounts import Person
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.errors import RuleError
from qms.settings import Settings
from qms.workflows import accounts, jobs

log = structlog.get_logger()
RENEW_SECONDS = 1.0
PULSE_SECONDS = 45.0


class Tick(NamedTuple):
    """Something that the clock of every node does every so many seconds; several nodes may do it at once."""

    seconds: float
    run: Callable[[Database], None]


class Cancelled(Exception):
    """Someone asked to stop the job, or another worker has it by now."""


class HandedBack(Exception):
    """This worker is told to stop; another one begins the job again."""


@dataclass
class Pulse:
    """Tells whether the clock of this process still moves."""

    beat_at: float = field(default_factory=time.monotonic)

    def beat(self) -> None:
        """Tell that it moved."""
        self.beat_at = time.monotonic()

    def is_alive(self) -> bool:
        """Tell whether it moved lately; a tick that hangs is found out within a minute."""
        return time.monotonic() - self.beat_at < PULSE_SECONDS


@dataclass
class Run:
    """A job being run: what it was asked to do, for whom, and how it tells how far it is."""

    id: int
    args: dict[str, object]
    person: Actor
    database: Database
    settings: Settings
    worker: str
    stop: threading.Event = field(default_factory=threading.Event)
    _told_at: float = field(default=0.0, repr=False)

    def progress(self, done: int, total: int | None = None) -> None:
        """Tell how far the job is; written at most once a second. Not inside a transaction.

        Raises Cancelled, HandedBack.
        """
        if self.stop.is_set():
            raise HandedBack
        at = time.monotonic()
        if at - self._told_at < RENEW_SECONDS:
            return
        self._told_at = at
        with self.database.transaction(SYSTEM, "jobs.renew") as session:
            held = jobs.renew(session, self.id, self.worker, done=done, total=total)
        if not held:
            raise Cancelled


def run_one(database: Database, settings: Settings, kinds: dict[str, Callable[[Run], dict[str, object]]],
            worker: str | None = None, stop: threading.Event | None = None) -> bool:
    """Take one job and run it to its end; False when none waits."""
    worker = worker or f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"
    with database.transaction(SYSTEM, "jobs.take") as session:
        job = jobs.take(session, worker)
        if job is None:
            return False
        person = session.get_one(Person, job.person_id)
        actor = Actor(id=person.id, name=person.name, grants=accounts.grants_of(session, person.id),
                      language=person.language, method="job", request_id=f"job {job.id}")
        run = Run(job.id, job.args, actor, database, settings, worker, stop or threading.Event())
        kind = job.kind
    state, result, error_en, error_zh = "done", None, None, None
    try:
        result = kinds[kind](run)
    except Cancelled:
        state = "cancelled"
    except HandedBack:
        with database.transaction(SYSTEM, "jobs.hand_back") as session:
            jobs.hand_back(session, run.id, worker)
        return True
    except RuleError as error:
        state, error_en, error_zh = "failed", error.words.en[:1000], error.words.zh[:1000]
    except Exception as error:
        log.error("job failed", job=run.id, kind=kind, exc_info=error)
        state, error_en, error_zh = "failed", "The program made a mistake.", "程序出错。"
    with database.transaction(SYSTEM, "jobs.finish") as session:
        jobs.finish(session, run.id, worker, state=state, result=result, error_en=error_en, error_zh=error_zh)
    return True


def work(database: Database, settings: Settings, kinds: dict[str, Callable[[Run], dict[str, object]]],
         stop: threading.Event, idle_seconds: float = 1.0) -> None:
    """Run jobs one after another until told to stop."""
    while not stop.is_set():
        try:
            busy = run_one(database, settings, kinds, stop=stop)
        except Exception as error:
            log.error("worker could not reach its jobs", exc_info=error)
            busy = False
        if not busy:
            stop.wait(idle_seconds)


def keep_time(database: Database, ticks: Sequence[Tick], stop: threading.Event, pulse: Pulse | None = None) -> None:
    """Do what the clock asks for, each in its rhythm, until told to stop; never behind a long job.

    What fails is logged and tried again: an alarm must not die of one bad moment.
    """
    due = dict.fromkeys(range(len(ticks)), 0.0)
    pulse = pulse or Pulse()
    while ticks and not stop.is_set():
        pulse.beat()
        for n, tick in enumerate(ticks):
            if time.monotonic() >= due[n]:
                due[n] = time.monotonic() + tick.seconds
                pulse.beat()
                try:
                    tick.run(database)
                except Exception as error:
                    log.error("the clock failed and goes on", tick=tick.run.__name__, exc_info=error)
        stop.wait(max(0.05, min(due.values()) - time.monotonic()))
