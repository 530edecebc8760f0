"""Requests from a help-desk log: last rows count, totals reconcile with a plain count, a second run adds nothing."""

import gzip
import io
from pathlib import Path

import pytest
from sqlalchemy import func, select

from qms.db import Database
from qms.db.ledger import ledger
from qms.imports.service_requests import read_log
from qms.imports.service_requests_count import plain_count
from qms.imports.service_requests_mapping import read_request_mapping
from qms.jobs.service_requests_import import load_requests, preview_requests
from qms.models.chain import Unit
from qms.models.imports import Import, ImportProblem
from qms.models.service_requests import ServiceRequest
from qms.rules.accounts import SYSTEM
from qms.rules.errors import BadFile
from qms.rules.service_requests_import import RequestMapping
from qms.workflows.imports import prepare

MAPPING = Path("examples/mappings/incidents.toml").read_text(encoding="utf-8")
HEAD = ("number,incident_state,reassignment_count,reopen_count,made_sla,opened_at,location,category,subcategory,"
        "u_symptom,assignment_group,resolved_at,closed_at")
ROWS = (
    "INC1,New,0,0,true,29/2/2016 01:16,Location 1,Category 5,?,?,Group 1,?,?",
    "INC2,New,0,0,true,29/2/2016 02:16,Location 2,Category 6,?,?,?,?,?",
    "INC1,Closed,2,1,false,29/2/2016 01:16,Location 1,Category 5,Sub 7,?,Group 2,1/3/2016 08:53,5/3/2016 12:00",
    "INC3,Closed,1,0,?,1/3/2016 10:00,Location 1,?,?,?,Group 1,?,6/3/2016 12:00",
    "INC2,Closed,0,0,true,29/2/2016 02:16,Location 2,Category 6,?,?,Group 1,29/2/2016 09:00,6/3/2016 12:00")


@pytest.fixture
def mapping() -> RequestMapping:
    """The mapping of the example."""
    return read_request_mapping(MAPPING)


@pytest.fixture
def log(tmp_path: Path):
    """Return a function that writes a log of rows, compressed."""
    def write(*rows: str, head: str = HEAD) -> Path:
        path = tmp_path / "log.csv.gz"
        path.write_bytes(gzip.compress("\n".join((head, *rows)).encode()))
        return path

    return write


def load(db: Database, path: Path, mapping: RequestMapping):
    with db.transaction(SYSTEM, "imports.prepare") as session:
        run_id = prepare(session, SYSTEM, kind="requests", file_name=path.name, file_sha256="x").id
    return load_requests(db, SYSTEM, run_id, path, mapping), run_id


def stored(db: Database) -> dict[str, ServiceRequest]:
    with db.reading() as session:
        return {r.source_key or "": r for r in session.scalars(select(ServiceRequest))}


def test_the_last_row_of_a_request_holds_its_final_state(db: Database, log, mapping: RequestMapping):
    outcome, _run = load(db, log(*ROWS), mapping)
    assert (outcome.log.rows, outcome.added, outcome.is_equal) == (5, 3, True)
    first = stored(db)["uci-incidents:INC1"]
    assert (first.state, first.kept, first.judged, first.passed, first.reopened) == (
        "unanswered", False, "import", 2, 1)
    assert (first.title, first.commitment_id, first.spent_minutes, first.rating) == (
        "Category 5 / Sub 7", None, None, None)
    assert f"{first.asked_at:%Y-%m-%d %H:%M}" == "2016-02-29 01:16"


def test_what_the_log_does_not_say_is_neither_kept_nor_missed(db: Database, log, mapping: RequestMapping):
    outcome, _run = load(db, log(*ROWS), mapping)
    third = stored(db)["uci-incidents:INC3"]
    assert (third.kept, third.judged, third.done_at) == (None, None, None)
    assert (outcome.kept.kept, outcome.kept.missed, outcome.kept.requests) == (1, 1, 3)
    assert outcome.kept.rows() == [(0, 1, 1), (2, 0, 1)]


def test_a_second_run_adds_nothing(db: Database, log, mapping: RequestMapping):
    load(db, log(*ROWS), mapping)
    outcome, _run = load(db, log(*ROWS), mapping)
    assert (outcome.added, outcome.known, outcome.is_equal) == (0, 3, True)
    assert len(stored(db)) == 3


def test_groups_become_departments_of_the_site(db: Database, log, mapping: RequestMapping):
    outcome, _run = load(db, log(*ROWS), mapping)
    assert outcome.made == ("Group 1", "Group 2", "Location 1", "Location 2")
    with db.reading() as session:
        kinds = session.execute(select(Unit.code, Unit.kind).where(Unit.code.in_(outcome.made))).all()
    assert {kind for _code, kind in kinds} == {"department"}


def test_a_group_that_is_not_named_is_a_unit_that_says_so(db: Database, log, mapping: RequestMapping):
    load(db, log(ROWS[1]), mapping)
    with db.reading() as session:
        unit = session.get_one(Unit, stored(db)["uci-incidents:INC2"].provider_id)
        assert (unit.code, unit.name_en) == ("UNKNOWN", "Not named in the log")


def test_unknown_groups_are_refused_with_the_list_where_the_mapping_says_so(db: Database, log):
    strict = read_request_mapping(MAPPING.replace('groups = "make"', 'groups = "refuse"'))
    with pytest.raises(BadFile, match="Group 1") as refused:
        load(db, log(*ROWS), strict)
    assert len(refused.value.problems) == 4
    assert stored(db) == {}
    with db.reading() as session:
        assert session.scalar(select(Import.state).order_by(Import.id.desc()).limit(1)) == "refused"


@pytest.mark.parametrize(("broken", "kind"), [
    (ROWS[3].replace("Closed", "Vanished"), "state"), (ROWS[3].replace("1/3/2016 10:00", "10:00"), "time"),
    (ROWS[3].replace("Group 1,?", "=1+1,?"), "formula"), (ROWS[3].replace(",1,0,?", ",-1,0,?"), "quantity"),
    (ROWS[3].replace(",1,0,?", ",1,0,maybe"), "kept"), (ROWS[3].replace("1/3/2016 10:00", "?"), "asked"),
    (ROWS[3] + ",more", "cells")])
def test_a_row_that_cannot_be_taken_is_refused_with_its_line_and_reason(
        db: Database, log, mapping: RequestMapping, broken: str, kind: str):
    outcome, run_id = load(db, log(*ROWS[:3], broken, ROWS[4]), mapping)
    [problem] = outcome.log.problems
    assert (problem.line, problem.kind) == (5, kind)
    assert outcome.added == 2
    with db.reading() as session:
        kept = session.scalars(select(ImportProblem).where(ImportProblem.import_id == run_id)).one()
        assert kept.line == 5


def test_a_refused_request_makes_the_two_counts_unequal(db: Database, log, mapping: RequestMapping):
    outcome, _run = load(db, log(*ROWS[:3], ROWS[3].replace("Closed", "Vanished")), mapping)
    assert outcome.log.refused == 1
    assert outcome.is_equal is False


def test_a_dry_run_changes_nothing(db: Database, log, mapping: RequestMapping):
    outcome = preview_requests(db, SYSTEM, log(*ROWS), mapping)
    assert (outcome.added, outcome.is_equal) == (3, True)
    assert stored(db) == {}


def test_every_request_is_in_the_trail_and_has_a_number_without_gaps(db: Database, log, mapping: RequestMapping):
    load(db, log(*ROWS), mapping)
    made = stored(db)
    assert sorted(r.serial for r in made.values()) == [1, 2, 3]
    with db.reading() as session:
        told = session.scalar(select(func.count()).select_from(ledger).where(
            ledger.c.entity == "service_requests", ledger.c.entity_id.in_([r.id for r in made.values()])))
    assert told == 3


def test_a_file_without_a_column_of_the_mapping_is_refused_by_name(log, mapping: RequestMapping):
    with pytest.raises(BadFile, match="made_sla"):
        read_log(log(*ROWS, head=HEAD.replace("made_sla", "sla")), mapping)


def test_a_damaged_gz_is_refused(tmp_path: Path, mapping: RequestMapping):
    path = tmp_path / "log.csv.gz"
    path.write_bytes(gzip.compress(HEAD.encode())[:-9])
    with pytest.raises(BadFile, match="damaged"):
        read_log(path, mapping)


@pytest.mark.parametrize(("old", "new", "named"), [
    ('number = "number"\n', "", "columns.number"), ('zone = "UTC"', 'zone = "Mars"', "site.zone"),
    ('format = "d/m/Y H:M"', 'format = "%d"', "time.format"), ('kept = ["true"]\n', "", "verdict.kept"),
    ('asked = ["New"]', 'asked = ["Closed"]', "states.unanswered"),
    ('groups = "make"', 'groups = "guess"', "units.groups"),
    ("[units]", "[unts]", "unts")])
def test_a_mapping_that_cannot_be_used_names_what_is_wrong(old: str, new: str, named: str):
    assert old in MAPPING
    with pytest.raises(BadFile) as refused:
        read_request_mapping(MAPPING.replace(old, new))
    assert named in " ".join(problem.field or "" for problem in refused.value.problems)


def test_pandas_counts_the_last_rows_by_itself(log, mapping: RequestMapping):
    found = plain_count(log(*ROWS), mapping)
    assert found is not None
    assert [value for _words, value in found.figures()] == [3, 1, 1, 1, 3, 2, 1, 1]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_log_is_imported_on_screen(db: Database, sign_in, page, log, language: str):
    from qms.rules.imports import KINDS

    browser = sign_in("quality_engineer", language)
    page(browser, "/imports/requests")
    sent = {"file": (io.BytesIO(log(*ROWS).read_bytes()), "log.csv.gz"),
            "mapping": (io.BytesIO(MAPPING.encode()), "incidents.toml")}
    shown = page(browser, "/imports/requests", sent)
    assert {"zh": "一致", "en": "equal"}[language] in shown.text
    with db.reading() as session:
        import_id = session.scalar(select(func.max(Import.id)))
    page(browser, f"/imports/{import_id}/run", {})
    page(browser, f"/imports/{import_id}")
    assert KINDS["requests"].to(language) in page(browser, "/imports/").text


def test_a_mapping_that_cannot_be_used_is_refused_on_screen(sign_in, page, log):
    sent = {"file": (io.BytesIO(log(*ROWS).read_bytes()), "log.csv.gz"),
            "mapping": (io.BytesIO(b"source = 1"), "incidents.toml")}
    assert "mapping cannot be used" in page(sign_in("quality_engineer"), "/imports/requests", sent, status=422).text


def test_a_finished_run_shows_both_counts(db: Database, sign_in, page, log, mapping: RequestMapping):
    _outcome, run_id = load(db, log(*ROWS), mapping)
    text = page(sign_in("quality_engineer"), f"/imports/{run_id}").text
    for words in ("Counted twice", "equal", "Promises kept by number of hand-overs", "Rows read"):
        assert words in text
