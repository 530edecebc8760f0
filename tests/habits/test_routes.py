"""What every route owes: a permission, a typed and kebab-case address, headers, and a refusal for a stranger."""

import re
import uuid

import pytest
from flask import Flask

from qms.rules.accounts import PERMISSIONS
from qms.web.app import HEADERS

_ADDRESS = re.compile(r"^(/[a-z0-9.-]*|/<[a-z]+:[a-z_0-9]+>|/static/<path:filename>)+$")
FREE = {"public", "signed in", "device"}


def rules(app: Flask) -> list:
    return [r for r in app.url_map.iter_rules() if r.endpoint != "openapi.spec"]


def test_every_route_says_who_may_ask(app: Flask):
    owed = {r.endpoint: getattr(app.view_functions[r.endpoint], "needs", None) for r in rules(app)}
    assert not {e: n for e, n in owed.items() if n not in FREE and n not in PERMISSIONS}


def test_every_address_is_kebab_case_and_typed(app: Flask):
    assert not [r.rule for r in rules(app) if not _ADDRESS.match(r.rule)]


def test_every_route_turns_a_stranger_away(app: Flask):
    browser = app.test_client()
    for rule in rules(app):
        needs = getattr(app.view_functions[rule.endpoint], "needs", None)
        if needs == "public" or "GET" not in (rule.methods or set()):
            continue
        address = re.sub(r"<[^>]+>", "1", re.sub(r"<uuid:[^>]+>", str(uuid.uuid4()), rule.rule))
        answer = browser.get(address)
        wanted = 401 if address.startswith("/api/") else 302
        assert answer.status_code == wanted, address
        if wanted == 302:
            assert "/accounts/sign-in" in answer.location, address


def test_every_answer_carries_the_security_headers(app: Flask):
    browser = app.test_client()
    for address in ("/", "/accounts/sign-in", "/rejections/1", "/no-such-page", "/api/v1/no-such-thing"):
        answer = browser.get(address)
        for header, value in HEADERS.items():
            assert answer.headers[header] == value, address
        assert answer.headers["Cache-Control"] == "no-store"


def test_an_id_longer_than_the_database_can_hold_is_not_found(app: Flask, sign_in):
    browser = sign_in("quality_engineer")
    for folder in ("rejections", "acceptance", "chain/units"):
        assert browser.get(f"/{folder}/12345678901234567890").status_code == 404


def test_a_post_from_another_site_is_refused(app: Flask, sign_in):
    browser = sign_in("quality_engineer")
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = browser.post("/accounts/language", data={"csrf": "test-csrf", "language": "zh"}, headers=headers)
        assert answer.status_code == 403
    assert browser.post("/accounts/language", data={"language": "zh"}).status_code == 400
    assert browser.post("/accounts/language", data={"csrf": "test-csrf", "language": "zh"}).status_code == 302


def test_an_api_call_without_its_header_is_refused(app: Flask, sign_in):
    browser = sign_in("quality_engineer")
    answer = browser.post("/api/v1/rejections", json={})
    assert answer.status_code == 403
    assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_place_of_the_menu_is_a_page(app: Flask, sign_in, page, language: str):
    from qms.rules.accounts import ROLE_PERMISSIONS
    from qms.web.navigation import MENU

    browser = sign_in("quality_manager", language)
    for _group, places in MENU:
        for place in places:
            if place.permission is not None and place.permission not in ROLE_PERMISSIONS["quality_manager"]:
                continue
            rule = next(r for r in app.url_map.iter_rules() if r.endpoint == place.endpoint)
            page(browser, rule.rule)
