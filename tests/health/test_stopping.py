"""A server that is told to stop loses nothing that it acknowledged, and is gone within 20 seconds (promise 39)."""

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from sqlalchemy import select

from qms.db import Database
from qms.models.rejections import Rejection
from tests.health.reporting import PER_SECOND, Reporter, serving
from tests.plant import make_plant
from tests.ports import free_port

SECONDS = 4


def test_at_fifty_rejections_a_second_none_that_was_acknowledged_is_lost(fresh_db: Database, tmp_path: Path, tell):
    port = free_port()
    reporter = Reporter(fresh_db, make_plant(fresh_db), [port])
    with serving(fresh_db.url, tmp_path, port) as server, ThreadPoolExecutor(40) as pool:
        for n in range(PER_SECOND * SECONDS):
            pool.submit(reporter.report, n)
            if n == PER_SECOND * SECONDS // 2:
                server.send_signal(signal.SIGTERM)
                told_at = time.monotonic()
            time.sleep(1 / PER_SECOND)
        ended = server.wait(timeout=30)
        took = time.monotonic() - told_at
    assert ended == 0
    assert took <= 20
    assert reporter.acknowledged
    assert {status for _, status in reporter.refused} <= {0}, reporter.refused
    with fresh_db.reading() as session:
        kept = set(session.scalars(select(Rejection.client_id)))
    tell(f"acknowledged {len(reporter.acknowledged)}, refused {len(reporter.refused)}, stopped after {took:.1f} s, "
         f"lost {len({client_id for client_id, _ in reporter.acknowledged} - kept)}")
    assert {client_id for client_id, _ in reporter.acknowledged} <= kept
