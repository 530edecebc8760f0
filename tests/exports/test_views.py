"""Registers leave as downloads, large ones as jobs; only who may export gets them."""

import base64
import csv
import io
import os
import signal
from multiprocessing import get_context
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from qms.db import Database
from qms.jobs import kinds
from qms.jobs.exports import job_file
from qms.jobs.worker import run_one
from qms.models.jobs import Job
from qms.models.trail import Export
from qms.settings import Settings
from qms.views import exports as view
from qms.workflows.trail_checkpoints import newest
from tests.acceptance.arrange import presented
from tests.rejections.cases import reported


def ask(browser, register="ledger", **fields):
    return browser.post(f"/exports/{register}", data={"csrf": "test-csrf", "format": ".xlsx"} | fields)


def exports_in(db):
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(Export))


@pytest.mark.parametrize(("language", "sheet", "kind"), [
    ("zh", "质量台账", "不接受"), ("en", "Quality ledger", "Not accepted")])
def test_a_small_register_comes_at_once_in_the_readers_language(db, plant, sign_in, *, language, sheet, kind):
    made = reported(db, plant)
    answer = ask(sign_in("auditor", language), state="held")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=ledger-")
    rows = list(load_workbook(io.BytesIO(answer.data))[sheet].values)
    assert [(row[0], row[3]) for row in rows[1:]] == [(made.number, kind)]
    assert exports_in(db) == 1


def test_csv_comes_as_csv(db, plant, sign_in):
    made = reported(db, plant)
    answer = ask(sign_in("auditor"), format=".csv")
    assert answer.mimetype == "text/csv"
    assert next(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))["No."] == made.number


def test_hand_overs_come_too(plant, sign_in):
    answer = ask(sign_in("auditor"), "handovers")
    assert load_workbook(io.BytesIO(answer.data)).sheetnames == ["Hand-over register", "About"]


@pytest.mark.parametrize(("address", "register", "sheet"), [
    ("/acceptance/hand-overs?state=presented", "handovers", "Hand-over register"),
    ("/rejections/?state=held", "ledger", "Quality ledger")])
def test_the_buttons_of_a_register_export_it_and_links_open_the_records(db, plant, sign_in, page, *, address, register,
                                                                        sheet):
    presented(db, plant)
    reported(db, plant)
    browser = sign_in("auditor")
    shown = page(browser, address)
    fields = {one.get("name"): one.get("value") for one in shown.find(f".//form[@action='/exports/{register}']/input")}
    assert fields["state"] in address
    cells = load_workbook(io.BytesIO(ask(browser, register, **fields).data))[sheet]
    assert cells.max_row == 2
    assert cells["A2"].value in shown.text
    link = cells.cell(2, cells.max_column).hyperlink.target
    assert cells["A2"].value in page(browser, link.removeprefix("http://localhost")).text


def test_who_may_not_export_sees_no_buttons(db, plant, sign_in, page):
    reported(db, plant)
    assert not page(sign_in("operator"), "/rejections/").find(".//form[@action='/exports/ledger']")
    assert page(sign_in("team_leader"), "/rejections/").find(".//form[@action='/exports/ledger']")


def test_who_may_not_export_is_refused_and_nothing_is_written(db, plant, sign_in):
    assert ask(sign_in("operator")).status_code == 403
    assert exports_in(db) == 0


@pytest.mark.parametrize(("register", "fields", "status"), [
    ("people", {}, 404), ("ledger", {"format": ".exe"}, 422), ("ledger", {"site_id": "x"}, 422),
    ("ledger", {"site_id": "9" * 20}, 422), ("ledger", {"first": "=1+1"}, 422), ("ledger", {"csrf": "other"}, 400)])
def test_bad_requests_are_refused(db, plant, sign_in, *, register, fields, status):
    assert ask(sign_in("auditor"), register, **fields).status_code == status
    assert exports_in(db) == 0


@pytest.fixture
def long_export(fresh_db, tmp_path, monkeypatch):
    """An application whose exports become jobs beyond two rows, and a browser of its auditor."""
    from datetime import timedelta

    from qms import create_app
    from qms.rules.accounts import SYSTEM
    from qms.workflows import accounts
    from tests.plant import PASSWORD, make_plant

    monkeypatch.setattr(view, "MOST_AT_ONCE", 2)
    plant = make_plant(fresh_db)
    settings = Settings(instance=tmp_path, workers=0)
    app = create_app(settings, fresh_db)
    with fresh_db.transaction(SYSTEM, "tests.sign_in") as session:
        accounts.set_password(session, SYSTEM, plant.auditor.id, PASSWORD)
        token = accounts.sign_in(session, login="auditor", password=PASSWORD, address="127.0.0.1", agent="test",
                                 lasts=timedelta(hours=1))
    browser = app.test_client()
    browser.set_cookie("qms", token)
    with browser.session_transaction() as held:
        held["csrf"] = "test-csrf"
    for _ in range(3):
        reported(fresh_db, plant)
    return fresh_db, plant, settings, browser


def test_a_large_register_becomes_a_job_with_progress_and_download(long_export, page):
    db, _, settings, browser = long_export
    answer = ask(browser, kind="not_accepted")
    assert answer.status_code == 303
    address = answer.headers["Location"]
    assert "rows" in page(browser, address).text
    assert browser.get(f"{address}/file").status_code == 404
    assert run_one(db, settings, kinds())
    assert "3 rows" in page(browser, address).text
    with browser.get(f"{address}/file") as download:
        book = load_workbook(io.BytesIO(download.data))
    assert len(list(book["Quality ledger"].values)) == 4
    with db.reading() as session:
        kept = newest(session)
    assert kept is not None
    told = dict(book["About"].values)["Checkpoint of the audit trail"]
    assert told == f"{kept.size} entries, root {base64.b64encode(kept.root).decode()}"
    assert exports_in(db) == 1
    job_file(settings.files, int(address.rsplit("/", 1)[1]), ".xlsx").unlink()
    assert browser.get(f"{address}/file").status_code == 404


def test_a_job_can_be_stopped_and_leaves_no_file(long_export, page):
    db, _, settings, browser = long_export
    address = ask(browser).headers["Location"]
    assert browser.post(f"{address}/cancel", data={"csrf": "test-csrf"}).status_code == 303
    assert not run_one(db, settings, kinds())
    assert "stopped" in page(browser, address).text
    assert exports_in(db) == 0


def test_another_persons_export_is_not_found(long_export):
    from qms.rules.accounts import SYSTEM
    from qms.workflows import jobs

    db, plant, _, browser = long_export
    with db.transaction(SYSTEM, "jobs.ask") as session:
        other = jobs.ask(session, plant.quality_engineer, "exports.write", {
            "register": "ledger", "suffix": ".csv", "filter": {}, "language": "en", "address": ""}).id
        kind = jobs.ask(session, plant.auditor, "imports.run", {}).id
    for job in (other, kind, 10**6):
        assert browser.get(f"/exports/{job}").status_code == 404
        assert browser.get(f"/exports/{job}/file").status_code == 404


def work_until_killed(url: str, instance: Path) -> None:
    """Take a job in a process of its own, write half a file, and be killed as by the kernel."""
    settings = Settings(instance=instance, workers=0)

    def die(_run):
        folder = settings.files / "exports"
        folder.mkdir(parents=True)
        (folder / ".unfinished-1.xlsx").write_bytes(b"half")
        os.kill(os.getpid(), signal.SIGKILL)

    run_one(Database(url), settings, {"exports.write": die})


def test_a_worker_killed_while_writing_leaves_nothing_and_the_next_one_finishes(long_export):
    db, plant, settings, browser = long_export
    address = ask(browser).headers["Location"]
    job_id = int(address.rsplit("/", 1)[1])
    worker = get_context("spawn").Process(target=work_until_killed, args=(db.url, settings.instance))
    worker.start()
    worker.join(60)
    assert worker.exitcode == -signal.SIGKILL
    assert not run_one(db, settings, kinds())
    with db.transaction(plant.auditor, "tests.lose") as session:
        job = session.get_one(Job, job_id)
        assert job.state == "running"
        job.leased_until = job.created_at
    assert run_one(db, settings, kinds())
    with browser.get(f"{address}/file") as download:
        assert len(list(load_workbook(io.BytesIO(download.data))["Quality ledger"].values)) == 4
    assert exports_in(db) == 1
