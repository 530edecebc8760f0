"""Surveys by JSON."""

from sqlalchemy import select

from qms.models.accounts import Person
from qms.models.accounts_mail import Mail
from qms.models.satisfaction import QuestionSet
from qms.models.satisfaction_answers import SurveySheet
from qms.rules.clock import utc_now
from tests.satisfaction.scene import Scene

HEADERS = {"X-Requested-By": "test"}
BASE = "/api/v1/satisfaction"


def test_r37_a_survey_goes_from_draft_to_results_by_json(scene: Scene, sign_in, client):
    scene.at = utc_now()
    browser, plant = sign_in("quality_manager"), scene.plant

    def post(address: str, status: int, **body) -> dict:
        answer = browser.post(f"{BASE}{address}", json=body, headers=HEADERS)
        assert answer.status_code == status, answer.text
        return answer.json

    given = {"site_id": plant.site, "kind": "internal", "name_zh": "一", "name_en": "One",
             "opens_on": str(scene.today), "closes_on": str(scene.today),
             "targets": [{"id": plant.press_weld, "places": 6}]}
    assert post("", 409, **given, threshold=2)["rule"] == "R-37"
    made = post("", 201, **given)
    own = f"/{made['id']}"
    changed = {k: v for k, v in given.items() if k not in {"site_id", "kind"}}
    stale = browser.put(f"{BASE}{own}", json=changed | {"rev": 9}, headers=HEADERS)
    assert stale.status_code in {409, 412}
    made = browser.put(f"{BASE}{own}", json=changed | {"rev": made["rev"], "name_en": "First"}, headers=HEADERS).json
    made = post(f"{own}/open", 200, rev=made["rev"])
    assert "/surveys/kiosk/" in post(f"{own}/kiosks", 201, unit_id=plant.weld, places=1)["address"]
    links = browser.post(f"{BASE}{own}/invitations", json={}, headers=HEADERS).json["links"]
    tokens = [one["address"].rsplit("/", 1)[1] for one in links]
    assert len(tokens) == 6
    wrong = client.post(f"{BASE}/answers/{tokens[0]}", json={"answers": {"QUALITY": 7}}, headers=HEADERS)
    assert wrong.status_code == 422
    for token in tokens:
        taken = client.post(f"{BASE}/answers/{token}", json={"answers": {"QUALITY": 4, "OVERALL": "dk"}},
                            headers=HEADERS)
        assert taken.status_code == 204
    again = client.post(f"{BASE}/answers/{tokens[0]}", json={"answers": {"QUALITY": 4}}, headers=HEADERS)
    assert again.status_code == 404
    assert scene.count(SurveySheet) == 6
    assert browser.get(f"{BASE}{own}").json["targets"][0]["responded"] == 6
    refused = browser.get(f"{BASE}{own}/results")
    assert (refused.status_code, refused.json["rule"]) == (409, "R-37")
    made = post(f"{own}/close", 200, rev=made["rev"])
    made = post(f"{own}/publish", 200, rev=made["rev"])
    groups = browser.get(f"{BASE}{own}/results").json["groups"]
    assert groups[0]["figures"]["QUALITY"] == {"counts": {"4": 6}, "dk": 0}
    assert groups[0]["figures"]["OVERALL"] is None
    assert post(f"{own}/decide", 200, rev=made["rev"], decision="Tags")["state"] == "actions"
    listed = browser.get(f"{BASE}?state=actions").json["surveys"]
    assert [(s["answered"], s["invited"]) for s in listed] == [(6, 7)]


def test_question_sets_by_json(scene: Scene, sign_in):
    browser = sign_in("quality_manager")
    made = browser.post(f"{BASE}/question-sets", json={"site_id": scene.plant.site, "kind": "customers"},
                        headers=HEADERS)
    assert made.status_code == 201
    with scene.db.reading() as session:
        set_id = session.scalar(select(QuestionSet.id))
    given = {"name_zh": "问卷", "name_en": "Set", "reason": "Clearer", "questions": [
        {"code": "QUALITY", "kind": "rating", "text_zh": "质量好", "text_en": "It is good"}]}
    address = f"{BASE}/question-sets/{set_id}/versions"
    assert browser.post(address, json=given | {"questions": []}, headers=HEADERS).status_code == 422
    assert browser.post(address, json=given, headers=HEADERS).json["version"] == 2
    assert browser.post(address, json=given, headers=HEADERS).status_code == 409
    assert len(browser.get(f"{BASE}/question-sets").json["question_sets"]) == 2
    assert sign_in("operator").post(address, json=given, headers=HEADERS).status_code == 403


def test_the_report_is_a_pdf_and_a_workbook_of_published_results_alone(scene: Scene, sign_in):
    import io

    from openpyxl import load_workbook

    survey = scene.opened()
    browser = sign_in("quality_manager")
    assert browser.get(f"{BASE}/{survey.id}/report.pdf").status_code == 409
    scene.answered(survey, {scene.plant.press_weld: 6, scene.plant.weld_paint: 10}, comment="=1+1")
    scene.published(survey)
    pdf = browser.get(f"{BASE}/{survey.id}/report.pdf?language=zh")
    assert pdf.get_data()[:5] == b"%PDF-"
    book = load_workbook(io.BytesIO(browser.get(f"{BASE}/{survey.id}/report.xlsx?language=en").get_data()))
    cells = [str(c.value) for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert any(c == "n" for c in cells)
    assert any(c.startswith("100.0% (") for c in cells)
    assert sign_in("operator").get(f"{BASE}/{survey.id}/report.pdf").status_code == 403


def test_comments_are_scrubbed_by_json_against_the_version_that_was_read(scene: Scene, sign_in):
    scene.at = utc_now()
    survey = scene.opened({scene.plant.press_weld: 10})
    scene.answered(survey, {scene.plant.press_weld: 10}, comment="Li does well")
    browser, own = sign_in("quality_manager"), f"{BASE}/{survey.id}"
    assert browser.get(f"{own}/comments").status_code == 409, "nobody reads a comment before the survey is closed"
    scene.closed(survey)
    read = browser.get(f"{own}/comments").json
    found = [one for group in read["groups"] for one in group["comments"]]
    assert [one["text"] for one in found] == ["Li does well"] * 10
    sent = [{"key": one["key"], "text": "They do well"} for one in found[1:]]
    sent.append({"key": found[0]["key"], "text": "Li does well", "withheld": True})
    made = browser.post(f"{own}/scrub", json={"rev": read["rev"], "comments": sent}, headers=HEADERS)
    assert made.status_code == 200
    again = browser.post(f"{own}/scrub", json={"rev": read["rev"], "comments": sent[:1]}, headers=HEADERS)
    assert again.status_code in {409, 412}
    unknown = [{"key": "nothing", "text": "Words"}]
    assert browser.post(f"{own}/scrub", json={"rev": made.json["rev"], "comments": unknown},
                        headers=HEADERS).status_code == 404
    assert sign_in("auditor").get(f"{own}/comments").status_code == 403
    assert browser.post(f"{own}/publish", json={"rev": made.json["rev"]}, headers=HEADERS).status_code == 200
    assert [c["text"] for c in browser.get(f"{own}/results").json["comments"]] == ["They do well"] * 9


def test_leaders_are_reminded_by_json_against_the_version_that_was_read(scene: Scene, sign_in):
    scene.at = utc_now()
    survey = scene.opened()
    with scene.db.transaction(scene.plant.admin, "tests.mail") as session:
        session.get_one(Person, scene.plant.unit_head.id).email = "head@plant.example"
    browser, own = sign_in("quality_manager"), f"{BASE}/{survey.id}/remind"
    stale = browser.post(own, json={"rev": survey.rev + 1}, headers=HEADERS)
    assert stale.status_code in {409, 412}
    assert scene.count(Mail) == 0
    told = browser.post(own, json={"rev": survey.rev}, headers=HEADERS)
    assert (told.status_code, told.json) == (200, {"mails": 1})
    assert scene.count(Mail) == 1
    assert sign_in("auditor").post(own, json={"rev": survey.rev}, headers=HEADERS).status_code == 403
