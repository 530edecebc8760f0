"""Rejections by severity and age, corrective actions and how well problems are solved, worked out by hand."""

from datetime import datetime, timedelta

import pytest

from qms.models.actions import Action, ActionStep
from qms.models.actions_effectiveness import EffectivenessPlan, EffectivenessVerdict, Reopening
from tests.measures.records import found
from tests.review.scene import Scene
from tests.review.told import column, figure, line, on, opens, put, snapshot, table, value

CODE = "nonconformities"


@pytest.fixture
def rejections(scene: Scene) -> Scene:
    """Found in March, June, June, last November; one of them closed in April, one void; all seen from 30 June."""
    plant = scene.plant

    def records(session):
        for at, more in ((on(3, 1), {"closed_at": on(4)}), (on(6, 28), {}), (on(6, 10), {"severity": "CR"}),
                         (on(11, 1, 2025), {}), (on(4, 1), {"state": "void"})):
            made = found(session, plant, 5, at_unit=plant.weld, origin=plant.press, at=at,
                         state=more.pop("state", "held"))
            for name, given in more.items():
                setattr(made, name, given)
        session.flush()

    put(scene, records)
    return scene


def opened(scene: Scene, serial: int, at: datetime, *, closed: datetime | None = None, repeat: bool = False,
           steps: tuple[tuple[str, int, int | None], ...] = (), verdict: tuple[str, datetime] | None = None,
           taken_back: bool = False) -> None:
    """Open a case; `steps` are (step, due after days, done after days)."""
    def records(session):
        case = Action(site_id=scene.plant.site, year=2026, serial=serial, number=f"CA-{serial}", title="Burrs",
                      route="8d", route_by_rule="8d", state="closed" if closed else "open", severity="MA",
                      is_repeat=repeat, opened_at=at, opened_by_id=0, clock_from=at, closed_at=closed)
        session.add(case)
        session.flush()
        session.add_all([ActionStep(action_id=case.id, step=step, due_at=at + timedelta(days=due),
                                    done_at=None if done is None else at + timedelta(days=done))
                         for step, due, done in steps])
        if verdict:
            plan = EffectivenessPlan(action_id=case.id, state="running", metric="per_shift", baseline_from=at,
                                     baseline_to=at, baseline_count=1, baseline_exposure=9, needed=9, drafted_at=at,
                                     drafted_by_id=0)
            session.add(plan)
            session.flush()
            judged = EffectivenessVerdict(plan_id=plan.id, at=verdict[1], verdict=verdict[0], count=0, exposure=9)
            session.add(judged)
            session.flush()
            if verdict[0] == "come_back":
                session.add(Reopening(verdict_id=judged.id, plan_state="running", action_state="watching",
                                      taken_back_at=at if taken_back else None))

    put(scene, records)


@pytest.fixture
def cases(scene: Scene) -> Scene:
    """Four cases of this half year, one of the last."""
    opened(scene, 1, on(2), closed=on(5), steps=(("D3", 1, 1), ("D4", 7, 5)), verdict=("proven", on(4)))
    opened(scene, 2, on(3), steps=(("D3", 1, 3), ("D4", 7, None)), repeat=True, verdict=("come_back", on(6)))
    opened(scene, 3, on(6, 28), steps=(("D3", 1, 2), ("D4", 7, None)))
    opened(scene, 4, on(3), steps=(), verdict=("come_back", on(5)), taken_back=True)
    opened(scene, 5, on(9, 1, 2025), steps=(("D3", 1, 10),), verdict=("proven", on(12, 1, 2025)))
    return scene


def test_rejections_found_closed_and_open_at_the_end(rejections: Scene):
    told = snapshot(rejections, CODE)
    assert [value(told, f"rejections.{key}")[0] for key in ("found", "closed", "open", "older")] == [3, 1, 3, 1]
    assert [figure(told, f"rejections.{key}").before.value for key in ("found", "closed", "open")] == [1, 0, 1]


def test_open_rejections_by_severity_and_age(rejections: Scene):
    classes = table(snapshot(rejections, CODE), "classes")
    assert column(classes, "open") == [1, 2]
    assert line(classes, 0) == {"severity": "Critical", "found": 1, "closed": 0, "open": 1, "week": 0, "month": 1,
                                "quarter": 0, "older": 0}
    assert [line(classes, 1)[key] for key in ("week", "month", "quarter", "older")] == [1, 0, 0, 1]


def test_cases_opened_closed_open_and_overdue(cases: Scene):
    told = snapshot(cases, CODE)
    assert [value(told, f"actions.{key}")[0] for key in ("opened", "closed", "open", "overdue")] == [4, 1, 4, 1]
    assert figure(told, "actions.opened").before.value == 1
    assert column(table(told, "states"), "cases") == [3, 1]


def test_effectiveness_of_what_was_judged(cases: Scene):
    told = snapshot(cases, CODE)
    assert value(told, "actions.effective") == (0.5, 2)
    assert value(told, "actions.reopened")[0] == 1
    assert value(told, "actions.repeats") == (0.25, 4)
    assert figure(told, "actions.effective").before.value == 1
    assert "of 2 cases judged in the period 1 proved effective (50.0%" in told.said[0].en


def test_days_of_each_discipline_by_nearest_rank(cases: Scene):
    steps = table(snapshot(cases, CODE), "disciplines")
    assert column(steps, "done") == [3, 1]
    assert column(steps, "half") == [2, 5]
    assert column(steps, "most") == [3, 5]
    assert column(steps, "half_before") == [10, None]


def test_nothing_judged_says_nothing(rejections: Scene):
    told = snapshot(rejections, CODE)
    assert told.said == ()
    assert value(told, "actions.effective") == (None, 0)


def test_every_path_opens(rejections: Scene, cases: Scene, sign_in):
    assert len(opens(snapshot(cases, CODE), sign_in)) >= 8
