"""Many processes and threads at once: the chain never forks, no update is lost, no number is missing."""

import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

from sqlalchemy import func, select

from qms.db import Database
from qms.db.ledger import ledger
from qms.models.chain import Site, Unit
from qms.models.trail import NumberSeries
from qms.rules.accounts import SYSTEM
from qms.workflows.numbers import REJECTION, next_number
from qms.workflows.verify import verify
from tests.plant import make_plant

PROCESSES, EACH = 4, 25


def write_many(url: str, unit_id: int, times: int) -> int:
    """Change a unit again and again; the work of one process."""
    import qms.models  # noqa: F401

    database = Database(url)
    for n in range(times):
        with database.transaction(SYSTEM, "chain.edit_unit") as session:
            session.get_one(Unit, unit_id, with_for_update=True).line = f"L{n}-{times}"
    database.dispose()
    return times


def test_the_chain_does_not_fork_under_many_processes(fresh_db: Database):
    plant = make_plant(fresh_db)
    units = (plant.press, plant.weld, plant.paint, plant.final)
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        done = list(pool.map(write_many, [fresh_db.url] * PROCESSES, units, [EACH] * PROCESSES))
    assert sum(done) == PROCESSES * EACH
    report = verify(fresh_db.url, together=False)
    assert report.good, report.findings[:3]
    with fresh_db.reading() as session:
        written = session.execute(select(func.count()).where(ledger.c.action == "chain.edit_unit")).scalar_one()
    assert written == PROCESSES * EACH


def test_no_update_is_lost_under_many_threads(fresh_db: Database):
    plant = make_plant(fresh_db)
    with fresh_db.transaction(SYSTEM, "chain.edit_unit") as session:
        session.get_one(Unit, plant.press).line = "0"

    def count_up(_n: int) -> None:
        with fresh_db.transaction(SYSTEM, "chain.edit_unit") as session:
            unit = session.get_one(Unit, plant.press, with_for_update=True)
            unit.line = str(int(unit.line or 0) + 1)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count_up, range(160)))
    with fresh_db.reading() as session:
        assert session.get_one(Unit, plant.press).line == "160"


def test_r47_numbers_have_no_gap_when_some_transactions_fail(fresh_db: Database):
    plant = make_plant(fresh_db)
    given: list[int] = []
    lock = threading.Lock()

    def take(n: int) -> None:
        try:
            with fresh_db.transaction(SYSTEM, "tests.number") as session:
                number = next_number(session, REJECTION, session.get_one(Site, plant.site))
                if n % 3 == 0:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            return
        with lock:
            given.append(number.serial)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(take, range(120)))
    assert sorted(given) == list(range(1, 81))
    with fresh_db.reading() as session:
        assert session.scalars(select(NumberSeries.last)).all() == [80]


def test_one_writers_failure_does_not_touch_the_others_of_its_group(fresh_db: Database):
    plant = make_plant(fresh_db)
    failed = []

    def work(n: int) -> None:
        try:
            with fresh_db.transaction(SYSTEM, "chain.edit_unit") as session:
                unit = session.get_one(Unit, plant.press if n % 2 else plant.weld, with_for_update=True)
                unit.line = f"{n}"
                session.flush()
                if n % 5 == 0:
                    raise ZeroDivisionError
        except ZeroDivisionError:
            failed.append(n)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(100)))
    assert len(failed) == 20
    assert verify(fresh_db.url, together=False).good
    with fresh_db.reading() as session:
        written = session.execute(select(func.count()).where(ledger.c.action == "chain.edit_unit")).scalar_one()
    assert written == 80
