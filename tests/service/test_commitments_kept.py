"""How promises are kept: per commitment and unit, on the page and on the public board."""

import hashlib
from datetime import timedelta

import pytest

from qms.measures.service import kept_rate, nearest_rank
from qms.models.chain import Site
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.settings import Settings
from qms.views import boards
from qms.workflows import service_commitments_kept, service_requests
from tests.service.desk import Desk


@pytest.fixture(autouse=True)
def _nothing_drawn():
    boards._drawn.clear()


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The plant as it is now."""
    desk.at = utc_now() - timedelta(days=20)
    return desk


def lines(desk: Desk, by=service_commitments_kept.by_commitment) -> list:
    last = utc_now().date() + timedelta(days=1)
    with desk.db.reading() as session:
        site = session.get_one(Site, desk.plant.site)
        return by(session, desk.plant.auditor, site, last - timedelta(days=60), last, utc_now())


def test_a_percentile_is_by_nearest_rank():
    assert [nearest_rank([15, 20, 35, 40, 50], p) for p in (5, 30, 40, 50, 100)] == [15, 20, 20, 35, 50]
    assert nearest_rank([], 50) is None
    with pytest.raises(ValueError, match="percentile"):
        nearest_rank([1], 0)


def test_r38_a_rate_has_its_n_and_interval_and_nothing_counted_has_none():
    held = kept_rate(8, 2)
    assert (held.n, round(held.low or 0, 4), round(held.high or 0, 4)) == (10, 0.4902, 0.9433)
    assert kept_rate(0, 0).value is None


def test_what_is_late_is_missed_before_it_is_done_and_what_runs_in_time_is_neither(desk: Desk):
    held = desk.published()
    desk.done(held)
    desk.taken(held)
    desk.at = utc_now()
    desk.asked(held)
    [line] = lines(desk)
    kept = line.kept
    assert (kept.rate.numerator, kept.rate.n, kept.open, kept.timed, kept.median) == (1, 2, 1, 1, 0)


def test_a_refusal_is_shown_and_counts_in_neither_way(desk: Desk):
    held = desk.asked()
    desk.served(service_requests.refuse, held, reason="Not our die")
    [line] = lines(desk)
    assert (line.kept.rate.n, line.kept.refused) == (0, 1)


def test_quality_nobody_judged_is_neither_kept_nor_missed(desk: Desk):
    held = desk.published(kind="quality")
    desk.done(held)
    [line] = lines(desk)
    assert (line.kept.rate.n, line.kept.unjudged) == (0, 1)


def test_a_promise_is_that_of_who_made_it_whoever_served_it(desk: Desk):
    held = desk.taken()
    desk.served(service_requests.pass_on, held, to_id=desk.plant.quality, reason="x")
    [line] = lines(desk, service_commitments_kept.by_unit)
    assert (line.record.id, line.kept.passed, line.kept.rate.n) == (desk.plant.press, 1, 1)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_and_the_board_are_shown_in_both_languages(desk: Desk, sign_in, page, language: str):
    browser = sign_in("auditor", language)
    for address in ("/service/commitments/kept", "/boards/commitments"):
        page(browser, address)
    held = desk.published()
    boards._drawn.clear()
    none = {"zh": "尚无请求", "en": "no requests yet"}[language]
    for address in ("/service/commitments/kept", "/boards/commitments"):
        assert none in page(browser, address).text
    desk.done(held)
    desk.taken(held)
    boards._drawn.clear()
    for address in ("/service/commitments/kept", "/boards/commitments"):
        assert "50.0%" in page(browser, address).text
    page(browser, "/service/commitments/kept?first=2026-01-01&last=2026-01-31")


def test_the_board_answers_304_while_it_is_as_it_was(desk: Desk, sign_in):
    desk.published()
    browser, address = sign_in("auditor"), f"/boards/commitments/now?site={desk.plant.site}"
    first = browser.get(address)
    assert first.status_code == 200
    assert browser.get(address, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert first.headers["ETag"].strip('"') == hashlib.sha256(first.get_data()).hexdigest()[:32]


def test_a_stranger_sees_the_board_only_on_a_network_that_the_setting_opens(desk: Desk, app, page):
    desk.published()
    stranger = app.test_client()
    assert stranger.get("/boards/commitments").status_code == 302
    held = app.extensions["qms.settings"]
    app.extensions["qms.settings"] = held.model_copy(update={"board_networks": "10.0.0.0/8, 127.0.0.0/24"})
    assert "Die repair" in page(stranger, "/boards/commitments?language=en").text
    assert stranger.get(f"/boards/commitments/now?site={desk.plant.site}").status_code == 200
    assert stranger.get("/boards/andon").status_code == 302
    assert stranger.get("/service/commitments/").status_code == 302
    app.extensions["qms.settings"] = held.model_copy(update={"board_networks": "10.0.0.0/8"})
    assert stranger.get("/boards/commitments").status_code == 302


def test_a_setting_that_is_no_network_is_refused_at_the_start():
    assert Settings(board_networks="10.0.0.0/8").opens_boards_to("10.2.3.4")
    assert not Settings().opens_boards_to("127.0.0.1")
    with pytest.raises(ValueError, match="not appear to be"):
        Settings(board_networks="10.0.0.0/99")


def test_whoever_may_not_see_the_site_sees_no_board(desk: Desk, sign_in, page):
    page(sign_in("admin"), "/boards/commitments", status=403)
    assert SYSTEM.may("service.view")
