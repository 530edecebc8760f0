"""The list of grants and the matrix of roles: on pages in both languages and as files, for who may see people."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from sqlalchemy import select

from qms.models.trail import Export
from qms.rules.accounts import FEATURES, PERMISSIONS, ROLE_PERMISSIONS, ROLES, SYSTEM
from qms.workflows import accounts


@pytest.fixture
def delegated(db, plant):
    with db.transaction(SYSTEM, "accounts.grant") as session:
        accounts.grant(session, SYSTEM, plant.operator.id, role="team_leader", starts_on=date(2026, 1, 5),
                       ends_on=date(2026, 1, 9), site_id=plant.site, unit_id=plant.weld,
                       delegated_by_id=plant.team_leader.id, reason="=holiday")


def sheet_of(browser, register, **asked):
    answer = browser.post(f"/exports/{register}", data={"csrf": "test-csrf", "format": ".xlsx", **asked})
    assert answer.status_code == 200, answer.text
    return openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]


@pytest.mark.parametrize(("language", "words"), [
    ("en", ["Team leader", "OP20 Weld", "Team Leader", "Ended"]), ("zh", ["班组长", "OP20 焊接", "已结束"])])
def test_r49_a_delegated_grant_is_listed_with_scope_days_and_delegator(sign_in, page, delegated, language, words):
    shown = page(sign_in("auditor", language), "/accounts/people/grants?state=ended")
    assert [word for word in words if word not in shown.text] == []
    assert len(shown.find(".//tbody/tr")) == 1
    every = page(sign_in("auditor", language), "/accounts/people/grants")
    assert len(every.find(".//tbody/tr")) == 10


def test_the_list_leaves_as_a_workbook_and_the_trail_tells_who_took_it(sign_in, db, plant, delegated):
    sheet = sheet_of(sign_in("auditor"), "grants", state="ended")
    heads = [cell.value for cell in sheet[1]]
    row = dict(zip(heads, [cell.value for cell in sheet[2]], strict=True))
    assert sheet.max_row == 2
    assert (row["Role"], row["Unit (empty: every unit)"], row["Delegated by"]) == (
        "Team leader", "OP20 Weld", "Team Leader")
    assert row["Reason"] == "=holiday"
    assert (row["First day"].date(), row["Last day"].date()) == (date(2026, 1, 5), date(2026, 1, 9))
    with db.reading() as session:
        assert [(e.kind, e.rows, e.person_id) for e in session.scalars(select(Export))] == [
            ("grants", 1, plant.auditor.id)]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_matrix_on_page_and_in_the_file_is_the_one_permission_table(sign_in, page, language):
    browser = sign_in("auditor", language)
    shown = page(browser, "/accounts/people/roles")
    held = sum(len(permissions) for permissions in ROLE_PERMISSIONS.values())
    assert len(shown.find(".//tbody/tr/td/*")) == held
    answer = browser.post("/exports/roles", data={"csrf": "test-csrf", "format": ".csv"})
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    code = "Code" if language == "en" else "代码"
    assert [row[code] for row in rows] == list(PERMISSIONS)
    for row in rows:
        for role, words in ROLES.items():
            assert bool(row[words.to(language)]) is (row[code] in ROLE_PERMISSIONS[role])


def test_every_permission_belongs_to_a_feature():
    assert {code.partition(".")[0] for code in PERMISSIONS} == set(FEATURES)


def test_who_may_not_see_people_sees_and_takes_none_of_it(sign_in):
    browser = sign_in("team_leader")
    for address in ("/accounts/people/grants", "/accounts/people/roles"):
        assert browser.get(address).status_code == 403
    for register in ("grants", "roles"):
        assert browser.post(f"/exports/{register}", data={"csrf": "test-csrf", "format": ".csv"}).status_code == 403
