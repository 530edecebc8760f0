"""What the register of hand-overs finds, in which order, and by which index."""

import dataclasses
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import text

from qms.db import Database
from qms.models.acceptance import Handover
from qms.rules.accounts import Actor, Grant
from qms.rules.clock import utc_now
from qms.rules.errors import NotAllowed
from qms.workflows.acceptance_register import Filter, Mark, _leader, page, select_rows
from tests.acceptance.arrange import presented
from tests.plant import Plant

BEGIN = datetime.fromisoformat("2026-03-01T08:00:00+08:00")


def fill(database: Database, plant: Plant, count: int, **given: object) -> list[int]:
    """Put so many hand-overs of press -> weld in, an hour apart, the last one newest; return their ids."""
    with database.transaction(plant.operator, "tests.arrange") as session:
        rows = []
        for position in range(count):
            fields = {"state": "presented", "link_id": plant.press_weld, "supplier_id": plant.press,
                      "customer_id": plant.weld, "item_id": plant.item, "lot_id": plant.lot, "quantity": 5,
                      "presentation": 1, "search_text": f"ho {position} 左 支 架"} | given
            serial = int(utc_now().timestamp() * 1e6) % 2**31 + position
            rows.append(Handover(site_id=plant.site, year=2026, serial=serial, number=f"HO-{serial}", self_check="ok",
                                 presented_by_id=plant.operator.id,
                                 presented_at=BEGIN + timedelta(hours=position), **fields))
        session.add_all(rows)
        session.flush()
        return [row.id for row in rows]


def found(database: Database, person: Actor, wanted: Filter) -> list[int]:
    with database.reading() as session:
        return [row.id for row in page(session, person, wanted).rows]


def test_newest_comes_first_and_oldest_when_asked(db: Database, plant: Plant):
    ids = fill(db, plant, 3)
    assert found(db, plant.auditor, Filter()) == ids[::-1]
    assert found(db, plant.auditor, Filter(oldest_first=True)) == ids


@pytest.mark.parametrize("changed", [
    {"state": "not_inspected"}, {"link_id": "weld_paint"}, {"supplier_id": "weld"}, {"customer_id": "paint"}])
def test_each_filter_keeps_what_it_names(db: Database, plant: Plant, changed: dict):
    fill(db, plant, 2)
    changed = {k: getattr(plant, v) if k != "state" else v for k, v in changed.items()}
    special = fill(db, plant, 1, **changed)
    assert found(db, plant.auditor, Filter(**changed)) == special
    every = {"site_id": plant.site, "item_id": plant.item, "lot_id": plant.lot} | changed
    assert found(db, plant.auditor, Filter(**every)) == special
    assert found(db, plant.auditor, Filter(site_id=plant.site + 1, **changed)) == []


def test_days_are_those_of_the_site_and_the_last_is_included(db: Database, plant: Plant):
    ids = fill(db, plant, 40)
    assert found(db, plant.auditor, Filter(first=date(2026, 3, 2), last=date(2026, 3, 2))) == ids[16:40][::-1]
    assert found(db, plant.auditor, Filter(last=date(2026, 3, 1))) == ids[:16][::-1]


def test_what_was_presented_again_is_found(db: Database, plant: Plant):
    fill(db, plant, 2)
    again = fill(db, plant, 1, presentation=2)
    assert found(db, plant.auditor, Filter(again=True)) == again


@pytest.mark.parametrize("sought", ["左支架", "支架", "bracket", "L-0001", "焊接 brack", "press l-00"])
def test_a_search_finds_two_chinese_characters_and_beginnings_of_words(db: Database, plant: Plant, sought: str):
    made = presented(db, plant, quantity=1)
    fill(db, plant, 1, search_text="something else")
    for wanted in (Filter(sought=sought), Filter(sought=sought, state="presented", link_id=plant.press_weld)):
        assert found(db, plant.auditor, wanted) == [made.id]
    assert found(db, plant.auditor, Filter(sought=sought + " 右")) == []


def test_pages_follow_each_other_without_gap_or_repeat_and_lead_back(db: Database, plant: Plant):
    ids = fill(db, plant, 12)
    for wanted in (Filter(), Filter(state="presented"), Filter(sought="支架"), Filter(oldest_first=True)):
        with db.reading() as session:
            seen, mark, pages = [], None, []
            while True:
                shown = page(session, plant.auditor, wanted, after=mark, size=5)
                pages.append([r.id for r in shown.rows])
                seen += pages[-1]
                if shown.following is None:
                    break
                mark = Mark.read(shown.following.text())
            assert seen == (ids if wanted.oldest_first else ids[::-1])
            back = page(session, plant.auditor, wanted, before=shown.previous, size=5)
            assert [r.id for r in back.rows] == pages[-2]
            first = page(session, plant.auditor, wanted, before=back.previous, size=5)
            assert ([r.id for r in first.rows], first.previous) == (pages[0], None)


@pytest.mark.parametrize("given", ["", "x", "12~", "12~yesterday", "9" * 30, "١٢", "1 OR 1"])
def test_a_mark_that_nobody_gave_out_begins_at_the_head(given: str):
    read = Mark.read(given)
    assert read is None or read == Mark(12)


def test_a_mark_of_another_order_begins_at_the_head(db: Database, plant: Plant):
    ids = fill(db, plant, 2)
    with db.reading() as session:
        shown = page(session, plant.auditor, Filter(), after=Mark(ids[1]))
        assert ([r.id for r in shown.rows], shown.previous) == (ids[::-1], None)


def test_the_count_stops_at_a_thousand(db: Database, plant: Plant):
    fill(db, plant, 1001)
    with db.reading() as session:
        shown = page(session, plant.auditor, Filter(state="presented"))
        assert (shown.total, shown.is_capped, len(shown.rows)) == (1000, True, 50)
        few = page(session, plant.auditor, Filter(last=date(2026, 3, 1)))
        assert (few.total, few.is_capped) == (16, False)


def test_a_person_sees_only_their_sites(db: Database, plant: Plant):
    ids = fill(db, plant, 1)
    here = Actor(1, "here", grants=(Grant(1, "auditor", plant.site),))
    elsewhere = Actor(1, "elsewhere", grants=(Grant(1, "auditor", plant.site + 1),))
    nobody = Actor(1, "nobody", grants=(Grant(1, "admin"),))
    assert found(db, here, Filter()) == found(db, here, Filter(site_id=plant.site)) == ids
    assert found(db, elsewhere, Filter()) == found(db, elsewhere, Filter(site_id=plant.site)) == []
    with pytest.raises(NotAllowed):
        found(db, nobody, Filter())


def plan_of(database: Database, person: Actor, wanted: Filter, mark: Mark | None = None) -> str:
    with database.reading() as session:
        leader = _leader(session, wanted)
        query = select_rows(wanted, person, True, leader=leader, mark=mark).limit(51)
        sql = query.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
        return "\n".join(row[3] for row in session.execute(text("EXPLAIN QUERY PLAN " + str(sql).replace(":", "\\:"))))


SINGLE = [Filter(), *(Filter(**{name: 1}) for name in
          ("site_id", "link_id", "supplier_id", "customer_id", "item_id", "lot_id", "import_id")),
          Filter(state="presented"), Filter(again=True), Filter(first=date(2026, 3, 1), last=date(2026, 3, 31)),
          Filter(sought="支架")]
COMBINED = [dataclasses.replace(one, **more) for one in SINGLE for more in (
    {"state": "presented"}, {"site_id": 1}, {"customer_id": 1, "state": "rejected"},
    {"first": date(2026, 3, 1)}, {"oldest_first": True})]


def test_every_query_of_the_register_is_led_by_an_index_in_its_order(db: Database, plant: Plant):
    if not db.is_sqlite:
        pytest.skip("the plan is SQLite's")
    for wanted in [*SINGLE, *COMBINED]:
        for person in (plant.auditor, Actor(1, "here", grants=(Grant(1, "auditor", 1), Grant(2, "auditor", 2)))):
            for mark in (None, Mark(7) if wanted.is_search else Mark(7, BEGIN)):
                plan = plan_of(db, person, wanted, mark)
                assert "TEMP B-TREE" not in plan, (wanted, plan)
                assert "SCAN handovers\n" not in plan + "\n", (wanted, plan)
                assert "ix_handovers_" in plan or "VIRTUAL TABLE INDEX" in plan, (wanted, plan)
