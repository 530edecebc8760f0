"""What the laws of rejections say, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from qms.rules import escapes
from qms.rules import rejections as rules
from qms.rules.accounts import Actor, Grant
from qms.rules.errors import IllegalStep, Invalid, Refused
from qms.rules.steps import step

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(("origin", "found", "way"), [
    (1, 1, [1]), (1, 2, [1, 2]), (1, 4, [1, 2, 3, 4]), (3, 1, None), (9, 4, None),
])
def test_distance_is_counted_along_the_route(origin: int, found: int, way: list[int] | None):
    assert escapes.along([1, 2, 3, 4], origin, found) == way


def test_an_operation_that_comes_twice_is_counted_from_its_last_time():
    assert escapes.along([1, 2, 1, 3], 1, 3) == [1, 3]


def test_without_a_route_the_shortest_way_along_the_links_counts():
    links = [(1, 2), (2, 3), (3, 4), (2, 4), (4, 2)]
    assert escapes.through(links, 1, 4) == [1, 2, 4]
    assert escapes.through(links, 4, 1) is None


@pytest.mark.parametrize(("steps", "where", "name"), [
    (0, {}, "0"), (1, {}, "1"), (2, {}, "2+"), (7, {}, "2+"), (None, {}, "unknown"),
    (3, {"final": True}, "F"), (0, {"final": True}, "0"), (None, {"final": True}, "F"),
    (4, {"outside": True}, "E0"), (None, {"outside": True}, "E0"), (4, {"outside": True, "in_field": True}, "EF"),
    (2, {"in_field": True}, "2+"),
])
def test_every_distance_has_its_class(steps: int | None, where: dict[str, bool], name: str):
    given = {"final": False, "outside": False, "in_field": False} | where
    assert escapes.escape_class(steps, **given) == name
    assert name in rules.ESCAPE_CLASSES


def test_the_origin_is_the_last_operation_that_produces():
    assert escapes.last_producing([1, 2, 3], 3, {3}) == 2
    assert escapes.last_producing([1, 2, 3], 3, {2, 3}) == 1
    assert escapes.last_producing([1, 2, 3], 2, {3}) == 2
    assert escapes.last_producing([1, 2, 3], 1, {1}) is None
    assert escapes.last_producing([], 9, {9}) is None


@pytest.mark.parametrize(("name", "change"), [
    ("kind", {"kind": "not_seen"}), ("severity", {"severity": "XX"}), ("source", {"source": "fax"}),
    ("quantity", {"quantity": 0}), ("quantity", {"quantity": 2**31}),
    ("found_at", {"found_at": NOON + timedelta(hours=1)}), ("found_at", {"found_at": NOON.replace(tzinfo=None)}),
])
def test_what_cannot_be_is_refused_by_field(name: str, change: dict):
    right = {"kind": "not_made", "quantity": 1, "severity": None, "source": "desk", "found_at": None, "now": NOON}
    rules.check_report(**right)
    with pytest.raises(Invalid) as refused:
        rules.check_report(**right | change)
    assert refused.value.field == name


def test_a_client_id_has_one_spelling():
    assert rules.check_client_id("{0B5CADF0-0000-4000-8000-000000000001}") == "0b5cadf0-0000-4000-8000-000000000001"
    with pytest.raises(Invalid) as refused:
        rules.check_client_id("twelve")
    assert refused.value.field == "client_id"


def test_r22_zero_is_an_answer_and_blank_is_not():
    rules.check_answer(suspect=0, checked=0, nonconforming=0, good=0)
    with pytest.raises(Invalid) as refused:
        rules.check_answer(suspect=0, checked=None, nonconforming=0, good=0)
    assert refused.value.field == "checked"


@pytest.mark.parametrize(("field", "answer"), [
    ("checked", {"suspect": 10, "checked": 5, "nonconforming": 1, "good": 5}),
    ("suspect", {"suspect": 4, "checked": 5, "nonconforming": 1, "good": 4}),
    ("good", {"suspect": 4, "checked": 4, "nonconforming": 5, "good": -1}),
])
def test_r22_an_answer_adds_up(field: str, answer: dict[str, int]):
    rules.check_answer(suspect=10, checked=5, nonconforming=1, good=4)
    with pytest.raises(Invalid) as refused:
        rules.check_answer(**answer)
    assert refused.value.field == field


def test_r43_a_reason_is_words():
    assert rules.check_reason("  wrong lot ") == "wrong lot"
    for nothing in (None, "", "   "):
        with pytest.raises(Refused) as refused:
            rules.check_reason(nothing)
        assert (refused.value.rule, refused.value.field) == ("R-43", "reason")


def test_r52_involved_is_who_works_in_is_limited_to_or_leads_the_unit():
    def person(*paths: str | None, role: str = "inspector") -> Actor:
        return Actor(id=1, name="x", grants=tuple(Grant(i, role, 1, p) for i, p in enumerate(paths)))

    assert rules.is_involved(person("3.7."), home=None, paths=["3.7.", "4."])
    assert rules.is_involved(person("3.7.9."), home=None, paths=["3.7."])
    assert rules.is_involved(person(None), home="4.2.", paths=["4."])
    assert rules.is_involved(person("3.", role="team_leader"), home=None, paths=["3.7."])
    assert not rules.is_involved(person("3."), home=None, paths=["3.7."])
    assert not rules.is_involved(person(None, role="team_leader"), home=None, paths=["3.7."])
    assert not rules.is_involved(person(None, "37."), home="5.", paths=["3.7.", "4."])


def test_states_are_left_only_by_their_steps():
    assert step(rules.STEPS, "held", "contain") == "contained"
    assert step(rules.STEPS, "contained", "release") == "closed"
    for state in ("closed", "void"):
        with pytest.raises(IllegalStep):
            step(rules.STEPS, state, "void")
    assert step(rules.ORIGIN_STEPS, "contested", "decide") == "decided"
    with pytest.raises(IllegalStep):
        step(rules.ORIGIN_STEPS, "assumed", "decide")
