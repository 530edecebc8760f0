"""Enrolled tablets and people with badges, for tests."""

import uuid
from datetime import UTC, datetime, timedelta

from flask import Flask
from flask.testing import FlaskClient

from qms.db import Database
from qms.models.accounts_devices import DeviceIncident
from qms.models.rejections_intake import Intake
from qms.rules.accounts import SYSTEM
from qms.rules.devices import KnownDevice
from qms.workflows import accounts_badges, accounts_contacts, accounts_pins
from qms.workflows import accounts_devices_enrolling as enrolling
from tests.plant import Plant
from tests.rejections.cases import reported

PIN = "482913"
HEADERS = {"X-Requested-By": "test"}
NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


def enrolled(db: Database, plant: Plant, name: str = "T-01", units: tuple[int, ...] = (), *,
             at: datetime | None = None) -> tuple[KnownDevice, str]:
    """Enrol a tablet; return it as a request knows it, and its credential."""
    clock = {"clock": lambda: at} if at else {}
    leader = plant.team_leader
    with db.transaction(leader, "accounts.offer_enrolment", **clock) as session:
        offer = enrolling.offer(session, leader, name=name, unit_ids=units or (plant.weld,))
    with db.transaction(SYSTEM, "accounts.enrol", **clock) as session:
        device, token = enrolling.enrol(session, offer.code, enrolling.Facts("app-1", True, True, "test"))
        known = KnownDevice(device.id, device.public_id, device.name, device.site_id, units or (plant.weld,))
    return known, token


def tablet(app: Flask, token: str) -> FlaskClient:
    """Open the browser of a tablet."""
    browser = app.test_client()
    browser.set_cookie("dev", token)
    return browser


def badge_of(db: Database, plant: Plant, role: str, pin: str | None = PIN) -> str:
    """Give someone a badge and a PIN; return the code on the badge."""
    with db.transaction(plant.admin, "accounts.issue_badge") as session:
        code = accounts_badges.issue(session, plant.admin, plant.people[role].id)
        if pin is not None:
            accounts_pins.set_pin(session, plant.admin, plant.people[role].id, pin)
    return code


def says(db: Database, device: KnownDevice, at: datetime = NOON, **said: object) -> accounts_contacts.Answer:
    """Let a tablet say something of itself at an instant."""
    told = {"last_seq": 0, "waiting": len(said.get("waiting_seqs", ())), **said}
    with db.transaction(SYSTEM, "accounts.contact", clock=lambda: at) as session:
        return accounts_contacts.contact(session, device, accounts_contacts.Said(**told))


def received(db: Database, plant: Plant, device: KnownDevice, *seqs: int) -> None:
    """Take records of a tablet in, by their numbers."""
    for seq in seqs:
        made = reported(db, plant)
        with db.transaction(SYSTEM, "rejections.receive") as session:
            session.add(Intake(
                client_id=str(uuid.uuid4()), sha256="0" * 64, body="{}", device_id=device.id, device_seq=seq,
                version=1, author_id=plant.operator.id, author_auth="online-pin", received_at=NOON,
                device_time=NOON - timedelta(minutes=1), photos=0, review="", rejection_id=made.id))


def incidents(db: Database, *, closed: bool = False) -> list[DeviceIncident]:
    """Return the incidents that are open, or those that are closed, oldest first."""
    with db.reading() as session:
        found = session.query(DeviceIncident).order_by(DeviceIncident.id).all()
    return [i for i in found if (i.closed_at is not None) == closed]


