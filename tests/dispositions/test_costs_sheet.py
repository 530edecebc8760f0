"""The workbook of costs: months by class as live formulas over the lines, closed months beside, nothing lost."""

import io
import re
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from exports.dispositions_costs_sheet import COLUMNS
from qms.jobs.dispositions_costs_sheet import write
from qms.models.dispositions_costs import CostLine, CostMonth
from qms.models.trail import Export
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.rules.dispositions_costs import CATEGORIES
from qms.rules.errors import Invalid, NotAllowed
from qms.workflows.dispositions_costs_sheet import Filter

POSTED = (("2026-10", "internal_failure", "100.10"), ("2026-10", "internal_failure", "-0.10"),
          ("2026-10", "appraisal", "20"), ("2026-11", "external_failure", "7.5"))


@pytest.fixture
def costs(db, plant):
    """Four lines in two months, of which the first is closed."""
    with db.transaction(SYSTEM, "tests.costs") as session:
        for period, category, amount in POSTED:
            session.add(CostLine(site_id=plant.site, unit_id=plant.weld, category=category, element="scrap",
                                 quantity=Decimal(1), measure="piece", rate=Decimal(amount), currency="CNY",
                                 amount=Decimal(amount), period=period, posted_at=utc_now(), note="=1+1",
                                 posted_by_id=plant.quality_engineer.id, source="manual"))
        session.add(CostMonth(
            site_id=plant.site, period="2026-10", currency="CNY", prevention=Decimal(0), appraisal=Decimal(20),
            internal_failure=Decimal(100), external_failure=Decimal(0), lines=3, content_hash="0" * 64,
            closed_at=utc_now(), closed_by_id=plant.quality_engineer.id))


def book_of(db, person, wanted=Filter(), language="en"):  # noqa: B008
    return load_workbook(io.BytesIO(write(db, person, wanted, language=language).content))


def summed(book, formula, row):
    """Work out a SUMIFS of one of our sheets as a spreadsheet would."""
    sheet, *ranges = re.findall(r"'([^']+)'!\$([A-Z]+):", formula)
    letters = [sheet[1], *(letter for _, letter in ranges)]
    criteria = re.findall(r",(\$?[A-Z]+\$?\d+)", formula)
    first = book.worksheets[0]
    wanted = [first[one.replace("$", "")].value for one in criteria]
    lines = book[sheet[0]]
    return sum(lines[f"{letters[0]}{n}"].value for n in range(2, lines.max_row + 1)
               if [lines[f"{letter}{n}"].value for letter in letters[1:]] == wanted)


@pytest.mark.parametrize(("language", "names"), [
    ("en", ["By month", "Lines", "Closed months", "About"]), ("zh", ["按月汇总", "明细", "已结月份", "说明"])])
def test_months_are_live_sums_of_the_lines_by_class(costs, db, plant, language, names):
    book = book_of(db, plant.auditor, language=language)
    assert book.sheetnames == names
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]][2:6] == [words.to(language) for words in CATEGORIES.values()]
    worked_out = {sheet[f"B{row}"].value: [summed(book, sheet.cell(row, column).value, row) for column in range(3, 7)]
                  for row in (2, 3)}
    assert worked_out == {"2026-10": [0, 20, 100, 0], "2026-11": [0, 0, 0, 7.5]}
    assert sheet["G2"].value == "=SUM(C2:F2)"
    assert sheet["H2"].value == "=E2+F2"
    assert sheet["J2"].value == '=IF(I2="","",G2-I2)'
    assert sheet["I2"].value.count("SUMIFS") == 4


def test_lines_are_numbers_and_texts_and_the_filter_narrows_them(costs, db, plant):
    lines = book_of(db, plant.auditor, Filter(site_id=plant.site, first="2026-11", last="2026-11"))["Lines"]
    heads = [column.head("en", "Asia/Shanghai") for column in COLUMNS]
    assert [cell.value for cell in lines[1]] == heads
    row = dict(zip([column.key for column in COLUMNS], lines[2], strict=True))
    assert (row["amount"].value, row["period"].value, row["unit"].value) == (7.5, "2026-11", "OP20 Weld")
    assert (row["note"].value, row["note"].data_type) == ("=1+1", "s")
    assert lines.max_row == 2
    assert lines.freeze_panes == "A2"


def test_r53_it_leaves_a_trail_and_only_who_may_see_costs_gets_it(costs, db, plant, sign_in):
    write(db, plant.auditor, Filter(first="2026-10"), language="en")
    with db.reading() as session:
        export = session.scalars(select(Export)).one()
    assert (export.kind, export.rows, export.filters) == ("costs", 4, "first=2026-10")
    with pytest.raises(NotAllowed):
        write(db, plant.inspector, Filter(), language="en")
    with pytest.raises(Invalid):
        write(db, plant.auditor, Filter(first="2026-13"), language="en")
    answer = sign_in("auditor").post("/exports/cost-sheet", data={"csrf": "test-csrf", "first": "2026-11"})
    assert load_workbook(io.BytesIO(answer.data))["Lines"].max_row == 2
    assert sign_in("inspector").post("/exports/cost-sheet", data={"csrf": "test-csrf"}).status_code == 403
