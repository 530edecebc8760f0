"""From the page of a rejection, a stop and a hand-over an internal complaint is filed, with its record and units."""

import pytest

from qms.models.acceptance import Handover
from qms.models.rejections import Rejection
from qms.models.stops import Stop
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows import rejections, stops
from tests.acceptance.arrange import presented
from tests.service.scene_complaints import Scene

FILE = "/service/complaints/file"


@pytest.fixture
def complaints(complaints: Scene) -> Scene:
    """The plant as it is now, for pages have the server's clock."""
    complaints.at = utc_now()
    return complaints


def rejected(complaints: Scene, **given) -> Rejection:
    plant = complaints.plant
    return complaints.do(rejections.report, "inspector", **({
        "kind": "not_accepted", "found_unit_id": plant.weld, "lot_id": plant.lot, "quantity": 5,
        "defect_id": plant.burr} | given))


def stopped(complaints: Scene, **given) -> Stop:
    return complaints.do(stops.call, "quality_engineer", **({
        "unit_id": complaints.plant.weld, "red": True, "reason": "quality"} | given))


def chosen(shown) -> dict[str, str]:
    """Return what is chosen in the fields of a form: units, and the record."""
    found = {s.get("name"): s.find("option[@selected]") for s in shown.find(".//select")}
    picked = {name: option.get("value") for name, option in found.items() if option is not None}
    hidden = {i.get("name"): i.get("value") for i in shown.find(".//input[@type='hidden']")}
    return {name: (picked | hidden).get(name, "") for name in ("complaining_id", "accused_id", "source_kind",
                                                               "record_id")}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_each_page_leads_to_the_form_with_its_record_and_units(complaints: Scene, sign_in, page, language: str):
    plant = complaints.plant
    rejection, handover = rejected(complaints, origin_unit_id=plant.press), presented(
        complaints.db, plant, quantity=100)
    stop = stopped(complaints, customer_id=plant.paint)
    browser = sign_in("quality_manager", language)
    for address, kind, record, complaining, accused in (
            (f"/rejections/{rejection.id}", "rejections", rejection, plant.weld, plant.press),
            (f"/stops/{stop.id}", "stops", stop, plant.paint, plant.weld),
            (f"/acceptance/hand-overs/{handover.id}", "handovers", handover, handover.customer_id,
             handover.supplier_id)):
        link = page(browser, address).links()[{"zh": "提出内部投诉", "en": "File an internal complaint"}[language]]
        assert link == f"{FILE}?source={kind}&record={record.id}"
        shown = page(browser, link)
        assert record.number in shown.text
        assert chosen(shown) == {"complaining_id": str(complaining), "accused_id": str(accused), "source_kind": kind,
                                 "record_id": str(record.id)}


def test_a_filed_complaint_is_shown_on_the_page_of_its_record(complaints: Scene, sign_in, page):
    handover = presented(complaints.db, complaints.plant)
    browser, address = sign_in("quality_manager", "en"), f"/acceptance/hand-overs/{handover.id}"
    assert "None about this record" in page(browser, address).text
    page(browser, f"{FILE}?source=handovers&record={handover.id}", {
        "complaining_id": handover.customer_id, "accused_id": handover.supplier_id, "matter": "Short by two boxes",
        "source_kind": "handovers", "record_id": handover.id, "kind": "operation"})
    assert "IC-SH" in page(browser, address).text
    assert "None about this record" not in page(browser, address).text


def test_a_unit_is_not_offered_as_complaining_of_itself(complaints: Scene, sign_in, page):
    plant, browser = complaints.plant, sign_in("quality_manager", "en")
    own = rejected(complaints, kind="not_made", origin_unit_id=plant.weld)
    for kind, record in (("rejections", own), ("stops", stopped(complaints))):
        assert chosen(page(browser, f"{FILE}?source={kind}&record={record.id}"))["accused_id"] == ""
    stop, came_in = stopped(complaints, unit_id=plant.paint), rejected(complaints, origin_unit_id=plant.press)
    with complaints.db.transaction(SYSTEM, "tests.stop") as session:
        session.get_one(Stop, stop.id).rejection_id = came_in.id
    assert chosen(page(browser, f"{FILE}?source=stops&record={stop.id}"))["accused_id"] == str(plant.press)


def test_who_may_not_complain_sees_no_button_and_a_record_that_is_not_there_is_not_found(complaints: Scene, sign_in,
                                                                                        page):
    handover: Handover = presented(complaints.db, complaints.plant)
    links = page(sign_in("auditor", "en"), f"/acceptance/hand-overs/{handover.id}").links()
    assert "File an internal complaint" not in links
    page(sign_in("quality_manager"), f"{FILE}?source=handovers&record={handover.id + 99}", status=404)
