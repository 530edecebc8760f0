"""The register of corrective actions leaves whole, under every filter of its page."""

import pytest
from openpyxl import load_workbook

from exports import actions_register as columns
from qms.jobs import exports as jobs
from qms.rules.clock import utc_now
from qms.workflows import actions_register, actions_routing
from qms.workflows.actions_register import Filter
from qms.workflows.chain_paging import Wish


def rows_of(db, person, tmp_path, wanted, language="en"):
    target = tmp_path / "actions.xlsx"
    sent = jobs.write(db, person, "actions", wanted, target=target, language=language, address="https://qms.example")
    rows = list(load_workbook(target)[columns.NAME.to(language)].values)
    heads = {column.head(language, "Asia/Shanghai"): column.key for column in columns.COLUMNS}
    assert sent.rows == len(rows) - 1
    return [dict(zip([heads[head] for head in rows[0]], row, strict=True)) for row in rows[1:]]


def test_rows_are_those_of_the_register_under_every_filter(course, db, plant, tmp_path):
    one = course.open()
    course.passed(one, "D0")
    course.open(title="Scratch", of={"defect_id": plant.scratch, "severity": "MI"})
    for wanted in (Filter(), Filter(state="running"), Filter(severity="MI"), Filter(sought="毛刺"),
                   Filter(overdue=True), Filter(unit_id=plant.weld), Filter(site_id=plant.site, route=one.route)):
        with db.reading() as session:
            page = actions_register.register(session, plant.auditor, wanted, Wish("", "", ""), utc_now())
            register = {row.number for row in page.rows}
        assert {row["number"] for row in rows_of(db, plant.auditor, tmp_path, wanted)} == register, wanted


@pytest.mark.parametrize(("language", "state", "defect"), [("zh", "进行中", "毛刺"), ("en", "In work", "Burr")])
def test_a_line_tells_where_the_case_stands(course, db, plant, tmp_path, language, state, defect):
    one = course.open(title="=1+1")
    course.passed(one, "D0")
    (row,) = rows_of(db, plant.auditor, tmp_path, Filter(), language)
    assert (row["title"], row["state"], row["defect"], row["step"]) == ("=1+1", state, defect, "D2")
    assert row["due_at"] is not None
    assert row["sources"].startswith("NC-SH-")


def test_a_line_stands_on_the_route_that_the_case_takes_now(course, db, plant, tmp_path):
    one = course.open(of={"defect_id": plant.scratch, "severity": "MI"}, route="8d", route_reason="To be sure")
    assert rows_of(db, plant.auditor, tmp_path, Filter())[0]["step"] == "D0"
    course.do(actions_routing.change_route, one, route="5why", reason="One cause, plain to see")
    assert rows_of(db, plant.auditor, tmp_path, Filter())[0]["step"] == "D2"
