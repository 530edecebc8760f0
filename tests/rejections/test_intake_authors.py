"""The author of a record from a tablet is whom the record names, as far as that is proven (promise 21)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from qms.db import Database
from qms.db.ledger import ledger
from qms.models.accounts import Person
from qms.models.rejections import Rejection
from qms.models.rejections_intake import Intake
from qms.rules.accounts import SYSTEM
from qms.rules.clock import rfc3339, utc_now
from tests.plant import Plant
from tests.rejections.tablets import Tablet, badge_of, enrolled, give_badge, opened, sign_in_at


@pytest.fixture
def tablet(app: Flask, db: Database, plant: Plant) -> Tablet:
    """A tablet of weld at which nobody has signed in."""
    made = enrolled(db, plant)
    opened(app, made)
    return made


def author(db: Database, sent: dict[str, Any]) -> tuple[int | None, str, int]:
    """Return whom the record names, why it must be looked at, and who is said to have reported the rejection."""
    with db.reading() as session:
        row = session.execute(select(Intake.author_id, Intake.review, Rejection.reported_by_id)
                              .join(Rejection, Rejection.id == Intake.rejection_id)
                              .where(Intake.client_id == sent["id"])).one()
        return row[0], row[1], row[2]


def in_the_trail(db: Database) -> tuple[int, str]:
    import json

    with db.reading() as session:
        entry = json.loads(session.scalars(select(ledger.c.entry).order_by(ledger.c.seq.desc()).limit(1)).one())
    return entry["actor"]["id"], entry["auth"]["method"]


@pytest.mark.parametrize("signed_in", ["inspector", None])
def test_a_record_made_offline_is_its_makers_whoever_is_signed_in_when_it_is_sent(
        tablet: Tablet, app: Flask, db: Database, plant: Plant, signed_in: str | None):
    give_badge(db, plant.operator)
    sent = tablet.body(actor={"auth": "offline-badge", "badge_sha256": badge_of(plant.operator)})
    opened(app, tablet, sign_in_at(db, tablet, plant.people[signed_in]) if signed_in else "a cookie that expired")
    assert tablet.put(sent).status_code == 201
    assert author(db, sent) == (plant.operator.id, "offline_badge", plant.operator.id)
    assert in_the_trail(db) == (plant.operator.id, "offline-badge")


def test_a_record_made_signed_in_is_its_makers_though_another_has_signed_in_since(
        tablet: Tablet, app: Flask, db: Database, plant: Plant):
    sign_in_at(db, tablet, plant.operator)
    sent = tablet.body()
    opened(app, tablet, sign_in_at(db, tablet, plant.inspector))
    tablet.put(sent)
    assert author(db, sent) == (plant.operator.id, "", plant.operator.id)
    assert in_the_trail(db) == (plant.operator.id, "pin")


NOW = timedelta()


@pytest.mark.parametrize(("began", "ended", "made", "is_proven"), [
    (timedelta(hours=-2), None, NOW, True), (timedelta(hours=-2), timedelta(hours=-1), timedelta(minutes=-90), True),
    (timedelta(hours=-2), timedelta(hours=-1), NOW, False), (timedelta(minutes=-5), None, timedelta(hours=-1), False),
    (timedelta(hours=-20), None, NOW, False), (timedelta(seconds=60), None, NOW, True),
])
def test_a_sign_in_proves_only_what_was_made_while_it_was_open(
        tablet: Tablet, db: Database, plant: Plant, began: timedelta, ended: timedelta | None, made: timedelta,
        is_proven: bool):
    at = utc_now()
    sign_in_at(db, tablet, plant.operator, at=at + began, ended_at=at + ended if ended else None)
    sent = tablet.body(device_time=rfc3339(at + made))
    tablet.put(sent)
    found, review, _ = author(db, sent)
    assert found == plant.operator.id
    assert ("author_unproven" not in review) is is_proven
    assert in_the_trail(db) == (plant.operator.id, "pin" if is_proven else "unproven")


def test_a_sign_in_of_another_person_or_tablet_proves_nothing(tablet: Tablet, db: Database, plant: Plant):
    other = enrolled(db, plant, name="T-08")
    sign_in_at(db, other, plant.operator)
    sign_in_at(db, tablet, plant.inspector)
    for sign_in in (other.sign_ins[plant.operator.id], tablet.sign_ins[plant.inspector.id], "unknown", "\x00", ""):
        sent = tablet.body(actor={"auth": "online-pin", "person_id": plant.operator.id, "sign_in": sign_in})
        assert tablet.put(sent).status_code == 201
        assert author(db, sent) == (plant.operator.id, "author_unproven", plant.operator.id)


@pytest.mark.parametrize("actor", [
    {"auth": "online-pin", "person_id": 99_999, "sign_in": "x"}, {"auth": "offline-badge", "badge_sha256": "0" * 64},
    {"auth": "offline-badge", "badge_sha256": "short"}, {"auth": "face"}, {}, None, "operator"])
def test_where_nobody_is_known_the_tablet_itself_reports(tablet: Tablet, db: Database, actor: Any):
    sent = tablet.body(actor=actor)
    assert tablet.put(sent).status_code == 201
    found, review, reporter = author(db, sent)
    assert (found, reporter) == (None, SYSTEM.id)
    assert "author_unknown" in review
    assert in_the_trail(db) == (SYSTEM.id, "device")


@pytest.mark.parametrize(("ended", "is_known"), [(timedelta(hours=-3), True), (timedelta(hours=-5), False)])
def test_a_badge_speaks_for_its_owner_until_it_ended(tablet: Tablet, db: Database, plant: Plant, ended: timedelta,
                                                     is_known: bool):
    at: datetime = utc_now()
    give_badge(db, plant.operator, ended_at=at + ended)
    sent = tablet.body(device_time=rfc3339(at - timedelta(hours=4)),
                       actor={"auth": "offline-badge", "badge_sha256": badge_of(plant.operator).upper()})
    tablet.put(sent)
    assert (author(db, sent)[0] == plant.operator.id) is is_known


def test_someone_who_left_is_still_the_author_and_is_named(tablet: Tablet, db: Database, plant: Plant):
    give_badge(db, plant.operator)
    with db.transaction(SYSTEM, "tests.leave") as session:
        session.get_one(Person, plant.operator.id).active = False
    sent = tablet.body(actor={"auth": "offline-badge", "badge_sha256": badge_of(plant.operator)})
    tablet.put(sent)
    assert author(db, sent) == (plant.operator.id, "offline_badge,not_permitted", plant.operator.id)
