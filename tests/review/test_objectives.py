"""Quality objectives: set, changed, ended, held beside their measure in a review, on their page and by JSON."""

from datetime import date
from decimal import Decimal

import pytest

from qms.models.review import Objective
from qms.rules.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from qms.workflows import review_objectives
from tests.measures.records import handed
from tests.rejections.cases import person_in_unit
from tests.review.scene import Scene
from tests.review.told import column, line, on, opens, put, snapshot, table, value

CODE = "objectives"
JANUARY = date(2026, 1, 1)


def set_(scene: Scene, person=None, **given) -> Objective:
    """Ask for 98 % of lots accepted at once on the link from press to weld."""
    return scene.do(review_objectives.set_objective, person=person, **({
        "site_id": scene.plant.site, "measure": "fta", "part": "link", "part_id": scene.plant.press_weld,
        "target": Decimal("0.98"), "valid_from": JANUARY} | given))


def listed(scene: Scene, *, ended: bool = False) -> list[tuple[Decimal, date, date | None]]:
    with scene.db.reading() as session:
        return [(one.target, one.valid_from, one.valid_to) for one in review_objectives.objectives(
            session, scene.head, scene.plant.site, ended=ended)]


def first(scene: Scene) -> int:
    with scene.db.reading() as session:
        return review_objectives.objectives(session, scene.head, scene.plant.site)[0].id


def test_an_objective_is_in_force_until_it_is_changed(scene: Scene):
    set_(scene)
    assert listed(scene) == [(Decimal("0.98"), JANUARY, None)]


def test_r50_a_change_ends_the_one_before_and_needs_a_reason(scene: Scene):
    set_(scene)
    with pytest.raises(Invalid) as wrong:
        set_(scene, target=Decimal("0.99"), valid_from=date(2026, 4, 1))
    assert wrong.value.field == "why"
    set_(scene, target=Decimal("0.99"), valid_from=date(2026, 4, 1), why="Customer asks for it")
    assert listed(scene, ended=True) == [(Decimal("0.98"), JANUARY, date(2026, 3, 31)),
                                         (Decimal("0.99"), date(2026, 4, 1), None)]


def test_r50_no_two_are_in_force_for_the_same(scene: Scene):
    set_(scene)
    with pytest.raises(Refused) as refused:
        set_(scene, valid_from=JANUARY, why="Again")
    assert (refused.value.rule, refused.value.field) == ("R-50", "valid_from")
    set_(scene, part="site", part_id=None)
    set_(scene, measure="fpy")
    assert len(listed(scene)) == 3


def test_an_objective_ends_with_a_reason_and_stays_readable(scene: Scene):
    held = set_(scene)
    with pytest.raises(Stale):
        scene.do(review_objectives.end_objective, held.id, held.rev + 1, last=date(2026, 5, 31), reason="No longer")
    with pytest.raises(Invalid):
        scene.do(review_objectives.end_objective, held.id, held.rev, last=date(2025, 12, 31), reason="No longer")
    scene.do(review_objectives.end_objective, held.id, held.rev, last=date(2026, 5, 31), reason="No longer")
    assert listed(scene) == []
    assert listed(scene, ended=True) == [(Decimal("0.98"), JANUARY, date(2026, 5, 31))]


@pytest.mark.parametrize("given", [{"part": "unit"}, {"part_id": 999}, {"part": "customer"}, {"target": None},
                                   {"measure": "copq"}, {"valid_from": None}])
def test_what_cannot_be_held_beside_a_measure_is_refused(scene: Scene, given: dict):
    extra = {"part_id": scene.plant.customer} if given == {"part": "unit"} else {}
    with pytest.raises(Invalid):
        set_(scene, **(given | extra))


def test_who_only_sees_reviews_sets_none(scene: Scene):
    with pytest.raises(NotAllowed):
        set_(scene, person=scene.plant.auditor)
    stranger = person_in_unit(scene.db, "stranger", "operator", None)
    with pytest.raises((NotAllowed, NotFound)):
        set_(scene, person=stranger)


@pytest.fixture
def judged(scene: Scene) -> Scene:
    """Press hands over one lot of two at once, the site two of three; nothing was stopped, no survey closed."""
    plant = scene.plant

    def records(session):
        handed(session, plant, plant.press_weld, 100, at=on(3))
        handed(session, plant, plant.press_weld, 100, rejected=1, at=on(3))
        handed(session, plant, plant.weld_paint, 100, at=on(3))

    put(scene, records)
    set_(scene)
    set_(scene, part="site", part_id=None, target=Decimal("0.5"))
    set_(scene, measure="customer_index", part="customer", part_id=plant.customer, target=Decimal(80))
    return scene


def test_a_review_tells_what_is_reached_what_is_missed_and_what_has_no_figure(judged: Scene):
    told = snapshot(judged, CODE)
    assert value(told, "objectives.reached") == (0.5, 2)
    assert value(told, "objectives.missed") == (1, 2)
    assert value(told, "objectives.no_figure") == (1, 3)
    fta = table(told, "fta")
    assert [cell.en for cell in column(fta, "reached")] == ["Reached", "Missed"]
    assert (line(fta, 1)["part"], line(fta, 1)["target"], line(fta, 1)["value"], line(fta, 1)["n"]) == (
        "Press → Weld", Decimal("0.98"), 0.5, 2)
    assert line(table(told, "customer_index"))["reached"] == "No figure"


def test_one_that_ended_before_the_period_did_is_not_told(judged: Scene):
    with judged.db.reading() as session:
        held = next(one for one in review_objectives.objectives(session, judged.head, judged.plant.site)
                    if one.link_id is not None)
    judged.do(review_objectives.end_objective, held.id, held.rev, last=date(2026, 6, 29), reason="No longer")
    assert value(snapshot(judged, CODE), "objectives.missed") == (0, 1)


def test_without_objectives_there_is_nothing(scene: Scene):
    assert snapshot(scene, CODE).figures == ()


def test_every_path_opens(judged: Scene, sign_in):
    assert len(opens(snapshot(judged, CODE), sign_in)) == 3


@pytest.mark.parametrize("language", ["en", "zh"])
def test_its_pages_open_in_both_languages(judged: Scene, sign_in, page, language: str):
    browser = sign_in("quality_manager", language)
    assert "≥ 98.0%" in page(browser, "/review/objectives/").text
    page(browser, "/review/objectives/set")
    page(browser, f"/review/objectives/{first(judged)}/end")


def test_the_page_takes_a_share_in_per_cent(judged: Scene, sign_in):
    browser = sign_in("quality_manager")
    answer = browser.post("/review/objectives/set", data={
        "csrf": "test-csrf", "measure": "fpy", "part": f"link:{judged.plant.press_weld}", "target": "99.5",
        "valid_from": "2026-01-01", "why": ""})
    assert answer.status_code == 303
    assert (Decimal("0.995"), JANUARY, None) in listed(judged)


def test_the_page_ends_one_and_offers_no_step_to_who_only_sees(judged: Scene, sign_in, page):
    assert "/review/objectives/set" not in " ".join(page(sign_in("auditor"), "/review/objectives/").links().values())
    answer = sign_in("quality_manager").post(f"/review/objectives/{first(judged)}/end", data={
        "csrf": "test-csrf", "rev": "1", "last": "2026-05-31", "reason": "No longer"})
    assert answer.status_code == 303
    assert len(listed(judged)) == 2


def test_an_empty_page_says_what_objectives_are_for(scene: Scene, sign_in, page):
    assert "No objective yet" in page(sign_in("quality_manager"), "/review/objectives/").text


def test_another_site_is_not_there(scene: Scene, sign_in, page):
    page(sign_in("quality_manager"), "/review/objectives/?site=999", status=404)
    page(sign_in("quality_manager"), "/review/objectives/set?site=999", status=404)


def test_objectives_by_json(scene: Scene, sign_in):
    browser = sign_in("quality_manager")
    body = {"site_id": scene.plant.site, "measure": "fta", "part": "site", "target": "0.98", "valid_from": "2026-01-01"}
    headers = {"X-Requested-By": "test", "X-CSRF-Token": "test-csrf"}
    made = browser.post("/api/v1/review-objectives", json=body, headers=headers)
    assert made.status_code == 201, made.json
    assert browser.post("/api/v1/review-objectives", json=body, headers=headers).json["rule"] == "R-50"
    own = f"/api/v1/review-objectives/{made.json['id']}"
    assert browser.get(own).get_etag()[0] == "v1"
    ended = browser.post(f"{own}/end", json={"rev": 1, "last": "2026-02-01", "reason": "No longer"}, headers=headers)
    assert ended.json["valid_to"] == "2026-02-01"
    listed_ = browser.get("/api/v1/review-objectives", query_string={"site": scene.plant.site, "ended": 1})
    assert len(listed_.json["objectives"]) == 1
