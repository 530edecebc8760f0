"""Whatever people of all roles try, in any order: quantities add up, nothing nonconforming is free, the trail is true.

A made-up course is a run of a machine (hypothesis) on a real database, undone by a savepoint at its end.
"""

import os
from copy import copy

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from sqlalchemy import make_url

from qms.db import Database
from qms.rules.dispositions import CODES
from qms.rules.dispositions import STEPS as LINE
from qms.workflows.verify import verify
from qms.workflows.verify_chain import verify_chain
from tests.acceptance.arrange import approved, at
from tests.dispositions.floor import Floor
from tests.dispositions.scene import Scene
from tests.plant import make_plant

COURSES = {"sqlite": 440, "postgresql": 60} if os.environ.get("CI") else {"sqlite": 60, "postgresql": 15}
"""How many courses are tried: 500 in CI, fewer at a desk, where they would hold up the quick suite."""
COMMITTED = 3
STEPS_EACH = 10
ROLES = ("operator", "team_leader", "inspector", "quality_engineer", "quality_manager", "production_manager", "auditor",
         "mrb_member")
WHO = st.one_of(st.just("usual"), st.just("usual"), st.just("quality_manager"), st.sampled_from(ROLES))
AT, PIECES, YES = st.integers(0, 30), st.integers(0, 14), st.sampled_from([True, True, True, False])


class Course(RuleBasedStateMachine):
    """One course of steps. Every step is held against the laws as it is taken; a refused one must change nothing."""

    begun: Floor

    def __init__(self) -> None:
        super().__init__()
        self.floor = copy(self.begun)
        self.floor.look()
        connection = getattr(self.floor.scene.db, "connection", None)
        self.savepoint = connection.begin_nested() if connection is not None else None

    @rule(who=WHO, at=AT, codes=st.lists(st.sampled_from(sorted(CODES)), min_size=1, max_size=3, unique=True),
          parts=st.lists(PIECES, min_size=3, max_size=3), complete=YES, skew=st.sampled_from([0, 0, 0, -1, 1]))
    def decide(self, who: str, at: int, codes: list[str], parts: list[int], complete: bool, skew: int) -> None:
        self.floor.decide(who, at, codes, parts[:len(codes)], complete=complete, skew=skew)

    @rule(who=WHO, at=AT, name=st.sampled_from([step.name for step in LINE.steps]), good=PIECES, complete=YES)
    def work(self, who: str, at: int, name: str, good: int, complete: bool) -> None:
        self.floor.work(who, at, name, good, complete=complete)

    @rule(ats=st.lists(AT, min_size=1, max_size=8), good=PIECES)
    def carry_on(self, ats: list[int], good: int) -> None:
        for one in ats:
            self.floor.carry_on(one, good)

    @rule(who=WHO, at=AT, good=PIECES, void=st.sampled_from([False, False, False, True]))
    def release(self, who: str, at: int, good: int, void: bool) -> None:
        self.floor.hold_step(who, at, good, void=void)

    @rule(who=WHO, at=AT, suspect=PIECES, good=PIECES)
    def contain(self, who: str, at: int, suspect: int, good: int) -> None:
        self.floor.contain(who, at, suspect, good)

    @rule(who=WHO, at=AT, quantity=st.integers(1, 25), name=st.sampled_from(
        ["draft", "approve_internally", "send", "record_approval", "record_approval", "withdraw"]))
    def concede(self, who: str, at: int, quantity: int, name: str) -> None:
        self.floor.concede(who, at, name, quantity)

    @rule(who=WHO, at=AT, quantity=st.integers(1, 40), accept=st.booleans())
    def hand_over(self, who: str, at: int, quantity: int, accept: bool) -> None:
        self.floor.hand_over(who, at, quantity, accept=accept)

    def teardown(self) -> None:
        """Check the chain of everything that was done, and undo it; what was committed is verified at the end."""
        if self.savepoint is None:
            return
        try:
            with self.floor.scene.db.read_connection() as connection:
                assert verify_chain(connection).found == []
                connection.execution_options(stream_results=False)
        finally:
            self.savepoint.rollback()


def tried(scene: Scene, courses: int) -> None:
    """Try so many courses, the same ones every time."""
    approved(scene.db, scene.plant, clock=at("2026-03-02T00:00:00+00:00"))
    machine = type("Course", (Course,), {"begun": Floor(scene)})
    run_state_machine_as_test(machine, settings=settings(
        max_examples=courses, stateful_step_count=STEPS_EACH, derandomize=True, deadline=None, database=None,
        suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink)))


def test_r07_in_any_order_quantities_add_up_and_nothing_nonconforming_is_free(scene: Scene):
    tried(scene, COURSES[make_url(scene.db.url).get_backend_name()])


def test_r46_the_trail_of_courses_that_were_committed_is_true(fresh_db: Database):
    tried(Scene(fresh_db, make_plant(fresh_db)), COMMITTED)
    assert verify(fresh_db.url, together=False).findings == ()
