"""Measures month by month: a site, a unit, a link, what leads to an outside customer; figures counted by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from qms.models.acceptance import Handover
from qms.models.rejections import Rejection
from qms.models.review import Review
from qms.rules.accounts import SYSTEM
from qms.rules.errors import Invalid
from qms.rules.measures import Period
from qms.rules.review_measures import MEASURES, check_objective, reaches
from qms.rules.review_snapshots import Estimate
from qms.workflows import review_series as told
from qms.workflows.review_scope import Scope, scope_of
from tests.review.scene import Scene


def handed(scene: Scene, month: int, accepted: int, rejected: int = 0, *, link: str = "press_weld") -> None:
    at = datetime(2026, month, 10, 4, tzinfo=UTC)
    ends = {"press_weld": (scene.plant.press, scene.plant.weld), "weld_paint": (scene.plant.weld, scene.plant.paint),
            "final_customer": (scene.plant.final, scene.plant.customer)}[link]
    with scene.db.transaction(SYSTEM, "tests.handover") as session:
        serial = (session.scalar(select(func.max(Handover.serial))) or 0) + 1
        session.add(Handover(
            site_id=scene.plant.site, year=2026, serial=serial, number=f"HO-{serial}",
            link_id=getattr(scene.plant, link), supplier_id=ends[0], customer_id=ends[1], item_id=scene.plant.item,
            lot_id=scene.plant.lot, accepted=accepted, rejected=rejected, quantity=accepted + rejected,
            state="accepted" if not rejected else "partly_accepted", self_check="ok",
            presented_by_id=scene.plant.operator.id, presented_at=at, decided_at=at))


def refused(scene: Scene, month: int, pieces: int, *, state: str = "confirmed", far: str = "1") -> None:
    at = datetime(2026, month, 11, 4, tzinfo=UTC)
    with scene.db.transaction(SYSTEM, "tests.rejection") as session:
        serial = (session.scalar(select(func.max(Rejection.serial))) or 0) + 1
        session.add(Rejection(
            site_id=scene.plant.site, year=2026, serial=serial, number=f"NC-{serial}", kind="not_accepted",
            quantity=pieces, severity="MA", found_unit_id=scene.plant.weld, origin_unit_id=scene.plant.press,
            origin_state=state, escape_steps=1, escape_class=far, found_at=at, received_at=at,
            reported_by_id=scene.plant.operator.id))


@pytest.fixture
def spring(scene: Scene) -> Scene:
    """March: two lots to weld, one of them partly refused, one to the customer; April: one lot to weld."""
    handed(scene, 3, 100)
    handed(scene, 3, 90, 10)
    handed(scene, 4, 50)
    handed(scene, 3, 200, link="final_customer")
    return scene


def months(scene: Scene, measure: str, kind: str, record_id: int | None = None) -> dict[str, Estimate]:
    held = scene.opened()
    with scene.db.reading() as session:
        scope = scope_of(session, session.get_one(Review, held.id))
        found = told.series(session, scope, measure, told.Part(kind, record_id))
        labels = [bucket.label for bucket in scope.history.buckets]
    return {label: one for label, one in zip(labels, found, strict=True) if one.value is not None}


def test_the_history_is_three_years_of_whole_months(scene: Scene):
    held = scene.opened()
    with scene.db.reading() as session:
        history = scope_of(session, session.get_one(Review, held.id)).history
    assert (history.first, history.last, len(history.buckets)) == (date(2023, 7, 1), date(2026, 6, 30), 36)


def test_first_time_acceptance_by_month_and_part(spring: Scene):
    of_link = months(spring, "fta", "link", spring.plant.press_weld)
    assert {label: (one.value, one.n) for label, one in of_link.items()} == {"2026-03": (0.5, 2), "2026-04": (1, 1)}
    assert months(spring, "fta", "unit", spring.plant.press) == of_link
    assert months(spring, "fta", "site")["2026-03"].value == pytest.approx(2 / 3)


def test_what_leads_to_a_customer_is_every_link_of_its_paths(spring: Scene):
    assert months(spring, "fta", "customer", spring.plant.customer) == months(spring, "fta", "site")
    assert months(spring, "fta", "customer", spring.plant.press) == {}


def test_rejected_parts_per_million_and_first_pass_yield(spring: Scene):
    assert months(spring, "rejected_ppm", "site")["2026-03"].value == pytest.approx(10 / 400 * 1e6)
    assert months(spring, "fpy", "link", spring.plant.press_weld)["2026-03"].value == pytest.approx(190 / 200)


def test_only_confirmed_origins_count_as_passed_on(spring: Scene):
    refused(spring, 3, 6)
    refused(spring, 3, 4, state="assumed")
    refused(spring, 3, 5, far="0")
    found = months(spring, "escapes_ppm", "unit", spring.plant.press)["2026-03"]
    assert (found.value, found.n) == (pytest.approx(6 / 200 * 1e6), 200)
    assert months(spring, "reports", "unit", spring.plant.weld) == {}
    assert months(spring, "reports", "site")["2026-03"].value == pytest.approx(3 / 3 * 1000)


def test_a_month_without_a_reading_has_no_value(spring: Scene):
    spring.read_off(month=date(2026, 3, 1))
    found = months(spring, "customer_ppm", "customer", spring.plant.customer)
    assert {label: one.value for label, one in found.items()} == {"2026-03": Decimal(90)}


def test_a_period_is_counted_once_and_sums_its_months(spring: Scene):
    held = spring.opened(first_on=date(2026, 3, 5), last_on=date(2026, 4, 9))
    with spring.db.reading() as session:
        scope = scope_of(session, session.get_one(Review, held.id))
        assert told.value(session, scope, "fta", told.Part("site"), scope.period).n == 3
        assert told.value(session, scope, "fta", told.Part("site"), scope.before) == Estimate(None, 0)


def test_every_measure_can_be_told_of_each_of_its_parts(spring: Scene):
    ids = {"site": None, "unit": spring.plant.press, "link": spring.plant.press_weld, "customer": spring.plant.customer}
    with spring.db.reading() as session:
        site = session.get_one(Review, spring.opened().id).site
        scope = Scope((site,), Period(date(2026, 3, 1), date(2026, 3, 31), "month", "Asia/Shanghai"),
                      Period(date(2026, 2, 1), date(2026, 2, 28), "month", "Asia/Shanghai"))
        for code, measure in MEASURES.items():
            for part in measure.parts:
                assert len(told.series(session, scope, code, told.Part(part, ids[part]))) == 36
        with pytest.raises(KeyError):
            told.series(session, scope, "otd", told.Part("site"))


@pytest.mark.parametrize(("given", "field"), [
    (("speed", "site", Decimal(1)), "measure"), (("fta", "planet", Decimal(1)), "part"),
    (("copq", "link", Decimal(1)), "part"), (("fta", "site", Decimal(98)), "target"), (("fta", "site", None), "target"),
    (("rejected_ppm", "site", Decimal(-1)), "target")])
def test_an_objective_that_cannot_be_held_beside_its_measure_is_refused(given: tuple, field: str):
    with pytest.raises(Invalid) as wrong:
        check_objective(*given)
    assert wrong.value.field == field


def test_more_is_better_or_less_is():
    check_objective("fta", "site", Decimal("0.98"))
    assert reaches("fta", 0.98, Decimal("0.98"))
    assert not reaches("fta", 0.97, Decimal("0.98"))
    assert reaches("rejected_ppm", 400, Decimal(500))
    assert not reaches("rejected_ppm", 600, Decimal(500))
