"""Overdue internal complaints climb by plant hours, each rung once, whoever runs the clock and whatever dies."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.jobs import ticks
from qms.jobs.service_complaints import climb
from qms.models.accounts import Person
from qms.models.accounts_mail import Mail
from qms.models.chain_rosters import RosterLine, Shift
from qms.models.service_complaints import InternalComplaint
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.rules.service_complaints_late import LADDER
from qms.workflows.service_complaints_clock import due, escalate
from qms.workflows.today_service_complaints import complained
from tests.plant import make_plant
from tests.service.scene_complaints import Scene


@pytest.fixture
def complaints(complaints: Scene) -> Scene:
    """The plant with mail addresses, working from eight to sixteen, Monday to Friday; it is nine on a Monday."""
    return readied(complaints)


def readied(scene: Scene) -> Scene:
    with scene.db.transaction(SYSTEM, "tests.shift") as session:
        session.add(Shift(site_id=scene.plant.site, code="D", name_zh="白班", name_en="Day", starts="08:00",
                          ends="16:00", weekdays="1111100", active=True))
        for person in session.scalars(select(Person).where(Person.id != SYSTEM.id)):
            person.email = f"{person.login}@plant.example"
    return scene


def tick(scene: Scene) -> int:
    with scene.db.reading() as session:
        found = due(session, scene.at)
    with scene.db.transaction(SYSTEM, "service.climb", clock=lambda: scene.at) as session:
        return escalate(session, found)


def mailed(db: Database) -> list[str]:
    with db.reading() as session:
        return list(session.scalars(select(Person.login).join(Mail, Mail.person_id == Person.id).order_by(Mail.id)))


def waits(scene: Scene, who: str) -> tuple[Sequence[int], Sequence[int]]:
    """Return what climbed to somebody and what they are to answer besides."""
    found = scene.reading(complained, scene.people[who])
    return [c.id for c in found.climbed.records], [c.id for c in found.answer.records]


def test_a_complaint_climbs_by_the_hours_of_the_plant_and_stands_while_no_shift_works(complaints: Scene):
    held = complaints.file()
    seen = []
    for late in (timedelta(hours=4), timedelta(days=1), timedelta(days=2)):
        complaints.later(seconds=late.total_seconds() - 1)
        assert tick(complaints) == 0
        complaints.later(seconds=1)
        assert tick(complaints) == 1
        assert tick(complaints) == 0, "each rung once"
        seen.append(complaints.read(held).rungs)
    assert seen == [1, 2, 3]
    assert [rung.after.total_seconds() / 3600 for rung in LADDER] == [0, 8, 24]
    assert tick(complaints.later(days=60)) == 0


def test_each_rung_tells_its_people_once(complaints: Scene):
    complaints.file()
    tick(complaints.later(hours=4))
    assert mailed(complaints.db) == ["unit_head", "press_head"]
    tick(complaints.later(days=30))
    assert mailed(complaints.db) == ["unit_head", "press_head", "quality_manager", "production_manager"]


def test_who_stands_on_the_roster_is_told_instead_of_all_who_hold_the_role(complaints: Scene):
    with complaints.db.transaction(SYSTEM, "tests.roster") as session:
        session.add(RosterLine(site_id=complaints.plant.site, unit_id=complaints.plant.press, role="unit_head",
                               person_id=complaints.people["press_head"].id, starts_on=date(2020, 1, 1), active=True))
    complaints.file()
    tick(complaints.later(hours=4))
    assert mailed(complaints.db) == ["press_head"]


def test_whoever_filed_it_is_not_asked_to_answer_it(complaints: Scene):
    complaints.file("quality_manager")
    tick(complaints.later(days=30))
    assert mailed(complaints.db) == ["unit_head", "press_head", "production_manager"]
    assert waits(complaints, "quality_manager") == ([], [])


def test_a_clock_that_had_run_out_before_it_last_climbed_tells_nobody_again_and_stays_on_today(complaints: Scene):
    held = complaints.file()
    tick(complaints.later(days=30))
    assert complaints.read(held).rungs == 3
    complaints.step("accept", "press_head", held, answer="We look at the die")
    complaints.step("plan", "press_head", held, plan="Regrind the die", promised_on=complaints.at.date())
    assert tick(complaints) == 0
    assert waits(complaints, "press_head") == ([held.id], [])


def test_a_new_clock_begins_at_the_first_rung(complaints: Scene):
    held = complaints.file()
    tick(complaints.later(days=1))
    assert complaints.read(held).rungs == 1
    complaints.step("accept", "press_head", held, answer="We look at the die")
    assert complaints.read(held).rungs == 0
    assert tick(complaints.later(hours=1)) == 0
    assert tick(complaints.later(days=2)) == 1
    assert complaints.read(held).rungs == 1


def test_an_appeal_stops_the_clock_and_one_done_or_refused_tells_nobody(complaints: Scene):
    refused, done, appealed = complaints.refused(), complaints.done(), complaints.accepted()
    complaints.step("appeal", "press_head", appealed, grounds="It is within the drawing")
    assert tick(complaints.later(days=60)) == 0
    assert {complaints.read(c).rungs for c in (refused, done, appealed)} == {0}
    assert mailed(complaints.db) == []


def test_today_shows_it_to_the_people_of_its_rungs_and_to_nobody_twice(complaints: Scene, sign_in, page):
    held = complaints.file()
    assert waits(complaints, "press_head") == ([], [held.id])
    assert waits(complaints, "production_manager") == ([], [held.id])
    tick(complaints.later(hours=4))
    assert waits(complaints, "press_head") == ([held.id], [])
    assert waits(complaints, "production_manager") == ([], [held.id])
    assert waits(complaints, "weld_head") == ([], [])
    tick(complaints.later(days=30))
    assert waits(complaints, "production_manager") == ([held.id], [])
    for language, words in (("zh", "升级到您的逾期内部投诉"),
                            ("en", "Overdue internal complaints that climbed to you")):
        shown = page(sign_in("production_manager", language), "/").text
        assert words in shown
        assert held.number in shown
        record = page(sign_in("production_manager", language), f"/service/complaints/{held.id}").text
        assert {"zh": "3 · 生产经理", "en": "3 · Production manager"}[language] in record


def test_a_mail_says_number_unit_and_lateness_and_not_what_it_is_about(complaints: Scene):
    with complaints.db.transaction(SYSTEM, "tests.language") as session:
        session.get_one(Person, complaints.people["quality_manager"].id).language = "zh"
    complaints.file(matter="Words that stay behind the sign-in")
    tick(complaints.later(days=1, hours=4))
    with complaints.db.reading() as session:
        said = {m.person_id: (m.subject, m.body) for m in session.scalars(select(Mail))}
    assert said[complaints.people["press_head"].id] == (
        "IC-SH-2026-000001 overdue: the answer",
        "Internal complaint on Press: the answer is due now and not given.")
    assert said[complaints.people["quality_manager"].id] == (
        "IC-SH-2026-000001 已逾期: 答复", "对冲压的内部投诉: 答复已逾期 8 个工厂工作小时。")


def test_two_nodes_at_once_climb_each_rung_once(fresh_db: Database):
    scene = readied(Scene(fresh_db, make_plant(fresh_db), at=utc_now() - timedelta(weeks=5)))
    scene.file()
    other, gate = Database(fresh_db.url), Barrier(2)

    def node(database: Database) -> None:
        gate.wait()
        climb(database)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(node, (fresh_db, other)))
    other.dispose()
    climb(fresh_db)
    people = mailed(fresh_db)
    assert len(people) == len(set(people)) == 4


def test_what_is_due_is_found_by_an_index(complaints: Scene):
    from sqlalchemy import event

    seen: list[str] = []
    with complaints.db.reading() as session:
        if session.get_bind().dialect.name != "sqlite":
            pytest.skip("reads the plan of SQLite")

        @event.listens_for(session.get_bind(), "before_cursor_execute")
        def note(_c, _cursor, statement, parameters, _context, _many):
            if "FROM internal_complaints" in statement and not statement.startswith("EXPLAIN"):
                seen.append((statement, parameters))

        due(session, complaints.at)
        plans = [" ".join(str(row[-1]) for row in session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {statement}", parameters)) for statement, parameters in seen]
    assert plans
    assert all("ix_internal_complaints_due" in plan for plan in plans), plans


def test_every_node_climbs():
    assert [t.seconds for t in ticks() if t.run is climb] == [30.0]


def test_a_complaint_that_nobody_left_overdue_has_climbed_nothing(complaints: Scene):
    assert complaints.read(complaints.followed()).rungs == 0
    assert complaints.reading(lambda session: session.scalars(select(InternalComplaint.escalated_at)).all()) == [None]
