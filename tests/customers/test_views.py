"""The desk pages and the JSON of outside customers."""

import pytest

from qms.models.customers import CustomerContact, CustomerPlant, CustomerRequirement, CustomerTarget
from qms.rules.clock import utc_now
from tests.customers.scene import CUSTOMER, Scene

HEADERS = {"X-Requested-By": "test"}
FORM = {"share_percent": "30", "risk": "high", "strategic": "y", "written_in": "en", "portal_url": "https://p.example"}
LINES = {
    "plant": (CustomerPlant, {"code": "P1", "name_zh": "一厂", "name_en": "Plant 1", "address": "Road 1"}),
    "contact": (CustomerContact, {"name": "Ann Lee", "function": "quality", "written_in": "en", "plant_id": "",
                                  "email": "ann@star.example"}),
    "target": (CustomerTarget, {"metric": "ppm", "value": "25", "valid_from": "2026-01-01"}),
    "requirement": (CustomerRequirement, {"kind": "label", "text_zh": "黄标", "text_en": "Yellow label",
                                          "item_id": "", "valid_from": "2026-01-01"}),
}


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """The plant as it is now, for pages have the server's clock."""
    scene.at = utc_now()
    return scene


def last(scene: Scene, model: type) -> int:
    return scene.read(lambda session, _person: max(session.scalars(model.__table__.select().with_only_columns(
        model.id))))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_empty_register_leads_to_the_units_that_wait(scene: Scene, sign_in, page, language: str):
    shown = page(sign_in("quality_engineer", language), "/customers/").text
    assert {"zh": "尚未登记", "en": "not registered yet"}[language] in shown
    assert "C01" in shown


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_customer_is_registered_filled_in_and_graded_at_the_desk(scene: Scene, sign_in, page, language: str):
    browser, own = sign_in("quality_engineer", language), f"/customers/{scene.plant.customer}"
    assert page(browser, own).find(".//form")
    page(browser, f"{own}/register", FORM | {"portal_url": "ftp://x"}, status=422)
    page(browser, f"{own}/register", FORM)
    page(browser, f"{own}/register", FORM, status=422)
    for kind, (model, fields) in LINES.items():
        page(browser, f"{own}/{kind}/add")
        page(browser, f"{own}/{kind}/add", fields | {"active": "y"})
        line = f"/customers/{kind}/{last(scene, model)}/edit"
        page(browser, line)
        page(browser, line, fields | {"active": "y", "rev": 1})
        page(browser, line, fields | {"rev": 7}, status=409)
    page(browser, f"{own}/nothing/add", status=404)
    page(browser, f"{own}/edit")
    page(browser, f"{own}/grade/override", {"grade": "C", "reason": "Ends in May", "rev": 1}, status=409)
    page(browser, f"{own}/grade/override", {"grade": "C", "reason": "Ends in May", "rev": 2})
    shown = page(browser, own).text
    for said in ("Ends in May", "Ann Lee", "25", "P1"):
        assert said in shown, said
    page(browser, f"{own}/grade", {"rev": 3})
    page(browser, "/customers/grade-rule")
    rule = {"effective_on": f"{utc_now():%Y-%m-%d}", "sales_weight": "40", "strategic_weight": "20",
            "risk_weight": "20", "complaints_weight": "20", "key_share_percent": "20", "full_complaints": "5",
            "a_from": "70", "b_from": "30", "reason": "Fewer A"}
    page(browser, "/customers/grade-rule", rule | {"sales_weight": "50"}, status=422)
    assert "Fewer A" in page(browser, "/customers/grade-rule", rule | {"effective_on": "2099-01-01"}).text
    assert "C01" in page(browser, "/customers/?grade=A").text
    assert "C01" not in page(browser, "/customers/?grade=C").text


def test_who_may_only_look_sees_no_step(scene: Scene, sign_in, page):
    scene.customer()
    auditor, own = sign_in("auditor"), f"/customers/{scene.plant.customer}"
    assert not [a for a in page(auditor, own).links().values() if a.endswith(("/add", "/edit"))]
    page(auditor, f"{own}/edit", status=403)
    page(auditor, "/customers/grade-rule", {"reason": "x"}, status=403)


def test_every_step_is_taken_by_json(scene: Scene, sign_in):
    engineer = sign_in("quality_engineer")
    own = f"/api/v1/customers/{scene.plant.customer}"

    def send(path: str, body: dict, method: str = "post"):
        return getattr(engineer, method)(path, json=body, headers=HEADERS)

    assert engineer.get(own).status_code == 404
    made = send(own, CUSTOMER)
    assert (made.status_code, made.get_json()["grade"], made.get_json()["id"]) == (201, "A", scene.plant.customer)
    assert send(own, CUSTOMER).status_code == 409
    assert send(own, CUSTOMER | {"rev": 2, "note": "x"}, "put").status_code == 200
    assert send(own, CUSTOMER | {"rev": 2}, "put").status_code == 409
    for kind, (model, fields) in LINES.items():
        sent = {key: value for key, value in fields.items() if value != ""}
        assert send(f"{own}/{kind}s", sent).status_code == 201, kind
        assert send(f"/api/v1/customers/{kind}s/{last(scene, model)}", sent | {"rev": 1, "active": False},
                    "put").get_json()["active"] is False
    assert send(f"{own}/targets", {"metric": "otd", "value": 101, "valid_from": "2026-01-01"}).status_code == 422
    assert send(f"{own}/grade/override", {"rev": 3, "grade": "B", "reason": "x"}).get_json()["grade"] == "B"
    assert send(f"{own}/grade", {"rev": 4}).get_json()["grade"] == "A"
    whole = engineer.get(own).get_json()
    assert [len(whole[name]) for name in ("plants", "contacts", "targets", "requirements", "grades")] == [1, 1, 1, 1, 3]
    assert [one["id"] for one in engineer.get("/api/v1/customers?grade=A").get_json()["customers"]] == [
        scene.plant.customer]
    assert sign_in("auditor").post(own, json=CUSTOMER, headers=HEADERS).status_code == 403
