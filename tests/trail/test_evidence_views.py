"""The evidence workspace: asked in the address, gaps first, a package as a job that only who asked for it fetches."""

import io
import zipfile
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from exports import evidence_verify
from qms import create_app
from qms.db import Database
from qms.jobs import kinds
from qms.jobs.exports import job_file
from qms.jobs.trail_evidence_packing import KIND
from qms.jobs.worker import run_one
from qms.models.accounts import Grant
from qms.models.chain import Site
from qms.models.jobs import Job
from qms.models.trail import Export
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.settings import Settings
from qms.workflows import accounts, jobs
from tests.plant import PASSWORD, make_plant
from tests.rejections.cases import reported

DAYS = "first=2026-01-01&last=2099-12-31"


def test_the_question_stands_in_the_address_and_the_answer_leads_to_records(db, plant, sign_in, page):
    made = reported(db, plant)
    for language in ("zh", "en"):
        shown = page(sign_in("auditor", language), f"/trail/evidence/?{DAYS}&clause=8.7&item=BR-100")
        links = shown.links()
        assert links[made.number] == f"/rejections/{made.id}"
        assert "R-06" in links
        assert shown.find(".//input[@name='item'][@value='BR-100']")
        assert shown.find(".//form[@method='post'][@action='/trail/evidence/']")
    assert links["Rejection"] == "/rejections/?first=2026-01-01&last=2099-12-31"


def test_without_a_question_it_asks_and_shows_nothing(plant, sign_in, page):
    shown = page(sign_in("auditor"), "/trail/evidence/")
    assert "What there is" not in shown.text.replace("Show what there is", "")
    assert "No package yet" in shown.text
    none = page(sign_in("auditor"), "/trail/evidence/?first=2020-01-01&last=2020-01-02")
    assert "Nothing answers this question" in none.text
    assert not none.find(".//form[@method='post'][@action='/trail/evidence/']")


@pytest.mark.parametrize(("query", "told"), [
    ("first=2026-02-01&last=2026-01-01", "before the first"), (f"{DAYS}&item=none", "is called none"),
    ("record=NC-9", "NC-9"), (f"{DAYS}&site=XX", "no site XX"), ("first=soon", "valid date"),
    (f"{DAYS}&clause=9.9", "No evidence is collected of clause 9.9"), (f"{DAYS}&clauses=8.7", "by 'clauses'"),
    ("clauses=8.7", "by 'clauses'")])
def test_what_cannot_be_asked_is_said_on_the_same_page(plant, sign_in, page, query, told):
    shown = page(sign_in("auditor"), f"/trail/evidence/?{query}", status=422)
    assert told in shown.text
    assert not shown.find(".//form[@method='post'][@action='/trail/evidence/']")


def test_only_who_reads_the_trail_and_may_export_sees_it(db, plant, sign_in, page):
    made = reported(db, plant)
    for role in ("team_leader", "admin", "operator"):
        browser = sign_in(role)
        assert browser.get("/trail/evidence/").status_code == 403
        assert browser.post("/trail/evidence/", data={"csrf": "test-csrf"}).status_code == 403
        assert "Evidence" not in page(browser, "/").links()
    assert "Evidence of this record" not in page(sign_in("operator"), f"/rejections/{made.id}").links()
    address = page(sign_in("auditor"), f"/rejections/{made.id}").links()["Evidence of this record"]
    assert made.number in page(sign_in("auditor"), address).links()
    lot = page(sign_in("auditor"), f"/chain/lots/{plant.lot}").links()["Evidence of this record"]
    assert "L-0001" in page(sign_in("auditor"), lot).text


@pytest.fixture
def asked(fresh_db: Database, tmp_path: Path) -> SimpleNamespace:
    """A plant with a rejection; the auditor has asked for a package of it. `browser(login)` signs somebody in."""
    plant = make_plant(fresh_db)
    settings = Settings(instance=tmp_path, workers=0)
    app = create_app(settings, fresh_db)

    def browser(login: str):
        with fresh_db.transaction(SYSTEM, "tests.sign_in") as session:
            accounts.set_password(session, SYSTEM, plant.people[login].id, PASSWORD)
            token = accounts.sign_in(session, login=login, password=PASSWORD, address="127.0.0.1", agent="test",
                                     lasts=timedelta(hours=1))
        made = app.test_client()
        made.set_cookie("qms", token or "")
        with made.session_transaction() as held:
            held["csrf"] = "test-csrf"
        return made

    reported(fresh_db, plant)
    auditor = browser("auditor")
    fields = {"csrf": "test-csrf", "first": "2026-01-01", "last": "2099-12-31", "clause": ["8.7", "8.6"],
              "language": "en"}
    answer = auditor.post("/trail/evidence/", data=fields)
    assert answer.status_code == 303
    return SimpleNamespace(db=fresh_db, plant=plant, settings=settings, auditor=auditor, browser=browser,
                           fields=fields, address=answer.location)


def run(asked: SimpleNamespace, worker: str | None = None) -> None:
    assert run_one(asked.db, asked.settings, kinds(), worker)


def job_of(asked: SimpleNamespace) -> Job:
    with asked.db.reading() as session:
        return session.scalars(sa.select(Job).where(Job.kind == KIND)).one()


def test_a_package_is_made_as_a_job_and_fetched_by_who_asked_alone(asked):
    assert asked.auditor.post("/trail/evidence/", data=asked.fields).location == asked.address
    assert "Waiting" in asked.auditor.get(asked.address).get_data(as_text=True)
    assert asked.auditor.get(f"{asked.address}/file").status_code == 404
    run(asked)
    told = asked.auditor.get(asked.address).get_data(as_text=True)
    assert "python verify.py" in told
    with asked.auditor.get(f"{asked.address}/file") as sent:
        content = sent.data
    assert sent.headers["Content-Disposition"].startswith("attachment; filename=evidence-")
    assert sent.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        assert "records.jsonl" in package.namelist()
    assert evidence_verify.check(str(job_file(asked.settings.files, job_of(asked).id, ".zip")))[0] == []
    for other in ("quality_engineer", "quality_manager"):
        browser = asked.browser(other)
        assert browser.get(asked.address).status_code == 404
        assert browser.get(f"{asked.address}/file").status_code == 404
        assert browser.post(f"{asked.address}/cancel", data={"csrf": "test-csrf"}).status_code == 404
    listed = asked.browser("quality_engineer").get("/trail/evidence/").get_data(as_text=True)
    assert job_of(asked).result["sha256"] in listed
    assert "8.6 Release from one operation to the next" in listed


def test_a_permission_that_ended_meanwhile_ends_the_download_too(asked):
    run(asked)
    with asked.auditor.get(f"{asked.address}/file") as sent:
        assert sent.status_code == 200
    with asked.db.transaction(SYSTEM, "tests.other_site") as session:
        grant = session.scalars(sa.select(Grant).where(Grant.person_id == asked.plant.auditor.id)).one()
        other = accounts.grant(session, SYSTEM, asked.plant.auditor.id, role="auditor", starts_on=utc_now().date(),
                               ends_on=utc_now().date(), site_id=_elsewhere(session))
        grant.starts_on = grant.ends_on = date(2020, 1, 1)
        assert other.id != grant.id
    assert asked.auditor.get(f"{asked.address}/file").status_code == 403


def _elsewhere(session) -> int:
    other = Site(code="BJ", name_zh="北京", name_en="Beijing", time_zone="Asia/Tokyo", profile="iatf", demo=False)
    session.add(other)
    session.flush()
    return other.id


def test_a_package_whose_worker_was_killed_is_made_by_the_next_and_written_down_once(asked):
    with asked.db.transaction(SYSTEM, "tests.take") as session:
        killed = jobs.take(session, "killed")
        assert killed is not None
        killed.leased_until = utc_now()
    run(asked, "next")
    job = job_of(asked)
    assert (job.state, job.tries) == ("done", 2)
    with asked.db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Export)) == 1


def test_a_package_that_is_stopped_leaves_nothing(asked):
    def stopping(job):
        with asked.db.transaction(SYSTEM, "tests.stop") as session:
            jobs.cancel(session, asked.plant.auditor, job.id)
        return kinds()[KIND](job)

    assert run_one(asked.db, asked.settings, kinds() | {KIND: stopping})
    assert job_of(asked).state == "cancelled"
    assert not job_file(asked.settings.files, job_of(asked).id, ".zip").exists()
    with asked.db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Export)) == 0
    assert "Nothing was written" in asked.auditor.get(asked.address).get_data(as_text=True)


def test_a_question_that_may_not_be_asked_begins_no_job(asked):
    for wrong in ({"clause": "9.9"}, {"record": "NC-9"}, {"language": "fr"}, {"first": ""}):
        assert asked.auditor.post("/trail/evidence/", data=asked.fields | wrong).status_code == 422
    engineer = asked.browser("quality_engineer")
    assert engineer.post("/trail/evidence/", data=asked.fields | {"clause": "7.2"}).status_code == 403
    assert job_of(asked).state == "waiting"


def test_the_json_api_asks_and_packs_as_the_page_does(asked):
    browser, heads = asked.auditor, {"X-Requested-By": "test"}
    seen = browser.get(f"/api/v1/evidence?{DAYS}&clause=8.7").json
    assert [one["code"] for one in seen["clauses"]] == ["8.7"]
    assert seen["clauses"][0]["records"]["rejections"] == 1
    assert [gap["rule"] for gap in seen["gaps"]] == ["R-06"]
    assert browser.get("/api/v1/evidence?clause=9.9").status_code == 422
    assert browser.get(f"/api/v1/evidence?{DAYS}&clauses=8.7").status_code == 422
    wanted = {"clause": ["8.7", "8.6"], "first": "2026-01-01", "last": "2099-12-31"}
    begun = browser.post("/api/v1/evidence/packages", json=wanted, headers=heads)
    assert (begun.status_code, begun.json["id"]) == (202, job_of(asked).id)
    shown = browser.get(f"/trail/evidence/?{DAYS}&clause=8.7")
    assert (shown.status_code, "R-06" in shown.get_data(as_text=True)) == (200, True)
    run(asked)
    made = browser.get(f"/api/v1/evidence/packages/{begun.json['id']}").json
    assert made["state"] == "done"
    with browser.get(made["url"]) as sent:
        assert sent.status_code == 200
    engineer = asked.browser("quality_engineer")
    assert engineer.get(f"/api/v1/evidence/packages/{begun.json['id']}").status_code == 404
    for wrong, status in (({"clause": ["7.2"]}, 403), ({"last": "9999-12-31"}, 422), ({"language": "fr"}, 422)):
        assert engineer.post("/api/v1/evidence/packages", json=wanted | wrong, headers=heads).status_code == status
