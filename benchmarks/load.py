"""Sends requests from many clients at once, in a process of its own, and tells rate, waiting times and failures.

One thread serves all clients: it takes as little of the processors as it can, for they belong to what is measured.
"""

import itertools
import json
import selectors
import socket
import subprocess
import sys
import time
import uuid
from dataclasses import asdict, dataclass, field


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


def _request(ask: Ask) -> bytes:
    """Return the next request as it goes over the wire."""
    number = str(next(_numbers))
    body = ask.body.replace("{uuid}", str(uuid.uuid4())).replace("{n}", number).encode() if ask.body else b""
    lines = [f"{ask.method} {ask.path.replace('{n}', number)} HTTP/1.1", f"Host: 127.0.0.1:{ask.port}",
             f"Content-Length: {len(body)}", *(f"{name}: {value}" for name, value in ask.headers.items()), "", ""]
    return "\r\n".join(lines).encode() + body


@dataclass(slots=True)
class _Client:
    """One client and its connection: what it has received of an answer, and when it asked."""

    ask: Ask
    line: socket.socket = field(init=False)
    began: float = 0.0
    received: bytes = b""

    def connect(self, selector: selectors.BaseSelector) -> None:
        self.line = socket.create_connection(("127.0.0.1", self.ask.port), timeout=30)
        self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        selector.register(self.line, selectors.EVENT_READ, self)

    def send(self) -> None:
        self.received, self.began = b"", time.monotonic()
        self.line.sendall(_request(self.ask))

    def answered(self) -> int | None:
        """Read what is there; return the status when the answer is whole. Raises OSError, ValueError."""
        part = self.line.recv(262_144)
        if not part:
            raise ConnectionResetError("the server closed the connection")
        self.received += part
        head, found, body = self.received.partition(b"\r\n\r\n")
        if not found:
            return None
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        return int(head[9:12]) if len(body) >= int(length[15:]) else None


def _run(ask: Ask, clients: int, seconds: float) -> Load:
    waits: list[float] = []
    failed: list[str] = []
    count_from = time.monotonic() + 1.0
    until = count_from + seconds
    with selectors.DefaultSelector() as selector:
        for _ in range(clients):
            client = _Client(ask)
            client.connect(selector)
            client.send()
        while selector.get_map():
            for key, _events in selector.select(timeout=30):
                _take(key.data, selector, count_from, until, waits, failed)
    waits.sort()
    if failed:
        print(failed[:3], file=sys.stderr)
    if not waits:
        return Load(0.0, 0.0, 0.0, len(failed))
    return Load(len(waits) / seconds, waits[len(waits) // 2] * 1000, waits[int(len(waits) * 0.99)] * 1000, len(failed))


def _take(client: _Client, selector: selectors.BaseSelector, count_from: float, until: float, waits: list[float],
          failed: list[str]) -> None:
    """Take what a client received; once its answer is whole, count it and ask again while there is time."""
    try:
        status = client.answered()
    except (OSError, ValueError, StopIteration) as error:
        failed.append(repr(error))
        selector.unregister(client.line)
        client.line.close()
        if time.monotonic() < until:
            client.connect(selector)
            client.send()
        return
    if status is None:
        return
    now = time.monotonic()
    if status != client.ask.wanted:
        failed.append(str(status))
    elif client.began >= count_from and now <= until:
        waits.append(now - client.began)
    if now < until:
        client.send()
    else:
        selector.unregister(client.line)
        client.line.close()


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    print(json.dumps(asdict(_run(Ask(**given["ask"]), given["clients"], given["seconds"]))))
