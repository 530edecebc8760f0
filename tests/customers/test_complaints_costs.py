"""What complaints of outside customers cost: posted by finance, shown where costs are, taken back; R-54."""

import csv
import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import load_workbook

from qms.jobs.dispositions_costs_sheet import write as write_sheet
from qms.models.dispositions_costs import CostLine
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.clock import utc_now
from qms.rules.errors import IllegalStep, Invalid, NotAllowed
from qms.workflows import accounts, rejections
from qms.workflows import customers_complaints as complaints
from qms.workflows import dispositions_costing as costing
from qms.workflows import dispositions_costs as costs
from qms.workflows import dispositions_costs_register as registers
from qms.workflows.dispositions_costs_sheet import Filter
from tests.customers.scene import Scene
from tests.customers.test_complaints import go, received, scene_rev
from tests.rejections.cases import person_in_unit
from tests.satisfaction.settling import MARCH, Settled

HEADERS = {"X-Requested-By": "test"}


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """The plant with its registered customer."""
    scene.customer()
    return scene


@pytest.fixture
def finance(scene: Scene) -> Actor:
    """Somebody of finance."""
    return person_in_unit(scene.db, "finance", "finance", None)


def cost(scene: Scene, person: Actor, of_id: int, amount: str = "320.50", **given: Any) -> CostLine:
    """Enter the customer's debit note for a complaint in March."""
    return scene.do(costing.enter, person, **({
        "site_id": scene.plant.site, "element": "debit", "amount": Decimal(amount), "currency": "CNY",
        "period": "2026-03", "note": "Debit note 7", "complaint_id": of_id} | given))


def test_a_complaint_costs_external_failure(scene: Scene, finance: Actor):
    line = cost(scene, finance, received(scene).id)
    assert (line.category, line.source, line.amount, line.item_id) == (
        "external_failure", "complaint", Decimal("320.50"), scene.plant.item)
    assert line.approved_by_id == finance.id


@pytest.mark.parametrize(("given", "field"), [
    ({"element": "scrap"}, "element"), ({"element": "x"}, "element"), ({"amount": Decimal(0)}, "amount"),
    ({"amount": Decimal("1e20")}, "amount"), ({"note": " "}, "note"), ({"period": "2026-13"}, "period"),
    ({"complaint_id": 999_999}, "complaint_id"), ({"currency": "CN"}, "currency")])
def test_what_cannot_be_a_cost_of_a_complaint_is_refused(scene: Scene, finance: Actor, given, field: str):
    held = received(scene)
    with pytest.raises(Invalid) as refused:
        cost(scene, finance, held.id, **given)
    assert refused.value.field == field


def test_only_finance_enters_what_a_complaint_costs(scene: Scene, finance: Actor):
    held = received(scene)
    with pytest.raises(NotAllowed):
        cost(scene, scene.plant.quality_engineer, held.id)
    assert cost(scene, finance, held.id).id


def test_a_complaint_that_is_void_costs_nothing_and_one_that_is_closed_may_cost_more(scene: Scene, finance: Actor):
    closed = go(scene, received(scene), "contain", "analyse", "answer", "accept", "trace", "justify", "close")
    assert cost(scene, finance, closed.id).id
    void = received(scene)
    scene.do(complaints.void, None, void.id, scene_rev(scene, void), reason="Sent to the wrong supplier")
    with pytest.raises(IllegalStep):
        cost(scene, finance, void.id)


def test_r54_a_late_cost_of_a_closed_month_goes_to_the_next_open_one(scene: Scene, finance: Actor):
    held = received(scene)
    assert cost(scene, finance, held.id).period == "2026-03"
    scene.later(days=40).do(costs.close_month, finance, scene.plant.site, "2026-03")
    assert cost(scene, finance, held.id).period == "2026-04"


def test_a_cost_of_a_complaint_is_taken_back_by_its_opposite_and_stays_of_the_complaint(scene: Scene, finance: Actor):
    held = received(scene)
    line = cost(scene, finance, held.id)
    back = scene.do(costing.reverse, finance, line.id, line.rev, reason="Withdrawn by the customer")
    assert (back.amount, back.complaint_id, back.source) == (Decimal("-320.50"), held.id, "complaint")
    lines = scene.read(registers.of_complaint, held.id, scene.plant.site)
    assert sum(one.amount for one in lines) == 0


def test_who_may_not_see_costs_sees_none_of_a_complaint(scene: Scene, finance: Actor):
    held = received(scene)
    cost(scene, finance, held.id)
    assert scene.read(registers.of_complaint, held.id, scene.plant.site, person=scene.plant.operator) is None
    assert len(scene.read(registers.of_complaint, held.id, scene.plant.site)) == 1


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_sheet_of_costs_names_the_complaint(scene: Scene, finance: Actor, language: str):
    held = received(scene)
    cost(scene, finance, held.id, note="=1+1")
    book = load_workbook(io.BytesIO(write_sheet(scene.db, scene.plant.auditor, Filter(), language=language).content))
    head, line = list(book.worksheets[1].iter_rows(values_only=True))
    told = dict(zip(head, line, strict=True))
    assert told[{"en": "Customer complaint no.", "zh": "顾客投诉编号"}[language]] == held.number
    assert told[{"en": "Note", "zh": "备注"}[language]] == "=1+1"
    source = {"en": "Complaint of a customer", "zh": "顾客投诉"}[language]
    assert told[{"en": "Source", "zh": "来源"}[language]] == source


@pytest.mark.parametrize("linked", [True, False])
def test_r34_what_an_escape_costs_outside_is_charged_to_its_confirmed_origin_once_linked(db, plant, scene, finance,
                                                                                         linked: bool):
    books = Settled(db, plant, finance).switched()
    with db.transaction(SYSTEM, "tests.escape", clock=lambda: scene.at) as session:
        found = rejections.report(session, SYSTEM, kind="not_accepted", found_unit_id=plant.customer, quantity=3,
                                  lot_id=plant.lot, defect_id=plant.burr, origin_unit_id=plant.press)
        found.origin_state = "confirmed"
    held = received(scene, rejection_id=found.id if linked else None)
    cost(scene, finance, held.id, "40")
    pairs = books.statement(MARCH).pairs
    assert [charge.money for pair in pairs for charge in pair.charges] == ([Decimal("40.00")] if linked else [])


@pytest.fixture
def desk(scene: Scene, sign_in):
    """A browser of finance, at the time that it is."""
    scene.at = utc_now() - timedelta(days=2)
    with scene.db.transaction(SYSTEM, "tests.grant") as session:
        accounts.grant(session, SYSTEM, scene.plant.people["auditor"].id, role="finance", starts_on=date(2020, 1, 1))
    return lambda language="en": sign_in("auditor", language)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_finance_enters_a_cost_on_the_page_of_a_complaint(scene: Scene, desk, page, language: str):
    browser, held = desk(language), received(scene)
    own = f"/customers/complaints/{held.id}"
    none_yet = {"zh": "该投诉尚无成本", "en": "No cost is posted to this complaint yet"}[language]
    assert none_yet in page(browser, own).text
    page(browser, f"{own}/costs/enter")
    form = {"element": "freight", "amount": "1234.5", "currency": "CNY", "period": f"{utc_now():%Y-%m}", "unit_id": "",
            "note": "Air freight of 40 pieces"}
    page(browser, f"{own}/costs/enter", form | {"element": "scrap"}, status=422)
    page(browser, f"{own}/costs/enter", form | {"amount": "0"}, status=422)
    shown = page(browser, f"{own}/costs/enter", form).text
    assert "1,234.50" in shown
    assert none_yet not in shown
    assert held.number in page(browser, "/dispositions/costs/lines/").text
    assert held.number in page(browser, f"/dispositions/costs/lines/?complaint={held.id}").text
    page(browser, "/customers/complaints/999999/costs/enter", status=404)


def test_the_quality_engineer_reads_the_costs_of_a_complaint_and_enters_none(scene: Scene, finance, sign_in, page):
    held = received(scene)
    cost(scene, finance, held.id)
    engineer = sign_in("quality_engineer")
    shown = page(engineer, f"/customers/complaints/{held.id}")
    assert "320.50" in shown.text
    assert "Enter a cost" not in shown.text
    page(engineer, f"/customers/complaints/{held.id}/costs/enter", status=403)
    assert "320.50" not in page(sign_in("operator"), f"/customers/complaints/{held.id}").text


def test_costs_of_a_complaint_are_entered_and_read_by_json(scene: Scene, desk, sign_in):
    browser, held = desk(), received(scene)
    body = {"site_id": scene.plant.site, "element": "third_party", "amount": "75.25", "currency": "CNY",
            "period": f"{utc_now():%Y-%m}", "note": "Two shifts", "complaint_id": held.id}
    made = browser.post("/api/v1/costs/lines", json=body, headers=HEADERS)
    assert (made.status_code, made.get_json()["source"]) == (201, "complaint")
    refused = browser.post("/api/v1/costs/lines", json=body | {"element": "rework"}, headers=HEADERS)
    assert (refused.status_code, refused.get_json()["field"]) == (422, "element")
    cost(scene, person_in_unit(scene.db, "finance2", "finance", None), received(scene).id)
    [line] = browser.get(f"/api/v1/costs/lines?complaint={held.id}").get_json()["lines"]
    assert (line["complaint_id"], line["amount"]) == (held.id, "75.25")
    assert sign_in("quality_engineer").post("/api/v1/costs/lines", json=body, headers=HEADERS).status_code == 403


def test_the_register_of_costs_is_exported_for_one_complaint(scene: Scene, finance: Actor, sign_in):
    held = received(scene)
    cost(scene, finance, held.id)
    cost(scene, finance, received(scene).id)
    sent = sign_in("auditor").post("/exports/costs", data={
        "csrf": "test-csrf", "format": ".csv", "complaint_id": held.id})
    head, line = csv.reader(sent.get_data().decode("utf-8-sig").splitlines())
    assert dict(zip(head, line, strict=True))["Customer complaint no."] == held.number
