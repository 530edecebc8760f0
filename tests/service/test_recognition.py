"""Recognition, suggestions, training and notices through the workflows, the pages and the JSON."""

from datetime import date

import pytest
from sqlalchemy import select

from qms.models.rejections import Rejection
from qms.models.service_recognition import Recognition, Suggestion
from qms.models.service_training import ServiceNotice, Training
from qms.rules.errors import Doubled, IllegalStep, Invalid, NotAllowed, Refused, Stale
from qms.workflows import rejections
from qms.workflows import service_notices as notices
from qms.workflows import service_recognition as recognition
from qms.workflows import service_suggestions as suggestions
from qms.workflows import service_training as training
from qms.workflows.chain_paging import Wish
from tests.service.scene_complaints import Scene

HEADERS = {"X-Requested-By": "test"}
NOTICE = {"title_zh": "承诺更新", "title_en": "New commitments", "body_zh": "维修 2 小时内到场", "body_en": "In 2 h"}


def self_report(scene: Scene, kind: str = "not_made") -> Rejection:
    plant = scene.plant
    return scene.do(rejections.report, "inspector", kind=kind, found_unit_id=plant.weld, lot_id=plant.lot, quantity=5,
                    defect_id=plant.burr)


def proposed(scene: Scene, who: str = "weld_head", **given) -> Recognition:
    return scene.do(recognition.propose, who, **({
        "unit_id": scene.plant.weld, "kind": "self_report", "record": self_report(scene).number,
        "reason": "Said so before handing over"} | given))


def last(scene: Scene, cls: type) -> int:
    with scene.db.reading() as session:
        return session.scalars(select(cls.id).order_by(cls.id.desc()).limit(1)).one()


def test_r35_recognition_is_approved_by_somebody_else(complaints: Scene):
    made = proposed(complaints, "quality_manager")
    with pytest.raises(Refused) as refused:
        complaints.do(recognition.approve, "quality_manager", made.id, made.rev)
    assert refused.value.rule == "R-35"
    with pytest.raises(NotAllowed):
        complaints.do(recognition.approve, "weld_worker", made.id, made.rev)
    assert complaints.do(recognition.approve, "production_manager", made.id, made.rev).state == "approved"
    with pytest.raises(IllegalStep):
        complaints.do(recognition.decline, "production_manager", made.id, made.rev + 1)


def test_r35_a_person_is_named_only_after_agreeing(complaints: Scene):
    worker = complaints.people["weld_worker"]
    made = proposed(complaints, honoured_id=worker.id, points=10)
    with pytest.raises(Refused, match="only after agreeing"):
        complaints.do(recognition.approve, "production_manager", made.id, made.rev)
    with pytest.raises(Refused, match="Only the person"):
        complaints.do(recognition.consent, "weld_head", made.id, made.rev)
    held = complaints.do(recognition.consent, "weld_worker", made.id, made.rev)
    with pytest.raises(Stale):
        complaints.do(recognition.approve, "production_manager", made.id, made.rev)
    complaints.do(recognition.approve, "production_manager", made.id, held.rev)
    with complaints.db.reading() as session:
        assert recognition.named(session.get_one(Recognition, made.id)).id == worker.id
    with pytest.raises(Refused):
        proposed(complaints, "weld_worker", honoured_id=worker.id)


def test_only_what_was_solved_or_self_reported_is_recognised(complaints: Scene):
    for wrong in ({"record": "CA-SH-2026-000099", "kind": "solved_cause"}, {"record": "nothing"},
                  {"record": self_report(complaints, "not_accepted").number}, {"points": 101}, {"reason": " "}):
        with pytest.raises(Invalid):
            proposed(complaints, **wrong)
    found = complaints.reading(recognition.register, complaints.people["auditor"], recognition.Filter(), Wish())
    assert found.total == 0


def test_r35_a_suggestion_is_judged_by_somebody_else_and_told_back(complaints: Scene):
    made = complaints.do(suggestions.suggest, "weld_worker", unit_id=complaints.plant.press, idea="Turn the crates")
    assert (made.number, made.state) == ("SG-SH-2026-000001", "filed")
    tried = complaints.do(suggestions.evaluate, "press_head", made.id, 1, decision="try_out", evaluation="Two weeks")
    assert tried.state == "trial"
    with pytest.raises(IllegalStep):
        complaints.do(suggestions.put_in_place, "press_head", made.id, 2, outcome="x")
    complaints.do(suggestions.evaluate, "press_head", made.id, 2, decision="adopt", evaluation="It works")
    done = complaints.do(suggestions.put_in_place, "press_head", made.id, 3, outcome="No scratches since")
    [mine] = complaints.reading(suggestions.own, complaints.people["weld_worker"])
    assert (mine.id, mine.state, mine.outcome) == (done.id, "done", "No scratches since")
    own = complaints.do(suggestions.suggest, "press_head", unit_id=complaints.plant.press, idea="Mine")
    with pytest.raises(Refused) as refused:
        complaints.do(suggestions.evaluate, "press_head", own.id, 1, decision="adopt", evaluation="x")
    assert refused.value.rule == "R-35"
    with pytest.raises(Invalid):
        complaints.do(suggestions.evaluate, "quality_engineer", own.id, 1, decision="not_adopt", evaluation=" ")


def test_r38_attendance_is_counted_per_unit_with_n_and_interval(complaints: Scene):
    plant = complaints.plant
    made = complaints.do(training.hold, "quality_engineer", site_id=plant.site, topic="Three no's",
                         held_on=date(2026, 3, 2), trainer="Zhou")
    complaints.do(training.attend, "quality_engineer", made.id, unit_id=plant.weld, expected=10, attended=8)
    with pytest.raises(Doubled):
        complaints.do(training.attend, "quality_engineer", made.id, unit_id=plant.weld, expected=10, attended=8)
    with pytest.raises(Invalid):
        complaints.do(training.attend, "quality_engineer", made.id, unit_id=plant.press, expected=3, attended=4)
    with pytest.raises(NotAllowed):
        complaints.do(training.attend, "weld_worker", made.id, unit_id=plant.press, expected=3, attended=3)
    [rate] = complaints.reading(training.rates, complaints.people["auditor"], training.Filter())
    assert (rate.attended, rate.expected, round(rate.low, 3), round(rate.high, 3)) == (8, 10, 0.49, 0.943)


def test_a_notice_is_read_by_opening_it_and_only_counted(complaints: Scene):
    plant = complaints.plant
    with pytest.raises(Invalid):
        complaints.do(notices.post, "quality_engineer", site_id=plant.site, **(NOTICE | {"body_en": " "}))
    with pytest.raises(NotAllowed):
        complaints.do(notices.post, "weld_worker", site_id=plant.site, **NOTICE)
    made = complaints.do(notices.post, "quality_engineer", site_id=plant.site, unit_id=plant.weld, **NOTICE)
    for _ in range(2):
        complaints.do(notices.open_notice, "weld_worker", made.id)
    with complaints.db.reading() as session:
        assert notices.counts(session, [made])[made.id].reached == 0
        assert notices.has_read(session, complaints.people["weld_worker"], made.id)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_opens_and_is_filled_at_the_desk(complaints: Scene, sign_in, page, language: str):
    plant, report = complaints.plant, self_report(complaints)
    engineer, worker = sign_in("quality_engineer", language), sign_in("operator", language)
    manager = sign_in("production_manager", language)
    for address in ("recognition", "suggestions", "training", "notices"):
        page(engineer, f"/service/{address}/")
    page(engineer, "/service/recognition/propose")
    page(engineer, "/service/recognition/propose", {
        "unit_id": plant.weld, "kind": "self_report", "record": report.number, "reason": "Said so <b>first</b>",
        "honoured_id": plant.operator.id, "points": "5"})
    own = f"/service/recognition/{last(complaints, Recognition)}"
    page(worker, f"{own}/consent", {"rev": 1})
    page(manager, f"{own}/approve", {"rev": 2})
    assert "Operator" in page(engineer, "/service/recognition/?state=approved").text
    page(worker, "/service/suggestions/suggest")
    page(worker, "/service/suggestions/suggest", {"unit_id": plant.press, "idea": "Turn the crates"})
    own = f"/service/suggestions/{last(complaints, Suggestion)}"
    page(manager, f"{own}/evaluate")
    page(manager, f"{own}/evaluate", {"rev": 1, "decision": "adopt", "evaluation": "Good"})
    page(manager, f"{own}/put-in-place", {"rev": 1, "outcome": "x"}, status=409)
    page(manager, f"{own}/put-in-place", {"rev": 2, "outcome": "No scratches"})
    assert "No scratches" in page(worker, own).text
    page(engineer, "/service/training/hold")
    page(engineer, "/service/training/hold", {"site_id": plant.site, "topic": "Three no's", "held_on": "2026-03-02",
                                              "trainer": "Zhou"})
    own = f"/service/training/{last(complaints, Training)}"
    page(engineer, f"{own}/attend")
    page(engineer, f"{own}/attend", {"unit_id": plant.weld, "expected": "10", "attended": "11"}, status=422)
    page(engineer, f"{own}/attend", {"unit_id": plant.weld, "expected": "10", "attended": "8"})
    assert "80.0" in page(engineer, f"/service/training/?unit={plant.weld}").text
    page(engineer, "/service/notices/post")
    page(engineer, "/service/notices/post", {"site_id": plant.site, "unit_id": ""} | NOTICE)
    own = f"/service/notices/{last(complaints, ServiceNotice)}"
    assert NOTICE[f"body_{language}"] in page(worker, own).text
    page(worker, "/service/notices/post", status=403)
    page(worker, "/service/notices/")


def test_r35_recognition_and_the_rest_go_by_json(complaints: Scene, sign_in):
    plant, report = complaints.plant, self_report(complaints)
    engineer, worker, manager = sign_in("quality_engineer"), sign_in("operator"), sign_in("production_manager")

    def send(browser, path: str, body: dict):
        return browser.post(f"/api/v1/service{path}", json=body, headers=HEADERS)

    sent = send(engineer, "/recognitions", {"unit_id": plant.weld, "kind": "self_report", "record": report.number,
                                            "reason": "x", "honoured_id": plant.operator.id})
    own = f"/recognitions/{sent.get_json()['id']}"
    assert send(manager, f"{own}/approve", {"rev": 1}).get_json()["rule"] == "R-35"
    [shown] = manager.get("/api/v1/service/recognitions").get_json()["recognitions"]
    assert shown["honoured_id"] is None
    assert send(worker, f"{own}/consent", {"rev": 1}).status_code == 200
    assert send(engineer, f"{own}/approve", {"rev": 2}).get_json()["rule"] == "R-35"
    assert send(manager, f"{own}/approve", {"rev": 2}).get_json()["state"] == "approved"
    other = send(engineer, "/recognitions", {"unit_id": plant.weld, "kind": "self_report", "record": report.number,
                                             "reason": "x"}).get_json()
    assert send(manager, f"/recognitions/{other['id']}/decline", {"rev": 1}).get_json()["state"] == "declined"
    idea = send(worker, "/suggestions", {"unit_id": plant.press, "idea": "x"}).get_json()["id"]
    judged = {"rev": 1, "decision": "adopt", "evaluation": "x"}
    assert send(worker, f"/suggestions/{idea}/evaluate", judged).status_code == 403
    assert send(manager, f"/suggestions/{idea}/evaluate", judged).get_json()["state"] == "adopted"
    assert send(manager, f"/suggestions/{idea}/put-in-place", {"rev": 2, "outcome": "x"}).get_json()["state"] == "done"
    held = send(engineer, "/training", {"site_id": plant.site, "topic": "x", "held_on": "2026-03-02", "trainer": "x"})
    come = {"unit_id": plant.weld, "expected": 3, "attended": 2}
    assert send(engineer, f"/training/{held.get_json()['id']}/attendance", come).status_code == 201
    assert send(worker, f"/training/{held.get_json()['id']}/attendance", come).status_code == 403
    notice = send(engineer, "/notices", {"site_id": plant.site} | NOTICE).get_json()["id"]
    assert send(worker, f"/notices/{notice}/read", {}).status_code == 200
    for path, key in (("suggestions", "suggestions"), ("training", "rates"), ("notices", "notices")):
        assert worker.get(f"/api/v1/service/{path}").get_json()[key]
