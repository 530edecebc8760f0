"""An evidence package checks offline with plain Python; a flipped bit, a changed row or a missing version fails."""

import json
import random
import shutil
import subprocess
import sys
import zipfile
from datetime import timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook
from sqlalchemy import func, select

from exports import evidence_verify
from qms.cli import main
from qms.db import Database
from qms.db.checkpoints import checkpoints
from qms.db.ledger import ledger
from qms.db.notes import Signer
from qms.jobs.trail_evidence import write_evidence
from qms.models.accounts_looks import Look
from qms.models.accounts_qualifications import Qualification
from qms.models.trail import Attachment, Export
from qms.rules.clock import utc_now
from qms.rules.errors import Invalid, NotAllowed, NotFound
from qms.rules.trail import table_words
from qms.workflows import dispositions
from qms.workflows.attachments_store import keep
from qms.workflows.trail_evidence_question import Asked
from tests.dispositions.scene import RISK, Scene
from tests.plant import make_plant
from tests.trail.packages import PHOTO, SEED, put_rows, rows_of, signed_anew

FLIPS = 500


def asked(site: str = "", clause: str = "8.7") -> Asked:
    today = utc_now().date()
    return Asked((clause,), today - timedelta(days=1), today + timedelta(days=1), site)


@pytest.fixture
def scene(fresh_db: Database, tmp_path: Path) -> Scene:
    """Rejections: one reworked, one scrapped, one still held with a photo."""
    scene = Scene(fresh_db, make_plant(fresh_db))
    line = scene.one(scene.reported(), "rework", **RISK)
    scene.worked(line)
    scene.do(dispositions.withdraw, scene.one(scene.reported(), "scrap"), reason="counted again")
    held = scene.reported()
    digest = sha256(PHOTO).hexdigest()
    keep(tmp_path / "photos", digest, PHOTO)
    with fresh_db.transaction(scene.plant.operator, "attachments.add") as session:
        session.add_all([Attachment(entity="rejections", entity_id=held.id, name="p.webp", content_type="image/webp",
                                    size=len(PHOTO), sha256=one, sent_sha256=one, added_at=utc_now(),
                                    added_by_id=scene.plant.operator.id) for one in (digest, "0" * 64)])
    return scene


@pytest.fixture
def package(scene: Scene, tmp_path: Path) -> Path:
    """A package of all of it."""
    write_evidence(scene.db, scene.plant.auditor, asked(), target=tmp_path / "pkg.zip", seed=SEED,
                   photos=tmp_path / "photos")
    return tmp_path / "pkg.zip"


@pytest.fixture
def unpacked(package: Path, tmp_path: Path) -> Path:
    """The package's files in a folder of their own."""
    folder = tmp_path / "unpacked"
    with zipfile.ZipFile(package) as file:
        file.extractall(folder)
    return folder


def _failed(place: Path) -> list[str]:
    wrong, _counted = evidence_verify.check(str(place))
    return [f"{one.file}: {one.what}" for one in wrong]


def test_plain_python_in_the_folder_alone_says_pass(package: Path, unpacked: Path):
    for arguments in ([str(unpacked / "verify.py")], [str(unpacked / "verify.py"), str(package)]):
        done = subprocess.run([sys.executable, "-I", "-S", *arguments], cwd=unpacked, capture_output=True, text=True,
                              check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.startswith("PASS: ")
        assert (unpacked / "public-key.txt").read_text() in done.stdout
    (unpacked / "records.jsonl").write_bytes((unpacked / "records.jsonl").read_bytes()[:-2])
    done = subprocess.run([sys.executable, "-I", "-S", str(unpacked / "verify.py")], capture_output=True, text=True,
                          check=False)
    assert done.returncode == 1
    assert done.stdout.startswith("FAIL records.jsonl: ")


def test_any_flipped_bit_fails_and_names_the_file(unpacked: Path):
    chance = random.Random(87)
    names = sorted(p.relative_to(unpacked).as_posix() for p in unpacked.rglob("*") if p.is_file())
    assert len(names) == 11
    missed = []
    for _ in range(FLIPS):
        name = chance.choice(names)
        whole = (unpacked / name).read_bytes()
        place = chance.randrange(len(whole))
        flipped = bytearray(whole)
        flipped[place] ^= 1 << chance.randrange(8)
        (unpacked / name).write_bytes(flipped)
        if not any(one.startswith(f"{name}: ") for one in _failed(unpacked)):
            missed.append((name, place))
        (unpacked / name).write_bytes(whole)
    assert missed == []
    assert _failed(unpacked) == []


def test_the_package_holds_every_record_of_the_clause_with_every_version(scene: Scene, unpacked: Path):
    tables = {row["table"] for row in rows_of(unpacked, "records.jsonl")}
    assert tables >= {"rejections", "holds", "origin_statements", "dispositions", "reworks", "attachments", "items",
                      "lots", "units", "sites", "defects"}
    with scene.db.reading() as session:
        entries = session.scalar(select(func.count()).select_from(ledger).where(ledger.c.entity.in_(
            ["rejections", "holds", "dispositions", "reworks"])))
    told = [json.loads(str(row["entry"])) for row in rows_of(unpacked, "ledger-extract.jsonl")]
    assert sum(one["entity"] in {"rejections", "holds", "dispositions", "reworks"} for one in told) == entries
    about = json.loads((unpacked / "manifest.json").read_text())["about"]
    assert about["by_table"]["rejections"] == 3
    assert about["attachments_missing"] == ["0" * 64]
    assert about["made_by"] == "Auditor"
    assert "截去" in (unpacked / "README.txt").read_text(encoding="utf-8")


def test_the_workbook_in_it_reads_like_the_records(unpacked: Path):
    book = load_workbook(unpacked / "evidence.xlsx", read_only=True)
    sheets = {name.partition(" ")[2] or name: list(book[name].values) for name in book.sheetnames}
    told = {table_words(str(row["table"])).zh for row in rows_of(unpacked, "records.jsonl")}
    assert told <= set(sheets)
    assert len(sheets["时间线"]) == 1 + len(rows_of(unpacked, "ledger-extract.jsonl"))
    head, *lines = sheets[table_words("rejections").zh]
    assert len(lines) == 3
    assert lines[0][head.index("数量 [pcs]")] == 10


def test_r53_the_export_is_itself_a_record_and_its_checkpoint_is_kept(scene: Scene, package: Path):
    with scene.db.reading() as session:
        export = session.scalars(select(Export)).one()
        assert (export.kind, export.person_id) == ("evidence", scene.plant.auditor.id)
        assert export.sha256 == sha256(package.read_bytes()).hexdigest()
        assert export.filters.startswith("clause=8.7&first=")
        note = session.execute(select(checkpoints.c.note).order_by(checkpoints.c.size.desc())).scalar()
        actions = session.execute(select(ledger.c.action).order_by(ledger.c.seq.desc())).scalar()
    with zipfile.ZipFile(package) as file:
        assert file.read("checkpoint.txt").decode() == note
    assert actions == "exports.evidence"


def _change_a_record(folder: Path) -> None:
    rows = rows_of(folder, "records.jsonl")
    rows[1]["row"]["quantity"] = 9
    put_rows(folder, "records.jsonl", rows)


def _leave_a_record_out(folder: Path) -> None:
    put_rows(folder, "records.jsonl", rows_of(folder, "records.jsonl")[1:])


def _leave_a_version_out(folder: Path) -> None:
    rows = rows_of(folder, "ledger-extract.jsonl")
    first = next(n for n, row in enumerate(rows) if json.loads(str(row["entry"]))["before"] is not None)
    put_rows(folder, "ledger-extract.jsonl", rows[:first - 1] + rows[first:])
    proofs = rows_of(folder, "proofs.jsonl")
    put_rows(folder, "proofs.jsonl", proofs[:first - 1] + proofs[first:])


def _change_an_entry(folder: Path) -> None:
    rows = rows_of(folder, "ledger-extract.jsonl")
    rows[2]["entry"] = str(rows[2]["entry"]).replace('"reason":null', '"reason":"none"')
    put_rows(folder, "ledger-extract.jsonl", rows)


def _swap_a_photo(folder: Path) -> None:
    next((folder / "attachments").iterdir()).write_bytes(b"another photo")


@pytest.mark.parametrize(("change", "told"), [
    (_change_a_record, "records.jsonl: row 2: rejections 2 differs from the trail"),
    (_leave_a_record_out, "records.jsonl: "),
    (_leave_a_version_out, "ledger-extract.jsonl: "),
    (_change_an_entry, "ledger-extract.jsonl: row 3: "),
    (_swap_a_photo, "attachments/"),
])
def test_what_does_not_fit_together_is_named_even_when_it_was_signed(unpacked: Path, change, told: str):
    change(unpacked)
    assert _failed(unpacked)
    signed_anew(unpacked)
    assert any(one.startswith(told) for one in _failed(unpacked)), _failed(unpacked)


def test_a_package_signed_by_another_key_shows_it(unpacked: Path, tmp_path: Path):
    other = tmp_path / "other"
    shutil.copytree(unpacked, other)
    origin = (other / "checkpoint.txt").read_text().splitlines()[0]
    (other / "public-key.txt").write_text(f"{Signer(origin, bytes(32)).public}\n")
    assert [one.split(":")[0] for one in _failed(other)] == ["signature.txt"]


def test_r35_people_in_a_package_of_an_auditor_are_a_look_at_personal_data(scene: Scene, tmp_path: Path):
    with scene.db.transaction(scene.plant.quality_manager, "accounts.qualify") as session:
        session.add(Qualification(person_id=scene.plant.operator.id, kind="sort", trained_on=utc_now().date(),
                                  trainer="T", given_by_id=scene.plant.quality_manager.id))
    for clause, looks in (("8.7", 0), ("7.2", 1)):
        write_evidence(scene.db, scene.plant.auditor, asked(clause=clause), target=tmp_path / f"{clause}.zip",
                       seed=SEED, photos=tmp_path / "photos")
        with scene.db.reading() as session:
            assert [(look.page, look.people) for look in session.scalars(select(Look))] == [("export", 1)] * looks


def test_what_may_not_be_asked_for_is_refused(scene: Scene, tmp_path: Path):
    def ask(person, wanted: Asked) -> None:
        write_evidence(scene.db, person, wanted, target=tmp_path / "no.zip", seed=SEED, photos=tmp_path / "photos")

    with pytest.raises(NotAllowed):
        ask(scene.plant.operator, asked())
    with pytest.raises(NotFound):
        ask(scene.plant.auditor, asked(site="NO"))
    with pytest.raises(Invalid, match=r"No evidence is collected of clause 9\.9"):
        ask(scene.plant.auditor, asked(clause="9.9"))
    assert not (tmp_path / "no.zip").exists()


def test_days_without_records_give_an_empty_package_that_passes(scene: Scene, tmp_path: Path):
    day = utc_now().date() - timedelta(days=400)
    sent = write_evidence(scene.db, scene.plant.auditor, Asked(("8.7",), day, day, "SH"),
                          target=tmp_path / "empty.zip", seed=SEED, photos=tmp_path / "photos")
    assert sent.rows == 0
    assert _failed(tmp_path / "empty.zip") == []


def test_the_command_writes_a_package_that_passes(scene: Scene, tmp_path: Path):
    env = {"QMS_INSTANCE": str(tmp_path / "instance"), "QMS_DATABASE_URL": scene.db.url}
    days = [f"--from={asked().first}", f"--to={asked().last}"]

    def run(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["evidence", "--clause", "8.7", *days, *words], env=env)
        return done.exit_code, done.output

    code, told = run("--site", "SH", "-o", str(tmp_path / "pkg.zip"), "--person", "auditor")
    assert code == 0, told
    assert "records, SHA-256" in told
    assert _failed(tmp_path / "pkg.zip") == []
    assert run("--site", "NO", "-o", str(tmp_path / "no.zip"))[0] == 1
    assert run("-o", str(tmp_path / "pkg.txt"))[0] == 2
    assert run("-o", str(tmp_path / "no.zip"), "--person", "operator")[0] == 1
    assert not (tmp_path / "no.zip").exists()
