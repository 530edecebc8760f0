"""When a record from a tablet was found, whatever its clock says (promise 27), and what every form of a body says."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from qms.db import Database
from qms.db.rule_counts import rule_counts
from qms.models.chain import Site
from qms.models.rejections import Rejection
from qms.models.rejections_intake import Intake
from qms.rules.accounts import SYSTEM
from qms.rules.clock import rfc3339, utc_now
from qms.rules.rejections_intake import ADVICE, NOTES, NOTHING_ASKED, REVIEWS, asks, found_at, joined, told, with_code
from qms.rules.rejections_intake_body import read
from tests.plant import Plant
from tests.rejections.tablets import Tablet, enrolled, opened, sign_in_at

PAYLOADS = sorted((Path(__file__).parent / "payloads").glob("*.json"))
NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)
DAY_MS = 86_400_000


@pytest.fixture
def tablet(app: Flask, db: Database, plant: Plant) -> Tablet:
    """A tablet of weld at which the operator signed in two days ago."""
    made = enrolled(db, plant)
    opened(app, made, sign_in_at(db, made, plant.operator))
    return made


@pytest.mark.parametrize(("ago", "skew_ms", "found_ago", "codes"), [
    (timedelta(), 0, timedelta(), set()),
    (timedelta(minutes=29), 0, timedelta(minutes=29), set()),
    (timedelta(minutes=31), 0, timedelta(minutes=31), {"late"}),
    (timedelta(minutes=31), None, timedelta(minutes=31), {"late", "clock"}),
    (timedelta(seconds=-119), 0, timedelta(), set()),
    (timedelta(seconds=-121), 0, timedelta(), {"clock"}),
    (timedelta(seconds=-121), -121_000, timedelta(), {"clock"}),
    (timedelta(days=-1), DAY_MS, timedelta(), {"clock"}),
    (timedelta(days=-1), None, timedelta(), {"clock"}),
    (timedelta(days=400), -400 * DAY_MS, timedelta(), {"clock"}),
    (timedelta(days=400, hours=1), -400 * DAY_MS, timedelta(hours=1), {"clock", "late"}),
    (timedelta(days=400, hours=1), None, timedelta(), {"clock"}),
    (timedelta(minutes=1), 119_000, timedelta(minutes=1, seconds=119), set()),
])
def test_r48_the_time_of_finding_is_corrected_never_ahead_and_named_when_it_is_odd(
        ago: timedelta, skew_ms: int | None, found_ago: timedelta, codes: set[str]):
    assert found_at(NOW - ago, skew_ms, NOW) == (NOW - found_ago, codes)


def test_a_time_that_cannot_be_read_gives_way_to_that_of_receipt():
    assert found_at(None, 0, NOW) == (NOW, {"clock"})


def test_r48_a_late_record_is_marked_and_counted(tablet: Tablet, db: Database):
    sent = tablet.body(device_time=rfc3339(utc_now() - timedelta(hours=1)))
    assert "late" in tablet.put(sent).get_json()["review"]
    on_time = tablet.body()
    assert "late" not in tablet.put(on_time).get_json()["review"]
    with db.reading() as session:
        assert session.execute(select(rule_counts.c.times).where(rule_counts.c.rule == "R-48")).scalar_one() == 1


@pytest.mark.parametrize("off", [-400 * DAY_MS, DAY_MS, 0])
def test_a_clock_that_is_off_changes_neither_order_nor_time(tablet: Tablet, db: Database, off: int):
    made = []
    for n in range(3):
        at = utc_now() - timedelta(minutes=10 - n)
        sent = tablet.body(device_time=rfc3339(at + timedelta(milliseconds=off)), skew_ms=off)
        review = tablet.put(sent).get_json()["review"]
        assert ("clock" in review) is bool(off)
        made.append((sent["id"], at))
    with db.reading() as session:
        rows = session.execute(select(Rejection.client_id, Rejection.found_at).order_by(Rejection.id)).all()
        assert [row.client_id for row in rows] == [client_id for client_id, _ in made]
        assert all(abs(row.found_at - at) < timedelta(seconds=1) for row, (_, at) in zip(rows, made, strict=True))
        assert session.scalars(select(Intake.skew_ms)).all() == [off] * 3


def test_the_hour_that_comes_twice_keeps_its_order(tablet: Tablet, db: Database, plant: Plant):
    with db.transaction(SYSTEM, "tests.zone") as session:
        session.get_one(Site, plant.site).time_zone = "Europe/Berlin"
    twice = ["2026-10-25T02:30:00+02:00", "2026-10-25T02:10:00+01:00", "2026-10-25T02:30:00.500+01:00"]
    assert [read(json.dumps({"id": "x", "device_time": at}), "x").device_time for at in twice] == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 10, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 30, 0, 500_000, tzinfo=UTC)]
    now = utc_now()
    skew = int((datetime(2026, 10, 25, 2, tzinfo=UTC) - now).total_seconds() * 1000)
    for at in twice:
        assert tablet.put(tablet.body(device_time=at, skew_ms=skew)).status_code == 201
    with db.reading() as session:
        found = session.scalars(select(Rejection.found_at).order_by(Rejection.id)).all()
    assert [round((later - found[0]).total_seconds(), 1) for later in found] == [0, 2400, 3600.5]


@pytest.mark.parametrize("payload", PAYLOADS, ids=lambda path: path.stem)
def test_every_released_form_of_a_body_is_taken(tablet: Tablet, db: Database, plant: Plant, payload: Path):
    """Promise 25: what was released once is accepted for twelve months, byte for byte as the app of then sends it."""
    raw = payload.read_bytes()
    sent: dict[str, Any] = json.loads(raw)
    answer = tablet.put(raw, sent["id"])
    assert answer.status_code == 201, answer.text
    assert "version" not in answer.get_json()["review"]
    with db.reading() as session:
        kept = session.scalars(select(Intake)).one()
        made = session.scalars(select(Rejection)).one()
    assert kept.body.encode() == raw
    assert (kept.version, made.quantity, made.kind) == (sent["v"], sent["fields"]["quantity"], sent["fields"]["kind"])


def test_there_are_fixtures_of_every_form():
    assert {json.loads(path.read_bytes())["v"] for path in PAYLOADS} == {1}


def test_every_code_has_its_advice_and_those_that_ask_nothing_are_known():
    assert set(ADVICE) == set(REVIEWS)
    assert list(REVIEWS)[-1] == "late"
    assert set(NOTHING_ASKED) == {
        "", "late", "other_device", "other_device,late", "offline_badge", "offline_badge,late",
        "offline_badge,other_device", "offline_badge,other_device,late"}
    assert not asks(joined(NOTES))
    assert asks(with_code(joined(NOTES), "quantity"))
    assert [words.en for words in told("late,of another version")] == [REVIEWS["late"].en]
