"""The desk pages, the file and the JSON of settlement between units."""

import csv
from datetime import date
from typing import Any

import pytest

from qms.db import Database
from qms.rules.accounts import SYSTEM
from qms.workflows import accounts
from tests.plant import Plant
from tests.rejections.cases import person_in_unit
from tests.satisfaction.settling import MARCH, Settled

HEADERS = {"X-Requested-By": "test"}
PAGE, API = "/satisfaction/settlement", "/api/v1/settlement"


@pytest.fixture
def books(db: Database, plant: Plant) -> Settled:
    return Settled(db, plant, person_in_unit(db, "finance", "finance", None))


@pytest.fixture
def finance(db: Database, plant: Plant, sign_in):
    """A function that gives a browser in which somebody of finance is signed in."""
    with db.transaction(SYSTEM, "tests.grant") as session:
        accounts.grant(session, SYSTEM, plant.people["auditor"].id, role="finance", starts_on=date(2020, 1, 1))
    return lambda language="en": sign_in("auditor", language)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_settlement_opens_in_both_languages(books: Settled, finance, page, language: str):
    browser = finance(language)
    assert {"zh": "本工厂未启用内部结算", "en": "switched off at this site"}[language] in page(browser, f"{PAGE}/").text
    page(browser, f"{PAGE}/switch-on")
    books.switched()
    assert {"zh": "该月没有工序交接", "en": "Nothing was handed over"}[language] in page(browser, f"{PAGE}/").text
    assert {"zh": "尚未设定价格", "en": "No price is set yet"}[language] in page(browser, f"{PAGE}/prices/").text
    page(browser, f"{PAGE}/prices/set")
    books.price()
    books.handed(100, 20)
    books.escape("40")
    shown = page(browser, f"{PAGE}/?month={MARCH}").text
    assert "250.00" in shown
    assert "-40.00" in shown
    plant = books.plant
    assert "250.00" in page(browser, f"{PAGE}/{MARCH}/pairs/{plant.press}/{plant.weld}").text
    page(browser, f"{PAGE}/{MARCH}/pairs/{plant.press}/{plant.paint}")
    page(browser, f"{PAGE}/prices/")


def test_settlement_is_switched_on_with_a_reason_and_a_price_is_set_by_its_form(books: Settled, finance, page):
    browser = finance()
    without = browser.post(f"{PAGE}/switch-on", data={"csrf": "test-csrf", "reason": ""})
    assert without.status_code == 422
    assert browser.post(f"{PAGE}/switch-on", data={"csrf": "test-csrf", "reason": "Trial"}).status_code == 302
    sent = {"csrf": "test-csrf", "link_id": str(books.plant.press_weld), "item": "", "price": "2.5", "currency": "CNY",
            "valid_from": "2026-01-01"}
    refused = browser.post(f"{PAGE}/prices/set", data=sent | {"price": "0"})
    assert refused.status_code == 422
    assert "more than 0" in refused.text
    assert browser.post(f"{PAGE}/prices/set", data=sent).status_code == 302
    assert "2.5 CNY" in page(browser, f"{PAGE}/prices/").text


def test_a_month_or_pair_that_is_none_is_told(books: Settled, finance, page):
    books.switched()
    page(finance(), f"{PAGE}/?month=2026-13", status=422)
    page(finance(), f"{PAGE}/2026-13/pairs/{books.plant.press}/{books.plant.weld}", status=422)
    page(finance(), f"{PAGE}/{MARCH}/pairs/{books.plant.press}/{books.plant.weld}", status=404)


def test_who_may_not_see_costs_sees_no_settlement(books: Settled, sign_in):
    books.switched()
    assert sign_in("operator").get(f"{PAGE}/").status_code == 403
    manager = sign_in("quality_manager")
    assert manager.get(f"{PAGE}/").status_code == 200
    assert manager.get(f"{PAGE}/prices/set").status_code == 403


def test_the_file_holds_goods_and_charges_of_the_month(books: Settled, finance):
    books.switched().price()
    books.handed(100, 20)
    found = books.escape("40")
    answer = finance().post("/exports/settlement", data={
        "csrf": "test-csrf", "format": ".csv", "site_id": str(books.plant.site), "period": MARCH})
    rows: list[dict[str, Any]] = list(csv.DictReader(answer.text.lstrip("\ufeff").splitlines()))
    assert [row["Amount"] for row in rows] == ["250.00", "-40.00"] or [
        row["Amount"] for row in rows] == ["-40.00", "250.00"]
    assert {row["Rejection no."] for row in rows} == {"", found.number}
    workbook = finance().post("/exports/settlement", data={
        "csrf": "test-csrf", "format": ".xlsx", "site_id": str(books.plant.site), "period": MARCH})
    assert workbook.status_code == 200


def test_settlement_by_json(books: Settled, finance, sign_in):
    browser, site = finance(), books.plant.site
    off = browser.get(f"{API}/{MARCH}?site={site}")
    assert (off.status_code, off.content_type) == (409, "application/problem+json")
    sent = {"site_id": site, "settles": True, "reason": "Trial"}
    assert browser.post(f"{API}/switch", json=sent, headers=HEADERS).get_json()["settles"] is True
    assert browser.post(f"{API}/switch", json=sent, headers=HEADERS).status_code == 409
    price = {"link_id": books.plant.press_weld, "price": "2.50", "currency": "CNY", "valid_from": "2026-01-01"}
    assert browser.post(f"{API}/prices", json=price | {"price": "0"}, headers=HEADERS).status_code == 422
    assert browser.post(f"{API}/prices", json=price, headers=HEADERS).status_code == 201
    assert sign_in("quality_manager").post(f"{API}/prices", json=price, headers=HEADERS).status_code == 403
    assert [p["price"] for p in browser.get(f"{API}/prices?site={site}").get_json()["prices"]] == ["2.50"]
    books.handed(100, 20)
    pair, = browser.get(f"{API}/{MARCH}?site={site}").get_json()["pairs"]
    assert (pair["owed"], pair["balance"], pair["goods"][0]["rejected"]) == ("250.00", "250.00", 20)
    assert browser.get(f"{API}/{MARCH}").status_code == 404
