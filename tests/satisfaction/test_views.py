"""The pages of surveys: drafted at the desk, answered without an account, published."""

import re

import pytest
from sqlalchemy import select

from qms.models.satisfaction import QuestionSet, Survey, SurveyTarget
from qms.models.satisfaction_answers import SurveyRemark, SurveySheet
from qms.rules.clock import utc_now
from qms.workflows import satisfaction
from tests.satisfaction.scene import Scene


@pytest.fixture
def scene(scene: Scene) -> Scene:
    """The plant as it is now, for pages have the server's clock."""
    scene.at = utc_now()
    return scene


def newest(scene: Scene, cls=Survey) -> int:
    with scene.db.reading() as session:
        return session.scalar(select(cls.id).order_by(cls.id.desc()).limit(1))


def post(scene: Scene, survey_id: int) -> dict:
    with scene.db.reading() as session:
        return {"rev": session.get_one(Survey, survey_id).rev}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_empty_registers_say_what_they_are_for(scene: Scene, sign_in, page, language: str):
    browser = sign_in("quality_manager", language)
    assert {"zh": "尚未做过调查", "en": "Nobody was asked yet"}[language] in page(browser, "/satisfaction/").text
    assert {"zh": "还没有问卷", "en": "There is no question set yet"}[language] in page(
        browser, "/satisfaction/question-sets/").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_opens_in_both_languages(scene: Scene, sign_in, page, client, language: str):
    survey = scene.opened({scene.plant.press_weld: 12, scene.plant.weld_paint: 12})
    code = scene.do(satisfaction.start_kiosk, survey.id, unit_id=scene.plant.weld, places=2)
    scene.answered(survey, {scene.plant.press_weld: 11, scene.plant.weld_paint: 3}, comment="Good")
    browser, stranger = sign_in("quality_manager", language), client
    token = scene.invited(survey)[0].token
    target = newest(scene, SurveyTarget) - 1
    own = f"/satisfaction/{survey.id}"
    for address in ("/satisfaction/", "/satisfaction/draft", "/satisfaction/draft?kind=customers", own, f"{own}/invite",
                    f"{own}/kiosk", "/satisfaction/question-sets/",
                    f"/satisfaction/question-sets/{newest(scene, QuestionSet)}",
                    f"/satisfaction/question-sets/{newest(scene, QuestionSet)}/revise"):
        page(browser, address)
    for address in (f"/surveys/answer/{token}", f"/surveys/kiosk/{code}", f"/surveys/kiosk/{code}/{target}",
                    "/surveys/thanks"):
        page(stranger, f"{address}?language={language}")
    for address in ("/surveys/answer/nothing", "/surveys/kiosk/nothing", "/surveys/kiosk/nothing/1"):
        page(stranger, f"{address}?language={language}", status=404)
    page(browser, f"{own}/results", status=409)
    scene.closed(survey)
    page(browser, f"{own}/scrub")
    page(browser, f"{own}/publish", post(scene, survey.id))
    for address in (own, f"{own}/results", f"{own}/decide"):
        page(browser, address)
    assert browser.get(f"{own}/charts").json["trend"]["points"][0]["n"] == 14


def test_r37_a_survey_goes_from_draft_to_results_at_the_desk(scene: Scene, sign_in, page):
    browser = sign_in("quality_manager")
    given = {"name_zh": "一季度", "name_en": "First quarter", "opens_on": scene.today, "closes_on": scene.today,
             "threshold": "5", f"places-{scene.plant.press_weld}": "6"}
    refused = page(browser, "/satisfaction/draft", given | {"threshold": "2"}, status=409)
    assert "R-37" in refused.text
    page(browser, "/satisfaction/draft", given | {f"places-{scene.plant.press_weld}": "x"}, status=422)
    page(browser, "/satisfaction/draft", given)
    survey_id = newest(scene)
    own = f"/satisfaction/{survey_id}"
    page(browser, f"{own}/edit", given | {"rev": 99}, status=409)
    page(browser, f"{own}/edit", given | post(scene, survey_id))
    assert "is not possible" in page(browser, f"{own}/publish", post(scene, survey_id)).text
    page(browser, f"{own}/open", post(scene, survey_id))
    made = page(browser, f"{own}/invite", {"as": "paper"})
    tokens = re.findall(r"/surveys/answer/([\w-]{43})", made.text)
    assert len(tokens) == 6
    file = browser.post(f"{own}/invite", data={"csrf": "test-csrf", "as": "csv"})
    assert file.mimetype == "text/csv"
    tokens = re.findall(r"/surveys/answer/([\w-]{43})", file.get_data(as_text=True))
    for number, token in enumerate(tokens):
        answers = {"q-QUALITY": str(number % 2 + 4), "q-OVERALL": "4", "q-QUALITY.w": "5", "q-SUPPORT": "dk"}
        if number == 0:
            page(browser, f"/surveys/answer/{token}", {"q-QUALITY": "9"}, status=422)
        assert "Thank you" in page(browser, f"/surveys/answer/{token}", answers | {"comment": "Keep on"}).text
        page(browser, f"/surveys/answer/{token}", answers, status=404)
    assert "not published" in page(browser, own).text
    assert "R-37" in page(browser, f"{own}/results", status=409).text
    page(browser, f"{own}/close", post(scene, survey_id))
    assert "no comment that may be read" in page(browser, f"{own}/scrub").text
    shown = page(browser, f"{own}/publish", post(scene, survey_id)).text
    assert "100.0%" in shown or "100%" in shown
    assert "n = 6" in shown
    page(browser, f"{own}/decide", post(scene, survey_id) | {"decision": "Press checks its tags"})
    assert "Press checks its tags" in page(browser, own).text


def test_people_answer_at_a_kiosk_one_after_the_other(scene: Scene, sign_in, page):
    survey = scene.opened()
    leader = sign_in("team_leader")
    shown = page(leader, f"/satisfaction/{survey.id}/kiosk", {"unit_id": scene.plant.weld, "places": "1"}).text
    code = re.search(r"/surveys/kiosk/([\w-]{43})", shown).group(1)
    target = next(t for t in scene.targets(survey) if t.link_id == scene.plant.press_weld)
    own = f"/surveys/kiosk/{code}"
    assert "1 place left" in page(leader, own).text
    assert "Thank you" in page(leader, f"{own}/{target.id}", {"q-QUALITY": "5", "comment": "Words"}).text
    page(leader, f"{own}/{target.id}", {"q-QUALITY": "5"}, status=409)
    assert scene.count(SurveySheet) == scene.count(SurveyRemark) == 1


def test_comments_are_scrubbed_at_the_desk(scene: Scene, sign_in, page):
    survey = scene.opened({scene.plant.press_weld: 10})
    scene.answered(survey, {scene.plant.press_weld: 10}, comment="Li does well")
    scene.closed(survey)
    browser = sign_in("quality_manager")
    with scene.db.reading() as session:
        keys = list(session.scalars(select(SurveyRemark.key)))
    texts = {f"text-{key}": "They do well" for key in keys}
    read = post(scene, survey.id)
    page(browser, f"/satisfaction/{survey.id}/scrub", texts | {"withheld": keys[0]} | read)
    typed = dict.fromkeys(texts, "Typed too late")
    stale = page(browser, f"/satisfaction/{survey.id}/scrub", typed | read, status=409).text
    assert "Typed too late" in stale
    shown = page(browser, f"/satisfaction/{survey.id}/publish", post(scene, survey.id)).text
    assert shown.count("They do well") == 9
    assert "Li does" not in shown


def test_a_question_set_is_revised_at_the_desk(scene: Scene, sign_in, page):
    browser = sign_in("quality_manager")
    page(browser, "/satisfaction/question-sets/default", {"site": scene.plant.site, "kind": "internal"})
    first = newest(scene, QuestionSet)
    given = {"name_zh": "问卷", "name_en": "Set", "reason": "Clearer", "importance": "y", "code-0": "quality",
             "kind-0": "rating", "zh-0": "质量好", "en-0": "It is good", "code-1": "", "zh-1": "", "en-1": ""}
    page(browser, f"/satisfaction/question-sets/{first}/revise", given | {"en-0": ""}, status=422)
    shown = page(browser, f"/satisfaction/question-sets/{first}/revise", given)
    assert "It is good" in shown.text
    page(browser, f"/satisfaction/question-sets/{first}/revise", given, status=409)


def test_leaders_are_reminded_by_mail(scene: Scene, sign_in, page):
    from qms.models.accounts import Person
    from qms.models.accounts_mail import Mail

    survey = scene.opened()
    with scene.db.transaction(scene.plant.admin, "tests.mail") as session:
        session.get_one(Person, scene.plant.unit_head.id).email = "head@plant.example"
    browser = sign_in("quality_manager")
    assert "1 mail is on its way" in page(browser, f"/satisfaction/{survey.id}/remind", post(scene, survey.id)).text
    with scene.db.reading() as session:
        assert [m.person_id for m in session.scalars(select(Mail))] == [scene.plant.unit_head.id]


def test_those_who_may_not_are_turned_away(scene: Scene, sign_in, page):
    survey = scene.opened()
    operator = sign_in("operator")
    page(operator, f"/satisfaction/{survey.id}")
    page(operator, f"/satisfaction/{survey.id}/close", post(scene, survey.id), status=403)
    page(operator, f"/satisfaction/{survey.id}/kiosk", status=403)
    page(sign_in("admin"), "/satisfaction/", status=403)
