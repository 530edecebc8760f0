"""Photos of records from tablets: before or after their record, each once, cleaned, and missed while they lack."""

import hashlib
import time

import pytest
from flask import Flask
from sqlalchemy import func, select

from qms.db import Database
from qms.models.rejections import Rejection
from qms.models.rejections_intake import Intake, IntakePhoto
from qms.models.trail import Attachment
from tests.plant import Plant
from tests.rejections.pictures import bombs, picture
from tests.rejections.tablets import Tablet, enrolled, opened, sign_in_at

BOMBS = list(bombs())


@pytest.fixture
def tablet(app: Flask, db: Database, plant: Plant) -> Tablet:
    """A tablet of weld at which the operator has signed in."""
    made = enrolled(db, plant)
    opened(app, made, sign_in_at(db, made, plant.operator))
    return made


def attachments(db: Database) -> list[Attachment]:
    with db.reading() as session:
        return list(session.scalars(select(Attachment).order_by(Attachment.id)))


@pytest.mark.parametrize("first", ["photo", "record"])
def test_a_photo_is_put_to_its_rejection_whichever_comes_first(tablet: Tablet, db: Database, plant: Plant, first: str):
    content = picture()
    sent = tablet.body(photos=[tablet.listed(1, content)])
    if first == "record":
        assert tablet.put(sent).status_code == 201
    taken = tablet.put_photo(sent["id"], 1, content)
    assert taken.status_code == 201, taken.text
    assert taken.get_json() == {"id": sent["id"], "slot": 1, "sha256": hashlib.sha256(content).hexdigest()}
    if first == "photo":
        assert attachments(db) == []
        assert tablet.put(sent).get_json()["review"] == []
    with db.reading() as session:
        made = session.scalars(select(Rejection)).one()
    kept = attachments(db)
    assert [(a.entity, a.entity_id, a.content_type, a.sent_sha256, a.added_by_id) for a in kept] == [
        ("rejections", made.id, "image/webp", hashlib.sha256(content).hexdigest(), plant.operator.id)]
    address = f"/attachments/{kept[0].id}"
    assert tablet.client.get(address).content_type == "image/webp"


def test_the_same_photo_again_is_taken_once_and_another_in_its_place_is_refused(tablet: Tablet, db: Database):
    sent = tablet.body()
    first, again = (tablet.put_photo(sent["id"], 1, picture()) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    assert tablet.put_photo(sent["id"], 1, picture((0, 0, 9))).status_code == 409
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(IntakePhoto)) == 1


def test_one_photo_in_two_places_is_fine(tablet: Tablet, db: Database):
    content = picture()
    sent = tablet.body(photos=[tablet.listed(1, content), tablet.listed(2, content)])
    assert [tablet.put_photo(sent["id"], slot, content).status_code for slot in (1, 2)] == [201, 201]
    assert tablet.put(sent).get_json()["review"] == []
    assert len(attachments(db)) == 1
    assert tablet.client.get("/api/v1/rejects/mine").get_json()["reports"][0]["photos_pending"] == 0


@pytest.mark.parametrize("first", ["photo", "record"])
def test_a_photo_that_the_record_does_not_list_is_taken_and_named(tablet: Tablet, db: Database, first: str):
    sent = tablet.body(photos=[tablet.listed(1, picture((1, 1, 1)))])
    if first == "record":
        tablet.put(sent)
    assert tablet.put_photo(sent["id"], 1, picture()).status_code == 201
    if first == "photo":
        tablet.put(sent)
    with db.reading() as session:
        assert session.scalars(select(Intake.review)).one() == "other_photo"
    assert len(attachments(db)) == 1


def test_bytes_that_were_damaged_on_the_way_are_asked_for_again(tablet: Tablet, db: Database):
    sent = tablet.body()
    damaged = tablet.put_photo(sent["id"], 1, picture(), **{"X-Sha256": "0" * 64})
    assert (damaged.status_code, damaged.get_json()["code"]) == (400, "damaged")
    without = tablet.put_photo(sent["id"], 1, picture(), **{"X-Sha256": ""})
    assert without.status_code == 400
    assert tablet.put_photo(sent["id"], 1, picture()).status_code == 201


def test_a_place_that_no_record_has_is_refused(tablet: Tablet):
    for slot in (0, 4, 10**9):
        assert tablet.put_photo(tablet.body()["id"], slot, picture()).status_code == 422


def test_a_photo_that_is_too_large_is_refused(tablet: Tablet):
    assert tablet.put_photo(tablet.body()["id"], 1, picture() + bytes(12 << 20)).status_code == 413


@pytest.mark.parametrize(("name", "content"), BOMBS, ids=[name for name, _ in BOMBS])
def test_a_picture_that_would_hurt_is_refused_within_two_seconds(tablet: Tablet, db: Database, name: str,
                                                                 content: bytes):
    """Promise 33."""
    began = time.monotonic()
    refused = tablet.put_photo(tablet.body()["id"], 1, content)
    assert time.monotonic() - began < 2.0, name
    assert (refused.status_code, refused.get_json()["field"]) == (422, "photo"), refused.text
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(IntakePhoto)) == 0
