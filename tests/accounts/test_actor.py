"""What a person may do follows from grants, their scope and how they signed in. No database is needed."""

from datetime import date

import pytest

from qms.rules.accounts import SYSTEM, Actor, Grant, check_email, roles_with
from qms.rules.errors import Invalid, NotAllowed


def _person(*grants: Grant, method: str = "password") -> Actor:
    return Actor(7, "Wang", grants, method=method)


@pytest.mark.parametrize(("site_id", "unit_path", "may"), [
    (1, "/1/2/", True), (1, "/1/2/3/", True), (1, "/1/", False), (1, "/1/4/", False), (2, "/1/2/", False),
    (None, None, True), (1, None, True), (None, "/1/2/", True), (2, None, False)])
def test_a_grant_covers_its_own_site_and_what_is_below_its_unit(site_id: int | None, unit_path: str | None, may: bool):
    held = Grant(4, "quality_engineer", 1, "/1/2/")
    person = _person(held)
    assert person.may("rejections.discard", site_id=site_id, unit_path=unit_path) is may
    assert person.may("accounts.manage", site_id=site_id, unit_path=unit_path) is False
    assert _person(Grant(4, "quality_engineer")).may("rejections.discard", site_id=site_id, unit_path=unit_path) is True
    if may:
        assert person.need("rejections.discard", site_id=site_id, unit_path=unit_path) == 4
    else:
        with pytest.raises(NotAllowed, match="You hold no grant"):
            person.need("rejections.discard", site_id=site_id, unit_path=unit_path)


def test_badge_and_pin_do_not_give_what_needs_a_password():
    grant = Grant(4, "quality_engineer", 1)
    desk, tablet = _person(grant), _person(grant, method="pin")
    assert desk.may("rejections.report")
    assert tablet.may("rejections.report")
    assert tablet.sites("rejections.report") == desk.sites("rejections.discard") == {1}
    assert tablet.sites("rejections.discard") == set()
    assert not tablet.may("rejections.discard")
    with pytest.raises(NotAllowed, match="Sign in with your password"):
        tablet.need("rejections.discard")


def test_sites_are_those_of_the_grants_that_give_it():
    both = (Grant(1, "quality_engineer", 1), Grant(2, "survey_admin", 2), Grant(3, "quality_engineer", 3))
    assert _person(*both).sites("rejections.discard") == {1, 3}
    assert _person(*both).sites("satisfaction.survey") == {2}
    assert _person(*both, Grant(4, "quality_engineer")).sites("rejections.discard") is None
    assert _person(*both, Grant(4, "survey_admin")).sites("rejections.discard") == {1, 3}
    assert _person().sites("rejections.discard") == set()


def test_the_system_may_everything_by_no_grant():
    assert SYSTEM.may("rejections.discard", site_id=1)
    assert SYSTEM.need("rejections.discard", site_id=1) is None
    assert SYSTEM.sites("rejections.discard") is None
    assert SYSTEM.id == 0


def test_r52_who_leans_on_a_delegated_grant_acts_for_another_too():
    person = _person(Grant(1, "survey_admin"), Grant(2, "quality_engineer", behalf_id=9, behalf="Li"))
    person.need("satisfaction.survey")
    assert person.leaned_on == {}
    assert (person.is_for(7), person.is_for(9), person.is_for(None)) == (True, False, False)
    assert person.selves == {7}
    assert person.need("rejections.discard") == 2
    assert list(person.leaned_on) == [2]
    assert (person.is_for(7), person.is_for(9), person.is_for(8), person.is_for(None)) == (True, True, False, False)
    assert person.selves == {7, 9}


def test_roles_are_named_once_and_an_auditor_only_reads():
    assert _person(Grant(1, "auditor", 1), Grant(2, "auditor", 2)).roles == ("auditor",)
    assert _person(Grant(1, "auditor")).only_reads is True
    assert _person(Grant(1, "auditor"), Grant(2, "operator")).only_reads is False
    assert _person().only_reads is False
    assert "quality_engineer" in roles_with("rejections.discard")
    assert "operator" not in roles_with("rejections.discard")


def test_access_ends_with_the_last_grant_or_not_at_all():
    first, last = date(2026, 1, 1), date(2026, 2, 1)
    assert _person(Grant(1, "auditor", ends_on=last), Grant(2, "auditor", ends_on=first)).until == last
    assert _person(Grant(1, "auditor", ends_on=last), Grant(2, "auditor")).until is None
    assert _person().until is None


def test_an_address_is_kept_without_spaces_and_what_is_none_is_refused():
    assert check_email(" li@plant.example ") == "li@plant.example"
    assert check_email("") is None
    assert check_email(None) is None
    with pytest.raises(Invalid, match="not an e-mail address"):
        check_email("li")
