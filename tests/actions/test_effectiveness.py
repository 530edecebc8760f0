"""Effectiveness planned, watched, proven and confirmed, and cases that come back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.db.ledger import ledger
from qms.jobs import ticks
from qms.jobs.actions_effectiveness import LOOK_AGAIN_SECONDS, Watch
from qms.models.acceptance import Handover
from qms.models.actions import ActionSource, ActionStep
from qms.models.actions_effectiveness import EffectivenessPlan, EffectivenessVerdict
from qms.models.chain import Lot
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.rules.errors import IllegalStep, NotAllowed, Refused, Stale
from qms.workflows import actions_effectiveness as effectiveness
from qms.workflows import rejections
from tests.actions.cases import Cases
from tests.plant import make_plant


def test_r26_no_watch_starts_without_a_plan_and_one_starts_with_it(cases: Cases):
    cases.found()
    action = cases.shifts(60).opened()
    with pytest.raises(Refused) as refused:
        cases.start(action)
    assert refused.value.rule == "R-26"
    cases.draft(action)
    plan = cases.start(action)
    assert (plan.state, plan.starts_at) == ("running", cases.at)


def test_r26_a_window_too_short_for_proof_is_refused_and_the_shortest_is_taken(cases: Cases):
    for _ in range(4):
        cases.later(hours=1).found()
    cases.later(hours=-4).shifts(60)
    action = cases.opened()
    with pytest.raises(Refused, match="67 shifts at least"):
        cases.draft(action, needed=60)
    plan = cases.draft(action)
    assert (plan.baseline_count, plan.baseline_exposure, plan.needed, plan.most) == (4, 60, 67, 0)


def test_four_before_and_none_after_is_not_proof_until_the_window_is_full(cases: Cases):
    action, plan = cases.watched(findings=4, before=60)
    assert cases.shifts(60).judge(plan) is None
    with cases.db.reading() as session:
        standing = effectiveness.judged(session, session.get_one(EffectivenessPlan, plan.id), cases.at)
    assert (standing.count, standing.verdict) == ((0, 60), "not_yet")
    assert standing.evidence.p_value == pytest.approx(0.0625)
    with pytest.raises(IllegalStep):
        cases.confirm(plan)
    written = cases.later(weeks=1, days=2).judge(plan)
    assert written is not None
    assert (written.verdict, written.count, written.exposure) == ("proven", 0, 67)
    assert cases.judge(plan) is None
    assert cases.confirm(plan).state == "confirmed"
    assert cases.read(action).state == "effective"


def test_a_hand_over_on_a_free_day_does_not_tell_which_shifts_were_worked(cases: Cases):
    cases.later(hours=1).found()
    cases.later(hours=-1).shifts(20)
    handed_over(cases, days=-1)
    plan = cases.draft(cases.opened())
    assert not plan.in_use
    assert plan.baseline_exposure == 20


def test_a_plant_that_stands_still_is_never_clean(cases: Cases):
    cases.later(hours=1).found()
    cases.later(hours=-1).shifts(20)
    handed_over(cases, days=-3)
    action = cases.opened()
    plan = cases.draft(action)
    assert plan.in_use
    assert plan.baseline_exposure == 1
    cases.start(action)
    assert cases.shifts(200).judge(plan) is None
    with cases.db.reading() as session:
        held = session.get_one(EffectivenessPlan, plan.id)
        assert effectiveness.judged(session, held, cases.at).count == (0, 0)


def test_a_share_counts_pieces_of_hand_overs_that_were_decided_once(cases: Cases):
    handed_over(cases, accepted=390, rejected=10)
    handed_over(cases, accepted=10, presentation=2)
    handed_over(cases, quantity=500)
    cases.later(hours=1).found(quantity=10)
    cases.shifts(10)
    plan = cases.draft(cases.opened(), metric="share", link_id=cases.plant.press_weld)
    assert (plan.baseline_count, plan.baseline_exposure) == (10, 400)


def test_a_void_rejection_does_not_count_and_an_assumed_one_does(cases: Cases):
    kept, gone = cases.found(), cases.found()
    with cases.db.transaction(cases.plant.quality_engineer, "rejections.void") as session:
        rejections.void(session, cases.plant.quality_engineer, gone.id, gone.rev, reason="double")
    plan = cases.shifts(60).draft(cases.opened())
    assert (plan.baseline_count, kept.origin_state) == (1, "assumed")


def test_r27_who_owns_a_measure_leads_or_drafted_does_not_confirm_and_another_does(cases: Cases):
    plant = cases.plant
    action, plan = cases.watched(findings=9, before=60)
    assert cases.shifts(60).judge(plan) is not None
    for person in (plant.quality_engineer, plant.production_manager):
        with pytest.raises((Refused, NotAllowed)):
            cases.confirm(plan, person)
    with pytest.raises(Refused) as refused:
        cases.confirm(plan, plant.quality_engineer)
    assert refused.value.rule == "R-27"
    confirmed = cases.confirm(plan, plant.quality_manager)
    assert (confirmed.confirmed_by_id, confirmed.grant_id) == (
        plant.quality_manager.id, plant.quality_manager.grants[0].id)
    assert cases.read(action).state == "effective"


def test_r27_and_r29_a_rejection_of_the_scope_reopens_at_d4_and_one_of_another_does_not(cases: Cases):
    action, plan = cases.watched()
    cases.shifts(5).found(defect_id=cases.plant.scratch)
    assert cases.judge(plan) is None
    assert cases.read(action).state == "watching"
    back = cases.later(hours=1).found()
    written = cases.judge(plan)
    assert written is not None
    assert (written.verdict, written.rejection_id) == ("come_back", back.id)
    assert (cases.read(action).state, cases.read(plan).state) == ("open", "failed")
    assert cases.steps(action) == {
        **dict.fromkeys(("D0", "D1", "D2", "D3"), (True, 0)), **dict.fromkeys(("D4", "D5", "D6"), (False, 1)),
        **dict.fromkeys(("D7", "D8"), (False, 0))}
    with cases.db.reading() as session:
        due = session.scalars(select(ActionStep).where(ActionStep.step == "D4")).one().due_at
        assert due == cases.at + timedelta(days=9)
        assert session.scalars(select(ActionSource.number)).all() == [back.number]
        rules = session.scalars(select(ledger.c.entry).where(ledger.c.action == "actions.judge_effectiveness")).all()
    assert all(b'"R-27"' in entry and b'"R-29"' in entry for entry in rules)
    assert cases.judge(plan) is None


def test_r29_a_confirmed_case_reopens_within_a_year_and_not_later(cases: Cases):
    action, plan = cases.watched(findings=9)
    cases.shifts(60).judge(plan)
    cases.confirm(plan)
    cases.later(days=366)
    with cases.db.reading() as session:
        assert not watched_ids(session, cases)
    cases.later(days=-2).found()
    with cases.db.reading() as session:
        assert watched_ids(session, cases) == [plan.id]
    assert cases.judge(plan) is not None
    assert cases.read(action).state == "open"


def test_what_was_made_before_the_clean_point_is_not_held_against_the_measures(cases: Cases):
    action, plan = cases.watched()
    with cases.db.transaction(SYSTEM, "tests.lot") as session:
        old, new = (Lot(site_id=cases.plant.site, number=number, item_id=cases.plant.item, quantity=10, made_at=at)
                    for number, at in (("old", cases.at - timedelta(days=1)), ("new", cases.at + timedelta(days=1))))
        session.add_all([old, new])
    cases.shifts(2).found(lot_id=old.id)
    assert cases.judge(plan) is None
    cases.found(lot_id=new.id)
    assert cases.judge(plan) is not None
    assert cases.read(action).state == "open"


def test_a_failed_plan_stays_and_a_new_one_is_drafted_beside_it(cases: Cases):
    action, plan = cases.watched()
    cases.shifts(5).found()
    cases.judge(plan)
    again = cases.draft(cases.read(action), baseline_to=cases.at)
    assert again.id != plan.id
    assert (again.baseline_count, cases.read(plan).state) == (4, "failed")


def test_a_draft_is_changed_at_its_version_and_a_running_plan_not_at_all(cases: Cases):
    cases.found()
    action = cases.shifts(20).opened()
    plan = cases.draft(action)
    with pytest.raises(Stale):
        cases.draft(action)
    changed = cases.draft(action, rev=plan.rev, needed=500)
    assert (changed.id, changed.needed) == (plan.id, 500)
    cases.start(action)
    with pytest.raises(IllegalStep):
        cases.draft(action, rev=3)


def test_the_clock_reopens_a_case_and_rests_while_nothing_happens(fresh_db: Database):
    cases = Cases(fresh_db, make_plant(fresh_db), at=utc_now() - timedelta(weeks=30))
    action, plan = cases.watched()
    at = [0.0]
    watch = Watch(lambda: at[0])
    watch.judge(fresh_db)
    cases.at = utc_now() - timedelta(minutes=1)
    cases.found()
    watch.judge(fresh_db)
    assert cases.read(action).state == "open"
    before = len(entries(fresh_db))
    watch.judge(fresh_db)
    at[0] = LOOK_AGAIN_SECONDS + 1
    watch.judge(fresh_db)
    assert len(entries(fresh_db)) == before
    with fresh_db.reading() as session:
        assert len(session.scalars(select(EffectivenessVerdict)).all()) == len([plan])


def test_every_node_judges():
    assert [t.seconds for t in ticks() if isinstance(getattr(t.run, "__self__", None), Watch)] == [5.0]


def watched_ids(session, cases: Cases) -> list[int]:
    from qms.workflows.actions_effectiveness_watch import watched

    return [plan.id for plan in watched(session, cases.at)]


def entries(db: Database) -> list[int]:
    with db.reading() as session:
        return list(session.scalars(select(ledger.c.seq)))


def handed_over(cases: Cases, days: int = 0, quantity: int | None = None, accepted: int = 0, rejected: int = 0,
                presentation: int = 1) -> None:
    """Record a hand-over from press to weld; one without accepted or rejected pieces is not decided yet."""
    at, decided = cases.at + timedelta(days=days, hours=2), bool(accepted or rejected)
    with cases.db.transaction(SYSTEM, "tests.handover") as session:
        serial = len(session.scalars(select(Handover.id)).all()) + 1
        session.add(Handover(
            site_id=cases.plant.site, year=2026, serial=serial, number=f"HO-{serial}", link_id=cases.plant.press_weld,
            supplier_id=cases.plant.press, customer_id=cases.plant.weld, item_id=cases.plant.item,
            lot_id=cases.plant.lot, quantity=quantity or accepted + rejected or 1, accepted=accepted,
            rejected=rejected, presentation=presentation, self_check="ok", presented_by_id=cases.plant.operator.id,
            presented_at=at, state="partly_accepted" if decided else "presented",
            decided_at=at if decided else None, decided_by_id=cases.plant.operator.id if decided else None))
