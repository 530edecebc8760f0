"""What happens when a rejection is reported."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest
from sqlalchemy import select

from qms.db import Database
from qms.db.ledger import ledger
from qms.models.chain import Item, Lot, Site, Unit
from qms.models.rejections import Hold, Rejection
from qms.rules.accounts import SYSTEM, Actor, Grant
from qms.rules.errors import Doubled, Invalid, NotAllowed, NotFound
from qms.workflows import rejections
from tests.databases import fixed
from tests.plant import Plant
from tests.rejections.cases import reported, seen

AT = datetime(2026, 11, 2, 4, tzinfo=UTC)


def test_a_report_holds_its_quantity_at_once(db: Database, plant: Plant):
    made = reported(db, plant, location="Cage 4")
    with db.reading() as session:
        held = rejections.open_holds(session, [plant.lot])
    assert [(h.rejection_id, h.quantity, h.location, h.state) for h in held] == [(made.id, 10, "Cage 4", "held")]
    assert (made.state, made.kind, made.reported_by_id) == ("held", "not_accepted", plant.operator.id)


def test_r05_a_whole_lot_is_held_whole(db: Database, plant: Plant):
    reported(db, plant, quantity=1, whole_lot=True)
    with db.reading() as session:
        assert [h.quantity for h in rejections.open_holds(session, {plant.lot})] == [200]
        assert rejections.open_holds(session, []) == []


def test_r47_numbers_run_without_gaps_per_site_and_year(db: Database, plant: Plant):
    numbers = []
    for at in (AT, AT, AT.replace(year=2027)):
        with db.transaction(plant.operator, "rejections.report", clock=fixed(at)) as session:
            numbers.append(rejections.report(session, plant.operator, kind="not_made", found_unit_id=plant.press,
                                             quantity=1, lot_id=plant.lot).number)
    assert numbers == ["NC-SH-2026-000001", "NC-SH-2026-000002", "NC-SH-2027-000001"]


def test_r47_a_report_that_fails_leaves_no_gap(db: Database, plant: Plant):
    first = reported(db, plant)
    with pytest.raises(ZeroDivisionError), db.transaction(plant.operator, "rejections.report") as session:
        rejections.report(session, plant.operator, kind="not_made", found_unit_id=plant.press, quantity=1,
                          lot_id=plant.lot)
        raise ZeroDivisionError
    assert reported(db, plant).serial == first.serial + 1


def test_r02_without_a_lot_the_product_is_suspect_and_held(db: Database, plant: Plant):
    reported(db, plant, lot_id=None, item_id=None, link_id=None)
    with db.reading() as session:
        hold = session.scalars(select(Hold)).one()
        rules = [r for (e,) in session.execute(select(ledger.c.entry).where(ledger.c.entity == "rejections"))
                 for r in orjson.loads(e)["rules"]]
    assert (hold.lot_id, hold.quantity, hold.state) == (None, 10, "held")
    assert rules == ["R-02"]


def test_r02_does_not_act_on_a_lot_that_is_known(db: Database, plant: Plant):
    made = reported(db, plant)
    with db.reading() as session:
        entry = session.execute(select(ledger.c.entry).where(ledger.c.entity == "rejections")).scalar_one()
    assert orjson.loads(entry)["rules"] == []
    assert made.item_id == plant.item


def test_severity_is_that_of_the_defect_unless_given(db: Database, plant: Plant):
    assert reported(db, plant, defect_id=plant.scratch).severity == "MI"
    assert reported(db, plant, defect_id=plant.scratch, severity="CR").severity == "CR"
    assert reported(db, plant, defect_id=None).severity == "MA"


def test_own_work_is_laid_to_the_finding_unit(db: Database, plant: Plant):
    for kind in ("not_made", "not_passed_on"):
        made = reported(db, plant, kind=kind, found_unit_id=plant.paint, link_id=None)
        assert (made.origin_unit_id, made.origin_state) == (plant.paint, "assumed")
        assert (made.escape_steps, made.escape_class) == (0, "0")


def test_what_was_received_is_laid_to_the_supplier_of_the_link(db: Database, plant: Plant):
    made = reported(db, plant)
    assert (made.origin_unit_id, made.origin_state, made.escape_steps) == (plant.press, "assumed", 1)
    with db.reading() as session:
        statement = seen(session, made).statements[0]
    assert (statement.state, statement.unit_id, statement.person_id) == ("assumed", plant.press, plant.operator.id)
    assert statement.grant_id == plant.operator.grants[0].id


def test_without_a_link_it_is_laid_to_the_operation_before(db: Database, plant: Plant):
    assert reported(db, plant, found_unit_id=plant.paint, link_id=None).origin_unit_id == plant.weld
    assert reported(db, plant, found_unit_id=plant.press, link_id=None).origin_state == "unknown"


def test_an_inspecting_unit_is_never_the_origin(db: Database, plant: Plant):
    found_by_customer = reported(db, plant, found_unit_id=plant.customer, link_id=plant.final_customer)
    found_by_inspection = reported(db, plant, kind="not_passed_on", found_unit_id=plant.final, link_id=None)
    assert found_by_customer.origin_unit_id == found_by_inspection.origin_unit_id == plant.paint
    assert (found_by_customer.escape_steps, found_by_customer.escape_class) == (2, "E0")
    assert (found_by_inspection.escape_steps, found_by_inspection.escape_class) == (1, "F")
    with pytest.raises(Invalid) as refused:
        reported(db, plant, found_unit_id=plant.customer, origin_unit_id=plant.final)
    assert refused.value.field == "origin_unit_id"


def test_an_inspecting_unit_without_a_routing_leaves_the_origin_unknown(db: Database, plant: Plant):
    made = reported(db, plant, kind="not_passed_on", found_unit_id=plant.final, link_id=None, lot_id=None)
    assert (made.origin_unit_id, made.origin_state, made.escape_class) == (None, "unknown", "F")
    with db.reading() as session:
        assert seen(session, made).statements == []


def test_a_report_is_found_by_two_chinese_characters_and_by_its_words(db: Database, plant: Plant):
    made = reported(db, plant, note="角部发白", zone="A2")
    for word in ("毛", "支", "BR".lower(), "0001", "角", "weld", made.number.split("-")[0].lower()):
        assert word in made.search_text.split()


@pytest.mark.parametrize("field", ["lot_id", "item_id", "defect_id", "origin_unit_id", "link_id", "handover_id"])
def test_an_id_that_is_not_there_is_refused_by_field(db: Database, plant: Plant, field: str):
    with pytest.raises(Invalid) as refused:
        reported(db, plant, **{field: 987_654})
    assert refused.value.field == field


def test_records_of_another_site_are_refused(db: Database, plant: Plant):
    with db.transaction(SYSTEM, "tests.site") as session:
        other = Site(code="WX", name_zh="无锡", name_en="Wuxi", time_zone="Asia/Shanghai", profile="iso", demo=False)
        session.add(other)
        session.flush()
        item = Item(site_id=other.id, code="X", name_zh="x", name_en="x")
        session.add(item)
        session.flush()
        lot = Lot(site_id=other.id, number="X-1", item_id=item.id, quantity=5)
        unit = Unit(site_id=other.id, kind="operation", code="X10", name_zh="x", name_en="x", path="999.")
        session.add_all([lot, unit])
        session.flush()
    with pytest.raises(Invalid) as refused:
        reported(db, plant, lot_id=lot.id)
    assert refused.value.field == "lot_id"
    local = Actor(id=plant.operator.id, name="x", grants=(Grant(plant.operator.grants[0].id, "operator", plant.site),))
    assert reported(db, plant, local).id
    with pytest.raises(NotFound):
        reported(db, plant, local, found_unit_id=unit.id, lot_id=None, defect_id=None, link_id=None)


def test_a_lot_of_another_item_is_refused(db: Database, plant: Plant):
    with db.transaction(SYSTEM, "tests.item") as session:
        other = Item(site_id=plant.site, code="BR-200", name_zh="右支架", name_en="Right bracket")
        session.add(other)
    with pytest.raises(Invalid) as refused:
        reported(db, plant, item_id=other.id)
    assert refused.value.field == "item_id"
    assert reported(db, plant, item_id=plant.item).item_id == plant.item


def test_only_who_may_report_in_the_finding_unit_reports(db: Database, plant: Plant):
    with db.reading() as session:
        path = session.get_one(Unit, plant.press).path
    grant = plant.operator.grants[0].id
    presser = Actor(id=plant.operator.id, name="x", grants=(Grant(grant, "operator", plant.site, path),))
    assert reported(db, plant, presser, kind="not_made", found_unit_id=plant.press).id
    with pytest.raises(NotAllowed):
        reported(db, plant, presser)
    with pytest.raises(NotAllowed):
        reported(db, plant, plant.auditor)


def test_the_times_of_finding_and_of_receipt_are_both_kept(db: Database, plant: Plant):
    found = AT - timedelta(days=2)
    with db.transaction(plant.operator, "rejections.report", clock=fixed(AT)) as session:
        made = rejections.report(session, plant.operator, kind="not_made", found_unit_id=plant.press, quantity=1,
                                 found_at=found)
    assert (made.found_at, made.received_at) == (found, AT)


def test_an_identity_is_taken_once(db: Database, plant: Plant):
    reported(db, plant, source_key="file:1", source="import")
    with pytest.raises(Doubled):
        reported(db, plant, source_key="file:1", source="import")
    identity = "0b5cadf0-0000-4000-8000-000000000001"
    assert reported(db, plant, client_id=identity.upper()).client_id == identity
    with pytest.raises(Doubled):
        reported(db, plant, client_id=identity)
    with db.reading() as session:
        assert len(session.scalars(select(Rejection)).all()) == 2
