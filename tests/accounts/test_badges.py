"""Badges and PINs: who may give them to whom, what ends with them, what is kept of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from qms.db import Database
from qms.db.ledger import ledger
from qms.models.accounts import Badge, Grant, Person, PinHash, SignIn
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.errors import Invalid, NotAllowed, NotFound, Stale
from qms.workflows import accounts, accounts_pins
from qms.workflows import accounts_badges as badges
from qms.workflows import accounts_badges_register as register
from qms.workflows.accounts_devices import digest
from tests.accounts.tablets import PIN, badge_of, enrolled
from tests.plant import PASSWORD
from tests.rejections.cases import person_in_unit


def issue(db: Database, person: Actor, person_id: int) -> str:
    with db.transaction(person, "accounts.issue_badge") as session:
        return badges.issue(session, person, person_id)


def set_pin(db: Database, person: Actor, person_id: int, pin: str = PIN) -> None:
    with db.transaction(person, "accounts.set_pin") as session:
        accounts_pins.set_pin(session, person, person_id, pin)


@pytest.fixture
def welder(db, plant):
    return person_in_unit(db, "welder", "operator", plant.weld, home=plant.weld)


@pytest.fixture
def leader(db, plant):
    return person_in_unit(db, "weld-leader", "team_leader", plant.weld, home=plant.weld)


def test_a_badge_tells_who_someone_is_until_it_ends(db, plant, welder):
    code = issue(db, plant.admin, welder.id)
    with db.reading() as session:
        assert badges.owner_of(session, code).id == welder.id
        badge = badges.badges_of(session, welder.id)[0]
    assert badge.code_sha256 == digest(code)
    with db.transaction(plant.admin, "accounts.end_badge") as session:
        badges.end(session, plant.admin, badge.id, badge.rev, "lost")
    with db.reading() as session:
        assert badges.owner_of(session, code) is None
        assert session.get_one(Badge, badge.id).reason == "lost"


def test_a_new_badge_ends_the_old_one(db, plant, welder):
    old, new = (issue(db, plant.admin, welder.id) for _ in range(2))
    with db.reading() as session:
        assert badges.owner_of(session, old) is None
        assert badges.owner_of(session, new).id == welder.id
        assert [b.ended_at is None for b in badges.badges_of(session, welder.id)] == [True, False]


def test_the_badge_of_someone_inactive_is_nobodys(db, plant, welder):
    code = issue(db, plant.admin, welder.id)
    with db.transaction(SYSTEM, "accounts.edit_person") as session:
        session.get_one(Person, welder.id).active = False
    with db.reading() as session:
        assert badges.owner_of(session, code) is None
    with pytest.raises(Invalid):
        issue(db, plant.admin, welder.id)


@pytest.mark.parametrize(("rev", "reason", "error"), [(7, "lost", Stale), (1, " ", Invalid)])
def test_ending_a_badge_needs_its_version_and_a_reason(db, plant, welder, rev, reason, error):
    issue(db, plant.admin, welder.id)
    with db.reading() as session:
        badge = badges.badges_of(session, welder.id)[0]
    with pytest.raises(error), db.transaction(plant.admin, "accounts.end_badge") as session:
        badges.end(session, plant.admin, badge.id, rev, reason)


def test_a_leader_gives_badge_and_pin_to_those_of_the_own_unit(db, plant, welder, leader):
    assert issue(db, leader, welder.id)
    set_pin(db, leader, welder.id)


def test_nobody_hands_out_the_key_to_a_door_closed_to_them(db, plant, welder, leader):
    engineer = person_in_unit(db, "eng", "quality_engineer", None, home=plant.weld)
    presser = person_in_unit(db, "presser", "operator", plant.press, home=plant.press)
    homeless = person_in_unit(db, "homeless", "operator", plant.weld)
    for person, whose, error in ((leader, engineer, NotAllowed), (leader, presser, NotAllowed),
                                 (leader, homeless, NotAllowed), (welder, welder, NotAllowed),
                                 (plant.auditor, welder, NotAllowed), (plant.admin, SYSTEM, NotFound)):
        with pytest.raises(error):
            issue(db, person, whose.id)
        with pytest.raises(error):
            set_pin(db, person, whose.id)


def test_a_role_that_has_ended_no_longer_keeps_the_leader_out(db, plant, leader):
    engineer = person_in_unit(db, "eng", "quality_engineer", None, home=plant.weld)
    with db.transaction(SYSTEM, "accounts.end_grant") as session:
        given = session.get_one(Grant, engineer.grants[0].id)
        given.ends_on = given.starts_on
    assert issue(db, leader, engineer.id)


def test_neither_badge_code_nor_pin_is_kept_in_clear_or_told_to_the_trail(db, plant, welder):
    code = issue(db, plant.admin, welder.id)
    set_pin(db, plant.admin, welder.id)
    with db.reading() as session:
        kept = session.get_one(PinHash, welder.id).hash
        entries = b"".join(bytes(entry) for (entry,) in session.execute(ledger.select().with_only_columns(
            ledger.c.entry)))
    assert kept.startswith("$argon2id$")
    assert PIN not in kept
    assert code.encode() not in entries
    assert kept.encode() not in entries


def test_an_easy_pin_is_refused(db, plant, welder):
    with pytest.raises(Invalid) as refused:
        set_pin(db, plant.admin, welder.id, "123456")
    assert refused.value.field == "pin"


@pytest.fixture
def at_tablet(db, plant, welder):
    """An open sign-in of the welder at a tablet, and one at a desk."""
    known, _ = enrolled(db, plant)
    with db.transaction(SYSTEM, "tests.sign_in") as session:
        accounts.set_password(session, SYSTEM, welder.id, PASSWORD)
        accounts.sign_in(session, login="welder", password=PASSWORD, address=None, agent=None, lasts=timedelta(hours=1))
        desk = session.query(SignIn).one()
        session.add(SignIn(token_hash="x" * 64, person_id=welder.id, public_id="p", started_at=desk.started_at,
                           seen_at=desk.seen_at, ends_at=desk.ends_at, method="pin", device_id=known.id))
    return desk.public_id


def left(db, person):
    with db.reading() as session:
        return [s.public_id for s in accounts.sign_ins_of(session, person, person.id)]


def test_a_new_pin_from_another_ends_the_sign_ins_at_tablets_only(db, plant, welder, at_tablet):
    set_pin(db, plant.admin, welder.id)
    assert left(db, welder) == [at_tablet]


def test_a_lost_badge_ends_the_sign_ins_at_tablets(db, plant, welder, at_tablet):
    issue(db, plant.admin, welder.id)
    with db.reading() as session:
        badge = badges.badges_of(session, welder.id)[0]
    with db.transaction(plant.admin, "accounts.end_badge") as session:
        badges.end(session, plant.admin, badge.id, badge.rev, "lost")
    assert left(db, welder) == [at_tablet]


def test_ones_own_pin_changes_with_ones_password(db, plant, welder, at_tablet):
    for password, error in (("not my password", Invalid), (PASSWORD, None)):
        with db.transaction(welder, "accounts.change_pin") as session:
            if error:
                with pytest.raises(error):
                    accounts_pins.change_pin(session, welder, password=password, pin=PIN)
            else:
                accounts_pins.change_pin(session, welder, password=password, pin=PIN)
    with db.reading() as session:
        assert accounts_pins.pin_at(session, welder.id)


def rows(db, person, **wanted):
    with db.reading() as session:
        found = register.people(session, person, register.Filter(**wanted))
        assert register.count(session, person, register.Filter(**wanted)) == len(found)
        return [row.person.login for row in found]


def test_a_leader_sees_the_people_of_the_own_unit_and_the_administrator_everybody(db, plant, welder, leader):
    badge_of(db, plant, "operator")
    issue(db, plant.admin, welder.id)
    assert rows(db, leader) == ["weld-leader", "welder"]
    assert rows(db, leader, lacks="badge") == ["weld-leader"]
    assert rows(db, leader, lacks="pin") == ["weld-leader", "welder"]
    assert rows(db, plant.admin, sought="oper") == ["operator"]
    assert "operator" not in rows(db, plant.admin, lacks="pin")
    assert len(rows(db, plant.admin)) == 11
    with pytest.raises(NotAllowed):
        rows(db, welder)


def test_badge_and_pin_give_no_permission_that_needs_a_password(plant):
    manager = replace(plant.quality_manager, method="pin")
    assert plant.quality_manager.may("acceptance.approve")
    assert not manager.may("acceptance.approve")
    assert manager.sites("chain.edit") == set()
    assert manager.may("rejections.judge")
    with pytest.raises(NotAllowed) as refused:
        manager.need("accounts.enrol")
    assert "password" in refused.value.words.en
