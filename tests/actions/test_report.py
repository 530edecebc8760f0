"""The 8D report leaves as PDF and workbook, tells what is missing, and leaves a trail."""

import io
import shutil
import subprocess
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from benchmarks.nonconformity import whole_case
from exports.actions import sections
from qms.imports.photos import clean_photo
from qms.jobs.exports_documents import write
from qms.models.actions import ActionSource, StockLine
from qms.models.actions_effectiveness import EffectivenessPlan, EffectivenessVerdict
from qms.models.trail import Export
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.rules.errors import Invalid, NotAllowed, NotFound
from qms.workflows import actions_documents, attachments
from tests.rejections.cases import person_in_unit, reported
from tests.rejections.pictures import picture

AT = utc_now()


@pytest.fixture
def case(bench, db, plant, tmp_path):
    """A case with a cause proven and answered, one place without an answer, figures of its effect, and a photo."""
    bench.set(symptom="=1+1 毛刺", requirement="R <= 0.1 mm", actual="0.4 mm", problem_quantity=1200)
    bench.done(bench.verified())
    bench.cause(category="man", text="Not trained")
    found = reported(db, plant)
    with db.transaction(SYSTEM, "tests.case") as session:
        session.add_all([
            ActionSource(action_id=bench.case.id, kind="rejections", record_id=found.id, number=found.number,
                         added_at=AT, added_by_id=plant.quality_engineer.id),
            StockLine(action_id=bench.case.id, place="warehouse", suspect=0, checked=0, nonconforming=0, good=0),
            StockLine(action_id=bench.case.id, place="customer")])
        plan = EffectivenessPlan(action_id=bench.case.id, state="failed", metric="per_shift", item_id=plant.item,
                                 baseline_from=AT - timedelta(days=90), baseline_to=AT, baseline_count=9,
                                 baseline_exposure=120, needed=30, drafted_at=AT,
                                 drafted_by_id=plant.quality_engineer.id)
        session.add(plan)
        session.flush()
        session.add(EffectivenessVerdict(plan_id=plan.id, at=AT, verdict="come_back", count=1, exposure=12,
                                         p_value=None))
        attachments.attach(session, plant.quality_engineer, "rejections", found.id, name="edge.jpg",
                           photo=clean_photo(picture()), folder=tmp_path / "photos")
    bench.do(actions_documents.answer, bench.case.id, "pfmea", 0, affected=True, reference="F-12",
             rev_before="C", rev_after="D")
    return bench.case


@pytest.fixture
def make(db, plant, case, tmp_path):
    """Return a function that writes the report."""
    def make(suffix=".xlsx", language="en", person=None, record_id=None):
        return write(db, person or plant.quality_engineer, "actions", record_id or case.id, suffix=suffix,
                     language=language, photos=tmp_path / "photos", address="https://qms.example")
    return make


def cells(content):
    book = load_workbook(io.BytesIO(content))
    return {sheet.title: [[value for value in row if value is not None] for row in sheet.values if any(row)]
            for sheet in book}


def test_every_discipline_is_a_sheet_with_its_figures_and_what_is_missing(make, case):
    sheets = cells(make().content)
    assert [name[:2] for name in sheets] == ["Co", "Ca", *(f"D{n}" for n in range(9)), "Ph"]
    problem = sheets["D2 Problem description"]
    assert ["How many", 1200] in problem
    assert ["Confirmed on a part", "Not answered"] in problem
    stock = sheets["D3 Interim containment"]
    assert next(row for row in stock if row[0] == "Warehouse")[1:5] == [0, 0, 0, 0]
    assert next(row for row in stock if row[0] == "At the customer")[1:] == ["Not answered"] * 4
    causes = sheets["D4 Root causes"]
    assert ["Machine", "Feeder stroke", "Holds"] in causes
    assert ["People", "Not trained", "Not tested"] in causes
    assert [1, "The feeder jams", "Log of 12 jams"] in causes
    proof = sheets["D6 Implement and validate"]
    assert ["Before", "9 in 120"] in proof
    assert any(row[1:] == ["Come back", 1, 12] for row in proof if len(row) == 4)
    assert ["PFMEA", "Yes", "F-12", "C → D", "Quality Engineer"] in sheets["D7 Prevent recurrence"]
    assert ["Symptom", "=1+1 毛刺"] in sheets["D0 Prepare and respond at once"]
    assert f"https://qms.example/actions/{case.id}" in [value for row in sheets["Cover"] for value in row]


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext (poppler-utils) is not installed")
@pytest.mark.parametrize(("language", "here", "not_here"), [
    ("zh", ["8D 报告", "D4 根本原因", "未填写", "左支架"], ["Root causes", "Not answered"]),
    ("en", ["8D report", "D4 Root causes", "Not answered", "Left bracket"], ["根本原因", "未填写"]),
    ("both", ["D4 根本原因 Root causes", "未填写 Not answered"], [])])
def test_the_pdf_speaks_the_language_asked_for(make, case, language, here, not_here):
    sent = make(".pdf", language)
    text = subprocess.run(["pdftotext", "-layout", "-", "-"], input=sent.content, check=True,
                          capture_output=True).stdout.decode()
    words = " ".join(text.split())
    assert [word for word in here if word not in words] == []
    assert [word for word in not_here if word in words] == []
    assert case.number in words
    assert sent.name == f"{case.number}-{language}.pdf"


def test_r53_the_trail_has_who_took_which_bytes(make, db, plant):
    sent = make(language="zh")
    with db.reading() as session:
        export = session.scalars(select(Export)).one()
    assert (export.kind, export.person_id, export.rows) == ("actions", plant.quality_engineer.id, 1)
    assert export.file_name == sent.name
    assert "language=zh" in export.filters


def test_who_may_not_export_or_not_see_the_site_gets_nothing(make, db, plant, case):
    assert make(person=plant.auditor).content
    with pytest.raises(NotAllowed):
        make(person=plant.operator)
    with pytest.raises(NotFound):
        make(record_id=case.id + 1)
    with pytest.raises(Invalid):
        make(language="fr")
    elsewhere = person_in_unit(db, "far", "auditor", None)
    object.__setattr__(elsewhere, "grants", tuple(grant.__class__(grant.id, grant.role, plant.site + 1)
                                                  for grant in elsewhere.grants))
    with pytest.raises(NotFound):
        make(person=elsewhere)


def test_a_photo_that_is_gone_from_the_store_is_named_and_does_not_stop_the_report(make, tmp_path):
    assert make(".pdf").content
    shutil.rmtree(tmp_path / "photos")
    caption = cells(make().content)["Photos"][1][0]
    assert "edge.jpg" in caption
    assert "missing from the photo store" in caption
    assert make(".pdf").content


def test_the_page_and_the_api_send_it(case, sign_in):
    browser = sign_in("auditor")
    answer = browser.post(f"/exports/documents/actions/{case.id}",
                          data={"csrf": "test-csrf", "format": ".pdf", "language": "both"})
    assert (answer.status_code, answer.mimetype, answer.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert f"{case.number}-both.pdf" in answer.headers["Content-Disposition"]
    for suffix, start in (("pdf", b"%PDF-"), ("xlsx", b"PK")):
        answer = browser.get(f"/api/v1/actions/{case.id}/report.{suffix}?language=zh")
        assert answer.status_code == 200
        assert answer.data.startswith(start)
    assert browser.get(f"/api/v1/actions/{case.id}/report.pdf?language=fr").status_code == 422
    assert browser.post("/exports/documents/people/1", data={"csrf": "test-csrf"}).status_code == 404
    assert sign_in("operator").get(f"/api/v1/actions/{case.id}/report.pdf").status_code == 403


def test_the_case_of_the_benchmark_is_a_case_that_a_paper_takes():
    titles = [section.title.en for section in sections(whole_case(), [])]
    assert "Signatures" in titles
    assert len(titles) > 8
