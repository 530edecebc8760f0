"""The server's loop waits while a thread sends, and what is large still arrives whole at whoever reads slowly."""

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from waitress import wasyncore
from waitress.channel import HTTPChannel

from qms.web.server import Channel, serve_until
from tests.ports import free_port

LARGE = b"0123456789" * 3_000_000
ASK = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"


@pytest.fixture
def answering() -> Iterator[Callable[[bytes], int]]:
    """Serve one body on a port of its own until the test is over."""
    stop, threads = threading.Event(), []

    def serve(body: bytes) -> int:
        def app(_environ, start_response):
            start_response("200 OK", [("Content-Length", str(len(body)))])
            return [body]

        port = free_port()
        threads.append(threading.Thread(target=serve_until, args=(stop, app),
                                        kwargs={"host": "127.0.0.1", "port": port, "threads": 2}))
        threads[-1].start()
        return port

    yield serve
    stop.set()
    for thread in threads:
        thread.join(timeout=20)


def connected(port: int) -> socket.socket:
    for _ in range(100):
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=20)
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not answer")


@pytest.mark.parametrize(("writable", "spins"), [(Channel.writable, False), (HTTPChannel.writable, True)])
def test_the_loop_waits_while_a_thread_sends(answering, monkeypatch: pytest.MonkeyPatch, writable, spins: bool):
    rounds = []
    ask, send = wasyncore.select.select, Channel.send

    def counted(*args):
        rounds.append(args)
        return ask(*args)

    def slow(self, data: bytes, do_close: bool = True):
        time.sleep(0.3)
        return send(self, data, do_close)

    monkeypatch.setattr(wasyncore.select, "select", counted)
    monkeypatch.setattr(Channel, "send", slow)
    monkeypatch.setattr(Channel, "writable", writable)
    with connected(answering(b"small")) as line:
        line.sendall(ASK)
        while line.recv(100):
            pass
    assert (len(rounds) > 200) is spins, len(rounds)


def test_what_is_large_arrives_whole_at_a_slow_reader(answering):
    received = bytearray()
    with connected(answering(LARGE)) as line:
        line.sendall(ASK)
        time.sleep(0.3)
        began = time.monotonic()
        while part := line.recv(1 << 20):
            received += part
    assert bytes(received).partition(b"\r\n\r\n")[2] == LARGE
    assert time.monotonic() - began < 10
