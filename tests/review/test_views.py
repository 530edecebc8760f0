"""The pages of management reviews: register, opening, preparing, meeting, deciding, signing."""

import io
import re
from datetime import date, timedelta

import pytest
from sqlalchemy import event, func, select

from qms.jobs import kinds
from qms.jobs.worker import run_one
from qms.models.chain import Site
from qms.models.jobs import Job
from qms.models.review import Review, ReviewAttendee, ReviewDecision
from qms.models.trail import Signature
from qms.rules.accounts import SYSTEM
from qms.rules.clock import utc_now
from qms.rules.review_inputs import INPUTS
from qms.rules.review_snapshots import Snapshot
from qms.settings import Settings
from qms.workflows import accounts, review, review_assembly, review_decisions, review_filling
from qms.workflows.trail import history
from tests.review.scene import HALF, Scene
from tests.review.snapshots import WHOLE
from tests.signing import signed


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """The plant as it is now, for pages have the server's clock."""
    scene.at = utc_now()
    scene.plant.people["representative"] = scene.head
    return scene


@pytest.fixture
def held(scene: Scene) -> Review:
    """A frozen review of which one input holds all that an input may hold."""
    made = scene.opened()
    found = scene.counted(made) | {"process_performance": WHOLE}
    return scene.do(review_assembly.keep, made.id, found, freeze=True, rev=made.rev)


def newest(scene: Scene, cls=Review) -> int:
    with scene.db.reading() as session:
        return session.scalar(select(func.max(cls.id)))


def rev(scene: Scene, record) -> dict:
    with scene.db.reading() as session:
        return {"rev": session.get_one(type(record), record.id).rev}


def worked(scene: Scene, tmp_path) -> None:
    settings = Settings(instance=tmp_path)
    while run_one(scene.db, settings, kinds(), "test"):
        pass


@pytest.mark.parametrize("language", ["zh", "en"])
def test_an_empty_register_says_what_it_is_for(scene: Scene, sign_in, page, language: str):
    said = {"zh": "还没有管理评审", "en": "No management review yet"}[language]
    assert said in page(sign_in("quality_manager", language), "/review/").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_opens_in_both_languages(scene: Scene, held: Review, sign_in, page, language: str):
    browser, own = sign_in("representative", language), f"/review/{held.id}"
    for address in ("/review/", "/review/?state=frozen", "/review/?state=void", "/review/open", own, f"{own}/edit",
                    f"{own}/attendees", f"{own}/inputs", f"{own}/paper", f"{own}/thaw", f"{own}/void", f"{own}/settle",
                    f"{own}/sign", f"{own}/decide", *(
                        f"{own}/inputs/{code.replace('_', '-')}{part}" for code in INPUTS for part in ("", "/fill"))):
        page(browser, address)


def test_a_review_is_opened_for_the_last_half_year(scene: Scene, sign_in, page):
    browser = sign_in("quality_manager")
    form = page(browser, "/review/open").find(".//form[@class='form-page']")[0]
    given = {f.get("name"): f.get("value") for f in form.iter("input") if f.get("name") != "csrf"}
    assert given["title"].startswith("Management review, ")
    assert date.fromisoformat(given["before_last_on"]) + timedelta(1) == date.fromisoformat(given["first_on"])
    page(browser, "/review/open", given | {"site_id": scene.plant.site, "title": "  "}, status=422)
    shown = page(browser, "/review/open", given | {"site_id": scene.plant.site})
    assert given["title"] in shown.text
    assert "inputs are still missing" in shown.text
    assert shown.find(f".//a[@href='/review/{newest(scene)}/inputs/audits/fill']")


def test_the_register_finds_by_title_and_state_and_shows_no_other_site(scene: Scene, held: Review, sign_in, page):
    browser = sign_in("quality_manager")
    assert held.number in page(browser, "/review/?q=first half").text
    assert held.number not in page(browser, "/review/?q=second").text
    assert held.number not in page(browser, "/review/?state=draft").text
    with scene.db.transaction(SYSTEM, "tests.other") as session:
        other = Site(code="SZ", name_zh="苏州", name_en="Suzhou", time_zone="Asia/Shanghai", profile="iatf", demo=False)
        session.add(other)
        session.flush()
        who = accounts.add_person(session, SYSTEM, login="elsewhere", name="Elsewhere", language="en", password=None)
        accounts.grant(session, SYSTEM, who.id, role="quality_manager", starts_on=date(2020, 1, 1), site_id=other.id)
        scene.plant.people["elsewhere"] = accounts.actor_for(session, "elsewhere", method="test")
    stranger = sign_in("elsewhere")
    assert held.number not in page(stranger, "/review/").text
    own = f"/review/{held.id}"
    for address in (own, f"{own}/inputs/audits", f"{own}/inputs/audits/charts", f"{own}/paper", f"{own}/edit",
                    f"{own}/inputs/audits/fill", f"{own}/attendees", f"{own}/comparison"):
        page(stranger, address, status=404)
    page(stranger, f"{own}/void", {"reason": "Not mine"} | rev(scene, held), status=404)
    both = scene.opened(more_sites=[other.id])
    assert both.number not in page(stranger, "/review/").text
    page(stranger, f"/review/{both.id}", status=404)


def test_who_only_sees_gets_no_steps(scene: Scene, held: Review, sign_in, page):
    auditor, own = sign_in("auditor"), f"/review/{held.id}"
    shown = page(auditor, own)
    assert "Go through the inputs" in shown.text
    assert not [a for a in shown.links().values() if a.endswith(("/edit", "/thaw", "/void"))]
    for address in (f"{own}/edit", f"{own}/thaw", f"{own}/inputs/audits/fill", f"{own}/sign", "/review/open"):
        page(auditor, address, status=403)
    assert auditor.post(f"{own}/meet", data={"csrf": "test-csrf", "rev": 1}).status_code == 403
    page(sign_in("operator"), own, status=403)


def test_figures_are_assembled_frozen_and_compared_by_jobs(scene: Scene, sign_in, page, tmp_path):
    made = scene.opened()
    browser, own = sign_in("quality_manager"), f"/review/{made.id}"
    waiting = page(browser, f"{own}/count/assemble", rev(scene, made))
    assert "Waiting for a worker" in waiting.text
    assert page(browser, f"{own}/count/assemble", rev(scene, made)).text == waiting.text
    assert "Figures are being counted" in page(browser, own).text
    assert "Management review" in page(browser, "/").text
    worked(scene, tmp_path)
    job = newest(scene, Job)
    assert "Counted." in page(browser, f"{own}/jobs/{job}").text
    page(browser, f"{own}/comparison", status=404)
    page(browser, f"{own}/count/freeze", rev(scene, made))
    worked(scene, tmp_path)
    assert scene.fresh(made).state == "frozen"
    assert "is not possible" in page(browser, f"{own}/count/assemble", rev(scene, made)).text
    page(browser, f"{own}/count/compare", rev(scene, made))
    worked(scene, tmp_path)
    assert "nothing has moved" in page(browser, own).text
    page(browser, f"{own}/count/nothing", rev(scene, made), status=404)


def test_a_job_is_stopped(scene: Scene, sign_in, page, tmp_path):
    made = scene.opened()
    browser, own = sign_in("quality_manager"), f"/review/{made.id}"
    page(browser, f"{own}/count/assemble", rev(scene, made))
    assert "Stopped" in page(browser, f"{own}/jobs/{newest(scene, Job)}/cancel", {}).text
    worked(scene, tmp_path)
    assert scene.fresh(made).assembled_at is None
    other = scene.opened()
    page(browser, f"/review/{other.id}/jobs/{newest(scene, Job)}", status=404)


def test_what_moved_stands_beside_what_was_frozen(scene: Scene, held: Review, sign_in, page):
    live = scene.counted(held) | {"process_performance": Snapshot()}
    scene.do(review_assembly.compare, held.id, live)
    browser = sign_in("auditor")
    assert "4 figures have moved since" in page(browser, f"/review/{held.id}").text
    shown = page(browser, f"/review/{held.id}/comparison").text
    assert "Accepted first time" in shown
    assert "84.0%" in shown
    assert "4 figures moved since" in page(browser, f"/review/{held.id}/inputs/process-performance").text


def test_an_input_shows_each_figure_with_n_interval_comparison_and_how_it_was_counted(scene, held, sign_in, page):
    shown = page(sign_in("auditor"), f"/review/{held.id}/inputs/process-performance")
    for said in ("84.0%", "n = 50", "71.5% to 91.7%", "80.0%", "n = 60", "1,250", "12,345.60", "no figure",
                 "How it was counted", "first presentation", "More lots than before", "Reports fell", "=1+1",
                 "2026-03-01 08:00", "There is nothing to list"):
        assert said in shown.text, said
    assert shown.find(".//a[@href='/acceptance/handovers?first=2026-01-01&last=2026-06-30']")
    assert len([e for e in shown.tree.iter("div") if e.get("data-chart")]) == 6
    assert shown.find(".//a[@rel='next']")[0].get("href").endswith("/inputs/product-conformity")
    assert shown.find(".//a[@rel='prev']")[0].get("href").endswith("/inputs/objectives")


def test_charts_are_given_as_numbers_and_names(scene, held, sign_in):
    charts = sign_in("auditor", "zh").get(f"/review/{held.id}/inputs/process-performance/charts").json
    assert {chart["drawn_as"] for chart in charts.values()} == {"line", "limits", "stacked", "pareto", "bar", "flow"}
    assert charts["defects-0"] == {
        "drawn_as": "pareto", "labels": ["毛刺", "划伤"], "series": [
            {"name": "件数", "kind": "count", "values": [60, 40]},
            {"name": "累计", "kind": "percent", "values": [0.6, 1.0]}]}
    assert charts["defects-1"]["series"][0]["values"] == [120.5, None]


def test_opening_a_frozen_review_reads_only_the_input_that_is_shown(scene, held, sign_in, page):
    browser, asked = sign_in("auditor"), []
    event.listen(scene.db.connection.engine, "before_cursor_execute", note := lambda *given: asked.append(given[2]))
    page(browser, f"/review/{held.id}/inputs/audits")
    event.remove(scene.db.connection.engine, "before_cursor_execute", note)
    with_figures = [sql for sql in asked if "review_inputs.snapshot" in sql]
    assert len(with_figures) == 1
    assert "review_inputs.code = " in with_figures[0]
    assert not [sql for sql in asked if "handovers" in sql]


def test_an_input_is_typed_and_taken_back(scene, sign_in, page):
    made = scene.opened()
    browser, own = sign_in("quality_manager"), f"/review/{made.id}/inputs/audits"
    held = scene.input(made, "audits")
    shown = page(browser, f"{own}/fill", {"typing-rev": held.rev, "typing-body": "Two minor findings"})
    assert "Two minor findings" in shown.text
    stale = page(browser, f"{own}/fill", {"typing-rev": held.rev, "typing-body": "Mine"}, status=409)
    assert "Two minor findings" in stale.text
    assert scene.input(made, "audits").body == "Two minor findings"
    refused = page(browser, f"{own}/not-applicable", {"leaving-rev": held.rev + 1, "leaving-reason": "None"},
                   status=422)
    assert "it does apply" in refused.text
    page(browser, f"{own}/fill", {"typing-rev": held.rev + 1, "typing-body": ""})
    page(browser, f"{own}/not-applicable", {"leaving-rev": held.rev + 2, "leaving-reason": ""}, status=422)
    shown = page(browser, f"{own}/not-applicable", {"leaving-rev": held.rev + 2, "leaving-reason": "None held"})
    assert "None held" in shown.text


def test_a_table_from_a_file_is_put_to_an_input_and_taken_off(scene, sign_in, page):
    made = scene.opened()
    browser, own = sign_in("quality_manager"), f"/review/{made.id}/inputs/maintenance"
    held = scene.input(made, "maintenance")

    def sent(text: str, version: int):
        return {"tabling-rev": version, "tabling-file": (io.BytesIO(text.encode()), "mtbf.csv")}

    wrong = page(browser, f"{own}/table", sent("Machine,MTBF\nPress,=1+1\nWeld,2,3\n", held.rev), status=422)
    assert "Nothing was changed" in wrong.text
    assert [td.text for td in wrong.find(".//td")][-3:] == ["3", "–", "The line has 3 cells, the headings are 2."]
    page(browser, f"{own}/table", {"tabling-rev": held.rev}, status=422)
    shown = page(browser, f"{own}/table", sent("Machine,MTBF\nPress,120.5\nWeld,\n", held.rev))
    assert "120.5" in shown.text
    assert "mtbf.csv" in shown.text
    kept = scene.input(made, "maintenance")
    assert kept.imported_sha256 in shown.text
    assert kept.state == "filled"
    page(browser, f"{own}/table/off", {"rev": kept.rev})
    assert scene.input(made, "maintenance").state == "missing"


def test_people_are_named_marked_and_taken_off(scene, held, sign_in, page):
    browser, own = sign_in("quality_manager"), f"/review/{held.id}"
    assert "top management" in page(browser, f"{own}/meet", rev(scene, held)).text
    page(browser, f"{own}/attendees", {"role": "chair", "name": " "}, status=422)
    page(browser, f"{own}/attendees", {"role": "chair", "person_id": scene.plant.production_manager.id})
    page(browser, f"{own}/attendees", {"role": "other", "name": "Mr Li"})
    assert "already" in page(browser, f"{own}/attendees", {"role": "other", "name": "Mr Li"}, status=422).text
    guest = newest(scene, ReviewAttendee)
    assert "not there" in page(browser, f"{own}/attendees/{guest}", {"as": "away", "rev": 1}).text
    assert "changed this record" in page(browser, f"{own}/attendees/{guest}", {"as": "off", "rev": 1}).text
    assert "Mr Li" not in page(browser, f"{own}/attendees/{guest}", {"as": "off", "rev": 2}).text
    page(browser, f"{own}/attendees/{guest}", {"as": "nothing", "rev": 2}, status=404)


def test_a_note_is_saved_in_the_meeting_and_a_slower_one_overwrites_nothing(scene, sign_in, page):
    made = scene.meeting()
    browser, own = sign_in("quality_manager"), f"/review/{made.id}/inputs/stops"
    version = scene.input(made, "stops").rev
    assert "Look at press" in page(browser, f"{own}/note", {"note-rev": version, "note-note": "Look at press"}).text
    slower = page(browser, f"{own}/note", {"note-rev": version, "note-note": "Mine"}, status=409)
    assert "Look at press" in slower.text
    assert "Mine" in slower.text
    assert scene.input(made, "stops").note == "Look at press"


def decision(scene: Scene, **given) -> dict:
    return {"output": "improvement", "missed": "", "input_code": "stops", "body": "Poka-yoke at press",
            "owner_id": scene.plant.quality_engineer.id, "due_on": "2026-09-30", "resource": ""} | given


def test_a_decision_is_taken_on_an_input_and_changed(scene, sign_in, page):
    made = scene.meeting()
    browser, own = sign_in("quality_manager"), f"/review/{made.id}"
    shown = page(browser, f"{own}/inputs/stops")
    assert "Decide something" in shown.text
    owners = {option.text for option in shown.find(".//select[@name='owner_id']/option")}
    assert {"Quality Engineer", "Auditor"} <= owners
    assert not {"Operator", "Inspector"} & owners
    page(browser, f"{own}/decide?input=stops", decision(scene, owner_id=""), status=422)
    shown = page(browser, f"{own}/decide?input=stops", decision(scene))
    assert shown.response.request.path == f"{own}/inputs/stops"
    assert "Poka-yoke at press" in shown.text
    one = newest(scene, ReviewDecision)
    page(browser, f"/review/decisions/{one}/change", decision(scene, body="Sensor at press", rev=1))
    page(browser, f"/review/decisions/{one}/change", decision(scene, body="Mine", rev=1), status=409)
    assert "Sensor at press" in page(browser, own).text
    page(browser, f"/review/decisions/{one}/drop", {"rev": 2, "reason": ""}, status=422)
    assert "Dropped" in page(browser, f"/review/decisions/{one}/drop", {"rev": 2, "reason": "Too dear"}).text


def test_r41_the_missed_targets_without_a_plan_are_listed_with_the_way_to_plan(scene, sign_in, page):
    scene.read_off("red")
    made = scene.meeting()
    browser, own = sign_in("quality_manager"), f"/review/{made.id}"
    for address in (own, f"{own}/inputs/scorecards"):
        way = page(browser, address).links()["Star Motors: PPM"]
        assert "missed=" in way
    refused = page(browser, f"{own}/settle", rev(scene, made) | {"conclusion": "Effective"}, status=409)
    assert "R-41" in refused.text
    key = f"{scene.plant.customer}:ppm"
    assert page(browser, way).find(f".//option[@value='{key}']")[0].get("selected") is not None
    page(browser, way, decision(scene, output="improvement", missed=key, input_code="scorecards"), status=422)
    page(browser, way, decision(scene, output="target", missed=key, input_code="scorecards"))
    assert "Star Motors: PPM" not in page(browser, own).links()
    assert "Actions set" in page(browser, f"{own}/settle", rev(scene, made) | {"conclusion": "Effective"}).text


def settled(scene: Scene) -> Review:
    made = scene.meeting()
    scene.answered(made)
    scene.do(review_decisions.decide, made.id, output="improvement", body="Poka-yoke at press",
             owner_id=scene.plant.quality_engineer.id, due_on=date(2026, 9, 30))
    return scene.do(review.settle, made.id, scene.fresh(made).rev, conclusion="Effective")


def test_r45_a_review_is_signed_with_the_password_and_a_wrong_one_is_answered_beside_the_field(scene, sign_in, page):
    made = settled(scene)
    browser, own = sign_in("representative"), f"/review/{made.id}"
    wrong = page(browser, f"{own}/sign", rev(scene, made) | signed("review") | {"password": "not this one"}, status=422)
    assert "password is not right" in wrong.find(".//div[@id='password-error']")[0].find("span").text
    assert newest(scene, Signature) is None
    shown = page(browser, f"{own}/sign", rev(scene, made) | signed("review"))
    assert "Wang Representative" in shown.text
    assert "what was signed is unchanged" in shown.text
    with scene.db.reading() as session:
        assert session.scalar(select(Signature.content_hash)) in shown.text
    page(sign_in("quality_manager"), f"{own}/sign", status=403)


def test_r40_signing_with_an_unanswered_input_is_refused_by_name(scene, sign_in, page):
    made = scene.do(review.settle, (m := scene.meeting()).id, scene.fresh(m).rev, conclusion="Effective")
    browser = sign_in("representative")
    refused = page(browser, f"/review/{made.id}/sign", rev(scene, made) | signed("review"), status=409)
    assert "R-40" in refused.text
    assert "9.3.2" in refused.text


def test_an_owner_reports_a_decision_and_a_stranger_finds_no_way(scene, sign_in, page):
    made = settled(scene)
    one = newest(scene, ReviewDecision)
    assert f"/review/decisions/{one}/report" not in sign_in("auditor").get(f"/review/{made.id}").text
    page(sign_in("auditor"), f"/review/decisions/{one}/report", {"rev": 1, "result": "Mine"}, status=403)
    owner = sign_in("quality_engineer")
    assert f"/review/decisions/{one}/report" in owner.get(f"/review/{made.id}").text
    page(owner, f"/review/decisions/{one}/report", {"rev": 1, "result": "No burr for 30 shifts"})
    assert "No burr for 30 shifts" in page(owner, f"/review/{made.id}").text
    manager = sign_in("quality_manager")
    assert "Open" in page(manager, f"/review/decisions/{one}/reopen", {"rev": 2, "reason": "It came back"}).text


def test_a_frozen_review_goes_back_to_draft_and_a_void_one_keeps_its_number(scene, held, sign_in, page):
    browser, own = sign_in("quality_manager"), f"/review/{held.id}"
    page(browser, f"{own}/edit", {**{key: str(value) for key, value in HALF.items()}, "last_on": "2026-05-31",
                                  **rev(scene, held)}, status=422)
    page(browser, f"{own}/thaw", rev(scene, held) | {"reason": " "}, status=422)
    assert "June was missing" in page(browser, f"{own}/thaw", rev(scene, held) | {"reason": "June was missing"}).text
    shown = page(browser, f"{own}/void", rev(scene, held) | {"reason": "Opened twice"})
    assert held.number in shown.text
    assert "Opened twice" in shown.text


def test_the_trail_names_data_and_does_not_spell_it_out(scene, held):
    one = scene.input(held, "process_performance")
    with scene.db.reading() as session:
        told = history(session, [("review_inputs", one.id)])[-1]
    changes = {label.en: new for label, _old, new in told.changes}
    assert re.fullmatch(r"data of [\d,]+ characters", changes["Counted figures"].en)
    assert changes["Hash of the figures"] == one.snapshot_sha256


def test_the_paper_holds_every_input_with_its_note(scene, held, sign_in, page):
    scene.do(review.attend, held.id, role="chair", name="Mr Li")
    scene.do(review.meet, held.id, scene.fresh(held).rev)
    one = scene.input(held, "stops")
    scene.do(review_filling.note, one.id, one.rev, note="Look at press")
    shown = page(sign_in("auditor"), f"/review/{held.id}/paper").text
    for said in ("Look at press", "84.0%", "71.5% to 91.7%", "Mr Li", "Audit results", "By defect"):
        assert said in shown




def test_today_shows_what_an_owner_owes_and_what_waits_for_the_signature(scene, sign_in, page):
    made = settled(scene)
    representative, engineer = page(sign_in("representative"), "/"), page(sign_in("quality_engineer"), "/")
    assert representative.find(f".//a[@href='/review/{made.id}']")
    assert "My decisions of management reviews" not in representative.text
    assert engineer.find(f".//a[@href='/review/{made.id}#decision-{newest(scene, ReviewDecision)}']")
    assert "Management reviews to sign" not in engineer.text


def test_today_is_silent_about_what_is_due_later_or_not_settled(scene, sign_in, page):
    later, draft = settled(scene), scene.meeting()
    scene.do(review.resume, later.id, scene.fresh(later).rev)
    for held, due in ((later, scene.at.date() + timedelta(60)), (draft, scene.at.date())):
        scene.do(review_decisions.decide, held.id, output="improvement", body=f"Due {due}", due_on=due,
                 owner_id=scene.plant.auditor.id)
    scene.do(review.settle, later.id, scene.fresh(later).rev, conclusion="Effective")
    assert "My decisions of management reviews" not in page(sign_in("auditor"), "/").text
