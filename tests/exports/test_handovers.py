"""The hand-over register leaves whole, with what was decided and the first defect."""

import pytest
from openpyxl import load_workbook

from exports import acceptance as columns
from qms.jobs import exports as jobs
from qms.models.acceptance import Handover
from qms.workflows import acceptance, acceptance_register
from qms.workflows.acceptance_register import Filter
from tests.acceptance.arrange import approved, good_results, presented


@pytest.fixture
def handovers(db, plant):
    """One accepted, one rejected for a burr, one waiting; under standard FM-01."""
    approved(db, plant)
    good, bad, waiting = (presented(db, plant, quantity=quantity, remark=remark)
                          for quantity, remark in ((100, "=1+1"), (60, None), (40, None)))
    with db.transaction(plant.inspector, "acceptance.accept") as session:
        acceptance.accept(session, plant.inspector, good.id, good.rev, results=good_results(db, good))
    with db.transaction(plant.inspector, "acceptance.reject") as session:
        rev = session.get_one(Handover, bad.id).rev
        acceptance.reject(session, plant.inspector, bad.id, rev, faults=[
            acceptance.Fault(plant.burr, 60)], results=good_results(db, bad, bad=1))
    return good, bad, waiting


def rows_of(db, person, tmp_path, wanted, language="en"):
    target = tmp_path / "handovers.xlsx"
    sent = jobs.write(db, person, "handovers", wanted, target=target, language=language, address="https://qms.example")
    rows = list(load_workbook(target)[columns.NAME.to(language)].values)
    heads = {column.head(language, "Asia/Shanghai"): column.key for column in columns.COLUMNS}
    assert sent.rows == len(rows) - 1
    return [dict(zip([heads[head] for head in rows[0]], row, strict=True)) for row in rows[1:]]


def test_rows_and_totals_are_those_of_the_register_under_every_filter(db, plant, handovers, tmp_path):
    for wanted in (Filter(), Filter(state="rejected"), Filter(state="presented", customer_id=plant.weld),
                   Filter(again=True), Filter(sought="L-0001"), Filter(link_id=plant.press_weld, oldest_first=True),
                   Filter(supplier_id=plant.paint), Filter(site_id=plant.site, item_id=plant.item)):
        with db.reading() as session:
            page = acceptance_register.page(session, plant.auditor, wanted, size=100)
            register = {row.number: (row.quantity, row.accepted, row.rejected) for row in page.rows}
        rows = rows_of(db, plant.auditor, tmp_path, wanted)
        assert {row["number"]: (row["quantity"], row["accepted_quantity"], row["rejected_quantity"])
                for row in rows} == register, wanted


@pytest.mark.parametrize(("language", "decisions", "units", "defect"), [
    ("zh", ["已接收", "拒收", "待接收"], ("OP10 冲压", "OP20 焊接"), "毛刺"),
    ("en", ["Accepted", "Rejected", "Presented"], ("OP10 Press", "OP20 Weld"), "Burr")])
def test_a_line_tells_what_was_decided_by_which_standard(db, plant, handovers, tmp_path, *, language, decisions, units,
                                                         defect):
    good, bad, waiting = rows_of(db, plant.auditor, tmp_path, Filter(), language)
    assert [row["decision"] for row in (good, bad, waiting)] == decisions
    assert (good["from_unit"], good["to_unit"]) == units
    assert (good["remark"], good["standard_form"], good["standard_revision"], good["presentation"]) == (
        "=1+1", "FM-01", "1", 1)
    assert (good["accepted_quantity"], good["first_defect"], good["decided_by"]) == (100, None, "Inspector")
    assert (bad["rejected_quantity"], bad["first_defect"]) == (60, defect)
    assert (waiting["decided_by"], waiting["decided_at"], waiting["accepted_quantity"]) == (None, None, 0)
