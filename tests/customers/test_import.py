"""Complaints from files: headers, styles of days, lines refused, totals, a second run, the page and the command."""

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from qms.cli.imports import import_group
from qms.db import Database
from qms.imports.complaint_days import Cell, style_of
from qms.imports.complaint_headers import ComplaintMapping, places, read_complaint_mapping
from qms.imports.complaints import read_complaints
from qms.jobs.imports import file_sha256
from qms.jobs.imports_complaints import load_complaints, preview_complaints
from qms.models.customers_complaints import CustomerComplaint
from qms.rules.accounts import SYSTEM
from qms.rules.errors import BadFile
from qms.workflows.imports import prepare
from tests.customers.scene import Scene

CFPB = Path("/work/shared/data/cfpb-complaints/cfpb_2013_1000.csv")
US = """Complaint ID,Date received,Product,Issue,Company response,Timely response?,Consumer disputed?,ZIP
1,8/30/2013,Mortgage,Escrow,Closed with explanation,Yes,Yes,95993
2,9/3/2013,Mortgage,Fees,Closed,Yes,No,91104
3,9/4/2013,Card,,Untimely response,No,No,10001
"""
GERMAN = """Nr;Eingang;Artikel;Fehler
A-1;03.09.2013;Halter;Grat
A-2;30.08.2013;Halter;Kratzer
"""
GERMAN_MAPPING = """
[columns]
reference = "Nr"
received = "Eingang"
item = "Artikel"
issue = "Fehler"
"""


def read(text: str, mapping: str = ""):
    return read_complaints(text.encode(), read_complaint_mapping(mapping))


def test_headers_are_recognised_and_the_rest_is_kept_as_it_is():
    file = read(US)
    assert (len(file.complaints), file.disputed, file.late, file.refused, file.style) == (3, 1, 1, 0, "m/d/Y")
    first = file.complaints[0]
    assert (first.reference, first.item, first.description, first.answer) == (
        "1", "Mortgage", "Escrow", "Closed with explanation")
    assert json.loads(first.fields)["ZIP"] == "95993"
    assert file.complaints[2].description == "Card"


def test_chinese_headers_and_days_are_recognised():
    file = read("投诉编号,收到日期,产品,问题描述,是否争议\nT1,2026年3月2日,支架,毛刺,是\n")
    assert (file.style, file.disputed, f"{file.complaints[0].received:%Y-%m-%d}") == ("Y年m月d日", 1, "2026-03-02")


def test_other_headers_come_by_a_mapping_and_are_refused_without():
    file = read(GERMAN, GERMAN_MAPPING)
    assert [(one.reference, f"{one.received:%Y-%m-%d}") for one in file.complaints] == [
        ("A-1", "2013-09-03"), ("A-2", "2013-08-30")]
    with pytest.raises(BadFile) as refused:
        read(GERMAN)
    assert [problem.field for problem in refused.value.problems][:1] == ["received"]


@pytest.mark.parametrize("wrong", ["x = 1", '[columns]\nnothing = "a"', 'columns = "a"', "[", '[dates]\nreceived = "q"',
                                   '[columns]\nitem = "no such column"'])
def test_a_mapping_that_cannot_be_used_is_refused(wrong):
    with pytest.raises(BadFile):
        read(US, wrong)


@pytest.mark.parametrize(("cells", "expected"), [
    (("8/30/2013", "9/3/2013"), "m/d/Y"), (("30/8/2013", "9/3/2013"), "d/m/Y"), (("2013-08-30",), "Y-m-d"),
    (("30.08.2013", "03.09.2013"), "d/m/Y"), (("9/9/2013",), "m/d/Y"), (("2013/8/30 14:05",), "Y-m-d")])
def test_the_style_of_days_is_recognised_where_only_one_is_possible(cells, expected):
    assert style_of([Cell(n, text) for n, text in enumerate(cells, start=2)], "received") == expected


def test_days_that_may_be_read_in_two_ways_are_refused_with_line_and_column():
    with pytest.raises(BadFile) as refused:
        style_of([Cell(2, "9/9/2013"), Cell(3, "9/3/2013"), Cell(4, "1/2/2013")], "received")
    [problem] = refused.value.problems
    assert (problem.line, problem.field, problem.kind) == (3, "received", "ambiguous")
    assert style_of([Cell(3, "9/3/2013")], "received", "d/m/Y") == "d/m/Y"


@pytest.mark.parametrize(("line", "kind"), [
    ("4,13/13/2013,Card,x,Closed,Yes,No,1", "time"), ("4,9/5/2013,,,Closed,Yes,No,1", "empty"),
    ("4,9/5/2013,Card,x,Closed,perhaps,No,1", "yes_no"), ("1,9/5/2013,Card,x,Closed,Yes,No,1", "double"),
    ("4,9/5/2013,Card", "width"), ("4,9/5/2013,=1+1,x,Closed,Yes,No,1", "formula")])
def test_a_wrong_line_is_refused_by_itself_and_the_totals_reconcile(line: str, kind: str):
    file = read(US + line + "\n")
    assert [(problem.line, problem.kind) for problem in file.problems] == [(5, kind)]
    assert (file.rows, len(file.complaints), file.refused) == (4, 3, 1)


HEADER = US.partition("\n")[0]


@pytest.mark.parametrize("text", ["", "Complaint ID,Date received,Product\n", f"{HEADER}\n1,x,y,z,,,,\n"])
def test_a_file_of_which_nothing_can_be_taken_is_refused(text):
    with pytest.raises(BadFile):
        read(text)


def test_two_columns_of_one_name_are_refused():
    with pytest.raises(BadFile):
        places(("Date received", "Issue", "Issue"), ComplaintMapping())


def run(db: Database, path: Path, mapping: str = ""):
    with db.transaction(SYSTEM, "imports.prepare") as session:
        run_id = prepare(session, SYSTEM, kind="complaints", file_name=path.name, file_sha256=file_sha256(path)).id
    return load_complaints(db, SYSTEM, run_id, path, read_complaint_mapping(mapping))


def test_a_file_is_kept_once_and_stands_as_it_says(scene: Scene, tmp_path: Path):
    path = tmp_path / "us.csv"
    path.write_text(US, encoding="utf-8")
    mapping = '[customer]\ncode = "C01"\n'
    assert preview_complaints(scene.db, SYSTEM, path, read_complaint_mapping(mapping)).added == 3
    outcome = run(scene.db, path, mapping)
    assert (outcome.added, outcome.known, outcome.made) == (3, 0, ())
    again = run(scene.db, path, mapping)
    assert (again.added, again.known) == (0, 3)
    with scene.db.reading() as session:
        held = session.scalars(select(CustomerComplaint).order_by(CustomerComplaint.id)).all()
    assert [one.state for one in held] == ["reopened", "lapsed", "received"]
    assert [one.number for one in held] == [f"CC-SH-{held[0].year}-{n:06d}" for n in (1, 2, 3)]
    assert {one.customer_id for one in held} == {scene.plant.customer}
    assert held[0].received_at.isoformat() == "2013-08-29T16:00:00+00:00"


def test_a_line_that_was_added_later_is_added_and_a_refused_one_is_told(scene: Scene, tmp_path: Path):
    path = tmp_path / "us.csv"
    path.write_text(US, encoding="utf-8")
    run(scene.db, path)
    path.write_text(US + "4,9/5/2013,Card,x,Closed,Yes,Yes,1\n5,no day,Card,x,Closed,Yes,Yes,1\n", encoding="utf-8")
    outcome = run(scene.db, path)
    assert (outcome.added, outcome.known, outcome.file.refused) == (1, 3, 1)


def test_the_published_file_gives_its_counts(fresh_db: Database, monkeypatch: pytest.MonkeyPatch):
    if not CFPB.exists():
        pytest.skip("the published file is not here")
    monkeypatch.setenv("QMS_DATABASE_URL", fresh_db.url)
    told = CliRunner().invoke(import_group, ["complaints", str(CFPB), "--dry-run"])
    assert told.exit_code == 0, told.output
    assert told.output.startswith("1,000 complaints; 211 disputed, 16 late")
    assert "1,000 rows read: 1,000 would be added, 0 already there, 0 refused" in told.output


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_file_is_looked_at_on_screen_before_it_is_imported(scene: Scene, sign_in, page, language: str):
    browser = sign_in("quality_engineer", language)
    page(browser, "/imports/complaints/")
    scene.customer()
    page(browser, "/imports/complaints/")

    def sent(text: str) -> dict:
        return {"customer_id": scene.plant.customer, "file": (io.BytesIO(text.encode()), "us.csv")}

    shown = page(browser, "/imports/complaints/", sent(US)).text
    for said in ("Escrow", "m/d/Y", "Consumer disputed?"):
        assert said in shown, said
    page(browser, "/imports/complaints/", sent("Date received,Issue\n9/3/2013,x\n"), status=422)
    page(browser, "/imports/complaints/", sent(US) | {"mapping": (io.BytesIO(b"x = 1"), "m.toml")}, status=422)
