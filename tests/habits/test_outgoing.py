"""Who may call outside, and that whatever will be allowed to has one gate, which leads to no machine inside."""

import ast
from pathlib import Path

import pytest

from qms.rules.errors import Invalid
from qms.rules.outgoing import Target, outgoing

ROOT = Path(__file__).resolve().parents[2]
HOST, OUTSIDE = "hooks.star.example", "93.184.215.14"
CALLING = {"aiohttp", "asyncio", "ftplib", "http", "httpx", "imaplib", "poplib", "requests", "smtplib", "socket",
           "telnetlib", "urllib3", "urllib", "xmlrpc"}
CALLERS = {"qms/jobs/accounts_mail.py": {"smtplib"}, "qms/jobs/worker.py": {"socket"}}
"""The mail goes to the one server of the settings; the worker asks for the name of its own machine."""


@pytest.mark.parametrize("address", [
    "127.0.0.1", "127.8.8.8", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
    "255.255.255.255", "224.0.0.1", "192.0.2.1", "198.18.0.1", "::1", "::", "fe80::1", "fd00::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:93.184.215.14", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::",
    "2001:0:5ef5:79fd::1", "fe80::1%eth0", "not an address", ""])
def test_no_machine_inside_is_reached_whatever_its_name_says(address: str):
    with pytest.raises(Invalid) as refused:
        outgoing(f"https://{HOST}/", {HOST}, lambda _: [address])
    assert refused.value.field == "url"


@pytest.mark.parametrize("url", [
    f"http://{HOST}/", f"ftp://{HOST}/", f"//{HOST}/", "file:///etc/passwd", f"https://{HOST}:8443/", "https:///x",
    f"https://{HOST}:99999/", f"https://who@{HOST}/", f"https://{HOST}@evil.example/", f"https://evil.example/{HOST}",
    f"https://{HOST}.evil.example/", f"https://{HOST}\\@evil.example/", f"https://{HOST}/\r\nHost: x", "https://[::1/",
    "https://127.0.0.1/", "https://0x7f000001/", "https://ｈooks.star.example/", ""])
def test_only_an_https_address_of_a_host_that_is_allowed_is_looked_up(url: str):
    asked: list[str] = []
    with pytest.raises(Invalid):
        outgoing(url, {HOST}, lambda host: asked.append(host) or [OUTSIDE])
    assert asked == []


def test_the_machine_is_looked_up_once_and_given_beside_the_name():
    answers = iter(([OUTSIDE], ["127.0.0.1"]))
    found = outgoing(f"https://{HOST.upper()}/in?case=7#top", {HOST}, lambda _: next(answers))
    assert found == Target(HOST, OUTSIDE, 443, "/in?case=7")
    assert next(answers) == ["127.0.0.1"]


@pytest.mark.parametrize("addresses", [[], [OUTSIDE, "10.0.0.1"], ["10.0.0.1", OUTSIDE]])
def test_a_name_that_leads_nowhere_or_also_inside_is_refused(addresses: list[str]):
    with pytest.raises(Invalid):
        outgoing(f"https://{HOST}/", {HOST}, lambda _: addresses)


def test_nothing_calls_outside_but_the_mail():
    found = {}
    for folder in ("qms", "forms", "exports"):
        for path in (ROOT / folder).rglob("*.py"):
            names = {name.split(".")[0] for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
                     for name in called(node)} & CALLING
            if names:
                found[path.relative_to(ROOT).as_posix()] = names
    assert found == CALLERS


def called(node: ast.AST) -> list[str]:
    """Name the modules that a statement imports; names of statuses and parts of addresses call nobody."""
    if isinstance(node, ast.Import):
        return [name.name for name in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and node.module not in {"http", "urllib.parse"}:
        return [node.module]
    return []
