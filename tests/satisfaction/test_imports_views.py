"""Measures of units are uploaded at the desk: previewed, run as a job, every refused value told."""

import io
import threading

import pytest
from sqlalchemy import func, select

from qms.jobs import kinds
from qms.jobs.worker import run_one
from qms.models.imports import Import
from qms.models.satisfaction_measures import UnitMeasure
from tests.satisfaction.scene import Scene

LONG = "unit,measure,value\nA,EES,0.5\nB,EES,n/a\nC,EES,much\n"
WIDE = "id,name,year,Care,Overall\n001,First,2024,52.5%,4\n002,Second,2024,Not Available,3\n"
COLUMNS = {"unit": "id", "name": "name", "period": "year", "internal": "Care\n", "external": "Overall"}


@pytest.fixture
def work(app, db):
    """Return a function that runs the jobs that wait, as a worker would."""

    def run() -> int:
        done = 0
        while run_one(db, app.extensions["qms.settings"], kinds(), f"test {threading.get_ident()}"):
            done += 1
        return done

    return run


def sent(browser, address: str, text: str, file_name: str = "scores.csv", **said):
    return browser.post(f"/imports/measures/{address}", content_type="multipart/form-data", data={
        "csrf": "test-csrf", "file": (io.BytesIO(text.encode()), file_name), **said})


def newest(scene: Scene) -> Import | None:
    with scene.db.reading() as session:
        return session.scalars(select(Import).order_by(Import.id.desc())).first()


def stored(scene: Scene) -> int:
    with scene.db.reading() as session:
        return session.scalar(select(func.count()).select_from(UnitMeasure)) or 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_survey_results_are_previewed_run_and_told(scene: Scene, sign_in, page, work, language: str):
    browser, site = sign_in("quality_manager", language), str(scene.plant.site)
    page(browser, "/imports/measures/survey")
    assert sent(browser, "survey", LONG, site_id=site, source="CSPS", period="2020", kind="internal").status_code == 302
    run = newest(scene)
    assert run is not None
    shown = page(browser, f"/imports/measures/{run.id}/preview").text
    assert {"zh": "读取行数 3 将新增 1 已存在 0 已拒绝 1",
            "en": "Rows read 3 Would be added 1 Already there 0 Refused 1"}[language] in shown
    assert stored(scene) == 0
    page(browser, f"/imports/{run.id}/run", post={})
    assert work() == 1
    told = page(browser, f"/imports/{run.id}").text
    assert {"zh": "不是数字", "en": "is no number"}[language] in told
    assert "EES 1" in told
    assert stored(scene) == 1
    assert "much" in browser.get(f"/imports/{run.id}/refused-lines").get_data(as_text=True)


def test_measures_inside_and_outside_are_uploaded_with_a_column_each(scene: Scene, sign_in, page, work):
    browser, site = sign_in("quality_manager", "en"), str(scene.plant.site)
    page(browser, "/imports/measures/units")
    assert sent(browser, "units", WIDE, "hvbp.csv", site_id=site, **COLUMNS).status_code == 302
    run = newest(scene)
    assert run is not None
    assert "52.5 %" in page(browser, f"/imports/measures/{run.id}/preview").text
    page(browser, f"/imports/{run.id}/run", post={})
    assert work() == 1
    with scene.db.reading() as session:
        assert [(m.unit_code, m.measure, m.kind, m.source) for m in session.scalars(
            select(UnitMeasure).order_by(UnitMeasure.id))] == [
            ("001", "Care", "internal", "hvbp.csv"), ("001", "Overall", "external", "hvbp.csv"),
            ("002", "Overall", "external", "hvbp.csv")]
    assert page(browser, f"/imports/measures/{run.id}/preview").status == 200, "an import that ran leads to its result"


@pytest.mark.parametrize(("said", "words"), [
    (COLUMNS | {"unit": "ward"}, "The file has no column ward; it has: id, name, year, Care, Overall"),
    (COLUMNS | {"period": "yeer"}, "The file has no column yeer; it has: year, …"),
    (COLUMNS | {"internal": "", "external": ""}, "Name the column of at least one measure.")])
def test_a_column_that_is_not_there_is_refused_at_once(scene: Scene, sign_in, said: dict, words: str):
    browser = sign_in("quality_manager", "en")
    answer = sent(browser, "units", WIDE, site_id=str(scene.plant.site), **said)
    assert answer.status_code == 422
    assert words in answer.get_data(as_text=True)
    assert newest(scene) is None


def test_who_may_not_import_gets_no_page_and_another_site_is_no_choice(scene: Scene, sign_in):
    assert sent(sign_in("operator"), "units", WIDE, site_id=str(scene.plant.site), **COLUMNS).status_code == 403
    answer = sent(sign_in("quality_manager"), "units", WIDE, site_id=str(scene.plant.site + 1), **COLUMNS)
    assert answer.status_code == 422
    assert newest(scene) is None
