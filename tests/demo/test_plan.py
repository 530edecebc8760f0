"""What is planned for the demo plant, without a database."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from qms.demo.flows import legs
from qms.demo.happenings import Happening
from qms.demo.links import LINKS, WITHOUT_STANDARD
from qms.demo.people import CREWS, PEOPLE
from qms.demo.plan import planned
from qms.demo.products import DEFECTS, ITEMS
from qms.demo.shifts import Calendar
from qms.demo.standards import STANDARDS
from qms.demo.units import UNITS, ZONE

UNTIL = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
REFUSED = {"partly_accept", "reject"}


@pytest.fixture(scope="module")
def happenings() -> list[Happening]:
    return planned(UNTIL, 26)


def test_the_same_end_gives_the_same_plan(happenings):
    assert planned(UNTIL, 26) == happenings


def test_nothing_happens_out_of_order_or_after_the_end(happenings):
    times = [h.at for h in happenings]
    assert times == sorted(times)
    assert times[-1] <= UNTIL


def test_nobody_works_on_a_sunday_or_at_night(happenings):
    local = [h.at.astimezone(ZoneInfo(ZONE)) for h in happenings]
    assert not [at for at in local if at.weekday() == 6 or at.hour < 8]


@pytest.mark.parametrize("day", range(7))
@pytest.mark.parametrize("hour", [1, 8, 15, 22])
def test_on_every_day_of_loading_something_is_new_and_something_waits(day: int, hour: int):
    until = datetime(2026, 11, 16, hour, 20, tzinfo=UTC) + timedelta(days=day)
    past = planned(until, 26)
    decided = {h.key for h in past if h.verb in {"accept", *REFUSED}}
    waiting = [h.facts["link"][1] for h in past if h.verb == "present" and h.key not in decided]
    assert waiting.count("OP60") >= 2
    assert len(waiting) >= 6
    assert [h for h in past if h.verb in {"report", *REFUSED} and h.at > until - timedelta(hours=48)]
    assert {"contest", "decide", "void", "ask"} <= {h.verb for h in past}


def test_spot_welding_deteriorates_in_month_4_and_is_mended_in_month_5(happenings):
    def refused_share(first: float, last: float) -> float:
        calendar = Calendar(26, UNTIL)
        start, end = (calendar.halves[calendar.half_at(share)].begins_at for share in (first, last))
        over = [h for h in happenings if h.key.endswith("/1") and h.lot[:2] == "SB" and start <= h.at < end
                and h.verb in {"accept", *REFUSED} and not h.lot.startswith("SB310")]
        return sum(h.verb in REFUSED for h in over) / len(over)

    assert refused_share(0.0, 0.5) < 0.08
    assert refused_share(0.5, 0.68) > 0.3
    assert refused_share(0.72, 1.0) < 0.15


def test_clogged_threads_reach_the_customer_only_until_they_are_gauged(happenings):
    gauged_at = next(h.at for h in happenings if h.verb == "approve")
    clogged = [h for h in happenings if h.verb == "report" and h.facts.get("defect") == "E03"
               and h.facts["found"].startswith("C")]
    assert len([h for h in clogged if h.at < gauged_at]) >= 3
    assert not [h for h in clogged if h.at > gauged_at + timedelta(days=14)]


def test_coating_stops_reporting_its_own_work_while_as_much_is_found_after_it(happenings):
    def per_hand_over(days: tuple[int, int], verb: str) -> float:
        since, before = (UNTIL - timedelta(days=d) for d in days)
        of_coating = [h for h in happenings if since <= h.at < before and h.verb == verb
                      and h.facts.get("found", h.facts.get("link", ("",))[0]) == "OP50"]
        return len(of_coating)

    silent, before = (33, 5), (180, 33)
    assert per_hand_over(silent, "report") / per_hand_over(silent, "present") < 0.02
    assert per_hand_over(before, "report") / per_hand_over(before, "present") > 0.06


def test_first_time_acceptance_of_each_link_is_credible(happenings):
    first: dict[str, list[bool]] = {}
    link_of = {h.key: h.facts["link"] for h in happenings if h.verb == "present" and not h.facts.get("previous")}
    for h in happenings:
        if h.verb in {"accept", *REFUSED} and h.key in link_of:
            first.setdefault("-".join(link_of[h.key]), []).append(h.verb == "accept")
    busy = {link: sum(good) / len(good) for link, good in first.items() if len(good) >= 60}
    assert len(busy) >= 8
    assert not {link: share for link, share in busy.items() if link != "OP30-OP50" and not 0.92 <= share <= 1.0}
    assert sum(share < 1 for share in busy.values()) >= 6


def test_the_tables_refer_to_each_other():
    codes = {unit.code for unit in UNITS}
    flows = {(link.supplier, link.customer) for link in LINKS if link.kind == "operation" and not link.proposed}
    standards = {(s.supplier, s.customer) for s in STANDARDS}
    assert {end for link in LINKS for end in (link.supplier, link.customer)} <= codes
    assert flows - standards == {WITHOUT_STANDARD}
    assert {leg for item in ITEMS for leg in legs(item.code)} <= flows
    assert {a.defect for s in STANDARDS for a in (*s.asked, *s.added)} <= {defect.code for defect in DEFECTS}
    assert {login for crew in CREWS.values() for login in crew} <= {person.login for person in PEOPLE}


def test_the_plant_has_what_a_plant_of_its_kind_has():
    kinds = [unit.kind for unit in UNITS]
    assert kinds.count("operation") >= 12
    assert kinds.count("department") >= 8
    assert kinds.count("customer") == kinds.count("supplier") == 3
    assert {link.kind for link in LINKS} == {"rank_condition", "rank_task", "function", "operation", "process"}
    pairs = {(link.supplier, link.customer) for link in LINKS}
    assert [pair for pair in pairs if pair[::-1] in pairs]
