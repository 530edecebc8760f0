"""Makes the databases that the benchmarks read and write: a small plant, and registers of any length."""

import sqlite3
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import make_url

from qms.db import Database
from qms.db.search import searchable
from qms.db.upgrade import upgrade
from qms.models.chain import Defect, Item, Link, Lot, Routing, RoutingStep, Site, Unit
from qms.rules.accounts import SYSTEM
from qms.workflows import accounts

PASSWORD = "a password for measuring"


def small_plant(url: str) -> dict[str, int]:
    """Make three operations in a row, an item, a lot and a defect; return their ids."""
    upgrade(url)
    database = Database(url)
    with database.transaction(SYSTEM, "trail.begin") as session:
        accounts.begin(session)
        site = Site(code="BM", name_zh="基准", name_en="Benchmark", time_zone="Asia/Shanghai", profile="iatf",
                    demo=True)
        session.add(site)
        session.flush()
        units = [Unit(site_id=site.id, kind="operation", code=f"OP{n}0", name_zh=f"工序{n}", name_en=f"Operation {n}",
                      path="") for n in (1, 2, 3)]
        session.add_all(units)
        session.flush()
        for unit in units:
            unit.path = f"{unit.id}."
        item = Item(site_id=site.id, code="X-1", name_zh="支架", name_en="Bracket")
        defect = Defect(site_id=site.id, code="D1", name_zh="毛刺", name_en="Burr", severity="MA")
        session.add_all([item, defect])
        session.flush()
        lot = Lot(site_id=site.id, number="L1", item_id=item.id, quantity=2_000_000_000)
        routing = Routing(item_id=item.id, revision=1, valid_from=date(2020, 1, 1))
        link = Link(site_id=site.id, supplier_id=units[0].id, customer_id=units[1].id, kind="operation",
                    output_zh="件", output_en="parts")
        session.add_all([lot, routing, link])
        session.flush()
        session.add_all([RoutingStep(routing_id=routing.id, position=n, unit_id=unit.id)
                         for n, unit in enumerate(units, start=1)])
        person = accounts.add_person(session, SYSTEM, login="worker", name="Worker", language="zh", password=PASSWORD)
        accounts.grant(session, SYSTEM, person.id, role="quality_engineer", starts_on=date(2020, 1, 1))
    ids = {"site": site.id, "first": units[0].id, "second": units[1].id, "item": item.id, "lot": lot.id,
           "defect": defect.id, "link": link.id, "person": person.id}
    database.dispose()
    return ids


def signed_in(url: str) -> str:
    """Sign the plant's person in; return the cookie header."""
    database = Database(url)
    with database.transaction(SYSTEM, "accounts.sign_in") as session:
        token = accounts.sign_in(session, login="worker", password=PASSWORD, address="127.0.0.1", agent="benchmark",
                                 lasts=timedelta(hours=2))
    database.dispose()
    return f"qms={token}"


def long_register(url: str, ids: dict[str, int], rows: int) -> None:
    """Fill the rejections of an SQLite database past the application: the register only reads them."""
    path = Path(str(make_url(url).database))
    text = searchable("NC-BM-2026", "L1", "X-1 支架 Bracket", "D1 毛刺 Burr", "OP20 工序2 Operation 2")
    connection = sqlite3.connect(path)
    columns = [row[1] for row in connection.execute("PRAGMA table_info(rejections)")]
    fixed = {"rev": 1, "site_id": ids["site"], "year": 2026, "item_id": ids["item"], "lot_id": ids["lot"],
             "quantity": 3, "whole_lot": 0, "for_review": 0, "defect_id": ids["defect"], "severity": "MA",
             "found_unit_id": ids["second"], "origin_unit_id": ids["first"], "origin_state": "assumed",
             "link_id": ids["link"], "escape_steps": 1,
             "escape_class": "1", "reported_by_id": ids["person"], "source": "import", "search_text": text}
    varied = ("id", "serial", "number", "kind", "state", "found_at", "received_at")
    used = [c for c in columns if c in fixed or c in varied]

    def line(n: int) -> list[object]:
        at = f"2026-{n % 12 + 1:02}-{n % 28 + 1:02} {n % 24:02}:{n % 60:02}:00.000000"
        own = {"id": n, "serial": n, "number": f"NC-BM-2026-{n:07}", "kind": ("not_accepted", "not_made")[n % 3 == 0],
               "state": ("held", "closed")[n % 2], "found_at": at, "received_at": at}
        return [own.get(c, fixed.get(c)) for c in used]

    with connection:
        connection.executemany(
            f"INSERT INTO rejections ({', '.join(used)}) VALUES ({', '.join('?' * len(used))})",
            (line(n) for n in range(1, rows + 1)))
        connection.execute("INSERT INTO rejections_search (rowid, body) SELECT id, search_text FROM rejections")
    connection.execute("ANALYZE")
    connection.close()
