"""`qms export` writes the register that the pages show."""

import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from qms.cli import main
from tests.plant import make_plant
from tests.rejections.cases import reported


@pytest.fixture
def run(fresh_db, tmp_path, monkeypatch):
    """Return a function that runs `qms export` in a folder of its own, over a plant with two rejections."""
    plant = make_plant(fresh_db)
    for quantity in (3, 4):
        reported(fresh_db, plant, quantity=quantity)
    monkeypatch.setenv("QMS_DATABASE_URL", fresh_db.url)
    monkeypatch.setenv("QMS_INSTANCE", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(main, ["export", *arguments])


def test_the_ledger_is_written_with_its_totals(run):
    done = run("ledger", "-o", "ledger.xlsx", "--site", "SH", "--state", "held", "--language", "en")
    assert done.exit_code == 0, done.output
    assert "ledger.xlsx: 2 rows, SHA-256" in done.output
    rows = list(load_workbook("ledger.xlsx")["Quality ledger"].values)
    assert sum(row[rows[0].index("Nonconforming quantity")] for row in rows[1:]) == 7


def test_days_and_search_narrow_it(run):
    assert ": 0 rows" in run("ledger", "-o", "a.csv", "--to", "2020-01-01").output
    assert ": 2 rows" in run("ledger", "-o", "a.csv", "--from", "2020-01-01", "--search", "毛刺").output
    assert ": 0 rows" in run("handovers", "-o", "b.xlsx").output


def test_a_person_exports_by_their_own_right(run):
    assert run("ledger", "-o", "a.csv", "--person", "auditor").exit_code == 0
    refused = run("ledger", "-o", "b.csv", "--person", "operator")
    assert refused.exit_code == 1
    assert "no grant" in refused.output


def test_mistakes_are_told(run):
    for arguments, told in (
            (["-o", "a.ods"], ".xlsx or .csv"), (["-o", "a.csv", "--site", "XX"], "no site XX"),
            (["-o", "a.csv", "--state", "lost"], "held"), (["-o", "a.csv", "--from", "yesterday"], "yesterday"),
            (["-o", "a.csv", "--person", "nobody"], "nobody"), ([], "-o")):
        done = run("ledger", *arguments)
        assert done.exit_code in {1, 2}
        assert told in done.output


def test_a_register_without_days_or_states_is_written_and_refuses_such_a_filter(run):
    for register in ("costs", "surveys", "training", "notices", "recognition", "customers"):
        done = run(register, "-o", f"{register}.xlsx", "--site", "SH")
        assert (done.exit_code, ": 0 rows" in done.output) == (0, True), done.output
    for arguments, told in (
            (["training", "--state", "held"], "--state"), (["costs", "--from", "2026-01-01"], "--from")):
        done = run(*arguments, "-o", "x.csv")
        assert done.exit_code == 2
        assert told in done.output
