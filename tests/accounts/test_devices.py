"""Tablets: offered, enrolled once, edited, revoked, known by a credential that is renewed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from qms.db import Database
from qms.models.accounts import SignIn
from qms.models.accounts_devices import Device, DeviceContact, DeviceKey, DeviceUnit
from qms.rules.accounts import SYSTEM
from qms.rules.accounts import Grant as Held
from qms.rules.badges import grouped
from qms.rules.clock import utc_now
from qms.rules.devices import ENROL_WITHIN, KEY_LASTS, KEY_ROTATED_AFTER
from qms.rules.errors import Invalid, NotAllowed, NotFound, RuleError, Stale, Throttled
from qms.workflows import accounts_devices as devices
from qms.workflows import accounts_devices_enrolling as enrolling
from tests.accounts.tablets import NOON, enrolled, incidents, received, says
from tests.plant import Plant, make_plant


def offer(db: Database, plant: Plant, person=None, at=NOON, **asked):
    leader = person or plant.team_leader
    with db.transaction(leader, "accounts.offer_enrolment", clock=lambda: at) as session:
        return enrolling.offer(session, leader, **{"name": "T-07", "unit_ids": [plant.weld, plant.press], **asked})


def enrol(db: Database, code: str, at=NOON):
    with db.transaction(SYSTEM, "accounts.enrol", clock=lambda: at) as session:
        return enrolling.enrol(session, code, enrolling.Facts("app-1", True, False, "test"))


def limited(plant: Plant, unit_id: int):
    """The team leader with a grant for one unit only."""
    return replace(plant.team_leader, grants=(Held(1, "team_leader", plant.site, f"{unit_id}."),))


def test_a_tablet_is_enrolled_by_the_code_its_leader_showed(db, plant):
    made = offer(db, plant)
    device, token = enrol(db, grouped(made.code).lower())
    with db.reading() as session:
        known = devices.device_of(session, token)
        contact = session.get(DeviceContact, device.id)
    assert (known.name, known.site_id, known.units) == ("T-07", plant.site, (plant.press, plant.weld))
    assert (device.enrolled_by_id, device.enrolled_at) == (plant.team_leader.id, NOON)
    assert (contact.app_version, contact.installed, contact.persisted) == ("app-1", True, False)


@pytest.mark.parametrize("spoiled", ["used", "late", "wrong"])
def test_a_code_that_is_used_expired_or_wrong_enrols_nothing(db, plant, spoiled):
    made = offer(db, plant)
    at = NOON + ENROL_WITHIN if spoiled == "late" else NOON
    if spoiled == "used":
        enrol(db, made.code)
    with pytest.raises(Invalid) as refused:
        enrol(db, "2222 2222 2222" if spoiled == "wrong" else made.code, at)
    assert refused.value.field == "code"


def test_of_eight_tablets_with_one_code_one_is_enrolled(fresh_db: Database):
    plant = make_plant(fresh_db)
    made = offer(fresh_db, plant)

    def scan(_n: int) -> bool:
        try:
            enrol(fresh_db, made.code)
        except RuleError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(scan, range(8))).count(True) == 1
    with fresh_db.reading() as session:
        assert session.query(Device).count() == session.query(DeviceKey).count() == 1


def test_nothing_of_a_code_is_kept_in_clear(db, plant):
    made = offer(db, plant)
    _, token = enrol(db, made.code)
    with db.reading() as session:
        kept = [*session.query(enrolling.Enrolment.code_hash), *session.query(DeviceKey.token_hash)]
    assert not {made.code, token} & {value for (value,) in kept}


@pytest.mark.parametrize("asked", [{"unit_ids": []}, {"name": "  "}, {"unit_ids": [10**6]}, {"unit_ids": "customer"}])
def test_a_tablet_needs_a_name_and_an_operation_inside(db, plant, asked):
    if asked.get("unit_ids") == "customer":
        asked = {"unit_ids": [plant.customer]}
    with pytest.raises(Invalid):
        offer(db, plant, **asked)


def test_two_tablets_of_a_site_have_two_names(db, plant):
    enrol(db, offer(db, plant).code)
    with pytest.raises(Invalid) as refused:
        offer(db, plant, name=" T-07 ")
    assert refused.value.field == "name"


def test_a_leader_offers_only_for_the_units_of_their_grant(db, plant):
    leader = limited(plant, plant.weld)
    assert offer(db, plant, leader, unit_ids=[plant.weld])
    with pytest.raises(NotAllowed):
        offer(db, plant, leader, unit_ids=[plant.weld, plant.press], name="T-08")
    with pytest.raises(NotAllowed):
        offer(db, plant, plant.operator, unit_ids=[plant.weld], name="T-09")


def edit(db, person, device_id, rev, **changed):
    with db.transaction(person, "accounts.edit_device") as session:
        return devices.edit(session, person, device_id, rev, **changed)


def test_operations_and_name_change_and_what_was_served_stays_known(db, plant):
    known, token = enrolled(db, plant)
    edit(db, plant.team_leader, known.id, 1, name="T-11", unit_ids=[plant.press])
    with db.reading() as session:
        assert devices.device_of(session, token).units == (plant.press,)
        assert devices.device_of(session, token).name == "T-11"
        kept = {u.unit_id: u.active for u in session.query(DeviceUnit)}
    assert kept == {plant.weld: False, plant.press: True}
    edit(db, plant.team_leader, known.id, 2, name="T-11", unit_ids=[plant.press, plant.weld])
    with db.reading() as session:
        assert set(devices.device_of(session, token).units) == {plant.press, plant.weld}


def test_an_edit_of_an_older_version_overwrites_nothing(db, plant):
    known, _ = enrolled(db, plant)
    edit(db, plant.team_leader, known.id, 1, name="T-11", unit_ids=[plant.weld])
    with pytest.raises(Stale):
        edit(db, plant.team_leader, known.id, 1, name="T-12", unit_ids=[plant.weld])


def test_a_leader_gives_a_tablet_no_operation_of_another(db, plant):
    known, _ = enrolled(db, plant)
    leader = limited(plant, plant.weld)
    edit(db, leader, known.id, 1, name="T-11", unit_ids=[plant.weld])
    with pytest.raises(NotAllowed):
        edit(db, leader, known.id, 2, name="T-11", unit_ids=[plant.weld, plant.press])
    with pytest.raises(NotAllowed):
        edit(db, limited(plant, plant.press), known.id, 2, name="T-12", unit_ids=[plant.weld])


def test_what_a_tablet_serves_beyond_the_reach_of_who_edits_it_stays(db, plant):
    known, token = enrolled(db, plant, units=(plant.press, plant.weld))
    edit(db, limited(plant, plant.weld), known.id, 1, name="T-01", unit_ids=[])
    with db.reading() as session:
        assert devices.device_of(session, token).units == (plant.press,)


def revoke(db, person, device_id, rev=1, reason="stolen"):
    with db.transaction(person, "accounts.revoke_device", reason) as session:
        return devices.revoke(session, person, device_id, rev, reason)


def test_a_revoked_tablet_is_a_stranger_at_once(db, plant):
    known, token = enrolled(db, plant)
    with db.reading() as session:
        assert devices.device_of(session, token) is not None
    revoke(db, plant.team_leader, known.id)
    with db.reading() as session:
        assert devices.device_of(session, token) is None
        kept = session.get_one(Device, known.id)
        assert (kept.revoked_by_id, kept.revoke_reason) == (plant.team_leader.id, "stolen")
        assert session.query(SignIn).filter(SignIn.ended_at.is_(None), SignIn.device_id == known.id).count() == 0


@pytest.mark.parametrize(("reason", "rev", "error"), [("", 1, Invalid), ("x", 7, Stale)])
def test_revoking_needs_a_reason_and_the_present_version(db, plant, reason, rev, error):
    known, _ = enrolled(db, plant)
    with pytest.raises(error):
        revoke(db, plant.team_leader, known.id, rev, reason)


def test_nobody_revokes_what_is_not_there_or_not_theirs(db, plant):
    known, _ = enrolled(db, plant)
    for person, device_id, error in ((plant.operator, known.id, NotAllowed), (plant.team_leader, 10**6, NotFound),
                                     (limited(plant, plant.press), known.id, NotAllowed)):
        with pytest.raises(error):
            revoke(db, person, device_id)


def again(db, plant, device_id):
    with db.transaction(plant.team_leader, "accounts.offer_enrolment", clock=lambda: NOON) as session:
        made = enrolling.offer_again(session, plant.team_leader, device_id)
    return enrol(db, made.code)


def test_a_tablet_enrolled_again_keeps_its_name_and_goes_on_counting(db, plant):
    known, old = enrolled(db, plant, at=NOON)
    received(db, plant, known, 1, 2)
    says(db, known, last_seq=2)
    revoke(db, plant.team_leader, known.id)
    device, token = again(db, plant, known.id)
    with db.reading() as session:
        assert devices.device_of(session, old) is None
        assert devices.device_of(session, token).public_id == known.public_id
        assert devices.next_seq(session, known.id) == 3
    assert device.revoked_at is None
    assert incidents(db) == []


def test_enrolling_again_with_records_outstanding_names_tablet_and_count(db, plant):
    known, _ = enrolled(db, plant, at=NOON)
    says(db, known, last_seq=5, waiting_seqs=[3, 4, 5])
    again(db, plant, known.id)
    [found] = [i for i in incidents(db) if i.kind == "emptied"]
    assert (found.device_id, found.count, found.first_seq, found.last_seq) == (known.id, 3, 3, 5)


def rotated(db, known, token, at):
    with db.transaction(SYSTEM, "accounts.contact", clock=lambda: at) as session:
        return devices.rotated(session, known.id, token)


def holds(db, token) -> bool:
    with db.reading() as session:
        return devices.device_of(session, token) is not None


def test_a_credential_is_renewed_after_a_month_and_ends_when_its_successor_is_used(db, plant):
    at = utc_now()
    known, old = enrolled(db, plant, at=at - KEY_ROTATED_AFTER)
    assert rotated(db, known, old, at - timedelta(minutes=1)) is None
    new = rotated(db, known, old, at)
    assert new
    assert holds(db, old)
    assert holds(db, new)
    assert rotated(db, known, old, at + timedelta(minutes=5)) is None
    assert holds(db, old)
    assert rotated(db, known, new, at + timedelta(minutes=6)) is None
    assert not holds(db, old)
    assert holds(db, new)


def test_a_successor_lost_on_the_way_is_made_anew_and_none_of_them_is_refused(db, plant):
    at = utc_now()
    known, old = enrolled(db, plant, at=at - KEY_ROTATED_AFTER)
    lost = rotated(db, known, old, at)
    later = rotated(db, known, old, at + timedelta(hours=2))
    assert later not in {None, lost}
    assert all(holds(db, token) for token in (old, lost, later))


def test_a_credential_left_in_a_drawer_for_400_days_is_dead(db, plant):
    _, token = enrolled(db, plant, at=utc_now() - KEY_LASTS)
    assert not holds(db, token)


def test_ten_wrong_codes_from_one_address_make_it_wait_and_no_other(db, plant):
    for _ in range(10):
        with db.reading() as session:
            enrolling.refuse_guessing(session, "10.0.0.7")
        with db.transaction(SYSTEM, "accounts.wrong_code") as session:
            enrolling.note_wrong_code(session, "10.0.0.7")
    with db.reading() as session:
        with pytest.raises(Throttled) as refused:
            enrolling.refuse_guessing(session, "10.0.0.7")
        enrolling.refuse_guessing(session, "10.0.0.8")
    assert 0 < refused.value.seconds <= 901
