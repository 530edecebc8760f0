"""Knows what is counted in which figure."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import event

from qms.measures.intervals import rate
from qms.rules.accounts import Actor, Grant
from qms.rules.errors import NotFound
from qms.rules.measures import Period
from qms.workflows import measures
from qms.workflows.measures_defects import made_defects, refused_defects
from qms.workflows.measures_escapes import Counted
from qms.workflows.measures_reporting import link_reporting, unit_reporting
from qms.workflows.measures_routes import routes_through
from tests.measures.records import NOON, found, handed

MARCH = Period(date(2026, 3, 1), date(2026, 3, 31), "week", "Asia/Shanghai")


@pytest.fixture
def written(db, plant):
    """Write records under one person, and give the session back for reading."""
    with db.transaction(plant.operator, "tests.measures") as session:
        yield session


def link(session, plant, link_id, period=MARCH):
    session.flush()
    return measures.link_figures(session, plant.auditor, link_id, period)


def unit(session, plant, unit_id, period=MARCH):
    session.flush()
    return measures.unit_figures(session, plant.auditor, unit_id, period)


def test_fta_counts_first_presentations_that_were_decided(written, plant):
    handed(written, plant, plant.press_weld, 100)
    handed(written, plant, plant.press_weld, 100, rejected=10)
    handed(written, plant, plant.press_weld, 90, presentation=2)
    handed(written, plant, plant.press_weld, 50, state="presented")
    handed(written, plant, plant.press_weld, 50, state="not_inspected")
    figures = link(written, plant, plant.press_weld)
    assert figures.handed.acceptance == rate(1, 2)
    assert (figures.handed.waiting, figures.handed.not_inspected) == (1, 1)


def test_fpy_leaves_out_rework_and_what_is_held_for_review(written, plant):
    handed(written, plant, plant.press_weld, 100, rejected=5, for_review=10)
    handed(written, plant, plant.press_weld, 50, rework=True)
    assert link(written, plant, plant.press_weld).handed.yielded == rate(85, 150)


def test_ppm_counts_rejected_pieces_of_every_receipt_but_none_held_for_review(written, plant):
    handed(written, plant, plant.press_weld, 100, rejected=5, for_review=10)
    handed(written, plant, plant.press_weld, 95, rejected=1, presentation=2)
    figures = link(written, plant, plant.press_weld)
    assert figures.handed.nonconforming == rate(6, 195)
    assert figures.handed.for_review == 10


def test_nothing_handed_over_is_no_figure(written, plant):
    figures = link(written, plant, plant.press_weld)
    assert figures.handed.acceptance.value is None
    assert figures.handed.nonconforming.value is None


def test_the_period_is_the_sites_days_last_included(written, plant):
    last_minute = datetime(2026, 3, 31, 15, 59, tzinfo=UTC)
    handed(written, plant, plant.press_weld, 10, at=last_minute)
    handed(written, plant, plant.press_weld, 10, at=last_minute + timedelta(minutes=1))
    assert link(written, plant, plant.press_weld).handed.lots == 1


def test_other_links_do_not_count(written, plant):
    handed(written, plant, plant.weld_paint, 10)
    assert link(written, plant, plant.press_weld).handed.lots == 0


def test_escape_and_containment_follow_from_where_it_was_found(written, plant):
    for steps, (unit_id, name, pieces) in enumerate(
        [(plant.press, "0", 60), (plant.weld, "1", 25), (plant.paint, "2+", 10), (plant.final, "F", 4)]
    ):
        found(written, plant, pieces, at_unit=unit_id, origin=plant.press, steps=steps, escape_class=name)
    found(written, plant, 1, at_unit=plant.customer, origin=plant.press, steps=4, escape_class="E0")
    made = unit(written, plant, plant.press).made
    assert made.containment == rate(60, 100)
    assert made.escape == rate(40, 100)
    assert made.distance.mean == pytest.approx(0.61)
    assert made.at_customer == Counted(1, 1)


def test_r34_only_settled_origins_count_and_others_are_counted_apart(written, plant):
    for state in ("assumed", "contested", "confirmed", "decided"):
        found(written, plant, 10, at_unit=plant.weld, origin=plant.press, steps=1, escape_class="1",
              origin_state=state)
    made = unit(written, plant, plant.press).made
    assert made.escape == rate(20, 20)
    assert made.assumed == Counted(2, 20)


def test_r36_what_a_unit_reports_of_its_own_work_worsens_none_of_its_figures(written, plant):
    handed(written, plant, plant.press_weld, 100, rejected=2)
    found(written, plant, 2, at_unit=plant.weld, origin=plant.press, steps=1, escape_class="1")
    before = unit(written, plant, plant.press)
    found(written, plant, 30, at_unit=plant.press, origin=plant.press, steps=0, escape_class="0", kind="not_made")
    after = unit(written, plant, plant.press)
    assert after.supplied == before.supplied
    assert after.made.escape.value < before.made.escape.value
    assert after.made.containment.value > before.made.containment.value
    assert after.seen == before.seen


def test_void_rejections_and_those_held_for_review_count_nowhere(written, plant):
    for more in ({"state": "void"}, {"for_review": True}):
        found(written, plant, 5, at_unit=plant.weld, origin=plant.press, steps=1, escape_class="1",
              link=plant.press_weld, **more)
    figures = unit(written, plant, plant.press)
    assert (figures.made.escape.n, figures.found) == (0, Counted())
    assert link(written, plant, plant.press_weld).refused == Counted()


def test_a_unit_missed_only_what_a_check_was_planned_for(written, plant):
    found(written, plant, 6, at_unit=plant.weld, origin=plant.press, steps=1, escape_class="1")
    found(written, plant, 3, at_unit=plant.paint, origin=plant.press, steps=2, escape_class="2+",
          passed=[(plant.weld, True)])
    found(written, plant, 8, at_unit=plant.paint, origin=plant.press, steps=2, escape_class="2+",
          passed=[(plant.weld, False)])
    seen = unit(written, plant, plant.weld).seen
    assert seen.detection == rate(6, 9)
    assert (seen.missed, seen.unplanned) == (Counted(1, 3), Counted(1, 8))


def test_what_passed_over_a_link_is_laid_to_that_link_only(written, plant):
    found(written, plant, 6, at_unit=plant.weld, origin=plant.press, steps=1, escape_class="1",
          link=plant.press_weld)
    found(written, plant, 3, at_unit=plant.final, origin=plant.press, steps=3, escape_class="F",
          passed=[(plant.weld, True), (plant.paint, True)])
    found(written, plant, 2, at_unit=plant.final, origin=plant.weld, steps=2, escape_class="F",
          passed=[(plant.paint, True)], origin_state="assumed")
    assert link(written, plant, plant.press_weld).seen.detection == rate(6, 9)
    weld_paint = link(written, plant, plant.weld_paint).seen
    assert weld_paint.detection == rate(0, 3)
    assert weld_paint.assumed == Counted(1, 2)
    assert link(written, plant, plant.paint_final).seen.found == Counted(1, 3)


def test_rty_multiplies_the_yields_of_the_operations_that_hand_over(written, plant):
    for link_id, good in ((plant.press_weld, 980), (plant.weld_paint, 970), (plant.paint_final, 995)):
        handed(written, plant, link_id, 1000, rejected=1000 - good)
    (route,) = routes_through(written, plant.weld, MARCH)
    assert route.rolled.value == pytest.approx(0.98 * 0.97 * 0.995)
    assert [step.unit.code for step in route.steps] == ["OP10", "OP20", "OP30"]
    assert route.end.code == "OP90"


def test_a_routing_has_no_rty_when_an_operation_has_no_figure(written, plant):
    handed(written, plant, plant.press_weld, 1000)
    handed(written, plant, plant.paint_final, 1000)
    (route,) = routes_through(written, plant.weld, MARCH)
    assert route.rolled.value is None
    assert [step.code for step in route.missing] == ["OP20"]


def test_a_routing_not_yet_in_force_is_left_out(written, plant):
    assert routes_through(written, plant.weld, Period(date(2025, 1, 1), date(2025, 2, 1), "week", "UTC")) == []


def test_the_chart_has_a_point_for_every_week_and_a_gap_where_nothing_was_handed_over(written, plant):
    handed(written, plant, plant.press_weld, 100, rejected=100)
    handed(written, plant, plant.press_weld, 100, at=NOON + timedelta(weeks=2))
    written.flush()
    lots = measures.control_chart(written, [plant.press_weld], MARCH, "lots").chart
    assert [(p.label, p.count, p.size) for p in lots.points] == [
        ("2026-W09", 0, 0), ("2026-W10", 1, 1), ("2026-W11", 0, 0), ("2026-W12", 0, 1), ("2026-W13", 0, 0),
        ("2026-W14", 0, 0),
    ]
    pieces = measures.control_chart(written, [plant.press_weld], MARCH, "pieces").chart
    assert pieces.centre == 0.5
    assert pieces.provisional


def test_a_unit_is_charted_over_all_its_links_of_a_side(written, plant):
    handed(written, plant, plant.press_weld, 100)
    handed(written, plant, plant.weld_paint, 50)
    written.flush()
    assert list(measures.links_of(written, plant.weld, "customer")) == [plant.press_weld]
    assert list(measures.links_of(written, plant.weld, "supplier")) == [plant.weld_paint]
    assert unit(written, plant, plant.weld).received.pieces == 100
    assert unit(written, plant, plant.weld).supplied.pieces == 50


def test_defects_refused_at_a_link_are_ranked_with_uncoded_ones_last(written, plant):
    for defect, pieces in ((plant.scratch, 5), (None, 50), (plant.burr, 20), (plant.scratch, 4)):
        found(written, plant, pieces, at_unit=plant.weld, origin=plant.press, link=plant.press_weld, defect=defect,
              origin_state="assumed")
    written.flush()
    ranking = refused_defects(written, link(written, plant, plant.press_weld).link, MARCH, "pieces")
    assert [(row.defect.code if row.defect else None, row.bar.weight) for row in ranking.bars] == [
        ("D01", 20), ("D02", 9), (None, 50),
    ]
    by_records = refused_defects(written, link(written, plant, plant.press_weld).link, MARCH, "records")
    assert [row.defect.code for row in by_records.bars if row.defect] == ["D02", "D01"]
    assert ranking.counted == Counted(4, 79)


def test_r34_defects_a_unit_made_are_ranked_by_what_is_confirmed(written, plant):
    found(written, plant, 5, at_unit=plant.weld, origin=plant.press, defect=plant.burr)
    found(written, plant, 3, at_unit=plant.press, origin=plant.press, defect=plant.burr, escape_class="0", steps=0)
    found(written, plant, 99, at_unit=plant.weld, origin=plant.press, defect=plant.scratch, origin_state="assumed")
    ranking = made_defects(written, unit(written, plant, plant.press).unit, MARCH, "pieces")
    assert [(row.defect.code, row.counted.pieces, row.assumed.pieces, row.own.pieces) for row in ranking.bars] == [
        ("D01", 8, 0, 3), ("D02", 0, 99, 0),
    ]
    assert ranking.bars[0].bar.cumulative == 1


def reported_in(written, plant, at, *, reports, later):
    handed(written, plant, plant.press_weld, 10_000, at=at)
    for _ in range(reports):
        found(written, plant, 1, at_unit=plant.weld, origin=plant.press, steps=1, escape_class="1",
              link=plant.press_weld, at=at)
    for _ in range(later):
        found(written, plant, 1, at_unit=plant.paint, origin=plant.press, steps=2, escape_class="2+",
              passed=[(plant.weld, True)], at=at)


def test_fewer_reports_without_fewer_escapes_are_flagged(written, plant):
    reported_in(written, plant, NOON - timedelta(days=20), reports=12, later=2)
    reported_in(written, plant, NOON, reports=2, later=3)
    side_by_side = link_reporting(written, plant.auditor, link(written, plant, plant.press_weld), MARCH)
    assert (side_by_side.reports.events, side_by_side.reports_before.events) == (2, 12)
    assert (side_by_side.later.events, side_by_side.later.exposure) == (3, 10_000)
    assert side_by_side.fell
    assert unit_reporting(written, plant.auditor, unit(written, plant, plant.weld), MARCH).fell


def test_fewer_reports_with_fewer_escapes_are_not_flagged(written, plant):
    reported_in(written, plant, NOON - timedelta(days=20), reports=12, later=3)
    reported_in(written, plant, NOON, reports=2, later=1)
    assert not link_reporting(written, plant.auditor, link(written, plant, plant.press_weld), MARCH).fell


def test_the_overview_agrees_with_the_pages_of_each_link_and_unit(written, plant):
    reported_in(written, plant, NOON, reports=3, later=2)
    handed(written, plant, plant.weld_paint, 100, rejected=7)
    shown = measures.overview(written, plant.auditor, plant.site, MARCH)
    assert [figures.link.id for figures in shown.links] == [
        plant.press_weld, plant.weld_paint, plant.paint_final, plant.final_customer,
    ]
    for figures in shown.links:
        alone = link(written, plant, figures.link.id)
        assert (figures.handed, figures.refused, figures.seen) == (alone.handed, alone.refused, alone.seen)
    for figures in shown.units:
        alone = unit(written, plant, figures.unit.id)
        assert (figures.supplied, figures.received, figures.made) == (alone.supplied, alone.received, alone.made)
        assert (figures.seen, figures.found) == (alone.seen, alone.found)
    assert shown.handed.received == 10_100
    assert shown.passed_on == Counted(5, 5)
    assert shown.reports.events == 5


def test_the_overview_asks_the_database_a_fixed_number_of_times(written, plant):
    reported_in(written, plant, NOON, reports=3, later=2)
    written.flush()
    asked = []

    def count(_connection, _cursor, statement, *_more):
        asked.append(statement)

    engine = written.connection().engine
    event.listen(engine, "before_cursor_execute", count)
    measures.overview(written, plant.auditor, plant.site, MARCH)
    event.remove(engine, "before_cursor_execute", count)
    assert 0 < len(asked) <= 10


def test_the_latest_record_of_a_site_or_link_is_known(written, plant):
    handed(written, plant, plant.press_weld, 10, at=NOON)
    found(written, plant, 1, at_unit=plant.weld, origin=None, at=NOON + timedelta(days=3))
    written.flush()
    assert measures.latest(written, plant.site) == NOON + timedelta(days=3)
    assert measures.latest(written, plant.site, [plant.press_weld]) == NOON
    assert measures.latest(written, plant.site, [plant.weld_paint]) is None


def test_another_sites_figures_are_not_there(written, plant):
    stranger = Actor(id=1, name="Stranger", grants=(Grant(1, "auditor", site_id=plant.site + 1),))
    for ask in (
        lambda: measures.overview(written, stranger, plant.site, MARCH),
        lambda: measures.link_figures(written, stranger, plant.press_weld, MARCH),
        lambda: measures.unit_figures(written, stranger, plant.press, MARCH),
        lambda: measures.one_unit(written, plant.auditor, 10**17),
    ):
        with pytest.raises(NotFound):
            ask()
    assert measures.sites(written, stranger) == []
