"""Overdue steps and tasks climb by plant hours, each rung once, whoever runs the clock and whatever dies."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.db.ledger import ledger
from qms.jobs import ticks
from qms.jobs.actions_escalation import climb
from qms.models.accounts import Person
from qms.models.accounts_mail import Mail
from qms.models.actions import Action, ActionStep
from qms.models.actions_causes import Task
from qms.models.chain_rosters import CalendarDay
from qms.rules.accounts import SYSTEM
from qms.rules.actions_escalation import LADDER
from qms.rules.clock import utc_now
from qms.workflows import actions_tasks
from qms.workflows.actions_escalation import due, escalate
from tests.actions.bench import Bench
from tests.actions.cases import BEGIN, Cases
from tests.plant import make_plant

DIES = """
import os, signal, sys
from qms.db import Database
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows.actions_escalation import due, escalate
database = Database(sys.argv[1])
with database.reading() as session:
    found = due(session, utc_now())
with database.transaction(SYSTEM, "actions.escalate") as session:
    assert escalate(session, found) == 1
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def late(cases: Cases) -> Cases:
    """A case whose D0 is due at six on a Monday, and whose measure is done."""
    make_late(cases)
    return cases


def make_late(cases: Cases, **given) -> None:
    action = cases.opened(**given)
    with cases.db.transaction(SYSTEM, "tests.late") as session:
        for step in session.scalars(select(ActionStep).where(ActionStep.action_id == action.id)):
            step.due_at = cases.at
        session.scalars(select(Task)).one().state = "done"
        for person in session.scalars(select(Person).where(Person.id != SYSTEM.id)):
            person.email = f"{person.login}@plant.example"


def tick(cases: Cases) -> int:
    with cases.db.reading() as session:
        found = due(session, cases.at)
    with cases.db.transaction(SYSTEM, "actions.escalate", clock=lambda: cases.at) as session:
        return escalate(session, found)


def rungs(cases: Cases, step: str = "D0") -> int:
    with cases.db.reading() as session:
        return session.scalars(select(ActionStep.rungs).where(ActionStep.step == step)).one()


def mailed(db: Database) -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(Person.login).join(Mail, Mail.person_id == Person.id).order_by(Mail.id)))


def test_a_step_climbs_by_the_hours_of_the_plant_and_stands_while_no_shift_works(late: Cases):
    seen = []
    for shifts in (0, 1, 3, 9):
        late.at = BEGIN + timedelta(days=shifts - 1 if shifts < 6 else shifts + 1, hours=8) if shifts else BEGIN
        if shifts:
            late.later(seconds=-1)
            assert tick(late) == 0, shifts
            late.later(seconds=1)
        assert tick(late) == 1, shifts
        assert tick(late) == 0, shifts
        seen.append(rungs(late))
    assert seen == [1, 2, 3, 4]
    assert [plan.after.total_seconds() / 3600 for plan in LADDER] == [0, 8, 24, 72]


def test_a_holiday_stops_the_clock(late: Cases):
    with late.db.transaction(SYSTEM, "tests.holiday") as session:
        session.add(CalendarDay(site_id=late.plant.site, day=BEGIN.date() + timedelta(days=1), works=False,
                                name_zh="春节", name_en="Spring festival", active=True))
    assert tick(late.later(hours=8)) == 1
    assert rungs(late) == 1
    assert tick(late.later(days=1)) == 1
    assert rungs(late) == 2


def test_each_rung_tells_its_people_once(late: Cases):
    for later in (0, 8, 24 * 2, 24 * 10):
        late.later(hours=later)
        tick(late)
    assert mailed(late.db) == ["quality_engineer", "team_leader", "unit_head", "quality_manager", "production_manager"]


def test_only_the_first_step_that_is_not_done_climbs_and_none_while_effectiveness_is_watched(late: Cases):
    assert tick(late) == 1
    assert [rungs(late, step) for step in ("D0", "D1", "D4")] == [1, 0, 0]
    with late.db.transaction(SYSTEM, "tests.done") as session:
        held = session.scalars(select(ActionStep).where(ActionStep.step == "D0")).one()
        held.done_at = late.at
    assert tick(late) == 1
    assert [rungs(late, step) for step in ("D0", "D1", "D4")] == [1, 1, 0]
    with late.db.transaction(SYSTEM, "tests.watch") as session:
        session.scalars(select(Action)).one().state = "watching"
    assert tick(late.later(days=30)) == 0


def test_an_overdue_task_tells_its_owner_and_a_done_one_nobody(late: Cases):
    with late.db.transaction(SYSTEM, "tests.task") as session:
        task = session.scalars(select(Task)).one()
        task.due_at = late.at
        for step in session.scalars(select(ActionStep)):
            step.done_at = late.at
    assert tick(late) == 0
    with late.db.transaction(SYSTEM, "tests.task") as session:
        session.scalars(select(Task)).one().state = "chosen"
    assert tick(late) == 1
    assert mailed(late.db) == ["production_manager"]


def test_a_task_is_mailed_to_whom_it_is_given_and_not_to_oneself(bench: Bench):
    plant, me = bench.plant, bench.plant.quality_engineer
    with bench.db.transaction(SYSTEM, "tests.mail") as session:
        for who in (plant.team_leader, plant.inspector, me):
            session.get_one(Person, who.id).email = "a@plant.example"
    kept = bench.task(kind="training", owner_id=me.id)
    given = bench.task(kind="training")
    assert mailed(bench.db) == ["team_leader"]
    for owner in (plant.team_leader, plant.inspector):
        bench.step(actions_tasks.edit, given, text=given.text, owner_id=owner.id, due_at=given.due_at)
    assert mailed(bench.db) == ["team_leader", "inspector"]
    assert kept.state == "chosen"


def test_a_mail_says_number_step_and_lateness_in_the_readers_language(late: Cases):
    with late.db.transaction(SYSTEM, "tests.language") as session:
        session.get_one(Person, late.plant.team_leader.id).language = "zh"
    tick(late)
    tick(late.later(hours=8))
    with late.db.reading() as session:
        said = [(m.subject, m.body) for m in session.scalars(select(Mail).order_by(Mail.id))]
    assert said[0] == ("CA-SH-2026-0001 overdue: D0 Prepare and respond at once",
                       "Burrs at the edge: D0 Prepare and respond at once is due now and not done.")
    assert said[1] == ("CA-SH-2026-0001 已逾期: D0 准备与应急",
                       "Burrs at the edge: D0 准备与应急已逾期 8 个工厂工作小时。")


def test_two_nodes_at_once_climb_each_rung_once(fresh_db: Database):
    make_late(overdue(fresh_db))
    other, gate = Database(fresh_db.url), Barrier(2)

    def node(database: Database) -> None:
        gate.wait()
        climb(database)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(node, (fresh_db, other)))
    other.dispose()
    assert_climbed_once(fresh_db)


def test_a_process_killed_before_its_commit_leaves_no_half_rung(fresh_db: Database):
    make_late(overdue(fresh_db))
    died = subprocess.run([sys.executable, "-c", DIES, fresh_db.url], check=False, timeout=60)
    assert died.returncode == -signal.SIGKILL
    assert mailed(fresh_db) == []
    climb(fresh_db)
    climb(fresh_db)
    assert_climbed_once(fresh_db)


def test_every_node_climbs():
    assert [t.seconds for t in ticks() if t.run is climb] == [30.0]


def overdue(db: Database) -> Cases:
    """Return a plant in which a case has been overdue for weeks."""
    return Cases(db, make_plant(db), at=utc_now() - timedelta(weeks=5))


def assert_climbed_once(db: Database) -> None:
    people = mailed(db)
    assert len(people) == len(set(people)) == 5
    with db.reading() as session:
        assert session.scalars(select(ActionStep.rungs).where(ActionStep.step == "D0")).one() == len(LADDER)
        assert len(session.scalars(select(ledger.c.seq).where(ledger.c.action == "actions.escalate")).all()) == 1
