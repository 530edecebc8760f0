"""A station server that sabotages: half of what tablets send meets a fault. A process of its own, to be killed."""

import random
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import waitress

from qms import create_app
from qms.db import Database
from qms.settings import Settings
from qms.views.station import STATIC

STALL_S = 2.5
CLIENT_TIMEOUT = ("TIMEOUT_MS = 15000", "TIMEOUT_MS = 1500")
SOONER = ("Math.min(60000, 500 * 2 ** tries)", "Math.min(1500, 100 * 2 ** tries)")
"""The client's patience is shortened so that a run has time for thousands of tries; nothing else of it is changed."""

_BLIND = ('if (json?.id !== item.id || json?.sha256 !== item.sha256) throw new Error("receipt of another record");', "")
_ANY_TYPE = ('if (!isJson) throw new Unanswered(0, { title: "answer is not ours" });', "")
_ANY_BODY = ("return json;\n}\n\nasync function refused", "return json ?? { id: 0 };\n}\n\nasync function refused")
_ANY_STATUS = ('throw new Unanswered(answer.status, read, retryAfter(answer.headers.get("Retry-After")))',
               "return { status: 200, json: { id: 0 } }")
_DEAF = ("if (json.reoffer) await outbox.reoffer(json.head);\n  else if", "if")
"""Otherwise the server asks for the numbers that it misses, and what such a client lost comes back."""
_FRESH_ID = (
    'const { json } = await call("PUT", `rejects/${item.id}`,\n    { body: item.body,',
    """const fresh = crypto.randomUUID();
  const { json } = await call("PUT", `rejects/${fresh}`,
    { body: item.body.replaceAll(item.id, fresh),""")
MUTANTS: dict[str, tuple[tuple[str, str], ...]] = {
    "any-answer-is-delivery": (_BLIND, _ANY_TYPE, _ANY_BODY, _ANY_STATUS, _DEAF),
    "any-2xx-is-delivery": (_BLIND, _ANY_TYPE, _ANY_BODY, _DEAF),
    "new-id-for-every-try": (_BLIND, _FRESH_ID),
}
"""Broken clients by name; the torture has to catch each of them."""

REWRITTEN = ("net.js", "sender.js", "heartbeat.js")
Start = Callable[..., Any]


class Saboteur:
    """A WSGI layer that spoils half of the records' requests, and hands out the broken client that is asked for."""

    def __init__(self, app: Any, *, spoil: bool, mutant: str | None, seed: int) -> None:
        self.app, self.spoil, self.random = app, spoil, random.Random(seed)
        self.changes = (CLIENT_TIMEOUT, SOONER, *(MUTANTS[mutant] if mutant else ()))
        written = "".join((STATIC / "station" / name).read_text(encoding="utf-8") for name in REWRITTEN)
        for old, _new in self.changes:
            if old not in written:
                raise ValueError(f"the client no longer says: {old}")

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith("/station/app/") and path.endswith(REWRITTEN):
            return self._rewritten(environ, start)
        if self.spoil and path.startswith("/api/v1/rejects/") and self.random.random() < 0.5:
            return self._spoiled(environ, start)
        return self.app(environ, start)

    def _rewritten(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        caught: list[Any] = []
        environ.pop("HTTP_IF_NONE_MATCH", None)
        body = b"".join(self.app(environ, lambda *args: caught.append(args))).decode()
        for old, new in self.changes:
            body = body.replace(old, new)
        status, headers = caught[0][0], [(k, v) for k, v in caught[0][1] if k.lower() not in {"content-length", "etag"}]
        start(status, [*headers, ("Content-Length", str(len(body.encode())))])
        return [body.encode()]

    def _spoiled(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        fault = self.random.choice(("before", "after", "dropped", "stalled", "portal", "busy"))
        if fault == "before":
            return _answer(start, "500 Internal Server Error", b"{}", "application/json")
        if fault == "busy":
            return _answer(start, "503 Service Unavailable", b"busy", "text/plain")
        if fault == "portal":
            return _answer(start, "200 OK", b"<!doctype html><title>Welcome to the guest network</title>", "text/html")
        if fault == "stalled":
            time.sleep(STALL_S)
            return self.app(environ, start)
        b"".join(self.app(environ, lambda *_: None))
        if fault == "dropped":
            raise ConnectionResetError("the answer is lost")
        return _answer(start, "500 Internal Server Error", b"{}", "application/json")


def _answer(start: Start, status: str, body: bytes, kind: str) -> Iterable[bytes]:
    start(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
    return [body]


def main(url: str, instance: str, port: str, spoil: str, mutant: str, seed: str) -> None:
    """Serve until killed."""
    app = create_app(Settings(instance=Path(instance), workers=0), Database(url))
    waitress.serve(Saboteur(app, spoil=spoil == "spoil", mutant=mutant or None, seed=int(seed)), host="127.0.0.1",
                   port=int(port), threads=8, ident=None, _quiet=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
