"""Knows how a server stops: it takes nothing new, answers what has begun, and ends. Must not know any page."""

import threading
import time
from typing import Any

import waitress
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

DRAIN_SECONDS = 12.0


def serve_until(stopping: threading.Event, app: Any, **settings: Any) -> None:
    """Answer requests until told to stop; then close the door, and stay until those inside have their answers."""
    channels: dict[int, Any] = {}
    server = waitress.create_server(app, map=channels, **settings)
    while not stopping.is_set():
        wasyncore.loop(timeout=0.5, map=channels, count=1)
    for listener in [held for held in channels.values() if isinstance(held, BaseWSGIServer)]:
        listener.del_channel()
        listener.socket.close()
    until = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < until and _is_busy(channels):
        wasyncore.loop(timeout=0.1, map=channels, count=1)
    server.task_dispatcher.shutdown(cancel_pending=True, timeout=1)


def _is_busy(channels: dict[int, Any]) -> bool:
    """Tell whether anybody waits for an answer; who does not is let go, so that nothing new begins."""
    busy = False
    for channel in [held for held in channels.values() if isinstance(held, HTTPChannel)]:
        if channel.requests or channel.request is not None or channel.total_outbufs_len:
            busy = True
        else:
            channel.will_close = True
    return busy
