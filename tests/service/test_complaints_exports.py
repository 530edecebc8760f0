"""Registers and sheets of internal complaints as files, and what Today says of them."""

import csv
import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook
from sqlalchemy import text

from qms.rules.clock import utc_now
from qms.workflows.today_service_complaints import complained
from tests.service.scene_complaints import Scene


@pytest.fixture
def complaints(complaints: Scene) -> Scene:
    """The plant as it is now, for pages have the server's clock."""
    complaints.at = utc_now() - timedelta(days=10)
    return complaints


def sent(browser, register: str, suffix: str, **wanted: str):
    answer = browser.post(f"/exports/{register}", data={"format": suffix, "csrf": "test-csrf"} | wanted)
    assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
    return answer.get_data()


def test_registers_go_out_as_the_filtered_rows_and_name_no_person(complaints: Scene, sign_in):
    followed = complaints.followed(matter="=1+1 burrs")
    appeal = complaints.step("appeal", "weld_worker", complaints.refused(), grounds="Not within")
    browser = sign_in("quality_engineer")
    for register, number, count in (("internal-complaints", followed.number, 2), ("appeals", appeal.number, 1),
                                    ("follow-ups", followed.number, 2)):
        read = list(csv.reader(io.StringIO(sent(browser, register, ".csv").decode("utf-8-sig"))))
        assert (len(read) - 1, read[1][0]) == (count, number)
        assert "Weld Worker" not in str(read)
        book = load_workbook(io.BytesIO(sent(browser, register, ".xlsx")))
        assert book.worksheets[0].max_row >= count + 1
    rows = list(csv.reader(io.StringIO(
        sent(browser, "internal-complaints", ".csv", state="refused").decode("utf-8-sig"))))
    assert len(rows) == 2
    assert "'=1+1 burrs" in sent(browser, "internal-complaints", ".csv").decode("utf-8-sig")


@pytest.mark.parametrize("language", ["zh", "en", "both"])
def test_sheets_of_a_complaint_and_an_appeal_are_printed(complaints: Scene, sign_in, language: str):
    made = complaints.refused(evidence="Photo 3", expectation="Deburr")
    appeal = complaints.step("appeal", "weld_worker", made, grounds="The drawing says 0.1")
    browser = sign_in("quality_engineer")
    for what, record in (("internal-complaints", made.id), ("appeals", appeal.id)):
        asked = {"format": ".pdf", "language": language, "csrf": "test-csrf"}
        assert browser.post(f"/exports/documents/{what}/{record}", data=asked).get_data().startswith(b"%PDF")
        book = browser.post(f"/exports/documents/{what}/{record}", data=asked | {"format": ".xlsx"}).get_data()
        cells = str([[cell.value for cell in row] for sheet in load_workbook(io.BytesIO(book)) for row in sheet.rows])
        assert "Burrs at the edge" in cells


def test_today_says_to_each_side_what_waits(complaints: Scene, sign_in, page):
    complaints.file()
    complaints.done()
    complaints.step("appeal", "weld_worker", complaints.refused(), grounds="x")
    complaints.followed()

    def waits(who: str) -> tuple[int, ...]:
        found = complaints.reading(complained, complaints.people[who])
        return tuple(one.total for one in (found.answer, found.confirm, found.appeals, found.follow_ups))

    assert waits("press_head") == (1, 0, 0, 0)
    assert waits("weld_worker") == (0, 1, 0, 0)
    assert waits("weld_head") == (0, 1, 0, 0)
    assert waits("reviewer") == (0, 0, 1, 0)
    assert waits("quality_engineer") == (0, 0, 0, 1)
    assert waits("auditor") == (0, 0, 0, 0)
    shown = page(sign_in("quality_manager"), "/").text
    for words in ("Internal complaints to answer", "Appeals to decide", "Follow-ups due"):
        assert words in shown


def test_registers_are_served_by_an_index(complaints: Scene):
    with complaints.db.reading() as session:
        if session.get_bind().dialect.name != "sqlite":
            pytest.skip("reads the plan of SQLite")
        for query, index in (
                ("SELECT id FROM internal_complaints WHERE due_at <= '2026' ORDER BY due_at",
                 "ix_internal_complaints_due"),
                ("SELECT id FROM internal_complaints WHERE site_id = 1 AND state = 'filed' ORDER BY id",
                 "ix_internal_complaints_site_state"),
                ("SELECT id FROM complaint_follow_ups WHERE state = 'planned' AND due_at <= '2026'",
                 "ix_complaint_follow_ups_due")):
            assert index in str(session.execute(text(f"EXPLAIN QUERY PLAN {query}")).all())
