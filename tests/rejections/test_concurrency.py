"""What holds when many report at once, and what one report costs."""

import logging
import random
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import event, select

from qms.db import Database, prepared
from qms.models.rejections import Hold, Rejection
from qms.rules.errors import Stale
from qms.workflows import rejections
from tests.plant import Plant, make_plant
from tests.rejections.cases import reported

THREADS = 8
EACH = 12


def test_r47_numbers_have_no_gap_when_eight_report_at_once_and_some_fail(fresh_db: Database):
    plant = make_plant(fresh_db)
    chance = random.Random(1)
    fails = [[chance.random() < 0.3 for _ in range(EACH)] for _ in range(THREADS)]

    def work(worker: int) -> None:
        for fail in fails[worker]:
            with suppress(ZeroDivisionError), fresh_db.transaction(plant.operator, "rejections.report") as session:
                rejections.report(session, plant.operator, kind="not_made", found_unit_id=plant.press, quantity=1,
                                  lot_id=plant.lot)
                if fail:
                    raise ZeroDivisionError

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(work, range(THREADS)))
    kept = THREADS * EACH - sum(map(sum, fails))
    with fresh_db.reading() as session:
        rows = session.execute(select(Rejection.id, Rejection.serial).order_by(Rejection.serial)).all()
    assert [serial for _, serial in rows] == list(range(1, kept + 1))


def test_two_who_release_the_same_hold_at_once_release_it_once(fresh_db: Database):
    plant = make_plant(fresh_db)
    made = reported(fresh_db, plant)
    with fresh_db.reading() as session:
        hold = session.scalars(select(Hold)).one()

    def release(_n: int) -> bool:
        try:
            with fresh_db.transaction(plant.quality_engineer, "rejections.release") as session:
                rejections.release(session, plant.quality_engineer, hold.id, hold.rev, good=7, not_good=3, result="x")
        except Stale:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(release, range(4)))
    assert done.count(True) == 1
    with fresh_db.reading() as session:
        holds = session.execute(select(Hold.quantity, Hold.state).where(Hold.rejection_id == made.id).order_by(Hold.id))
        assert [tuple(h) for h in holds] == [(7, "released"), (3, "held")]


class Noting(logging.Handler):
    """Keeps the beginning of every prepared statement."""

    def __init__(self, said: list[str]) -> None:
        super().__init__()
        self.said = said

    def emit(self, record: logging.LogRecord) -> None:
        if "SAVEPOINT" not in record.msg:
            self.said.append(" ".join(record.msg.split())[:60])


@pytest.fixture
def counted(db: Database):
    """Every statement that reaches the database, but for the savepoints that tests live in."""
    said: list[str] = []

    def note(_connection, _cursor, statement: str, *_: object) -> None:
        if "SAVEPOINT" not in statement:
            said.append(" ".join(statement.split())[:60])

    engine, noting = db.connection.engine, Noting(said)
    event.listen(engine, "before_cursor_execute", note)
    prepared.log.addHandler(noting)
    prepared.log.setLevel(logging.DEBUG)
    yield said
    prepared.log.setLevel(logging.NOTSET)
    prepared.log.removeHandler(noting)
    event.remove(engine, "before_cursor_execute", note)


def test_one_report_by_json_costs_ten_statements_at_most(sign_in, db: Database, plant: Plant, counted: list[str]):
    """Who asks; what the report refers to; its number; the routing; the record and its words; its hold;
    its origin; the end of the trail and the entries. PostgreSQL writes record, hold and origin by one and keeps its
    words itself."""
    browser = sign_in("operator")
    body = {"kind": "not_accepted", "found_unit_id": plant.weld, "lot_id": plant.lot, "defect_id": plant.burr,
            "link_id": plant.press_weld, "quantity": 3}
    for _ in range(2):
        counted.clear()
        answer = browser.post("/api/v1/rejections", json=body | {"client_id": str(uuid.uuid4())},
                              headers={"X-Requested-By": "test"})
        assert answer.status_code == 201
    assert len(counted) == (10 if db.is_sqlite else 7), counted


def test_a_register_page_costs_six_statements_however_many_rows(sign_in, db: Database, plant: Plant,
                                                              counted: list[str]):
    browser = sign_in("auditor")
    browser.get("/rejections/")
    costs = []
    for n in (1, 20):
        for _ in range(n):
            reported(db, plant)
        counted.clear()
        assert browser.get("/rejections/?state=held&found_unit_id=1&sought=L-0001").status_code == 200
        costs.append(len(counted))
    assert costs == [6, 6], counted


def test_a_record_page_costs_the_same_whatever_hangs_on_it(sign_in, db: Database, plant: Plant, counted: list[str]):
    browser = sign_in("team_leader")
    costs = []
    for answered in (0, 5):
        made = reported(db, plant)
        with db.transaction(plant.team_leader, "rejections.ask_containment") as session:
            lines = rejections.ask_containment(session, plant.team_leader, made.id, made.rev)
        for line in lines[:answered]:
            with db.transaction(plant.team_leader, "rejections.answer_containment") as session:
                rejections.answer_containment(session, plant.team_leader, line.id, line.rev, suspect=5, checked=0,
                                              nonconforming=0, good=0)
        counted.clear()
        assert browser.get(f"/rejections/{made.id}").status_code == 200
        costs.append(len(counted))
    assert abs(costs[0] - costs[1]) <= 2, counted
