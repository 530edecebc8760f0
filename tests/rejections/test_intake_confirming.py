"""A record made with a badge alone waits until its author says at the tablet whether it is theirs."""

from typing import Any

import pytest
from flask import Flask

from qms.db import Database
from qms.rules.accounts import SYSTEM
from tests.plant import Plant
from tests.rejections.tablets import (
    HEADERS,
    Tablet,
    badge_of,
    enrolled,
    give_badge,
    intake_of,
    opened,
    rejection_of,
    sign_in_at,
)


@pytest.fixture
def tablet(app: Flask, db: Database, plant: Plant) -> Tablet:
    """A tablet of weld at which the operator has signed in."""
    made = enrolled(db, plant)
    opened(app, made, sign_in_at(db, made, plant.operator))
    return made


@pytest.fixture
def offline(tablet: Tablet, db: Database, plant: Plant) -> dict[str, Any]:
    give_badge(db, plant.operator)
    return {"auth": "offline-badge", "badge_sha256": badge_of(plant.operator)}


def test_a_record_made_with_a_badge_is_that_persons_and_waits_to_be_confirmed(
        tablet: Tablet, db: Database, plant: Plant, offline: dict[str, Any]):
    sent = tablet.body(actor=offline)
    assert tablet.put(sent).get_json()["review"] == ["offline_badge"]
    assert intake_of(db, sent).author_id == plant.operator.id
    listed = tablet.client.get("/api/v1/rejects/to-confirm").get_json()["records"]
    assert [one["client_id"] for one in listed] == [sent["id"]]
    assert set(listed[0]) >= {"client_id", "number", "at", "item", "lot", "defect_zh", "defect_en", "quantity"}
    done = tablet.client.post(f"/api/v1/rejects/{sent['id']}/confirm", json={}, headers=HEADERS)
    assert done.status_code == 200
    assert intake_of(db, sent).confirmed_by_id == plant.operator.id
    assert tablet.client.get("/api/v1/rejects/to-confirm").get_json() == {"records": []}


def test_a_record_denied_by_its_author_belongs_to_nobody(tablet: Tablet, db: Database, plant: Plant,
                                                        offline: dict[str, Any]):
    sent = tablet.body(actor=offline)
    tablet.put(sent)
    done = tablet.client.post(f"/api/v1/rejects/{sent['id']}/not-mine", json={}, headers=HEADERS)
    assert done.get_json()["review"] == ["offline_badge", "author_unknown"]
    assert rejection_of(db, sent).reported_by_id == SYSTEM.id
    assert tablet.client.get("/api/v1/rejects/to-confirm").get_json() == {"records": []}
    assert tablet.client.get("/api/v1/rejects/mine").get_json() == {"reports": []}
    for step in ("confirm", "not-mine"):
        again = tablet.client.post(f"/api/v1/rejects/{sent['id']}/{step}", json={}, headers=HEADERS)
        assert again.status_code == 404


def test_nobody_confirms_for_another(tablet: Tablet, app: Flask, db: Database, plant: Plant, offline: dict[str, Any]):
    sent = tablet.body(actor=offline)
    tablet.put(sent)
    opened(app, tablet, sign_in_at(db, tablet, plant.inspector))
    for step in ("confirm", "not-mine"):
        refused = tablet.client.post(f"/api/v1/rejects/{sent['id']}/{step}", json={}, headers=HEADERS)
        assert refused.status_code == 404
    assert tablet.client.get("/api/v1/rejects/to-confirm").get_json() == {"records": []}
    opened(app, tablet)
    assert tablet.client.get("/api/v1/rejects/to-confirm").status_code == 401
