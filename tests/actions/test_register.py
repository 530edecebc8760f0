"""How the register and the board are cut, and which index serves them."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from qms.db import Database
from qms.db.search import matches_in_order
from qms.models.actions import Action
from qms.rules.accounts import Actor, Grant
from qms.rules.clock import utc_now
from qms.rules.errors import NotAllowed
from qms.workflows import actions
from qms.workflows.actions_board import board
from qms.workflows.actions_register import RUNNING, Filter, cases, register
from qms.workflows.actions_shown import standing
from qms.workflows.chain_paging import SIZE, Wish
from tests.actions.course import Course


def test_pages_follow_each_other_without_a_gap(course: Course):
    me = course.plant.quality_engineer
    with course.db.transaction(me, "actions.open") as session:
        for _ in range(SIZE + 3):
            actions.open_action(session, me, site_id=course.plant.site, title="Burr", severity="MI")
    at = utc_now()
    with course.db.reading() as session:
        first = register(session, me, Filter(), Wish(), at)
        second = register(session, me, Filter(), Wish(after=first.following, sort="-opened"), at)
    assert [a.serial for a in (*first.rows, *second.rows)] == list(range(SIZE + 3, 0, -1))
    assert (first.total, second.following) == (SIZE + 3, "")


def test_what_is_overdue_is_found_and_marked_on_the_board(course: Course):
    made, me = course.open(severity="CR"), course.plant.quality_engineer
    later = utc_now() + timedelta(days=30)
    with course.db.reading() as session:
        assert register(session, me, Filter(overdue=True), Wish(), utc_now()).total == 0
        assert [a.id for a in register(session, me, Filter(overdue=True), Wish(), later).rows] == [made.id]
        shown = board(session, me, later)
    assert (shown.cases, shown.late) == (1, 1)
    assert [key for key, cards in shown.columns if cards] == ["contain"]


def test_a_person_sees_the_sites_of_their_grants_only(course: Course):
    course.open()
    elsewhere = Actor(1, "x", (Grant(1, "team_leader", course.plant.site + 1),))
    with course.db.reading() as session:
        assert register(session, elsewhere, Filter(), Wish(), utc_now()).total == 0
        assert board(session, elsewhere, utc_now()).cases == 0
        for read in (lambda: register(session, Actor(1, "x"), Filter(), Wish(), utc_now()),
                     lambda: board(session, Actor(1, "x"), utc_now())):
            with pytest.raises(NotAllowed):
                read()


@pytest.mark.parametrize("sought", ["毛刺", "burr", "Bur", "毛刺 CA-SH", "划伤", "CA-SH-2026 burr", "urr", "刺毛"])
def test_a_search_through_the_texts_finds_what_the_index_finds(course: Course, sought: str):
    course.open()
    course.open(title="Scratch", of={"defect_id": course.plant.scratch})
    with course.db.reading() as session:
        by_index, by_text = (session.scalars(select(Action.id).where(
            *matches_in_order(session.connection(), Action.__table__, sought, few=few))).all() for few in (1000, -1))
    assert sorted(by_index) == sorted(by_text)
    assert bool(by_index) == (sought not in {"urr", "刺毛"}), by_index


def test_a_line_of_the_register_stands_where_its_record_stands(course: Course):
    one, me = course.open(), course.plant.quality_engineer
    course.passed(one, "D0")
    at = utc_now()
    with course.db.reading() as session:
        (case,), (record,) = (read(session, me, Filter(), Wish(), at).rows for read in (cases, register))
        assert (case.row.number, case.step) == (record.number, standing(record)) == (one.number, "D2")
        assert case.due_at == next(step.due_at for step in record.steps if step.step == "D2")
        assert case.sources == tuple(source.number for source in record.sources)


@pytest.mark.parametrize("wanted", [Filter(), Filter(state=RUNNING), Filter(state="closed"), Filter(unit_id=1),
                                    Filter(route="8d"), Filter(severity="CR"), Filter(sought="毛刺"),
                                    Filter(overdue=True)], ids=str)
def test_the_register_is_served_by_an_index(db: Database, course: Course, wanted: Filter):
    if not db.is_sqlite:
        pytest.skip("the plan of an empty table says nothing on PostgreSQL")
    me = Actor(1, "x", (Grant(1, "team_leader", course.plant.site),))
    with db.reading() as session:
        asked: list[tuple] = []
        event.listen(session.connection(), "before_cursor_execute",
                     lambda _c, _cur, statement, values, *_rest: asked.append((statement, values)))
        register(session, me, wanted, Wish(), utc_now())
        cases(session, me, wanted, Wish(), utc_now())
        board(session, me, utc_now(), unit_id=wanted.unit_id)
        for statement, values in asked[:]:
            plan = [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            assert not [line for line in plan if line.split()[:2] == ["SCAN", "actions"]], plan
