"""The review sheet of nonconforming product tells what was found, decided and done, and what is missing."""

import base64
import io
from decimal import Decimal

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader
from sqlalchemy import select

from qms.db.checkpoints import checkpoints, one
from qms.jobs.exports_documents import write
from qms.models.dispositions import BoardReview, BoardVote, Disposition, Rework, ScrapTicket
from qms.models.dispositions_costs import CostLine
from qms.models.rejections import Hold
from qms.models.trail import Export
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.rules.errors import NotAllowed
from tests.rejections.cases import reported

AT = utc_now()


@pytest.fixture
def rejection(db, plant):
    """Ten pieces held: six reworked, not re-inspected yet; three used as they are, no concession; one scrapped."""
    found = reported(db, plant, requirement="R <= 0.1", actual="=0.4", note="毛刺")
    who = plant.quality_engineer.id
    with db.transaction(SYSTEM, "tests.dispositions") as session:
        hold = session.scalars(select(Hold).where(Hold.rejection_id == found.id)).one()
        review = BoardReview(rejection_id=found.id, state="closed", proposal="Rework six", outcome="Rework",
                             asked_at=AT, asked_by_id=who, chair_id=plant.quality_manager.id, closed_at=AT)
        session.add(review)
        session.flush()
        session.add(BoardVote(review_id=review.id, person_id=who, function="quality", vote="agree",
                              code="rework", at=AT))
        lines = [Disposition(site_id=plant.site, rejection_id=found.id, position=position, hold_id=hold.id, code=code,
                             state=state, quantity=quantity, justification="Edge can be ground", decided_at=AT,
                             decided_by_id=who)
                 for position, (code, state, quantity) in enumerate(
                     (("rework", "completed", 6), ("use_as_is", "completed", 3), ("scrap", "executing", 1)), start=1)]
        session.add_all(lines)
        session.flush()
        session.add_all([
            Rework(disposition_id=lines[0].id, run=1, instruction_ref="RW-7", instruction_rev="B", quantity=6,
                   started_at=AT, worked_by_id=plant.operator.id),
            ScrapTicket(site_id=plant.site, year=2026, serial=1, number="SC-SH-2026-000001", disposition_id=lines[2].id,
                        segregated_at=AT, segregated_by_id=who, place="Cage"),
            CostLine(site_id=plant.site, rejection_id=found.id, category="internal_failure", element="scrap",
                     quantity=Decimal(1), measure="piece", rate=Decimal("12.5"), currency="CNY",
                     amount=Decimal("12.50"), period="2026-11", posted_at=AT, posted_by_id=who, source="manual")])
    return found


def sheets(db, person, rejection, tmp_path, language="en"):
    sent = write(db, person, "dispositions", rejection.id, suffix=".xlsx", language=language, photos=tmp_path)
    book = load_workbook(io.BytesIO(sent.content))
    return [[[value for value in row if value is not None] for row in sheet.values if any(row)] for sheet in book]


def test_it_tells_all_of_a_rejection_and_what_is_missing(db, plant, rejection, tmp_path):
    _cover, found, board, decided, done, after = sheets(db, plant.quality_engineer, rejection, tmp_path)
    assert ["Actual", "=0.4"] in found
    assert ["Quality", "Quality Engineer", "Agrees", "Rework"] in [row[:4] for row in board]
    assert [row[:3] for row in decided if row[0] in {1, 2, 3}] == [
        [1, "Rework", 6], [2, "Use as is (concession)", 3], [3, "Scrap", 1]]
    assert [row.count("Not answered") for row in decided if row[0] in {1, 2, 3}] == [0, 1, 0]
    run = next(row for row in done if "RW-7 B" in row)
    assert run.count("Not answered") == 3
    ticket = next(row for row in done if "SC-SH-2026-000001" in row)
    assert ticket.count("Not answered") == 2
    assert ["Costs posted", "12.50 CNY"] in after


def test_it_names_the_checkpoint_that_it_was_made_under(db, plant, rejection, tmp_path):
    sent = {suffix: write(db, plant.quality_engineer, "dispositions", rejection.id, suffix=suffix, language="en",
                          photos=tmp_path, seed=bytes(32)).content for suffix in (".xlsx", ".pdf")}
    with db.reading() as session:
        sizes = session.scalars(select(checkpoints.c.size).order_by(checkpoints.c.size)).all()
        roots = [base64.b64encode(one(session.connection(), size).root).decode() for size in sizes]
    assert len(sizes) == 2, "the export itself is in the trail"
    cover = load_workbook(io.BytesIO(sent[".xlsx"])).worksheets[0]
    assert ["Checkpoint of the audit trail", f"{sizes[0]} entries, root {roots[0]}"] in [
        [value for value in row if value is not None] for row in cover.values]
    for page in PdfReader(io.BytesIO(sent[".pdf"])).pages:
        assert f"{sizes[1]} · {roots[1]}" in " ".join(page.extract_text().split())


def test_costs_are_for_those_who_may_see_them(db, plant, rejection, tmp_path):
    words = str(sheets(db, plant.team_leader, rejection, tmp_path))
    assert "Costs posted" not in words
    assert "Corrective actions" in words


@pytest.mark.parametrize("language", ["zh", "en", "both"])
def test_the_pdf_comes_in_each_language_and_leaves_a_trail(db, rejection, sign_in, language):
    answer = sign_in("auditor").get(f"/api/v1/rejections/{rejection.id}/review-sheet.pdf?language={language}")
    assert answer.data.startswith(b"%PDF-")
    with db.reading() as session:
        export = session.scalars(select(Export)).one()
    assert (export.kind, export.file_name) == ("dispositions", f"{rejection.number}-{language}.pdf")


def test_who_may_not_export_gets_none(db, plant, rejection, tmp_path):
    with pytest.raises(NotAllowed):
        sheets(db, plant.operator, rejection, tmp_path)
