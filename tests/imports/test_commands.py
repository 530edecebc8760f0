"""Facts about the import commands: what they print, what they store, how they refuse."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from qms.cli import main
from qms.imports.mapping_toml import template
from qms.models.acceptance import Handover
from qms.models.imports import ProductionReport
from tests.imports.production_logs import log, row, three_steps
from tests.imports.test_views import LABELS, MAPPING

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
STEEL_PLATES = """1,941 pieces, 1,941 rejected
Other 673, Bumps 402, K_Scratch 391, Z_Scratch 190, Pastry 158, Stains 72, Dirtiness 55
"""


@pytest.fixture
def qms(fresh_db, tmp_path, monkeypatch):
    """Return a function that runs a command over an empty database and gives exit code and output."""
    monkeypatch.setenv("QMS_DATABASE_URL", fresh_db.url)
    monkeypatch.setenv("QMS_INSTANCE", str(tmp_path))
    (tmp_path / "labels.data").write_bytes(LABELS)
    (tmp_path / "labels.toml").write_text(MAPPING, encoding="utf-8")
    (tmp_path / "log.csv").write_bytes(log(*three_steps(), row(at=300, done=-1)))

    def run(*words):
        done = CliRunner().invoke(main, [str(word) for word in words])
        return done.exit_code, done.output

    return run


def count(db, cls):
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(cls))


def test_inspections_are_tried_stored_and_not_stored_twice(qms, fresh_db, tmp_path):
    words = ("import", "inspections", tmp_path / "labels.data", "--mapping", tmp_path / "labels.toml")
    code, said = qms(*words, "--dry-run")
    assert code == 0
    assert "2 pieces, 1 rejected\nD01 1\n3 rows read: 2 would be added, 0 already there, 1 refused" in said
    assert count(fresh_db, Handover) == 0
    code, said = qms(*words, "--refused", tmp_path / "refused.csv")
    assert "3 rows read: 2 added, 0 already there, 1 refused" in said
    assert "line 3, column verdict: “7” neither accepts nor rejects." in said
    assert '"3","verdict"' in (tmp_path / "refused.csv").read_text(encoding="utf-8-sig")
    code, said = qms(*words)
    assert "3 rows read: 0 added, 2 already there, 1 refused" in said
    assert count(fresh_db, Handover) == 2


def test_a_production_log_is_tried_stored_and_not_stored_twice(qms, fresh_db, tmp_path):
    words = ("import", "production", tmp_path / "log.csv", "--site", "SHOP")
    code, said = qms(*words, "--dry-run")
    assert code == 0
    assert "4 rows read: 3 would be added, 0 already there, 1 refused" in said
    assert count(fresh_db, ProductionReport) == 0
    code, said = qms(*words)
    for label, value in (("Rows read", 4), ("Exact repeats", 0), ("Work orders", 1), ("Operations", 3), ("Items", 1),
                         ("Hand-overs", 2), ("Distinct hand-over pairs", 2), ("Pieces completed", 24),
                         ("Pieces rejected", 2), ("Rows with rejected pieces", 1), ("Pieces for MRB", 1),
                         ("Rows with pieces for MRB", 1), ("Rework rows", 0)):
        assert f"{label:<72} {value:>12,}" in said
    assert "Taken as inspections" in said
    assert "line 5, column Qty Completed: “-1” is negative." in said
    code, said = qms(*words)
    assert "4 rows read: 0 added, 3 already there, 1 refused" in said


def test_a_person_says_on_the_command_line_what_inspects(qms, tmp_path):
    words = ("import", "production", tmp_path / "log.csv", "--site", "SHOP", "--dry-run")
    assert ": Milling Q.C.\n" in qms(*words)[1]
    assert ": Packing\n" in qms(*words, "--inspects", "Packing", "--produces", "Milling Q.C.")[1]


def test_a_refused_file_exits_with_1_and_names_the_line(qms, tmp_path):
    (tmp_path / "bad.csv").write_bytes(log(row(start="24:00.0")))
    code, said = qms("import", "production", tmp_path / "bad.csv", "--site", "SHOP")
    assert code == 1
    assert "line 2, Start Timestamp" in said
    assert "Excel destroyed 1 time stamps" in said


def test_an_unknown_person_is_refused(qms, tmp_path):
    code, said = qms("import", "production", tmp_path / "log.csv", "--site", "SHOP", "--person", "nobody")
    assert (code, "no person who signs in as nobody" in said) == (1, True)


def test_the_template_is_printed(qms):
    assert qms("import", "template") == (0, template())


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason="the public data sets are not beside the repository")
@pytest.mark.parametrize(("file", "mapping", "said", "rows"), [
    ("uci-steel-plates/Faults.NNA", "steel-plates", STEEL_PLATES, "1,941"),
    ("uci-secom-labels/secom_labels.data", "secom", "1,567 pieces, 104 rejected\nFAIL 104\n", "1,567"),
])
def test_the_public_sets_load_as_published_and_a_second_run_adds_nothing(qms, file, mapping, said, rows):
    words = ("import", "inspections", DATA / file, "--mapping", ROOT / "examples" / "mappings" / f"{mapping}.toml")
    assert qms(*words)[1].endswith(f"{said}{rows} rows read: {rows} added, 0 already there, 0 refused\n")
    assert qms(*words)[1].endswith(f"{said}{rows} rows read: 0 added, {rows} already there, 0 refused\n")
