"""The desk pages of commitments and requests."""

from datetime import timedelta

import pytest

from qms.models.service_commitments import Commitment
from qms.models.service_requests import ServiceRequest
from qms.rules.clock import utc_now
from qms.workflows import service_requests
from tests.service.desk import Desk

FORM = {"service_zh": "模具维修", "service_en": "Die repair", "kind": "time", "within_hours": "4",
        "target_percent": "95", "pausable": "y", "next_review_on": f"{utc_now() + timedelta(days=300):%Y-%m-%d}"}


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """The plant as it is now, for pages have the server's clock; it works round the clock."""
    from sqlalchemy import select

    from qms.models.chain_rosters import Shift
    from qms.rules.accounts import SYSTEM

    with desk.db.transaction(SYSTEM, "tests.shift") as session:
        session.scalars(select(Shift)).one().active = False
    desk.at = utc_now()
    return desk


def last(desk: Desk, cls: type) -> int:
    from sqlalchemy import func, select

    with desk.db.reading() as session:
        return session.scalar(select(func.max(cls.id))) or 0


def rev(desk: Desk, cls: type, record_id: int) -> int:
    with desk.db.reading() as session:
        return session.get_one(cls, record_id).rev


@pytest.mark.parametrize(("language", "words"), [("zh", ("还没有单元作出承诺", "还没有服务请求")),
                                                 ("en", ("No unit has made", "Nothing has been asked"))])
def test_empty_registers_say_what_they_are_for(desk: Desk, sign_in, page, language: str, words: tuple[str, str]):
    browser = sign_in("unit_head", language)
    assert words[0] in page(browser, "/service/commitments/").text
    assert words[1] in page(browser, "/service/requests/").text
    assert page(browser, "/service/requests/ask").text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_opens_in_both_languages(desk: Desk, sign_in, page, language: str):
    draft, held = desk.drafted(), desk.published()
    desk.published(kind="quality")
    waiting, taken, done = desk.asked(held), desk.taken(held), desk.done(held)
    paused = desk.served(service_requests.pause, desk.taken(held), reason="asker")
    browser = sign_in("unit_head", language)
    for address in ("", "draft", f"{draft.id}", f"{draft.id}/edit", f"{draft.id}/publish", f"{held.id}",
                    f"{held.id}/revise", f"{held.id}/review", f"{held.id}/withdraw"):
        page(browser, f"/service/commitments/{address}")
    for address in ("", "ask", f"{waiting.id}", f"{taken.id}", f"{done.id}", f"{paused.id}", f"{taken.id}/pause",
                    f"{taken.id}/pass-on", f"{taken.id}/finish", f"{waiting.id}/refuse", f"{waiting.id}/withdraw",
                    f"{done.id}/confirm", f"{done.id}/reopen"):
        page(browser, f"/service/requests/{address}")


def test_a_commitment_is_made_at_the_desk(desk: Desk, sign_in, page):
    browser = sign_in("unit_head")
    owner = {"owner_id": desk.plant.unit_head.id}
    page(browser, "/service/commitments/draft", {"provider_id": desk.plant.press} | owner | FORM)
    own = f"/service/commitments/{last(desk, Commitment)}"
    page(browser, "/service/commitments/draft", {"provider_id": desk.plant.press, **owner, **FORM, "within_hours": ""},
         status=422)
    page(browser, f"{own}/edit", {"rev": "1", **owner, **FORM, "within_hours": "0.5"})
    assert "30 plant min" in page(browser, own).text
    page(browser, f"{own}/edit", {"rev": "1", **owner, **FORM}, status=409)
    page(browser, f"{own}/publish", {"rev": "2", "published_from": "2020-01-01", "next_review_on": "2030-01-01"},
         status=422)
    page(browser, f"{own}/publish", {"rev": "2", "published_from": f"{utc_now() + timedelta(hours=8):%Y-%m-%d}",
                                     "next_review_on": "2030-01-01"})
    assert "Die repair" in page(browser, "/service/commitments/?state=published&q=die").text
    page(browser, f"{own}/revise", {"rev": "3", "reason": "Faster now"})
    assert "Faster now" in page(browser, f"/service/commitments/{last(desk, Commitment)}").text
    page(browser, f"{own}/withdraw", {"rev": "3", "reason": ""}, status=422)
    page(browser, f"{own}/withdraw", {"rev": "3", "reason": "Bought outside"})
    assert "Bought outside" in page(browser, own).text


def test_r32_a_request_goes_through_its_steps_at_the_desk(desk: Desk, sign_in, page):
    held = desk.published()
    asker, server = sign_in("team_leader"), sign_in("inspector")
    page(asker, "/service/requests/ask", {"commitment_id": held.id, "asker_id": desk.plant.weld, "title": "Die sticks"})
    made = last(desk, ServiceRequest)
    own = f"/service/requests/{made}"
    assert "recorded" in page(server, f"{own}/take", {"rev": 1}).text
    page(server, f"{own}/pause", {"rev": 2, "reason": "material", "note": ""})
    page(server, f"{own}/resume", {"rev": 3})
    page(server, f"{own}/pass-on", {"rev": rev(desk, ServiceRequest, made), "to_id": desk.plant.quality,
                                    "reason": "No gauge"})
    page(server, f"{own}/take", {"rev": rev(desk, ServiceRequest, made)})
    page(server, f"{own}/finish", {"rev": rev(desk, ServiceRequest, made), "answer": "Polished"})
    refused = page(server, f"{own}/confirm", {"rev": rev(desk, ServiceRequest, made), "rating": "5"}, status=409)
    assert "R-32" in refused.text
    page(asker, f"{own}/reopen", {"rev": rev(desk, ServiceRequest, made), "reason": "Sticks"})
    page(server, f"{own}/take", {"rev": rev(desk, ServiceRequest, made)})
    page(server, f"{own}/finish", {"rev": rev(desk, ServiceRequest, made), "answer": "Changed"})
    page(asker, f"{own}/confirm", {"rev": rev(desk, ServiceRequest, made), "rating": "1", "words": ""}, status=422)
    shown = page(asker, f"{own}/confirm", {"rev": rev(desk, ServiceRequest, made), "rating": "4", "words": "Well"})
    for words in ("Confirmed", "Quality department", "Reopened by who asked", "4 / 5"):
        assert words in shown.text


@pytest.mark.parametrize("asked", ["state=open", "state=asked", "state=late", "q=sticks", "q=模具", "state=passed"])
def test_the_register_is_filtered(desk: Desk, sign_in, page, asked: str):
    desk.at = utc_now() - timedelta(days=1)
    held = desk.published()
    desk.at += timedelta(hours=19)
    late = desk.taken(held)
    desk.served(service_requests.pass_on, late, to_id=desk.plant.quality, reason="x")
    text = page(sign_in("auditor"), f"/service/requests/?{asked}").text
    assert late.number in text
    assert late.number not in page(sign_in("auditor"), "/service/requests/?state=confirmed").text


def test_who_may_only_look_sees_no_step(desk: Desk, sign_in, page):
    held = desk.done()
    auditor = sign_in("auditor")
    for address in (f"/service/requests/{held.id}", f"/service/commitments/{held.commitment_id}"):
        shown = page(auditor, address)
        assert not [f for f in shown.find(".//form") if "/service/" in f.get("action", "")]
        assert not [a for a in shown.find(".//a") if a.get("href", "").endswith(("/confirm", "/revise", "/withdraw"))]
    page(auditor, f"/service/requests/{held.id}/confirm", status=403)
