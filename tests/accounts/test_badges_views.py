"""Pages of badges and PINs, and what of them stands on a person's page and among the sessions."""

from datetime import timedelta

import pytest

from qms.models.accounts import Badge, SignIn
from qms.rules.accounts import SYSTEM
from qms.rules.devices import IDLE_MINUTES
from qms.workflows import accounts_badges
from tests.accounts.tablets import HEADERS, PIN, badge_of, enrolled, tablet
from tests.plant import PASSWORD
from tests.rejections.cases import person_in_unit


@pytest.fixture
def welder(db, plant):
    return person_in_unit(db, "welder", "operator", plant.weld, home=plant.weld)


@pytest.fixture
def leader(db, plant, sign_in, welder):
    plant.people["weld-leader"] = person_in_unit(db, "weld-leader", "team_leader", plant.weld, home=plant.weld)
    return sign_in("weld-leader")


def test_the_list_shows_who_lacks_badge_or_pin(leader, page, db, plant, welder):
    shown = page(leader, "/accounts/badges")
    assert "welder" in shown.text
    assert "operator" not in shown.text
    badge_of(db, plant, "weld-leader")
    assert "weld-leader" not in page(leader, "/accounts/badges?lacks=pin").text
    assert "Nobody matches this filter" in page(leader, "/accounts/badges?q=nobody").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_badges_are_shown_once_on_a_sheet_and_work(sign_in, page, db, plant, language):
    browser = sign_in("admin", language)
    shown = page(browser, "/accounts/badges/issue", post={"person_id": [plant.operator.id, plant.inspector.id]})
    codes = ["".join(e.itertext()) for e in shown.find(".//p[@class='badge-code']")]
    assert shown.response.text.count('class="qr"') == len(codes) == 2
    with db.reading() as session:
        owners = {accounts_badges.owner_of(session, code).id for code in codes}
    assert owners == {plant.operator.id, plant.inspector.id}


@pytest.mark.parametrize("ids", [[], ["x"], ["999999"]])
def test_a_list_of_nobody_issues_nothing(sign_in, db, plant, ids):
    answer = sign_in("admin").post("/accounts/badges/issue", data={"csrf": "test-csrf", "person_id": ids})
    assert answer.status_code in {404, 422}
    with db.reading() as session:
        assert session.query(Badge).count() == 0


def test_a_leader_issues_no_badge_beyond_the_own_unit_and_none_of_a_list_that_has_one(leader, db, plant, welder):
    answer = leader.post("/accounts/badges/issue",
                         data={"csrf": "test-csrf", "person_id": [welder.id, plant.operator.id]})
    assert answer.status_code == 403
    with db.reading() as session:
        assert session.query(Badge).count() == 0


def test_a_pin_is_set_by_the_leader_and_signs_in(leader, page, app, db, plant, welder):
    badge = badge_of(db, plant, "operator", pin=None)
    address = f"/accounts/people/{welder.id}/pin"
    assert "too easy" in page(leader, address, post={"pin": "123456", "again": "123456"}, status=422).text
    assert "The two PINs differ." in page(leader, address, post={"pin": PIN, "again": "482914"}, status=422).text
    assert "The new PIN holds from now on." in page(leader, address, post={"pin": PIN, "again": PIN}).text
    assert leader.get(f"/accounts/people/{plant.operator.id}/pin").status_code == 403
    assert badge


def test_a_person_page_shows_badge_and_pin_and_ends_a_lost_badge(sign_in, page, db, plant):
    browser = sign_in("admin")
    address = f"/accounts/people/{plant.operator.id}"
    assert "Issue a badge" in page(browser, address).text
    badge_of(db, plant, "operator")
    with db.reading() as session:
        badge = session.query(Badge).one()
    shown = page(browser, address)
    assert "End the badge" in shown.links()
    ended = page(browser, f"/accounts/badges/{badge.id}/end", post={"rev": badge.rev, "reason": "lost"})
    assert "The badge opens nothing any more." in ended.text
    assert "lost" in ended.text
    assert "End the badge" not in page(sign_in("auditor"), address).links()


def test_ones_own_pin_needs_ones_password(sign_in, page):
    browser = sign_in("operator")
    assert "You have none yet." in page(browser, "/accounts/my-pin").text
    new = {"pin": PIN, "again": PIN}
    wrong = page(browser, "/accounts/my-pin", post={"password": "no idea at all", **new}, status=422)
    assert "This is not your present password." in wrong.text
    right = page(browser, "/accounts/my-pin", post={"password": PASSWORD, **new})
    assert "Your new PIN holds from now on." in right.text
    assert "You have none yet." not in right.text


def test_the_sessions_say_which_tablet(sign_in, page, app, db, plant):
    code = badge_of(db, plant, "operator")
    desk = sign_in("operator")
    station = tablet(app, enrolled(db, plant, "T-77")[1])
    station.post("/api/v1/station/sign-in", json={"badge": code, "pin": PIN}, headers=HEADERS)
    shown = page(desk, "/accounts/my-sessions")
    assert "T-77 tablet, by badge and PIN" in shown.text
    with db.transaction(SYSTEM, "tests.idle") as session:
        session.query(SignIn).filter_by(method="pin").one().seen_at -= timedelta(minutes=IDLE_MINUTES)
    assert "T-77" not in page(desk, "/accounts/my-sessions").text
