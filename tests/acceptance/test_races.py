"""Two people decide on the same hand-over at the same moment."""

import threading
from collections.abc import Callable

from qms.db import Database
from qms.models.acceptance import Handover
from qms.rules.errors import IllegalStep, Stale
from qms.workflows import acceptance
from qms.workflows.acceptance import Fault
from tests.acceptance.arrange import approved, good_results, presented, read
from tests.plant import make_plant


def at_once(*acts: Callable[[], object]) -> list[object]:
    """Run each in a thread of its own, all starting together; return what each returned or raised."""
    gate, ended = threading.Barrier(len(acts)), [None] * len(acts)

    def run(position: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            ended[position] = act()
        except (Stale, IllegalStep) as error:
            ended[position] = error

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return ended


def test_of_two_people_who_decide_one_wins_and_the_other_is_stale(fresh_db: Database):
    plant = make_plant(fresh_db)
    approved(fresh_db, plant)
    for _ in range(5):
        handover = presented(fresh_db, plant, quantity=10)
        results = good_results(fresh_db, handover)

        def accept(handover: Handover = handover, results: list = results) -> str:
            with fresh_db.transaction(plant.inspector, "acceptance.accept") as session:
                return acceptance.accept(session, plant.inspector, handover.id, 1, results=results).state

        def postpone(handover: Handover = handover) -> str:
            with fresh_db.transaction(plant.team_leader, "acceptance.not_inspected") as session:
                return acceptance.not_inspected(session, plant.team_leader, handover.id, 1, reason="late").state

        ended = at_once(accept, postpone)
        won = [e for e in ended if isinstance(e, str)]
        assert len(won) == 1, ended
        assert sum(isinstance(e, Stale) for e in ended) == 1, ended
        kept = read(fresh_db, Handover, handover.id)
        assert kept.state == won[0]
        assert kept.rev == 2


def test_two_people_do_not_present_more_than_the_lot_has(fresh_db: Database):
    from qms.rules.errors import Invalid

    plant = make_plant(fresh_db)

    def present() -> str:
        try:
            return presented(fresh_db, plant, quantity=150).number
        except Invalid:
            return ""

    assert sorted(map(bool, at_once(present, present))) == [False, True]


def test_a_rejection_and_an_acceptance_at_once_end_in_order(fresh_db: Database):
    plant = make_plant(fresh_db)
    approved(fresh_db, plant)
    handover = presented(fresh_db, plant)
    results = good_results(fresh_db, handover)

    def accept() -> str:
        with fresh_db.transaction(plant.inspector, "acceptance.accept") as session:
            return acceptance.accept(session, plant.inspector, handover.id, 1, results=results).state

    def reject() -> str:
        with fresh_db.transaction(plant.operator, "acceptance.reject") as session:
            return acceptance.reject(session, plant.operator, handover.id, 1, faults=[Fault(plant.burr, 1)]).state

    ended = at_once(accept, reject)
    assert sum(isinstance(e, Stale) for e in ended) == 1, ended
