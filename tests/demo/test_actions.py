"""The corrective actions of the demo plant."""

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session

from qms.models.actions import Action, ActionSource, ActionStep
from qms.models.actions_causes import Cause, Task
from qms.models.actions_effectiveness import EffectivenessPlan
from qms.workflows.actions_effectiveness import judged
from tests.demo.conftest import UNTIL


def test_cases_stand_at_several_steps(demo: Session):
    assert Counter(demo.scalars(select(Action.state))) == {"open": 3, "watching": 2, "closed": 1}
    assert set(demo.scalars(select(Action.route))) == {"8d", "correction"}
    assert all(cause.verified_at is not None for cause in demo.scalars(select(Cause)))


def test_a_task_is_late_and_others_are_to_be_chosen(demo: Session):
    tasks = demo.scalars(select(Task)).all()
    assert [t.kind for t in tasks if t.state == "chosen" and t.due_at < UNTIL] == ["containment"]
    assert {"option", "done"} <= {t.state for t in tasks}


def test_what_is_watched_has_stayed_clean(demo: Session):
    plans = demo.scalars(select(EffectivenessPlan).where(EffectivenessPlan.state == "running")).all()
    assert len(plans) == 2
    for plan in plans:
        found = judged(demo, plan, UNTIL)
        assert found.count.found == 0
        assert 0 < found.count.exposure < plan.needed


def test_a_recurrence_has_opened_a_case_again_at_d4(demo: Session):
    plan = demo.scalars(select(EffectivenessPlan).where(EffectivenessPlan.state == "failed")).one()
    steps = demo.scalars(select(ActionStep).where(ActionStep.action_id == plan.action_id)).all()
    assert {step.step for step in steps if step.reopened} == {"D4", "D5", "D6"}
    assert {step.step for step in steps if step.done_at is None} == {"D4", "D5", "D6", "D7", "D8"}
    assert plan.action.state == "open"
    back = plan.verdicts[-1].rejection_id
    assert back in set(demo.scalars(select(ActionSource.record_id).where(ActionSource.action_id == plan.action_id)))
