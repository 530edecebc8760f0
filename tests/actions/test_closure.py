"""The closure matrix ticks what has a proof, leads there, and says no where there is none."""

import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from qms.models.actions import ActionSource, ActionStep
from qms.models.actions_causes import ReadAcross
from qms.models.actions_effectiveness import EffectivenessPlan, EffectivenessVerdict
from qms.models.rejections import Hold
from qms.rules.accounts import SYSTEM
from qms.rules.actions import DISCIPLINES
from qms.rules.actions_closure import TICKS
from qms.rules.clock import utc_now
from qms.workflows import actions_closure, actions_documents
from tests.rejections.cases import reported

AT = utc_now()


@pytest.fixture
def closed(bench, db, plant):
    """Two closed cases: one with proofs, and one that was closed as a correction with none."""
    bench.done(bench.verified())
    bench.verified("escape", text="No gauge")
    found = reported(db, plant)
    bench.do(actions_documents.answer, bench.case.id, "pfmea", 0, affected=True, reference="F-12", rev_before="C",
             rev_after="D")
    bench.do(actions_documents.answer, bench.case.id, "control_plan", 0, affected=False, reason="Not measured there")
    with db.transaction(SYSTEM, "tests.case") as session:
        session.query(Hold).filter_by(rejection_id=found.id).one().location = "Q-01"
        plan = EffectivenessPlan(action_id=bench.case.id, state="confirmed", metric="per_shift", item_id=plant.item,
                                 baseline_from=AT - timedelta(days=90), baseline_to=AT, baseline_count=9,
                                 baseline_exposure=120, needed=30, drafted_at=AT,
                                 drafted_by_id=plant.quality_engineer.id)
        session.add_all([plan, ReadAcross(action_id=bench.case.id, unit_id=plant.paint, applies=False),
                         ActionSource(action_id=bench.case.id, kind="rejections", record_id=found.id,
                                      number=found.number, added_at=AT, added_by_id=plant.quality_engineer.id)])
        steps = {one.step: one for one in session.query(ActionStep).filter_by(action_id=bench.case.id)}
        for name in DISCIPLINES:
            step = steps.get(name) or ActionStep(action_id=bench.case.id, step=name)
            step.done_at = AT
            session.add(step)
        session.flush()
        session.add(EffectivenessVerdict(plan_id=plan.id, at=AT, verdict="proven", count=0, exposure=31))
    bench.set(state="closed", closed_at=AT)
    bare = bench.opened(state="closed", closed_at=AT - timedelta(days=1), route="correction", title="=Bare")
    open_case = bench.opened()
    return bench.case, bare, open_case, found


def test_a_tick_needs_a_proof(closed, db, plant):
    case, bare, _open, found = closed
    with db.reading() as session:
        full, empty = actions_closure.matrix(session, plant.auditor)
        assert (full.action.id, empty.action.id) == (case.id, bare.id)
        proven = {tick for tick, proof in full.proofs.items() if proof}
    assert proven == {"segregated", "solved", "caused", "error_proofed", "error_proof_tried", "tried", "pfmea",
                      "effective", "stayed_away", "read_across"}
    assert full.proofs["segregated"][1:3] == ("rejections", found.id)
    assert full.proofs["pfmea"].words.en == "F-12 C → D"
    assert full.proofs["effective"].words.en == "0 / 31 < 9 / 120"
    assert set(empty.proofs.values()) == {None}


def test_only_chosen_closed_cases_of_ones_own_sites_are_in_it(closed, db, plant):
    _case, bare, open_case, _found = closed
    with db.reading() as session:
        chosen = actions_closure.matrix(session, plant.auditor, [bare.id, open_case.id])
        assert [one.action.id for one in chosen] == [bare.id]


@pytest.mark.parametrize(("language", "words", "no"), [("en", "PFMEA revised", "no"), ("zh", "PFMEA 已更新", "无")])
def test_the_page_leads_to_each_proof_and_its_sheet_says_the_same(closed, sign_in, page, language, words, no):
    case, bare, _, found = closed
    browser = sign_in("auditor", language)
    shown = page(browser, "/actions/closure")
    assert words in shown.text
    assert shown.find(f".//a[@href='/rejections/{found.id}']")
    assert shown.find(f".//a[@href='/actions/{case.id}#D7']")
    answer = browser.post("/actions/closure", data={"csrf": "test-csrf", "id": [case.id, bare.id]})
    sheet = load_workbook(io.BytesIO(answer.data)).worksheets[0]
    rows = {row[0].value: row[1:] for row in sheet.iter_rows()}
    assert len(rows) == 4 + len(TICKS)
    assert (rows[words][0].value, rows[words][1].value) == ("✓ F-12 C → D", no)
    assert rows[words][0].hyperlink.target.endswith(f"/actions/{case.id}#D7")
    assert [cell.value for cell in list(rows.values())[1]] == [case.title, "=Bare"]
    assert list(rows.values())[1][1].data_type == "s"
    assert list(rows.values())[3][0].value == f'=COUNTIF(B5:B{4 + len(TICKS)},"<>{no}")'
    assert sheet.freeze_panes == "B5"


def test_without_closed_cases_the_page_says_so_and_who_may_not_export_gets_no_sheet(plant, sign_in, page):
    assert "No closed case yet" in page(sign_in("operator"), "/actions/closure").text
    assert sign_in("operator").post("/actions/closure", data={"csrf": "test-csrf"}).status_code == 403
