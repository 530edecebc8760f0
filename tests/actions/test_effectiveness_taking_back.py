"""A reopening is taken back when what came back does not count any more, and only then."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.db.ledger import ledger
from qms.models.actions import Action, ActionSource, ActionStep
from qms.models.actions_effectiveness import EffectivenessPlan
from qms.models.rejections import Rejection
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.clock import utc_now
from qms.rules.errors import IllegalStep, NotAllowed, NotFound, Refused, Stale
from qms.workflows import rejections
from qms.workflows.actions_effectiveness_taking_back import take_back
from tests.actions.cases import Cases
from tests.plant import Plant

HEADERS = {"X-Requested-By": "tests"}


def taken_back(cases: Cases, plan: EffectivenessPlan, person: Actor | None = None, rev: int | None = None,
               reason: str | None = "Seen twice") -> EffectivenessPlan:
    """Take a reopening back as the quality engineer, at the version that the plan has now, unless told otherwise."""
    person = person or cases.plant.quality_engineer
    rev = cases.read(plan).rev if rev is None else rev
    with cases.db.transaction(person, "actions.take_back_reopening", reason, clock=lambda: cases.at) as session:
        return take_back(session, person, plan.id, rev, reason=reason)


def void(cases: Cases, made: Rejection) -> None:
    """Declare a rejection void."""
    person = cases.plant.quality_engineer
    with cases.db.transaction(person, "rejections.void") as session:
        rejections.void(session, person, made.id, session.get_one(Rejection, made.id).rev, reason="Seen twice")


def correct(cases: Cases, made: Rejection, **fields: Any) -> None:
    """Correct what a rejection says."""
    person = cases.plant.operator
    with cases.db.transaction(person, "rejections.correct") as session:
        rejections.correct(session, person, made.id, session.get_one(Rejection, made.id).rev, reason="Another defect",
                           **fields)


def steps(cases: Cases, action: Action) -> dict[str, tuple[Any, ...]]:
    """Return how each discipline stands, but for how often it was opened again."""
    with cases.db.reading() as session:
        return {s.step: (s.due_at, s.done_at, s.done_by_id, s.rungs, s.escalated_at) for s in session.scalars(
            select(ActionStep).where(ActionStep.action_id == action.id))}


def reopened(cases: Cases) -> tuple[Action, EffectivenessPlan, Rejection]:
    """Return a case that a rejection has opened again while it was watched."""
    action, plan = cases.watched()
    back = cases.shifts(5).later(hours=1).found()
    assert cases.judge(plan) is not None
    assert cases.read(action).state == "open"
    return action, plan, back


def test_r29_what_is_void_no_longer_keeps_a_case_open_and_what_counts_does(cases: Cases):
    action, plan = cases.watched()
    before = steps(cases, action)
    back = cases.shifts(5).later(hours=1).found()
    cases.judge(plan)
    assert steps(cases, action) != before
    with pytest.raises(Refused) as refused:
        taken_back(cases, plan)
    assert refused.value.rule == "R-29"
    assert back.number in refused.value.words.en
    assert cases.read(action).state == "open"
    void(cases, back)
    taken_back(cases, plan)
    assert (cases.read(action).state, cases.read(plan).state) == ("watching", "running")
    assert steps(cases, action) == before
    with cases.db.reading() as session:
        source = session.scalars(select(ActionSource)).one()
        entries = session.scalars(select(ledger.c.entry).where(ledger.c.action == "actions.take_back_reopening")).all()
    assert not source.active
    assert back.number not in (cases.read(action).search_text or "")
    assert len(entries) >= 8
    assert all(b"Seen twice" in entry for entry in entries)


def test_r29_what_was_corrected_to_another_defect_no_longer_keeps_a_case_open(cases: Cases):
    action, plan, back = reopened(cases)
    correct(cases, back, note="At the edge")
    with pytest.raises(Refused):
        taken_back(cases, plan)
    correct(cases, back, defect_id=cases.plant.scratch)
    taken_back(cases, plan)
    assert cases.read(action).state == "watching"


def test_r29_another_rejection_that_counts_keeps_the_case_open(cases: Cases):
    action, plan, back = reopened(cases)
    other = cases.later(hours=1).found()
    void(cases, back)
    with pytest.raises(Refused) as refused:
        taken_back(cases, plan)
    assert (refused.value.rule, other.number in refused.value.words.en) == ("R-29", True)
    void(cases, other)
    assert taken_back(cases, plan).state == "running"
    assert cases.read(action).state == "watching"


def test_r27_a_closed_case_is_closed_again_with_its_confirmation(cases: Cases):
    action, plan = cases.watched(findings=9)
    cases.shifts(60).judge(plan)
    cases.confirm(plan)
    closed_at = cases.later(days=1).at
    with cases.db.transaction(SYSTEM, "tests.close") as session:
        held = session.get_one(Action, action.id)
        held.state, held.closed_at = "closed", closed_at
    back = cases.later(days=30).found()
    cases.judge(plan)
    assert cases.read(action).closed_at is None
    void(cases, back)
    taken_back(cases, plan, cases.plant.quality_manager)
    again, proof = cases.read(action), cases.read(plan)
    assert (again.state, again.closed_at) == ("closed", closed_at)
    assert (proof.state, proof.confirmed_by_id) == ("confirmed", cases.plant.quality_manager.id)


def test_r43_a_reopening_is_not_taken_back_without_a_reason(cases: Cases):
    _, plan, back = reopened(cases)
    void(cases, back)
    for reason in (None, "  "):
        with pytest.raises(Refused) as refused:
            taken_back(cases, plan, reason=reason)
        assert (refused.value.rule, refused.value.field) == ("R-43", "reason")
    assert taken_back(cases, plan).state == "running"


def test_r29_a_case_that_was_taken_up_anew_is_finished_as_it_stands(cases: Cases):
    action, plan, back = reopened(cases)
    again = cases.draft(cases.read(action), baseline_to=cases.at)
    void(cases, back)
    with cases.db.transaction(SYSTEM, "tests.start") as session:
        session.get_one(EffectivenessPlan, again.id).state = "running"
    with pytest.raises(Refused, match="taken up anew") as refused:
        taken_back(cases, plan)
    assert refused.value.rule == "R-29"
    with cases.db.transaction(SYSTEM, "tests.draft") as session:
        session.get_one(EffectivenessPlan, again.id).state = "draft"
    taken_back(cases, plan)
    assert cases.read(again).state == "withdrawn"


def test_a_step_that_was_finished_anew_keeps_its_new_finish(cases: Cases):
    action, plan, back = reopened(cases)
    done_at = cases.later(hours=1).at
    with cases.db.transaction(SYSTEM, "tests.step") as session:
        row = session.scalars(select(ActionStep).where(ActionStep.action_id == action.id,
                                                       ActionStep.step == "D4")).one()
        row.done_at, row.done_by_id = done_at, cases.plant.quality_manager.id
    void(cases, back)
    taken_back(cases, plan)
    held = steps(cases, action)
    assert (held["D4"][1], held["D4"][2]) == (done_at, cases.plant.quality_manager.id)
    assert held["D6"][2] == cases.plant.quality_engineer.id


def test_a_reopening_is_taken_back_once_by_those_who_may_at_its_version(cases: Cases):
    _, plan, back = reopened(cases)
    void(cases, back)
    for login in ("operator", "team_leader", "auditor"):
        with pytest.raises((NotAllowed, NotFound)):
            taken_back(cases, plan, cases.plant.people[login])
    with pytest.raises(Stale):
        taken_back(cases, plan, rev=99)
    taken_back(cases, plan)
    with pytest.raises(IllegalStep):
        taken_back(cases, plan)


def test_r29_what_comes_back_after_that_opens_the_case_again(cases: Cases):
    action, plan, back = reopened(cases)
    void(cases, back)
    taken_back(cases, plan)
    cases.later(minutes=1).judge(plan)
    assert cases.read(action).state == "watching"
    again = cases.later(hours=1).found()
    written = cases.judge(plan)
    assert written is not None
    assert (written.rejection_id, cases.read(action).state) == (again.id, "open")
    void(cases, again)
    assert taken_back(cases, plan).state == "running"


@pytest.fixture
def lately(db: Database, plant: Plant) -> tuple[Cases, Action, EffectivenessPlan, Rejection]:
    """A case of twenty weeks ago that a rejection of now has opened again."""
    cases = Cases(db, plant, at=(utc_now() - timedelta(weeks=20)).replace(microsecond=0))
    action, plan = cases.watched()
    cases.at = utc_now()
    back = cases.found()
    cases.later(seconds=1).judge(plan)
    assert cases.read(action).state == "open"
    return cases, action, plan, back


@pytest.mark.parametrize(("language", "button", "done"), [
    ("en", "Take back the reopening", "Reopening taken back by"), ("zh", "撤销重新打开", "撤销了重新打开")])
def test_r29_the_page_offers_it_once_what_came_back_is_void(sign_in, page, lately, language: str, button: str,
                                                            done: str):
    cases, action, plan, back = lately
    browser, where = sign_in("quality_engineer", language), f"/actions/effectiveness/{plan.id}/take-back"

    def offered(reader: Any) -> bool:
        links = page(reader, f"/actions/{action.id}").find(f".//a[@href='{where}']")
        return [button] == ["".join(link.itertext()).strip() for link in links]

    assert not offered(browser)
    refused = page(browser, where, {"rev": cases.read(plan).rev, "reason": "Seen twice"}, status=409)
    assert back.number in refused.text
    assert "R-29" in refused.text
    void(cases, back)
    assert offered(browser)
    assert not offered(sign_in("operator", language))
    page(browser, where, {"rev": cases.read(plan).rev, "reason": ""}, status=422)
    page(browser, where, {"rev": 99, "reason": "Seen twice"}, status=409)
    assert done in page(browser, where, {"rev": cases.read(plan).rev, "reason": "Seen twice"}).text
    assert cases.read(action).state == "watching"
    page(sign_in("operator"), where, status=403)


@pytest.mark.parametrize(("language", "told"), [("en", "Out of scope since"), ("zh", "后已不在范围内")])
def test_r29_the_page_says_that_what_came_back_proved_to_be_something_else(sign_in, page, lately, language: str,
                                                                           told: str):
    cases, action, _, back = lately
    browser = sign_in("quality_engineer", language)
    assert told not in page(browser, f"/actions/{action.id}").text
    correct(cases, back, defect_id=cases.plant.scratch)
    assert told in page(browser, f"/actions/{action.id}").text


def test_r29_and_r43_hold_by_json_too(sign_in, lately):
    cases, action, plan, back = lately
    where, chief = f"/api/v1/actions/effectiveness/{plan.id}/take-back", sign_in("quality_engineer")

    def sent(status: int, browser: Any = chief, **given: Any) -> dict[str, Any]:
        answer = browser.post(where, json={"rev": cases.read(plan).rev, "reason": "Seen twice"} | given,
                              headers=HEADERS)
        assert answer.status_code == status, answer.text
        told: dict[str, Any] = answer.json
        return told

    refused = sent(409)
    assert (refused["rule"], refused["clauses"]) == ("R-29", ["IATF 16949:2016 10.2.3"])
    void(cases, back)
    assert sent(409, reason=" ")["rule"] == "R-43"
    assert sent(409, rev=99)["current"]["state"] == "failed"
    sent(403, sign_in("operator"))
    told = sent(200)
    assert (told["state"], told["verdicts"][-1]["reopening"]["taken_back_reason"]) == ("running", "Seen twice")
    assert cases.read(action).state == "watching"
