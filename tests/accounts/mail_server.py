"""A mail server on this machine that keeps what it is sent, or refuses it."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class Server:
    """Where it listens, what it was sent, and the answers that it gives to recipients."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    said: list[bytes] = field(default_factory=list)
    refuses: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Return its address for clear text."""
        return f"smtp+plain://127.0.0.1:{self.port}"


class _Handler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        kept: Server = self.server.kept  # type: ignore[attr-defined]
        self._say(b"220 test")
        for line in self.rfile:
            kept.said.append(line)
            word = line[:4].upper()
            if word == b"DATA":
                self._say(b"354 go on")
                kept.mails.append(message_from_bytes(self._data(), policy=policy.default))  # type: ignore[arg-type]
                self._say(b"250 kept")
            elif word == b"RCPT" and any(name.encode() in line for name in kept.refuses):
                self._say(b"550 nobody here")
            elif word == b"QUIT":
                self._say(b"221 bye")
                return
            else:
                self._say(b"250 test" if word != b"STAR" else b"502 no")

    def _data(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@contextmanager
def mail_server() -> Iterator[Server]:
    """Run a mail server for as long as it is needed."""
    kept = Server()
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Handler) as server:
        server.daemon_threads = True
        server.kept = kept  # type: ignore[attr-defined]
        kept.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield kept
        server.shutdown()
