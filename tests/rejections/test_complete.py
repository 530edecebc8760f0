"""A leader completes in one page what a worker tapped, and thanks them for it."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from qms.db import Database
from qms.models.rejections import ContainmentLine, Hold, OriginStatement, Rejection
from qms.models.rejections_intake import Intake, Thanks
from qms.rules.accounts import SYSTEM
from qms.rules.errors import IllegalStep, Invalid, NotAllowed, Refused, Stale
from qms.workflows import rejections
from qms.workflows.rejections_complete import Completion, complete
from qms.workflows.rejections_thanks import thank
from tests.plant import Plant
from tests.rejections.cases import person_in_unit, reported
from tests.rejections.tablets import Tablet, enrolled, opened, sign_in_at

Open = Callable[..., Any]


@pytest.fixture
def tablet(app: Flask, db: Database, plant: Plant) -> Tablet:
    """A tablet of weld at which the operator has signed in."""
    made = enrolled(db, plant)
    opened(app, made, sign_in_at(db, made, plant.operator))
    return made


def completed(db: Database, plant: Plant, made: Rejection, given: Completion, *, person: Any = None,
              rev: int | None = None, reason: str | None = None) -> Rejection:
    person = person or plant.team_leader
    with db.transaction(person, "rejections.complete") as session:
        return complete(session, person, made.id, rev or made.rev, given, reason=reason)


def test_everything_is_added_in_one_step_and_the_record_counts_as_looked_through(
        tablet: Tablet, db: Database, plant: Plant, sign_in: Callable[..., FlaskClient], page: Open):
    sent = tablet.body(fields={"defect_id": 999_999})
    tablet.put(sent)
    with db.reading() as session:
        made = session.scalars(select(Rejection)).one()
    browser = sign_in("team_leader")
    shown = page(browser, f"/rejections/{made.id}/complete")
    for said in ("Left bracket", "L-0001", "Operator", "Defect code is not known"):
        assert said in shown.text
    done = page(browser, f"/rejections/{made.id}/complete", {
        "rev": made.rev, "severity": "MA", "requirement": "No burr above 0.1 mm", "actual": "0.4 mm at the edge",
        "origin_unit_id": plant.paint, "location": "cage 3", "whole_lot": "y", "contain": "y"})
    assert "Completed." in done.text
    with db.reading() as session:
        held = session.get_one(Rejection, made.id)
        assert (held.requirement, held.actual, held.origin_unit_id, held.whole_lot) == (
            "No burr above 0.1 mm", "0.4 mm at the edge", plant.paint, True)
        hold = session.scalars(select(Hold)).one()
        assert (hold.location, hold.quantity) == ("cage 3", 200)
        assert session.scalar(select(func.count()).select_from(ContainmentLine)) > 3
        assert session.scalars(select(OriginStatement.unit_id).order_by(OriginStatement.id)).all() == [
            plant.press, plant.paint]
        assert session.scalars(select(Intake.reviewed_by_id)).one() == plant.team_leader.id


def test_a_form_read_before_somebody_else_changed_it_is_stale(db: Database, plant: Plant,
                                                             sign_in: Callable[..., FlaskClient], page: Open):
    made = reported(db, plant)
    completed(db, plant, made, Completion(severity="MA", actual="first"))
    with pytest.raises(Stale):
        completed(db, plant, made, Completion(severity="MA", actual="second"), rev=1)
    refused = page(sign_in("team_leader"), f"/rejections/{made.id}/complete",
                   {"rev": 1, "severity": "MA", "actual": "second"}, 409)
    assert "first" in refused.text


def test_r43_what_was_said_before_is_changed_only_with_a_reason(db: Database, plant: Plant):
    made = reported(db, plant, note="by the worker", location="cage 1")
    for changed in ({"note": None}, {"severity": "CR"}, {"location": "cage 9"}):
        given = {"severity": "MA", "note": "by the worker", "location": "cage 1"} | changed
        with pytest.raises(Refused, match="Say why"):
            completed(db, plant, made, Completion(**given))
    kept = Completion(severity="MA", note="by the worker", location="cage 1", actual="added")
    assert completed(db, plant, made, kept).actual == "added"
    assert completed(db, plant, made, Completion(severity="CR", note="by the worker", location="cage 1"), rev=2,
                     reason="customer's line at risk").severity == "CR"


def test_nothing_is_kept_when_one_part_is_refused(db: Database, plant: Plant):
    made = reported(db, plant, lot_id=None, item_id=plant.item)
    with pytest.raises(Invalid) as refused:
        completed(db, plant, made, Completion(severity="MA", actual="added", whole_lot=True))
    assert refused.value.field == "whole_lot"
    with pytest.raises(Invalid):
        completed(db, plant, made, Completion(severity="MA", actual="added", origin_unit_id=plant.final))
    with db.reading() as session:
        assert session.get_one(Rejection, made.id).actual is None


def test_completing_again_asks_no_place_twice(db: Database, plant: Plant):
    made = reported(db, plant)
    again = completed(db, plant, made, Completion(severity="MA", contain=True))
    completed(db, plant, made, Completion(severity="MA", contain=True), rev=again.rev)
    with db.reading() as session:
        places = session.execute(select(ContainmentLine.place, ContainmentLine.unit_id, ContainmentLine.lot_id)).all()
    assert len(places) == len(set(places))


def test_who_may_not_complete_cannot(db: Database, plant: Plant, sign_in: Callable[..., FlaskClient]):
    made = reported(db, plant)
    for login in ("operator", "auditor"):
        assert sign_in(login).get(f"/rejections/{made.id}/complete").status_code == 403
    with pytest.raises(NotAllowed):
        completed(db, plant, made, Completion(severity="MA"),
                  person=person_in_unit(db, "paint leader", "team_leader", plant.paint))
    with db.transaction(plant.quality_engineer, "rejections.void") as session:
        rejections.void(session, plant.quality_engineer, made.id, made.rev, reason="x")
    with pytest.raises(IllegalStep):
        completed(db, plant, made, Completion(severity="MA"), rev=2)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_leader_thanks_and_the_reporter_reads_it_at_the_station(
        tablet: Tablet, db: Database, sign_in: Callable[..., FlaskClient], page: Open, language: str):
    tablet.put(tablet.body())
    with db.reading() as session:
        made = session.scalars(select(Rejection)).one()
    browser = sign_in("team_leader", language)
    address = f"/rejections/{made.id}/thank"
    assert address in page(browser, f"/rejections/{made.id}").links().values()
    assert page(browser, address).status == 200
    page(browser, address, {"note": "好眼力"})
    shown = page(browser, f"/rejections/{made.id}")
    assert "好眼力" in shown.text
    assert address not in shown.links().values()
    assert page(browser, address, {"note": "again"}, 422)
    report = tablet.client.get("/api/v1/rejects/mine").get_json()["reports"][0]
    assert [one["note"] for one in report["thanks"]] == ["好眼力"]
    assert next(step["at"] for step in report["steps"] if step["code"] == "thanked")


def test_nobody_thanks_themselves_or_the_system(db: Database, plant: Plant, sign_in: Callable[..., FlaskClient],
                                                page: Open):
    own = reported(db, plant, plant.team_leader)
    nobodys = reported(db, plant, SYSTEM)
    for made in (own, nobodys):
        with pytest.raises(Invalid), db.transaction(plant.team_leader, "rejections.thank") as session:
            thank(session, plant.team_leader, made.id)
        address = f"/rejections/{made.id}/thank"
        assert address not in page(sign_in("team_leader"), f"/rejections/{made.id}").links().values()
    for person in (plant.operator, plant.auditor):
        with pytest.raises(NotAllowed), db.transaction(person, "rejections.thank") as session:
            thank(session, person, own.id)
    with db.reading() as session:
        assert session.scalar(select(func.count()).select_from(Thanks)) == 0
