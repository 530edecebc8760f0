"""What holds when two leaders, two tablets or two clocks act at once."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Barrier

from sqlalchemy import func, select

from qms.db import Database
from qms.db.ledger import ledger
from qms.models.rejections import Rejection
from qms.models.stops import Rung, Stop
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.errors import Doubled, IllegalStep, Refused, Stale
from qms.workflows import stops
from tests.plant import make_plant
from tests.stops.scene import Scene

AT_ONCE = 4


def at_once(work, count: int = AT_ONCE) -> list:
    """Run a piece of work in several threads that begin together."""
    gate = Barrier(count)

    def begin(n: int):
        gate.wait()
        return work(n)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(begin, range(count)))


def test_of_leaders_who_arrive_at_once_one_owns_the_problem(fresh_db: Database):
    scene = Scene(fresh_db, make_plant(fresh_db))
    plant = scene.plant
    leaders = (plant.team_leader, plant.inspector, plant.quality_engineer, plant.unit_head)
    stop = scene.call(red=True)

    def arrive(n: int) -> Actor | None:
        with suppress(Stale, IllegalStep):
            scene.do(stops.arrive, stop, leaders[n], rev=stop.rev)
            return leaders[n]
        return None

    came = [leader for leader in at_once(arrive) if leader is not None]
    assert [leader.id for leader in came] == [scene.read(stop).arrived_by_id]


def test_of_two_who_restart_at_once_one_does(fresh_db: Database):
    scene = Scene(fresh_db, make_plant(fresh_db))
    stop = scene.good()
    rev = scene.read(stop).rev

    def restart(n: int) -> bool:
        with suppress(Stale, IllegalStep, Refused):
            scene.do(stops.restart, stop, (scene.plant.quality_engineer, scene.plant.quality_manager)[n % 2], rev=rev)
            return True
        return False

    assert at_once(restart).count(True) == 1


def test_a_tablet_that_sends_its_stop_several_times_at_once_makes_one(fresh_db: Database):
    scene = Scene(fresh_db, make_plant(fresh_db))
    client_id = str(uuid.uuid4())

    def call(_n: int) -> int | None:
        with suppress(Doubled):
            return scene.call(client_id=client_id, red=True, from_upstream=True).id
        return None

    made = set(at_once(call)) - {None}
    assert len(made) == 1
    with fresh_db.reading() as session:
        assert session.scalars(select(Stop.id)).all() == list(made)
        assert session.scalar(select(func.count()).select_from(Rejection)) == 1


def test_r18_several_clocks_at_once_raise_each_rung_once(fresh_db: Database):
    scene = Scene(fresh_db, make_plant(fresh_db))
    called = [scene.call(red=n % 2 == 0) for n in range(6)]
    scene.later(minutes=16)
    clocks = [Database(fresh_db.url) for _ in range(AT_ONCE)]

    def tick(n: int) -> None:
        for _ in range(3):
            with clocks[n].transaction(SYSTEM, "stops.escalate", clock=lambda: scene.at) as session:
                stops.escalate(session)

    at_once(tick)
    for clock in clocks:
        clock.dispose()
    assert [scene.raised(stop) for stop in called] == [[0, 1, 2]] * len(called)
    with fresh_db.reading() as session:
        rungs = session.scalars(select(Rung.rev).where(Rung.raised_at.is_not(None), Rung.position > 0)).all()
        entries = session.scalar(select(func.count()).where(ledger.c.entity == "rungs", ledger.c.entity_rev == 2))
    assert rungs == [2] * 2 * len(called)
    assert entries == len(rungs)


def test_r18_a_leader_who_arrives_while_the_clock_runs_ends_it(fresh_db: Database):
    scene = Scene(fresh_db, make_plant(fresh_db))
    for _ in range(6):
        stop = scene.call(red=True)
        scene.later(minutes=5)

        def act(n: int, stop: Stop = stop) -> None:
            with suppress(Stale, IllegalStep):
                if n:
                    scene.do(stops.arrive, stop)
                else:
                    scene.tick()

        at_once(act, 2)
        held = scene.read(stop)
        assert held.arrived_at == scene.at
        scene.later(minutes=20).tick()
        assert scene.raised(stop) in ([0], [0, 1])
        scene.at += timedelta(minutes=1)
