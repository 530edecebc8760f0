"""Sends requests from many clients at once, in a process of its own, and tells rate, waiting times and failures."""

import http.client
import itertools
import json
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it: answers per second, milliseconds waited at the median and the 99th percentile, failures."""

    rate: float
    p50_ms: float
    p99_ms: float
    failed: int


@dataclass(frozen=True, slots=True)
class Ask:
    """What every client asks for again and again. `{uuid}` in the body becomes a new UUID each time.

    `{n}` in path or body becomes the next number, from 1.
    """

    port: int
    method: str
    path: str
    headers: dict[str, str]
    body: str | None = None
    wanted: int = 200


def hammer(ask: Ask, clients: int, seconds: float) -> Load:
    """Run the clients in a process of their own, after a second of warming up."""
    args = json.dumps({"ask": asdict(ask), "clients": clients, "seconds": seconds})
    done = subprocess.run([sys.executable, "-m", "benchmarks.load", args], capture_output=True, text=True, check=True)
    return Load(**json.loads(done.stdout))


_numbers = itertools.count(1)


def _client(ask: Ask, until: float, count_from: float, waits: list[float], failed: list[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", ask.port, timeout=30)
    while time.monotonic() < until:
        number = str(next(_numbers))
        body = ask.body.replace("{uuid}", str(uuid.uuid4())).replace("{n}", number) if ask.body else None
        began = time.monotonic()
        try:
            connection.request(ask.method, ask.path.replace("{n}", number), body, ask.headers)
            answer = connection.getresponse()
            answer.read()
            good = answer.status == ask.wanted
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            good, answer = False, None
            failed.append(repr(error))
        else:
            if not good:
                failed.append(str(answer.status))
        if good and began >= count_from:
            waits.append(time.monotonic() - began)


def _run(ask: Ask, clients: int, seconds: float) -> Load:
    waits: list[float] = []
    failed: list[str] = []
    began = time.monotonic()
    count_from = began + 1.0
    threads = [threading.Thread(target=_client, args=(ask, count_from + seconds, count_from, waits, failed))
               for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    waits.sort()
    if failed:
        print(failed[:3], file=sys.stderr)
    if not waits:
        return Load(0.0, 0.0, 0.0, len(failed))
    return Load(len(waits) / seconds, waits[len(waits) // 2] * 1000, waits[int(len(waits) * 0.99)] * 1000, len(failed))


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    print(json.dumps(asdict(_run(Ask(**given["ask"]), given["clients"], given["seconds"]))))
