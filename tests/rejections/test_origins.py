"""How an origin is assumed, confirmed, contested and decided, and what counts in scores."""

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.models.rejections import Rejection
from qms.rules.accounts import Actor
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, Refused, Stale
from qms.workflows import rejections
from qms.workflows.rejections_scores import counts_against_origin, counts_in_scores
from tests.plant import Plant
from tests.rejections.cases import person_in_unit, reported, seen
from tests.signing import signing

CHANGE = "rejections.origin"


def confirm(db: Database, person: Actor, made: Rejection) -> Rejection:
    with db.transaction(person, CHANGE) as session:
        return rejections.confirm_origin(session, person, made.id, session.get_one(Rejection, made.id).rev)


def contest(db: Database, person: Actor, made: Rejection, reason: str | None = "Came in like this",
            unit_id: int | None = None) -> Rejection:
    with db.transaction(person, CHANGE) as session:
        return rejections.contest_origin(session, person, made.id, session.get_one(Rejection, made.id).rev,
                                         reason=reason, unit_id=unit_id)


def decide(db: Database, person: Actor, made: Rejection, unit_id: int, reason: str | None = "Tool marks") -> Rejection:
    with db.transaction(person, CHANGE) as session:
        return rejections.decide_origin(session, person, made.id, session.get_one(Rejection, made.id).rev,
                                        signing=signing(person, "origin"),
                                        unit_id=unit_id, reason=reason)


def test_the_leader_of_the_origin_may_accept_it(db: Database, plant: Plant):
    made = reported(db, plant)
    leader = person_in_unit(db, "leader.press", "team_leader", plant.press)
    assert confirm(db, leader, made).origin_state == "confirmed"
    with db.reading() as session:
        last = seen(session, made).statements[-1]
    assert (last.state, last.unit_id, last.person_id, last.grant_id) == (
        "confirmed", plant.press, leader.id, leader.grants[0].id)


def test_the_leader_of_another_unit_may_not(db: Database, plant: Plant):
    made = reported(db, plant)
    with pytest.raises(NotAllowed):
        confirm(db, person_in_unit(db, "leader.paint", "team_leader", plant.paint), made)
    with pytest.raises(NotAllowed):
        confirm(db, plant.operator, made)


def test_r52_the_reporter_does_not_confirm_but_a_judge_does(db: Database, plant: Plant):
    made = reported(db, plant, plant.quality_engineer)
    with pytest.raises(Refused) as refused:
        confirm(db, plant.quality_engineer, made)
    assert refused.value.rule == "R-52"
    assert confirm(db, plant.quality_manager, made).origin_state == "confirmed"


def test_r52_the_finding_side_does_not_confirm(db: Database, plant: Plant):
    made = reported(db, plant)
    with pytest.raises(Refused) as refused:
        confirm(db, person_in_unit(db, "weld.home", "appeal_reviewer", None, home=plant.weld), made)
    assert refused.value.rule == "R-52"
    assert confirm(db, person_in_unit(db, "far.home", "appeal_reviewer", None, home=plant.quality), made)


def test_r52_who_reports_their_own_units_fault_may_confirm_it(db: Database, plant: Plant):
    leader = person_in_unit(db, "leader.press", "team_leader", plant.press)
    made = reported(db, plant, leader, kind="not_made", found_unit_id=plant.press, link_id=None)
    assert confirm(db, leader, made).origin_state == "confirmed"


def test_contesting_needs_the_origins_side_and_a_reason(db: Database, plant: Plant):
    made = reported(db, plant)
    leader = person_in_unit(db, "leader.press", "team_leader", plant.press)
    with pytest.raises(NotAllowed):
        contest(db, person_in_unit(db, "leader.weld", "team_leader", plant.weld), made)
    with pytest.raises(Invalid) as refused:
        contest(db, leader, made, reason=" ")
    assert refused.value.field == "reason"
    held = contest(db, leader, made, unit_id=plant.weld)
    assert (held.origin_state, held.origin_unit_id) == ("contested", plant.press)


def test_r52_a_contested_origin_is_decided_by_someone_uninvolved(db: Database, plant: Plant):
    made = reported(db, plant, plant.inspector)
    contest(db, plant.team_leader, made)
    involved = [
        person_in_unit(db, "reviewer.weld", "appeal_reviewer", None, home=plant.weld),
        person_in_unit(db, "reviewer.press", "appeal_reviewer", None, home=plant.press),
        person_in_unit(db, "shift.press", "shift_quality", plant.press),
    ]
    for person in involved:
        with pytest.raises(Refused) as refused:
            decide(db, person, made, plant.weld)
        assert refused.value.rule == "R-52"
    uninvolved = person_in_unit(db, "reviewer.quality", "appeal_reviewer", None, home=plant.quality)
    decided = decide(db, uninvolved, made, plant.weld)
    assert (decided.origin_state, decided.origin_unit_id, decided.escape_steps) == ("decided", plant.weld, 0)


def test_r52_neither_the_reporter_nor_who_spoke_before_decides(db: Database, plant: Plant):
    made = reported(db, plant, plant.quality_engineer)
    confirm(db, plant.quality_manager, made)
    contest(db, plant.team_leader, made)
    for person in (plant.quality_engineer, plant.quality_manager):
        with pytest.raises(Refused) as refused:
            decide(db, person, made, plant.press)
        assert refused.value.rule == "R-52"


def test_a_decision_needs_a_reason_and_a_unit_that_produces(db: Database, plant: Plant):
    made = reported(db, plant)
    contest(db, plant.team_leader, made)
    for field, unit, reason in (("reason", plant.weld, ""), ("unit_id", plant.final, "x"), ("unit_id", 987_654, "x")):
        with pytest.raises(Invalid) as refused:
            decide(db, plant.quality_engineer, made, unit, reason)
        assert refused.value.field == field


def test_steps_of_the_origin_follow_their_table(db: Database, plant: Plant):
    made = reported(db, plant)
    with pytest.raises(IllegalStep):
        decide(db, plant.quality_engineer, made, plant.weld)
    confirm(db, plant.quality_engineer, made)
    with pytest.raises(IllegalStep):
        confirm(db, plant.quality_manager, made)


def test_an_origin_read_at_an_old_version_is_not_overwritten(db: Database, plant: Plant):
    made = reported(db, plant)
    with pytest.raises(Stale), db.transaction(plant.quality_engineer, CHANGE) as session:
        rejections.confirm_origin(session, plant.quality_engineer, made.id, made.rev + 1)


def test_a_leader_of_the_finding_unit_may_assume_another_origin(db: Database, plant: Plant):
    made = reported(db, plant, found_unit_id=plant.paint, link_id=plant.weld_paint)
    leader = person_in_unit(db, "leader.paint", "team_leader", plant.paint)
    with db.transaction(leader, CHANGE) as session:
        changed = rejections.assume_origin(session, leader, made.id, made.rev, unit_id=plant.press, reason="Stamping")
    assert (changed.origin_unit_id, changed.escape_steps, changed.escape_class) == (plant.press, 2, "2+")
    with pytest.raises(NotAllowed), db.transaction(plant.operator, CHANGE) as session:
        rejections.assume_origin(session, plant.operator, made.id, changed.rev, unit_id=plant.weld)


def test_r34_only_a_confirmed_or_decided_origin_counts_in_scores(db: Database, plant: Plant):
    confirmed, assumed, voided = (reported(db, plant) for _ in range(3))
    confirm(db, plant.quality_engineer, confirmed)
    confirm(db, plant.quality_engineer, voided)
    with db.transaction(plant.quality_engineer, "rejections.void") as session:
        rejections.void(session, plant.quality_engineer, voided.id, session.get_one(Rejection, voided.id).rev,
                        reason="Entered twice")
    with db.reading() as session:
        assert session.scalars(select(Rejection.id).where(counts_in_scores())).all() == [confirmed.id]
        assert session.get_one(Rejection, assumed.id).origin_state == "assumed"


def test_r36_what_a_unit_found_before_hand_over_never_counts_against_it(db: Database, plant: Plant):
    own = reported(db, plant, kind="not_passed_on", found_unit_id=plant.press, link_id=None)
    received = reported(db, plant)
    for made in (own, received):
        confirm(db, plant.quality_engineer, made)
    with db.reading() as session:
        assert session.scalars(select(Rejection.id).where(counts_in_scores())).all() == [own.id, received.id]
        assert session.scalars(select(Rejection.id).where(counts_against_origin())).all() == [received.id]
