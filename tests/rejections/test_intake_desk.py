"""What a leader, a quality engineer and an author do at the desk with what tablets sent."""

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, select

from qms.db import Database
from qms.models.accounts_devices import DeviceContact, DeviceIncident
from qms.models.chain import Defect
from qms.models.rejections import Rejection
from qms.models.rejections_intake import Intake, IntakeConflict, IntakeDiscard
from qms.rules.accounts import SYSTEM
from qms.rules.clock import rfc3339, utc_now
from qms.rules.errors import NotAllowed, NotFound
from qms.workflows import rejections_intake_conflicts as conflicts
from qms.workflows import rejections_intake_kept as kept
from qms.workflows import rejections_intake_shown as shown
from qms.workflows import rejections_intake_steps as steps
from qms.workflows.rejections_intake_register import Filter
from qms.workflows.rejections_intake_register import page as page_of
from qms.workflows.today_intake import from_tablets
from tests.plant import Plant
from tests.rejections.cases import person_in_unit
from tests.rejections.pictures import picture
from tests.rejections.tablets import Tablet, badge_of, enrolled, give_badge, opened, sign_in_at

Open = Callable[..., Any]


@pytest.fixture
def tablet(app: Flask, db: Database, plant: Plant) -> Tablet:
    """A tablet of weld at which the operator has signed in."""
    made = enrolled(db, plant)
    opened(app, made, sign_in_at(db, made, plant.operator))
    return made


@pytest.fixture
def odd(tablet: Tablet) -> dict[str, Any]:
    """A record whose lot and defect are not known."""
    sent = tablet.body(fields={"lot_id": None, "lot_number": "L-9999", "item_id": None, "defect_id": 999_999})
    assert tablet.put(sent).status_code == 201
    return sent


@pytest.fixture
def offline(tablet: Tablet, db: Database, plant: Plant) -> dict[str, Any]:
    """A record that the operator made offline."""
    give_badge(db, plant.operator)
    sent = tablet.body(actor={"auth": "offline-badge", "badge_sha256": badge_of(plant.operator)},
                       device_time=rfc3339(utc_now() - timedelta(hours=1)))
    assert tablet.put(sent).get_json()["review"] == ["offline_badge", "late"]
    return sent


def intake_of(db: Database, sent: dict[str, Any]) -> Intake:
    with db.reading() as session:
        return session.scalars(select(Intake).where(Intake.client_id == sent["id"])).one()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_shows_what_was_sent_and_what_was_made_of_it(
        tablet: Tablet, db: Database, odd: dict[str, Any], sign_in: Callable[..., FlaskClient], page: Open,
        language: str):
    browser = sign_in("team_leader", language)
    held = intake_of(db, odd)
    listed = page(browser, "/rejections/tablets/")
    assert f"/rejections/tablets/{held.id}" in listed.links().values()
    read = page(browser, f"/rejections/tablets/{held.id}").text
    for said in ("L-9999", "#999999", "T-07", "Operator"):
        assert said in read
    assert ("Find the lot by its label" if language == "en" else "请按标签查明批次") in read
    made = page(browser, f"/rejections/{held.rejection_id}")
    assert f"/rejections/tablets/{held.id}" in made.links().values()


def test_the_page_tells_what_is_not_text_without_breaking(tablet: Tablet, db: Database,
                                                          sign_in: Callable[..., FlaskClient], page: Open):
    sent = tablet.body(fields={"note": "<b>\x00\x07\ud800", "kind": {"a": [1]}, "zone": "x" * 300, "quantity": 10**400},
                       app_version="</script>")
    tablet.put(json.dumps(sent).encode(), sent["id"])
    read = page(sign_in("quality_engineer"), f"/rejections/tablets/{intake_of(db, sent).id}").text
    assert "<b>\ufffd\ufffd\ufffd" in read


def test_a_leader_reviews_with_a_note_that_stays_in_the_history(
        tablet: Tablet, db: Database, plant: Plant, odd: dict[str, Any], sign_in: Callable[..., FlaskClient],
        page: Open):
    browser = sign_in("team_leader")
    held = intake_of(db, odd)
    assert page(browser, f"/rejections/tablets/{held.id}/review").status == 200
    done = page(browser, f"/rejections/tablets/{held.id}/review", {"rev": held.rev, "note": "found the label"})
    assert "found the label" in done.text
    assert intake_of(db, odd).reviewed_by_id == plant.team_leader.id
    again = page(browser, f"/rejections/tablets/{held.id}/review", {"rev": held.rev, "note": ""}, 409)
    assert "Someone else changed" in again.text


def test_who_may_not_look_records_through_cannot(db: Database, plant: Plant, odd: dict[str, Any],
                                                sign_in: Callable[..., FlaskClient], page: Open):
    held = intake_of(db, odd)
    for login in ("auditor", "operator"):
        browser = sign_in(login)
        assert page(browser, f"/rejections/tablets/{held.id}").status == 200
        assert browser.get(f"/rejections/tablets/{held.id}/review").status_code == 403
        assert browser.get("/rejections/tablets/conflicts").status_code == 403
    assert sign_in("admin").get("/rejections/tablets/").status_code == 403
    stranger = person_in_unit(db, "paint leader", "team_leader", plant.paint)
    with pytest.raises(NotAllowed), db.transaction(stranger, "rejections.review_intake") as session:
        steps.review(session, stranger, held.id, held.rev)


def test_a_leader_countersigns_but_never_their_own(
        tablet: Tablet, db: Database, plant: Plant, offline: dict[str, Any], sign_in: Callable[..., FlaskClient],
        page: Open):
    held = intake_of(db, offline)
    give_badge(db, plant.team_leader)
    own = tablet.body(actor={"auth": "offline-badge", "badge_sha256": badge_of(plant.team_leader)})
    tablet.put(own)
    browser = sign_in("team_leader")
    refused = page(browser, f"/rejections/tablets/{intake_of(db, own).id}/countersign",
                   {"rev": intake_of(db, own).rev, "note": "it was me"}, 422)
    assert "confirm it as its author" in refused.text
    assert page(browser, f"/rejections/tablets/{held.id}/countersign", {"rev": held.rev, "note": ""}, 422)
    page(browser, f"/rejections/tablets/{held.id}/countersign", {"rev": held.rev, "note": "asked him"})
    assert intake_of(db, offline).confirmed_by_id == plant.team_leader.id
    page(browser, f"/rejections/tablets/{intake_of(db, own).id}/confirm", {})
    assert intake_of(db, own).confirmed_by_id == plant.team_leader.id


def test_an_author_confirms_or_denies_at_the_desk(db: Database, plant: Plant, offline: dict[str, Any],
                                                 sign_in: Callable[..., FlaskClient], page: Open):
    held = intake_of(db, offline)
    page(sign_in("inspector"), f"/rejections/tablets/{held.id}/not-mine", {})
    assert intake_of(db, offline).author_id == plant.operator.id
    browser = sign_in("operator")
    assert "confirm them" in page(browser, "/").text
    denied = page(browser, f"/rejections/tablets/{held.id}/not-mine", {})
    assert "somebody else made this record" in denied.text
    assert intake_of(db, offline).author_id is None
    with db.reading() as session:
        assert session.scalars(select(Rejection.reported_by_id)).one() == SYSTEM.id
    assert "Author is not known" in page(sign_in("team_leader"), f"/rejections/tablets/{held.id}").text


def ids(db: Database, wanted: Filter, person: Any = SYSTEM, **cut: Any) -> list[int]:
    with db.reading() as session:
        return [row.id for row in page_of(session, person, wanted, **cut).rows]


def test_the_register_shows_its_parts(tablet: Tablet, db: Database, app: Flask, plant: Plant, odd: dict[str, Any],
                                      offline: dict[str, Any]):
    plain = tablet.body()
    tablet.put(plain)
    a, b, c = (intake_of(db, sent).id for sent in (odd, offline, plain))
    assert ids(db, Filter()) == [c, b, a]
    assert ids(db, Filter(part="review")) == [a]
    assert ids(db, Filter(part="confirm")) == [b]
    assert ids(db, Filter(part="late")) == [b]
    assert ids(db, Filter(device_id=tablet.id + 1)) == []
    assert ids(db, Filter(device_id=tablet.id)) == [c, b, a]
    today = utc_now().date()
    assert ids(db, Filter(first=today - timedelta(days=1), last=today + timedelta(days=1))) == [c, b, a]
    assert ids(db, Filter(last=today - timedelta(days=3))) == []
    with db.transaction(plant.team_leader, "rejections.review_intake") as session:
        steps.review(session, plant.team_leader, a, 1)
        steps.countersign(session, plant.team_leader, b, 1)
    assert ids(db, Filter(part="review")) == ids(db, Filter(part="confirm")) == []


def test_pages_of_the_register_follow_each_other(tablet: Tablet, db: Database):
    for _ in range(5):
        tablet.put(tablet.body())
    every = ids(db, Filter())
    with db.reading() as session:
        first = page_of(session, SYSTEM, Filter(), size=2)
        second = page_of(session, SYSTEM, Filter(), before=first.older, size=2)
        back = page_of(session, SYSTEM, Filter(), after=second.newer, size=2)
        last = page_of(session, SYSTEM, Filter(), before=second.older, size=2)
    assert [r.id for r in (*first.rows, *second.rows, *last.rows)] == every
    assert [r.id for r in back.rows] == [r.id for r in first.rows]
    assert (first.newer, last.older, first.total) == (None, None, 5)


@pytest.mark.parametrize(("wanted", "index"), [
    (Filter(), "ix_intakes_received"), (Filter(part="review"), "ix_intakes_to_review"),
    (Filter(part="confirm"), "ix_intakes_to_confirm"), (Filter(part="late"), "ix_intakes_late"),
    (Filter(device_id=1), "ix_intakes_device")])
def test_an_index_leads_every_part_of_the_register(db: Database, plant: Plant, wanted: Filter, index: str):
    if not db.is_sqlite:
        pytest.skip("SQLite tells its plan whatever the table holds")
    plans: list[str] = []

    def explain(connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT") and "ORDER BY" in statement:
            raw = connection.connection.dbapi_connection
            plans.extend(row[3] for row in raw.execute("EXPLAIN QUERY PLAN " + statement, parameters))

    with db.reading() as session:
        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", explain)
        page_of(session, SYSTEM, wanted)
        event.remove(engine, "before_cursor_execute", explain)
    assert any(index in line for line in plans), plans
    assert not any("TEMP B-TREE" in line for line in plans), plans


def test_an_address_that_cannot_be_asked_for_is_told(sign_in: Callable[..., FlaskClient], page: Open):
    assert "cannot be asked for" in page(sign_in("auditor"), "/rejections/tablets/?first=yesterday", status=422).text


def test_a_conflict_is_compared_and_settled(tablet: Tablet, db: Database, plant: Plant,
                                            sign_in: Callable[..., FlaskClient], page: Open):
    sent = tablet.body(actor={"auth": "offline-badge", "badge_sha256": "ab" * 32})
    tablet.put(sent)
    tablet.put({**sent, "fields": {**sent["fields"], "quantity": 9, "note": "second"}})
    with db.reading() as session:
        held = session.scalars(select(IntakeConflict)).one()
    address = f"/rejections/tablets/conflicts/{held.id}"
    leader = page(sign_in("team_leader"), address)
    assert "A quality engineer settles this" in leader.text
    assert "abababab…" in leader.text
    assert "ab" * 32 not in leader.text
    browser = sign_in("quality_engineer")
    assert "fields.quantity 3 9 fields.note" in page(browser, address).text
    assert "Two records under one id" in page(browser, "/").text
    assert page(browser, address, {"rev": held.rev, "resolution": " "}, 422)
    done = page(browser, address, {"rev": held.rev, "resolution": "the first is right"})
    assert "the first is right" in done.text
    with db.reading() as session:
        discard = session.scalars(select(IntakeDiscard)).one()
        assert (discard.client_id, discard.device_id) == (sent["id"], tablet.id)
        incident = session.scalars(select(DeviceIncident)).one()
        assert (incident.closed_by_id, incident.closed_reason) == (plant.quality_engineer.id, "the first is right")
    assert page(browser, address, {"rev": held.rev + 1, "resolution": "again"}, 422)
    with pytest.raises(NotAllowed), db.transaction(plant.team_leader, "rejections.resolve_conflict") as session:
        conflicts.settle_conflict(session, plant.team_leader, held.id, held.rev, resolution="x")


@pytest.fixture
def refused(tablet: Tablet, db: Database) -> str:
    """The id of a record that a tablet says it was refused and keeps."""
    client_id = str(uuid.uuid4())
    with db.transaction(SYSTEM, "accounts.contact") as session:
        session.add(DeviceContact(
            device_id=tablet.id, seen_at=utc_now(), waiting=3, attention=1, waiting_seqs=[1, 2, 3],
            oldest_at=utc_now() - timedelta(hours=5), refused=[
                {"id": client_id.upper(), "status": 400, "error": "This is no JSON"}, {"id": "x", "status": 400}, {}]))
    return client_id


def test_a_refused_record_is_given_up_with_a_reason(tablet: Tablet, db: Database, plant: Plant, refused: str,
                                                    sign_in: Callable[..., FlaskClient], page: Open):
    leader = page(sign_in("team_leader"), "/rejections/tablets/kept")
    assert refused in leader.text
    assert "Give up" not in leader.links()
    browser = sign_in("quality_engineer")
    assert "Refused records on tablets" in page(browser, "/").text
    address = f"/rejections/tablets/kept/{tablet.id}/{refused}/discard"
    assert address in page(browser, "/rejections/tablets/kept").links().values()
    assert page(browser, address, {"reason": " "}, 422)
    assert "Given up" in page(browser, address, {"reason": "reported again as NC-1"}).text
    with db.reading() as session:
        made = session.scalars(select(IntakeDiscard)).one()
        assert (made.client_id, made.person_id, made.done_at) == (refused, plant.quality_engineer.id, None)
    assert page(browser, address, {"reason": "twice"}, 422)
    assert "Refused records on tablets" not in page(browser, "/").text
    with pytest.raises(NotFound), db.transaction(plant.quality_engineer, "rejections.discard_intake") as session:
        kept.discard(session, plant.quality_engineer, tablet.id, str(uuid.uuid4()), reason="unheard of")
    assert sign_in("team_leader").get(address).status_code == 403


def test_unreadable_bytes_are_listed_and_sent_as_a_file(tablet: Tablet, sign_in: Callable[..., FlaskClient],
                                                        page: Open):
    browser = sign_in("quality_engineer")
    assert "Everything could be read" in page(browser, "/rejections/tablets/unreadable").text
    tablet.put(b"<script>alert(1)</script>")
    listed = page(browser, "/rejections/tablets/unreadable")
    address = next(a for a in listed.links().values() if a.endswith("/bytes"))
    sent = browser.get(address)
    assert sent.data == b"<script>alert(1)</script>"
    assert sent.content_type == "application/octet-stream"
    assert sent.headers["Content-Disposition"].startswith("attachment;")
    assert sent.headers["X-Content-Type-Options"] == "nosniff"
    assert sign_in("auditor").get(address).status_code == 403


def test_what_waits_is_only_for_those_who_may(tablet: Tablet, db: Database, plant: Plant, odd: dict[str, Any],
                                              offline: dict[str, Any], refused: str):
    with db.reading() as session:
        for login, expected in (("operator", (1, 0, 0, 0, 0)), ("auditor", (0, 0, 0, 0, 0)),
                                ("team_leader", (0, 1, 1, 0, 0)), ("quality_engineer", (0, 1, 1, 0, 1))):
            found = from_tablets(session, plant.people[login])
            counts = (found.own, found.review, found.countersign, found.conflicts, found.kept)
            assert tuple(part.total for part in counts) == expected, login
        elsewhere = person_in_unit(db, "paint leader", "team_leader", plant.paint)
        assert from_tablets(session, elsewhere).total == 0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_today_shows_what_waits(tablet: Tablet, db: Database, odd: dict[str, Any], offline: dict[str, Any],
                                sign_in: Callable[..., FlaskClient], page: Open, language: str):
    read = page(sign_in("team_leader", language), "/")
    for held in (intake_of(db, odd), intake_of(db, offline)):
        assert f"/rejections/tablets/{held.id}" in read.links().values()


def test_a_field_that_was_corrected_since_is_told_as_it_was_taken(tablet: Tablet, db: Database, plant: Plant):
    sent = tablet.body()
    tablet.put(sent)
    with db.transaction(SYSTEM, "tests.correct") as session:
        session.scalars(select(Rejection)).one().defect_id = plant.scratch
    with db.reading() as session:
        whole = shown.whole(session, SYSTEM, intake_of(db, sent).id)
        defect = next(field for field in whole.fields if field.name == "defect_id")
        assert (defect.sent, defect.made, defect.differs) == (
            session.get(Defect, plant.burr), session.get(Defect, plant.burr), False)


def test_the_record_page_says_which_photos_have_not_come(tablet: Tablet, db: Database, page: Open,
                                                         sign_in: Callable[..., FlaskClient]):
    content = picture()
    sent = tablet.body(photos=[tablet.listed(1, content), tablet.listed(2, picture((9, 9, 9)))])
    tablet.put(sent)
    tablet.put_photo(sent["id"], 1, content)
    held = intake_of(db, sent)
    browser = sign_in("team_leader")
    assert "1 photo has not come yet" in page(browser, f"/rejections/{held.rejection_id}").text
    assert "Photo 2 has not come yet" in page(browser, f"/rejections/tablets/{held.id}").text
    tablet.put_photo(sent["id"], 2, picture((9, 9, 9)))
    assert "not come yet" not in page(browser, f"/rejections/{held.rejection_id}").text
    assert "not come yet" not in page(browser, f"/rejections/tablets/{held.id}").text
