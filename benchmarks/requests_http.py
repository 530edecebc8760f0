"""Measures the two requests that matter most, each against the bare yardstick under the same server in the same run."""

import json
import os
import tempfile
from pathlib import Path

import psycopg

from benchmarks.load import Ask, Load, hammer
from benchmarks.seed import long_register, signed_in, small_plant
from benchmarks.servers import served

POSTGRES = os.environ.get("QMS_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/test")
HEADER = ("request", "database", "clients", "ours/s", "bare/s", "ratio", "p50 ms", "p99 ms", "bare p99 ms", "failed")
SECONDS = 6.0
ROUNDS = 5


def row(what: str, database: str, clients: int, ours: Load, bare: Load) -> tuple[object, ...]:
    """Return one line in the order of HEADER: ours, and what the bare endpoint made under the same load."""
    return (what, database, clients, round(ours.rate), round(bare.rate), round(ours.rate / bare.rate, 2),
            round(ours.p50_ms, 1), round(ours.p99_ms, 1), round(bare.p99_ms, 1), ours.failed)


def creation(database: str, clients: tuple[int, ...] = (16, 64)) -> list[tuple[object, ...]]:
    """Measure the durable creation of a rejection, with trail, number, permission and hold."""
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        with MadeDatabase(database, folder, "ours") as url, MadeDatabase(database, folder, "bare") as bare_url:
            ids = small_plant(url)
            body = {"kind": "not_accepted", "found_unit_id": ids["second"], "lot_id": ids["lot"], "quantity": 1,
                    "defect_id": ids["defect"], "link_id": ids["link"], "client_id": "{uuid}"}
            headers = {"Content-Type": "application/json", "X-Requested-By": "benchmark", "Cookie": signed_in(url)}
            bare_ask = Ask(8951, "POST", "/lines", {"Content-Type": "application/json"},
                           json.dumps({"site": 1, "text": "毛刺 OP20 {uuid}"}), 201)
            our_ask = Ask(8952, "POST", "/api/v1/rejections", headers, json.dumps(body), 201)
            with served("bare", bare_url, folder, bare_ask.port), served("ours", url, folder, our_ask.port):
                return [_middle([row("create a rejection", database, n, hammer(our_ask, n, SECONDS / 2),
                                     hammer(bare_ask, n, SECONDS / 2)) for _ in range(ROUNDS)]) for n in clients]


def _middle(rows: list[tuple[object, ...]]) -> tuple[object, ...]:
    """Return the row of the middle ratio, for a slow spell may fall on one of the two alone; with all that failed."""
    middle = sorted(rows, key=lambda each: float(str(each[5])))[len(rows) // 2]
    return (*middle[:-1], sum(int(str(each[-1])) for each in rows))


def register(rows: int, clients: int = 16) -> tuple[object, ...]:
    """Measure the register page: 50 rows under two filters and a search of two Chinese characters, on SQLite."""
    with tempfile.TemporaryDirectory() as held:
        folder = Path(held)
        url, bare_url = f"sqlite:///{folder}/ours.sqlite", f"sqlite:///{folder}/bare.sqlite"
        ids = small_plant(url)
        long_register(url, ids, rows)
        path = f"/rejections/?state=held&kind=not_accepted&site={ids['site']}&q=%E6%AF%9B%E5%88%BA"
        with served("bare", bare_url, folder, 8953) as port:
            hammer(Ask(port, "POST", f"/fill/{rows}", {}), 1, 0.1)
            bare = hammer(Ask(port, "GET", "/page", {}), clients, SECONDS)
        with served("ours", url, folder, 8954) as port:
            ours = hammer(Ask(port, "GET", path, {"Cookie": signed_in(url)}), clients, SECONDS)
            alone = hammer(Ask(port, "GET", path, {"Cookie": signed_in(url)}), 1, SECONDS / 2)
    return (*row(f"register of {rows:,}", "sqlite", clients, ours, bare), round(alone.p50_ms, 1))


class MadeDatabase:
    """A database of either kind that is gone afterwards."""

    def __init__(self, kind: str, folder: Path, name: str) -> None:
        self.kind, self.folder, self.schema = kind, folder, f"bench_{name}_{os.getpid()}"

    def __enter__(self) -> str:
        if self.kind == "sqlite":
            return f"sqlite:///{self.folder}/{self.schema}.sqlite"
        with psycopg.connect(POSTGRES, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {self.schema}")
        return f"{POSTGRES}?options=-csearch_path%3D{self.schema}"

    def __exit__(self, *_: object) -> None:
        if self.kind != "sqlite":
            with psycopg.connect(POSTGRES, autocommit=True) as connection:
                connection.execute(f"DROP SCHEMA {self.schema} CASCADE")
