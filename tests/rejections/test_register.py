"""What the register of rejections shows: filters, search, order, pages, and that an index leads every query."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from qms.db import Database
from qms.models.chain import Site, Unit
from qms.models.rejections import Rejection
from qms.rules.accounts import SYSTEM, Actor, Grant
from qms.rules.errors import NotAllowed, NotFound
from qms.workflows import rejections
from qms.workflows.rejections_register import Filter, Mark, Page, conditions, page, select_rows
from tests.databases import fixed
from tests.plant import Plant
from tests.rejections.cases import reported

NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)


def show(db: Database, wanted: Filter, person: Actor = SYSTEM, **cut: Any) -> Page:
    with db.reading() as session:
        return page(session, person, wanted, **cut)


def ids(shown: Page) -> list[int]:
    return [row.id for row in shown.rows]


@contextmanager
def plans(db: Database) -> Iterator[list[str]]:
    """Collect SQLite's plan of every query."""
    seen: list[str] = []

    def explain(connection, cursor, statement, parameters, *_: Any) -> None:
        if statement.startswith("SELECT"):
            raw = connection.connection.dbapi_connection
            seen.extend(row[3] for row in raw.execute("EXPLAIN QUERY PLAN " + statement, parameters))

    with db.reading() as session:
        engine = session.get_bind()
        event.listen(engine, "before_cursor_execute", explain)
        yield seen
        event.remove(engine, "before_cursor_execute", explain)


@pytest.fixture
def many(db: Database, plant: Plant) -> list[Rejection]:
    """Seven rejections, each found a day before the one reported before it."""
    made = []
    for n in range(7):
        with db.transaction(plant.operator, "rejections.report", clock=fixed(NOON)) as session:
            made.append(rejections.report(
                session, plant.operator, kind="not_made" if n % 2 else "not_accepted", found_unit_id=plant.weld,
                quantity=n + 1, lot_id=plant.lot, defect_id=plant.scratch if n % 3 else plant.burr,
                found_at=NOON - timedelta(days=n)))
    return made


def test_the_newest_received_comes_first(db: Database, many: list[Rejection]):
    shown = show(db, Filter())
    assert ids(shown) == [m.id for m in reversed(many)]
    assert (shown.total, shown.is_capped, shown.newer, shown.older) == (7, False, None, None)
    row = shown.rows[-1]
    assert (row.number, row.item_code, row.lot_number, row.defect_zh, row.found_en, row.origin_en, row.quantity) == (
        many[0].number, "BR-100", "L-0001", "毛刺", "Weld", "Press", 1)


def test_sorted_by_finding_the_last_found_comes_first(db: Database, many: list[Rejection]):
    assert ids(show(db, Filter(by_found=True))) == [m.id for m in many]


@pytest.mark.parametrize("by_found", [False, True])
def test_pages_follow_each_other_in_both_directions(db: Database, many: list[Rejection], by_found: bool):
    wanted = Filter(by_found=by_found, kind="not_accepted")
    whole = ids(show(db, wanted))
    first = show(db, wanted, size=2)
    second = show(db, wanted, size=2, before=Mark.read(first.older.text()))
    assert ids(first) + ids(second) == whole == ids(show(db, wanted, size=4))
    assert (first.newer, second.older) == (None, None)
    back = show(db, wanted, size=2, after=Mark.read(second.newer.text()))
    assert ids(back) == ids(first)
    assert back.newer is None
    assert back.older is not None


@pytest.mark.parametrize("text", ["", "x", "1~2", "1~2026-01-01", "9" * 19, "²", "-1"])
def test_a_mark_that_nobody_gave_out_is_none(text: str):
    assert Mark.read(text) is None


def test_a_mark_of_the_other_order_is_ignored(db: Database, many: list[Rejection]):
    assert len(ids(show(db, Filter(by_found=True), before=Mark(many[0].id)))) == 7


def test_every_filter_keeps_only_what_it_names(db: Database, plant: Plant, many: list[Rejection]):
    other = reported(db, plant, kind="not_passed_on", found_unit_id=plant.paint, link_id=None, lot_id=None,
                     defect_id=None, severity="CR", origin_unit_id=plant.weld)
    by_link = reported(db, plant)
    assert ids(show(db, Filter(link_id=plant.press_weld))) == [by_link.id]
    for wanted in (Filter(kind="not_passed_on"), Filter(severity="CR"), Filter(found_unit_id=plant.paint),
                   Filter(kind="not_passed_on", site_id=plant.site, severity="CR", state="held", sought="涂装")):
        assert ids(show(db, wanted)) == [other.id], wanted
    assert other.id not in ids(show(db, Filter(lot_id=plant.lot)))
    assert len(ids(show(db, Filter(defect_id=plant.scratch, item_id=plant.item)))) == 4
    for nothing in (Filter(state="void"), Filter(origin_state="decided"), Filter(import_id=1), Filter(site_id=9),
                    Filter(lot_id=plant.lot, severity="CR")):
        assert (ids(show(db, nothing)), show(db, nothing).total) == ([], 0)


def test_days_are_whole_days_of_the_zone_and_order_by_finding(db: Database, many: list[Rejection]):
    shown = show(db, Filter(first=date(2026, 10, 30), last=date(2026, 10, 31)))
    assert ids(shown) == [many[2].id, many[3].id]
    assert ids(show(db, Filter(first=date(2026, 11, 1)))) == [many[0].id, many[1].id]
    assert ids(show(db, Filter(last=date(2026, 10, 27), sought="毛刺"))) == [many[6].id]


@pytest.mark.parametrize(("sought", "found"), [
    ("毛刺", 3), ("支架", 7), ("架", 7), ("毛 刺", 3), ("l-0001", 7), ("BR-1", 7), ("毛刺 L-0001", 3), ("刺毛", 0),
    ("nothing", 0), ("2026-000003", 1), ("  ", 7), ("%", 7), ("\"'*", 7), ("毛刺 OR", 0), ("scr", 4),
])
def test_search_finds_two_chinese_characters_numbers_and_beginnings(db: Database, many: list[Rejection], sought: str,
                                                                    found: int):
    assert len(ids(show(db, Filter(sought=sought)))) == found
    assert len(ids(show(db, Filter(sought=sought, kind="not_made")))) == sum(
        row.kind == "not_made" for row in show(db, Filter(sought=sought)).rows)


def test_a_person_sees_only_their_sites(db: Database, plant: Plant, many: list[Rejection]):
    with db.transaction(SYSTEM, "tests.site") as session:
        other = Site(code="WX", name_zh="无锡", name_en="Wuxi", time_zone="Asia/Shanghai", profile="iso", demo=False)
        session.add(other)
        session.flush()
        unit = Unit(site_id=other.id, kind="operation", code="X", name_zh="x", name_en="x", path="999.")
        session.add(unit)
    far = reported(db, plant, SYSTEM, kind="not_made", found_unit_id=unit.id, lot_id=None, defect_id=None, link_id=None)

    def held(*sites: int) -> Actor:
        return Actor(id=1, name="x", grants=tuple(Grant(n, "auditor", site) for n, site in enumerate(sites, start=1)))

    assert ids(show(db, Filter(), held(other.id))) == [far.id]
    assert len(ids(show(db, Filter(), held(plant.site)))) == 7
    assert len(ids(show(db, Filter(sought="x"), held(plant.site, other.id)))) == 1
    assert len(ids(show(db, Filter(), held(plant.site, other.id)))) == 8
    with pytest.raises(NotFound):
        show(db, Filter(site_id=other.id), held(plant.site))
    with pytest.raises(NotAllowed):
        show(db, Filter(), Actor(id=1, name="x", grants=(Grant(1, "admin"),)))


def test_all_rows_and_their_conditions_are_those_of_the_pages(db: Database, many: list[Rejection]):
    wanted = Filter(sought="毛刺", first=date(2026, 10, 20))
    sqlite = db.is_sqlite
    with db.reading() as session:
        rows = session.execute(select_rows(wanted, SYSTEM, sqlite)).all()
        kept = session.query(Rejection.id).where(*conditions(wanted, SYSTEM, sqlite=sqlite, leader="")).all()
    assert [r.id for r in rows] == ids(show(db, wanted))
    assert sorted(k.id for k in kept) == sorted(ids(show(db, wanted)))


FILTERS = [{}, {"state": "held"}, {"state": "held", "defect_id": 1, "found_unit_id": 2}, {"lot_id": 1},
           {"site_id": 1, "kind": "not_made", "severity": "MI", "origin_state": "assumed"},
           {"item_id": 1, "origin_unit_id": 1}, {"link_id": 1, "import_id": 1}]


@pytest.mark.parametrize("given", FILTERS)
@pytest.mark.parametrize("how", [{}, {"by_found": True}, {"sought": "毛刺"}, {"sought": "毛刺 BR-1"},
                                 {"first": date(2026, 10, 30)}, {"first": date(2026, 10, 30), "sought": "毛刺"}])
def test_an_index_that_has_the_order_leads_every_query(db: Database, plant: Plant, many: list[Rejection], given: dict,
                                                       how: dict):
    if not db.is_sqlite:
        pytest.skip("plans of SQLite; PostgreSQL has its own statistics")
    with db.reading() as session:
        before = Mark(many[3].id, many[3].found_at if Filter(**given, **how).sorted_by_found else None)
        with plans(db) as seen:
            page(session, SYSTEM, Filter(**given, **how), before=before)
    assert seen
    assert [plan for plan in seen if "B-TREE" in plan] == []
    scans = [plan for plan in seen if plan.startswith(("SCAN rejections", "SCAN found", "SCAN o"))]
    assert [s for s in scans if "INDEX" not in s and (given or how)] == []
