"""Tablets for tests: enrolled past the pages, with badges and sign-ins, and the bodies that they send."""

import hashlib
import json
import secrets
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from qms.db import Database
from qms.models.accounts import Badge, SignIn
from qms.models.accounts_devices import Device, DeviceKey, DeviceUnit
from qms.models.rejections import Rejection
from qms.models.rejections_intake import Intake
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.clock import rfc3339, utc_now
from qms.workflows.accounts_devices import digest
from tests.plant import Plant

HEADERS = {"X-Requested-By": "station"}


def badge_of(person: Actor) -> str:
    """Return the SHA-256 of the code on a person's badge."""
    return digest(f"badge of {person.name}")


@dataclass
class Tablet:
    """An enrolled tablet: its browser, its credential and the number of its last record."""

    id: int
    public_id: str
    token: str
    plant: Plant
    browser: FlaskClient | None = None
    seq: int = 0
    sign_ins: dict[int, str] = field(default_factory=dict)

    def body(self, **changed: Any) -> dict[str, Any]:
        """Return a record as the app makes it: a burr on three pieces, by the operator's badge and PIN."""
        self.seq += 1
        person = self.plant.operator
        sent = {
            "v": 1, "id": str(uuid.uuid4()), "device_id": self.public_id, "device_seq": self.seq,
            "actor": {"auth": "online-pin", "person_id": person.id, "sign_in": self.sign_ins.get(person.id, "")},
            "device_time": rfc3339(utc_now()), "monotonic_ms": 1000, "skew_ms": 0, "app_version": "test",
            "fields": {"kind": "not_accepted", "found_unit_id": self.plant.weld, "lot_id": self.plant.lot,
                       "lot_number": "L-0001", "item_id": self.plant.item, "defect_id": self.plant.burr,
                       "handover_id": None, "zone": None, "quantity": 3, "note": None, "whole_lot": False},
            "photos": []}
        fields = changed.pop("fields", {})
        return {**sent, **changed, "fields": sent["fields"] | fields if isinstance(fields, dict) else fields}

    def put(self, sent: dict[str, Any] | bytes, record_id: str | None = None) -> TestResponse:
        """Send a record."""
        raw = sent if isinstance(sent, bytes) else json.dumps(sent, ensure_ascii=False, separators=(",", ":")).encode()
        where = record_id or (sent["id"] if isinstance(sent, dict) else str(uuid.uuid4()))
        return self.client.put(f"/api/v1/rejects/{where}", data=raw, headers=HEADERS)

    def put_photo(self, record_id: str, slot: int, content: bytes, **headers: str) -> TestResponse:
        """Send a photo of a record."""
        said = {"X-Sha256": hashlib.sha256(content).hexdigest(), **HEADERS, **headers}
        return self.client.put(f"/api/v1/rejects/{record_id}/photos/{slot}", data=content, headers=said)

    @staticmethod
    def listed(slot: int, content: bytes) -> dict[str, Any]:
        """Return how a record lists a photo."""
        return {"slot": slot, "sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content),
                "type": "image/jpeg"}

    @property
    def client(self) -> FlaskClient:
        """Return the browser of the tablet."""
        assert self.browser is not None
        return self.browser


def enrolled(db: Database, plant: Plant, *units: int, name: str = "T-07", at: datetime | None = None) -> Tablet:
    """Enrol a tablet for operations, weld unless told otherwise."""
    token, public_id = secrets.token_urlsafe(32), str(uuid.uuid4())
    at = at or utc_now() - timedelta(days=600)
    with db.transaction(SYSTEM, "tests.enrol") as session:
        device = Device(site_id=plant.site, name=name, public_id=public_id, enrolled_by_id=plant.team_leader.id,
                        enrolled_at=at)
        session.add(device)
        session.flush()
        session.add_all(DeviceUnit(device_id=device.id, unit_id=unit) for unit in units or (plant.weld,))
        session.add(DeviceKey(token_hash=digest(token), device_id=device.id, made_at=utc_now()))
    return Tablet(device.id, public_id, token, plant)


def give_badge(db: Database, person: Actor, *, ended_at: datetime | None = None) -> str:
    """Give a person a badge; return the SHA-256 of its code."""
    with db.transaction(SYSTEM, "tests.badge") as session:
        session.add(Badge(person_id=person.id, code_sha256=badge_of(person), issued_at=utc_now(),
                          issued_by_id=SYSTEM.id, ended_at=ended_at, reason="lost" if ended_at else None))
    return badge_of(person)


def sign_in_at(db: Database, tablet: Tablet, person: Actor, *, at: datetime | None = None,
               ended_at: datetime | None = None) -> str:
    """Sign a person in at a tablet by badge and PIN; return the token of the sign-in."""
    token, public_id, at = secrets.token_urlsafe(32), str(uuid.uuid4()), at or utc_now() - timedelta(minutes=5)
    with db.transaction(SYSTEM, "tests.sign_in") as session:
        session.add(SignIn(token_hash=digest(token), person_id=person.id, public_id=public_id, started_at=at,
                           seen_at=utc_now(), ends_at=at + timedelta(hours=12), ended_at=ended_at, method="pin",
                           device_id=tablet.id))
    tablet.sign_ins[person.id] = public_id
    return token


def opened(app: Flask, tablet: Tablet, token: str | None = None) -> FlaskClient:
    """Open the browser of a tablet; with the token of a sign-in somebody is signed in there."""
    tablet.browser = app.test_client()
    tablet.browser.set_cookie("dev", tablet.token)
    if token:
        tablet.browser.set_cookie("qms", token)
    return tablet.browser


def intake_of(db: Database, sent: dict[str, Any]) -> Intake:
    with db.reading() as session:
        return session.scalars(select(Intake).where(Intake.client_id == sent["id"])).one()


def rejection_of(db: Database, sent: dict[str, Any]) -> Rejection:
    with db.reading() as session:
        return session.scalars(select(Rejection).where(Rejection.client_id == sent["id"])).one()
