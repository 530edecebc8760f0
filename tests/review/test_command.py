"""The command that assembles a review: opens it or takes its draft, and says what is missing."""

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import select

from qms.cli import main
from qms.db import Database
from qms.models.review import Review
from qms.models.trail import Export
from tests.plant import make_plant
from tests.review.scene import HALF, Scene, made_scene

ASKED = ("--site", "SH", "--from", "2026-01-01", "--to", "2026-06-30", "--person", "representative")


@pytest.fixture
def scene(fresh_db: Database) -> Scene:
    """The plant in a database of its own, as a command finds it."""
    return made_scene(fresh_db, make_plant(fresh_db))


@pytest.fixture
def command(scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path):
    """Run the command over that database."""
    monkeypatch.setenv("QMS_DATABASE_URL", scene.db.url)
    monkeypatch.setenv("QMS_INSTANCE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, ["review", "assemble", *arguments])


def reviews(scene: Scene) -> list[Review]:
    with scene.db.reading() as session:
        return list(session.scalars(select(Review).order_by(Review.id)))


def test_a_review_is_opened_assembled_and_told(scene: Scene, command):
    done = command(*ASKED)
    assert done.exit_code == 0, done.output
    made = reviews(scene)[0]
    assert (made.state, made.prepared_by_id) == ("draft", scene.head.id)
    assert made.assembled_at is not None
    assert "2026-01-01 to 2026-06-30, compared with 2025-07-01 to 2025-12-31" in done.output
    assert "Audit results" in done.output
    assert "figures" in done.output
    assert "Missing (R-40): " in done.output


def test_the_open_draft_is_taken_and_frozen(scene: Scene, command):
    draft = scene.opened(**HALF)
    done = command(*ASKED, "--freeze")
    assert done.exit_code == 0, done.output
    assert [(one.id, one.state) for one in reviews(scene)] == [(draft.id, "frozen")]
    command(*ASKED, "--title", "Again")
    assert [one.title for one in reviews(scene)] == ["First half of 2026", "Again"]


@pytest.mark.parametrize(("given", "said"), [
    (("--site", "XX"), "There is no site XX."),
    (("--compare-from", "2025-01-01"), "give both or none"),
    (("--person", "auditor"), "You hold no grant"),
    (("--from", "2026-07-01"), "The last day is before the first."),
    (("--compare-from", "2025-12-01", "--compare-to", "2026-01-31"), "comparison period ends before")])
def test_what_cannot_be_is_refused_in_words(scene: Scene, command, given: tuple[str, ...], said: str):
    done = command(*ASKED, *given)
    assert done.exit_code != 0
    assert said in done.output
    assert reviews(scene) == []


@pytest.mark.parametrize(("name", "start"), [("pack.xlsx", b"PK"), ("pack.pdf", b"%PDF-"), ("pack.pptx", b"PK")])
def test_a_review_is_written_to_a_file(scene: Scene, command, tmp_path, name: str, start: bytes):
    done = command(*ASKED, "-o", name, "--language", "zh")
    assert done.exit_code == 0, done.output
    assert f"{name}: " in done.output
    assert (tmp_path / name).read_bytes().startswith(start)
    with scene.db.reading() as session:
        export = session.scalars(select(Export)).one()
    assert export.person_id == scene.head.id
    assert export.sha256 in done.output


def test_a_review_is_exported_by_its_number(scene: Scene, command, tmp_path):
    scene.opened(**HALF)
    done = CliRunner().invoke(main, ["review", "export", "MR-SH-2026-000001", "-o", "pack.xlsx", "--language", "en"])
    assert done.exit_code == 0, done.output
    book = load_workbook(tmp_path / "pack.xlsx")
    assert book.sheetnames[0] == "Cover"


@pytest.mark.parametrize(("given", "said"), [
    (("MR-SH-2026-000009", "-o", "a.xlsx"), "There is no review MR-SH-2026-000009."),
    (("MR-SH-2026-000001", "-o", "a.ods"), ".xlsx, .pdf, .pptx"), (("MR-SH-2026-000001",), "-o"),
    (("MR-SH-2026-000001", "-o", "a.xlsx", "--person", "operator"), "grant")])
def test_what_cannot_be_exported_is_refused(scene: Scene, command, tmp_path, given: tuple[str, ...], said: str):
    scene.opened(**HALF)
    done = CliRunner().invoke(main, ["review", "export", *given])
    assert done.exit_code != 0
    assert said in done.output
    assert list(tmp_path.glob("a.*")) == []
