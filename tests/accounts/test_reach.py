"""An administrator of some sites manages nobody, and gives nothing, beyond them."""

from datetime import date

import pytest

from qms.models.accounts import Grant, Person
from qms.models.chain import Site
from qms.rules.accounts import SYSTEM, Actor
from qms.rules.accounts import Grant as Held
from qms.rules.errors import NotAllowed
from qms.workflows import accounts, accounts_badges, accounts_qualifications

FROM = date(2026, 1, 1)


@pytest.fixture
def other_site(db, plant) -> int:
    with db.transaction(SYSTEM, "tests.site") as session:
        site = Site(code="BJ", name_zh="北京工厂", name_en="Beijing plant", time_zone="Asia/Shanghai", profile="iatf",
                    demo=False)
        session.add(site)
        session.flush()
        return site.id


@pytest.fixture
def local_admin(plant) -> Actor:
    return Actor(id=plant.admin.id, name="Local", grants=(Held(1, "admin", plant.site),), method="password")


@pytest.fixture
def somebody(db) -> int:
    with db.transaction(SYSTEM, "tests.person") as session:
        return accounts.add_person(session, SYSTEM, login="some", name="Somebody", language="en", password=None).id


def test_a_grant_reaches_no_further_than_the_one_who_gives_it(db, plant, other_site, local_admin, somebody):
    with db.transaction(local_admin, "accounts.grant") as session:
        given = accounts.grant(session, local_admin, somebody, role="operator", starts_on=FROM, site_id=plant.site)
        accounts.grant(session, local_admin, somebody, role="operator", starts_on=FROM, unit_id=plant.press)
        for site_id in (None, other_site):
            with pytest.raises(NotAllowed):
                accounts.grant(session, local_admin, somebody, role="admin", starts_on=FROM, site_id=site_id)
        with pytest.raises(NotAllowed):
            accounts.grant(session, local_admin, somebody, role="admin", starts_on=FROM, site_id=other_site,
                           unit_id=plant.press)
        accounts.end_grant(session, local_admin, given.id, given.rev, last_day=FROM)


def test_a_grant_of_the_whole_plant_is_not_ended_by_one_site(db, plant, local_admin):
    with db.transaction(local_admin, "accounts.end_grant") as session:
        held = session.query(Grant).filter_by(person_id=plant.quality_manager.id).one()
        with pytest.raises(NotAllowed):
            accounts.end_grant(session, local_admin, held.id, held.rev, last_day=FROM)
        accounts.end_grant(session, plant.admin, held.id, held.rev, last_day=FROM)


@pytest.mark.parametrize("reach", ["own", "other", "every"])
def test_a_password_is_set_only_for_people_of_the_own_sites(db, plant, other_site, local_admin, somebody, reach):
    site_id = {"own": plant.site, "other": other_site, "every": None}[reach]
    with db.transaction(SYSTEM, "accounts.grant") as session:
        accounts.grant(session, SYSTEM, somebody, role="quality_manager", starts_on=FROM, site_id=site_id)
    with db.transaction(local_admin, "accounts.set_password") as session:
        rev = session.get_one(Person, somebody).rev
        attempts = (
            lambda: accounts.set_password(session, local_admin, somebody, "correct horse 43"),
            lambda: accounts.edit_person(session, local_admin, somebody, rev, name="X", language="en", unit_id=None,
                                         active=True),
            lambda: accounts.end_all(session, local_admin, somebody),
            lambda: accounts_badges.looked_after(session, local_admin, somebody),
            lambda: accounts_qualifications.may_qualify(session, local_admin, somebody),
        )
        for attempt in attempts:
            if reach == "own":
                attempt()
            else:
                with pytest.raises(NotAllowed):
                    attempt()
