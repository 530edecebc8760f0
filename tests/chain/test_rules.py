"""The laws of the chain that need no database."""

import pytest

from qms.rules.chain import LINK_ENDS, LINK_KINDS, UNIT_KINDS, check_link, check_time_zone, time_zones
from qms.rules.chain_graph import paths, ranks
from qms.rules.errors import Invalid


def test_every_kind_of_link_says_which_units_it_joins():
    assert LINK_ENDS.keys() == LINK_KINDS.keys()
    for suppliers, customers in LINK_ENDS.values():
        assert suppliers | customers <= UNIT_KINDS.keys()


@pytest.mark.parametrize(("kind", "supplier", "customer", "field"), [
    ("operation", "customer", "operation", "supplier_id"),
    ("operation", "operation", "supplier", "customer_id"),
    ("rank_task", "post", "customer", "customer_id"),
    ("function", "supplier", "department", "supplier_id"),
    ("friendship", "post", "post", "kind"),
])
def test_units_that_do_not_fit_the_kind_of_link_are_refused_beside_their_field(kind, supplier, customer, field):
    with pytest.raises(Invalid) as refused:
        check_link(kind, supplier, customer, same_unit=False, same_site=True)
    assert refused.value.field == field


def test_an_outside_customer_ends_an_operation_link_and_an_outside_supplier_begins_one():
    check_link("operation", "supplier", "operation", same_unit=False, same_site=True)
    check_link("operation", "operation", "customer", same_unit=False, same_site=True)


def test_a_unit_is_not_its_own_customer_and_a_link_stays_in_its_site():
    with pytest.raises(Invalid, match="own customer"):
        check_link("operation", "operation", "operation", same_unit=True, same_site=True)
    with pytest.raises(Invalid, match="same site"):
        check_link("operation", "operation", "operation", same_unit=False, same_site=False)


@pytest.mark.parametrize("name", ["Asia/Shangai", "../etc/passwd", "", "localtime", "Asia"])
def test_a_time_zone_that_does_not_exist_is_refused(name):
    with pytest.raises(Invalid) as refused:
        check_time_zone(name)
    assert refused.value.field == "time_zone"


def test_the_zone_of_the_plant_exists():
    check_time_zone("Asia/Shanghai")
    assert "UTC" in time_zones()


def test_paths_survive_a_circle_and_come_shortest_first():
    edges = [(1, 2), (2, 3), (3, 2), (3, 9), (2, 9), (1, 1)]
    assert paths(edges, 1, [9]) == ([[1, 2, 9], [1, 2, 3, 9]], True)


def test_paths_end_at_the_first_goal_and_leave_out_what_leads_nowhere():
    assert paths([(1, 8), (8, 9), (1, 5)], 1, [8, 9]).paths == [[1, 8]]
    assert paths([(1, 5)], 1, [9]) == ([], True)
    assert paths([(9, 1)], 9, [9]) == ([], True)


def test_too_many_paths_are_cut_off_and_say_so():
    edges = [(a, b) for a in range(12) for b in range(12) if a != b] + [(a, 99) for a in range(12)]
    found = paths(edges, 0, [99], most=50)
    assert len(found.paths) == 50
    assert not found.complete


def test_ranks_lead_to_the_right_by_the_longest_chain():
    assert ranks([1, 2, 3, 4], [(1, 2), (2, 3), (1, 3), (3, 4)]) == {1: 0, 2: 1, 3: 2, 4: 3}


def test_ranks_survive_a_rework_circle_and_loose_units():
    column = ranks([1, 2, 3, 7], [(1, 2), (2, 3), (3, 2), (3, 3), (1, 99)])
    assert (column[1], column[2], column[3], column[7]) == (0, 1, 2, 0)


def test_ranks_of_a_mere_circle_still_put_the_first_given_first():
    assert ranks([5, 6], [(5, 6), (6, 5)]) == {5: 0, 6: 1}
