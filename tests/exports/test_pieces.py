"""The register of first pieces and patrols leaves whole, with every verdict."""

from datetime import timedelta

import pytest
from openpyxl import load_workbook

from exports import acceptance_pieces as columns
from qms.jobs import exports as jobs
from qms.rules.acceptance_pieces import REASONS
from qms.rules.clock import utc_now
from qms.workflows.acceptance_pieces_register import Filter
from qms.workflows.acceptance_pieces_register import page as register_page
from tests.acceptance.arrange import approved
from tests.acceptance.pieces import asked_for, judged, results


@pytest.fixture
def inspections(db, plant):
    """One released by two, one that failed, and the one that is asked for instead; a patrol that waits."""
    standard = approved(db, plant)
    good = asked_for(db, plant, lot_id=plant.lot, due_at=utc_now() - timedelta(hours=3))
    good = judged(db, plant.operator, good, "self", found=results(db, standard), note="=1+1")
    judged(db, plant.inspector, good, "dedicated")
    bad = asked_for(db, plant, due_at=utc_now() - timedelta(hours=2), reason="man")
    judged(db, plant.operator, bad, "self", good=False, nonconforming=2)
    asked_for(db, plant, unit_id=plant.weld, kind="patrol", reason="interval", item_id=None,
              due_at=utc_now() - timedelta(hours=1))


def rows_of(db, person, tmp_path, wanted, language="en"):
    target = tmp_path / "inspections.xlsx"
    sent = jobs.write(db, person, "inspections", wanted, target=target, language=language, address="https://qms.example")
    rows = list(load_workbook(target)[columns.NAME.to(language)].values)
    heads = {column.head(language, "Asia/Shanghai"): column.key for column in columns.COLUMNS}
    assert sent.rows == len(rows) - 1
    return [dict(zip([heads[head] for head in rows[0]], row, strict=True)) for row in rows[1:]]


def test_rows_are_those_of_the_register_under_every_filter(db, plant, inspections, tmp_path):
    for wanted in (Filter(), Filter(state="failed"), Filter(kind="patrol"), Filter(waiting=True),
                   Filter(unit_id=plant.press, item_id=plant.item), Filter(reason="man"), Filter(lot_id=plant.lot)):
        with db.reading() as session:
            register = [(c.reason, c.pieces) for c in register_page(session, plant.auditor, wanted).rows][::-1]
        words = {code: pair.en for code, pair in REASONS.items()}
        assert [(r["reason"], r["pieces"]) for r in rows_of(db, plant.auditor, tmp_path, wanted)] == [
            (words[reason], pieces) for reason, pieces in register], wanted


@pytest.mark.parametrize(("language", "kind", "verdicts", "unit"), [
    ("zh", "首件检验", ["合格", "不合格"], "OP10 冲压"),
    ("en", "First-piece inspection", ["Good", "Not good"], "OP10 Press")])
def test_a_line_tells_who_judged_by_which_standard(db, plant, inspections, tmp_path, language, kind, verdicts, unit):
    good, bad, waits, again = rows_of(db, plant.auditor, tmp_path, Filter(), language)
    assert (good["kind"], good["unit"], good["standard_form"], good["note"]) == (kind, unit, "FM-01", "=1+1")
    assert [good["self_verdict"], bad["self_verdict"]] == verdicts
    assert (good["self_by"], good["mutual_verdict"], good["dedicated_by"]) == ("Operator", None, "Inspector")
    assert (bad["pieces"], bad["nonconforming"]) == (3, 2)
    assert waits["item_code"] is None
    assert again["reason"] == bad["reason"]


def test_the_register_offers_its_file(plant, inspections, sign_in, page):
    shown = page(sign_in("auditor"), "/acceptance/inspections/?waiting=y")
    form = shown.find(".//form[@action='/exports/inspections']")[0]
    assert {i.get("name"): i.get("value") for i in form.iter("input")}["waiting"] == "True"
