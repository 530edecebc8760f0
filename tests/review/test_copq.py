"""What poor quality cost by class and month, worked out by hand; the currency and the closed month kept apart."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from qms.measures.cost import Posted, by_month, total
from qms.models.dispositions_costs import CostLine, CostMonth
from tests.review.scene import Scene
from tests.review.told import column, figure, opens, put, snapshot, table, value

CODE = "copq"
AT = datetime(2026, 6, 1, tzinfo=UTC)


def cost(scene: Scene, month: str, category: str, amount: str, currency: str = "CNY", *, approved: bool = True) -> None:
    """Post an amount."""
    put(scene, lambda session: session.add(CostLine(
        site_id=scene.plant.site, category=category, element="scrap", quantity=Decimal(1), measure="piece",
        rate=Decimal(amount), currency=currency, amount=Decimal(amount), period=month, posted_at=AT, posted_by_id=0,
        source="manual", approved_at=AT if approved else None)))


@pytest.fixture
def made(scene: Scene) -> Scene:
    """January and February, with 10.01 + 20.02 - 0.03 of scrap; last autumn 5; February is closed."""
    cost(scene, "2026-01", "internal_failure", "10.01")
    cost(scene, "2026-01", "internal_failure", "20.02", approved=False)
    cost(scene, "2026-01", "internal_failure", "-0.03")
    cost(scene, "2026-01", "prevention", "7.00")
    cost(scene, "2026-02", "external_failure", "99.99")
    cost(scene, "2025-10", "internal_failure", "5.00")
    put(scene, lambda session: session.add(CostMonth(
        site_id=scene.plant.site, period="2026-02", currency="CNY", prevention=Decimal("0.00"),
        appraisal=Decimal("0.00"), internal_failure=Decimal("0.00"), external_failure=Decimal("80.00"), lines=1,
        content_hash="0" * 64, closed_at=AT, closed_by_id=0)))
    return scene


def test_failures_inside_and_outside_beside_the_period_before(made: Scene):
    told = snapshot(made, CODE)
    assert value(told, "copq.internal_failure.CNY") == (Decimal("30.00"), 5)
    assert figure(told, "copq.internal_failure.CNY").before.value == Decimal("5.00")
    assert figure(told, "copq.external_failure.CNY").before.value == Decimal(0)


def test_a_closed_month_counts_as_it_was_frozen(made: Scene):
    told = snapshot(made, CODE)
    assert value(told, "copq.external_failure.CNY")[0] == Decimal("80.00")
    months = table(told, "months_CNY")
    assert column(months, "month") == ["2026-01", "2026-02"]
    assert column(months, "closed") == [False, True]
    assert column(months, "failures") == [Decimal("30.00"), Decimal("80.00")]
    assert column(months, "estimates") == [1, 0]
    assert "1 lines" in told.warned[0].en


def test_currencies_are_never_added_up(made: Scene):
    cost(made, "2026-01", "internal_failure", "1.00", "EUR")
    told = snapshot(made, CODE)
    assert value(told, "copq.internal_failure.CNY")[0] == Decimal("30.00")
    assert value(told, "copq.internal_failure.EUR")[0] == Decimal("1.00")
    assert figure(told, "copq.internal_failure.EUR").before.value is None
    assert "CNY, EUR" in told.warned[0].en


def test_nothing_posted_is_nothing(scene: Scene):
    assert snapshot(scene, CODE).is_empty


def test_every_path_opens(made: Scene, sign_in):
    assert len(opens(snapshot(made, CODE), sign_in)) == 4


def test_a_class_without_an_amount_has_none():
    months = by_month([Posted("2026-01", "appraisal", "CNY", Decimal(3)), Posted("2026-01", "appraisal", "CNY",
                                                                                 Decimal(4))])
    assert [(month.amounts, month.lines) for month in months] == [({"appraisal": Decimal(7)}, 2)]
    assert total(months, "CNY", ["appraisal", "prevention"]) == Decimal(7)
    assert total(months, "EUR", ["appraisal"]) is None
