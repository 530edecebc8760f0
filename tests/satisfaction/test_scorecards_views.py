"""The desk pages, the file, the JSON and the coloured map of scorecards."""

import csv

import pytest

from qms.db import Database
from tests.plant import Plant
from tests.rejections.cases import person_in_unit
from tests.satisfaction.settling import Settled

PAGE, API = "/satisfaction/scorecards", "/api/v1/scorecards"
MARCH = "first=2026-03-01&last=2026-03-31"


@pytest.fixture
def books(db: Database, plant: Plant) -> Settled:
    return Settled(db, plant, person_in_unit(db, "finance", "finance", None))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_scorecard_opens_in_both_languages(books: Settled, plant: Plant, sign_in, page, language: str):
    browser = sign_in("auditor", language)
    assert {"zh": "此时段没有数据", "en": "No figure in this period"}[language] in page(browser, f"{PAGE}/").text
    page(browser, f"{PAGE}/links/{plant.press_weld}")
    page(browser, f"{PAGE}/units/{plant.quality}")
    books.handed(100)
    books.handed(60, 40)
    shown = page(browser, f"{PAGE}/?{MARCH}").text
    assert "50.0%" in shown
    assert {"zh": "常规绩效", "en": "Routine performance"}[language] in shown
    page(browser, f"{PAGE}/links/{plant.press_weld}?{MARCH}")
    page(browser, f"{PAGE}/units/{plant.press}?{MARCH}")
    page(browser, f"{PAGE}/units/{plant.weld}?{MARCH}")


def test_a_period_that_cannot_be_shown_is_told_beside_its_field(plant: Plant, sign_in, page):
    shown = page(sign_in("auditor"), f"{PAGE}/links/{plant.press_weld}?first=2026-03-31&last=2026-03-01", status=422)
    assert "The last day is before the first." in shown.text


def test_who_sees_no_satisfaction_sees_no_scorecard(plant: Plant, sign_in):
    browser = sign_in("admin")
    for address in (f"{PAGE}/", f"{PAGE}/links/{plant.press_weld}", f"{PAGE}/units/{plant.press}"):
        assert browser.get(address).status_code == 403
    assert sign_in("auditor").get(f"{PAGE}/links/999999").status_code == 404


def test_the_file_holds_each_link_with_n_and_interval(books: Settled, plant: Plant, sign_in):
    books.handed(100)
    books.handed(60, 40)
    sent = {"csrf": "test-csrf", "site_id": str(plant.site), "first": "2026-03-01", "last": "2026-03-31"}
    answer = sign_in("auditor").post("/exports/scorecards", data=sent | {"format": ".csv"})
    row, = csv.DictReader(answer.text.lstrip("\ufeff").splitlines())
    assert (row["First-time acceptance"], row["First-time acceptance, n"]) == ("0.5", "2")
    assert row["Survey index 0-100"] == ""
    assert sign_in("auditor").post("/exports/scorecards", data=sent | {"format": ".xlsx"}).status_code == 200
    without = sign_in("auditor").post("/exports/scorecards", data={"csrf": "test-csrf", "format": ".csv"})
    assert without.status_code == 422


def test_scorecards_by_json(books: Settled, plant: Plant, sign_in):
    books.handed(100)
    browser = sign_in("auditor")
    whole = browser.get(f"{API}?site={plant.site}&{MARCH}").get_json()
    assert [card["link_id"] for card in whole["links"]] == [plant.press_weld]
    card = browser.get(f"{API}/links/{plant.press_weld}?{MARCH}").get_json()
    assert card["now"]["routine"]["acceptance"]["n"] == 1
    assert card["now"]["perceived"] == {"survey": None, "ratings": {"value": None, "n": 0, "low": None, "high": None}}
    unit = browser.get(f"{API}/units/{plant.weld}?{MARCH}").get_json()
    assert [taken["link_id"] for taken in unit["taken"]] == [plant.press_weld]
    assert browser.get(f"{API}?site={plant.site}&first=March").status_code == 422
    assert browser.get(API).status_code == 404


def test_the_map_is_coloured_by_a_figure_on_request(plant: Plant, sign_in, page):
    browser = sign_in("auditor")
    plain = browser.get(f"/chain/map/sites/{plant.site}/graph").get_json()["links"]
    coloured = browser.get(f"/chain/map/sites/{plant.site}/graph?score=acceptance").get_json()["links"]
    assert {link["score"] for link in plain} == {None}
    assert {link["score"]["tone"] for link in coloured} == {"void"}
    shown = page(browser, "/chain/map?score=acceptance").text
    assert "98 % and more" in shown
    assert "No figure" in shown
    assert "98 % and more" not in page(browser, "/chain/map").text
