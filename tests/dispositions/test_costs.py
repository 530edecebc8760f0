"""Costs of poor quality: rates by revision, what is posted by itself, months that close."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from qms.db import Database
from qms.db.rule_counts import rule_counts
from qms.models.dispositions_costs import CostLine, CostMonth
from qms.models.stops import Stop
from qms.rules import dispositions_costs as rules
from qms.rules.errors import Doubled, IllegalStep, Invalid, NotAllowed, Refused, Stale
from qms.workflows import dispositions_costing, dispositions_costs
from tests.dispositions.costs import Books, open_books
from tests.plant import Plant


@pytest.fixture
def books(db: Database, plant: Plant) -> Books:
    """The books of the plant on a Monday in March."""
    return open_books(db, plant)


class Priced:
    """A rate by what it names."""

    def __init__(self, item_id: int | None, unit_id: int | None) -> None:
        self.item_id, self.unit_id = item_id, unit_id


def test_every_element_belongs_to_a_class_and_every_kind_of_rate_has_a_measure():
    assert {element.category for element in rules.ELEMENTS.values()} == set(rules.CATEGORIES)
    assert {kind.measure for kind in rules.RATE_KINDS.values()} <= set(rules.MEASURES)


def test_the_most_specific_rate_is_chosen():
    neither, unit, item, both = Priced(None, None), Priced(None, 2), Priced(1, None), Priced(1, 2)
    every = [both, neither, item, unit]
    assert rules.most_specific(every, 1, 2) is both
    assert rules.most_specific(every, 1, 3) is item
    assert rules.most_specific(every, 9, 2) is unit
    assert rules.most_specific(every, 9, 9) is neither
    assert rules.most_specific([both], 9, 2) is None


@pytest.mark.parametrize(("quantity", "rate", "money"), [("3", "0.335", "1.00"), ("1", "0.125", "0.12"),
                                                        ("1", "0.135", "0.14"), ("-3", "12.50", "-37.50")])
def test_amounts_are_rounded_half_even_at_the_line(quantity: str, rate: str, money: str):
    assert rules.amount(Decimal(quantity), Decimal(rate)) == Decimal(money)


def test_r54_a_closed_month_leads_to_the_next_open_one():
    assert rules.open_period("2026-11", {"2026-11", "2026-12"}) == "2027-01"
    assert rules.open_period("2026-11", {"2026-10"}) == "2026-11"


def test_r54_a_month_is_closed_when_it_is_over_in_turn_and_approved():
    rules.check_close("2026-02", date(2026, 3, 1), (), 0)
    for period, earlier, estimates in (("2026-03", (), 0), ("2026-02", ("2026-01",), 0), ("2026-02", (), 1)):
        with pytest.raises(Refused) as refused:
            rules.check_close(period, date(2026, 3, 1), earlier, estimates)
        assert refused.value.rule == "R-54"


def test_the_hash_of_a_month_tells_every_change():
    rows = [(1, "internal_failure", "scrap", Decimal("1.00"), "CNY"), (2, "prevention", "audit", Decimal(2), "CNY")]
    assert rules.content_hash(rows) == rules.content_hash(rows[::-1])
    assert rules.content_hash(rows) != rules.content_hash([rows[0]])
    assert rules.content_hash(rows[:1]) != rules.content_hash([(*rows[0][:3], Decimal("1.01"), "CNY")])


def test_an_unknown_value_is_none_and_never_zero(books: Books, plant: Plant):
    def value(unit_id: int, on: date):
        with books.db.reading() as session:
            return dispositions_costing.value_of(session, plant.site, plant.item, unit_id, 3, on)

    assert value(plant.weld, date(2026, 3, 2)) is None
    books.rate()
    books.rate(rate="20", unit_id=plant.paint)
    assert value(plant.weld, date(2026, 3, 2)) == (Decimal("37.50"), "CNY")
    assert value(plant.paint, date(2026, 3, 2)) == (Decimal("60.00"), "CNY")
    assert value(plant.weld, date(2025, 12, 31)) is None


def test_a_new_revision_ends_the_old_one_the_day_before(books: Books, plant: Plant):
    first = books.rate()
    second = books.rate(rate="13", valid_from=date(2026, 3, 1))
    with books.db.reading() as session:
        old = session.get_one(type(first), first.id)
        assert (old.valid_to, old.rate, second.revision) == (date(2026, 2, 28), Decimal("12.50"), 2)
    with pytest.raises(Invalid) as refused:
        books.rate(rate="14", valid_from=date(2026, 3, 1))
    assert refused.value.field == "valid_from"
    for wrong, field in (({"currency": "EUR"}, "currency"), ({"rate": "0"}, "rate"), ({"item_id": None}, "item_id"),
                         ({"kind": "luck"}, "kind")):
        with pytest.raises(Invalid) as refused:
            books.rate(**({"valid_from": date(2026, 4, 1)} | wrong))
        assert refused.value.field == field
    with pytest.raises(NotAllowed):
        books.do(dispositions_costs.set_rate, person=plant.quality_engineer, site_id=plant.site, kind="labour_hour",
                 rate=Decimal(1), currency="CNY", valid_from=date(2026, 1, 1))


@pytest.mark.parametrize(("code", "hours", "money"), [
    ("scrap", (), "125.00"), ("rework", ("1.5", None, "0.25"), "105.00"), ("repair", ("2",), "120.00"),
    ("sort", ("2",), "80.00"), ("rework", (None,), None), ("no_fault", (), None)])
def test_a_completed_line_posts_what_its_code_costs(books: Books, code: str, hours, money: str | None):
    books.rate()
    books.rate("labour_hour", "60")
    books.rate("sort_hour", "40")
    posted = books.posted(books.line(code, hours=hours))
    assert (posted and str(posted.amount)) == money
    if posted:
        assert (posted.category, posted.period, posted.source, posted.approved_at) == (
            "internal_failure", "2026-03", "auto", None)


def test_without_a_rate_nothing_is_posted(books: Books):
    assert books.posted(books.line()) is None


def test_what_the_customer_found_is_external_failure(books: Books, plant: Plant):
    books.rate()
    posted = books.posted(books.line(found_unit_id=plant.customer))
    assert (posted.category, posted.element) == ("external_failure", "returned")


def test_a_reviewed_stop_posts_its_minutes_where_product_may_be_wrong(books: Books, plant: Plant):
    books.rate("stop_minute", "8.40")
    stop = Stop(site_id=plant.site, unit_id=plant.weld, product_affecting=True, stopped_at=books.at,
                restarted_at=books.at + timedelta(minutes=31, seconds=59))
    assert books.do(dispositions_costing.post_stop, stop).amount == Decimal("260.40")
    stop.product_affecting = False
    assert books.do(dispositions_costing.post_stop, stop) is None


def test_a_line_is_taken_back_by_its_opposite_once(books: Books):
    line = books.enter("100.10")
    back = books.later(days=40).do(dispositions_costing.reverse, line.id, line.rev, reason="Entered twice")
    assert (back.amount, back.period, back.reverses_id) == (Decimal("-100.10"), "2026-04", line.id)
    for again in (line, back):
        with pytest.raises(IllegalStep):
            books.do(dispositions_costing.reverse, again.id, again.rev, reason="x")


@pytest.mark.parametrize(("given", "field"), [({"amount": "0"}, "amount"), ({"element": "luck"}, "element"),
                                              ({"note": " "}, "note"), ({"period": "2026-13"}, "period"),
                                              ({"currency": "EUR"}, "currency")])
def test_an_amount_is_entered_with_its_element_month_and_reason(books: Books, given: dict, field: str):
    books.enter()
    with pytest.raises(Invalid) as refused:
        books.enter(**given)
    assert refused.value.field == field


def test_r54_a_closed_month_is_frozen_and_late_costs_go_to_the_next(books: Books, plant: Plant):
    books.rate()
    line = books.posted(books.line())
    books.enter("50")
    books.later(days=35)
    with pytest.raises(Refused, match="estimates"):
        books.do(dispositions_costs.close_month, plant.site, "2026-03")
    with pytest.raises(Stale):
        books.do(dispositions_costs.approve_line, line.id, 9)
    assert books.do(dispositions_costs.approve_month, plant.site, "2026-03") == 1
    month: CostMonth = books.do(dispositions_costs.close_month, plant.site, "2026-03")
    assert (month.internal_failure, month.prevention, month.lines) == (Decimal("125.00"), Decimal("50.00"), 2)
    with pytest.raises(Doubled):
        books.do(dispositions_costs.close_month, plant.site, "2026-03")
    late: CostLine = books.enter("7")
    assert late.period == "2026-04"
    with books.db.reading() as session:
        assert ("R-54", "acted") in session.execute(
            rule_counts.select().with_only_columns(rule_counts.c.rule, rule_counts.c.outcome)).all()
        assert dispositions_costs.hash_of(dispositions_costs.lines_of(session, plant.site, "2026-03")) == (
            month.content_hash)


def test_r54_months_close_in_turn(books: Books, plant: Plant):
    books.enter(period="2026-02")
    books.enter(period="2026-03")
    books.later(days=35)
    with pytest.raises(Refused, match="2026-02 is still open"):
        books.do(dispositions_costs.close_month, plant.site, "2026-03")
    for period in ("2026-02", "2026-03"):
        books.do(dispositions_costs.close_month, plant.site, period)
    with pytest.raises(NotAllowed):
        books.do(dispositions_costs.close_month, plant.site, "2026-01", person=plant.quality_manager)
