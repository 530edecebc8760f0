"""A review leaves as a file for who may see and export it, and every file leaves a trail (R-53)."""

import hashlib
import io

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from qms.db.checkpoints import checkpoints
from qms.jobs.review_files import MAKERS, write
from qms.models.trail import Export
from qms.rules.errors import Invalid, NotAllowed, NotFound
from tests.review.scene import Scene

ADDRESS = "https://qms.example"


def made(scene: Scene, held, person=None, suffix=".xlsx", language="en"):
    return write(scene.db, person or scene.head, held.id, suffix=suffix, language=language, address=ADDRESS)


@pytest.mark.parametrize("suffix", MAKERS)
def test_r53_the_trail_has_who_took_which_bytes(scene: Scene, suffix: str):
    held = scene.frozen()
    sent = made(scene, held, suffix=suffix, language="zh")
    with scene.db.reading() as session:
        export = session.scalars(select(Export)).one()
    assert (export.kind, export.person_id, export.file_name) == ("review", scene.head.id, sent.name)
    assert export.sha256 == hashlib.sha256(sent.content).hexdigest()
    assert export.filters == f"id={held.id}&language=zh"
    assert sent.name == f"MR-SH-2026-000001-zh{suffix}"


def test_it_names_the_checkpoint_that_it_was_made_under(scene: Scene):
    held = scene.frozen()
    sent = write(scene.db, scene.head, held.id, suffix=".xlsx", language="en", seed=bytes(32))
    with scene.db.reading() as session:
        size = session.scalars(select(checkpoints.c.size)).one()
    cover = {row[0]: row[1] for row in load_workbook(io.BytesIO(sent.content)).worksheets[0].values if row[0]}
    assert cover["Checkpoint of the audit trail"].startswith(f"{size} entries, root ")


def test_who_may_not_export_or_not_see_the_review_gets_nothing(scene: Scene):
    held = scene.frozen()
    assert made(scene, held, scene.plant.auditor).content
    with pytest.raises(NotAllowed):
        made(scene, held, scene.plant.operator)
    elsewhere = scene.plant.auditor.__class__(**{
        name: getattr(scene.plant.auditor, name) for name in ("id", "name", "method")}, grants=tuple(
        grant.__class__(grant.id, grant.role, scene.plant.site + 1) for grant in scene.plant.auditor.grants))
    with pytest.raises(NotFound):
        made(scene, held, elsewhere)


def test_another_kind_of_file_or_language_is_refused(scene: Scene):
    held = scene.opened()
    for given, field in (({"suffix": ".ods"}, "format"), ({"language": "fr"}, "language")):
        with pytest.raises(Invalid) as refused:
            made(scene, held, **given)
        assert refused.value.field == field


@pytest.mark.parametrize("suffix", MAKERS)
def test_the_page_and_the_api_send_it(scene: Scene, sign_in, suffix: str):
    held = scene.frozen()
    browser = sign_in("auditor")
    sent = browser.post(f"/exports/reviews/{held.id}", data={"format": suffix, "csrf": "test-csrf"})
    assert sent.status_code == 200
    assert f"MR-SH-2026-000001-en{suffix}" in sent.headers["Content-Disposition"]
    sent = browser.get(f"/api/v1/reviews/{held.id}/pack{suffix}?language=zh")
    assert sent.status_code == 200
    assert f"MR-SH-2026-000001-zh{suffix}" in sent.headers["Content-Disposition"]
    assert browser.get(f"/api/v1/reviews/{held.id + 1}/pack{suffix}").status_code == 404
    assert browser.get(f"/api/v1/reviews/{held.id}/pack{suffix}?language=fr").status_code == 422
    assert sign_in("operator").get(f"/api/v1/reviews/{held.id}/pack{suffix}").status_code == 403


def test_the_workbook_leads_to_the_pages_of_this_system(scene: Scene):
    held = scene.frozen()
    book = load_workbook(io.BytesIO(made(scene, held).content))
    cover = {row[0].value: row[1].value for row in book["Cover"].iter_rows(max_col=2)}
    assert cover["Page"] == f"{ADDRESS}/review/{held.id}"
    assert cover["SHA-256 over all frozen figures"] == held.content_hash


@pytest.mark.parametrize(("language", "words"), [
    ("en", ("Excel", "PDF", "Slides")), ("zh", ("Excel", "PDF", "幻灯片"))])
def test_the_page_has_a_button_for_each_file_for_who_may_export(scene: Scene, sign_in, language: str, words: tuple):
    held = scene.frozen()
    page = sign_in("auditor", language).get(f"/review/{held.id}").get_data(as_text=True)
    form = page.partition(f'action="/exports/reviews/{held.id}"')[2].partition("</form>")[0]
    for suffix, word in zip(MAKERS, words, strict=True):
        assert f'value="{suffix}"' in form
        assert word in form
    assert f'value="{language}" selected' in form
