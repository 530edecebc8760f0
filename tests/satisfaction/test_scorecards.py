"""Scorecards: two parts beside each other, counted from the records of the period, told with n and interval."""

from datetime import date
from typing import Any

import pytest

from qms.db import Database
from qms.models.chain import Link, Site
from qms.rules.errors import NotFound
from qms.rules.measures import Period
from qms.rules.satisfaction_scorecards import BANDS, band, change
from qms.workflows import satisfaction_scorecards as scorecards
from qms.workflows import service_requests
from qms.workflows.satisfaction_scorecards_map import link_scores
from tests.dispositions.costs import Books
from tests.plant import Plant
from tests.rejections.cases import person_in_unit
from tests.satisfaction.scene import Scene
from tests.satisfaction.settling import Settled
from tests.service.desk import Desk
from tests.service.scene_complaints import Scene as Complaints

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31), "month", "Asia/Shanghai")
APRIL = Period(date(2026, 4, 1), date(2026, 4, 30), "month", "Asia/Shanghai")


@pytest.fixture
def books(db: Database, plant: Plant) -> Settled:
    return Settled(db, plant, person_in_unit(db, "finance", "finance", None))


def link_card(books: Books, period: Period = MARCH, link: str = "press_weld") -> Any:
    with books.db.reading() as session:
        return scorecards.link_card(session, books.plant.auditor, getattr(books.plant, link), period)[0]


def unit_card(books: Books, unit: str = "press", period: Period = MARCH) -> Any:
    with books.db.reading() as session:
        return scorecards.unit_card(session, books.plant.auditor, getattr(books.plant, unit), period)


def test_routine_performance_is_first_time_acceptance_of_the_link(books: Settled):
    for accepted, rejected in ((100, 0), (100, 0), (90, 10)):
        books.handed(accepted, rejected)
    card = link_card(books)
    assert (card.now.acceptance.numerator, card.now.acceptance.n) == (2, 3)
    assert card.now.acceptance.low is not None
    assert card.before.acceptance.value is None


def test_promises_kept_and_ratings_are_those_of_the_links_customer(db: Database, plant: Plant, books: Settled):
    desk = Desk(db, plant).with_shift()
    promise = desk.published()
    done = desk.done(promise)
    desk.judged(service_requests.confirm, done, rating=5, words=None)
    desk.asked(promise)
    card = link_card(books)
    assert (card.now.kept.numerator, card.now.kept.n, card.now.asked.requests) == (1, 1, 2)
    assert (card.now.ratings.n, card.now.ratings.mean) == (1, 5.0)
    assert link_card(books, APRIL).now.asked.requests == 0
    assert link_card(books, APRIL).before.asked.requests == 2


def test_r33_a_complaint_counts_once_it_is_accepted_and_not_when_refused(db: Database, plant: Plant, books: Settled):
    scene = Complaints(db, plant)
    scene.accepted()
    scene.refused(matter="Too little oil")
    assert link_card(books).now.complaints == 1
    assert unit_card(books)[0].now.complaints == 1
    assert unit_card(books, "weld")[0].now.complaints == 0


def test_r37_perceived_satisfaction_is_what_was_published_and_what_is_hidden_stays_hidden(scene: Scene, books: Settled):
    plant = scene.plant
    survey = scene.opened()
    scene.answered(survey, {plant.press_weld: 8, plant.weld_paint: 8}, value=4)
    assert link_card(books).now.survey is None
    scene.published(survey)
    told = link_card(books).now
    assert (told.perceived.n, told.perceived.index) == (8, 75.0)
    few = scene.opened(name_en="Second", name_zh="第二次")
    scene.answered(few, {plant.press_weld: 3, plant.weld_paint: 3})
    scene.published(few)
    hidden = link_card(books).now
    assert hidden.survey.is_hidden
    assert hidden.perceived is None


def test_both_directions_of_a_mutual_link_are_shown(books: Settled, plant: Plant):
    with books.db.transaction(plant.quality_manager, "tests.link") as session:
        session.add(Link(site_id=plant.site, supplier_id=plant.weld, customer_id=plant.press, kind="function",
                         output_zh="反馈", output_en="Feedback"))
    with books.db.reading() as session:
        card, back = scorecards.link_card(session, plant.auditor, plant.press_weld, MARCH)
    assert [each.of.output_en for each in back] == ["Feedback"]
    assert card.of.id == plant.press_weld


def test_a_unit_is_scored_as_supplier_and_shows_what_it_receives(books: Settled):
    books.handed(100)
    card, given, taken = unit_card(books, "weld")
    assert card.now.acceptance.n == 0
    assert [c.of.id for c in given] == [books.plant.weld_paint]
    assert [c.now.acceptance.n for c in taken] == [1]


def test_the_overview_leaves_out_what_has_no_figure_in_either_period(books: Settled, plant: Plant):
    books.handed(100)
    with books.db.reading() as session:
        now = scorecards.overview(session, plant.auditor, plant.site, MARCH)
        later = scorecards.overview(session, plant.auditor, plant.site, APRIL)
        much_later = scorecards.overview(session, plant.auditor, plant.site, Period(
            date(2027, 1, 1), date(2027, 1, 31), "month", "Asia/Shanghai"))
    assert [card.of.id for card in now.links] == [card.of.id for card in later.links] == [plant.press_weld]
    assert [card.of.id for card in now.units] == [plant.press]
    assert not much_later.links
    assert not much_later.units


def test_a_site_the_person_may_not_see_has_no_scorecard(books: Settled, plant: Plant):
    with books.db.reading() as session, pytest.raises(NotFound):
        scorecards.link_card(session, plant.admin, plant.press_weld, MARCH)


@pytest.mark.parametrize(("before", "now", "told"), [
    ((0.5, 0.6), (0.7, 0.8), "better"), ((0.7, 0.8), (0.5, 0.6), "worse"), ((0.5, 0.7), (0.6, 0.8), "unclear"),
    ((None, None), (0.5, 0.6), None),
])
def test_a_change_is_told_only_where_the_intervals_do_not_overlap(before, now, told):
    assert change(before, now) == told
    assert change(before, now, higher_is_better=False) == {"better": "worse", "worse": "better"}.get(told, told)


def test_each_band_begins_where_it_says_and_none_is_no_figure():
    for by, bands in BANDS.items():
        assert [band(by, each.least) for each in bands] == list(bands)
        assert band(by, None).tone == "void"


def test_the_map_is_coloured_by_a_figure_that_the_person_may_see(books: Settled, plant: Plant):
    books.handed(100)
    with books.db.transaction(plant.auditor, "tests.read", clock=lambda: books.at) as session:
        site = session.get_one(Site, plant.site)
        scores = link_scores(session, plant.auditor, site, "acceptance")
        assert scores is not None
        assert link_scores(session, plant.auditor, site, "") is None
        assert link_scores(session, plant.admin, site, "acceptance") is None
        assert link_scores(session, plant.auditor, site, "perceived") == {}
