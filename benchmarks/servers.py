"""Starts the application or the bare yardstick under the same server, each in a process of its own on loopback."""

import gc
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from qms.logs import set_up_logs
from qms.web.server import serve_until

THREADS = 8


@contextmanager
def served(kind: str, url: str, instance: Path, port: int) -> Iterator[int]:
    """Serve `ours` or `bare` while the block runs."""
    env = {**os.environ, "QMS_INSTANCE": str(instance), "QMS_WORKERS": "0"}
    server = subprocess.Popen([sys.executable, "-m", "benchmarks.servers", kind, url, str(port)], env=env,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait(port)
        yield port
    finally:
        server.terminate()
        server.wait(timeout=30)


def wait(port: int) -> None:
    for _ in range(300):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("the server did not answer")


def main(kind: str, url: str, port: int) -> None:
    """Serve until terminated, as `qms serve` does."""
    set_up_logs("info")
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    if kind == "bare":
        from benchmarks.bare import bare_app

        app = bare_app(url)
    else:
        from qms import create_app
        from qms.db import Database
        from qms.settings import Settings

        app = create_app(Settings(), Database(url))
    gc.collect()
    gc.freeze()
    serve_until(stop, app, host="127.0.0.1", port=port, threads=THREADS, connection_limit=500, ident=None)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
