"""One JSON line per event, which nobody can forge and in which no secret stands."""

import io
import json
import logging

import pytest
import structlog

from qms.logs import set_up_logs
from tests.plant import PASSWORD

FORGED = ("a\nb", "a\r\nb", "\x1b[2Ja", 'x"}\n{"event":"forged"', "a\u2028b\u2029c\x85d", "\x00\x08a", "%s %d %(x)s")
SECRETS = {
    "key": {"password": "Hunter2-Hunter2"}, "nested": {"form": {"new_password": "Hunter2-Hunter2"}},
    "listed": {"sent": [{"csrf": "Hunter2-Hunter2"}]}, "pin": {"pin": "Hunter2-Hunter2"},
    "cookie": {"cookie": "Hunter2-Hunter2"}, "header": {"headers": {"Authorization": "Hunter2-Hunter2"}},
    "in a query": {"address": "/x?a=1&token=Hunter2-Hunter2&b=2"}, "in a header": {"sent": "Bearer Hunter2-Hunter2"},
    "in a text": {"why": "password: 'Hunter2-Hunter2' is wrong"}, "in json": {"body": '{"pin": "Hunter2-Hunter2"}'},
    "in a url": {"server": "smtps://mail:Hunter2-Hunter2@mail.example"},
    "in a statement": {"sql": "INSERT INTO x VALUES (?) [parameters: ('Hunter2-Hunter2', 1)]"},
}


@pytest.fixture
def lines():
    """Return a function that gives what was logged since the last time, each line read as JSON."""
    stream = io.StringIO()
    root = logging.getLogger()
    held, level = root.handlers[:], root.level
    set_up_logs("INFO", stream)

    def read() -> list[dict]:
        written = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        assert written.isascii()
        assert not any(character < " " for character in written.replace("\n", ""))
        return [json.loads(line) for line in written.splitlines()]

    yield read
    structlog.reset_defaults()
    root.handlers[:] = held
    root.setLevel(level)


@pytest.mark.parametrize("text", FORGED)
def test_no_text_makes_a_second_line(lines, text):
    structlog.get_logger().info(text, given=text)
    logging.getLogger("waitress").warning("library says %s", text)
    first, second = lines()
    assert (first["event"], first["given"]) == (text, text)
    assert second["event"] == f"library says {text}"
    assert second["level"] == "warning"


@pytest.mark.parametrize("given", SECRETS.values(), ids=SECRETS.keys())
def test_no_secret_is_written(lines, given):
    structlog.get_logger().info("something", **given)
    logging.getLogger("library").error("said %s", given)
    told = json.dumps(lines())
    assert "something" in told
    assert "Hunter2" not in told


def test_a_fault_is_one_line_without_its_values(lines):
    try:
        raise ValueError("token=Hunter2-Hunter2\nsecond line")
    except ValueError as error:
        structlog.get_logger().error("request failed", exc_info=error)
    (line,) = lines()
    assert "Traceback" in line["exception"]
    assert "Hunter2" not in json.dumps(line)


def test_every_request_is_one_line_with_the_id_of_the_answer(lines, app, plant, db):
    browser = app.test_client()
    lines()
    answer = browser.get("/rejections/17?token=Hunter2-Hunter2", headers={"X-Request-Id": "forged\tid"})
    (line,) = [one for one in lines() if one["event"] == "request"]
    assert line["request_id"] == answer.headers["X-Request-Id"] != "forged\tid"
    assert (line["method"], line["route"], line["status"]) == ("GET", "/rejections/<id:rejection_id>", 302)


def test_signing_in_leaves_no_password_token_or_cookie(lines, sign_in, app):
    browser = sign_in("operator")
    cookie = browser.get_cookie("qms").value
    browser.get("/")
    browser.post("/accounts/sign-in", data={"csrf": "test-csrf", "login": "operator", "password": PASSWORD})
    browser.post("/accounts/my-pin", data={"csrf": "test-csrf", "password": PASSWORD, "pin": "918273"})
    told = json.dumps(lines())
    assert told.count('"request"') >= 3
    for secret in (cookie, PASSWORD, "918273", "test-csrf"):
        assert secret not in told


def test_a_surveys_token_in_an_address_is_not_written(lines, client):
    client.get("/surveys/answer/abcdefSECRETabcdef")
    assert "SECRET" not in json.dumps(lines())
