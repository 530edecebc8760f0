"""Numbers that are missing, what worries about a tablet, codes and PINs."""

from datetime import UTC, datetime, timedelta

import pytest

from qms.rules import badges
from qms.rules.devices import INCIDENTS, missing, ranges, sentence, told
from qms.rules.devices_worries import WORRIES, Health, is_offline, trouble, worries
from qms.rules.errors import Invalid

NOW = datetime(2026, 11, 20, 4, tzinfo=UTC)


@pytest.mark.parametrize(("first", "last", "here", "wanted"), [
    (1, 5, {1, 2, 3, 4, 5}, []),
    (1, 5, {1, 2, 5}, [(3, 4)]),
    (1, 5, set(), [(1, 5)]),
    (113, 120, {118, 119, 120, 7, 400}, [(113, 117)]),
    (3, 3, {3}, []),
    (6, 5, set(), []),
    (1, 2_000_000_000, {1_000_000_000}, [(1, 999_999_999), (1_000_000_001, 2_000_000_000)]),
])
def test_missing_numbers_are_those_between_first_and_last_that_are_not_here(first, last, here, wanted):
    assert missing(first, last, here) == wanted


def test_numbers_are_told_as_ranges():
    assert ranges([5, 113, 114, 115, 7, 6]) == [(5, 7), (113, 115)]
    assert told([(5, 7), (9, 9)]) == "5–7, 9"


@pytest.mark.parametrize("kind", INCIDENTS)
def test_every_incident_says_what_happened_in_both_languages(kind):
    words = sentence(kind, count=3, detail="113–115")
    assert words.en
    assert words.zh
    assert "3" in words.zh or "113" in words.zh


def test_an_emptied_tablet_of_unknown_count_says_so():
    assert "may be lost" in sentence("emptied", count=None, detail=None).en


def health(**changed):
    return Health(**{"seen_at": NOW, "persisted": True, "installed": True, "app_version": "a", **changed})


@pytest.mark.parametrize(("changed", "worry"), [
    ({"persisted": False}, "not_persisted"),
    ({"installed": False}, "not_installed"),
    ({"skew_ms": -120_001}, "clock"),
    ({"quota_percent": 80}, "quota"),
    ({"app_version": "b"}, "old_version"),
    ({"waiting": 51}, "waiting_many"),
    ({"attention": 1}, "attention"),
    ({"waiting": 1, "oldest_at": NOW - timedelta(hours=4, minutes=1)}, "waiting_long"),
    ({"waiting": 1, "seen_at": NOW - timedelta(hours=4, minutes=1)}, "silent"),
])
def test_what_is_wrong_with_a_tablet_is_named(changed, worry):
    assert worries(health(**changed), NOW, incidents=0, version="a") == (worry,)


@pytest.mark.parametrize("changed", [
    {}, {"persisted": None, "installed": None, "app_version": None}, {"skew_ms": 120_000}, {"quota_percent": 79},
    {"waiting": 50}, {"seen_at": NOW - timedelta(days=3)}, {"oldest_at": NOW - timedelta(days=3)},
])
def test_a_tablet_that_is_well_or_has_not_said_worries_nobody(changed):
    assert worries(health(**changed), NOW, incidents=0, version="a") == ()


def test_the_worst_tablet_comes_first():
    found = [(), ("clock",), ("incident",), ("incident", "clock"), ("old_version",)]
    assert sorted(found, key=trouble) == [("incident", "clock"), ("incident",), ("clock",), ("old_version",), ()]
    assert next(iter(WORRIES)) == "incident"


def test_a_tablet_is_offline_after_six_minutes():
    assert not is_offline(NOW - timedelta(minutes=6), NOW)
    assert is_offline(NOW - timedelta(minutes=6, seconds=1), NOW)


def test_a_badge_code_reads_the_same_however_it_is_typed():
    code = badges.new_badge_code()
    assert code.startswith("QB")
    assert len(code) == 18
    assert badges.normal(badges.grouped(code).lower()) == code
    wide = "".join(chr(ord(c) + 0xFEE0) for c in code)
    assert badges.normal(f" {wide}\r\n") == code
    assert badges.grouped("QB2345ABCD2345ABCD") == "QB 2345 ABCD 2345 ABCD"
    assert badges.grouped("2345ABCD2345") == "2345 ABCD 2345"


def test_codes_are_not_drawn_twice():
    assert len({badges.new_badge_code() for _ in range(1000)}) == 1000
    assert len({badges.new_enrolment_code() for _ in range(1000)}) == 1000


@pytest.mark.parametrize("pin", ["000000", "111111", "123456", "654321", "012345", "890123", "121212", "123123",
                                 "112112", "112211", "12345", "1234567", "", "12345a", "４８２９１３", "٤٨٢٩١٣",
                                 "48291 "])
def test_a_pin_that_is_easy_or_no_six_figures_is_refused(pin):
    with pytest.raises(Invalid):
        badges.check_pin(pin)


@pytest.mark.parametrize("pin", ["482913", "100200", "135791", "135790"])
def test_another_pin_is_taken(pin):
    badges.check_pin(pin)
