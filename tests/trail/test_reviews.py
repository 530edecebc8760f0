"""The trail by person, action, days, site and number of a record; and the reviews of it, made, due, exported."""

import io
from datetime import timedelta

import openpyxl
import pytest
from sqlalchemy import select

from qms.db.ledger import ledger
from qms.models.accounts import Person
from qms.models.trail_reviews import TrailReview
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.rules.errors import NotAllowed, Refused
from qms.workflows import trail, trail_search
from qms.workflows import trail_reviews as reviews
from tests.rejections.cases import reported

DAY = timedelta(days=1)


@pytest.fixture
def today():
    return utc_now().date()


@pytest.fixture
def review(db, plant, today):
    """Return a function that lets somebody of the plant review the trail of today."""
    def make(who="quality_manager", wanted=None, **given):
        fields = {"finding": "none", "said": None, "next_due_on": today + 31 * DAY} | given
        wanted = wanted or trail_search.Filter(first=today, last=today)
        with db.transaction(plant.people[who], "trail.review") as session:
            return reviews.review(session, plant.people[who], wanted, "", **fields)

    return make


def test_the_trail_is_found_by_who_what_when_where_and_number(db, plant, today):
    made = reported(db, plant)
    other = reported(db, plant, plant.inspector)
    with db.reading() as session:
        def found(**asked):
            wanted = trail_search.Filter(**asked)
            entries = trail.entries(session, plant.auditor, wanted)
            assert trail.count(session, plant.auditor, wanted) == len(entries)
            return entries

        assert {e.who for e in found(actor_id=plant.inspector.id)} == {"Inspector"}
        assert {(e.entity, e.entity_id) for e in found(number=made.number)} == {("rejections", made.id)}
        assert {e.entity_id for e in found(number=other.number, actor_id=plant.inspector.id)} == {other.id}
        assert found(number="NC-none") == []
        assert found(last=today - DAY) == []
        assert found(first=today, last=today, action="rejections.report")
        assert {e.entity for e in found(site_id=plant.site)} >= {"rejections", "units", "sites"}
        assert found(site_id=plant.site + 1) == []


def test_a_search_by_person_is_served_by_an_index(db, plant):
    if db.is_sqlite:
        statement = select(ledger.c.seq).where(ledger.c.actor_id == 5).order_by(ledger.c.seq.desc()).limit(51)
        with db.reading() as session:
            sql = str(statement.compile(compile_kwargs={"literal_binds": True}))
            plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").all()
        assert "ix_ledger_actor_id" in str(plan)


@pytest.mark.parametrize(("language", "words"), [("en", "Rejection"), ("zh", "不合格")])
def test_the_page_is_searched_in_both_languages(sign_in, page, db, plant, language, words):
    made = reported(db, plant)
    browser = sign_in("quality_manager", language)
    shown = page(browser, f"/trail/?number={made.number}&person={plant.operator.id}&first=2020-01-01")
    assert words in shown.text
    assert len(shown.find(".//tbody/tr")) == 1
    assert not page(browser, "/trail/?number=x").find(".//tbody/tr")
    page(browser, "/trail/?entity=nothing&person=x&first=then&id=99999999999999999999")


def test_r46_a_review_keeps_what_was_reviewed_and_where_the_trail_ended(db, plant, review, today):
    with db.reading() as session:
        seq, head = session.execute(select(ledger.c.seq, ledger.c.hash).order_by(ledger.c.seq.desc()).limit(1)).one()
    made = review()
    assert (made.last_seq, made.last_hash, made.entries) == (seq, bytes(head).hex(), seq)
    assert (made.first_on, made.last_on, made.finding) == (today, today, "none")


@pytest.mark.parametrize(("given", "field"), [
    ({"finding": "found", "said": " "}, "said"), ({"finding": "perhaps"}, "finding"),
    ({"next_due_on": -1}, "next_due_on"), ({"next_due_on": 63}, "next_due_on"), ({"last": 1}, "last_on"),
    ({"first": 1}, "last_on")])
def test_r46_a_review_without_its_parts_is_refused(review, today, given, field):
    assert review(finding="found", said="Names were missing; told the team.").said
    days = {name: today + value * DAY for name, value in given.items() if isinstance(value, int)}
    wanted = trail_search.Filter(first=days.pop("first", today), last=days.pop("last", today))
    words = {name: value for name, value in given.items() if isinstance(value, str)}
    with pytest.raises(Refused) as refused:
        review(wanted=wanted, **words, **days)
    assert (refused.value.rule, refused.value.field) == ("R-46", field)


def test_who_only_reads_the_trail_does_not_review_it(review, sign_in, page):
    review()
    for login in ("auditor", "quality_engineer"):
        with pytest.raises(NotAllowed):
            review(login)
    page(sign_in("auditor"), "/trail/reviews/new", status=403)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_review_is_recorded_on_its_page_and_exported(sign_in, page, db, plant, today, language):
    browser = sign_in("quality_manager", language)
    empty = {"en": "The trail has not been reviewed yet", "zh": "尚未审查过审计追踪"}[language]
    assert empty in page(browser, "/trail/reviews").text
    address = f"/trail/reviews/new?person={plant.operator.id}"
    page(browser, address)
    sent = {"first": today - DAY, "last": today, "finding": "found", "next_due_on": today + 20 * DAY}
    page(browser, address, sent, status=409)
    answer = browser.post(address, data=sent | {"said": "=1+1", "csrf": "test-csrf"})
    shown = page(browser, answer.location)
    assert "=1+1" in shown.text
    assert shown.find(".//main//dd")[7].text == "Operator"
    back = next(url for url in shown.links().values() if "first=" in url)
    page(browser, back)
    assert f"person={plant.operator.id}" in back
    assert "=1+1" in page(browser, "/trail/reviews?finding=found").text
    file = browser.post("/exports/trail-reviews", data={"csrf": "test-csrf", "format": ".xlsx"})
    sheet = openpyxl.load_workbook(io.BytesIO(file.data)).worksheets[0]
    assert "=1+1" in [cell.value for cell in sheet[2]]
    assert sheet.max_row == 2


@pytest.mark.parametrize(("language", "words"), [("en", "Trail review due"), ("zh", "审计追踪待审查")])
def test_today_tells_who_may_review_that_a_review_is_due(sign_in, page, db, review, today, language, words):
    made = review(next_due_on=today + DAY)
    assert words not in page(sign_in("quality_manager", language), "/").text
    with db.transaction(SYSTEM, "tests.later") as session:
        session.get_one(TrailReview, made.id).next_due_on = today
    assert words in page(sign_in("quality_manager", language), "/").text
    assert words not in page(sign_in("quality_engineer", language), "/").text


def test_a_trail_that_was_never_reviewed_is_due_so_many_days_after_it_began(db, today):
    with db.reading() as session:
        assert session.scalar(select(Person.id).limit(1)) is not None
        assert reviews.due_on(session, 31) == today + 31 * DAY
