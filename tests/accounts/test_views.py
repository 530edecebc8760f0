"""Pages of signing in, people, grants, sessions and roles."""

from datetime import date

import pytest

from qms.models.accounts import Grant, Person, SignIn
from qms.rules.accounts import SYSTEM
from qms.workflows import accounts
from tests.plant import PASSWORD


def sign_in_data(password=PASSWORD, wanted=""):
    return {"csrf": "test-csrf", "login": "operator", "password": password, "next": wanted}


@pytest.fixture
def visitor(client, db, plant):
    """A browser that has opened the sign-in page; the operator has a password."""
    with db.transaction(SYSTEM, "tests.password") as session:
        accounts.set_password(session, SYSTEM, plant.operator.id, PASSWORD)
    with client.session_transaction() as held:
        held["csrf"] = "test-csrf"
    return client


def test_the_sign_in_page_asks_for_name_and_password(visitor, page):
    shown = page(visitor, "/accounts/sign-in")
    asked = [e.get("autocomplete") for e in shown.find(".//main//input[@autocomplete]")]
    assert asked == ["username", "current-password"]


def test_the_right_password_opens_today(visitor):
    answer = visitor.post("/accounts/sign-in", data=sign_in_data())
    assert (answer.status_code, answer.location) == (302, "/")
    assert "HttpOnly" in answer.headers["Set-Cookie"]
    assert "SameSite=Lax" in answer.headers["Set-Cookie"]
    assert visitor.get("/").status_code == 200


def test_a_wrong_password_stays_and_says_so_in_chinese(visitor, page):
    visitor.set_cookie("language", "zh")
    shown = page(visitor, "/accounts/sign-in", post=sign_in_data(password="wrong horse 42"), status=422)
    assert "登录名与密码不符" in shown.text
    assert visitor.get("/").status_code == 302


def test_the_sixth_wrong_try_is_throttled_even_with_the_right_password(visitor, page):
    for _ in range(accounts.ATTEMPTS_PER_LOGIN):
        page(visitor, "/accounts/sign-in", post=sign_in_data(password="wrong horse 42"), status=422)
    shown = page(visitor, "/accounts/sign-in", post=sign_in_data(), status=422)
    assert "Too many failed tries" in shown.text


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:x"])
def test_signing_in_never_leads_to_another_host(visitor, wanted):
    assert visitor.post("/accounts/sign-in", data=sign_in_data(wanted=wanted)).location == "/"


def test_signing_in_leads_to_the_page_that_was_asked_for(visitor):
    asked = visitor.get("/accounts/my-sessions")
    assert asked.location == "/accounts/sign-in?next=/accounts/my-sessions"
    assert visitor.post("/accounts/sign-in", data=sign_in_data(wanted="/accounts/my-sessions")).location == (
        "/accounts/my-sessions")


def test_signing_out_ends_the_session_on_the_server(visitor, db):
    visitor.post("/accounts/sign-in", data=sign_in_data())
    assert visitor.post("/accounts/sign-out", data={"csrf": "test-csrf"}).status_code == 302
    assert visitor.get("/").status_code == 302
    with db.reading() as session:
        assert session.query(SignIn).filter(SignIn.ended_at.is_(None)).count() == 0


def test_a_form_without_its_token_is_refused(visitor):
    assert visitor.post("/accounts/sign-in", data={**sign_in_data(), "csrf": "forged"}).status_code == 400


def test_the_language_is_kept_for_the_person_and_the_browser(sign_in, db, plant, page):
    browser = sign_in("operator", "en")
    answer = browser.post("/accounts/language", data={"csrf": "test-csrf", "language": "zh", "next": "/"})
    assert "language=zh" in answer.headers["Set-Cookie"]
    assert "今日" in page(browser, "/").text
    with db.reading() as session:
        assert session.get_one(Person, plant.operator.id).language == "zh"


def test_an_unknown_language_changes_nothing(sign_in, db, plant):
    answer = sign_in("operator").post("/accounts/language", data={"csrf": "test-csrf", "language": "xx", "next": "/"})
    assert "Set-Cookie" not in answer.headers or "language=" not in answer.headers["Set-Cookie"]
    with db.reading() as session:
        assert session.get_one(Person, plant.operator.id).language == "en"


def test_my_sessions_are_listed_and_can_be_ended(sign_in, db, plant, page):
    other, browser = sign_in("operator"), sign_in("operator")
    sign_in_id = None
    with db.reading() as session:
        ids = [s.public_id for s in session.query(SignIn).filter_by(person_id=plant.operator.id, ended_at=None)]
    shown = page(browser, "/accounts/my-sessions")
    assert "this one" in shown.text
    for sign_in_id in ids:
        if browser.get("/").status_code == 200 and other.get("/").status_code == 200:
            browser.post(f"/accounts/sessions/{sign_in_id}/end", data={"csrf": "test-csrf", "next": "/"})
    assert 302 in {browser.get("/").status_code, other.get("/").status_code}


def test_nobody_ends_the_session_of_another_without_the_permission(sign_in, db, plant):
    sign_in("team_leader")
    with db.reading() as session:
        foreign = session.query(SignIn).filter_by(person_id=plant.team_leader.id).one().public_id
    browser = sign_in("operator")
    assert browser.post(f"/accounts/sessions/{foreign}/end", data={"csrf": "test-csrf"}).status_code == 403


def test_my_password_changes_only_with_the_old_one(sign_in, page):
    browser = sign_in("operator")
    new = {"password": "an even longer horse", "again": "an even longer horse"}
    wrong = page(browser, "/accounts/my-password", post={"old": "no idea at all", **new}, status=422)
    assert "This is not your present password." in wrong.text
    right = page(browser, "/accounts/my-password", post={"old": PASSWORD, **new})
    assert "Please sign in with the new one" in right.text
    assert browser.get("/").status_code == 302


def test_a_short_password_is_refused_beside_its_field(sign_in, page):
    shown = page(sign_in("operator"), "/accounts/my-password",
                 post={"old": PASSWORD, "password": "short", "again": "short"}, status=422)
    assert shown.find(".//input[@id='password'][@aria-invalid='true']")
    assert "at least 12 characters" in shown.text


def test_people_are_listed_with_their_roles(sign_in, page):
    shown = page(sign_in("auditor", "zh"), "/accounts/people")
    assert "操作工" in shown.text
    assert "9 条记录" in shown.text


def test_people_are_found_by_a_part_of_the_name_by_role_and_by_state(sign_in, page, db, plant):
    browser = sign_in("auditor")
    assert set(page(browser, "/accounts/people?q=quality").links()) >= {"Quality Engineer", "Quality Manager"}
    assert "Operator" not in page(browser, "/accounts/people?q=quality").links()
    assert "Unit Head" in page(browser, "/accounts/people?role=unit_head").links()
    assert "Nobody matches this filter" in page(browser, "/accounts/people?state=inactive").text
    assert "Not a valid choice" in page(browser, "/accounts/people?role=emperor").text


def test_a_percent_sign_in_the_search_is_only_a_percent_sign(sign_in, page):
    assert "Nobody matches this filter" in page(sign_in("auditor"), "/accounts/people?q=%25").text


def test_people_are_paged_by_key(sign_in, page, db):
    with db.transaction(SYSTEM, "tests.people") as session:
        for i in range(60):
            accounts.add_person(session, SYSTEM, login=f"worker{i:02}", name=f"Worker {i:02}", language="zh",
                                password=None)
    browser = sign_in("auditor")
    first = page(browser, "/accounts/people?q=worker")
    assert "Worker 49" in first.links()
    assert "Worker 50" not in first.links()
    assert "Worker 50" in page(browser, first.links()["Next"]).links()


def test_an_operator_sees_no_people(sign_in, page):
    page(sign_in("operator"), "/accounts/people", status=403)


def test_an_auditor_sees_a_person_but_no_step(sign_in, page, plant):
    shown = page(sign_in("auditor"), f"/accounts/people/{plant.operator.id}")
    assert "Operator" in shown.text
    assert "Give a role" not in shown.links()


def test_a_person_that_is_not_there_is_not_found(sign_in, page):
    page(sign_in("admin"), "/accounts/people/999999", status=404)
    page(sign_in("admin"), "/accounts/people/99999999999999999999", status=404)


def test_the_administrator_adds_a_person_and_gives_a_role(sign_in, page, db, plant):
    browser = sign_in("admin", "zh")
    added = page(browser, "/accounts/people/new", post={"login": "Wang.Fang", "name": "王芳", "reads": "zh",
                                                        "unit_id": str(plant.weld), "password": "zhe shi yi ju hua"})
    assert "人员已添加" in added.text
    with db.reading() as session:
        made = session.query(Person).filter_by(login="wang.fang").one()
    given = page(browser, f"/accounts/people/{made.id}/grants/new", post={
        "role": "team_leader", "site_id": str(plant.site), "unit_id": str(plant.weld), "starts_on": "2026-01-01",
        "ends_on": "", "delegated_by_id": "", "reason": "新任班组长"})
    assert "角色已授予" in given.text
    assert "班组长" in given.text
    assert "新任班组长" in given.text
    assert "历史" in given.text
    assert "Admin" in given.text


def test_a_taken_sign_in_name_is_refused_beside_its_field(sign_in, page):
    shown = page(sign_in("admin"), "/accounts/people/new", post={"login": "OPERATOR", "name": "X", "reads": "en",
                                                                 "unit_id": ""}, status=422)
    assert shown.find(".//input[@id='login'][@aria-invalid='true']")
    assert "is taken" in shown.text


def test_two_editors_of_a_person_see_both_versions(sign_in, page, db, plant):
    browser = sign_in("admin")
    person_id = plant.operator.id
    opened = page(browser, f"/accounts/people/{person_id}/edit")
    rev = opened.find(".//input[@name='rev']")[0].get("value")
    with db.transaction(SYSTEM, "tests.rename") as session:
        session.get_one(Person, person_id).name = "Somebody Else"
    shown = page(browser, f"/accounts/people/{person_id}/edit", status=409, post={
        "rev": rev, "name": "My Version", "reads": "en", "unit_id": "", "active": "y"})
    assert "Somebody Else" in shown.text
    assert "My Version" in shown.text
    with db.reading() as session:
        assert session.get_one(Person, person_id).name == "Somebody Else"


def test_who_is_made_inactive_is_signed_out_at_once(sign_in, page, plant):
    operator, admin = sign_in("operator"), sign_in("admin")
    address = f"/accounts/people/{plant.operator.id}/edit"
    rev = page(admin, address).find(".//input[@name='rev']")[0].get("value")
    page(admin, address, post={"rev": rev, "name": "Operator", "reads": "en", "unit_id": ""})
    assert operator.get("/").status_code == 302


def test_a_role_ends_on_a_day_with_a_reason(sign_in, page, db, plant):
    admin = sign_in("admin")
    with db.reading() as session:
        given = session.query(Grant).filter_by(person_id=plant.operator.id).one()
    address = f"/accounts/grants/{given.id}/end"
    early = page(admin, address, status=422, post={"rev": str(given.rev), "ends_on": "2019-01-01", "reason": "left"})
    assert "lies before the first" in early.text
    page(admin, address, post={"rev": str(given.rev), "ends_on": "2026-06-30", "reason": "left the plant"})
    with db.reading() as session:
        assert session.get_one(Grant, given.id).ends_on == date(2026, 6, 30)


def test_the_roles_page_shows_the_whole_policy_in_both_languages(sign_in, page):
    assert "Approve standards" in page(sign_in("auditor"), "/accounts/people/roles").text
    assert "批准验收标准" in page(sign_in("auditor", "zh"), "/accounts/people/roles").text


@pytest.mark.parametrize(("agent", "shown"), [
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/140.0 Safari/537.36 Edg/140.0", "Edge 140, Windows"),
    ("Mozilla/5.0 (Linux; Android 14) Chrome/139.0 Mobile Safari/537.36 MicroMessenger/8.0", "WeChat 8, Android"),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/18.1 Safari/605.1", "Safari 18, macOS"),
    ("scanner", "scanner"),
])
def test_a_session_is_named_by_browser_and_system(app, agent, shown):
    assert app.jinja_env.filters["device"](agent) == shown


def test_nobody_makes_themselves_inactive_and_another_may(db, plant):
    from qms.rules.errors import Invalid

    fields = {"name": "Admin", "language": "en", "unit_id": None, "active": False}
    with pytest.raises(Invalid, match="yourself"), db.transaction(plant.admin, "accounts.edit_person") as session:
        accounts.edit_person(session, plant.admin, plant.admin.id, 1, **fields)
    with db.transaction(plant.admin, "accounts.edit_person") as session:
        assert not accounts.edit_person(session, plant.admin, plant.operator.id, 1, **fields).active
