"""The pages of the analysis: causes, whys, tasks, prevention, lessons, Today."""

import re

import pytest

from qms.models.actions import Action
from qms.models.actions_causes import Cause, Lesson, ReadAcross, Task
from qms.rules.accounts import SYSTEM
from qms.workflows import actions_documents, actions_lessons
from qms.workflows.trail import history
from tests.actions.bench import Bench


@pytest.fixture
def full(bench: Bench) -> Bench:
    """A case with causes of every standing on every bone, tasks of every state, answers and a lesson."""
    plant, proven = bench.plant, bench.verified()
    bench.verified("escape", text="终检未看边缘")
    for category in ("man", "material", "method", "environment", "measurement"):
        bench.cause(category=category, text="定位销磨损, 换型后未确认行程, 送料不到位 and nobody looked")
    bench.ask(bench.cause("systemic"), ("操作失误", None))
    bench.done(proven)
    bench.task(proven)
    bench.task(kind="training", owner_id=plant.quality_engineer.id)
    bench.do(actions_documents.answer, bench.case.id, "pfmea", 0, affected=True, rev_before="C", rev_after="D")
    bench.do(actions_documents.ask_across, bench.case.id, unit_id=plant.paint)
    bench.do(actions_lessons.write, bench.case.id, title="行程写入换型单", text="Set the stroke")
    return bench


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_the_analysis_opens_in_both_languages(full: Bench, sign_in, page, language: str):
    with full.db.reading() as session:
        causes, tasks = session.query(Cause).all(), session.query(Task).order_by(Task.id).all()
        lesson = session.query(Lesson).one().id
    at = full.case.id
    addresses = [f"/actions/{at}", f"/actions/{at}/causes/", f"/actions/{at}/prevention/", f"/actions/{at}/tasks/add",
                 "/actions/lessons/", f"/actions/lessons/{lesson}", f"/actions/{at}/lessons/write",
                 f"/actions/lessons/{lesson}/edit",
                 *(f"/actions/causes/{c.id}" for c in causes), f"/actions/tasks/{tasks[1].id}/edit",
                 f"/actions/tasks/{tasks[0].id}/send-back", f"/actions/tasks/{tasks[2].id}/report",
                 f"/actions/tasks/{tasks[1].id}/drop", "/"]
    for login in ("quality_engineer", "auditor"):
        browser = sign_in(login, language)
        for address in addresses:
            may = login == "quality_engineer" or not re.search(r"add$|write$|edit$|send-back$|drop$", address)
            if may:
                page(browser, address)


def test_r25_the_page_refuses_a_chain_that_blames_a_person_and_takes_one_that_goes_on(bench: Bench, sign_in, page):
    browser, cause = sign_in("quality_engineer"), bench.cause()
    at = f"/actions/causes/{cause.id}"

    def send(step: str, prefix: str, status: int = 200, **fields):
        typed = {"rev": bench.read(cause).rev, **fields}
        return page(browser, f"{at}/{step}", {f"{prefix}{name}": value for name, value in typed.items()}, status)

    send("whys", "why-new-", text="Part turned", evidence="Video 3")
    shown = send("whys", "why-new-", text="Operator error", evidence="Video 3")
    assert "The last why names only a person" in shown.text
    send("test", "test-", holds="yes", test="Turned: burr")
    refused = send("verify", "verify-", 409, verification="On and off")
    assert "R-25" in refused.text
    assert "On and off" in refused.text
    send("whys", "why-new-", text="Both sides fit", evidence="5 parts")
    assert "Mark as verified" in send("verify", "verify-", verification="On and off").text
    assert bench.read(cause).verified_at is not None


def test_r28_the_page_refuses_a_revision_that_did_not_change_and_keeps_what_was_typed(bench: Bench, sign_in, page):
    browser, at = sign_in("quality_engineer"), f"/actions/{bench.case.id}/documents/pfmea"
    given = {"pfmea-rev": "0", "pfmea-affected": "yes", "pfmea-reference": "PF-3", "pfmea-rev_before": "C"}
    refused = page(browser, at, given | {"pfmea-rev_after": "C"}, 409)
    assert "R-28" in refused.text
    assert [i.get("value") for i in refused.find(".//input[@name='pfmea-reference']")] == ["PF-3"]
    assert "Revised" in page(browser, at, given | {"pfmea-rev_after": "D"}).text


def test_causes_are_added_moved_and_edited_on_their_rows_without_a_script(bench: Bench, sign_in, page):
    browser, at = sign_in("quality_engineer"), f"/actions/{bench.case.id}/causes/"
    shown = page(browser, f"{at}occurrence", {"new-occurrence-category": "method", "new-occurrence-text": "No stroke"})
    focused = [i.get("id") for i in shown.find(".//input[@autofocus]")]
    assert focused == ["new-occurrence-text"]
    with bench.db.reading() as session:
        cause = session.query(Cause).one()
    row = f"cause-{cause.id}-"
    shown = page(browser, f"/actions/causes/{cause.id}/move/up", {f"{row}rev": cause.rev})
    assert [i.get("id") for i in shown.find(".//input[@autofocus]")] == [f"{row}text"]
    assert bench.read(cause).category == "material"
    stale = page(browser, f"/actions/causes/{cause.id}/edit",
                 {f"{row}rev": cause.rev, f"{row}category": "man", f"{row}text": "Mine"}, 409)
    assert "Both versions" in stale.text
    page(browser, f"/actions/causes/{cause.id}/take-out", {f"{row}rev": bench.read(cause).rev})
    assert not bench.read(cause).active


def test_the_diagram_says_each_causes_status_in_words(full: Bench, sign_in, page):
    shown = page(sign_in("auditor"), f"/actions/{full.case.id}/causes/")
    svg = shown.find(".//{http://www.w3.org/2000/svg}svg[@class='fish']")
    text = " ".join(" ".join(svg[0].itertext()).split())
    assert "Verified" in text
    assert "Not tested yet" in text
    assert len(svg) == 3


def test_a_task_is_given_chosen_and_reported_at_the_desk(bench: Bench, sign_in, page):
    cause, plant = bench.verified(), bench.plant
    engineer, sponsor, owner = (sign_in(who) for who in ("quality_engineer", "quality_manager", "operator"))
    page(engineer, f"/actions/{bench.case.id}/tasks/add", {
        "kind": "corrective", "cause_id": cause.id, "text": "Fixed stop", "owner_id": plant.operator.id,
        "due_at": "2027-01-31T16:00", "risk": "none", "trial_pieces": "50", "trial_result": "0 burrs"})
    with bench.db.reading() as session:
        task = session.query(Task).one()
    assert f"{task.due_at:%Y-%m-%d %H:%M}" == "2027-01-31 08:00"
    page(sponsor, f"/actions/tasks/{task.id}/choose", {"rev": task.rev})
    assert "Fixed stop" in page(owner, "/").text
    report = {"rev": bench.read(task).rev, "evidence": "Photo", "effective_from": "L-9"}
    assert "Say whether it changes the process" in page(owner, f"/actions/tasks/{task.id}/report", report, 422).text
    page(owner, f"/actions/tasks/{task.id}/report", report | {"changes_process": "no"})
    assert bench.read(task).state == "done"
    assert "My tasks" not in page(owner, "/").text


def test_a_similar_place_is_proposed_asked_for_and_answered_with_a_task(bench: Bench, sign_in, page):
    browser, at = sign_in("quality_engineer"), f"/actions/{bench.case.id}"
    page(browser, f"{at}/read-across", {"place-unit_id": bench.plant.paint, "place-item_id": "", "place-note": ""})
    with bench.db.reading() as session:
        asked = session.query(ReadAcross).one()
    sent = {"rev": asked.rev, "applies": "yes", "task": "Fit the stop", "owner_id": bench.plant.unit_head.id,
            "due_hours": "40"}
    shown = page(browser, f"/actions/read-across/{asked.id}/answer",
                 {f"across-{asked.id}-{name}": value for name, value in sent.items()})
    assert "It can" in shown.text
    with bench.db.reading() as session:
        assert session.query(Task).one().kind == "read_across"


@pytest.mark.parametrize(("language", "button"), [("en", "Write a lesson"), ("zh", "编写经验教训")])
@pytest.mark.parametrize("route", ["8d", "4d", "5why"])
def test_a_lesson_is_written_from_the_page_of_every_route(bench: Bench, sign_in, page, route: str, language: str,
                                                          button: str):
    with bench.db.transaction(SYSTEM, "tests.route") as session:
        session.get_one(Action, bench.case.id).route = route
    browser = sign_in("quality_engineer", language)
    shown = page(browser, f"/actions/{bench.case.id}")
    assert [a.get("href") for a in shown.find(".//a") if button in "".join(a.itertext())] == [
        f"/actions/{bench.case.id}/lessons/write"]
    page(browser, f"/actions/{bench.case.id}/lessons/write", {"title": "行程写入换型单", "text": "x"})
    assert "行程写入换型单" in page(browser, f"/actions/{bench.case.id}").text


def test_a_history_leaves_out_entries_in_which_only_a_counter_of_the_machine_changed(bench: Bench, sign_in, page):
    cause = bench.ask(bench.cause(), ("The feeder jams", "Log of 12 jams"))
    with bench.db.reading() as session:
        told = history(session, [("causes", cause.id)])
    assert [(one.created, bool(one.changes)) for one in told] == [(True, True), (False, False)]
    shown = page(sign_in("quality_engineer"), f"/actions/causes/{cause.id}")
    assert shown.find(".//ol[@class='history']/li")
    assert all(entry.findall(".//dl") for entry in shown.find(".//ol[@class='history']/li"))
