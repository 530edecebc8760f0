"""Makes a plant of twenty links in a row with registers of 24 months, past the application: a pack only reads them."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, text

from benchmarks.nonconformity_seed import fill
from benchmarks.review_seed_rest import CUSTOMERS, DAYS, the_rest
from qms.db import Database
from qms.db.engine import open_engine
from qms.db.upgrade import upgrade
from qms.models.chain import Defect, Item, Link, Lot, Routing, RoutingStep, Site, Unit
from qms.models.customers import Customer
from qms.rules.accounts import SYSTEM
from qms.workflows import accounts

PASSWORD = "a password for measuring"
LINKS, ITEMS, DEFECTS = 20, 40, 50
_AT = {"sqlite": "strftime('%Y-%m-%d %H:%M:%S.000000', '2024-07-01', "
                 "'+' || ({n} * {seconds} / {rows}) || ' seconds')",
       "postgresql": "timestamptz '2024-07-01 00:00+00' + ({n}::bigint * {seconds} / {rows}) * interval '1 second'"}
_NUMBERS = "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {rows}) "
_HANDOVERS = """INSERT INTO handovers (id, rev, site_id, year, serial, number, link_id, supplier_id, customer_id,
    item_id, lot_id, quantity, presentation, state, self_check, presented_by_id, presented_at, decided_at, accepted,
    rejected,
    for_review, rework, source, search_text)
  {numbers} SELECT n, 1, {site}, 2025, n, 'HO-' || n, {link} + n % {links}, {unit} + n % {links},
    {unit} + n % {links} + 1, {item} + n % {items}, {lot} + n % {items}, 100, 1,
    CASE WHEN n % 10 = 0 THEN 'partly_accepted' ELSE 'accepted' END, 'ok', {person}, {at}, {at},
    CASE WHEN n % 10 = 0 THEN 97 ELSE 100 END, CASE WHEN n % 10 = 0 THEN 3 ELSE 0 END, 0, {false}, 'import', ''
  FROM numbers"""
_REJECTIONS = """INSERT INTO rejections (id, rev, site_id, year, serial, number, kind, state, item_id, lot_id, quantity,
    whole_lot, for_review, defect_id, severity, found_unit_id, origin_unit_id, origin_state, link_id, handover_id,
    escape_steps, escape_class, found_at, received_at, reported_by_id, closed_at, source, search_text)
  {numbers} SELECT n, 1, {site}, 2025, n, 'NC-' || n,
    CASE WHEN n % 5 = 0 THEN 'not_made' ELSE 'not_accepted' END, CASE WHEN n % 20 = 0 THEN 'held' ELSE 'closed' END,
    {item} + n % {items}, {lot} + n % {items}, 3, {false}, {false}, {defect} + n * 7 % {defects},
    CASE WHEN n % 9 = 0 THEN 'CR' WHEN n % 2 = 0 THEN 'MA' ELSE 'MI' END, {unit} + n % {links} + 1,
    {unit} + n % {links}, CASE WHEN n % 4 = 0 THEN 'assumed' ELSE 'confirmed' END, {link} + n % {links}, n * 10,
    1 + n % 3, CASE n % 3 WHEN 0 THEN '1' ELSE '2+' END, {at}, {at}, {person},
    CASE WHEN n % 20 = 0 THEN NULL ELSE {at} END, 'import', ''
  FROM numbers"""
_PASSAGES = """INSERT INTO passages (id, rev, rejection_id, position, unit_id, detectable, active)
  SELECT id, 1, id, 1, found_unit_id, {true}, {true} FROM rejections WHERE escape_class = '2+'"""


def seeded(url: str, handovers: int) -> dict[str, int]:
    """Fill a new database with so many hand-overs, a tenth as many rejections and some of the rest; return its ids."""
    upgrade(url)
    database = Database(url)
    ids = _plant(database)
    database.dispose()
    engine = open_engine(url, writes=True, owner=True)
    with engine.begin() as connection:
        _many(connection, _HANDOVERS, ids, handovers)
        _many(connection, _REJECTIONS, ids, handovers // 10)
        _many(connection, _PASSAGES, ids, handovers // 10)
        for table, rows in the_rest(ids, handovers):
            fill(connection, table, rows)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
    engine.dispose()
    return ids


def _many(connection: Connection, statement: str, ids: dict[str, int], rows: int) -> None:
    dialect = connection.dialect.name
    at = _AT[dialect].format(n="n", seconds=DAYS * 86_400, rows=rows + 1)
    false, true = ("0", "1") if dialect == "sqlite" else ("false", "true")
    connection.exec_driver_sql(statement.format(
        numbers=_NUMBERS.format(rows=rows), at=at, false=false, true=true, links=LINKS, items=ITEMS, defects=DEFECTS,
        **ids).replace("%", "%%" if dialect == "postgresql" else "%"))


def _plant(database: Database) -> dict[str, int]:
    """Make operations in a row up to three customers, items routed through all of them, and their representative."""
    with database.transaction(SYSTEM, "trail.begin") as session:
        accounts.begin(session)
        site = Site(code="BM", name_zh="基准", name_en="Benchmark", time_zone="Asia/Shanghai", profile="iatf",
                    demo=True)
        session.add(site)
        session.flush()

        def added(made: list[Any]) -> int:
            session.add_all(made)
            session.flush()
            return int(made[0].id)

        def unit(kind: str, code: str, n: int) -> Unit:
            return Unit(site_id=site.id, kind=kind, code=code, name_zh=f"单元{n}", name_en=f"Unit {n}", path="",
                        line=f"L{n // 5}" if kind == "operation" else None)

        first = added([unit("operation", f"OP{n:02}", n) for n in range(LINKS)])
        outside = added([unit("customer", f"C{n:02}", n) for n in range(CUSTOMERS)])
        link = added([Link(site_id=site.id, supplier_id=first + n, customer_id=first + n + 1, kind="operation",
                           output_zh="件", output_en="parts") for n in range(LINKS)])
        session.add_all([Link(site_id=site.id, supplier_id=outside - 1, customer_id=outside + n, kind="operation",
                              output_zh="件", output_en="parts") for n in range(1, CUSTOMERS)])
        item = added([Item(site_id=site.id, code=f"X-{n:02}", name_zh=f"支架{n}", name_en=f"Bracket {n}",
                           customer_id=outside + n % CUSTOMERS) for n in range(ITEMS)])
        lot = added([Lot(site_id=site.id, number=f"L{n}", item_id=item + n, quantity=2_000_000_000)
                     for n in range(ITEMS)])
        routing = added([Routing(item_id=item + n, revision=1, valid_from=date(2020, 1, 1)) for n in range(ITEMS)])
        session.add_all([RoutingStep(routing_id=routing + n, position=step + 1, unit_id=first + step)
                         for n in range(ITEMS) for step in range(LINKS)])
        defect = added([Defect(site_id=site.id, code=f"D{n:02}", name_zh=f"缺陷{n}", name_en=f"Defect {n}",
                               severity="MA") for n in range(DEFECTS)])
        session.add_all([Customer(unit_id=outside + n, site_id=site.id) for n in range(CUSTOMERS)])
        person = accounts.add_person(session, SYSTEM, login="worker", name="Worker", language="zh", password=PASSWORD)
        accounts.grant(session, SYSTEM, person.id, role="management_representative", starts_on=date(2020, 1, 1))
        return {"site": site.id, "unit": first, "customer": outside, "link": link, "item": item, "lot": lot,
                "defect": defect, "person": person.id}
