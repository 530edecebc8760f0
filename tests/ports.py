"""Ports of loopback for servers that tests start in processes of their own."""

import socket


def free_port() -> int:
    """Return a port that nobody listens on; tests run side by side, so none is fixed."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
