"""The laws of causes, whys, tasks and documents, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qms.rules import actions_causes, actions_documents, actions_tasks
from qms.rules.actions import CATEGORIES
from qms.rules.actions_causes import Chain, check_causes, check_chain, inserted, moved, moved_between
from qms.rules.actions_persons import names_person_only
from qms.rules.errors import IllegalStep, Invalid, Refused

WHYS = (("Feeder jams", "log"), ("Stroke never set", "sheet"))
OCCURRENCE, ESCAPE = Chain("occurrence", True, WHYS, False), Chain("escape", True, WHYS, True)
AT = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.mark.parametrize("text", [
    "Operator error", "operator errors!", "Human error.", "The operator did not follow the work instruction",
    "carelessness", "Worker was careless", "Lack of attention by the operator", "操作失误", "粗心", "员工粗心大意",
    "未按要求操作", "操作工未按作业指导书执行", "人为失误", "人为原因", "责任心不强", "检验员漏检",
    "质量意识淡薄", "ＯＰＥＲＡＴＯＲ ＥＲＲＯＲ"])
def test_a_text_that_names_only_a_person_is_known(text: str):
    assert names_person_only(text)


@pytest.mark.parametrize("text", [
    "Operator was not trained on the new fixture", "The work instruction has no value for the stroke", "新员工未培训",
    "夹具磨损", "作业指导书未规定行程", "操作工同时看管三台设备", "Lighting too weak to see the burr",
    "忘记更新控制计划", "无防错装置", "Human error was possible because both parts fit", "Machine 3 error",
    "标准错误", "x"])
def test_a_text_that_names_something_else_as_well_is_no_blame(text: str):
    assert not names_person_only(text)


def test_r25_occurrence_and_escape_each_need_a_verified_cause():
    check_causes([OCCURRENCE, ESCAPE])
    for short in ([], [OCCURRENCE], [ESCAPE], [OCCURRENCE, ESCAPE._replace(is_verified=False)]):
        with pytest.raises(Refused, match="No verified cause yet") as refused:
            check_causes(short)
        assert refused.value.rule == "R-25"


@pytest.mark.parametrize(("chain", "field"), [
    (OCCURRENCE._replace(whys=WHYS[:1]), "whys"),
    (OCCURRENCE._replace(whys=(WHYS[0], ("Stroke never set", " "))), "whys"),
    (OCCURRENCE._replace(whys=(WHYS[0], ("操作失误", "log"))), "whys"),
    (ESCAPE._replace(has_control=False), "control_unit_id")])
def test_r25_a_chain_bears_its_cause_only_when_it_is_whole(chain: Chain, field: str):
    check_chain(OCCURRENCE)
    check_chain(ESCAPE)
    with pytest.raises(Refused) as refused:
        check_chain(chain)
    assert (refused.value.rule, refused.value.field) == ("R-25", field)


def test_r25_a_person_in_the_middle_of_a_chain_is_where_one_asks_on():
    check_chain(OCCURRENCE._replace(whys=(("Operator error", "log"), ("Both parts fit", "trial"))))


def test_contributions_of_a_track_are_parts_of_one_whole():
    actions_causes.check_contributions([60, None, 40])
    with pytest.raises(Invalid, match="101 %"):
        actions_causes.check_contributions([60, 41])


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(["add", "up", "down", "out"]), st.integers(0, 30)), max_size=40))
def test_whys_keep_one_order_whatever_is_done_to_them(steps: list[tuple[str, int]]):
    order: list[int] = []
    for n, (what, at) in enumerate(steps):
        before = list(order)
        member = order[at % len(order)] if order else None
        if what == "add":
            order = inserted(order, 100 + n, member)
            assert order[order.index(100 + n) - 1] == member if member is not None else order == [100 + n]
        elif member is not None and what == "out":
            order = [one for one in order if one != member]
        elif member is not None:
            order = moved(order, member, up=what == "up")
            edge = before[0] if what == "up" else before[-1]
            assert (order == before) == (member == edge)
            assert abs(order.index(member) - before.index(member)) <= 1
        assert len(set(order)) == len(order)
        rest = [one for one in order if one in before and one != member]
        assert rest == [one for one in before if one in order and one != member]


@settings(deadline=None)
@given(st.lists(st.sampled_from(list(CATEGORIES)), min_size=1, max_size=12), st.data())
def test_a_cause_moved_up_and_down_again_is_where_it_was(bones: list[str], data: st.DataObject):
    held = {name: [n for n, bone in enumerate(bones) if bone == name] for name in CATEGORIES}
    member = data.draw(st.integers(0, len(bones) - 1))
    after = moved_between(held, member, up=True)
    assert sorted(one for order in after.values() for one in order) == list(range(len(bones)))
    if after != held:
        assert moved_between(after, member, up=False) == held


def test_a_chain_is_read_backwards_down_to_the_problem():
    assert actions_causes.therefore("Burr", "Feeder", ["Jams", "Not set"]) == ["Not set", "Jams", "Feeder", "Burr"]


def task(**given: object) -> actions_tasks.Answer:
    return actions_tasks.Answer(**{
        "text": "Stop in the feeder", "kind": "corrective", "state": "done", "cause_id": 1, "risk": "none",
        "trial_pieces": 200, "trial_result": "0 burrs", "evidence": "photo", "effective_from": "L-7",
        "changes_process": False, "change_ref": None, "done_at": AT} | given)


def test_every_verified_cause_is_answered_by_a_chosen_action_that_is_proven():
    causes = [(1, "Feeder"), (2, "Final check")]
    actions_tasks.check_choices(causes, [task(), task(cause_id=2, state="chosen")])
    for bad in (task(cause_id=2, state="option"), task(cause_id=2, state="dropped"), task(cause_id=2, kind="training"),
                task()):
        with pytest.raises(IllegalStep, match="Final check"):
            actions_tasks.check_choices(causes, [task(), bad])
    for bad in ({"risk": " "}, {"trial_pieces": None}, {"trial_result": ""}):
        with pytest.raises(Invalid):
            actions_tasks.check_choices(causes[:1], [task(**bad)])


@pytest.mark.parametrize(("bad", "field"), [
    ({"evidence": None}, "evidence"), ({"effective_from": " "}, "effective_from"),
    ({"changes_process": None}, "changes_process"), ({"changes_process": True}, "change_ref")])
def test_a_chosen_action_counts_as_done_with_its_proof(bad: dict, field: str):
    actions_tasks.check_done(task(changes_process=True, change_ref="PCN 12"), customer=True)
    actions_tasks.check_done(task(changes_process=True), customer=False)
    with pytest.raises(Invalid) as refused:
        actions_tasks.check_done(task(**bad), customer=True)
    assert refused.value.field == field


def test_containment_is_removed_only_after_the_last_chosen_action():
    actions_tasks.check_finished([task()], AT, customer=False)
    actions_tasks.check_finished([task(), task(kind="read_across", state="chosen")], None, customer=False)
    with pytest.raises(IllegalStep, match="Containment stays"):
        actions_tasks.check_finished([task()], AT - timedelta(minutes=1), customer=False)
    with pytest.raises(IllegalStep, match="Not done yet"):
        actions_tasks.check_finished([task(kind="training", state="chosen")], None, customer=False)


REVISED, UNTOUCHED = actions_documents.Answer(True, "A", "B"), actions_documents.Answer(False, reason="No new mode")
WHOLE = {"pfmea": REVISED, "control_plan": REVISED, "instruction": UNTOUCHED}


@pytest.mark.parametrize("bad", [
    actions_documents.Answer(), actions_documents.Answer(True, "A", "A"), actions_documents.Answer(True, "A"),
    actions_documents.Answer(True, None, "B"), actions_documents.Answer(False, reason=" ")])
def test_r28_each_document_is_revised_or_not_affected_for_a_reason(bad: actions_documents.Answer):
    actions_documents.check_documents(WHOLE)
    for document in ("pfmea", "drawing"):
        with pytest.raises(Refused) as refused:
            actions_documents.check_documents(WHOLE | {document: bad})
        assert refused.value.rule == "R-28"


def test_r28_similar_places_and_the_risk_register_are_answered():
    actions_documents.check_places([True, False])
    actions_documents.check_risk("none")
    for check, bad, field in ((actions_documents.check_places, [], "read_across"),
                              (actions_documents.check_places, [True, None], "read_across"),
                              (actions_documents.check_risk, " ", "risk_register")):
        with pytest.raises(Refused) as refused:
            check(bad)
        assert (refused.value.rule, refused.value.field) == ("R-28", field)
