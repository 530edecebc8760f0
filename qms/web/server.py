"""Knows how requests are answered by many threads, and how that stops; must not know any page.

To stop, it takes nothing new, answers what has begun, and ends.
"""

import logging
import threading
import time
from typing import Any

import waitress
from waitress import wasyncore
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer

DRAIN_SECONDS = 12.0


class Channel(HTTPChannel):  # type: ignore[misc]
    """A connection that the server's loop leaves alone while the thread of its request is sending.

    Otherwise the loop asks whether it may send too, is told yes by the socket and no by the lock, and asks again at
    once: at 64 clients that took most of the processor, and rejections were recorded half as fast.
    """

    _sending = False

    def writable(self) -> bool:
        """Tell whether the loop has something to send; above the high watermark the thread waits for it to."""
        if self._sending and self.total_outbufs_len <= self.adj.outbuf_high_watermark:
            return False
        return bool(super().writable())

    def write_soon(self, data: Any) -> int:
        """Send what the application gives, and leave to the loop what the socket did not take."""
        self._sending = True
        try:
            return int(super().write_soon(data))
        finally:
            self._sending = False
            if self.total_outbufs_len:
                self.server.pull_trigger()


def serve_until(stopping: threading.Event, app: Any, **settings: Any) -> None:
    """Answer requests until told to stop; then close the door, and stay until those inside have their answers."""
    channels: dict[int, Any] = {}
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # It warns of every request that waits for a thread.
    server = waitress.create_server(app, map=channels, **settings)
    for listener in _listeners(channels):
        listener.channel_class = Channel
    while not stopping.is_set():
        wasyncore.loop(timeout=0.5, map=channels, count=1)
    for listener in _listeners(channels):
        listener.del_channel()
        listener.socket.close()
    until = time.monotonic() + DRAIN_SECONDS
    while time.monotonic() < until and _is_busy(channels):
        wasyncore.loop(timeout=0.1, map=channels, count=1)
    server.task_dispatcher.shutdown(cancel_pending=True, timeout=1)
    wasyncore.close_all(channels)


def _listeners(channels: dict[int, Any]) -> list[BaseWSGIServer]:
    return [held for held in channels.values() if isinstance(held, BaseWSGIServer)]


def _is_busy(channels: dict[int, Any]) -> bool:
    """Tell whether anybody waits for an answer; who does not is let go, so that nothing new begins."""
    busy = False
    for channel in [held for held in channels.values() if isinstance(held, HTTPChannel)]:
        if channel.requests or channel.request is not None or channel.total_outbufs_len:
            busy = True
        else:
            channel.will_close = True
    return busy
