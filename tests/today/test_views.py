"""Today shows what waits for the reader, and says so when nothing does."""

from qms.models.jobs import Job
from qms.rules.clock import utc_now
from tests.today.test_workflows import add, handover, rejection


def test_today_says_that_nothing_waits(page, sign_in):
    assert "All done" in page(sign_in("operator"), "/").text


def test_today_says_so_in_chinese(page, sign_in):
    text = page(sign_in("operator", "zh"), "/").text
    assert "今日" in text
    assert "全部处理完毕" in text


def test_today_shows_what_waits_with_its_number_item_and_age(page, sign_in, db, plant):
    add(db, handover(plant, 1), rejection(plant, 1, reported_by_id=plant.operator.id))
    shown = page(sign_in("operator"), "/")
    assert "1 matter waits for you" in shown.text
    assert "HO-1" in shown.text
    assert "Press → Weld" in shown.text
    assert "What became of my reports" in shown.text
    assert "NC-1" in shown.text


def test_running_work_is_shown_with_its_progress_and_a_way_to_it(page, sign_in, db, plant):
    job = Job(kind="imports.inspections", args={}, state="running", person_id=plant.quality_engineer.id, done=3,
              total=9, created_at=utc_now(), tries=1)
    add(db, job)
    shown = page(sign_in("quality_engineer"), "/")
    assert shown.links()["Import"].startswith("/imports")
    assert [(bar.get("value"), bar.get("max")) for bar in shown.find(".//progress")] == [("3", "9")]


def test_whoever_is_not_signed_in_is_asked_to(client):
    answer = client.get("/")
    assert answer.status_code == 302
    assert answer.location.startswith("/accounts/sign-in")
