"""What holds when several decide and verify the same at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from qms.db import Database
from qms.models.dispositions import Disposition, Rework
from qms.models.rejections import Hold, Rejection
from qms.rules.dispositions import OPEN
from qms.rules.dispositions_checks import Draft
from qms.rules.errors import Stale
from qms.workflows import dispositions
from tests.dispositions.scene import Scene
from tests.plant import make_plant

AT_ONCE = 4


@pytest.fixture
def scene(fresh_db: Database) -> Scene:
    """The plant in a database that several threads write to."""
    return Scene(fresh_db, make_plant(fresh_db))


def all_at_once(work) -> int:
    """Let several do the same at once and return how many did it; the others were told that they came late."""
    def attempt(n: int) -> bool:
        try:
            work(n)
        except Stale:
            return False
        return True

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(attempt, range(AT_ONCE)))


def test_r07_of_engineers_who_decide_the_same_at_once_one_decides_and_the_sum_holds(scene: Scene):
    made = scene.reported()
    rev, hold = scene.read(Rejection, made.id).rev, scene.holds(made)[0].id
    people = (scene.plant.quality_engineer, scene.plant.quality_manager)
    decided = all_at_once(lambda n: scene.decide(made, Draft(hold, "scrap", 4), Draft(hold, "sort", 6),
                                                 person=people[n % 2], rev=rev))
    assert decided == 1
    with scene.db.reading() as session:
        lines = session.execute(select(func.count(), func.sum(Disposition.quantity)).where(
            Disposition.state.in_(OPEN))).one()
        held = session.scalar(select(func.sum(Hold.quantity)).where(Hold.state == "held"))
    assert (tuple(lines), held) == ((2, 10), 10)


def test_r07_of_inspectors_who_verify_the_same_at_once_one_verifies_and_the_sum_holds(scene: Scene):
    made = scene.reported()
    line = scene.worked(scene.one(made, "sort"))
    rev = scene.read(Disposition, line.id).rev
    assert all_at_once(lambda _n: scene.do(dispositions.verify, line, rev=rev, verification="Sorted", good=6,
                                           scrapped=4)) == 1
    assert scene.told(made) == [(6, "released"), (4, "held")]
    with scene.db.reading() as session:
        assert session.scalar(select(Rework.good)) == 6
