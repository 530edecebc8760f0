"""The desk pages, the file and the JSON of costs of poor quality."""

import csv
from datetime import date, timedelta

import pytest

from qms.db import Database
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows import accounts
from tests.dispositions.costs import Books, open_books
from tests.plant import Plant

HEADERS = {"X-Requested-By": "test"}
PAGE = "/dispositions/costs"


@pytest.fixture
def books(db: Database, plant: Plant) -> Books:
    """The books of the plant as of forty days ago, for pages have the server's clock."""
    made = open_books(db, plant)
    made.at = utc_now() - timedelta(days=40)
    return made


@pytest.fixture
def finance(db: Database, plant: Plant, sign_in):
    """A function that gives a browser in which somebody of finance is signed in."""
    with db.transaction(SYSTEM, "tests.grant") as session:
        accounts.grant(session, SYSTEM, plant.people["auditor"].id, role="finance", starts_on=date(2020, 1, 1))
    return lambda language="en": sign_in("auditor", language)


def month(books: Books) -> str:
    return f"{books.at:%Y-%m}"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_costs_opens_in_both_languages(books: Books, finance, page, language: str):
    browser = finance(language)
    empty = {"zh": "还没有成本记录", "en": "No cost is posted yet"}[language]
    assert empty in page(browser, f"{PAGE}/").text
    assert empty in page(browser, f"{PAGE}/lines/").text
    page(browser, f"{PAGE}/rates/")
    books.rate()
    posted, entered = books.posted(books.line()), books.enter("9.90", period=month(books))
    for address in ("", "lines/", "lines/?state=estimate", "lines/?q=nothing", f"lines/{posted.id}",
                    f"lines/{entered.id}", f"lines/{posted.id}/reverse",
                    f"months/{month(books)}", "rates/", "rates/set", "enter"):
        page(browser, f"{PAGE}/{address}")
    assert "125.00" in page(browser, f"{PAGE}/").text
    bars = browser.get(f"{PAGE}/chart").get_json()["stack"]
    assert [sum(one["values"]) for one in bars["series"]] == [9.9, 0.0, 125.0, 0.0]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_completed_lines_that_no_rate_prices_are_counted_and_listed(books: Books, finance, page, language: str):
    browser = finance(language)
    of = f"{PAGE}/months/{month(books)}/unpriced"
    assert {"zh": "本月各行均已计价", "en": "Every line of this month is priced"}[language] in page(browser, of).text
    for line in (books.line(), books.line("sort", hours=("2", None)), books.line("sort", hours=(None,)),
                 books.line("use_as_is")):
        assert books.posted(line) is None
    books.rate()
    books.posted(books.line())
    told = {"zh": "2 行已完成但未计价", "en": "2 completed lines are unpriced"}[language]
    assert told in page(browser, f"{PAGE}/").text
    assert told in page(browser, f"{PAGE}/months/{month(books)}").text
    shown = page(browser, of)
    assert len(shown.find(".//tbody/tr")) == 2
    page(browser, f"{PAGE}/months/2026-13/unpriced", status=422)


def test_completed_lines_that_no_rate_prices_are_read_by_json(books: Books, plant: Plant, finance):
    browser = finance()
    line = books.line()
    books.posted(line)
    months = browser.get(f"/api/v1/costs/months?site={plant.site}&first={month(books)}").get_json()
    assert months["unpriced"] == {month(books): 1}
    [found] = browser.get(f"/api/v1/costs/months/{month(books)}/unpriced?site={plant.site}").get_json()["lines"]
    assert found["id"] == line.id


def test_r54_finance_sets_rates_enters_approves_and_closes_at_the_desk(books: Books, finance, page):
    browser = finance()
    rate = {"kind": "item_cost", "item": "BR-100", "rate": "12.50", "currency": "CNY", "valid_from": "2026-01-01"}
    page(browser, f"{PAGE}/rates/set", rate)
    page(browser, f"{PAGE}/rates/set", rate, status=422)
    line = books.posted(books.line())
    of = month(books)
    assert "still estimates" in page(browser, f"{PAGE}/months/{of}/close", {}).text
    page(browser, f"{PAGE}/lines/{line.id}/approve", {"rev": "1"})
    cost = {"element": "training", "amount": "50", "currency": "CNY", "period": of, "note": "Course"}
    page(browser, f"{PAGE}/enter", cost)
    page(browser, f"{PAGE}/enter", cost | {"amount": "0"}, status=422)
    page(browser, f"{PAGE}/months/{of}/approve", {})
    assert "The month is closed" in page(browser, f"{PAGE}/months/{of}/close", {}).text
    assert "Month closed" in page(browser, f"{PAGE}/").text
    late = page(browser, f"{PAGE}/enter", cost)
    assert f"posted to {of}" not in late.text
    page(browser, f"{PAGE}/lines/{line.id + 1}/reverse", {"rev": "1", "reason": "Twice"})
    page(browser, f"{PAGE}/lines/{line.id + 1}/reverse", {"rev": "1", "reason": "Twice"}, status=422)


def test_who_is_not_of_finance_only_looks(books: Books, sign_in, page):
    books.enter(period=month(books))
    manager = sign_in("quality_manager")
    assert "Enter a cost" not in page(manager, f"{PAGE}/").text
    page(manager, f"{PAGE}/enter", status=403)
    page(sign_in("operator"), f"{PAGE}/", status=403)


def test_the_register_of_costs_is_taken_as_a_file(books: Books, sign_in):
    books.rate()
    books.posted(books.line())
    answer = sign_in("quality_manager").post("/exports/costs", data={"csrf": "test-csrf", "format": ".csv"})
    assert answer.status_code == 200
    [_head, line] = csv.reader(answer.get_data().decode("utf-8-sig").splitlines())
    assert line[1:4] == ["Internal failure", "Scrap", "10"]
    assert line[6:9] == ["125.00", "CNY", "Estimate"]


def test_r54_costs_are_kept_by_json(books: Books, plant: Plant, finance):
    browser = finance()

    def send(path: str, body: dict):
        return browser.post(f"/api/v1/costs{path}", json=body, headers=HEADERS)

    rate = {"site_id": plant.site, "kind": "item_cost", "item_id": plant.item, "rate": "12.50", "currency": "CNY",
            "valid_from": "2026-01-01"}
    assert send("/rates", rate).status_code == 201
    line = books.posted(books.line())
    of, site = month(books), {"site_id": plant.site}
    assert send(f"/months/{of}/close", site).get_json()["rule"] == "R-54"
    assert send(f"/lines/{line.id}/approve", {"rev": 1}).get_json()["approved_at"]
    cost = {"element": "training", "amount": "50", "currency": "CNY", "period": of, "note": "Course"} | site
    entered = send("/lines", cost).get_json()
    assert entered["amount"] == "50.00"
    assert send(f"/months/{of}/approve", site).get_json() == {"approved": 0}
    assert send(f"/months/{of}/close", site).get_json()["internal_failure"] == "125.00"
    assert send("/lines", cost).get_json()["period"] > of
    assert send(f"/lines/{entered['id']}/reverse", {"rev": 1, "reason": "Twice"}).get_json()["amount"] == "-50.00"
    read = browser.get(f"/api/v1/costs/months?site={plant.site}").get_json()["months"]
    assert (read[0]["total"], read[0]["lines"]) == ("175.00", 2)
    assert len(browser.get("/api/v1/costs/lines?category=prevention").get_json()["lines"]) == 3
    assert browser.get(f"/api/v1/costs/rates?site={plant.site}").get_json()["rates"][0]["rate"] == "12.50"


def test_an_unpriced_line_is_priced_once_its_rate_is_known_and_never_twice(books: Books, plant: Plant, finance, page):
    line, browser = books.line(), finance()
    listed = f"{PAGE}/months/{month(books)}/unpriced"
    assert "Price now" in page(browser, listed).text
    refused = page(browser, f"{PAGE}/unpriced/{line.id}/price", {})
    assert "Enter the rate first" in refused.text
    books.rate()
    assert "125.00" in page(browser, f"{PAGE}/unpriced/{line.id}/price", {}).text
    assert "priced already" in page(browser, f"{PAGE}/unpriced/{line.id}/price", {}).text
    assert "Every line of this month is priced" in page(browser, listed).text
    assert browser.get(f"/api/v1/costs/lines?site={plant.site}").get_json()["lines"][0]["period"] == month(books)


def test_r54_a_line_of_a_closed_month_is_priced_into_the_next_one_by_json(books: Books, plant: Plant, finance, sign_in):
    line, browser = books.line(), finance()

    def send(path: str, body: dict, by=browser):
        return by.post(f"/api/v1/costs{path}", json=body, headers=HEADERS)

    assert send(f"/unpriced/{line.id}/price", {}).status_code == 422
    books.rate(valid_from=utc_now().date())
    assert send(f"/months/{month(books)}/close", {"site_id": plant.site}).status_code == 201
    assert send(f"/unpriced/{line.id}/price", {}, sign_in("quality_engineer")).status_code == 403
    posted = send(f"/unpriced/{line.id}/price", {})
    assert (posted.status_code, posted.get_json()["amount"]) == (201, "125.00")
    assert posted.get_json()["period"] > month(books)
    assert send(f"/unpriced/{line.id}/price", {}).status_code == 409
    assert send("/unpriced/999999/price", {}).status_code == 404
