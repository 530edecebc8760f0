"""D7 in the database: documents, the risk register, similar places, lessons."""

from datetime import timedelta

import pytest

from qms.models.acceptance import Standard
from qms.models.actions import Action
from qms.models.chain import Unit
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, Refused, Stale
from qms.workflows import actions_documents, actions_gates, actions_lessons
from qms.workflows.actions_similar import similar
from qms.workflows.chain_paging import Wish
from tests.actions.bench import Bench
from tests.rejections.cases import reported


def gate(bench: Bench) -> None:
    with bench.db.reading() as session:
        points = actions_gates.open_points(session, session.get_one(Action, bench.case.id), "D7")
    if points:
        raise points[0]


def answered(bench: Bench, document: str, **given):
    return bench.do(actions_documents.answer, bench.case.id, document, given.pop("rev", 0), **given)


def standard(bench: Bench, **given) -> Standard:
    with bench.db.transaction(SYSTEM, "tests.standard") as session:
        made = Standard(**{"site_id": bench.plant.site, "link_id": bench.plant.press_weld, "form_number": "QF-7",
                           "revision": 3, "state": "approved", "title_zh": "毛刺", "title_en": "Burr",
                           "drafted_by_id": 0, "approved_at": utc_now()} | given)
        session.add(made)
        session.flush()
        return made


def test_r28_d7_is_refused_until_every_document_place_and_risk_is_answered(bench: Bench):
    answered(bench, "pfmea", affected=True, reference="PF-3", rev_before="C", rev_after="D")
    answered(bench, "instruction", affected=False, reason="The step is the same")
    with pytest.raises(Refused, match="Control plan") as refused:
        gate(bench)
    assert refused.value.rule == "R-28"
    answered(bench, "control_plan", affected=True, rev_before="7", rev_after="8")
    asked = bench.do(actions_documents.ask_across, bench.case.id, unit_id=bench.plant.paint)
    bench.do(actions_documents.answer_risk, bench.case.id, bench.read(bench.case).rev, risk_register="Line 12 added")
    with pytest.raises(Refused, match="has not been answered"):
        gate(bench)
    bench.step(actions_documents.answer_across, asked, applies=False, reason="No feeder there")
    gate(bench)


def test_r28_a_revision_that_did_not_change_is_no_answer(bench: Bench):
    with pytest.raises(Refused, match="still C") as refused:
        answered(bench, "pfmea", affected=True, rev_before="C", rev_after=" C ")
    assert (refused.value.rule, refused.value.field) == ("R-28", "rev_after")
    assert answered(bench, "pfmea", affected=True, rev_before="C", rev_after="D").rev_after == "D"


def test_r28_a_control_plan_names_a_standard_approved_since_the_case_was_opened(bench: Bench):
    new = standard(bench)
    for old in (standard(bench, form_number="QF-8", approved_at=bench.case.opened_at - timedelta(days=1)),
                standard(bench, form_number="QF-9", state="draft", approved_at=None),
                standard(bench, form_number="QF-10", link_id=bench.plant.weld_paint)):
        with pytest.raises(Refused) as refused:
            answered(bench, "control_plan", affected=True, standard_id=old.id)
        assert (refused.value.rule, refused.value.field) == ("R-28", "standard_id")
    held = answered(bench, "control_plan", affected=True, standard_id=new.id)
    assert (held.reference, held.rev_before, held.rev_after) == ("QF-7", "2", "3")
    with pytest.raises(Invalid):
        answered(bench, "pfmea", affected=True, standard_id=new.id)


def test_an_answer_changed_meanwhile_is_not_overwritten(bench: Bench):
    held = answered(bench, "pfmea", affected=False, reason="No new mode")
    for rev in (0, held.rev + 1):
        with pytest.raises(Stale):
            answered(bench, "pfmea", affected=False, reason="x", rev=rev)
    assert answered(bench, "pfmea", affected=False, reason="Looked again", rev=held.rev).reason == "Looked again"


def test_a_place_where_it_applies_gets_its_task(bench: Bench):
    asked = bench.do(actions_documents.ask_across, bench.case.id, note="Plant in Wuxi")
    with pytest.raises(Invalid):
        bench.step(actions_documents.answer_across, asked, applies=True, task=" ", due_hours=8)
    held = bench.step(actions_documents.answer_across, asked, applies=True, task="Fit the stop there too",
                      owner_id=bench.plant.unit_head.id, due_hours=40)
    with bench.db.reading() as session:
        task = session.get_one(type(held), held.id).task
        assert (task.kind, task.state, task.owner_id) == ("read_across", "chosen", bench.plant.unit_head.id)
    with pytest.raises(IllegalStep, match="it stays"):
        bench.step(actions_documents.take_out_across, asked)


def test_a_place_is_asked_for_once_and_has_a_name(bench: Bench):
    bench.do(actions_documents.ask_across, bench.case.id, unit_id=bench.plant.paint)
    with pytest.raises(IllegalStep, match="already"):
        bench.do(actions_documents.ask_across, bench.case.id, unit_id=bench.plant.paint)
    for bad in ({}, {"note": " "}, {"unit_id": 999}):
        with pytest.raises(Invalid):
            bench.do(actions_documents.ask_across, bench.case.id, **bad)


def test_places_with_the_same_defect_or_the_same_operation_are_proposed_until_asked_for(bench: Bench):
    plant = bench.plant
    with bench.db.transaction(SYSTEM, "tests.unit") as session:
        twin = Unit(site_id=plant.site, kind="operation", code="OP10B", name_zh="冲压", name_en="Press", path="99.",
                    line="B")
        session.add(twin)
    reported(bench.db, plant, origin_unit_id=plant.weld, found_unit_id=plant.paint, link_id=plant.weld_paint)
    with bench.db.reading() as session:
        found = similar(session, session.get_one(Action, bench.case.id))
        assert [u.code for u in found.same_defect_units] == ["OP20"]
        assert [u.code for u in found.same_operation_units] == ["OP10B"]
        assert not found.same_defect_items
    bench.do(actions_documents.ask_across, bench.case.id, unit_id=twin.id)
    with bench.db.reading() as session:
        assert not similar(session, session.get_one(Action, bench.case.id)).same_operation_units


def test_a_lesson_is_found_by_two_chinese_characters_of_it_or_of_its_case(bench: Bench):
    made = bench.do(actions_lessons.write, bench.case.id, title="送料行程须写入换型单",
                    text="Set the stroke in the sheet")
    assert made.number.startswith("LL-SH-")

    def found(sought: str, person=bench.plant.auditor) -> list[str]:
        with bench.db.reading() as session:
            page = actions_lessons.register(session, person, actions_lessons.Filter(sought), Wish())
            return [lesson.number for lesson in page.rows]

    for sought in ("换型", "行程", "毛刺", "stroke", "冲压", made.number, bench.case.number, "BR-100"):
        assert found(sought) == [made.number], sought
    assert found("型换") == []
    with pytest.raises(NotAllowed):
        found("", bench.plant.admin)


def test_a_lesson_is_reworded_at_the_version_that_was_read(bench: Bench):
    made = bench.do(actions_lessons.write, bench.case.id, title="A", text="B")
    bench.do(actions_lessons.edit, made.id, made.rev, title="A2", text="B")
    with pytest.raises(Stale):
        bench.do(actions_lessons.edit, made.id, made.rev, title="A3", text="B")
    bench.set(state="void", void_reason="double")
    with pytest.raises(IllegalStep):
        bench.do(actions_lessons.write, bench.case.id, title="C", text="D")
