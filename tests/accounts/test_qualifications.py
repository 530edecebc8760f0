"""Who is qualified for what (R-51): recorded, corrected, ended, and asked for where product would pass."""

from datetime import date, timedelta

import orjson
import pytest
from sqlalchemy import select

from qms.db import Database
from qms.db.ledger import ledger
from qms.models.accounts_qualifications import Qualification
from qms.models.chain import Site
from qms.models.controls import Control
from qms.models.rejections import ContainmentLine, Rejection
from qms.rules import accounts_qualifications as rules
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.clock import utc_now
from qms.rules.errors import IllegalStep, Invalid, NeedsReason, NotAllowed, Refused, Stale
from qms.workflows import accounts_qualifications as qualifications
from qms.workflows import accounts_qualifications_register as registers
from qms.workflows import controls, rejections
from tests.controls.scene import CONTROL
from tests.dispositions.test_api import send
from tests.plant import Plant
from tests.rejections.cases import person_in_unit, reported

DAY = date(2026, 3, 2)
ZERO = {"suspect": 0, "checked": 0, "nonconforming": 0, "good": 0}


def on_days(days: int) -> date:
    return utc_now().date() + timedelta(days=days)


def setting(db: Database, plant: Plant, value: str) -> None:
    with db.transaction(SYSTEM, "chain.edit_site") as session:
        session.get_one(Site, plant.site).qualification = value


def given(db: Database, plant: Plant, role: str, kind: str, *, days: int | None = None,
          by: Actor | None = None) -> Qualification:
    """Qualify somebody for a kind of work until so many days from now."""
    by = by or plant.admin
    with db.transaction(by, "accounts.qualify") as session:
        return qualifications.give(session, by, plant.people[role].id, kind=kind, trained_on=date(2025, 1, 6),
                                   trainer="Training centre", valid_to=None if days is None else on_days(days))


def asked_place(db: Database, plant: Plant) -> ContainmentLine:
    made = reported(db, plant)
    with db.transaction(plant.team_leader, "rejections.ask_containment") as session:
        rev = session.get_one(Rejection, made.id).rev
        return rejections.ask_containment(session, plant.team_leader, made.id, rev)[0]


def answer(db: Database, plant: Plant, line: ContainmentLine, reason: str | None = None) -> ContainmentLine:
    with db.transaction(plant.team_leader, "rejections.answer_containment") as session:
        return rejections.answer_containment(session, plant.team_leader, line.id, line.rev, reason=reason, **ZERO)


def guarded(db: Database, plant: Plant, **more: object) -> Control:
    with db.transaction(plant.quality_engineer, "controls.add") as session:
        return controls.add(session, plant.quality_engineer, unit_id=plant.weld, **(CONTROL | more))


def tried(db: Database, plant: Plant, control: Control, *, good: bool = True) -> None:
    with db.transaction(plant.team_leader, "controls.test") as session:
        controls.record_test(session, plant.team_leader, control.id, good=good)


@pytest.mark.parametrize(("valid_to", "ended", "state"), [
    (None, False, "valid"), (DAY + timedelta(days=31), False, "valid"), (DAY + timedelta(days=30), False, "soon"),
    (DAY, False, "soon"), (DAY - timedelta(days=1), False, "expired"), (None, True, "ended")])
def test_a_qualification_holds_to_the_end_of_its_last_day(valid_to: date | None, ended: bool, state: str):
    assert rules.state(valid_to, ended=ended, on=DAY) == state


def test_r51_a_missing_qualification_warns_or_blocks_as_the_site_says():
    assert rules.check_qualified("off", "rework", None, None) is None
    assert rules.check_qualified("warn", "rework", None, " only one here ") == "only one here"
    with pytest.raises(NeedsReason, match="is not recorded") as warned:
        rules.check_qualified("warn", "rework", None, "  ")
    assert warned.value.field == "reason"
    with pytest.raises(Refused, match="ran out on 2026-03-02") as blocked:
        rules.check_qualified("block", "rework", DAY, "only one here")
    assert not isinstance(blocked.value, NeedsReason)


@pytest.mark.parametrize(("kind", "trained_on", "valid_to", "field"), [
    ("driving", DAY, None, "kind"), ("rework", DAY + timedelta(days=1), None, "trained_on"),
    ("rework", DAY, DAY - timedelta(days=1), "valid_to")])
def test_what_cannot_be_is_not_recorded(kind: str, trained_on: date, valid_to: date | None, field: str):
    rules.check_given("rework", DAY, DAY, on=DAY)
    with pytest.raises(Invalid) as refused:
        rules.check_given(kind, trained_on, valid_to, on=DAY)
    assert refused.value.field == field


def test_r51_containment_without_training_needs_a_reason_that_the_trail_keeps(db: Database, plant: Plant):
    setting(db, plant, "warn")
    line = asked_place(db, plant)
    with pytest.raises(NeedsReason):
        answer(db, plant, line)
    answer(db, plant, line, "night shift, nobody else")
    with db.reading() as session:
        last = orjson.loads(session.scalars(select(ledger.c.entry).where(
            ledger.c.entity == "containment_lines").order_by(ledger.c.seq.desc())).first())
    assert last["reason"] == "R-51: night shift, nobody else"


@pytest.mark.parametrize(("days", "holds"), [(None, True), (1, True), (-2, False)])
def test_r51_a_site_that_blocks_lets_only_the_qualified_contain(db: Database, plant: Plant, days: int | None,
                                                                holds: bool):
    setting(db, plant, "block")
    given(db, plant, "team_leader", "rework")
    given(db, plant, "team_leader", "containment", days=days)
    line = asked_place(db, plant)
    if holds:
        assert answer(db, plant, line).answered_at
    else:
        with pytest.raises(Refused, match="ran out on"):
            answer(db, plant, line, "a reason does not help")


def test_r51_a_good_test_needs_a_qualified_tester_a_failed_one_does_not(db: Database, plant: Plant):
    setting(db, plant, "block")
    control = guarded(db, plant)
    with pytest.raises(Refused, match="error-proofing"):
        tried(db, plant, control)
    tried(db, plant, control, good=False)
    given(db, plant, "team_leader", "error_proofing")
    tried(db, plant, control)


def test_r51_a_challenge_part_beyond_its_day_is_refused_by_name(db: Database, plant: Plant):
    tried(db, plant, guarded(db, plant, challenge_valid_to=on_days(2)))
    with pytest.raises(Refused) as refused:
        tried(db, plant, guarded(db, plant, code="EP-02", challenge_valid_to=on_days(-2)))
    assert refused.value.rule == "R-51"


def test_r51_an_ended_qualification_counts_no_more(db: Database, plant: Plant):
    setting(db, plant, "block")
    held = given(db, plant, "team_leader", "containment")
    line = asked_place(db, plant)
    line = answer(db, plant, line)
    with db.transaction(plant.admin, "accounts.end_qualification") as session:
        qualifications.end(session, plant.admin, held.id, held.rev, reason="failed the test")
    with pytest.raises(Refused):
        answer(db, plant, line)


def test_a_correction_is_a_new_version_with_its_reason(db: Database, plant: Plant):
    held = given(db, plant, "operator", "rework")
    fields = {"kind": "rework", "trained_on": DAY, "trainer": "TUV", "evidence_ref": "C-7", "valid_to": None}
    with db.transaction(plant.admin, "accounts.correct_qualification") as session:
        changed = qualifications.correct(session, plant.admin, held.id, held.rev, reason="typing error", **fields)
    assert (changed.rev, changed.trainer) == (2, "TUV")
    with pytest.raises(Stale), db.transaction(plant.admin, "accounts.correct_qualification") as session:
        qualifications.correct(session, plant.admin, held.id, held.rev - 1, reason="again", **fields)
    with db.transaction(plant.admin, "accounts.end_qualification") as session:
        ended = qualifications.end(session, plant.admin, held.id, changed.rev, reason="left the line")
    with pytest.raises(IllegalStep), db.transaction(plant.admin, "accounts.correct_qualification") as session:
        qualifications.correct(session, plant.admin, held.id, ended.rev, reason="again", **fields)


def test_leaders_qualify_their_own_people_and_nobody_themselves(db: Database, plant: Plant):
    leader = plant.people["weld-leader"] = person_in_unit(db, "weld-leader", "team_leader", plant.weld, plant.weld)
    plant.people["welder"] = person_in_unit(db, "welder", "operator", plant.weld, plant.weld)
    plant.people["presser"] = person_in_unit(db, "presser", "operator", plant.press, plant.press)
    soon = given(db, plant, "welder", "rework", days=10, by=leader)
    given(db, plant, "presser", "rework", days=10)
    with pytest.raises(NotAllowed):
        given(db, plant, "presser", "rework", by=leader)
    with pytest.raises(Invalid):
        given(db, plant, "weld-leader", "rework", by=leader)
    with db.reading() as session:
        assert [q.id for q in registers.running_out(session, leader).records] == [soon.id]
        assert [p.login for p in registers.trainees(session, leader)] == ["welder"]
    given(db, plant, "welder", "rework", days=400, by=leader)
    with db.reading() as session:
        assert registers.running_out(session, leader).total == 0


def test_r51_a_test_by_json_takes_a_reason(db: Database, plant: Plant, sign_in):
    setting(db, plant, "warn")
    leader, home = sign_in("team_leader"), f"/controls/{guarded(db, plant).id}/tests"
    assert send(leader, home, {"good": True}, 409)["rule"] == "R-51"
    assert send(leader, home, {"good": True, "reason": "trainer ill"}, 201)["good"]


def test_a_qualification_lives_by_json(db: Database, plant: Plant, sign_in):
    admin = sign_in("admin")
    body = {"kind": "rework", "trained_on": "2025-01-06", "trainer": "TUV", "valid_to": on_days(5).isoformat()}
    made = send(admin, "/qualifications", body | {"person_id": plant.operator.id}, 201)
    home = f"/qualifications/{made['id']}"
    send(sign_in("operator"), "/qualifications", body | {"person_id": plant.inspector.id}, 403)
    shown = admin.get("/api/v1/qualifications?state=soon&kind=rework").get_json()["qualifications"]
    assert [row["id"] for row in shown] == [made["id"]]
    changed = send(admin, home, body | {"rev": made["rev"], "evidence_ref": "C-7", "reason": "forgotten"}, method="PUT")
    assert changed["evidence_ref"] == "C-7"
    ended = send(admin, f"{home}/end", {"rev": changed["rev"], "reason": "moved"})
    assert ended["ended_at"]
    assert sign_in("operator").get(f"/api/v1{home}").status_code == 200
    assert sign_in("inspector").get(f"/api/v1{home}").status_code == 404
