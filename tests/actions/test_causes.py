"""Causes and whys in the database: found, asked, tested, verified."""

import pytest

from qms.models.actions_causes import Why
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, NotFound, Refused, Stale
from qms.workflows import actions_causes, actions_whys
from tests.actions.bench import CHAIN, Bench


def gate(bench: Bench) -> None:
    with bench.db.reading() as session:
        actions_causes.check_causes(session, session.get_one(type(bench.case), bench.case.id))


def test_r25_d4_is_refused_until_occurrence_and_escape_are_verified(bench: Bench):
    bench.verified("occurrence")
    with pytest.raises(Refused, match="Escape"):
        gate(bench)
    bench.verified("escape")
    gate(bench)


def test_r25_a_cause_that_blames_a_person_alone_is_not_verified(bench: Bench):
    cause = bench.ask(bench.cause(), CHAIN[0], ("操作工粗心", "询问记录"))
    assert bench.read(cause).person_only
    bench.step(actions_causes.test, cause, holds=True, test="Seen on shift 2")
    with pytest.raises(Refused, match="training") as refused:
        bench.step(actions_causes.verify, cause, verification="Seen")
    assert refused.value.rule == "R-25"
    bench.ask(cause, ("零件左右可互换, 无防错", "试装 5 件"))
    assert not bench.read(cause).person_only
    assert bench.step(actions_causes.verify, cause, verification="On and off").verified_at is not None


def test_only_what_a_test_showed_to_hold_is_verified(bench: Bench):
    cause = bench.ask(bench.cause(), *CHAIN)
    for holds in (None, False):
        bench.step(actions_causes.test, cause, holds=holds, test="x")
        with pytest.raises(IllegalStep, match="Test this candidate first"):
            bench.step(actions_causes.verify, cause, verification="x")


def test_a_chain_that_changes_takes_the_verification_back(bench: Bench):
    cause = bench.verified()
    assert bench.read(cause).verified_at is not None
    bench.ask(cause, ("Nobody owns the sheet", "Interview"))
    assert bench.read(cause).verified_at is None
    again = bench.verified()
    bench.step(actions_causes.edit, again, category="machine", text="Feeder stroke and speed")
    assert bench.read(again).verified_at is None


def test_whys_are_asked_moved_and_taken_out_in_one_order(bench: Bench):
    cause = bench.ask(bench.cause(), ("a", "1"), ("b", "2"), ("c", "3"))

    def texts() -> list[str]:
        return [why.text for why in bench.read(cause).whys]

    first = bench.read(cause).whys[0]
    bench.do(actions_whys.ask, cause.id, bench.read(cause).rev, text="a2", after=first.id)
    assert texts() == ["a", "a2", "b", "c"]
    bench.do(actions_whys.move, first.id, bench.read(cause).rev, up=False)
    assert texts() == ["a2", "a", "b", "c"]
    bench.do(actions_whys.take_out, first.id, bench.read(cause).rev)
    assert (texts(), [why.position for why in bench.read(cause).whys]) == (["a2", "b", "c"], [1, 2, 3])
    with pytest.raises(NotFound):
        bench.do(actions_whys.answer, first.id, bench.read(cause).rev, text="back")
    with bench.db.reading() as session:
        assert session.get_one(Why, first.id).text == "a"


def test_two_editors_of_one_chain_do_not_overwrite_each_other(bench: Bench):
    cause = bench.ask(bench.cause(), *CHAIN)
    read_at = cause.rev
    bench.do(actions_whys.ask, cause.id, read_at, text="one")
    with pytest.raises(Stale):
        bench.do(actions_whys.ask, cause.id, read_at, text="two")


def test_a_cause_moves_over_the_edge_of_its_bone_to_the_next(bench: Bench):
    one, two = bench.cause(category="man", text="one"), bench.cause(category="machine", text="two")
    bench.step(actions_causes.move, two, up=True)
    assert [(c.text, c.category, c.position) for c in (bench.read(one), bench.read(two))] == [
        ("one", "man", 1), ("two", "man", 2)]
    bench.step(actions_causes.move, two, up=True)
    assert bench.read(two).position == 1


def test_the_control_that_should_have_caught_it_belongs_to_escape(bench: Bench):
    with pytest.raises(Invalid, match="Only a cause of escape"):
        bench.step(actions_causes.describe, bench.cause(), control_unit_id=bench.plant.final)
    cause = bench.cause("escape")
    assert bench.step(actions_causes.describe, cause, control_unit_id=bench.plant.final).control_unit_id


def test_contributions_of_one_track_stay_within_the_whole(bench: Bench):
    one, two, other = bench.cause(), bench.cause(text="Oil"), bench.cause("escape")
    bench.step(actions_causes.describe, one, contribution_percent=70)
    bench.step(actions_causes.describe, other, contribution_percent=100)
    with pytest.raises(Invalid, match="110 %"):
        bench.step(actions_causes.describe, two, contribution_percent=40)


def test_a_cause_is_taken_out_unless_something_hangs_on_it(bench: Bench):
    loose, proven = bench.cause(), bench.verified()
    bench.step(actions_causes.take_out, loose)
    with bench.db.reading() as session:
        held = actions_causes.causes_of(session, bench.plant.auditor, bench.case.id)
        assert [cause.id for cause in held] == [proven.id]
    with pytest.raises(IllegalStep, match="it stays"):
        bench.step(actions_causes.take_out, proven)


def test_causes_are_worked_on_by_those_who_may_while_the_case_is_open(bench: Bench):
    with pytest.raises(NotAllowed):
        bench.do(actions_causes.add, bench.case.id, track="occurrence", category="man", text="x",
                 person=bench.plant.operator)
    bench.set(state="watching")
    with pytest.raises(IllegalStep, match="not changed any more"):
        bench.cause()
