"""What may be done with the chain, and what is refused with words."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from qms.db import Database
from qms.models.chain import Defect, Item, Link, Lot, Routing, Site, Unit
from qms.rules.accounts import SYSTEM, Actor, Grant
from qms.rules.clock import utc_now
from qms.rules.errors import Doubled, IllegalStep, Invalid, NotAllowed, NotFound, Refused, Stale
from qms.workflows import chain
from tests.plant import Plant

TODAY = utc_now().date()


@pytest.fixture
def edit(db: Database, plant: Plant):
    """Open a write session as the quality engineer."""
    return lambda person=None: db.transaction(person or plant.quality_engineer, "chain.test")


@pytest.fixture
def stranger(db: Database, plant: Plant) -> Actor:
    """A quality engineer of another site."""
    with db.transaction(SYSTEM, "chain.add_site") as session:
        other = chain.add_site(session, SYSTEM, code="GZ", name_zh="广州工厂", name_en="Guangzhou plant")
    held = plant.quality_engineer
    return replace(held, grants=(Grant(held.grants[0].id, "quality_engineer", site_id=other.id),))


def unit(session, plant: Plant, code: str, **more) -> Unit:
    given = {"kind": "operation", "name_zh": "工序", "name_en": "Operation", **more}
    return chain.add_unit(session, plant.quality_engineer, site_id=plant.site, code=code, **given)


def test_a_site_is_made_only_by_someone_who_edits_every_site(edit, plant: Plant, stranger: Actor):
    given = {"code": "BJ", "name_zh": "北京", "name_en": "Beijing"}
    with edit() as session:
        made = chain.add_site(session, plant.quality_engineer, **given, time_zone="Asia/Shanghai", profile="iso")
        assert made.profile == "iso"
    with pytest.raises(NotAllowed), edit(stranger) as session:
        chain.add_site(session, stranger, **{**given, "code": "XX"})


@pytest.mark.parametrize(("field", "value"), [("time_zone", "Mars/Base"), ("profile", "nadcap"), ("name_zh", "  "),
                                              ("code", "SH")])
def test_a_site_with_a_wrong_field_is_refused_beside_it(edit, plant: Plant, field: str, value: str):
    given = {"code": "BJ", "name_zh": "北京", "name_en": "Beijing", field: value}
    with pytest.raises((Invalid, Doubled)) as refused, edit() as session:
        chain.add_site(session, plant.quality_engineer, **given)
    assert refused.value.field == field


def test_a_unit_keeps_its_place_in_the_tree_when_the_unit_above_moves(edit, db: Database, plant: Plant):
    with edit() as session:
        shop = unit(session, plant, "WS1", kind="department")
        line = unit(session, plant, "LN1", kind="post", parent_id=shop.id)
        cell = unit(session, plant, "CE1", kind="post", parent_id=line.id)
        assert cell.path == f"{shop.id}.{line.id}.{cell.id}."
        chain.edit_unit(session, plant.quality_engineer, line.id, line.rev, parent_id=plant.quality)
    with db.reading() as session:
        assert session.get_one(Unit, line.id).path == f"{plant.quality}.{line.id}."
        assert session.get_one(Unit, cell.id).path == f"{plant.quality}.{line.id}.{cell.id}."


def test_a_unit_cannot_stand_below_itself(edit, plant: Plant):
    with edit() as session:
        shop = unit(session, plant, "WS1")
        cell = unit(session, plant, "CE1", parent_id=shop.id)
    with pytest.raises(Invalid, match="below itself"), edit() as session:
        chain.edit_unit(session, plant.quality_engineer, shop.id, shop.rev, parent_id=cell.id)
    with pytest.raises(Invalid, match="below itself"), edit() as session:
        chain.edit_unit(session, plant.quality_engineer, shop.id, shop.rev, parent_id=shop.id)


def test_a_unit_code_is_used_once_in_a_site_and_again_in_another(edit, plant: Plant):
    with pytest.raises(Doubled) as refused, edit() as session:
        unit(session, plant, "OP10")
    assert refused.value.field == "code"
    with edit() as session:
        other = chain.add_site(session, plant.quality_engineer, code="GZ", name_zh="广州", name_en="Guangzhou")
        chain.add_unit(session, plant.quality_engineer, site_id=other.id, kind="operation", code="OP10",
                       name_zh="冲压", name_en="Press")


def test_names_get_their_pinyin_initials(edit, db: Database, plant: Plant):
    with edit() as session:
        defect = chain.add_defect(session, plant.quality_engineer, site_id=plant.site, code="D9", name_zh="边缘毛刺A1",
                                  name_en="Edge burr", severity="MA")
        assert defect.initials == "bymca1"
        chain.edit_defect(session, plant.quality_engineer, defect.id, defect.rev, name_zh="划伤")
        assert defect.initials == "hs"


def test_an_edit_on_an_old_version_overwrites_nothing_and_shows_both(edit, db: Database, plant: Plant):
    with edit() as session:
        held = session.get_one(Unit, plant.press)
        old = held.rev
        chain.edit_unit(session, plant.quality_engineer, plant.press, old, name_en="Stamping")
    with pytest.raises(Stale) as refused, edit() as session:
        chain.edit_unit(session, plant.quality_engineer, plant.press, old, name_en="Pressing")
    assert (refused.value.current, refused.value.yours) == ({"name_en": "Stamping"}, {"name_en": "Pressing"})
    with db.reading() as session:
        assert session.get_one(Unit, plant.press).name_en == "Stamping"


def test_a_record_of_another_site_is_not_there(edit, plant: Plant, stranger: Actor):
    with pytest.raises(NotFound), edit(stranger) as session:
        chain.edit_unit(session, stranger, plant.press, 1, name_en="Mine")
    with pytest.raises(NotFound), edit(stranger) as session:
        chain.add_item(session, stranger, site_id=plant.site, code="X", name_zh="甲", name_en="X")
    with pytest.raises(NotFound), edit(stranger) as session:
        chain.add_link(session, stranger, supplier_id=plant.press, customer_id=plant.paint, kind="operation",
                       output_zh="件", output_en="Part")


def test_whoever_only_sees_the_chain_changes_nothing(edit, plant: Plant):
    with pytest.raises(NotAllowed), edit(plant.operator) as session:
        chain.edit_unit(session, plant.operator, plant.press, 2, name_en="Mine")


def test_an_editor_of_one_unit_edits_it_and_what_is_below_it_but_not_the_rest(edit, db: Database, plant: Plant):
    grant = plant.production_manager.grants[0]
    local = replace(plant.production_manager, grants=(replace(grant, site_id=plant.site, unit_path=f"{plant.press}."),))
    with edit(local) as session:
        chain.add_unit(session, local, site_id=plant.site, kind="post", code="P1", name_zh="岗", name_en="Post",
                       parent_id=plant.press)
    with pytest.raises(NotAllowed), edit(local) as session:
        chain.add_unit(session, local, site_id=plant.site, kind="post", code="P2", name_zh="岗", name_en="Post")
    with pytest.raises(NotAllowed), edit(local) as session:
        chain.edit_unit(session, local, plant.weld, 2, name_en="Mine")
    with pytest.raises(NotAllowed), edit(local) as session:
        chain.add_item(session, local, site_id=plant.site, code="X", name_zh="甲", name_en="X")


def test_two_units_may_be_customers_of_each_other(edit, plant: Plant):
    with edit() as session:
        back = chain.add_link(session, plant.quality_engineer, supplier_id=plant.weld, customer_id=plant.press,
                              kind="operation", output_zh="空料架", output_en="Empty racks")
        assert back.id


def test_the_same_link_is_not_made_twice(edit, plant: Plant):
    with pytest.raises(Doubled), edit() as session:
        chain.add_link(session, plant.quality_engineer, supplier_id=plant.press, customer_id=plant.weld,
                       kind="operation", output_zh="支架", output_en="Brackets")


def test_r43_nothing_is_taken_out_of_use_without_a_reason(edit, db: Database, plant: Plant):
    with pytest.raises(Refused) as refused, edit() as session:
        chain.retire_link(session, plant.quality_engineer, plant.press_weld, 1, active=False, reason=" ")
    assert refused.value.rule == "R-43"
    with edit() as session:
        chain.retire_link(session, plant.quality_engineer, plant.press_weld, 1, active=False, reason="line moved")
    with db.reading() as session:
        assert session.get_one(Link, plant.press_weld).active is False


def test_a_unit_that_links_or_routings_need_stays_in_use(edit, plant: Plant):
    with pytest.raises(Invalid, match=r"links 2, units below it 0, routings 1"), edit() as session:
        held = session.get_one(Unit, plant.weld)
        chain.retire_unit(session, plant.quality_engineer, plant.weld, held.rev, active=False, reason="sold")
    with edit() as session:
        held = session.get_one(Unit, plant.quality)
        chain.retire_unit(session, plant.quality_engineer, plant.quality, held.rev, active=False, reason="merged")


def test_a_kind_that_a_link_of_the_unit_does_not_allow_is_refused(edit, plant: Plant):
    with pytest.raises(Invalid) as refused, edit() as session:
        held = session.get_one(Unit, plant.press)
        chain.edit_unit(session, plant.quality_engineer, plant.press, held.rev, kind="customer")
    assert refused.value.field == "kind"


def test_a_proposed_link_is_confirmed_once(edit, plant: Plant):
    with edit() as session:
        link = chain.add_link(session, plant.quality_engineer, supplier_id=plant.press, customer_id=plant.paint,
                              kind="operation", output_zh="件", output_en="Part", source="log", proposed=True,
                              observed=12)
        chain.confirm_link(session, plant.quality_engineer, link.id, link.rev)
        assert not link.proposed
    with pytest.raises(IllegalStep), edit() as session:
        chain.confirm_link(session, plant.quality_engineer, link.id, link.rev)


def test_an_item_goes_to_an_outside_customer_only(edit, plant: Plant):
    with pytest.raises(Invalid) as refused, edit() as session:
        chain.add_item(session, plant.quality_engineer, site_id=plant.site, code="X", name_zh="甲", name_en="X",
                       customer_id=plant.press)
    assert refused.value.field == "customer_id"
    with pytest.raises(Invalid) as refused, edit() as session:
        chain.add_item(session, plant.quality_engineer, site_id=plant.site, code="X", name_zh="甲", name_en="X",
                       special="ZZ")
    assert refused.value.field == "special"


def test_a_severity_that_does_not_exist_is_refused(edit, plant: Plant):
    with pytest.raises(Invalid) as refused, edit() as session:
        chain.add_defect(session, plant.quality_engineer, site_id=plant.site, code="D9", name_zh="毛刺", name_en="Burr",
                         severity="XX")
    assert refused.value.field == "severity"


def test_items_and_defects_are_retired_with_a_reason(edit, plant: Plant):
    with edit() as session:
        item = chain.retire(session, plant.quality_engineer, Item, plant.item, 1, active=False, reason="end of series")
        defect = chain.retire(session, plant.quality_engineer, Defect, plant.burr, 1, active=False, reason="split")
        assert (item.active, defect.active) == (False, False)


def lots(session, plant: Plant, *numbers: str) -> list[Lot]:
    return [chain.add_lot(session, plant.quality_engineer, site_id=plant.site, number=n, item_id=plant.item,
                          quantity=10)
            for n in numbers]


def test_the_family_of_a_lot_is_all_it_was_made_from(edit, db: Database, plant: Plant):
    person = plant.quality_engineer
    with edit() as session:
        coil, blank = lots(session, plant, "COIL", "BLANK")
        chain.edit_lot(session, person, blank.id, blank.rev, sources=[(coil.id, 4)])
        part = chain.add_lot(session, person, site_id=plant.site, number="PART", item_id=plant.item, quantity=8,
                             sources=[(blank.id, None)])
    with db.reading() as session:
        assert chain.lot_family(session, part.id) == {coil.id, blank.id, part.id}
        assert chain.lot_family(session, coil.id) == {coil.id}
        assert chain.descendants(session, coil.id) == {blank.id, part.id}
        assert chain.descendants(session, part.id) == set()


def test_a_lot_cannot_be_its_own_ancestor(edit, plant: Plant):
    person = plant.quality_engineer
    with edit() as session:
        a, b, c = lots(session, plant, "A", "B", "C")
        chain.edit_lot(session, person, b.id, b.rev, sources=[(a.id, None)])
        chain.edit_lot(session, person, c.id, c.rev, sources=[(b.id, None)])
    for ancestor in (a, b, c):
        with pytest.raises(Invalid) as refused, edit() as session:
            chain.edit_lot(session, person, a.id, a.rev, sources=[(ancestor.id, None)])
        if ancestor is not a:
            assert refused.value.field == "sources"


def test_a_source_recorded_by_mistake_no_longer_counts_and_may_come_back(edit, db: Database, plant: Plant):
    person = plant.quality_engineer
    with edit() as session:
        a, b = lots(session, plant, "A", "B")
        chain.edit_lot(session, person, b.id, b.rev, sources=[(a.id, 3)])
        chain.edit_lot(session, person, b.id, b.rev, sources=[])
        assert chain.lot_family(session, b.id) == {b.id}
        chain.edit_lot(session, person, b.id, b.rev, sources=[(a.id, 5)])
        assert [(s.source_id, s.quantity) for s in chain.sources_of(session, b.id)] == [(a.id, 5)]


def test_more_than_a_source_holds_cannot_be_taken_from_it(edit, plant: Plant):
    with pytest.raises(Invalid) as refused, edit() as session:
        a, b = lots(session, plant, "A", "B")
        chain.edit_lot(session, plant.quality_engineer, b.id, b.rev, sources=[(a.id, 11)])
    assert refused.value.field == "sources"


def test_r50_a_new_routing_closes_the_former_the_day_before(edit, db: Database, plant: Plant):
    with edit() as session:
        made = chain.add_routing(session, plant.quality_engineer, item_id=plant.item,
                                 unit_ids=[plant.press, plant.paint, plant.final],
                                 valid_from=TODAY + timedelta(days=10))
        assert made.revision == 2
    with db.reading() as session:
        assert session.get_one(Routing, plant.routing).valid_to == TODAY + timedelta(days=9)
        assert chain.route(session, plant.item, TODAY) == [plant.press, plant.weld, plant.paint, plant.final]
        assert chain.route(session, plant.item, TODAY + timedelta(days=10)) == [plant.press, plant.paint, plant.final]
        assert chain.route(session, plant.item, date(2025, 1, 1)) == []


def test_r50_a_new_routing_does_not_change_what_was_valid_before_today(edit, plant: Plant):
    with pytest.raises(Refused) as refused, edit() as session:
        chain.add_routing(session, plant.quality_engineer, item_id=plant.item, unit_ids=[plant.press],
                          valid_from=TODAY - timedelta(days=30))
    assert (refused.value.rule, refused.value.field) == ("R-50", "valid_from")


def test_a_routing_passes_operations_in_use_of_its_site(edit, plant: Plant):
    for unit_ids in ([], [plant.press, plant.press], [plant.press, plant.customer]):
        with pytest.raises(Invalid) as refused, edit() as session:
            chain.add_routing(session, plant.quality_engineer, item_id=plant.item, unit_ids=unit_ids, valid_from=TODAY)
        assert refused.value.field == "unit_ids"


def test_a_proposed_routing_stands_in_only_until_a_person_puts_one_in_force(edit, db: Database, plant: Plant):
    person = plant.quality_engineer
    with edit() as session:
        item = chain.add_item(session, person, site_id=plant.site, code="N", name_zh="新件", name_en="New part")
        seldom = chain.add_routing(session, person, item_id=item.id, unit_ids=[plant.press],
                                   valid_from=date(2025, 1, 1),
                                   source="log", proposed=True, observed=2)
        often = chain.add_routing(session, person, item_id=item.id, unit_ids=[plant.press, plant.weld],
                                  valid_from=date(2025, 1, 1), source="log", proposed=True, observed=9)
        assert chain.route(session, item.id, TODAY) == [plant.press, plant.weld]
        assert chain.routing_in_force(session, item.id, TODAY) is None
        chain.confirm_routing(session, person, seldom.id, seldom.rev, valid_from=date(2025, 1, 1))
        assert chain.route(session, item.id, TODAY) == [plant.press]
        chain.set_routing_aside(session, person, often.id, often.rev, reason="a rework order")
    with pytest.raises(IllegalStep), edit() as session:
        chain.set_routing_aside(session, person, seldom.id, seldom.rev, reason="no")


def test_links_missing_between_neighbours_of_a_routing_are_proposed_once(edit, plant: Plant):
    person = plant.quality_engineer
    with edit() as session:
        routing = chain.add_routing(session, person, item_id=plant.item, valid_from=TODAY + timedelta(days=1),
                                    unit_ids=[plant.press, plant.paint, plant.final])
        made = chain.propose_links(session, person, routing.id)
        assert [(x.supplier_id, x.customer_id, x.source, x.proposed) for x in made] == [
            (plant.press, plant.paint, "routing", True)]
        assert chain.propose_links(session, person, routing.id) == []


def test_every_path_from_a_unit_to_an_outside_customer_is_found(edit, db: Database, plant: Plant):
    with edit() as session:
        chain.add_link(session, plant.quality_engineer, supplier_id=plant.press, customer_id=plant.paint,
                       kind="operation", output_zh="件", output_en="Part")
        chain.add_link(session, plant.quality_engineer, supplier_id=plant.paint, customer_id=plant.weld,
                       kind="operation", output_zh="返工件", output_en="Rework")
    with db.reading() as session:
        found = chain.paths_to_customers(session, plant.press)
        assert [[u.code for u in path] for path in found] == [["OP10", "OP30", "OP90", "C01"],
                                                              ["OP10", "OP20", "OP30", "OP90", "C01"]]
        assert chain.paths_to_customers(session, plant.quality) == []


def test_broken_ends_name_units_without_customer_links_without_standard_and_proposals(edit, db: Database, plant: Plant):
    with edit() as session:
        link = chain.add_link(session, plant.quality_engineer, supplier_id=plant.quality, customer_id=plant.press,
                              kind="function", output_zh="检验", output_en="Inspection", proposed=True)
    with db.reading() as session:
        ends = chain.broken_ends(session, plant.site)
    assert [u.id for u in ends.without_customer] == [plant.quality]
    assert [x.id for x in ends.without_standard] == [plant.press_weld, plant.weld_paint, plant.paint_final,
                                                     plant.final_customer]
    assert [x.id for x in ends.proposed_links] == [link.id]
    assert ends.proposed_routings == []


def test_sites_are_only_those_of_the_person(db: Database, plant: Plant, stranger: Actor):
    with db.reading() as session:
        assert [s.code for s in chain.sites(session, stranger)] == ["GZ"]
        assert [s.code for s in chain.sites(session, plant.quality_engineer)] == ["GZ", "SH"]
        assert session.scalar(select(Site.id).where(Site.code == "SH")) == plant.site
