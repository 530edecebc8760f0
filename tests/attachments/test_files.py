"""PDF files are kept as they came under their hash, and leave only as downloads."""

import hashlib
import io
import zipfile

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.models.trail import Attachment
from qms.rules.errors import Invalid, NotAllowed, NotFound
from qms.rules.files import MOST_BYTES, MOST_FILES, pdf, pdf_name
from qms.workflows import attachments, attachments_files
from tests.actions.bench import Bench
from tests.dispositions.concessions import drafted
from tests.dispositions.test_notices import answered
from tests.plant import Plant
from tests.rejections.cases import reported

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        file.writestr("x.js", "alert(1)")
    return out.getvalue()


@pytest.fixture
def task(db: Database, plant: Plant) -> int:
    """A task of the team leader."""
    bench = Bench(db, plant)
    return int(bench.task(bench.verified()).id)


def attach(db: Database, person, task: int, content: bytes = PDF, *, name="approval.pdf", folder, entity="tasks"):
    with db.transaction(person, "attachments.add_file") as session:
        return attachments_files.attach_file(session, person, entity, task, name=name, file=pdf(content),
                                             folder=folder)


def test_a_pdf_is_taken_as_it_is():
    file = pdf(PDF)
    assert file == (PDF, hashlib.sha256(PDF).hexdigest())


@pytest.mark.parametrize("content", [
    b"", b"<svg onload='x'/>", b"GIF89a" + PDF, zipped() + PDF, PDF + zipped(), PDF + b"<script>alert(1)</script>",
    PDF[:-7], b"%PDF-9.9\n%%EOF", b"%PDF-1.7<html>\n%%EOF", b"MZ" + PDF], ids=range(10))
def test_what_is_no_pdf_or_also_something_else_is_refused(content: bytes):
    with pytest.raises(Invalid) as refused:
        pdf(content)
    assert refused.value.field == "file"


def test_more_than_ten_mib_are_refused():
    whole = b"%PDF-1.7\n" + b"0" * (MOST_BYTES - 15) + b"\n%%EOF"
    assert len(pdf(whole).content) == MOST_BYTES
    with pytest.raises(Invalid, match="10 MiB"):
        pdf(whole + b"\n")


@pytest.mark.parametrize(("sent", "kept"), [
    ("approval.pdf", "approval.pdf"), ("../../etc/passwd", "passwd.pdf"), (r"C:\temp\x.PDF", "x.pdf"),
    ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie x=1.pdf"), ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
    ("\x00", "file.pdf"), (".pdf", "file.pdf"), ("", "file.pdf"), ('"><img src=x>.pdf', "img src=x.pdf"),
    ("顾客批准.pdf", "顾客批准.pdf"), ("x" * 300, "x" * 196 + ".pdf")])
def test_a_name_is_a_name_and_nothing_else(sent: str, kept: str):
    assert pdf_name(sent) == kept


def test_a_file_comes_back_as_it_was_kept_and_counts_once(db: Database, plant: Plant, task: int, tmp_path):
    first = attach(db, plant.team_leader, task, folder=tmp_path)
    assert attach(db, plant.quality_engineer, task, name="again.pdf", folder=tmp_path).id == first.id
    with db.reading() as session:
        [held] = attachments_files.files_of(session, plant.auditor, "tasks", [task])[task]
        assert (held.id, held.name) == (first.id, "approval.pdf")
        found, content = attachments_files.file_bytes(session, plant.auditor, first.id, tmp_path)
        assert (content, found.sha256, found.size) == (PDF, hashlib.sha256(PDF).hexdigest(), len(PDF))
        with pytest.raises(NotFound):
            attachments.photo_bytes(session, plant.auditor, first.id, tmp_path)
    (tmp_path / found.sha256[:2] / found.sha256).write_bytes(PDF + b"\n")
    with db.reading() as session, pytest.raises(NotFound):
        attachments_files.file_bytes(session, plant.auditor, first.id, tmp_path)


def test_a_record_holds_so_many_files(db: Database, plant: Plant, task: int, tmp_path):
    for n in range(MOST_FILES):
        attach(db, plant.team_leader, task, PDF + b"\n" * n, folder=tmp_path)
    with pytest.raises(Invalid):
        attach(db, plant.team_leader, task, PDF + b" ", folder=tmp_path)


def test_who_neither_has_the_task_nor_works_on_cases_adds_nothing(db: Database, plant: Plant, task: int, tmp_path):
    with pytest.raises(NotAllowed):
        attach(db, plant.auditor, task, folder=tmp_path)
    for entity, number in (("tasks", 987_654), ("people", 1)):
        with pytest.raises(NotFound):
            attach(db, plant.quality_engineer, number, folder=tmp_path, entity=entity)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_task_is_proven_by_a_file_that_only_ever_is_a_download(db: Database, task: int, sign_in, page,
                                                                 language: str):
    browser, add = sign_in("quality_engineer", language), f"/attachments/files/tasks/{task}/add"
    assert page(browser, add).find(".//input[@type='file']")
    page(browser, add, status=422, post={"file": [(io.BytesIO(PDF), "a.pdf"), (io.BytesIO(PDF + zipped()), "b.pdf")]})
    shown = page(browser, add, post={"file": [(io.BytesIO(PDF), "../cust<omer\u202e.pdf")]})
    with db.reading() as session:
        [kept] = session.scalars(select(Attachment))
    assert kept.name == "customer.pdf"
    assert kept.name in shown.text
    assert kept.sha256[:16] in shown.text
    answer = browser.get(f"/attachments/files/{kept.id}")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "application/pdf", PDF)
    assert answer.headers["Content-Disposition"] == "attachment; filename=customer.pdf"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert browser.get(f"/attachments/{kept.id}").status_code == 404
    assert sign_in("admin").get(f"/attachments/files/{kept.id}").status_code == 403


def test_a_concession_and_a_notice_show_their_files(db: Database, plant: Plant, sign_in, page):
    held, [notice] = drafted(db, plant), answered(db, plant, reported(db, plant), customer=40)
    browser = sign_in("quality_engineer")
    for entity, record in (("concessions", held), ("customer_notices", notice)):
        shown = page(browser, f"/attachments/files/{entity}/{record.id}/add",
                     post={"file": [(io.BytesIO(PDF), f"{entity}.pdf")]})
        assert f"{entity}.pdf" in shown.links()
        assert hashlib.sha256(PDF).hexdigest() in shown.text
    assert sign_in("auditor").get(f"/attachments/files/concessions/{held.id}/add").status_code == 403
