"""The desk pages, files and JSON of customers' complaints."""

from datetime import timedelta

import pytest

from qms.jobs.exports_documents import write as write_document
from qms.rules.clock import utc_now
from qms.workflows import customers_complaints_register as registers
from qms.workflows.chain_paging import Wish
from tests.customers.scene import NINE, Scene
from tests.customers.test_complaints import COMPLAINT, go, received
from tests.rejections.test_register import plans

HEADERS = {"X-Requested-By": "test"}


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """The plant as it is now, for pages have the server's clock."""
    scene.at = utc_now()
    scene.customer()
    return scene


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_empty_register_says_what_it_is_for(scene: Scene, sign_in, page, language: str):
    assert {"zh": "尚无外部投诉记录", "en": "No complaint from outside is recorded"}[language] in page(
        sign_in("quality_engineer", language), "/customers/complaints/").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_r30_r31_a_complaint_is_handled_at_the_desk(scene: Scene, sign_in, page, language: str):
    browser = sign_in("quality_engineer", language)
    now = f"{utc_now() + timedelta(hours=8):%Y-%m-%dT%H:%M}"
    page(browser, f"/customers/complaints/record?customer={scene.plant.customer}")
    form = {"customer_id": scene.plant.customer, "received_at": "2026-01-05T09:00", "kind": "quality", "severity": "MA",
            "place": "zero_km", "plant_id": "", "item": "BR-100", "defect": "D01", "lot": "L-0001",
            "quantity_claimed": "3", "description": "Burrs", "customer_ref": "Q-7"}
    page(browser, "/customers/complaints/record", form | {"customer_id": ""}, status=422)
    page(browser, "/customers/complaints/record", form | {"received_at": "2099-01-01T00:00"}, status=422)
    assert "CC-SH-" in page(browser, "/customers/complaints/record", form).text
    [held] = scene.read(lambda session, _person: registers.of_customer(session, scene.plant.customer))
    own = f"/customers/complaints/{held.id}"
    assert "Q-7" in page(browser, "/customers/complaints/?state=late&q=burrs").text
    page(browser, f"{own}/edit")
    page(browser, f"{own}/edit", form | {"rev": 1, "description": "Burrs at the edge"})
    for step in ("contain", "trace", "link", "receive-return", "justify", "void"):
        page(browser, f"{own}/{step}")
    page(browser, f"{own}/contain", {"rev": 2, "containment": "Sorted", "sent_at": now})
    page(browser, f"{own}/contain", {"rev": 2, "containment": "Sorted", "sent_at": now}, status=409)
    analysis = {"rev": 3, "analysis": "Tool worn", "responsibility": "yes", "sent_at": now}
    assert "R-31" in page(browser, f"{own}/analyse", analysis | {"no_fault_found": "y"}, status=409).text
    page(browser, f"{own}/analyse", analysis)
    page(browser, f"{own}/answer", {"rev": 4, "reply": "Changed", "told_inside": "OP10", "sent_at": now})
    page(browser, f"{own}/accept", {"rev": 5, "accepted_by": "Ann"})
    assert "R-30" in page(browser, f"{own}/close", {"rev": 6}).text
    page(browser, f"{own}/trace", {"rev": 6, "origin_unit_id": scene.plant.press})
    page(browser, f"{own}/justify", {"rev": 7, "reason": "One worn tool"})
    shown = page(browser, f"{own}/close", {"rev": 8}).text
    for said in ("OP90", "k = 4", "Tool worn", "One worn tool"):
        assert said in shown, said
    page(browser, f"{own}/nothing", status=404)
    assert "CC-SH-" in page(browser, f"/customers/{scene.plant.customer}").text


def test_a_complaint_leads_to_its_8d_and_to_its_rejection(scene: Scene, sign_in, page):
    browser, held = sign_in("quality_engineer"), received(scene)
    assert any(f"id={held.id}" in address for address in page(
        browser, f"/customers/complaints/{held.id}").links().values())
    page(browser, f"/actions/open/?kind=customer_complaints&id={held.id}")
    page(browser, f"/attachments/customer_complaints/{held.id}/add")
    page(browser, f"/attachments/files/customer_complaints/{held.id}/add")


def test_who_may_only_look_sees_no_step(scene: Scene, sign_in, page):
    held, auditor = received(scene), sign_in("auditor")
    assert not [a for a in page(auditor, f"/customers/complaints/{held.id}").links().values() if "/trace" in a]
    page(auditor, f"/customers/complaints/{held.id}/trace", status=403)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_the_register_is_exported_as_it_is_shown(scene: Scene, sign_in, suffix: str):
    received(scene)
    sent = sign_in("quality_engineer").post("/exports/complaints", data={
        "csrf": "test-csrf", "format": suffix, "kind": "quality", "state": "late"})
    assert (sent.status_code, len(sent.data) > 100) == (200, True)


@pytest.mark.parametrize("suffix", [".pdf", ".xlsx"])
def test_the_sheet_of_a_complaint_is_printed_in_both_languages(scene: Scene, tmp_path, suffix: str):
    held = go(scene, received(scene), "contain", "analyse", "trace")
    for language in ("zh", "en", "both"):
        made = write_document(scene.db, scene.plant.quality_engineer, "complaints", held.id, suffix=suffix,
                              language=language, photos=tmp_path)
        assert made.name == f"{held.number}-{language}{suffix}"
        assert made.content[:4] in {b"%PDF", b"PK\x03\x04"}


@pytest.mark.parametrize("asked", [{}, {"kind": "quality"}, {"state": "received"}, {"customer_id": 1}])
def test_the_register_is_read_by_an_index(scene: Scene, asked):
    if not scene.db.url.startswith("sqlite"):
        pytest.skip("the plan is SQLite's")
    received(scene)
    with plans(scene.db) as seen:
        scene.read(registers.register, registers.Filter(**asked), Wish())
    whole = [line for line in seen if line.startswith("SCAN") and "INDEX" not in line and "customer_complaints" in line]
    assert not [line for line in whole if asked], whole


def test_r30_r31_every_step_is_taken_by_json(scene: Scene, sign_in):
    engineer = sign_in("quality_engineer")

    def send(path: str, body: dict, method: str = "post"):
        return getattr(engineer, method)(f"/api/v1/customer-complaints{path}", json=body, headers=HEADERS)

    body = COMPLAINT | {"customer_id": scene.plant.customer, "received_at": utc_now().isoformat(),
                        "item_id": scene.plant.item, "defect_id": scene.plant.burr}
    made = send("", body)
    assert made.status_code == 201
    own = f"/{made.get_json()['id']}"
    assert send("", body | {"kind": "x"}).status_code == 422
    assert send(own, COMPLAINT | {"rev": 1, "item_id": scene.plant.item}, "put").status_code == 200
    assert send(own, COMPLAINT | {"rev": 1}, "put").status_code == 409
    assert send(f"{own}/contain", {"rev": 2, "containment": "x"}).get_json()["state"] == "contained"
    nff = {"rev": 3, "analysis": "x", "responsibility": "no", "no_fault_found": True}
    assert send(f"{own}/analyse", nff).get_json()["rule"] == "R-31"
    assert send(f"{own}/analyse", nff | {"criteria_ref": "N-1"}).get_json()["state"] == "analysed"
    assert send(f"{own}/answer", {"rev": 4, "reply": "x", "told_inside": "x"}).get_json()["state"] == "answered"
    assert send(f"{own}/refuse", {"rev": 5, "reason": "x"}).get_json()["state"] == "reopened"
    assert send(f"{own}/analyse", nff | {"rev": 6, "criteria_ref": "N-1"}).status_code == 200
    assert send(f"{own}/answer", {"rev": 7, "reply": "x", "told_inside": "x"}).status_code == 200
    assert send(f"{own}/accept", {"rev": 8, "accepted_by": "Ann"}).get_json()["state"] == "accepted"
    assert send(f"{own}/close", {"rev": 9}).get_json()["rule"] == "R-30"
    assert send(f"{own}/trace", {"rev": 9, "origin_unit_id": scene.plant.press}).get_json()["escape_steps"] == 4
    assert send(f"{own}/justify", {"rev": 10, "reason": "x"}).status_code == 200
    assert send(f"{own}/close", {"rev": 11}).get_json()["state"] == "closed"
    whole = engineer.get(f"/api/v1/customer-complaints{own}").get_json()
    assert [p["unit_id"] for p in whole["passages"]] == [scene.plant.weld, scene.plant.paint, scene.plant.final]
    assert len(engineer.get("/api/v1/customer-complaints?state=closed").get_json()["complaints"]) == 1
    assert sign_in("operator").post("/api/v1/customer-complaints", json=body, headers=HEADERS).status_code == 403


@pytest.mark.parametrize(("asked", "is_there"), [
    ("first=2026-03-02&last=2026-03-02", True), ("first=2026-03-03", False), ("last=2026-03-01", False)])
def test_the_register_is_asked_for_by_the_day_of_receipt(scene: Scene, sign_in, page, asked: str, is_there: bool):
    held = received(scene, received_at=NINE)
    assert (held.number in page(sign_in("quality_engineer"), f"/customers/complaints/?{asked}").text) is is_there
