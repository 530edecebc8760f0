"""The flow from origin to detection with pieces and cost, counted by hand."""

from decimal import Decimal

import pytest

from qms.models.customers_complaints import CustomerComplaint
from qms.models.dispositions_costs import CostLine
from qms.models.rejections import Rejection
from qms.rules.accounts import SYSTEM
from qms.rules.review_snapshots import Snapshot
from tests.review.linking import cells, complained, figure, rejected, table
from tests.review.scene import Scene


def link(scene: Scene) -> Snapshot:
    return scene.counted(scene.opened())["link"]


def cost(scene: Scene, held: Rejection | CustomerComplaint, amount: str, currency: str = "CNY") -> None:
    source = "rejection_id" if isinstance(held, Rejection) else "complaint_id"
    with scene.db.transaction(SYSTEM, "tests.cost") as session:
        session.add(CostLine(
            site_id=scene.plant.site, **{source: held.id}, category="internal_failure", element="scrap",
            quantity=Decimal(1), measure="piece", rate=Decimal(amount), currency=currency, amount=Decimal(amount),
            period="2026-03", posted_at=scene.at, posted_by_id=scene.plant.quality_engineer.id, source="manual"))


@pytest.fixture
def spring(scene: Scene) -> Scene:
    """60 pieces found at the press, 25 at weld, 10 at paint, 4 at the end, 1 in the field; 5 with an assumed origin."""
    plant = scene.plant
    cost(scene, rejected(scene, 60, origin=plant.press, at_unit=plant.press, far="0", steps=0), "120.10")
    cost(scene, rejected(scene, 25, origin=plant.press, at_unit=plant.weld, far="1", steps=1), "80.20")
    rejected(scene, 10, origin=plant.weld, at_unit=plant.paint, far="1", steps=1)
    rejected(scene, 4, origin=plant.weld, at_unit=plant.final, far="F", steps=2)
    cost(scene, rejected(scene, 1, origin=plant.press, at_unit=plant.customer, far="EF", steps=4), "900")
    rejected(scene, 5, origin=plant.paint, at_unit=plant.final, far="F", steps=1, state="assumed")
    return scene


def test_each_flow_has_its_pieces_and_cost_and_assumed_origins_are_left_out(spring: Scene):
    told = link(spring)
    assert cells(table(told, "flow"), "origin", "found", "records", "pieces", "cost_CNY") == [
        ("OP10 Press", "0: self-found at origin", 1, 60, Decimal("120.10")),
        ("OP10 Press", "1: found by the next operation", 1, 25, Decimal("80.20")),
        ("OP20 Weld", "1: found by the next operation", 1, 10, None),
        ("OP20 Weld", "F: found at final inspection", 1, 4, None),
        ("OP10 Press", "EF: found in the field", 1, 1, Decimal("900.00"))]
    chart, = table(told, "flow").charts
    assert (chart.kind, chart.x, chart.series) == ("flow", "origin", ("found", "pieces"))
    unsettled = figure(told, "link.unsettled")
    assert (unsettled.now.value, unsettled.now.n) == (1, 6)
    assert told.warned[0].en == "Rejections without a confirmed origin, in none of these flows (R-34): 1 (5 pieces)."


def test_the_shares_follow_from_the_stages(spring: Scene):
    told = link(spring)
    assert cells(table(told, "stages"), "found", "pieces", "outside", "cost_CNY") == [
        ("0: self-found at origin", 60, 0, Decimal("120.10")),
        ("1: found by the next operation", 35, 0, Decimal("80.20")), ("F: found at final inspection", 4, 0, None),
        ("EF: found in the field", 1, 1, Decimal("900.00"))]
    assert (figure(told, "link.outside").now.value, figure(told, "link.outside").now.n) == (0.01, 100)
    assert figure(told, "link.contained").now.value == 0.6
    assert figure(told, "link.outside").before.value is None


def test_a_complaint_counts_once_by_itself_or_by_its_rejection(scene: Scene):
    plant = scene.plant
    at_customer = rejected(scene, 7, origin=plant.final, at_unit=plant.customer, far="E0", steps=1)
    sorted_here = rejected(scene, 9, origin=plant.final, at_unit=plant.final, far="0", steps=0)
    complained(scene, origin=plant.final, passed=(), rejection_id=at_customer.id)
    complained(scene, origin=plant.final, passed=(), rejection_id=sorted_here.id)
    complained(scene, origin=plant.final, passed=(), place="field")
    complained(scene, origin=plant.final, passed=(), place=None)
    complained(scene)
    assert cells(table(link(scene), "flow"), "found", "records", "pieces") == [
        ("E0: found at the customer's line", 2, 10), ("0: self-found at origin", 1, 9),
        ("EF: found in the field", 1, 3)]


def test_two_currencies_are_never_added(scene: Scene):
    held = rejected(scene, 60, origin=scene.plant.press, at_unit=scene.plant.press, far="0", steps=0)
    cost(scene, held, "120")
    cost(scene, held, "20", "EUR")
    assert cells(table(link(scene), "flow"), "cost_CNY", "cost_EUR") == [(Decimal("120.00"), Decimal("20.00"))]


def test_what_a_complaint_cost_goes_with_its_flow(scene: Scene):
    plant = scene.plant
    at_customer = rejected(scene, 7, origin=plant.final, at_unit=plant.customer, far="E0", steps=1)
    cost(scene, at_customer, "50")
    cost(scene, complained(scene, origin=plant.final, passed=(), rejection_id=at_customer.id), "30.30")
    cost(scene, complained(scene, origin=plant.press, passed=(), place="field", quantity_confirmed=None), "400")
    cost(scene, complained(scene), "1")
    assert cells(table(link(scene), "flow"), "origin", "found", "records", "pieces", "cost_CNY") == [
        ("OP90 Final check", "E0: found at the customer's line", 1, 7, Decimal("80.30")),
        ("OP10 Press", "EF: found in the field", 1, 0, Decimal("400.00"))]
