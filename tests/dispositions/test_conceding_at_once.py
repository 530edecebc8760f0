"""R-13 under concurrency and chance: uses and withdrawals never exceed what is authorised."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from qms.db import Database
from qms.models.dispositions import Disposition
from qms.models.dispositions_concessions import Concession, ConcessionUse
from qms.rules.errors import Refused
from qms.workflows import dispositions_conceding as conceding
from tests.dispositions.concessions import active, line, read, used
from tests.plant import Plant, make_plant
from tests.rejections.cases import reported

AT_ONCE = 6


def counted(db: Database, held: Concession) -> int:
    """Sum up the active uses of a concession."""
    with db.reading() as session:
        return session.scalar(select(func.coalesce(func.sum(ConcessionUse.quantity), 0)).where(
            ConcessionUse.concession_id == held.id, ConcessionUse.active))


def test_r13_of_many_who_use_a_concession_at_once_only_as_many_do_as_it_has_pieces_for(fresh_db: Database):
    plant = make_plant(fresh_db)
    rejection, held = reported(fresh_db, plant, quantity=100), active(fresh_db, plant, quantity_authorised=35)
    with fresh_db.transaction(plant.quality_engineer, "tests.decide") as session:
        lines = [line(session, plant, rejection, held, 10, position=n) for n in range(1, AT_ONCE + 1)]
    gate = Barrier(AT_ONCE)
    nodes = [Database(fresh_db.url) for _ in range(AT_ONCE)]

    def work(n: int) -> bool:
        gate.wait()
        with suppress(Refused):
            used(nodes[n], plant, lines[n])
            return True
        return False

    with ThreadPoolExecutor(AT_ONCE) as pool:
        assert list(pool.map(work, range(AT_ONCE))).count(True) == 3
    for node in nodes:
        node.dispose()
    assert (read(fresh_db, held).quantity_used, counted(fresh_db, held)) == (30, 30)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 30), st.booleans()), max_size=14),
       st.integers(1, 60))
def test_r13_random_uses_and_withdrawals_never_exceed_what_is_authorised(db: Database, plant: Plant, acts: list,
                                                                         authorised: int):
    held = active(db, plant, quantity_authorised=authorised)
    rejection = reported(db, plant, quantity=200)
    with db.transaction(plant.quality_engineer, "tests.decide") as session:
        lines = [line(session, plant, rejection, held, 30, position=n) for n in range(1, 6)]
    expected: dict[int, int] = {}
    for n, pieces, is_use in acts:
        with db.transaction(plant.quality_engineer, "dispositions.report") as session:
            chosen = session.get_one(Disposition, lines[n].id)
            if not is_use:
                assert conceding.give_back(session, chosen) == expected.pop(n, 0)
                continue
            others = sum(expected.values()) - expected.get(n, 0)
        fits = others + pieces <= authorised
        try:
            used(db, plant, lines[n], quantity=pieces)
            assert fits
            expected[n] = pieces
        except Refused:
            assert not fits
        now = read(db, held)
        assert now.quantity_used == counted(db, held) == sum(expected.values()) <= authorised
        assert (now.state == "used_up") == (now.quantity_used == authorised)
