"""Bodies made by chance from the shapes that the JSON API describes: some right, most wrong somewhere, all JSON.

`python -m tests.torture.api [bodies of each operation]` sends them to a demo plant and prints what broke. The quick
suite sends a few of each.
"""

import json
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

HEADERS = {"X-Requested-By": "test", "Content-Type": "application/json"}
SIGN_OUT = "/api/v1/station/sign-out"
LARGEST = 12
"""Ids from 1 to here are tried: most kinds of record have some of them."""
ODD = (None, True, False, 0, -1, 2**31, 2**63, 10**40, 1e308, -0.5, "", " ", "\0", "x" * 5000, "１２", "\ud800",
       "2026-02-30", "'; DROP TABLE people; --", [], {}, [[]], {"": None})
WORDS = ("x", "L-0001", "划伤", "2026-11-19", "-", "https://plant.example")
DAYS = {"date": "2026-11-19", "date-time": "2026-11-19T08:00:00+08:00", "time": "08:00",
        "uuid": "0190c0de-0000-7000-8000-000000000001", "duration": "PT1H"}
_PART = re.compile(r"{(\w+)}")


@dataclass(frozen=True)
class Operation:
    """One way to ask the API: method, address with its parts in braces, and the shape of its body, if it takes one."""

    method: str
    path: str
    shape: dict[str, Any] | None


@dataclass
class Told:
    """What came back: how often each status, and what broke."""

    statuses: Counter[int] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)


def operations(spec: dict[str, Any]) -> Iterator[Operation]:
    """Yield what an OpenAPI document describes, but signing out, with every reference put in its place."""
    parts = spec.get("components", {}).get("schemas", {})
    for path, methods in sorted(spec["paths"].items()):
        for method, told in sorted(methods.items()):
            if path == SIGN_OUT:
                continue
            content = told.get("requestBody", {}).get("content", {})
            yield Operation(method.upper(), path, whole(content.get("application/json", {}).get("schema"), parts))


def whole(shape: Any, parts: dict[str, Any]) -> Any:
    """Return a shape with what it refers to put in its place."""
    if isinstance(shape, list):
        return [whole(one, parts) for one in shape]
    if not isinstance(shape, dict):
        return shape
    if "$ref" in shape:
        return whole(parts[shape["$ref"].rpartition("/")[2]], parts)
    return {key: whole(one, parts) for key, one in shape.items()}


def body(shape: dict[str, Any], chance: random.Random, odd: float, name: str = "") -> Any:
    """Return a value of a shape; one part in 1/`odd` is something else."""
    if chance.random() < odd:
        return chance.choice(ODD)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in shape:
            return body(chance.choice(shape[choice]), chance, odd, name)
    if "const" in shape or "enum" in shape:
        return shape.get("const", chance.choice(shape.get("enum", [None])))
    kind = shape.get("type")
    if kind == "object":
        needed = set(shape.get("required", ()))
        return {key: body(one, chance, odd, key) for key, one in shape.get("properties", {}).items()
                if key in needed or chance.random() < 0.5}
    if kind == "array":
        return [body(shape.get("items", {}), chance, odd, name) for _ in range(shape.get("minItems", 0) or
                                                                               chance.randint(0, 2))]
    return _plain(kind, shape, chance, name)


def _plain(kind: str | None, shape: dict[str, Any], chance: random.Random, name: str) -> Any:
    if name == "site_id":
        return chance.choices((1, LARGEST), (9, 1))[0]
    if kind in {"integer", "number"}:
        least = int(shape.get("minimum", shape.get("exclusiveMinimum", -1) + 1))
        most = int(shape.get("maximum", least + (2 if name == "rev" else LARGEST)))
        return chance.randint(least, min(most, least + LARGEST))
    if kind == "boolean":
        return chance.random() < 0.5
    if kind == "string":
        text = DAYS.get(shape.get("format", ""), chance.choice(WORDS))
        return (text * shape.get("minLength", 1))[: shape.get("maxLength", 5000)]
    return None


def address(operation: Operation, chance: random.Random) -> str:
    """Return an address: its parts are ids that may be there, or a word."""

    def part(found: re.Match[str]) -> str:
        return DAYS["uuid"] if "client" in found[1] else str(chance.randint(1, LARGEST)) if "id" in found[1] else \
            chance.choice(("1", "d3", "2026-11", "9.3.2-a"))

    return _PART.sub(part, operation.path)


def send(browser: FlaskClient, asked: Operation, each: int, told: Told, seed: int = 7) -> None:
    """Send an operation so many bodies, each part odd one time in eight; note the answers."""
    chance = random.Random(f"{seed} {asked.method} {asked.path}")
    for turn in range(each):
        sent = None if asked.shape is None else body(asked.shape, chance, (0.0, 0.125)[turn % 2])
        where = address(asked, chance)
        answer = browser.open(where, method=asked.method, headers=HEADERS,
                              data=None if sent is None else json.dumps(sent))
        told.statuses[answer.status_code] += 1
        kinds = {"application/json", "application/problem+json"}
        if answer.status_code >= 500 or (asked.shape is not None and answer.data and answer.mimetype not in kinds):
            told.broken.append(f"{answer.status_code} {asked.method} {where} {sent}")


def main() -> int:
    """Load a demo plant, send, print what was found."""
    import structlog

    from tests.demo.conftest import load_into
    from tests.demo.hostile import opened

    each = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as folder, opened(load_into(Path(folder))) as (_app, database, browser), \
            structlog.testing.capture_logs():
        told, asked = Told(), list(operations(browser.get("/api/v1/openapi.json").json))
        for operation in asked:
            send(browser, operation, each, told)
        print(f"operations {len(asked)}, bodies of each {each}, answers {dict(sorted(told.statuses.items()))}, "
              f"broken {len(told.broken)}")
        print(*told.broken[:50], sep="\n")
        database.dispose()
    return 1 if told.broken else 0


if __name__ == "__main__":
    raise SystemExit(main())
