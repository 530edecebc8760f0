"""Records carried from a tablet to the desk by file or code: taken once, however often and whatever way they come."""

import base64
import hashlib
import io
import json
import uuid
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from qms.db import Database
from qms.db.ledger import ledger
from qms.imports.rejections_intake_by_hand import read_codes, read_file
from qms.models.chain import Site
from qms.models.rejections import Rejection
from qms.models.rejections_intake import Intake, IntakeConflict
from qms.rules.accounts import SYSTEM, Actor, Grant
from qms.workflows.rejections_intake_by_hand import take_in
from tests.plant import Plant
from tests.rejections.tablets import Tablet, enrolled, opened, sign_in_at

Open = Callable[..., Any]
HERE = "/rejections/tablets/by-hand"
API = {"X-Requested-By": "tests"}


@pytest.fixture
def tablet(app: Flask, db: Database, plant: Plant) -> Tablet:
    """A tablet of weld at which the operator has signed in."""
    made = enrolled(db, plant)
    opened(app, made, sign_in_at(db, made, plant.operator))
    return made


def text_of(sent: dict[str, Any]) -> str:
    """Return the bytes that the tablet keeps of a record."""
    return json.dumps(sent, ensure_ascii=False, separators=(",", ":"))


def codes_of(text: str, size: int = 120) -> list[str]:
    """Write a record as codes, as the station does."""
    packing = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = base64.b32encode(packing.compress(text.encode()) + packing.flush()).decode().rstrip("=")
    parts = [packed[n:n + size] for n in range(0, len(packed), size)]
    client_id = json.loads(text)["id"].replace("-", "").upper()
    digest = hashlib.sha256(text.encode()).hexdigest().upper()
    return [f"QMS1.{client_id}.{digest}.{k}.{len(parts)}.{part}." for k, part in enumerate(parts, start=1)]


def file_of(*texts: str) -> bytes:
    """Write records to a file, as the station does."""
    return json.dumps({"device": "T-07", "records": [
        {"seq": n, "body": text, "sha256": hashlib.sha256(text.encode()).hexdigest(), "error": None}
        for n, text in enumerate(texts, start=1)]}).encode()


def posted(page: Open, browser: FlaskClient, status: int = 200, *, codes: str = "", file: bytes = b"") -> Any:
    fields: dict[str, Any] = {"codes": codes}
    if file:
        fields["file"] = (io.BytesIO(file), "station-T-07-waiting.json")
    return page(browser, HERE, fields, status)


def test_codes_are_taken_in_once_and_a_second_time_is_harmless(
        tablet: Tablet, db: Database, plant: Plant, sign_in: Callable[..., FlaskClient], page: Open):
    sent = tablet.body(fields={"note": "毛刺, 右侧 – “scharf”"})
    text = text_of(sent)
    codes = "\n".join(reversed(codes_of(text)))
    browser = sign_in("team_leader")
    assert page(browser, HERE).status == 200
    assert "Taken in" in posted(page, browser, codes=codes).text
    assert "Was here already" in posted(page, browser, codes=codes.lower()).text
    with db.reading() as session:
        intake = session.scalars(select(Intake)).one()
        assert intake.body == text
        assert (intake.device_id, intake.author_id) == (tablet.id, plant.operator.id)
        assert intake.review.split(",") == ["by_hand"]
        assert session.scalars(select(Rejection)).one().reported_by_id == plant.operator.id
        entry = json.loads(session.scalars(select(ledger.c.entry).where(ledger.c.entity == "intakes")).one())
        assert (entry["action"], entry["actor"]["id"]) == ("rejections.take_in_by_hand", plant.team_leader.id)
    assert "Carried to the desk" in page(browser, f"/rejections/tablets/{intake.id}").text


def test_the_tablet_that_sends_later_gets_the_receipt_of_what_was_carried(tablet: Tablet, db: Database, page: Open,
                                                                        sign_in: Callable[..., FlaskClient]):
    sent = tablet.body()
    posted(page, sign_in("quality_engineer"), file=file_of(text_of(sent)))
    answer = tablet.put(sent)
    assert answer.status_code == 200
    assert answer.get_json()["sha256"] == hashlib.sha256(text_of(sent).encode()).hexdigest()
    assert answer.get_json()["review"] == ["by_hand"]
    with db.reading() as session:
        assert len(session.scalars(select(Rejection)).all()) == 1


def test_what_the_tablet_had_sent_is_not_doubled_by_its_file(tablet: Tablet, db: Database, page: Open,
                                                            sign_in: Callable[..., FlaskClient]):
    first, second = tablet.body(), tablet.body()
    tablet.put(first)
    read = posted(page, sign_in("team_leader"), file=file_of(text_of(first), text_of(second)))
    assert "Was here already" in read.text
    assert "Taken in" in read.text
    with db.reading() as session:
        assert len(session.scalars(select(Rejection)).all()) == 2


def test_another_body_under_a_known_id_is_kept_as_a_conflict(tablet: Tablet, db: Database, page: Open,
                                                            sign_in: Callable[..., FlaskClient]):
    sent = tablet.body()
    tablet.put(sent)
    other = {**sent, "fields": {**sent["fields"], "quantity": 9}}
    assert "both are kept" in posted(page, sign_in("team_leader"), codes="".join(codes_of(text_of(other)))).text
    with db.reading() as session:
        assert session.scalars(select(IntakeConflict.body)).one() == text_of(other)


def test_missing_codes_are_named_and_what_was_scanned_stays_in_the_field(tablet: Tablet, db: Database, page: Open,
                                                                       sign_in: Callable[..., FlaskClient]):
    codes = codes_of(text_of(tablet.body()))
    assert len(codes) > 3
    scanned = "\n".join([codes[0], *codes[3:]])
    read = posted(page, sign_in("team_leader"), 422, codes=scanned)
    assert f"of {len(codes)} codes these are missing: 2–3" in read.text
    assert codes[0] in read.text
    with db.reading() as session:
        assert session.scalars(select(Intake)).all() == []


@pytest.mark.parametrize(("spoil", "told"), [
    (lambda code: code.replace(".1.", ".1.", 1)[:-9] + "AAAAAAAA.", "do not fit together"),
    (lambda _code: "https://example.com/", "no code of a tablet"),
])
def test_spoilt_codes_are_refused(tablet: Tablet, db: Database, page: Open, sign_in: Callable[..., FlaskClient],
                                  spoil: Callable[[str], str], told: str):
    code, = codes_of(text_of(tablet.body()), size=9000)
    assert told in posted(page, sign_in("team_leader"), 422, codes=spoil(code)).text
    with db.reading() as session:
        assert session.scalars(select(Intake)).all() == []


def test_a_file_that_was_changed_or_is_none_is_refused_record_by_record(tablet: Tablet, db: Database, page: Open,
                                                                      sign_in: Callable[..., FlaskClient]):
    good, bad = text_of(tablet.body()), text_of(tablet.body())
    read = posted(page, sign_in("team_leader"), 422,
                  file=file_of(good, bad).replace(b'\\"quantity\\":3', b'\\"quantity\\":1').replace(
                      b'\\"quantity\\":1', b'\\"quantity\\":3', 1))
    assert "Record 2 of the file is damaged" in read.text
    assert "Taken in" in read.text
    with db.reading() as session:
        assert session.scalars(select(Intake.body)).all() == [good]
    assert "not the file that a tablet writes" in posted(page, sign_in("team_leader"), 422, file=b"<html>").text
    assert "no whole record" in posted(page, sign_in("team_leader"), 422).text


def test_a_tablet_unknown_here_or_of_another_site_is_not_taken(tablet: Tablet, db: Database, plant: Plant, page: Open,
                                                              sign_in: Callable[..., FlaskClient]):
    sent = {**tablet.body(), "device_id": str(uuid.uuid4())}
    assert "Names no tablet" in posted(page, sign_in("team_leader"), file=file_of(text_of(sent))).text
    odd = {**tablet.body(), "id": "no id"}
    assert "Cannot be read" in posted(page, sign_in("team_leader"), file=file_of(text_of(odd))).text
    with db.transaction(SYSTEM, "tests.site") as session:
        other = Site(code="WX", name_zh="无锡", name_en="Wuxi", time_zone="Asia/Shanghai", profile="iso", demo=False)
        session.add(other)
    stranger = Actor(id=plant.inspector.id, name="x", grants=(Grant(1, "team_leader", other.id, None),), method="test")
    with db.transaction(stranger, "rejections.take_in_by_hand") as session:
        outcome, = take_in(session, stranger, read_file(file_of(text_of(tablet.body()))).records)
    assert outcome.code == "not_allowed"
    assert sign_in("operator").get(HERE).status_code == 403


def test_the_api_takes_them_by_the_same_door(tablet: Tablet, db: Database, sign_in: Callable[..., FlaskClient]):
    first, second = text_of(tablet.body()), text_of(tablet.body())
    body = {"records": json.loads(file_of(first))["records"], "codes": "\n".join(codes_of(second))}
    for outcome in ("new", "known"):
        answer = sign_in("team_leader").post("/api/v1/rejects/by-hand", json=body, headers=API)
        assert answer.status_code == 200, answer.text
        assert [one["outcome"] for one in answer.get_json()["outcomes"]] == [outcome, outcome]
    assert sign_in("operator").post("/api/v1/rejects/by-hand", json=body, headers=API).status_code == 403
    with db.reading() as session:
        assert session.scalars(select(Intake.body).order_by(Intake.id)).all() == [first, second]


def test_a_bomb_in_a_code_stops_at_the_largest_record():
    packing = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    packed = packing.compress(b"0" * 50_000_000) + packing.flush()
    text = base64.b32encode(packed).decode().rstrip("=")
    read = read_codes(f"QMS1.{'A' * 32}.{'0' * 64}.1.1.{text}.")
    assert read.records == []
    assert "do not fit together" in read.wrong[0].en

