"""R-45 for each kind of record that is signed: what goes on leaves the signature valid, what changes it voids it."""

import io
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from exports.trail_signatures import signed as section
from qms.db import Database
from qms.jobs.exports_documents import write
from qms.models.actions import Action
from qms.models.actions_causes import Task
from qms.models.dispositions import Disposition
from qms.models.dispositions_concessions import Concession
from qms.models.rejections import OriginStatement, Rejection
from qms.models.service_appeals import Appeal
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.clock import utc_now
from qms.rules.dispositions_checks import Draft
from qms.rules.errors import Refused
from qms.workflows import actions, dispositions, rejections, service_complaints
from qms.workflows import dispositions_concessions as concessions
from qms.workflows.actions_gates import GATES
from qms.workflows.actions_report import report
from qms.workflows.dispositions_sheet import sheet
from qms.workflows.trail_signatures import signatures_of, signed_states
from tests.actions.course import Course
from tests.dispositions.concessions import active, at_customer, drafted, today
from tests.dispositions.scene import Scene
from tests.plant import Plant
from tests.rejections.cases import reported
from tests.service.scene_complaints import Scene as Complaints
from tests.signing import signing


def states(db: Database, entity: str, record_id: int) -> dict[str, int | None]:
    """Map the meaning of each signature of a record to the version since which it is void."""
    with db.reading() as session:
        return {one.meaning: one.void_since for one in signatures_of(session, entity, [record_id])}


def change(db: Database, cls: type, record_id: int, **values: object) -> int:
    """Change a record past its workflow, as no page can; return its version."""
    with db.transaction(SYSTEM, "tests.change") as session:
        held = session.get_one(cls, record_id)
        for name, value in values.items():
            setattr(held, name, value)
        session.flush()
        return held.rev


def refused(db: Database, person: Actor, step: Any, *args: Any, **given: Any) -> None:
    """Hold that R-45 refuses a step without a proof."""
    with pytest.raises(Refused) as caught, db.transaction(person, "tests.refused") as session:
        step(session, person, *args, signing=None, **given)
    assert caught.value.rule == "R-45"


def test_r45_each_line_of_a_decision_is_signed_and_stays_valid_while_it_is_carried_out(db: Database, plant: Plant):
    scene = Scene(db, plant)
    made, me = scene.reported(), plant.quality_engineer
    hold = scene.holds(made)[0].id
    drafts = [Draft(hold, "sort", 4), Draft(hold, "scrap", 6)]
    refused(db, me, dispositions.decide, made.id, scene.read(Rejection, made.id).rev, drafts)
    assert scene.told(made) == [(10, "held")]
    sort, scrap = scene.decide(made, *drafts)
    line = scene.worked(sort)
    scene.do(dispositions.verify, line, verification="Sorted", good=4, scrapped=0)
    with db.reading() as session:
        assert set(signed_states(session, "dispositions", [sort.id, scrap.id]).values()) == {None}
        assert [one.role for one in sheet(session, me, made.id)["signatures"]] == ["quality_engineer"] * 2
    rev = change(db, Disposition, scrap.id, quantity=5)
    assert states(db, "dispositions", scrap.id) == {"disposition": rev}
    assert states(db, "dispositions", sort.id) == {"disposition": None}


def printed(db: Database, reader: Actor, concession_id: int, folder: Path) -> list[list[Any]]:
    """Return the rows of the last sheet of a concession's workbook."""
    sent = write(db, reader, "concessions", concession_id, suffix=".xlsx", language="en", photos=folder)
    last = load_workbook(io.BytesIO(sent.content)).worksheets[-1]
    return [[value for value in row if value is not None] for row in last.values if any(row)]


def test_r45_a_concession_carries_two_signatures_and_its_use_leaves_both_valid(db: Database, plant: Plant,
                                                                               tmp_path: Path):
    draft = drafted(db, plant)
    refused(db, plant.quality_manager, concessions.approve_internally, draft.id, draft.rev)
    held = active(db, plant)
    told = printed(db, plant.quality_engineer, held.id, tmp_path)
    assert [row[0] for row in told if "Valid: what was signed is unchanged" in row] == [
        "Quality Manager", "Quality Engineer"]
    change(db, Concession, held.id, quantity_used=3)
    assert states(db, "concessions", held.id) == {"concession": None, "authorisation": None}
    less = change(db, Concession, held.id, quantity_authorised=9)
    assert states(db, "concessions", held.id) == {"concession": None, "authorisation": less}
    other = change(db, Concession, held.id, deviation="Burr of any height")
    assert states(db, "concessions", held.id) == {"concession": other, "authorisation": less}
    told = printed(db, plant.quality_engineer, held.id, tmp_path)
    assert [row[6] for row in told if row[0].startswith("Quality") and len(row) == 7] == [
        f"Void since version {rev}: what was signed has changed" for rev in (other, less)]


def test_r45_the_customers_authorisation_is_not_recorded_without_a_signature(db: Database, plant: Plant):
    held, me = at_customer(db, plant), plant.quality_engineer
    given = {"customer_ref": "SM-1", "customer_approver": "Li", "customer_approver_role": None, "starts_on": None,
             "customer_decided_on": today(utc_now()), "quantity_authorised": 5, "expires_on": None}
    refused(db, me, concessions.record_approval, held.id, held.rev, **given)
    assert states(db, "concessions", held.id) == {"concession": None}


def test_r45_a_case_is_closed_by_signature_and_opening_it_again_voids_it(db: Database, plant: Plant,
                                                                        monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(GATES, "D6", ())
    course, sponsor = Course(db, plant), plant.quality_manager
    made = course.open(severity="MI")
    course.passed(made, "D2", "D6")
    course.fill(made, "D8")
    for step, more in ((actions.close, ()), (actions.pass_gate, ("D8",))):
        refused(db, sponsor, step, made.id, course.read(made).rev, *more)
    closed = course.do(actions.close, made, by=sponsor)
    assert states(db, "actions", made.id) == {"closure": None}
    with db.reading() as session:
        [part] = section(report(session, sponsor, made.id)["signatures"])
    assert (part.blocks[0].rows[0][0], part.blocks[0].rows[0][3][-3:]) == ("Quality Manager", "CST")
    rev = change(db, Action, made.id, state="open", closed_at=None)
    assert states(db, "actions", made.id) == {"closure": rev}
    change(db, Action, made.id, state="closed", closed_at=closed.closed_at)
    assert states(db, "actions", made.id) == {"closure": None}
    with db.transaction(SYSTEM, "tests.change") as session:
        session.add(Task(action_id=made.id, kind="corrective", state="planned", text="More", owner_id=sponsor.id,
                         due_at=utc_now()))
    assert states(db, "actions", made.id)["closure"] is not None


def test_r45_the_decision_of_an_appeal_is_signed_and_another_decision_would_void_it(db: Database, plant: Plant):
    scene = Complaints(db, plant)
    made = scene.refused()
    appeal = scene.step("appeal", "weld_worker", made, grounds="The drawing says no burr above 0.1")
    told = {"decision": "uphold", "reasons": "Measured"}
    refused(db, scene.people["reviewer"], service_complaints.decide, appeal.id, appeal.rev, **told)
    assert scene.read(appeal).state == "open"
    scene.do(service_complaints.decide, "reviewer", appeal.id, appeal.rev, **told,
             signing=signing(scene.people["reviewer"], "appeal"))
    assert states(db, "appeals", appeal.id) == {"appeal": None}
    rev = change(db, Appeal, appeal.id, state="overturned")
    assert states(db, "appeals", appeal.id) == {"appeal": rev}


def test_r45_who_decides_a_contested_origin_signs_and_another_origin_voids_it(db: Database, plant: Plant):
    made, judge = reported(db, plant), plant.quality_engineer
    with db.transaction(plant.team_leader, "rejections.contest_origin") as session:
        made = rejections.contest_origin(session, plant.team_leader, made.id, made.rev, reason="Came in like this")
    given = {"unit_id": plant.press, "reason": "Tool marks"}
    refused(db, judge, rejections.decide_origin, made.id, made.rev, **given)
    with db.transaction(judge, "rejections.decide_origin") as session:
        rejections.decide_origin(session, judge, made.id, made.rev, signing=signing(judge, "origin"), **given)
    change(db, Rejection, made.id, note="Seen by two")
    assert states(db, "rejections", made.id) == {"origin": None}
    rev = change(db, Rejection, made.id, origin_unit_id=plant.weld)
    assert states(db, "rejections", made.id) == {"origin": rev}
    change(db, Rejection, made.id, origin_unit_id=plant.press)
    with db.reading() as session:
        said = session.scalars(select(OriginStatement).where(OriginStatement.state == "decided")).one()
    change(db, OriginStatement, said.id, reason="Something else")
    assert states(db, "rejections", made.id)["origin"] is not None
