"""Commands that run: serve the application, work off jobs."""

import gc
import signal
import sqlite3
import threading
import time
from types import FrameType

import click
import structlog

from qms import create_app
from qms.db import Database
from qms.db.upgrade import need_current
from qms.jobs import kinds, ticks
from qms.jobs.trail_checkpoints import make_at_the_end
from qms.jobs.worker import Pulse, keep_time, work
from qms.logs import set_up_logs
from qms.settings import Settings
from qms.web.server import serve_until

WORKERS_SECONDS = 5


def run_server(settings: Settings) -> None:
    """Serve until told to stop; requests that have begun are answered first. Raises Invalid."""
    need_current(settings.url)
    database = Database(settings.url)
    app = create_app(settings, database)
    stop, pulse = threading.Event(), Pulse()
    app.extensions |= {"qms.stopping": stop, "qms.pulse": pulse}
    known = kinds()
    workers = [threading.Thread(target=work, args=(database, settings, known, stop), daemon=True)
               for _ in range(settings.workers)]
    workers.append(threading.Thread(target=keep_time, args=(database, ticks(), stop, pulse), daemon=True))
    for worker in workers:
        worker.start()

    def end(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    gc.collect()
    gc.freeze()
    structlog.get_logger().info("serving", host=settings.host, port=settings.port, sqlite=sqlite3.sqlite_version)
    try:
        serve_until(stop, app, host=settings.host, port=settings.port, threads=settings.threads, connection_limit=500,
                    channel_timeout=60, ident=None, max_request_body_size=settings.upload_mib * 2**20)
    finally:
        stop.set()
        until = time.monotonic() + WORKERS_SECONDS
        for worker in workers:
            worker.join(timeout=max(0, until - time.monotonic()))
        make_at_the_end(database, settings)
        structlog.get_logger().info("stopped")
        database.dispose()


@click.command()
@click.option("--host", help="Address to serve on (QMS_HOST).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to serve on (QMS_PORT).")
def serve(host: str | None, port: int | None) -> None:
    """Serve the pages and the API."""
    settings = Settings()
    settings.host, settings.port = host or settings.host, port or settings.port
    set_up_logs(settings.log_level)
    click.echo(f"Serving on http://{settings.host}:{settings.port}  (Ctrl+C ends it)")
    run_server(settings)


@click.command(name="work")
def work_command() -> None:
    """Run long jobs, and the clock of calls and stops, in a process of its own."""
    settings = Settings()
    set_up_logs(settings.log_level)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    database = Database(settings.url)
    clock = threading.Thread(target=keep_time, args=(database, ticks(), stop), daemon=True)
    clock.start()
    try:
        work(database, settings, kinds(), stop)
    except KeyboardInterrupt:
        stop.set()
    clock.join(timeout=20)
    make_at_the_end(database, settings)


COMMANDS = (serve, work_command)
