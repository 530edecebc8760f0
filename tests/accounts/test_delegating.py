"""A role delegated for an absence: its limits, its end, and what is told of what was done on somebody's behalf."""

from datetime import timedelta

import orjson
import pytest
from sqlalchemy import select

from qms.db.ledger import ledger
from qms.models.accounts import Grant, Person
from qms.models.rejections import OriginStatement, Rejection
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.rules.errors import NotAllowed, NotFound, Refused, Stale
from qms.workflows import acceptance, accounts, rejections, trail
from qms.workflows import accounts_delegating as delegations
from qms.workflows.accounts_grants import Filter, count
from qms.workflows.trail_signatures import signatures_of
from tests.acceptance.arrange import burr
from tests.rejections.cases import reported
from tests.signing import signing

DAY = timedelta(days=1)


@pytest.fixture
def today():
    return utc_now().date()


def own_grant(plant, login):
    return plant.people[login].grants[0].id


@pytest.fixture
def lend(db, plant, today):
    """Return a function that lets a person of the plant delegate their role to another, for a week."""
    def delegate(login="quality_engineer", to="operator", **given):
        person = plant.people[login]
        fields = {"starts_on": today, "ends_on": today + 7 * DAY, "reason": "holiday"} | given
        with db.transaction(person, "accounts.delegate") as session:
            return delegations.delegate(session, person, own_grant(plant, login), plant.people[to].id, **fields)

    return delegate


def actor(db, login):
    with db.reading() as session:
        return accounts.actor_for(session, login, method="password")


def confirm(db, person, made):
    with db.transaction(person, "rejections.confirm_origin") as session:
        return rejections.confirm_origin(session, person, made.id, session.get_one(Rejection, made.id).rev)


def last_entry(db):
    with db.reading() as session:
        return orjson.loads(session.scalar(select(ledger.c.entry).order_by(ledger.c.seq.desc()).limit(1)))


def test_r49_what_only_a_delegated_role_allows_says_on_whose_behalf(db, plant, lend):
    made = reported(db, plant, plant.inspector)
    with pytest.raises(NotAllowed):
        confirm(db, actor(db, "operator"), made)
    lent = lend()
    confirm(db, actor(db, "operator"), made)
    assert last_entry(db)["actor"]["behalf"] == [
        {"grant": lent.id, "id": plant.quality_engineer.id, "name": "Quality Engineer", "role": "quality_engineer"}]
    with db.reading() as session:
        assert session.scalars(select(OriginStatement.grant_id).order_by(OriginStatement.id.desc())).first() == lent.id
        told = trail.history(session, [("rejections", made.id)])[-1]
    assert (told.who, told.behalf) == ("Operator", "Quality Engineer")


def test_r49_what_ones_own_role_allows_is_not_on_anybodys_behalf(db, plant, lend):
    lend()
    reported(db, plant, actor(db, "operator"))
    assert "behalf" not in last_entry(db)["actor"]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_r49_a_signature_says_on_whose_behalf_it_was_given(db, plant, lend, sign_in, page, language):
    with db.transaction(plant.quality_engineer, "acceptance.draft_standard") as session:
        draft = acceptance.draft_standard(session, plant.quality_engineer, link_id=plant.press_weld,
                                          form_number="FM-09", title_zh="交接", title_en="Hand-over",
                                          characteristics=(burr(plant),))
    lend("quality_manager", "inspector")
    delegate = actor(db, "inspector")
    with db.transaction(delegate, "acceptance.approve_standard") as session:
        acceptance.approve_standard(session, delegate, draft.id, draft.rev, signing=signing(delegate, "standard"))
    with db.reading() as session:
        [given] = signatures_of(session, "standards", [draft.id])
    assert (given.name, given.role, given.behalf) == ("Inspector", "quality_manager", "Quality Manager")
    words = {"en": "on behalf of Quality Manager", "zh": "代表 Quality Manager"}[language]
    assert words in given.line(language)
    shown = page(sign_in("auditor", language), f"/acceptance/standards/{draft.id}")
    assert words in " ".join(shown.find(".//section[@id='signatures']")[0].itertext())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_r49_the_record_and_the_trail_show_it(db, plant, lend, sign_in, page, language):
    made = reported(db, plant, plant.inspector)
    lend()
    confirm(db, actor(db, "operator"), made)
    words = {"en": "on behalf of Quality Engineer", "zh": "代表 Quality Engineer"}[language]
    for address in (f"/rejections/{made.id}", "/trail/"):
        assert words in page(sign_in("auditor", language), address).text
    told = {"en": "also on behalf of Quality Engineer", "zh": "同时代表 Quality Engineer"}[language]
    assert told in sign_in("operator", language).get("/").text


def test_r52_a_delegate_does_not_decide_what_the_other_may_not(db, plant, lend):
    of_engineer, of_other = reported(db, plant, plant.quality_engineer), reported(db, plant, plant.inspector)
    lend()
    delegate = actor(db, "operator")
    with pytest.raises(Refused) as refused:
        confirm(db, delegate, of_engineer)
    assert refused.value.rule == "R-52"
    assert confirm(db, delegate, of_other).origin_state == "confirmed"
    assert confirm(db, plant.quality_manager, of_engineer).origin_state == "confirmed"


def test_r52_the_unit_of_the_other_counts_too(db, plant, lend):
    made = reported(db, plant, plant.inspector)
    lend()
    with db.transaction(SYSTEM, "tests.home") as session:
        session.get_one(Person, plant.quality_engineer.id).unit_id = plant.weld
    with pytest.raises(Refused) as refused:
        confirm(db, actor(db, "operator"), made)
    assert refused.value.rule == "R-52"


@pytest.mark.parametrize(("given", "field"), [
    ({"ends_on": None}, "ends_on"), ({"starts_on": None}, "starts_on"), ({"reason": "  "}, "reason")])
def test_r49_a_delegation_has_days_and_a_reason(lend, given, field):
    assert lend().delegated_by_id
    with pytest.raises(Refused) as refused:
        lend(to="inspector", **given)
    assert (refused.value.rule, refused.value.field) == ("R-49", field)


def test_r49_nothing_goes_further_than_the_role_that_is_delegated(db, plant, lend, today):
    held = own_grant(plant, "quality_engineer")
    with db.transaction(plant.admin, "tests.narrow") as session:
        grant = session.get_one(Grant, held)
        grant.unit_id, grant.ends_on = plant.weld, today + 5 * DAY
    for given in ({"unit_id": plant.paint, "ends_on": today}, {"ends_on": today + 6 * DAY}):
        with pytest.raises(Refused) as refused:
            lend(**given)
        assert refused.value.rule == "R-49"
    assert lend(unit_id=plant.weld, ends_on=today + 5 * DAY).unit_id == plant.weld


def test_r49_what_was_delegated_is_not_passed_on_nor_admin_nor_to_an_auditor(db, plant, lend, today):
    lent = lend()
    person = plant.operator
    with db.transaction(person, "accounts.delegate") as session, pytest.raises(Refused) as refused:
        delegations.delegate(session, person, lent.id, plant.inspector.id, starts_on=today, ends_on=today, reason="x")
    assert refused.value.rule == "R-49"
    for given in ({"login": "admin"}, {"login": "auditor"}, {"to": "auditor"}):
        with pytest.raises(Refused) as refused:
            lend(**given)
        assert refused.value.rule == "R-49"
    with db.transaction(person, "accounts.delegate") as session, pytest.raises(NotFound):
        delegations.delegate(session, person, own_grant(plant, "inspector"), plant.inspector.id, starts_on=today,
                             ends_on=today, reason="not mine")


@pytest.mark.parametrize("who", ["quality_engineer", "operator", "admin"])
def test_a_delegation_is_ended_early_by_either_and_by_an_administrator(db, plant, lend, today, who):
    begun, coming = lend(), lend(starts_on=today + DAY)
    with db.transaction(plant.people[who], "accounts.end_delegation") as session:
        with pytest.raises(Stale):
            delegations.end(session, plant.people[who], begun.id, 99)
        assert delegations.end(session, plant.people[who], begun.id, 1).ends_on == today
        withdrawn = delegations.end(session, plant.people[who], coming.id, 1)
        assert withdrawn.ends_on < withdrawn.starts_on
    with db.reading() as session:
        assert count(session, plant.admin, Filter(state="ended", delegated=True)) == 1
    with db.transaction(plant.inspector, "accounts.end_delegation") as session, pytest.raises(NotFound):
        delegations.end(session, plant.inspector, begun.id, 2)


def test_r49_a_delegation_ends_with_the_role_and_with_who_gave_it(db, plant, lend, today):
    by_role, by_person = lend(), lend("inspector")
    with db.transaction(plant.admin, "tests.ends") as session:
        accounts.end_grant(session, plant.admin, own_grant(plant, "quality_engineer"), 1, last_day=today)
        who = session.get_one(Person, plant.inspector.id)
        accounts.edit_person(session, plant.admin, who.id, who.rev, name=who.name, language="en", unit_id=None,
                             active=False)
        assert session.get_one(Grant, by_role.id).ends_on == today
        assert session.get_one(Grant, by_person.id).ends_on < today
    assert [grant.role for grant in actor(db, "operator").grants] == ["operator", "quality_engineer"]


def test_r49_an_administrator_puts_down_only_what_could_be_delegated(db, plant, today):
    def put(**given):
        fields = {"role": "quality_engineer", "starts_on": today, "ends_on": today + DAY, "reason": "ill",
                  "delegated_by_id": plant.quality_engineer.id} | given
        with db.transaction(plant.admin, "accounts.grant") as session:
            return accounts.grant(session, plant.admin, plant.operator.id, **fields)

    assert put().delegated_grant_id == own_grant(plant, "quality_engineer")
    for given in ({"ends_on": None}, {"role": "quality_manager"}, {"reason": None}):
        with pytest.raises(Refused) as refused:
            put(**given)
        assert refused.value.rule == "R-49"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_role_is_delegated_and_withdrawn_on_ones_own_page(db, plant, sign_in, page, today, language):
    browser, address = sign_in("quality_engineer", language), "/accounts/my-delegations"
    assert {"en": "Nothing is delegated", "zh": "没有委托"}[language] in page(browser, address).text
    page(browser, f"{address}/new")
    sent = {"grant_id": own_grant(plant, "quality_engineer"), "to_id": plant.operator.id, "starts_on": today + DAY,
            "ends_on": today, "reason": "holiday"}
    page(browser, f"{address}/new", sent, status=422)
    sent["ends_on"] = today + 3 * DAY
    answer = browser.post(f"{address}/new", data=sent | {"csrf": "test-csrf"})
    assert answer.location == address
    assert "holiday" in page(browser, address).text
    assert "Quality Engineer" in page(sign_in("operator", language), address).text
    assert {"en": "also on behalf of", "zh": "同时代表"}[language] not in sign_in("operator", language).get("/").text
    with db.reading() as session:
        lent = session.scalars(select(Grant).where(Grant.delegated_by_id.is_not(None))).one()
    assert {"en": "Withdraw", "zh": "撤回"}[language] in page(
        sign_in("admin", language), f"/accounts/people/{plant.operator.id}").text
    answer = browser.post(f"/accounts/delegations/{lent.id}/end", data={"csrf": "test-csrf", "rev": lent.rev})
    assert answer.location == address
    assert {"en": "withdrawn", "zh": "已撤回"}[language] in page(browser, address).text
