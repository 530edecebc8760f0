"""What a disposition is worth decides who decides it, and what it cost is posted when it is carried out."""

from datetime import date
from decimal import Decimal

from sqlalchemy import select

from qms.models.dispositions import Disposition
from qms.models.dispositions_costs import CostLine
from qms.rules.dispositions_checks import Draft
from qms.workflows import dispositions
from tests.dispositions.costs import Books, open_books
from tests.dispositions.scene import INSTRUCTION, NOON, RISK, Scene
from tests.dispositions.test_deciding import refused


def books_of(scene: Scene) -> Books:
    books = open_books(scene.db, scene.plant)
    books.at = NOON
    return books


def posted(scene: Scene, line: Disposition) -> list[tuple[str, Decimal, Decimal]]:
    with scene.db.reading() as session:
        return [(row.element, row.quantity, row.amount) for row in session.scalars(
            select(CostLine).where(CostLine.disposition_id == line.id))]


def test_r06_dear_scrap_is_decided_by_the_quality_manager(scene: Scene):
    books_of(scene).rate(rate="1000.00")
    cheap = scene.one(scene.reported(quantity=10), "scrap")
    assert (cheap.value, cheap.currency) == (Decimal("10000.00"), "CNY")
    dear = scene.reported(quantity=11)
    refused("R-06", scene.one, dear, "scrap")
    assert scene.one(dear, "scrap", person=scene.plant.quality_manager).value == Decimal("11000.00")


def test_r06_dear_scrap_stays_dear_in_several_lines(scene: Scene):
    books_of(scene).rate(rate="1000.00")
    dear = scene.reported(quantity=12)
    hold = scene.holds(dear)[0].id
    refused("R-06", scene.decide, dear, Draft(hold, "scrap", 6), Draft(hold, "scrap", 5), Draft(hold, "sort", 1))
    lines = scene.decide(dear, Draft(hold, "scrap", 6), Draft(hold, "scrap", 4), Draft(hold, "sort", 2))
    assert [line.value for line in lines] == [Decimal("6000.00"), Decimal("4000.00"), Decimal("2000.00")]


def test_r06_scrap_that_is_decided_later_counts_with_what_was_decided_before(scene: Scene):
    books_of(scene).rate(rate="1000.00")
    made = scene.reported(quantity=12)
    hold = scene.holds(made)[0].id
    _, sorting = scene.decide(made, Draft(hold, "scrap", 9), Draft(hold, "sort", 3))
    scene.do(dispositions.withdraw, sorting, reason="Not worth the hours")
    rest = sorting.hold_id
    refused("R-06", scene.decide, made, Draft(rest, "scrap", 2), Draft(rest, "sort", 1))
    assert len(scene.decide(made, Draft(rest, "scrap", 1), Draft(rest, "sort", 2))) == 2


def test_a_line_without_a_rate_has_no_value(scene: Scene):
    line = scene.one(scene.reported(), "scrap")
    assert (line.value, line.currency) == (None, None)


def test_scrap_posts_its_pieces_when_it_has_left(scene: Scene):
    books_of(scene).rate(rate="12.50")
    line = scene.one(scene.reported(), "scrap")
    scene.do(dispositions.start, line, place="Cage")
    scene.do(dispositions.report, line, result="Crushed", method="crush")
    scene.do(dispositions.witness, line)
    assert posted(scene, line) == []
    scene.do(dispositions.dispose, line)
    assert posted(scene, line) == [("scrap", 10, Decimal("125.00"))]


def test_rework_posts_its_hours_when_it_is_verified(scene: Scene):
    books_of(scene).rate("labour_hour", "60", valid_from=date(2026, 1, 1))
    line = scene.one(scene.reported(), "rework", **RISK)
    scene.do(dispositions.start, line, **INSTRUCTION)
    scene.do(dispositions.report, line, result="Deburred", hours=Decimal("1.5"))
    scene.do(dispositions.verify, line, good=10, scrapped=0, verification="10 of 10 good")
    assert posted(scene, line) == [("rework", Decimal("1.5"), Decimal("90.00"))]
