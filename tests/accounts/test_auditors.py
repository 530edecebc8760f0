"""An auditor's access has an end, is told to whom it belongs and to who may extend it, and is over when it is over."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from qms.cli.keep import add_person, upgrade
from qms.models.accounts import Grant
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.rules.errors import Invalid, Refused
from qms.workflows import accounts, accounts_pins_sign_in
from tests.plant import PASSWORD


@pytest.fixture
def today():
    return utc_now().date()


def only_grant(session, person_id):
    return session.scalars(select(Grant).where(Grant.person_id == person_id)).one()


def end_on(db, plant, login, day):
    """Let a person's only grant end on a day, as time does: whatever the rules say of the past."""
    with db.transaction(SYSTEM, "tests.end") as session:
        held = only_grant(session, plant.people[login].id)
        held.starts_on, held.ends_on = min(held.starts_on, day), day


def test_r49_an_auditors_grant_has_a_last_day_that_is_not_too_far(db, plant, today):
    def give(role, **more):
        with db.transaction(plant.admin, "accounts.grant") as session:
            return accounts.grant(session, plant.admin, plant.operator.id, role=role, starts_on=today, **more)

    assert give("inspector").ends_on is None
    assert give("auditor", ends_on=today + timedelta(days=90)).ends_on == today + timedelta(days=90)
    assert give("auditor", ends_on=today + timedelta(days=120), auditor_days=120)
    for more in ({}, {"ends_on": today + timedelta(days=91)}, {"ends_on": today + timedelta(days=90),
                                                               "auditor_days": 30}):
        with pytest.raises(Refused) as refused:
            give("auditor", **more)
        assert (refused.value.rule, refused.value.field) == ("R-49", "ends_on")


def test_r49_an_auditors_grant_is_not_ended_too_far_away(db, plant, today):
    with db.transaction(plant.admin, "accounts.end_grant") as session:
        held = only_grant(session, plant.auditor.id)
        accounts.end_grant(session, plant.admin, held.id, held.rev, last_day=today + timedelta(days=90))
        with pytest.raises(Refused) as refused:
            accounts.end_grant(session, plant.admin, held.id, held.rev, last_day=today + timedelta(days=91))
        assert refused.value.rule == "R-49"


@pytest.mark.parametrize(("language", "words"), [("en", "An auditor's access has a last day"),
                                                 ("zh", "审核员的访问须有截止日期")])
def test_r49_the_form_refuses_beside_the_field(sign_in, page, plant, today, language, words):
    address = f"/accounts/people/{plant.operator.id}/grants/new"
    sent = {"role": "auditor", "starts_on": today.isoformat()}
    shown = page(sign_in("admin", language), address, sent, status=409)
    assert words in shown.text
    assert "R-49" in shown.text


@pytest.mark.parametrize(("language", "words"), [("en", "Your access ended on"), ("zh", "您的访问权限已于")])
def test_a_session_ends_with_the_last_grant_and_the_page_says_so(sign_in, page, db, plant, today, language, words):
    browser = sign_in("auditor", language)
    end_on(db, plant, "auditor", today)
    assert browser.get("/trail/").status_code == 200
    end_on(db, plant, "auditor", today - timedelta(days=1))
    assert browser.get("/trail/").location.startswith("/accounts/sign-in")
    assert browser.get("/api/v1/rejections").status_code == 401
    browser.set_cookie("language", language)
    assert words in page(browser, "/accounts/sign-in").text


def test_who_signs_in_too_late_is_told_the_last_day_and_a_stranger_is_not(sign_in, page, db, plant, today):
    sign_in("auditor")
    browser = sign_in("operator")
    ended = today - timedelta(days=3)
    end_on(db, plant, "auditor", ended)
    browser.delete_cookie("qms")
    late = page(browser, "/accounts/sign-in", {"login": "auditor", "password": PASSWORD}, status=422).text
    assert f"Your access ended on {ended}" in late
    guess = page(browser, "/accounts/sign-in", {"login": "auditor", "password": "wrong horse 42"}, status=422).text
    assert "Your access ended" not in guess
    with db.transaction(SYSTEM, "tests.extend") as session:
        accounts.grant(session, SYSTEM, plant.auditor.id, role="auditor", starts_on=today, ends_on=today)
    sent = {"csrf": "test-csrf", "login": "auditor", "password": PASSWORD}
    assert browser.post("/accounts/sign-in", data=sent).status_code == 302


def test_an_access_that_is_over_opens_no_tablet(db, plant, today):
    end_on(db, plant, "operator", today - timedelta(days=1))
    with db.transaction(SYSTEM, "tests.pin") as session:
        with pytest.raises(Invalid):
            accounts.refuse_ended(session, plant.operator.id)
        accounts.refuse_ended(session, plant.inspector.id)
    assert accounts_pins_sign_in.refuse_ended is accounts.refuse_ended


def test_who_never_had_a_role_still_signs_in(db, plant):
    with db.transaction(SYSTEM, "tests.person") as session:
        accounts.add_person(session, SYSTEM, login="new", name="New", language="en", password=PASSWORD)
        assert accounts.sign_in(session, login="new", password=PASSWORD, address=None, agent=None,
                                lasts=timedelta(hours=1))


@pytest.mark.parametrize(("language", "words"), [("en", "Access until"), ("zh", "访问截至")])
def test_every_page_tells_an_auditor_until_when(sign_in, language, words):
    assert words in sign_in("auditor", language).get("/trail/").text
    assert words not in sign_in("quality_manager", language).get("/trail/").text


@pytest.mark.parametrize(("language", "words"), [("en", "Auditors' access that ends soon"), ("zh", "即将到期的审核员")])
def test_an_administrator_sees_who_expires_soon(sign_in, page, db, plant, today, language, words):
    end_on(db, plant, "auditor", today + timedelta(days=15))
    assert words not in page(sign_in("admin", language), "/").text
    end_on(db, plant, "auditor", today + timedelta(days=14))
    assert words in page(sign_in("admin", language), "/").text
    assert words not in page(sign_in("quality_manager", language), "/").text


def test_the_command_refuses_an_auditor_without_a_last_day(tmp_path, monkeypatch, today):
    monkeypatch.setenv("QMS_INSTANCE", str(tmp_path))
    monkeypatch.delenv("QMS_DATABASE_URL", raising=False)
    run = CliRunner().invoke
    assert run(upgrade).exit_code == 0
    base = ["--name", "A", "--role", "auditor", "--password", "random"]
    assert isinstance(run(add_person, ["a", *base]).exception, Refused)
    assert run(add_person, ["a", *base, "--until", f"{today + timedelta(days=30)}"]).exit_code == 0
    assert run(add_person, ["b", *base, "--until", f"{today}", "--days", "3"]).exit_code == 2
