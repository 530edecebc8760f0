"""Looks at personal data: whose are written down, who reads them, and what each person is told of their own."""

import csv
import io

import pytest
from sqlalchemy import func, select

from qms.models.accounts_looks import Look


def looks(db):
    with db.reading() as session:
        return session.scalar(select(func.count(Look.id)))


@pytest.mark.parametrize(("login", "leaves"), [("auditor", 1), ("quality_manager", 1), ("admin", 0)])
def test_r35_who_looks_across_the_plant_leaves_a_look_and_who_manages_people_none(sign_in, db, plant, login, leaves):
    assert sign_in(login).get(f"/accounts/people/{plant.operator.id}").status_code == 200
    assert looks(db) == leaves


def test_r35_no_look_at_ones_own_data_nor_at_a_page_that_is_refused(sign_in, db, plant):
    auditor = sign_in("auditor")
    assert auditor.get(f"/accounts/people/{plant.auditor.id}").status_code == 200
    assert auditor.get("/accounts/people/999999").status_code == 404
    assert auditor.get("/accounts/people?q=nobody-is-called-so").status_code == 200
    assert looks(db) == 0


def test_r35_a_file_with_names_is_a_look_too(sign_in, db):
    sign_in("auditor").post("/exports/grants", data={"csrf": "test-csrf", "format": ".csv", "role": "inspector"})
    with db.reading() as session:
        look = session.scalars(select(Look)).one()
    assert (look.page, look.people, look.address) == ("export", 1, "grants?role=inspector")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_register_of_looks_is_filtered_and_exported_by_who_may(sign_in, page, db, plant, language):
    admin = sign_in("admin", language)
    nobody = {"en": "Nobody has looked yet", "zh": "还没有人查看"}[language]
    assert nobody in page(admin, "/accounts/looks").text
    sign_in("auditor").get(f"/accounts/people/{plant.operator.id}")
    sign_in("auditor").get("/accounts/people")
    assert len(page(admin, "/accounts/looks").find(".//tbody/tr")) == 2
    assert len(page(admin, f"/accounts/looks?by={plant.auditor.id}&page=person").find(".//tbody/tr")) == 1
    assert not page(admin, "/accounts/looks?page=contacts").find(".//tbody/tr")
    page(sign_in("auditor"), "/accounts/looks", status=403)


def test_the_looks_leave_as_a_file_only_for_who_may_see_them(sign_in, db, plant):
    from datetime import date

    from qms.rules.accounts import SYSTEM
    from qms.workflows import accounts

    sign_in("auditor").get(f"/accounts/people/{plant.operator.id}")
    sent = {"csrf": "test-csrf", "format": ".csv"}
    assert sign_in("auditor").post("/exports/looks", data=sent).status_code == 403
    with db.transaction(SYSTEM, "tests.grant") as session:
        accounts.grant(session, SYSTEM, plant.admin.id, role="management_representative", starts_on=date(2020, 1, 1))
    answer = sign_in("admin").post("/exports/looks", data=sent)
    [row] = csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig")))
    assert (row["Seen by"], row["Page"], row["People"]) == ("Auditor", "A person", "1")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_everybody_sees_who_looked_at_their_own_data(sign_in, page, db, plant, language):
    operator = sign_in("operator", language)
    assert {"en": "Nobody has looked at your data", "zh": "没有人查看过您的数据"}[language] in page(
        operator, "/accounts/my-looks").text
    auditor = sign_in("auditor")
    for address in (f"/accounts/people/{plant.operator.id}", f"/accounts/people/{plant.inspector.id}",
                    "/accounts/people"):
        auditor.get(address)
    rows = page(operator, "/accounts/my-looks").find(".//tbody/tr")
    assert ["".join(row.itertext()).split()[-1] for row in rows] == (
        ["people", "mine"] if language == "en" else ["9", "人的列表", "我的"][1:])
