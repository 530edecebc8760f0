"""Concessions and notices at the desk: registers, records, steps, labels, Today; in both languages."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.models.dispositions_concessions import Concession
from tests.dispositions.concessions import active, at_customer, drafted, line, read, today, used
from tests.dispositions.test_notices import answered
from tests.plant import Plant
from tests.rejections.cases import reported
from tests.signing import signed

HOME = "/dispositions/concessions/"
ASKED = {"kind": "concession", "originator": "own", "item": "BR-100", "defect": "D01", "characteristic": "Edge",
         "deviation": "Burr up to 0.3 mm", "quantity_authorised": "100"}


def asked(plant: Plant, **given: str) -> dict:
    """Fill the form of a request."""
    return ASKED | {"site_id": plant.site, "customer_id": plant.customer} | given


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_of_a_concession_is_there_in_both_languages(db: Database, plant: Plant, sign_in, page, language):
    browser = sign_in("quality_engineer", language)
    assert "CN-SH" not in page(browser, HOME).text
    draft, sent = drafted(db, plant), at_customer(db, plant, sub_components=True)
    held = active(db, plant, quantity_authorised=12, expires_on=today() + timedelta(days=5))
    rejection = reported(db, plant)
    with db.transaction(plant.quality_engineer, "tests.decide") as session:
        decided = line(session, plant, rejection, held, 10)
    used(db, plant, decided)
    for address in (HOME, f"{HOME}?state=ending", f"{HOME}?q=nothing", f"{HOME}draft", f"{HOME}{draft.id}",
                    f"{HOME}{draft.id}/edit", f"{HOME}{sent.id}/record-approval", f"{HOME}{sent.id}/record-refusal",
                    f"{HOME}{sent.id}/withdraw", f"{HOME}{held.id}", f"{HOME}{held.id}/labels",
                    f"{HOME}{held.id}/label"):
        page(browser, address)
    assert held.number in page(browser, f"{HOME}?state=ending").text
    assert draft.number not in page(browser, f"{HOME}?state=ending").text
    labels = page(browser, f"{HOME}{held.id}/label").text
    assert labels.count(held.number) >= 2
    assert "C-1" in labels
    assert "10 / 12" in page(browser, f"{HOME}{held.id}").text


def test_a_request_goes_from_draft_to_in_force_by_the_buttons(db: Database, plant: Plant, sign_in, page):
    engineer, manager = sign_in("quality_engineer"), sign_in("quality_manager")
    page(engineer, f"{HOME}draft", asked(plant))
    with db.reading() as session:
        held = session.scalars(select(Concession)).one()
    page(manager, f"{HOME}{held.id}/approve", {"rev": held.rev} | signed("concession"))
    page(engineer, f"{HOME}{held.id}/send", {"rev": held.rev + 1})
    shown = page(engineer, f"{HOME}{held.id}/record-approval", {
        "rev": held.rev + 2, "customer_ref": "SM-1", "customer_approver": "Li Na", "quantity_authorised": "90",
        "customer_decided_on": today().isoformat()} | signed("authorisation"))
    assert "In force" in shown.text
    assert "0 / 90" in shown.text


def test_r12_a_draft_without_limits_is_refused_beside_the_form(db: Database, plant: Plant, sign_in, page):
    browser = sign_in("quality_engineer")
    shown = page(browser, f"{HOME}draft", asked(plant, quantity_authorised=""), 409)
    assert "R-12" in shown.text
    assert "8.7.1.1" in shown.text
    page(browser, f"{HOME}draft", asked(plant))


def test_r13_a_label_needs_a_concession_that_the_customer_authorised(db: Database, plant: Plant, sign_in, page):
    browser = sign_in("quality_engineer")
    page(browser, f"{HOME}{drafted(db, plant).id}/labels", status=409)
    shown = page(browser, f"{HOME}{active(db, plant).id}/labels?containers=K-7,K-8")
    assert "K-8" in shown.text


def test_a_rejection_proposes_what_it_knows_and_shows_its_concessions(db: Database, plant: Plant, sign_in, page):
    rejection, browser = reported(db, plant, actual="Burr 0.25 mm"), sign_in("quality_engineer")
    shown = page(browser, f"{HOME}draft?rejection={rejection.id}")
    values = {e.get("name"): e.get("value") for e in shown.find(".//input")}
    assert (values["item"], values["lot"], values["defect"]) == ("BR-100", "L-0001", "D01")
    held = drafted(db, plant, rejection.id)
    assert held.number in page(browser, f"/rejections/{rejection.id}").text


@pytest.mark.parametrize("language", ["en", "zh"])
def test_r16_a_notice_is_told_followed_up_and_closed_at_the_desk(db: Database, plant: Plant, sign_in, page, language):
    browser = sign_in("quality_engineer", language)
    page(browser, "/dispositions/notices/")
    rejection = reported(db, plant)
    notice, = answered(db, plant, rejection, customer=40)
    home = f"/dispositions/notices/{notice.id}"
    assert notice.number in page(browser, "/dispositions/notices/?state=open").text
    assert notice.number in page(browser, f"/rejections/{rejection.id}").text
    for step in ("", "/tell", "/follow-up", "/close", "/void"):
        page(browser, home + step)
    now = today().isoformat()
    page(browser, f"{home}/tell", {"rev": notice.rev, "told_at": f"{now}T23:59", "channel": "phone",
                                   "person_told": "Li Na", "notice": "Stop lot L-0001"}, 422)
    told_at = notice.known_at.astimezone(ZoneInfo("Asia/Shanghai")).strftime("%Y-%m-%dT%H:%M")
    page(browser, f"{home}/tell", {"rev": notice.rev, "told_at": told_at, "channel": "phone",
                                   "person_told": "Li Na", "notice": "Stop lot L-0001"})
    page(browser, f"{home}/follow-up", {"rev": notice.rev + 1, "follow_up": "Report 12"})
    shown = page(browser, f"{home}/close", {"rev": notice.rev + 2, "answer": "Accepted"})
    assert "Li Na" in shown.text
    assert read(db, notice).state == "closed"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_today_shows_who_is_to_be_told_what_to_approve_and_what_ends(db: Database, plant: Plant, sign_in, page,
                                                                     language):
    draft = drafted(db, plant)
    held = active(db, plant, expires_on=today() + timedelta(days=3))
    notice, = answered(db, plant, reported(db, plant), customer=40)
    shown = page(sign_in("quality_manager", language), "/").text
    assert draft.number in shown
    assert held.number in shown
    assert f"{notice.quantity}" in shown
    assert draft.number not in page(sign_in("quality_engineer", language), "/").text
    assert held.number not in page(sign_in("operator", language), "/").text


def test_the_register_leaves_as_a_workbook_of_what_is_shown(db: Database, plant: Plant, sign_in):
    active(db, plant, quantity_authorised=70)
    drafted(db, plant)
    answer = sign_in("quality_engineer").post("/exports/concessions", data={
        "csrf": "test-csrf", "format": ".csv", "state": "active"})
    rows = answer.get_data(as_text=True).splitlines()
    assert len(rows) == 2
    assert "SM-4711" in rows[1]
    assert '"70","0","70"' in rows[1]
