"""How the register is cut into pages, which index serves it, and what its figures mean."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event

from qms.db import Database
from qms.measures.stops import Middle, Stopped, figures
from qms.rules.accounts import Actor, Grant
from qms.rules.errors import NotAllowed
from qms.workflows import stops
from qms.workflows.chain_paging import SIZE, Wish
from qms.workflows.stops_register import OPEN, Filter, measured, register
from tests.stops.scene import NINE, Scene

AT = datetime(2026, 3, 2, tzinfo=UTC)


def stopped(reason: str = "machine", *, rung: int = 0, **minutes: float) -> Stopped:
    """Return a call with what happened so many minutes later."""
    at = {name: AT + timedelta(minutes=m) for name, m in minutes.items()}
    return Stopped(reason, AT, *(at.get(n) for n in ("stood", "seen", "came", "contained", "ran")), rung)


def test_times_are_medians_of_what_has_happened():
    found = figures([stopped(seen=1, came=2, stood=0, contained=9, ran=30), stopped(came=4), stopped(came=12),
                     stopped()])
    assert found.calls == 4
    assert found.acknowledged == Middle(60.0, 1)
    assert found.arrived == Middle(240.0, 3)
    assert found.contained == Middle(540.0, 1)
    assert found.stood == Middle(1800.0, 1)


def test_nothing_gives_no_figure_rather_than_zero():
    found = figures([])
    assert (found.arrived, found.solved.value, found.reasons, found.rungs) == (Middle(None, 0), None, [], [])


def test_reasons_are_counted_with_the_minutes_that_lines_stood():
    found = figures([stopped("quality", stood=1, ran=31), stopped("quality"), stopped("safety", stood=0, ran=5.5)])
    assert [tuple(r) for r in found.reasons] == [("quality", 2, 1, 30), ("safety", 1, 1, 5)]


def test_shares_have_their_n_and_interval():
    found = figures([stopped(came=1, ran=1), stopped(came=2, ran=2, stood=1), stopped(came=9, rung=1), stopped(rung=5)])
    assert (found.solved.value, found.solved.n) == (0.5, 2)
    assert [(rung, share.numerator, share.n) for rung, share in found.rungs] == [(0, 2, 3), (1, 1, 3)]
    assert all(share.low is not None and share.high is not None for _rung, share in found.rungs)


def test_figures_are_of_the_filter_and_its_period(scene: Scene):
    scene.do(stops.arrive, scene.call(reason="quality", red=True))
    scene.later(days=40)
    scene.call()
    me = scene.plant.team_leader
    with scene.db.reading() as session:
        usual = measured(session, me, Filter(), scene.at)
        older = measured(session, me, Filter(first=date(2026, 3, 1)), scene.at)
        quality = measured(session, me, Filter(first=date(2026, 3, 1), reason="quality"), scene.at)
    assert (usual.figures.calls, older.figures.calls, quality.figures.calls) == (1, 2, 1)
    assert usual.first == (scene.at - timedelta(days=30)).date()


def test_pages_follow_each_other_without_a_gap(scene: Scene):
    with scene.db.transaction(scene.plant.operator, "stops.call", clock=lambda: NINE) as session:
        for _ in range(SIZE + 3):
            stops.call(session, scene.plant.operator, unit_id=scene.plant.weld, red=True, reason="machine")
    me = scene.plant.team_leader
    with scene.db.reading() as session:
        first = register(session, me, Filter(), Wish())
        second = register(session, me, Filter(), Wish(after=first.following, sort="-called"))
    serials = [s.serial for s in (*first.rows, *second.rows)]
    assert serials == list(range(SIZE + 3, 0, -1))
    assert (first.total, second.following) == (SIZE + 3, "")


def test_a_person_sees_the_sites_of_their_grants_only(scene: Scene):
    scene.call()
    elsewhere = Actor(1, "x", (Grant(1, "team_leader", scene.plant.site + 1),))
    nowhere = Actor(1, "x", ())
    with scene.db.reading() as session:
        assert register(session, elsewhere, Filter(), Wish()).total == 0
        assert measured(session, elsewhere, Filter(), scene.at).figures.calls == 0
        with pytest.raises(NotAllowed):
            register(session, nowhere, Filter(), Wish())


@pytest.mark.parametrize("wanted", [Filter(), Filter(state=OPEN), Filter(state="stopped"), Filter(unit_id=1)],
                         ids=["all", "open", "state", "unit"])
def test_the_register_is_served_by_an_index(db: Database, scene: Scene, wanted: Filter):
    if not db.is_sqlite:
        pytest.skip("the plan of an empty table says nothing on PostgreSQL")
    me = Actor(1, "x", (Grant(1, "team_leader", scene.plant.site),))
    with db.reading() as session:
        asked: list[tuple] = []
        event.listen(session.connection(), "before_cursor_execute",
                     lambda _c, _cur, statement, values, *_rest: asked.append((statement, values)))
        register(session, me, wanted, Wish())
        measured(session, me, wanted, scene.at)
        for statement, values in asked[:]:
            plan = [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            assert not [line for line in plan if line.startswith("SCAN stops")], plan
