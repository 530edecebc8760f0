"""Facts about the import pages: upload, meaning of columns, preview, run, result."""

import io
import re
import threading

import pytest
from sqlalchemy import select

from qms.jobs import kinds
from qms.jobs.worker import run_one
from qms.models.acceptance import Handover
from qms.models.imports import Import
from qms.models.rejections import Rejection
from qms.settings import Settings
from tests.imports.production_logs import log, row, three_steps

MAPPING = """
source = "test"
[file]
delimiter = "space"
header = "here"
names = ["verdict", "time"]
[columns]
verdict = "verdict"
time = "time"
[time]
format = "d/m/Y H:M:S"
[verdict]
accept = ["-1"]
reject = ["1"]
defect = "D01"
[[defects]]
code = "D01"
en = "Burr"
zh = "毛刺"
[site]
code = "SH"
en = "Shanghai"
zh = "上海"
[supplier]
code = "OP30"
en = "Paint"
zh = "涂装"
[customer]
code = "OP90"
en = "Final"
zh = "终检"
[link]
en = "Brackets"
zh = "支架"
[item]
code = "BR-100"
en = "Bracket"
zh = "支架"
[lot]
rule = "day"
prefix = "T-"
"""
LABELS = b'-1 "19/07/2030 11:55:00"\n1 "19/07/2030 12:32:00"\n7 now\n'


@pytest.fixture
def work(app, db):
    """Return a function that runs the jobs that wait, as a worker would."""

    def run():
        settings: Settings = app.extensions["qms.settings"]
        done = 0
        while run_one(db, settings, kinds(), f"test {threading.get_ident()}"):
            done += 1
        return done

    return run


def files(**named):
    return {name: (io.BytesIO(content), f"{name}.{ending}") for name, (content, ending) in named.items()}


def sent(browser, address, **data):
    return browser.post(address, data={"csrf": "test-csrf", **data}, content_type="multipart/form-data",
                        follow_redirects=True)


def newest(db):
    with db.reading() as session:
        return session.scalars(select(Import).order_by(Import.id.desc())).first()


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("address", ["/imports/", "/imports/inspections", "/imports/production"])
def test_the_pages_before_an_upload_are_sound(sign_in, page, address, language):
    assert page(sign_in("quality_engineer", language), address).status == 200


@pytest.mark.parametrize("address", ["/imports/", "/imports/inspections", "/imports/template"])
def test_who_may_not_import_sees_no_import_page(sign_in, address):
    assert sign_in("operator").get(address).status_code == 403


def test_the_template_is_given(sign_in):
    answer = sign_in("quality_engineer").get("/imports/template")
    assert b"[[defects]]" in answer.data


def test_inspections_with_a_mapping_are_previewed_run_and_told(db, sign_in, page, work):
    browser = sign_in("quality_engineer")
    answer = sent(browser, "/imports/inspections", **files(file=(LABELS, "data"), mapping=(MAPPING.encode(), "toml")))
    assert answer.status_code == 200
    run = newest(db)
    assert (run.state, run.file_name) == ("prepared", "file.data")
    shown = page(browser, f"/imports/{run.id}/preview")
    assert "Would be added 2" in shown.text
    assert "“7” neither accepts nor rejects" in shown.text
    with db.reading() as session:
        assert session.scalars(select(Handover)).all() == []
    page(browser, f"/imports/{run.id}/run", post={})
    assert work() == 1
    told = page(browser, f"/imports/{run.id}")
    for words in ("Done", "Rows read 3", "Added 2", "Refused 1", "D01 1", "add up to the file"):
        assert words in told.text
    lines = browser.get(f"/imports/{run.id}/refused-lines").get_data(as_text=True)
    assert re.search(r'"3","verdict"', lines)
    register = page(browser, f"/rejections/?import_id={run.id}")
    assert "T-20300719" in register.text
    assert "file.data" in page(browser, "/imports/").text


def test_a_second_run_of_the_job_is_refused_and_changes_nothing(db, sign_in, page, work):
    browser = sign_in("quality_engineer")
    sent(browser, "/imports/inspections", **files(file=(LABELS, "data"), mapping=(MAPPING.encode(), "toml")))
    run = newest(db)
    page(browser, f"/imports/{run.id}/run", post={})
    page(browser, f"/imports/{run.id}/run", post={})
    assert work() == 1
    with db.reading() as session:
        assert len(session.scalars(select(Rejection)).all()) == 1


def test_a_wrong_mapping_is_refused_with_everything_that_is_wrong(db, sign_in):
    answer = sent(sign_in("quality_engineer"), "/imports/inspections",
                  **files(file=(LABELS, "data"), mapping=(b"sorce = 1\n", "toml")))
    assert answer.status_code == 422
    assert "sorce" in answer.text
    assert newest(db) is None


def test_a_file_that_cannot_be_taken_is_told_on_its_preview(db, sign_in, page):
    browser = sign_in("quality_engineer", "zh")
    sent(browser, "/imports/inspections", **files(file=(b"7 now\n", "data"), mapping=(MAPPING.encode(), "toml")))
    shown = page(browser, f"/imports/{newest(db).id}/preview", status=422)
    assert "均无法导入" in shown.text


def test_columns_are_given_their_meaning_on_screen(db, plant, sign_in, page, work):
    browser = sign_in("quality_engineer")
    raw = b"Lot,At,Result,Burr,Width\nL-0001,2031/05/06 07:00,OK,0,1.5\nL-0001,2031/05/06 08:00,NG,1,1.25\n"
    answer = sent(browser, "/imports/inspections", **files(file=(raw, "csv")))
    assert "What the columns mean" in answer.text
    run = newest(db)
    page(browser, f"/imports/{run.id}/columns")
    roles = {"columns-0-role": "lot", "columns-1-role": "time", "columns-2-role": "verdict", "columns-3-role": "mark",
             "columns-3-more": "D01", "columns-4-role": "reading", "columns-4-more": "mm"}
    roles |= {f"columns-{place}-more": "" for place in (0, 1, 2)}
    written = page(browser, f"/imports/{run.id}/columns", post={
        "link_id": plant.weld_paint, "item_id": plant.item, "source": "screen", "header": "first-line", "accept": "OK",
        "reject": "NG", "lot_rule": "one", **roles})
    area = written.find(".//textarea")[0].text
    assert 'code = "D01"' in area
    shown = page(browser, f"/imports/{run.id}/mapping", post={"toml": area})
    assert "Would be added 2" in shown.text
    page(browser, f"/imports/{run.id}/run", post={})
    assert work() == 1
    with db.reading() as session:
        rows = session.scalars(select(Handover).where(Handover.source == "import").order_by(Handover.id)).all()
        assert [(each.lot_id, each.link_id, each.state) for each in rows] == [
            (plant.lot, plant.weld_paint, "accepted"), (plant.lot, plant.weld_paint, "rejected")]


def test_a_mapping_text_with_a_mistake_stays_on_its_page_with_the_reasons(db, sign_in, page):
    browser = sign_in("quality_engineer")
    sent(browser, "/imports/inspections", **files(file=(LABELS, "data"), mapping=(MAPPING.encode(), "toml")))
    run = newest(db)
    page(browser, f"/imports/{run.id}/mapping")
    shown = page(browser, f"/imports/{run.id}/mapping", post={"toml": MAPPING.replace("accept", "acept")}, status=422)
    assert "“accept” meant" in shown.text


def test_a_file_without_text_cannot_be_given_a_meaning(db, sign_in, page):
    browser = sign_in("quality_engineer")
    sent(browser, "/imports/inspections", **files(file=(b"\x00\x01", "bin")))
    shown = page(browser, f"/imports/{newest(db).id}/columns", status=422)
    assert "NUL" in shown.text


def test_a_production_log_is_previewed_with_its_operations_run_and_told(db, plant, sign_in, page, work):
    browser = sign_in("quality_engineer")
    raw = log(*three_steps(), row("Weighing", at=200, done=7), row(at=300, done=-1))
    answer = sent(browser, "/imports/production", site_id=plant.site, time_format="", encoding="auto",
                  **files(file=(raw, "csv")))
    assert answer.status_code == 200
    run = newest(db)
    shown = page(browser, f"/imports/{run.id}/preview")
    for words in ("Rows read 5", "Would be added 4", "Hand-overs 3", "“-1” is negative"):
        assert words in shown.text
    names = [each.get("value") for each in shown.find(".//input[@name='operation']")]
    again = page(browser, f"/imports/{run.id}/preview", post={
        "operation": names, "inspects": ["Milling Q.C.", "Weighing"]})
    assert "Operations that inspect 2" in again.text
    page(browser, f"/imports/{run.id}/run", post={})
    assert work() == 1
    told = page(browser, f"/imports/{run.id}")
    for words in ("Done", "Added 4", "Pieces rejected 2", "Rows with pieces for MRB 1", "Milling Q.C. Packing 1 1 7"):
        assert words in told.text


def test_a_log_that_excel_destroyed_is_refused_with_line_and_column(db, plant, sign_in, page):
    browser = sign_in("quality_engineer", "zh")
    sent(browser, "/imports/production", site_id=plant.site, encoding="auto",
         **files(file=(log(row(start="24:00.0")), "csv")))
    shown = page(browser, f"/imports/{newest(db).id}/preview", status=422)
    assert "第 2 行" in shown.text
    assert "Start Timestamp" in shown.text


def test_a_wrong_time_format_stays_beside_its_field(db, plant, sign_in):
    answer = sent(sign_in("quality_engineer"), "/imports/production", site_id=plant.site, time_format="%Y",
                  encoding="auto", **files(file=(log(row()), "csv")))
    assert answer.status_code == 422
    assert "no time format" in answer.text
    assert newest(db) is None


def test_a_prepared_import_can_be_given_up(db, sign_in, page):
    browser = sign_in("quality_engineer")
    sent(browser, "/imports/inspections", **files(file=(LABELS, "data"), mapping=(MAPPING.encode(), "toml")))
    run = newest(db)
    page(browser, f"/imports/{run.id}/cancel", post={})
    assert newest(db).state == "cancelled"
    page(browser, f"/imports/{run.id}/run", post={}, status=404)


def test_an_import_asked_for_can_be_given_up_before_it_runs(db, sign_in, page, work):
    browser = sign_in("quality_engineer")
    sent(browser, "/imports/inspections", **files(file=(LABELS, "data"), mapping=(MAPPING.encode(), "toml")))
    run = newest(db)
    page(browser, f"/imports/{run.id}/run", post={})
    shown = page(browser, f"/imports/{run.id}")
    assert shown.find(".//progress")
    page(browser, f"/imports/{run.id}/cancel", post={})
    assert work() == 0
    assert newest(db).state == "cancelled"


def test_an_import_of_another_site_is_not_found(sign_in, page):
    page(sign_in("quality_engineer"), "/imports/999", status=404)
