"""Tasks of a case in the database: weighed, chosen, done by their owner, sent back, dropped."""

from datetime import UTC, datetime, timedelta

import pytest

from qms.models.accounts import Person
from qms.models.chain_rosters import Shift
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, Stale
from qms.workflows import actions_tasks
from tests.actions.bench import Bench


def gate(bench: Bench, check) -> None:
    with bench.db.reading() as session:
        check(session, session.get_one(type(bench.case), bench.case.id))


def test_an_option_becomes_a_task_by_the_sponsor_and_keeps_the_grant(bench: Bench):
    cause = bench.verified()
    option = bench.task(cause)
    assert option.state == "option"
    with pytest.raises(NotAllowed):
        bench.step(actions_tasks.choose, option)
    with pytest.raises(IllegalStep, match="No action is chosen yet"):
        gate(bench, actions_tasks.check_choices)
    chosen = bench.step(actions_tasks.choose, option, bench.plant.quality_manager)
    assert (chosen.state, chosen.grant_id) == ("chosen", bench.plant.quality_manager.grants[0].id)
    gate(bench, actions_tasks.check_choices)


def test_an_option_is_not_chosen_before_its_risk_is_answered_and_a_trial_proves_it(bench: Bench):
    cause = bench.verified()
    for bad, field in (({"risk": None}, "risk"), ({"trial_result": " "}, "trial_result")):
        with pytest.raises(Invalid) as refused:
            bench.step(actions_tasks.choose, bench.task(cause, **bad), bench.plant.quality_manager)
        assert refused.value.field == field


def test_a_containment_task_is_to_be_done_at_once(bench: Bench):
    assert bench.task(kind="containment", level=None, risk=None).state == "chosen"


def test_the_owner_reports_their_own_task_without_a_grant_and_nobody_else_does(bench: Bench):
    chosen = bench.chosen(bench.verified(), owner_id=bench.plant.operator.id)
    given = {"evidence": "Photo", "effective_from": "L-0007", "changes_process": False}
    with pytest.raises(NotAllowed):
        bench.step(actions_tasks.report, chosen, bench.plant.team_leader, **given)
    done = bench.step(actions_tasks.report, chosen, bench.plant.operator, **given)
    assert (done.state, done.done_by_id) == ("done", bench.plant.operator.id)


def test_a_change_of_the_process_needs_the_customers_approval_where_one_is_concerned(bench: Bench):
    bench.set(customer_id=bench.plant.customer)
    cause = bench.verified()
    with pytest.raises(Invalid, match="approval of the change"):
        bench.done(cause, changes_process=True)
    assert bench.done(cause, changes_process=True, change_ref="PCN 12").state == "done"


def test_d6_waits_for_every_chosen_task_and_containment_for_them_all(bench: Bench):
    cause = bench.verified()
    bench.done(cause)
    gate(bench, actions_tasks.check_finished)
    bench.set(containment_to=utc_now() - timedelta(hours=1))
    with pytest.raises(IllegalStep, match="Containment stays"):
        gate(bench, actions_tasks.check_finished)
    bench.set(containment_to=None)
    bench.task(kind="training", cause_id=None)
    with pytest.raises(IllegalStep, match="Not done yet"):
        gate(bench, actions_tasks.check_finished)


def test_a_task_whose_proof_does_not_hold_goes_back_and_may_be_dropped(bench: Bench):
    done = bench.done(bench.verified())
    back = bench.step(actions_tasks.send_back, done, reason="Photo of another press")
    assert (back.state, back.done_at, back.returned_reason) == ("chosen", None, "Photo of another press")
    with pytest.raises(Invalid):
        bench.step(actions_tasks.drop, back, reason=" ")
    assert bench.step(actions_tasks.drop, back, reason="Replaced by a sensor").state == "dropped"
    with pytest.raises(IllegalStep):
        bench.step(actions_tasks.edit, back, text="x", owner_id=bench.plant.operator.id, due_hours=1)


def test_a_task_is_due_after_working_hours_of_the_plant(bench: Bench):
    with bench.db.transaction(SYSTEM, "tests.shift") as session:
        session.add(Shift(site_id=bench.plant.site, code="D", name_zh="白班", name_en="Day", starts="08:00",
                          ends="16:00", weekdays="1111100"))
    friday = datetime(2026, 3, 6, 6, 0, tzinfo=UTC)  # 14:00 in Shanghai: two hours are left of the shift.
    with bench.db.transaction(bench.plant.quality_engineer, "tests.task", clock=lambda: friday) as session:
        made = actions_tasks.add(session, bench.plant.quality_engineer, bench.case.id, kind="training", text="Train",
                                 owner_id=bench.plant.operator.id, due_hours=4)
        assert made.due_at == datetime(2026, 3, 9, 2, 0, tzinfo=UTC)


def test_a_task_needs_an_owner_who_is_there_a_time_and_the_cause_it_answers(bench: Bench):
    cause = bench.verified()
    with bench.db.transaction(SYSTEM, "tests.person") as session:
        session.get_one(Person, bench.plant.inspector.id).active = False
    for bad, field in (({"owner_id": None}, "owner_id"), ({"owner_id": bench.plant.inspector.id}, "owner_id"),
                       ({"due_at": None}, "due_at"), ({"due_at": None, "due_hours": -1}, "due_at"),
                       ({"cause_id": None}, "cause_id"), ({"cause_id": 999}, "cause_id"), ({"kind": "x"}, "kind"),
                       ({"level": "x"}, "level"), ({"trial_pieces": 0}, "trial_pieces"), ({"text": ""}, "text")):
        with pytest.raises(Invalid) as refused:
            bench.task(cause, **bad)
        assert refused.value.field == field


def test_a_task_changed_meanwhile_is_not_overwritten(bench: Bench):
    option = bench.task(bench.verified())
    given = {"owner_id": bench.plant.operator.id, "due_hours": 8, "cause_id": option.cause_id}
    bench.do(actions_tasks.edit, option.id, option.rev, text="Sensor", **given)
    with pytest.raises(Stale):
        bench.do(actions_tasks.edit, option.id, option.rev, text="Stop", **given)


