"""The registers of commitments and requests as files of exactly what is shown; Today; query plans."""

import io
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import text

from qms.rules.clock import utc_now
from qms.workflows import service_requests, service_requests_register
from qms.workflows.chain_paging import Wish
from qms.workflows.service_requests_register import Filter
from qms.workflows.today_service_requests import requests
from tests.service.desk import Desk


def sheet(browser, register: str, **wanted: object) -> list[tuple]:
    answer = browser.post(f"/exports/{register}", data={"csrf": "test-csrf", "format": ".xlsx", **wanted})
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(io.BytesIO(answer.get_data()))
    rows = list(book[book.sheetnames[-1]].iter_rows(values_only=True)) if len(book.sheetnames) == 1 else list(
        next(s for s in book if s.title in {"Requests", "Commitments"}).iter_rows(values_only=True))
    start = next(i for i, row in enumerate(rows) if row[0] == "Number")
    return rows[start:]


def test_the_file_of_requests_holds_what_the_filter_shows(desk: Desk, sign_in):
    done, waiting = desk.done(), desk.asked(title="=1+1")
    browser = sign_in("unit_head")
    head, *rows = sheet(browser, "requests")
    assert [row[0] for row in rows] == [done.number, waiting.number]
    shown = dict(zip(head, rows[0], strict=True))
    assert (shown["Promise"], shown["Judged"], shown["What was done"]) == ("Kept", "by the clock", "Polished")
    assert [row[0] for row in sheet(browser, "requests", state="asked")[1:]] == [waiting.number]
    csv = browser.post("/exports/requests", data={"csrf": "test-csrf", "format": ".csv", "sought": "1"})
    assert "'=1+1" in csv.get_data(as_text=True)


def test_the_file_of_commitments_holds_what_the_filter_shows(desk: Desk, sign_in):
    one, two = desk.published(), desk.drafted(kind="quality")
    browser = sign_in("unit_head")
    head, *rows = sheet(browser, "commitments")
    assert [row[0] for row in rows] == [one.number, two.number]
    assert dict(zip(head, rows[1], strict=True))["What counts as kept"] == "The report has no error"
    assert [row[0] for row in sheet(browser, "commitments", kind="time")[1:]] == [one.number]


def waiting(desk: Desk, person) -> tuple[list[int], list[int]]:
    with desk.db.reading() as session:
        found = requests(session, person)
        return [r.id for r in found.to_serve.records], [r.id for r in found.to_confirm.records]


def test_today_tells_each_side_what_waits_for_it(desk: Desk):
    asked, done = desk.asked(), desk.done()
    assert waiting(desk, desk.server) == ([asked.id], [])
    assert waiting(desk, desk.asker) == ([], [done.id])
    assert waiting(desk, desk.acting("team_leader", desk.plant.paint))[0] == []


def test_today_shows_the_requests_on_its_page(desk: Desk, sign_in, page):
    desk.at = utc_now() - timedelta(days=3)
    held = desk.taken()
    with desk.db.transaction(desk.head, "service.escalate") as session:
        session.get_one(type(held), held.id).rungs = 3
    text = page(sign_in("unit_head"), "/").text
    assert held.number in text
    assert "Requests to my unit" in text


@pytest.mark.parametrize("wanted", [{}, {"state": "open"}, {"state": "done"}, {"provider_id": 1}, {"asker_id": 1},
                                    {"commitment_id": 1}])
def test_the_register_reads_an_index(fresh_db, wanted: dict):
    from qms.rules.accounts import Actor, Grant

    person = Actor(1, "x", (Grant(1, "auditor", 1),))
    with fresh_db.reading() as session:
        if session.get_bind().dialect.name != "sqlite":
            pytest.skip("the planner of PostgreSQL scans what is small")
        seen: list[str] = []
        from sqlalchemy import event

        @event.listens_for(session.get_bind(), "before_cursor_execute")
        def note(_c, _cursor, statement, parameters, _context, _many):
            if "FROM service_requests" in statement and "LIMIT" in statement and not statement.startswith("EXPLAIN"):
                seen.append((statement, parameters))

        service_requests_register.register(session, person, Filter(site_id=1, **wanted), Wish())
        plans = [" ".join(str(row[-1]) for row in session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {statement}", parameters)) for statement, parameters in seen]
    assert plans
    assert all("SEARCH service_requests USING" in plan for plan in plans), plans
    assert text("1") is not None


def test_a_page_goes_on_where_the_last_one_ended(desk: Desk):
    held = desk.published()
    numbers = [desk.asked(held).number for _ in range(53)]
    with desk.db.reading() as session:
        first = service_requests_register.register(session, desk.plant.auditor, Filter(), Wish())
        second = service_requests_register.register(session, desk.plant.auditor, Filter(), Wish(after=first.following))
    assert [r.number for r in (*first.rows, *second.rows)] == numbers[::-1]
    assert service_requests.one is not None
