"""How far a defect escaped and who could have seen it, from routings, links and standards."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.models.acceptance import Characteristic, Standard
from qms.models.chain import Routing, RoutingStep
from qms.models.rejections import Passage, Rejection
from qms.rules.accounts import SYSTEM
from qms.workflows import rejections
from tests.databases import fixed
from tests.plant import Plant
from tests.rejections.cases import reported

NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)


def standard(db: Database, plant: Plant, link_id: int, *, item_id: int | None = None, defect_id: int | None = None,
             detectable: bool = True, valid_from: date = date(2026, 1, 1), valid_to: date | None = None) -> None:
    with db.transaction(SYSTEM, "tests.standard") as session:
        made = Standard(site_id=plant.site, link_id=link_id, item_id=item_id, revision=1, state="approved",
                        form_number=f"F-{link_id}-{item_id}-{valid_from}", title_zh="x", title_en="x",
                        valid_from=valid_from, valid_to=valid_to, drafted_by_id=plant.quality_engineer.id)
        session.add(made)
        session.flush()
        session.add(Characteristic(standard_id=made.id, position=1, name_zh="x", name_en="x", kind="attribute",
                                   defect_id=defect_id, detectable=detectable))


def passages(db: Database, made: Rejection, *, active: bool = True) -> list[tuple[int, int, bool]]:
    with db.reading() as session:
        return [(p.position, p.unit_id, p.detectable) for p in session.scalars(
            select(Passage).where(Passage.rejection_id == made.id, Passage.active == active).order_by(Passage.id))]


def found_at_paint(db: Database, plant: Plant) -> Rejection:
    return reported(db, plant, found_unit_id=plant.paint, link_id=plant.weld_paint, origin_unit_id=plant.press)


def test_an_operation_in_between_could_see_what_its_standard_plans_to_find(db: Database, plant: Plant):
    standard(db, plant, plant.press_weld, defect_id=plant.burr)
    assert passages(db, found_at_paint(db, plant)) == [(1, plant.weld, True)]


@pytest.mark.parametrize("lack", [
    {"defect_id": None}, {"detectable": False}, {"valid_from": date(2026, 12, 1)}, {"valid_to": date(2026, 2, 1)},
])
def test_without_such_a_check_in_force_it_was_not_detectable_there(db: Database, plant: Plant, lack: dict):
    standard(db, plant, plant.press_weld, **({"defect_id": plant.burr} | lack))
    with db.transaction(plant.operator, "rejections.report", clock=fixed(NOON)) as session:
        made = rejections.report(session, plant.operator, kind="not_accepted", found_unit_id=plant.paint, quantity=1,
                                 lot_id=plant.lot, defect_id=plant.burr, origin_unit_id=plant.press)
    assert passages(db, made) == [(1, plant.weld, False)]


def test_a_standard_for_the_item_goes_before_a_general_one(db: Database, plant: Plant):
    standard(db, plant, plant.press_weld, defect_id=plant.burr)
    standard(db, plant, plant.press_weld, item_id=plant.item, defect_id=plant.scratch)
    assert passages(db, found_at_paint(db, plant)) == [(1, plant.weld, False)]


def test_r50_the_routing_valid_on_the_day_of_finding_counts(db: Database, plant: Plant):
    with db.transaction(SYSTEM, "tests.routing") as session:
        session.get_one(Routing, plant.routing).valid_to = date(2026, 5, 31)
        short = Routing(item_id=plant.item, revision=2, valid_from=date(2026, 6, 1))
        session.add(short)
        session.flush()
        session.add_all([RoutingStep(routing_id=short.id, position=n, unit_id=unit)
                         for n, unit in enumerate((plant.press, plant.paint, plant.final), start=1)])
    given = {"found_unit_id": plant.paint, "origin_unit_id": plant.press, "link_id": None}
    before = reported(db, plant, found_at=datetime(2026, 5, 31, 12, tzinfo=UTC), **given)
    after = reported(db, plant, found_at=datetime(2026, 5, 31, 17, tzinfo=UTC), **given)
    assert (before.escape_steps, after.escape_steps) == (2, 1)


def test_without_a_routing_the_links_are_followed(db: Database, plant: Plant):
    made = reported(db, plant, lot_id=None, found_unit_id=plant.paint, link_id=None, origin_unit_id=plant.press)
    assert (made.escape_steps, made.escape_class) == (2, "2+")
    assert passages(db, made) == [(1, plant.weld, False)]


def test_where_no_way_leads_the_distance_is_unknown(db: Database, plant: Plant):
    against_the_flow = reported(db, plant, found_unit_id=plant.press, link_id=None, origin_unit_id=plant.paint)
    not_connected = reported(db, plant, link_id=None, origin_unit_id=plant.quality)
    for made in (against_the_flow, not_connected):
        assert (made.escape_steps, made.escape_class) == (None, "unknown")
        assert passages(db, made) == []


def test_the_customer_comes_after_the_last_operation(db: Database, plant: Plant):
    made = reported(db, plant, found_unit_id=plant.customer, link_id=plant.final_customer)
    assert [unit for _, unit, _ in passages(db, made)] == [plant.final]
    field = reported(db, plant, found_unit_id=plant.customer, link_id=plant.final_customer, in_field=True)
    assert (made.escape_class, field.escape_class) == ("E0", "EF")


def test_passages_of_a_former_origin_stay_but_are_no_longer_true(db: Database, plant: Plant):
    made = found_at_paint(db, plant)
    with db.transaction(plant.team_leader, "rejections.assume_origin") as session:
        rejections.assume_origin(session, plant.team_leader, made.id, made.rev, unit_id=plant.weld)
    assert passages(db, made) == []
    assert passages(db, made, active=False) == [(1, plant.weld, False)]
