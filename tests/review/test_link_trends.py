"""Paired trends: per customer what leads to it above what it says, by month; missing months stay empty."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from qms.models.chain import Unit
from qms.rules.accounts import SYSTEM
from qms.rules.measures import Period
from qms.rules.review_snapshots import Snapshot
from qms.workflows import review_link_months as told
from qms.workflows.review_scope import Scope
from tests.review.linking import cells, complained, lived, rejected, scoped, table
from tests.review.scene import Scene
from tests.review.test_pairings import paired


def link(scene: Scene) -> Snapshot:
    return scene.counted(scene.opened())["link"]


@pytest.fixture
def spring(scene: Scene) -> Scene:
    """April 9 of 10 lots, May nothing, June 8 of 10; PPM of April and May; a complaint in May; 3 pieces passed on."""
    lived(scene, [9, None, 8], [120, 95, None])
    complained(scene, at=datetime(2026, 5, 11, 4, tzinfo=UTC))
    rejected(scene, 3, origin=scene.plant.press, at_unit=scene.plant.weld, far="1", steps=1,
             at=datetime(2026, 6, 11, 4, tzinfo=UTC))
    return scene


def test_each_customer_has_its_months_with_what_leads_to_it_above_what_it_says(spring: Scene):
    held = table(link(spring), f"trend_{spring.plant.customer}")
    assert held.words.en.startswith("C01 Star Motors")
    assert cells(held, "month", "fta", "fta_n", "rejected_ppm", "escapes_ppm", "customer_ppm", "complaints") == [
        ("2026-04", 0.9, 10, 10000.0, 0.0, Decimal(120), None),
        ("2026-05", None, None, None, None, Decimal(95), 1),
        ("2026-06", 0.8, 10, 20000.0, 30000.0, None, 0)]
    assert [(chart.kind, chart.series) for chart in held.charts] == [
        ("line", ("fta",)), ("line", ("rejected_ppm", "escapes_ppm")), ("line", ("customer_ppm",)),
        ("line", ("complaints",))]
    assert "customer_index" not in [column.key for column in held.columns]


def test_a_customer_of_whom_nothing_is_known_has_no_table(scene: Scene):
    assert not [one for one in link(scene).tables if one.key.startswith("trend_")]
    paired(scene)
    assert not [one for one in link(scene).tables if one.key.startswith("trend_")]


def test_a_void_complaint_makes_no_trend(scene: Scene):
    complained(scene, state="void", void_reason="Twice")
    assert not [one for one in link(scene).tables if one.key.startswith("trend_")]


def test_a_month_that_is_not_over_says_nothing(scene: Scene):
    with scene.db.reading() as session:
        scope = scoped(scene, session)
        assert [bucket.label for bucket in told.months(scope)][-2:] == ["2026-05", "2026-06"]
        cut = Scope(scope.sites, Period(date(2026, 1, 1), date(2026, 6, 20), "month", "Asia/Shanghai"), scope.before)
        assert told.months(cut)[-1].label == "2026-05"
        ahead = Scope(scope.sites, Period(date(2098, 1, 1), date(2098, 12, 31), "month", "Asia/Shanghai"),
                      scope.before)
        assert not told.months(ahead)


def test_only_the_customers_of_whom_most_is_known_are_told_of_the_paired_ones_first(spring: Scene, monkeypatch):
    monkeypatch.setattr("qms.workflows.review_link_trends.MOST_CUSTOMERS", 1)
    with spring.db.transaction(SYSTEM, "tests.unit") as session:
        other = Unit(site_id=spring.plant.site, kind="customer", code="C02", name_zh="月光", name_en="Moon", path="")
        session.add(other)
        session.flush()
    complained(spring, customer_id=other.id)
    assert _told(spring) == [f"trend_{spring.plant.customer}"]
    paired(spring, customer_id=other.id)
    assert _told(spring) == [f"trend_{other.id}"]


def _told(scene: Scene) -> list[str]:
    return [one.key for one in link(scene).tables if one.key.startswith("trend_")]
