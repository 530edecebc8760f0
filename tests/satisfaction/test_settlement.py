"""What units owe each other: prices by revision, accepted pieces, charges of confirmed escapes."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.models.dispositions_costs import CostLine
from qms.models.satisfaction_settlement import LinkPrice
from qms.rules.errors import Doubled, IllegalStep, Invalid, NotAllowed, NotFound
from qms.rules.satisfaction_settlement import days_of, stretches
from qms.workflows.dispositions_costing import reverse
from qms.workflows.satisfaction_settlement_prices import set_price
from tests.plant import Plant
from tests.rejections.cases import person_in_unit
from tests.satisfaction.settling import Settled


@pytest.fixture
def books(db: Database, plant: Plant) -> Settled:
    """The books of the plant, settlement switched on."""
    return Settled(db, plant, person_in_unit(db, "finance", "finance", None)).switched()


def test_accepted_pieces_are_owed_at_the_price_and_rejected_ones_are_not(books: Settled):
    books.price("2.50")
    books.handed(100)
    books.handed(60, 40)
    pair = books.pair()
    assert (pair.accepted, pair.rejected, pair.owed, pair.unpriced) == (160, 40, Decimal("400.00"), 0)


def test_pieces_without_a_price_are_counted_and_in_no_sum(books: Settled):
    books.handed(100)
    pair = books.pair()
    assert (pair.accepted, pair.unpriced, pair.owed, pair.goods[0].owed) == (100, 100, Decimal("0.00"), None)


def test_a_price_that_changes_within_the_month_holds_from_its_day_on_in_the_time_of_the_site(books: Settled):
    books.price("2")
    books.price("3", valid_from=date(2026, 3, 16))
    books.handed(10, day=15, hour=15)
    books.handed(10, day=15, hour=17)
    assert [(line.accepted, line.price) for line in books.pair().goods] == [(10, Decimal(2)), (10, Decimal(3))]
    assert books.pair().owed == Decimal("50.00")


def test_a_revision_that_keeps_the_price_does_not_split_a_line(books: Settled):
    books.price("2")
    books.price("2", valid_from=date(2026, 3, 16))
    books.handed(10, day=3)
    books.handed(10, day=20)
    assert [line.accepted for line in books.pair().goods] == [20]


def test_the_price_of_the_item_comes_before_that_of_any_item(books: Settled):
    books.price("2")
    books.price("5", item_id=books.plant.item)
    books.handed(10)
    assert books.pair().owed == Decimal("50.00")


def test_what_waits_or_is_held_is_shown_and_not_owed(books: Settled):
    books.price("2")
    books.handed(0, quantity=30, state="presented", decided_at=None)
    books.handed(10, for_review=5, quantity=15, state="partly_accepted")
    line = books.pair().goods[0]
    assert (line.accepted, line.held, line.waiting, line.owed) == (10, 5, 30, Decimal("20.00"))


def test_another_month_owes_nothing_for_this_one(books: Settled):
    books.handed(10)
    assert not books.statement("2026-02").pairs
    with pytest.raises(NotFound):
        books.pair("2026-02")


@pytest.mark.parametrize("state", ["confirmed", "decided"])
def test_r34_an_escape_of_confirmed_origin_is_charged_to_it(books: Settled, state: str):
    found = books.escape("40", origin_state=state)
    pair = books.statement().pair(books.plant.press, books.plant.paint)
    assert [(c.number, c.money) for c in pair.charges] == [(found.number, Decimal("40.00"))]
    assert pair.balance == Decimal("-40.00")


@pytest.mark.parametrize("state", ["assumed", "contested"])
def test_r34_an_escape_whose_origin_is_not_confirmed_is_not_charged(books: Settled, state: str):
    books.escape("40", origin_state=state)
    assert not books.statement().pairs


def test_r36_what_a_unit_found_on_its_own_work_is_not_charged(books: Settled):
    books.escape("40", kind="not_made", found_unit_id=books.plant.press)
    assert not books.statement().pairs


def test_a_cost_that_is_taken_back_is_charged_no_more(books: Settled):
    books.escape("40")
    with books.db.reading() as session:
        line = session.scalars(select(CostLine)).one()
    books.do(reverse, line.id, line.rev, reason="Twice entered")
    assert not books.statement().pairs


def test_nothing_is_settled_where_it_is_switched_off(books: Settled):
    books.handed(10)
    assert books.statement().pairs
    books.switched(on=False)
    with pytest.raises(IllegalStep, match="switched off"):
        books.statement()
    with pytest.raises(IllegalStep, match="switched off"):
        books.price()


def test_settlement_is_not_switched_on_twice(books: Settled):
    with pytest.raises(Doubled):
        books.switched()


def test_only_who_settles_sets_prices(books: Settled, plant: Plant):
    books.price()
    with pytest.raises(NotAllowed):
        books.do(set_price, person=plant.quality_engineer, link_id=plant.press_weld, price=Decimal(1), currency="CNY",
                 valid_from=date(2026, 5, 1))


@pytest.mark.parametrize(("given", "field"), [
    ({"price": "0"}, "price"), ({"price": "-1"}, "price"), ({"price": "NaN"}, "price"),
    ({"currency": "yuan"}, "currency"), ({"item_id": 10**9}, "item"),
])
def test_a_price_that_settles_nothing_is_refused_beside_its_field(books: Settled, given: dict[str, object], field: str):
    with pytest.raises(Invalid) as refused:
        books.price(**given)  # type: ignore[arg-type]
    assert refused.value.field == field


def test_a_new_revision_ends_the_one_before_and_begins_after_it(books: Settled):
    first = books.price("2")
    second = books.price("3", valid_from=date(2026, 4, 1))
    with books.db.reading() as session:
        assert session.get_one(LinkPrice, first.id).valid_to == date(2026, 3, 31)
    assert second.revision == 2
    with pytest.raises(Invalid, match="begins after"):
        books.price("4", valid_from=date(2026, 4, 1))


def test_the_months_days_are_cut_where_a_price_begins():
    first, last = days_of("2026-02")
    assert (first, last) == (date(2026, 2, 1), date(2026, 2, 28))
    assert list(stretches(first, last, [date(2026, 1, 1), date(2026, 2, 10), date(2026, 2, 10), date(2026, 3, 1)])) == [
        (date(2026, 2, 1), date(2026, 2, 9)), (date(2026, 2, 10), date(2026, 2, 28))]
