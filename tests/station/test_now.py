"""What a tablet polls: 304 while nothing happened to its operation, new when something did."""

import pytest

from qms.models.accounts_devices import Device, DeviceKey, DeviceUnit
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.workflows import rejections
from qms.workflows.accounts_devices import digest
from tests.acceptance.arrange import approved, presented


@pytest.fixture
def tablet(app, db, plant):
    """Return a browser that is a tablet of the weld operation."""
    with db.transaction(SYSTEM, "tests.enrol") as session:
        device = Device(site_id=plant.site, name="T-01", public_id="0" * 36, enrolled_by_id=plant.team_leader.id,
                        enrolled_at=utc_now())
        session.add(device)
        session.flush()
        session.add(DeviceUnit(device_id=device.id, unit_id=plant.weld))
        session.add(DeviceKey(token_hash=digest("secret"), device_id=device.id, made_at=utc_now()))
    browser = app.test_client()
    browser.set_cookie("dev", "secret")
    return browser


def poll(tablet, plant, etag: str = ""):
    return tablet.get(f"/api/v1/station/now?unit={plant.weld}", headers={"If-None-Match": etag})


def test_a_poll_is_304_until_something_happens_to_the_operation(tablet, db, plant):
    approved(db, plant)
    first = poll(tablet, plant)
    assert first.json["incoming"]["handovers"] == []
    assert poll(tablet, plant, first.headers["ETag"]).status_code == 304
    presented(db, plant)
    second = poll(tablet, plant, first.headers["ETag"])
    assert second.status_code == 200
    assert [h["lot"]["number"] for h in second.json["incoming"]["handovers"]] == ["L-0001"]
    assert not second.json["incoming"]["handovers"][0]["held"]


def test_what_happens_elsewhere_is_still_304(tablet, db, plant):
    first = poll(tablet, plant)
    with db.transaction(plant.operator, "rejections.report") as session:
        rejections.report(session, plant.operator, kind="not_made", found_unit_id=plant.paint, quantity=1)
    assert poll(tablet, plant, first.headers["ETag"]).status_code == 304


def test_a_hold_elsewhere_on_a_lot_that_waits_here_is_told(tablet, db, plant):
    approved(db, plant)
    presented(db, plant)
    first = poll(tablet, plant)
    with db.transaction(plant.operator, "rejections.report") as session:
        rejections.report(session, plant.operator, kind="not_made", found_unit_id=plant.paint, quantity=1,
                          lot_id=plant.lot)
    second = poll(tablet, plant, first.headers["ETag"])
    assert second.json["incoming"]["handovers"][0]["held"]


def test_an_operation_of_another_tablet_is_not_told(tablet, plant):
    assert tablet.get(f"/api/v1/station/now?unit={plant.paint}").status_code == 404
    tablet.delete_cookie("dev")
    assert poll(tablet, plant).status_code == 401
