"""Pages and JSON of the pairings: set, refused, ended, never changed; who may."""

import pytest

from tests.pages import Page
from tests.review.scene import Scene
from tests.review.test_pairings import PAIR, paired

HOME = "/review/pairings/"
API = "/api/v1/review/pairings/"


@pytest.mark.parametrize(("language", "set_word", "ended_word"), [
    ("en", "In force", "Ended"), ("zh", "现行", "结束")])
def test_a_pair_is_set_shown_and_ended_at_the_desk(scene: Scene, sign_in, page, language, set_word, ended_word):
    browser = sign_in("quality_manager", language)
    page(browser, HOME)
    page(browser, f"{HOME}add")
    body = PAIR | {"customer_id": scene.plant.customer}
    page(browser, f"{HOME}add", post=body | {"why": ""}, status=422)
    page(browser, f"{HOME}add", post=body | {"also": "1"}, status=422)
    shown = page(browser, f"{HOME}add", post=body)
    assert set_word in shown.text
    assert PAIR["why"] in shown.text
    page(browser, f"{HOME}add", post=body | {"lag": 2, "also": ""}, status=422)
    end = _link_to_end(shown)
    page(browser, end)
    page(browser, end, post={"rev": 1, "reason": ""}, status=422)
    page(browser, end, post={"rev": 7, "reason": "Stock was halved"}, status=409)
    over = page(browser, end, post={"rev": 1, "reason": "Stock was halved"})
    assert ended_word in over.text
    assert "Stock was halved" in over.text
    assert not [url for url in over.links().values() if url.endswith("/end")]


def _link_to_end(shown: Page) -> str:
    return next(url for url in shown.links().values() if url.endswith("/end"))


def test_the_page_says_why_and_offers_no_change_in_place(scene: Scene, sign_in, page):
    held = paired(scene)
    shown = page(sign_in("quality_manager"), HOME)
    assert "Why the lag is said beforehand" in shown.text
    assert "exploratory" in shown.text
    assert "never that one brings the other about" in shown.text
    assert not [url for url in shown.links().values() if url.endswith("/edit")]
    browser = sign_in("quality_manager")
    for method in ("put", "patch", "delete"):
        assert getattr(browser, method)(f"{API}{held.id}", json={"lag": 2},
                                        headers={"X-Requested-By": "test"}).status_code == 405


def test_who_only_sees_reviews_sets_and_ends_nothing(scene: Scene, sign_in, page):
    held = paired(scene)
    auditor = sign_in("auditor")
    shown = page(auditor, HOME)
    assert PAIR["why"] in shown.text
    assert not [url for url in shown.links().values() if url.endswith(("/add", "/end"))]
    assert auditor.get(f"{HOME}add").status_code == 403
    assert auditor.get(f"{HOME}{held.id}/end").status_code == 403
    assert sign_in("operator").get(HOME).status_code == 403
    assert sign_in("quality_manager").get(f"{HOME}{10**9}/end").status_code == 404


def test_pairings_by_json(scene: Scene, sign_in):
    browser = sign_in("quality_manager")
    head = {"X-Requested-By": "test"}
    body = PAIR | {"customer_id": scene.plant.customer, "also": [0, 2]}
    made = browser.post(API, json=body, headers=head)
    assert (made.status_code, made.json["lag"], made.json["also"]) == (201, 1, [0, 2])
    assert browser.post(API, json=body | {"lag": 3}, headers=head).status_code == 409
    assert browser.post(API, json=body | {"inner": "kept"}, headers=head).status_code == 422
    assert browser.get(f"{API}{made.json['id']}").json == made.json
    address = f"{API}{made.json['id']}/end"
    assert browser.post(address, json={"rev": 9, "reason": "x"}, headers=head).status_code == 409
    ended = browser.post(address, json={"rev": made.json["rev"], "reason": "Stock was halved"}, headers=head)
    assert (ended.status_code, ended.json["active"], ended.json["ended_why"]) == (200, False, "Stock was halved")
    assert [one["active"] for one in browser.get(API).json["pairings"]] == [False]
    assert sign_in("auditor").post(API, json=body, headers=head).status_code == 403
    assert sign_in("auditor").get(API).status_code == 200
