"""The validation pack tells of every test what it expected and what came of it, and of the installation what it is."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from exports.validation import untested
from qms.rules.clauses import RULES
from tools import validation

ROOT = Path(__file__).resolve().parents[2]
TESTS = '''
import pytest

@pytest.mark.parametrize("n", [1, 2])
def test_r07_a_lot_is_refused(n):
    """Also the second time."""

def test_r08_a_lot_is_accepted():
    assert "accepted" == "rejected"

@pytest.fixture
def broken():
    raise OSError("no plant")

def test_r09_a_plant(broken):
    pass

def test_a_rejection_is_kept():
    pytest.skip("no scanner")
'''


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a run of four small tests wrote down."""
    folder = tmp_path_factory.mktemp("validated")
    (folder / "tests" / "rejections").mkdir(parents=True)
    (folder / "tests" / "rejections" / "test_small.py").write_text(TESTS)
    subprocess.run([sys.executable, "-m", "pytest", "-q", "-p", "tests.validation", "-p", "no:cacheprovider", "-c",
                    os.devnull, "--rootdir", str(folder), "--validation", str(folder / "results.json"),
                    str(folder / "tests")], cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, check=False,
                   capture_output=True)
    return folder / "results.json"


def rows(sheet: Worksheet) -> list[list[object]]:
    return [[cell for cell in row if cell is not None] for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_every_test_is_written_down_with_expected_and_actual(results: Path):
    told = {one["name"]: (one["expected"], one["outcome"], one["why"])
            for one in json.loads(results.read_text())["tests"]}
    assert told["test_r07_a_lot_is_refused[1]"] == ("R07 a lot is refused. Also the second time.", "passed", "")
    assert told["test_r08_a_lot_is_accepted"][1] == "failed"
    assert told["test_r09_a_plant"][1:] == ("failed", "OSError: no plant")
    assert told["test_a_rejection_is_kept"][1:] == ("skipped", "Skipped: no scanner")


def test_the_pack_names_what_is_not_as_expected(fresh_db, results: Path, tmp_path: Path, monkeypatch, capsys):
    monkeypatch.setenv("QMS_DATABASE_URL", fresh_db.url)
    monkeypatch.setenv("QMS_INSTANCE", str(tmp_path))
    monkeypatch.setenv("QMS_SMTP_URL", "smtps://mail:Hunter2@mail.example")
    assert validation.main(["-o", str(tmp_path / "pack"), "--report", str(results), "--language", "en"]) == 1
    told = capsys.readouterr().out
    assert "4 tests in 5 runs, failed 2" in told
    assert "R-08" in told
    assert "R-07" not in told
    book = load_workbook(io.BytesIO((tmp_path / "pack" / "validation.xlsx").read_bytes()))
    assert [name.split()[0] for name in book.sheetnames] == ["Cover", "IQ1", "IQ2", "IQ3", "IQ4", "OQ1", "OQ2", "OQ3",
                                                            "Signatures"]
    sheets = {sheet.title.split()[0]: rows(sheet) for sheet in book}
    checks = {row[0]: row[1:] for row in sheets["IQ2"] if len(row) == 4}
    assert checks["/readyz: database"] == ["ok", "ok", "As expected"]
    assert checks["Mode of secret"] == ["0600", "0600", "As expected"]
    assert checks["qms verify"][-1] == "As expected"
    assert ["QMS_SMTP_URL", "smtps://mail:***@mail.example"] in sheets["IQ4"]
    rules = {row[0]: row[2:] for row in sheets["OQ1"] if row and row[0] in RULES}
    assert rules.keys() == RULES.keys()
    assert rules["R-07"] == [2, 2, 0, 0, "As expected"]
    assert rules["R-08"] == [1, 0, 1, 0, "NOT as expected"]
    assert rules["R-10"] == [0, 0, 0, 0, "No test was run"]
    tested = [row for row in sheets["OQ2"] if row and row[0] == "Rejections"]
    assert tested[0][-5:] == [5, 2, 2, 1, "NOT as expected"]
    assert any(row[-1] == "Not run: Skipped: no scanner" for row in sheets["OQ3"] if row)
    assert (tmp_path / "pack" / "validation.pdf").read_bytes().startswith(b"%PDF")


def test_a_rule_without_a_passed_test_is_named():
    assert untested([]) == sorted(RULES)
