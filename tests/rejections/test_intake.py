"""What a tablet sends is taken once, byte for byte, in its author's name, and never refused for what it says."""

import json
import unicodedata
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from qms.db import Database
from qms.db.ledger import ledger
from qms.models.accounts_devices import DeviceIncident
from qms.models.chain import Defect, Item, Unit
from qms.models.rejections import Hold, OriginStatement, Rejection
from qms.models.rejections_intake import Intake, IntakeConflict, IntakeUnparsed
from qms.rules.accounts import SYSTEM
from qms.rules.clock import rfc3339, utc_now
from qms.workflows import trail_checkpoints
from tests.acceptance.arrange import approved, presented
from tests.plant import Plant
from tests.rejections.cases import person_in_unit, reported
from tests.rejections.tablets import (
    HEADERS,
    Tablet,
    enrolled,
    intake_of,
    opened,
    rejection_of,
    sign_in_at,
)

RECEIPT = {"id", "sha256", "seq", "entry_hash", "received_at", "head", "number", "review", "checkpoint"}


@pytest.fixture
def tablet(app: Flask, db: Database, plant: Plant) -> Tablet:
    """A tablet of weld at which the operator has signed in."""
    made = enrolled(db, plant)
    opened(app, made, sign_in_at(db, made, plant.operator))
    return made


def count(db: Database, cls: Any) -> int:
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(cls)) or 0


def test_a_record_becomes_a_rejection_in_one_commit_and_gets_its_receipt(tablet: Tablet, db: Database, plant: Plant):
    sent = tablet.body(fields={"zone": "边缘", "note": "左侧"})
    answer = tablet.put(sent)
    assert answer.status_code == 201, answer.text
    receipt = answer.get_json()
    assert set(receipt) == RECEIPT
    assert (receipt["id"], receipt["review"]) == (sent["id"], [])
    made, intake = rejection_of(db, sent), intake_of(db, sent)
    assert receipt["number"] == made.number
    assert (made.kind, made.found_unit_id, made.lot_id, made.item_id, made.defect_id, made.quantity, made.zone,
            made.note, made.severity, made.source, made.reported_by_id) == (
        "not_accepted", plant.weld, plant.lot, plant.item, plant.burr, 3, "边缘", "左侧", "MA", "station",
        plant.operator.id)
    assert (made.origin_unit_id, made.origin_state) == (plant.press, "assumed")
    assert json.loads(intake.body) == sent
    assert (intake.device_id, intake.device_seq, intake.author_id, intake.author_auth) == (
        tablet.id, 1, plant.operator.id, "online-pin")
    assert intake.received_at == made.received_at == made.received_at
    with db.reading() as session:
        assert session.scalars(select(Hold.quantity)).all() == [3]
        last = session.execute(select(ledger.c.seq, ledger.c.hash, ledger.c.entity, ledger.c.entry)
                               .order_by(ledger.c.seq.desc()).limit(1)).one()
    assert (receipt["seq"], receipt["entry_hash"]) == (last.seq, bytes(last.hash).hex())
    assert receipt["head"] == {"size": last.seq, "hash": bytes(last.hash).hex()}
    entry = json.loads(last.entry)
    assert (entry["entity"], entry["action"], entry["actor"]["id"]) == ("intakes", "rejections.receive",
                                                                        plant.operator.id)
    assert (entry["auth"]["method"], entry["auth"]["device"]) == ("pin", "T-07")


def test_the_same_body_again_gets_the_first_receipt_and_makes_nothing(tablet: Tablet, db: Database):
    sent = tablet.body()
    first, again = tablet.put(sent), tablet.put(sent)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    assert (count(db, Rejection), count(db, Intake), count(db, IntakeConflict)) == (1, 1, 0)


def test_a_receipt_brings_the_newest_checkpoint_and_is_else_the_first_one(tablet: Tablet, db: Database):
    sent = tablet.body()
    first = tablet.put(sent).get_json()
    assert first["checkpoint"] is None
    made = trail_checkpoints.make(db, bytes(32), "command")
    assert tablet.put(sent).get_json() == first | {"checkpoint": made.note}
    trail_checkpoints.make(db, bytes(32), "command")
    assert tablet.put(tablet.body()).get_json()["checkpoint"] == made.note


def test_the_receipt_stays_the_first_one_when_the_record_was_reviewed_since(tablet: Tablet, db: Database):
    sent = tablet.body(fields={"defect_id": 99_999})
    first = tablet.put(sent).get_json()
    with db.transaction(SYSTEM, "tests.review") as session:
        session.scalars(select(Intake)).one().reviewed_at = utc_now()
    assert tablet.put(sent).get_json() == first


def test_another_body_under_the_same_id_is_kept_beside_the_first(tablet: Tablet, db: Database):
    sent = tablet.body()
    tablet.put(sent)
    other = {**sent, "fields": {**sent["fields"], "quantity": 9}}
    for _ in range(2):
        refused = tablet.put(other)
        assert (refused.status_code, refused.content_type) == (409, "application/problem+json")
        assert (refused.get_json()["code"], refused.get_json()["id"]) == ("conflict", sent["id"])
    with db.reading() as session:
        kept = session.scalars(select(IntakeConflict)).one()
        assert json.loads(kept.body) == other
        incident = session.scalars(select(DeviceIncident)).one()
        assert (incident.kind, incident.detail, incident.device_id) == ("conflict", sent["id"], tablet.id)
    assert rejection_of(db, sent).quantity == 3


def test_an_id_under_which_the_interface_recorded_something_is_a_conflict(tablet: Tablet, db: Database, plant: Plant):
    sent = tablet.body()
    reported(db, plant, client_id=sent["id"])
    assert tablet.put(sent).status_code == 409
    assert (count(db, Rejection), count(db, Intake), count(db, IntakeConflict)) == (1, 0, 1)


def test_only_an_enrolled_tablet_may_send(app: Flask, tablet: Tablet, db: Database, plant: Plant,
                                          sign_in: Callable[..., FlaskClient]):
    sent = tablet.body()
    for browser in (app.test_client(), sign_in("quality_engineer")):
        refused = browser.put(f"/api/v1/rejects/{sent['id']}", json=sent, headers=HEADERS)
        assert (refused.status_code, refused.get_json()["code"]) == (401, "device")
    missing = tablet.client.put(f"/api/v1/rejects/{sent['id']}", json=sent)
    assert missing.status_code == 403
    assert count(db, Rejection) == 0


ODD: list[tuple[dict[str, Any], str]] = [
    ({"kind": "nonsense"}, "unknown_kind"), ({"kind": None}, "unknown_kind"), ({"kind": 7}, "unknown_kind"),
    ({"found_unit_id": 999_999}, "unknown_unit"), ({"found_unit_id": None}, "unknown_unit"),
    ({"found_unit_id": "weld"}, "unknown_unit"), ({"found_unit_id": 10**30}, "unknown_unit"),
    ({"lot_id": 999_999, "lot_number": None}, "unknown_lot"), ({"lot_id": None, "lot_number": "L-9999"}, "unknown_lot"),
    ({"lot_number": "L-0002"}, "unknown_lot"), ({"lot_id": [], "lot_number": None}, "unknown_lot"),
    ({"item_id": 999_999}, "unknown_item"), ({"item_id": -3}, "unknown_item"),
    ({"defect_id": 999_999}, "unknown_defect"), ({"defect_id": {}}, "unknown_defect"),
    ({"handover_id": 999_999}, "unknown_handover"), ({"handover_id": True}, "unknown_handover"),
    ({"quantity": 0}, "quantity"), ({"quantity": -5}, "quantity"), ({"quantity": 2.5}, "quantity"),
    ({"quantity": "12"}, "quantity"), ({"quantity": None}, "quantity"), ({"quantity": 10**400}, "quantity"),
    ({"quantity": []}, "quantity"), ({"quantity": True}, "quantity"), ({"quantity": "1e999"}, "quantity"),
    ({"note": "bell\x07\x00"}, "cleaned"), ({"note": "x" * 40_000}, "cleaned"), ({"zone": "z" * 61}, "cleaned"),
    ({"note": 5}, "cleaned"), ({"zone": "\ud800"}, "cleaned"), ({"whole_lot": "yes"}, "cleaned"),
    ({"note": "\x7f"}, "cleaned"), ({"lot_number": "L-0001" + "9" * 80}, "cleaned"),
]


@pytest.mark.parametrize(("change", "code"), ODD, ids=[f"{code}-{n}" for n, (_, code) in enumerate(ODD)])
def test_what_is_odd_is_taken_and_named(tablet: Tablet, db: Database, change: dict[str, Any], code: str):
    sent = tablet.body(fields=change)
    raw = json.dumps(sent).encode()
    answer = tablet.put(raw, sent["id"])
    assert answer.status_code == 201, answer.text
    assert code in answer.get_json()["review"]
    assert intake_of(db, sent).body == raw.decode()
    assert rejection_of(db, sent).quantity >= 1


@pytest.mark.parametrize(("given", "held"), [
    (2.5, 3), ("12", 12), (-5, 1), (10**400, 2_147_483_647), (1e300, 2_147_483_647)])
def test_a_quantity_that_can_be_none_is_held_rather_too_large(tablet: Tablet, db: Database, given: Any, held: int):
    sent = tablet.body(fields={"quantity": given})
    tablet.put(sent)
    assert rejection_of(db, sent).quantity == held


@pytest.mark.parametrize("broken", [
    {"actor": None}, {"actor": []}, {"actor": {"auth": "face"}}, {"actor": {"auth": "offline-badge"}},
    {"actor": {"auth": "online-pin"}}, {"fields": None}, {"fields": "x"}, {"photos": "x"}, {"photos": [1, {}, None]},
    {"v": 2}, {"v": None}, {"v": "1"}, {"device_seq": -1}, {"device_seq": 10**20}, {"skew_ms": "fast"},
    {"skew_ms": 10**18}, {"device_time": None}, {"device_time": "yesterday"}, {"device_time": "2026-01-01T00:00:00"},
    {"device_time": "9999-12-31T23:59:59-14:00"}, {"device_time": "0001-01-01T00:00:00+14:00"}, {"device_id": 7},
    {"device_id": "\x00" * 50}, {"app_version": "v" * 500}, {"unheard_of": {"deep": [1, 2.5, None]}},
])
def test_whatever_part_is_broken_the_record_is_taken(tablet: Tablet, db: Database, broken: dict[str, Any]):
    sent = tablet.body(**broken)
    answer = tablet.put(sent)
    assert answer.status_code == 201, answer.text
    assert json.loads(intake_of(db, sent).body) == sent


def test_an_unknown_field_is_kept_and_asks_nothing(tablet: Tablet, db: Database):
    sent = tablet.body(unheard_of="kept")
    assert tablet.put(sent).get_json()["review"] == []
    assert '"unheard_of":"kept"' in intake_of(db, sent).body


def test_the_body_is_kept_as_it_came_though_it_is_not_in_normal_form(tablet: Tablet, db: Database):
    note = unicodedata.normalize("NFD", "Fläche 1\x80")
    sent = tablet.body(fields={"note": note})
    raw = json.dumps(sent, ensure_ascii=False, indent=2).replace("\n", "\r\n").encode()
    answer = tablet.put(raw, sent["id"])
    assert answer.get_json()["review"] == ["cleaned"]
    assert intake_of(db, sent).body.encode() == raw
    assert rejection_of(db, sent).note == "Fläche 1"


def test_the_number_of_an_unknown_lot_leads_to_the_parts(tablet: Tablet, db: Database):
    sent = tablet.body(fields={"lot_id": None, "lot_number": "L-9999", "item_id": None, "note": "auf dem Wagen"})
    tablet.put(sent)
    made = rejection_of(db, sent)
    assert (made.lot_id, made.item_id) == (None, None)
    assert made.note == "批次 Lot: L-9999\nauf dem Wagen"


def test_a_lot_that_was_scanned_is_found_by_its_number(tablet: Tablet, db: Database, plant: Plant):
    sent = tablet.body(fields={"lot_id": None, "item_id": None})
    assert tablet.put(sent).get_json()["review"] == []
    assert (rejection_of(db, sent).lot_id, rejection_of(db, sent).item_id) == (plant.lot, plant.item)


def test_a_hand_over_says_which_lot_it_is_where_none_is_named(tablet: Tablet, db: Database, plant: Plant):
    approved(db, plant)
    sent = tablet.body(fields={"lot_id": None, "lot_number": None, "item_id": None,
                               "handover_id": presented(db, plant).id})
    assert tablet.put(sent).get_json()["review"] == []
    made = rejection_of(db, sent)
    assert (made.lot_id, made.item_id, made.handover_id) == (plant.lot, plant.item, sent["fields"]["handover_id"])


@pytest.mark.parametrize("named", [{"lot_id": 999_999, "lot_number": None}, {"lot_id": None, "lot_number": "L-9999"}])
def test_a_hand_over_of_another_lot_than_the_one_named_is_left_out(tablet: Tablet, db: Database, plant: Plant,
                                                                 named: dict[str, Any]):
    approved(db, plant)
    sent = tablet.body(fields={**named, "item_id": None, "handover_id": presented(db, plant).id})
    assert tablet.put(sent).get_json()["review"] == ["unknown_lot", "unknown_handover"]
    assert (rejection_of(db, sent).lot_id, rejection_of(db, sent).handover_id) == (None, None)


def test_r02_a_record_without_any_identity_is_held_as_suspect_and_asks_nothing(tablet: Tablet, db: Database):
    sent = tablet.body(fields={"lot_id": None, "lot_number": None, "item_id": None})
    assert tablet.put(sent).get_json()["review"] == []
    assert rejection_of(db, sent).state == "held"


def test_what_is_out_of_use_is_taken_and_named(tablet: Tablet, db: Database, plant: Plant):
    with db.transaction(SYSTEM, "tests.retire") as session:
        session.get_one(Defect, plant.burr).active = False
    assert tablet.put(tablet.body()).get_json()["review"] == ["retired"]
    with db.transaction(SYSTEM, "tests.retire") as session:
        session.get_one(Unit, plant.weld).active = False
        session.get_one(Item, plant.item).active = False
    assert tablet.put(tablet.body(fields={"defect_id": None})).get_json()["review"] == ["retired"]


def test_an_item_that_is_not_that_of_the_lot_is_named(tablet: Tablet, db: Database, plant: Plant):
    with db.transaction(SYSTEM, "tests.item") as session:
        other = Item(site_id=plant.site, code="X", name_zh="其他", name_en="Other")
        session.add(other)
    sent = tablet.body(fields={"item_id": other.id})
    assert tablet.put(sent).get_json()["review"] == ["mismatch"]
    assert rejection_of(db, sent).item_id == plant.item


def test_an_operation_that_the_tablet_does_not_serve_is_taken_and_named(tablet: Tablet, db: Database, plant: Plant):
    sent = tablet.body(fields={"found_unit_id": plant.paint})
    assert tablet.put(sent).get_json()["review"] == ["other_unit"]
    assert rejection_of(db, sent).found_unit_id == plant.paint


def test_an_author_without_a_grant_is_taken_and_named(tablet: Tablet, app: Flask, db: Database, plant: Plant):
    stranger = person_in_unit(db, "stranger", "operator", plant.press)
    sign_in_at(db, tablet, stranger)
    actor = {"auth": "online-pin", "person_id": stranger.id, "sign_in": tablet.sign_ins[stranger.id]}
    sent = tablet.body(actor=actor)
    assert tablet.put(sent).get_json()["review"] == ["not_permitted"]
    assert rejection_of(db, sent).reported_by_id == stranger.id
    with db.reading() as session:
        assert session.scalars(select(OriginStatement.grant_id)).one() is None


UNREADABLE = [b"", b"{", b"null", b"[]", b'"text"', b"\xff\xfe\x00", b'{"quantity": NaN}', b"[" * 5000,
              b"\xef\xbb\xbf{}", b'{"id": "someone else"}', b"{}", b'{"id":1}', b"<html>", b"\x1f\x8b" + bytes(50)]


@pytest.mark.parametrize("raw", UNREADABLE, ids=range(len(UNREADABLE)))
def test_what_cannot_be_read_is_refused_and_kept(tablet: Tablet, db: Database, raw: bytes):
    for _ in range(2):
        answer = tablet.put(raw)
        assert (answer.status_code, answer.content_type) == (400, "application/problem+json"), answer.text
        assert answer.get_json()["code"] == "unparsed"
        assert answer.get_json()["title_zh"]
    with db.reading() as session:
        kept = session.scalars(select(IntakeUnparsed)).one()
        assert (kept.body, kept.device_id) == (raw, tablet.id)
        assert session.scalars(select(DeviceIncident.kind)).all() == ["unparsed"]
    assert count(db, Rejection) == 0


def test_a_body_that_is_too_large_is_refused_and_its_beginning_kept(tablet: Tablet, db: Database):
    sent = tablet.body(padding="x" * 70_000)
    answer = tablet.put(sent)
    assert (answer.status_code, answer.get_json()["code"]) == (413, "too_large")
    with db.reading() as session:
        assert len(session.scalars(select(IntakeUnparsed.body)).one()) == 64 * 1024
    just = tablet.body()
    raw = json.dumps(just).encode()
    assert tablet.put(raw + b" " * (64 * 1024 - len(raw)), just["id"]).status_code == 201


def test_at_most_a_hundred_unreadable_ones_are_kept_of_a_tablet_a_day(tablet: Tablet, db: Database):
    for n in range(103):
        assert tablet.put(b"%d" % n).status_code == 400
    assert count(db, IntakeUnparsed) == 100
    with db.reading() as session:
        assert session.scalars(select(DeviceIncident.count)).one() == 103


def test_one_bad_record_does_not_hold_up_a_hundred_good_ones(tablet: Tablet, db: Database):
    """Promise 26."""
    statuses = [tablet.put(b"poison" if n == 3 else tablet.body()).status_code for n in range(101)]
    assert (statuses.count(201), statuses.count(400), statuses[3]) == (100, 1, 400)
    assert (count(db, Rejection), count(db, IntakeUnparsed)) == (100, 1)


def test_a_record_of_another_tablet_of_the_site_keeps_its_tablet(tablet: Tablet, app: Flask, db: Database,
                                                                 plant: Plant):
    other = enrolled(db, plant, name="T-08")
    sent = tablet.body(device_id=other.public_id)
    assert "other_device" in tablet.put(sent).get_json()["review"]
    assert intake_of(db, sent).device_id == other.id
    unknown = tablet.body(device_id=str(uuid.uuid4()))
    tablet.put(unknown)
    assert intake_of(db, unknown).device_id == tablet.id


def test_a_late_record_keeps_both_times(tablet: Tablet, db: Database):
    made = utc_now() - timedelta(hours=2)
    sent = tablet.body(device_time=rfc3339(made), actor={"auth": "offline-badge", "badge_sha256": "0" * 64})
    assert set(tablet.put(sent).get_json()["review"]) == {"offline_badge", "author_unknown", "late"}
    assert rejection_of(db, sent).found_at == intake_of(db, sent).device_time == made


def test_what_became_of_my_reports_is_told_step_by_step(tablet: Tablet, db: Database):
    sent = tablet.body(photos=[{"slot": 1, "sha256": "a" * 64, "bytes": 3, "type": "image/jpeg"}])
    tablet.put(sent)
    report = tablet.client.get("/api/v1/rejects/mine").get_json()["reports"][0]
    assert (report["client_id"], report["photos_pending"], report["state"], report["item"]) == (
        sent["id"], 1, "held", "BR-100")
    steps = {step["code"]: step["at"] for step in report["steps"]}
    assert list(steps) == ["received", "held", "contained", "closed", "thanked"]
    assert steps["received"]
    assert steps["held"]
    assert (steps["contained"], steps["closed"], steps["thanked"], report["thanks"]) == (None, None, None, [])


def test_the_interface_is_described(app: Flask):
    spec = app.test_client().get("/api/v1/openapi.json").get_json()
    record = spec["paths"]["/api/v1/rejects/{client_id}"]["put"]
    assert {"200", "201", "400", "409", "413"} <= set(record["responses"])
    schema = record["requestBody"]["content"]["application/json"]["schema"]
    assert {"v", "id", "device_id", "device_seq", "actor", "fields", "photos"} <= set(schema["properties"])
    assert "/api/v1/rejects/{client_id}/photos/{slot}" in spec["paths"]
    assert "/api/v1/rejects/mine" in spec["paths"]
