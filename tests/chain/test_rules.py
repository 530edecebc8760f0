"""The laws of the chain that need no database."""

import pytest

from qms.rules.chain import LINK_ENDS, LINK_KINDS, UNIT_KINDS, check_link, check_time_zone, time_zones
from qms.rules.chain_graph import paths, ranks
from qms.rules.chain_layout import Standing, layout
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


def plant_of(operations: int, lines: int, departments: int, customers: int, suppliers: int):
    """Units and moves of a plant with parallel lines that meet in the last operation."""
    units, flow = [], []
    for line in range(lines):
        first = len(units)
        units += [Standing(first + n + 1, "operation", f"L{line}", f"OP{line}{n:02d}") for n in range(operations)]
        flow += [(first + n, first + n + 1) for n in range(1, operations)]
    last = len(units)
    flow += [(operations * (line + 1), last) for line in range(lines - 1)]
    for kind, many in (("department", departments), ("customer", customers), ("supplier", suppliers)):
        for n in range(many):
            units.append(Standing(len(units) + 1, kind, None, f"{kind}{n:02d}"))
            flow += {"customer": [(last, len(units))], "supplier": [(len(units), 1)]}.get(kind, [])
    return units, flow


@pytest.mark.parametrize("size", [(12, 1, 8, 3, 2), (30, 1, 0, 0, 0), (6, 3, 10, 5, 4), (2, 1, 1, 1, 0),
                                  (1, 1, 0, 0, 0), (0, 1, 9, 0, 0), (5, 2, 12, 8, 1), (15, 2, 3, 1, 1)])
def test_no_two_labels_of_the_map_meet(size):
    units, flow = plant_of(*size) if size[0] else ([Standing(n, "department", None, f"D{n}") for n in range(9)], [])
    drawn = layout(units, flow)
    column_px, label_px, mark_px = max(68, 1000 / drawn.columns), 48, 14
    boxes = []
    for spot in drawn.spots.values():
        half = min(176, spot.span * column_px - 10) / 2
        top = spot.y - mark_px - label_px if spot.above else spot.y + mark_px
        boxes.append((spot.x * column_px - half, top, spot.x * column_px + half, top + label_px))
        assert half >= 24
        assert 0 <= spot.x <= drawn.columns
        assert 0 <= spot.y <= drawn.height
    for i, a in enumerate(boxes):
        for b in boxes[i + 1:]:
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], (a, b)


def test_the_map_puts_suppliers_left_customers_right_and_departments_below():
    units, flow = plant_of(12, 1, 8, 3, 2)
    spots = layout(units, flow).spots
    of = {kind: [spots[u.id] for u in units if u.kind == kind] for kind in ("operation", "department", "customer",
                                                                           "supplier")}
    assert max(s.x for s in of["supplier"]) < min(s.x for s in of["operation"])
    assert min(s.x for s in of["customer"]) > max(s.x for s in of["operation"])
    assert min(s.y for s in of["department"]) > max(s.y for s in of["operation"] + of["customer"] + of["supplier"])
    assert [s.x for s in of["operation"]] == sorted(s.x for s in of["operation"])
