"""The pages of retention and disposal: in both languages, empty and with data, and who is refused what."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.models.jobs import Job
from qms.models.rejections import Rejection
from qms.models.trail_retention import Disposal, LegalHold, RetentionSetting
from qms.rules.accounts import SYSTEM
from qms.workflows import accounts
from tests.plant import PASSWORD, Plant

CSRF = {"csrf": "test-csrf"}
LONG_AGO = datetime(2012, 3, 5, 4, tzinfo=UTC)


@pytest.fixture
def old(db: Database, plant: Plant) -> Plant:
    """The plant with a rejection that was closed long ago."""
    with db.transaction(SYSTEM, "tests.old") as session:
        for n, closed_at in ((1, LONG_AGO), (2, None)):
            session.add(Rejection(
                site_id=plant.site, year=2012, serial=n, number=f"NC-SH-2012-{n:06d}", kind="not_accepted",
                state="closed" if closed_at else "held", item_id=plant.item, lot_id=plant.lot, quantity=5,
                severity="MA", found_unit_id=plant.weld, origin_state="unknown", found_at=LONG_AGO,
                received_at=LONG_AGO, reported_by_id=plant.operator.id, closed_at=closed_at))
            session.flush()
    return plant


def only(db: Database, model):
    with db.reading() as session:
        return session.scalars(select(model)).one()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_overview_names_every_class_and_what_is_due(sign_in, page, old: Plant, language: str):
    shown = page(sign_in("auditor", language), "/trail/retention/")
    assert ("不合格品" if language == "zh" else "Nonconforming product") in shown.text
    assert ("从未销毁" if language == "zh" else "Nothing was ever disposed of") in shown.text
    page(sign_in("operator", language), "/trail/retention/", status=403)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_a_disposal_opens_from_proposal_to_approval(sign_in, page, db, old: Plant, language: str):
    manager = sign_in("quality_manager", language)
    page(manager, f"/trail/retention/{old.site}/holds/add")
    page(manager, f"/trail/retention/{old.site}/classes/nonconformity")
    assert "NC-SH-2012-000001" in page(manager, f"/trail/retention/disposals/propose/{old.site}/all").text
    sent = manager.post(f"/trail/retention/disposals/propose/{old.site}/all", data=CSRF | {"reason": "Time is over"})
    made = only(db, Disposal)
    assert sent.location.endswith(f"/trail/retention/disposals/{made.id}")
    page(manager, f"/trail/retention/disposals/{made.id}")
    page(manager, f"/trail/retention/disposals/{made.id}/refuse")
    refused = manager.post(f"/trail/retention/disposals/{made.id}/approve", data=CSRF | {
        "rev": made.rev, "meaning": "disposal", "password": PASSWORD})
    assert (refused.status_code, b"R-44" in refused.data) == (409, True)


def test_r44_a_second_person_approves_with_a_password_and_the_job_is_asked_for(sign_in, page, db, old: Plant):
    manager = sign_in("quality_manager")
    manager.post(f"/trail/retention/disposals/propose/{old.site}/nonconformity", data=CSRF | {"reason": "Over"})
    made = only(db, Disposal)
    with db.transaction(SYSTEM, "tests.give") as session:
        accounts.grant(session, SYSTEM, old.auditor.id, role="management_representative", starts_on=date(2020, 1, 1))
    other = sign_in("auditor")
    sent = {"rev": made.rev, "meaning": "disposal"}
    approve = f"/trail/retention/disposals/{made.id}/approve"
    wrong = other.post(approve, data=CSRF | sent | {"password": "not mine at all"})
    assert wrong.status_code == 422
    done = other.post(approve, data=CSRF | sent | {"password": PASSWORD})
    assert done.status_code == 302
    assert only(db, Disposal).state == "approved"
    assert only(db, Job).args == {"disposal_id": made.id}
    assert page(other, f"/trail/retention/disposals/{made.id}").find(".//li[@class='signature']")


def test_r44_years_are_set_with_a_reason_and_holds_put_on_and_lifted(sign_in, page, db, old: Plant):
    manager = sign_in("quality_manager")
    address = f"/trail/retention/{old.site}/classes/nonconformity"
    for years, special, reason, status in ((0, 15, "x", 422), (12, 15, "", 422), (12, 11, "x", 422),
                                           (12, 15, "OEM", 302), (9, 15, "x", 409)):
        sent = {"rev": 0, "years": years, "special_years": special, "reason": reason}
        assert manager.post(address, data=CSRF | sent).status_code == status
    assert only(db, RetentionSetting).years == 12
    add = f"/trail/retention/{old.site}/holds/add"
    assert manager.post(add, data=CSRF | {"kind": "lot", "named": "L-9", "reason": "Lawsuit"}).status_code == 422
    assert manager.post(add, data=CSRF | {"kind": "lot", "named": "L-0001", "reason": "Lawsuit"}).status_code == 302
    assert "Due, but under a legal hold" in page(manager, f"/trail/retention/disposals/propose/{old.site}/all").text
    hold = only(db, LegalHold)
    page(manager, f"/trail/retention/holds/{hold.id}/lift")
    lifted = manager.post(f"/trail/retention/holds/{hold.id}/lift", data=CSRF | {"rev": hold.rev, "reason": "Settled"})
    assert lifted.status_code == 302
    assert "Settled" in page(manager, "/trail/retention/").text
