"""What the JSON API of rejections promises: idempotent, refused by field, seen only by those who may."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from qms import create_app
from qms.models.rejections import Hold, Rejection
from qms.rules.accounts import SYSTEM
from qms.settings import Settings
from qms.workflows import accounts
from tests.plant import PASSWORD, make_plant

HEADERS = {"X-Requested-By": "test"}


@pytest.fixture
def body(plant) -> dict:
    return {"client_id": str(uuid.uuid4()), "kind": "not_accepted", "found_unit_id": plant.weld, "lot_id": plant.lot,
            "defect_id": plant.burr, "link_id": plant.press_weld, "quantity": 3}


def test_a_rejection_is_recorded_held_and_read_back(sign_in, plant, body, db):
    browser = sign_in("operator")
    made = browser.post("/api/v1/rejections", json=body, headers=HEADERS)
    assert made.status_code == 201, made.text
    receipt = made.get_json()
    assert receipt["number"].startswith("NC-SH-")
    shown = browser.get(f"/api/v1/rejections/{receipt['id']}")
    assert shown.get_json()["origin_unit_id"] == plant.press
    assert shown.headers["ETag"] == '"v1"'
    with db.reading() as session:
        assert session.scalars(select(Hold.quantity)).all() == [3]
    listed = browser.get("/api/v1/rejections?state=held&sought=毛刺").get_json()
    assert [r["number"] for r in listed["rejections"]] == [receipt["number"]]
    assert listed["next"] is None


def test_the_same_body_again_gets_the_first_receipt(sign_in, body):
    browser = sign_in("operator")
    first = browser.post("/api/v1/rejections", json=body, headers=HEADERS)
    again = browser.post("/api/v1/rejections", json=body, headers=HEADERS)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    other = browser.post("/api/v1/rejections", json={**body, "quantity": 4}, headers=HEADERS)
    assert other.status_code == 409
    assert other.content_type == "application/problem+json"


@pytest.mark.parametrize(("change", "field"), [
    ({"quantity": 0}, "quantity"), ({"quantity": "many"}, "quantity"), ({"quantity": 10**20}, "quantity"),
    ({"lot_id": 10**20}, "lot_id"), ({"lot_id": 999_999}, "lot_id"), ({"client_id": "x"}, "client_id"),
    ({"surprise": 1}, "surprise"), ({"note": "bell\x07"}, "note"), ({"note": "x" * 40_000}, "note"),
    ({"found_at": "2026-01-01T00:00:00"}, "found_at"), ({"kind": "nonsense"}, "kind"),
])
def test_a_wrong_field_is_named(sign_in, body, change, field, db):
    answer = sign_in("operator").post("/api/v1/rejections", json={**body, **change}, headers=HEADERS)
    assert answer.status_code == 422, answer.text
    assert answer.get_json()["field"] == field
    assert answer.get_json()["title_zh"]
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Rejection)) == 0


@pytest.mark.parametrize("raw", [b"", b"{", b"null", b"[]", b"\xff\xfe", b'{"quantity": NaN}'])
def test_what_is_not_json_is_refused(sign_in, plant, raw):
    answer = sign_in("operator").post("/api/v1/rejections", data=raw, headers=HEADERS)
    assert answer.status_code == 422
    assert answer.content_type == "application/problem+json"


def test_who_may_not_report_cannot(sign_in, body):
    assert sign_in("auditor").post("/api/v1/rejections", json=body, headers=HEADERS).status_code == 403
    assert sign_in("admin").get("/api/v1/rejections").status_code == 403


def test_twenty_identical_requests_at_once_make_one_record(fresh_db, tmp_path):
    plant = make_plant(fresh_db)
    with fresh_db.transaction(SYSTEM, "tests.sign_in") as session:
        accounts.set_password(session, SYSTEM, plant.operator.id, PASSWORD)
        token = accounts.sign_in(session, login="operator", password=PASSWORD, address=None, agent=None,
                                 lasts=timedelta(hours=1))
    app = create_app(Settings(instance=tmp_path, workers=0), fresh_db)
    sent = {"client_id": str(uuid.uuid4()), "kind": "not_made", "found_unit_id": plant.weld, "lot_id": plant.lot,
            "quantity": 1}

    def post(_n: int) -> tuple[int, str]:
        browser = app.test_client()
        browser.set_cookie("qms", token or "")
        answer = browser.post("/api/v1/rejections", json=sent, headers=HEADERS)
        return answer.status_code, answer.text

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(20)))
    assert sorted({status for status, _ in answers}) == [200, 201]
    assert [status for status, _ in answers].count(201) == 1
    assert len({text for _, text in answers}) == 1
    with fresh_db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Rejection)) == 1
