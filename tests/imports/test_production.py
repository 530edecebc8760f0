"""Facts about production logs: what is derived, and that no piece and no row is lost or invented."""

import random
from datetime import datetime

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qms.imports.production import count_by_kind, read
from qms.imports.production_summary import summary_of
from qms.rules.errors import BadFile, Invalid
from tests.imports.production_logs import HEADER, log, row, three_steps

ZONE = "Asia/Shanghai"


def kinds(found):
    return count_by_kind(found.anomalies)


def order_of(*rows, **options):
    (order,) = read(log(*rows), ZONE, **options).work_orders
    return order


def test_a_clean_log_has_no_anomaly_and_adds_up():
    found = read(log(*three_steps()), ZONE)
    summary = summary_of(found)
    assert found.problems == found.anomalies == ()
    assert (summary.rows_read, summary.rows_taken, summary.exact_repeats) == (3, 3, 0)
    assert (summary.work_orders, summary.operations, summary.inspections, summary.items) == (1, 3, 1, 1)
    assert (summary.hand_overs, summary.hand_over_pairs) == (2, 2)
    assert (summary.pieces_completed, summary.rework_rows) == (24, 0)
    assert (summary.pieces_rejected, summary.rows_rejected) == (2, 1)
    assert (summary.pieces_mrb, summary.rows_mrb) == (1, 1)


def test_operations_tell_their_machine_and_whether_they_inspect():
    found = read(log(*three_steps()), ZONE)
    assert [(each.name, each.machine, each.inspection) for each in found.operations] == [
        ("Milling - Machine 3", "Machine 3", False),
        ("Milling Q.C.", None, True),
        ("Packing", None, False),
    ]


@pytest.mark.parametrize(
    "name",
    [
        "Turning Q.C.",
        "Lapping QC",
        "Final Inspection",
        "Final Inspection - Weighing",
        "车削 检验",
        "终检",
        "q.c. deburring",
    ],
)
def test_inspections_are_known_by_their_words(name):
    assert read(log(row(name)), ZONE).operations[0].inspection


@pytest.mark.parametrize("name", ["Turning - Machine 4", "Aqcuire parts", "Inspectorate paint", "车削"])
def test_other_operations_are_no_inspections(name):
    assert not read(log(row(name)), ZONE).operations[0].inspection


def test_a_person_decides_what_the_name_does_not_tell():
    found = read(
        log(row("Weighing"), row("QC paint", at=60)), ZONE, inspections={"Weighing": True, "QC paint": False}
    )
    assert [each.inspection for each in found.operations] == [False, True]


def test_rejected_and_held_pieces_are_two_findings_and_the_inspection_is_not_their_origin():
    rejected, held = order_of(*three_steps()).findings
    assert (rejected.outcome, rejected.quantity) == ("rejected", 2)
    assert (held.outcome, held.quantity) == ("mrb", 1)
    for finding in (rejected, held):
        assert finding.found.operation == "Milling Q.C."
        assert finding.origin.operation == "Milling - Machine 3"
        assert finding.distance == 1


def test_the_origin_is_the_last_step_that_made_something():
    order = order_of(
        row("Turning - Machine 1", at=0, done=10),
        row("Turning QC", at=40, done=10),
        row("Grinding - Machine 2", at=80, kind="S"),
        row("Final Inspection", at=120, done=9, rejected=1),
    )
    (finding,) = order.findings
    assert (finding.origin.operation, finding.distance) == ("Turning - Machine 1", 3)


def test_a_producing_step_found_its_own():
    (finding,) = order_of(row("Turning - Machine 1", done=9, rejected=1)).findings
    assert (finding.origin.operation, finding.distance) == ("Turning - Machine 1", 0)


def test_an_inspection_with_nothing_before_it_has_no_origin_and_says_so():
    found = read(log(row("Turning QC", done=9, rejected=1)), ZONE)
    (finding,) = found.work_orders[0].findings
    assert (finding.origin, finding.distance) == (None, None)
    assert kinds(found) == {"origin_not_known": 1}


def test_a_hand_over_is_the_change_of_operation_and_equal_neighbours_are_one_step():
    order = order_of(
        row("A", at=0, done=4), row("A", at=40, done=6), row("B", at=80, done=10), row("A", at=120, done=10)
    )
    assert order.sequence == ("A", "B", "A")
    assert [(move.giver.operation, move.receiver.operation, move.quantity) for move in order.hand_overs] == [
        ("A", "B", 10),
        ("B", "A", 10),
    ]
    assert order.delivered == 10


def test_set_up_and_breakdown_rows_take_part_in_the_sequence_and_move_nothing():
    found = read(
        log(
            row("A", at=0, done=10),
            row("B", at=40, kind="S"),
            row("C", at=80, kind="B"),
            row("D", at=120, done=10),
        ),
        ZONE,
    )
    assert found.work_orders[0].sequence == ("A", "B", "C", "D")
    assert summary_of(found).pieces_completed == 20
    assert kinds(found) == {}


def test_rows_are_sorted_by_start_then_complete_then_line():
    order = order_of(
        row("C", at=10, minutes=9),
        row("B", at=0, minutes=5),
        row("A", at=0, minutes=5),
        row("Z", at=0, minutes=1),
    )
    assert order.sequence == ("Z", "B", "A", "C")


def test_links_and_routings_are_proposed_with_their_counts():
    rows = [{**made, "Case ID": f"Order {number}"} for number in range(3) for made in three_steps()]
    found = read(log(*rows, row("Packing", at=0, case="Order X")), ZONE)
    assert [tuple(pair) for pair in found.links] == [
        ("Milling - Machine 3", "Milling Q.C.", 3, 3, 30),
        ("Milling Q.C.", "Packing", 3, 3, 21),
    ]
    assert [tuple(routing) for routing in found.routings] == [
        ("Made-up Flange", ("Milling - Machine 3", "Milling Q.C.", "Packing"), 3),
        ("Made-up Flange", ("Packing",), 1),
    ]


@pytest.mark.parametrize(
    ("changed", "kind"),
    [
        ({"span": "009:59"}, "span_differs"),
        ({"span": "1/2/1900 1:30"}, "span_damaged"),
        ({"span": "30:00.0"}, "span_damaged"),
        ({"span": "1900-01-02 01:30:00"}, "span_damaged"),
        ({"span": "half an hour"}, "span_unreadable"),
        ({"kind": "S"}, "quantity_not_moved"),
        ({"kind": "B"}, "quantity_not_moved"),
        ({"kind": "X", "completed": "0"}, "report_type_unknown"),
        ({"kind": "", "completed": "0"}, "report_type_unknown"),
        ({"rejected": ""}, "quantity_missing"),
        ({"rework": "maybe"}, "rework_mark_unknown"),
        ({"item": ""}, "item_missing"),
        ({"order": "9"}, "over_order_quantity"),
        ({"order": "ten"}, "order_quantity_unreadable"),
        ({"order": "11"}, "order_not_balanced"),
        ({"resource": "Machine 30"}, "resource_differs"),
        ({"minutes": -30, "span": ""}, "end_before_start"),
    ],
)
def test_dirt_in_a_row_is_an_anomaly_and_the_row_is_kept(changed, kind):
    found = read(log(row(done=10) | {} if not changed else row(**({"done": 10} | changed))), ZONE)
    assert kind in kinds(found)
    assert len(found.reports) == 1
    assert all(problem.line == 2 for problem in found.anomalies)


@pytest.mark.parametrize(
    ("changed", "column"),
    [
        ({"completed": "-1"}, "Qty Completed"),
        ({"completed": "1.5"}, "Qty Completed"),
        ({"rejected": "x"}, "Qty Rejected"),
        ({"mrb": "12345678901234567890"}, "Qty for MRB"),
        ({"mrb": "1e3"}, "Qty for MRB"),
        ({"case": ""}, "Case ID"),
        ({"activity": ""}, "Activity"),
        ({"activity": "=1+1"}, "Activity"),
        ({"activity": "x" * 40_000}, "Activity"),
        ({"activity": "Mill\x07ing"}, "Activity"),
        ({"case": "\u202eA"}, "Case ID"),
        ({"start": ""}, "Start Timestamp"),
        ({"start": "29/01/2012 10:00"}, "Start Timestamp"),
        ({"complete": "2012/02/30 10:00"}, "Complete Timestamp"),
        ({"complete": "0012/02/03 10:00"}, "Complete Timestamp"),
        ({"span": "x" * 300}, "Span"),
    ],
)
def test_a_row_that_cannot_be_taken_is_refused_by_line_and_column(changed, column):
    found = read(log(row(done=10), row(**({"at": 60, "done": 10} | changed))), ZONE)
    assert [(problem.line, problem.field) for problem in found.problems] == [(3, column)]
    summary = summary_of(found)
    assert (summary.rows_read, summary.rows_taken, summary.rows_refused, summary.pieces_completed) == (
        2,
        1,
        1,
        10,
    )


def test_every_wrong_cell_of_a_row_is_named():
    found = read(log(row(done=1), row(at=60, done=-1, rejected="x", start="?")), ZONE)
    assert [problem.field for problem in found.problems] == [
        "Start Timestamp",
        "Qty Completed",
        "Qty Rejected",
    ]
    assert found.refused_rows == 1


def test_a_torn_row_is_refused_and_a_missing_empty_end_is_not():
    whole = log(row(done=10)).decode()
    short_end = whole.rstrip("\r\n").removesuffix(",")
    assert len(read(short_end.encode(), ZONE).reports) == 1
    found = read((whole + "Order A,Milling\r\n").encode(), ZONE)
    assert [problem.line for problem in found.problems] == [3]
    found = read((whole + whole.splitlines()[1] + ",too,many\r\n").encode(), ZONE)
    assert [problem.line for problem in found.problems] == [3]


def test_time_stamps_that_excel_destroyed_refuse_the_whole_file_by_line_and_column():
    with pytest.raises(
        BadFile, match="2 time stamps, the first on line 3, column Start Timestamp"
    ) as refused:
        read(log(row(done=1), row(at=60, start="24:00.0", complete="43:00.0")), ZONE)
    assert [(problem.line, problem.field) for problem in refused.value.problems] == [
        (3, "Start Timestamp"),
        (3, "Complete Timestamp"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "2031/05/06 07:00:00.000",
        "2031/05/06 07:00:00",
        "2031/05/06 07:00",
        "2031-05-06 07:00:00",
        "2031-05-06T07:00:00.000",
        "2031-05-05T23:00:00Z",
        "2031-05-06T07:00:00+08:00",
        "2031/5/6 7:00",
    ],
)
def test_one_moment_is_read_from_every_year_first_spelling(text):
    (report,) = read(log(row(start=text)), ZONE).reports
    assert report.start.isoformat() == "2031-05-06T07:00:00"


def test_another_time_format_is_read_when_declared():
    (report,) = read(
        log(row(start="06.05.2031 07:00", complete="06.05.2031 07:30")), ZONE, time_format="d.m.Y H:M"
    ).reports
    assert report.start.isoformat() == "2031-05-06T07:00:00"


def test_an_unknown_zone_or_time_format_is_refused():
    with pytest.raises(Invalid, match="no time zone"):
        read(log(row()), "Mars/Olympus")
    with pytest.raises(Invalid, match="no time format"):
        read(log(row()), ZONE, time_format="%Y-%m-%d")


def test_a_time_at_a_change_of_the_clock_is_an_anomaly():
    found = read(
        log(row(start="2031/10/26 02:30", complete="2031/10/26 04:30", span="002:00")), "Europe/Berlin"
    )
    assert kinds(found)["clock_change"] == 1


def test_repeats_are_counted_and_kept_and_those_with_pieces_are_told_apart():
    found = read(
        log(row(done=5), row(done=5), row(at=40, kind="S"), row(at=40, kind="S"), row(at=40, kind="S")), ZONE
    )
    summary = summary_of(found)
    assert (summary.exact_repeats, summary.rows_taken, summary.pieces_completed) == (3, 5, 10)
    assert summary.anomalies == {"repeat_without_quantity": 2, "repeat_with_quantity": 1}
    assert [report.repeat_of for report in found.reports] == [None, 2, None, 4, 4]


def test_overlapping_steps_and_steps_that_end_out_of_order_are_told():
    overlap = read(log(row("A", minutes=30, done=10), row("B", at=20, minutes=30, done=10)), ZONE)
    assert kinds(overlap) == {"overlap": 1}
    within = read(log(row("A", minutes=90, done=10), row("B", at=20, minutes=30, done=10)), ZONE)
    assert kinds(within) == {"overlap": 1, "ends_out_of_order": 1}


def test_part_and_order_quantity_that_differ_within_an_order_are_told():
    found = read(log(row(done=10), row(at=40, item="Other", order="12")), ZONE)
    assert kinds(found) == {"item_differs": 1, "order_quantity_differs": 1}
    assert (found.work_orders[0].item, found.work_orders[0].order_quantity) == ("Made-up Flange", 10)


def test_names_that_are_almost_the_same_stay_two_and_are_told_once():
    found = read(
        log(
            row("Milling - Machine 3", done=10),
            row("MILLING  Machine 3", at=40),
            row("MILLING Machine 3", at=80),
        ),
        ZONE,
    )
    assert len(found.operations) == 2
    assert kinds(found)["similar_names"] == 1


def test_doubled_spaces_in_names_are_one():
    assert (
        len(read(log(row("Milling  -  Machine 3"), row("Milling - Machine 3", at=40)), ZONE).operations) == 1
    )


def test_rework_rows_are_flagged():
    found = read(log(row(done=1, rework="Y"), row(at=40, rework="y"), row(at=80, rework="")), ZONE)
    assert summary_of(found).rework_rows == 2


def test_the_header_is_found_whatever_its_order_case_blanks_and_extras():
    header = ("Extra", *reversed(HEADER), "Note")
    rows = [made | {"Extra": "e", "Note": ""} for made in three_steps()]
    plain = log(*rows, header=header, encoding="utf-8-sig")
    shouted = plain.replace(b"Work Order  Qty", b"WORK_ORDER QTY").replace(b"Part Desc.", b"part  desc")
    assert summary_of(read(shouted, ZONE)) == summary_of(read(log(*three_steps()), ZONE))


def test_a_missing_column_is_named_and_a_likely_one_shown_but_not_taken():
    wrong = log(row()).replace(b"Qty Rejected", b"Qty Reject")
    with pytest.raises(BadFile, match="Qty Rejected") as refused:
        read(wrong, ZONE)
    (problem,) = refused.value.problems
    assert "“qty reject” meant" in problem.words.en


def test_a_doubled_column_is_refused():
    with pytest.raises(BadFile, match="Qty Rejected"):
        read(log(row(), header=(*HEADER, "Qty Rejected")), ZONE)


def test_a_column_that_may_be_absent_is_told():
    header = tuple(
        name for name in HEADER if name not in ("Span", "Worker ID", "Work Order  Qty", "Resource", "Rework")
    )
    found = read(log(*three_steps(), header=header), ZONE)
    assert kinds(found) == {"column_absent": 5}
    assert summary_of(found).pieces_completed == 24


@pytest.mark.parametrize("raw", [b"", b"a,b\n1,2\n", log(), log(row(start="?"))])
def test_a_file_that_gives_no_report_is_refused(raw):
    with pytest.raises(BadFile):
        read(raw, ZONE)


@pytest.mark.parametrize(
    "options",
    [
        {"delimiter": ";"},
        {"delimiter": "\t"},
        {"encoding": "utf-16"},
        {"encoding": "gb18030"},
        {"ends": "\r\r\n"},
        {"ends": "\r"},
    ],
)
def test_the_same_log_is_read_from_every_kind_of_file(options):
    made = [each | {"Part Desc.": "法兰"} for each in three_steps()]
    assert summary_of(read(log(*made, **options), ZONE)) == summary_of(read(log(*made), ZONE))


def test_keys_survive_a_longer_file_another_order_and_a_damaged_span():
    rows = [*three_steps(), row(at=300, done=5), row(at=300, done=5)]
    keys = {report.key for report in read(log(*rows), ZONE).reports}
    assert len(keys) == 5
    later = [made | {"Span": "1/1/1900"} for made in reversed(rows)] + [row("New", at=900)]
    assert {report.key for report in read(log(*later), ZONE).reports} > keys


ACTIVITIES = ["Turning - Machine 1", "Turning QC", "Grinding  - Machine 2", "Final Inspection", "Packing"]
a_cell = st.sampled_from(["0", "0", "1", "3", "", "-1", "2.5", "x", "7.0"])
a_row = st.builds(
    row,
    st.sampled_from(ACTIVITIES),
    at=st.integers(0, 12).map(lambda n: n * 20),
    minutes=st.sampled_from([20, 20, 40, -20]),
    completed=a_cell,
    rejected=a_cell,
    mrb=a_cell,
    case=st.sampled_from(["Order A", "Order B", "Order  A"]),
    kind=st.sampled_from(["D", "D", "D", "S", "B", "d", "Q", ""]),
    rework=st.sampled_from(["", "Y", "?"]),
    item=st.sampled_from(["Flange", "Flange", "Shaft", ""]),
    order=st.sampled_from(["10", "4", "", "x"]),
    span=st.sampled_from(["000:20", "1/2/1900", "099:99", ""]),
)


def whole_number(cell):
    return int(float(cell)) if cell not in ("", "x", "2.5", "-1") else 0


@settings(max_examples=150, deadline=None)
@given(st.lists(a_row, min_size=1, max_size=25), st.randoms(use_true_random=False))
def test_no_piece_and_no_row_is_lost_or_doubled_whatever_the_dirt(made, chance: random.Random):
    rows = [row("Packing", at=999, completed="1"), *made, *chance.sample(made, len(made) // 3)]
    found = read(log(*rows), ZONE)
    summary = summary_of(found)
    good = [
        each
        for each in rows
        if not {"-1", "2.5", "x"} & {each["Qty Completed"], each["Qty Rejected"], each["Qty for MRB"]}
    ]
    work = [each for each in good if each["Report Type"].upper() == "D"]
    assert (summary.rows_read, summary.rows_taken) == (len(rows), len(good))
    assert summary.pieces_completed == sum(whole_number(each["Qty Completed"]) for each in work)
    assert summary.pieces_rejected == sum(whole_number(each["Qty Rejected"]) for each in work)
    assert summary.pieces_mrb == sum(whole_number(each["Qty for MRB"]) for each in work)
    assert summary.rows_mrb == sum(whole_number(each["Qty for MRB"]) > 0 for each in work)
    assert {report.line for order in found.work_orders for report in order.reports} == {
        report.line for report in found.reports
    }
    assert all(
        finding.origin is None or not finding.origin.inspection
        for order in found.work_orders
        for finding in order.findings
    )
    assert len({report.key for report in found.reports}) == len(good)


@settings(max_examples=60, deadline=None)
@given(st.lists(a_row, min_size=1, max_size=15), st.randoms(use_true_random=False))
def test_the_order_of_rows_in_the_file_changes_nothing_but_ties(made, chance: random.Random):
    rows = [
        each | {"Worker ID": str(place), "Complete Timestamp": f"2031/06/01 00:{place:02d}:00"}
        for place, each in enumerate([row("Packing", at=999, completed="1"), *made])
    ]
    shuffled = chance.sample(rows, len(rows))
    one, other = read(log(*rows), ZONE), read(log(*shuffled), ZONE)
    assert [order.sequence for order in one.work_orders] == [order.sequence for order in other.work_orders]
    assert one.links == other.links
    assert one.routings == other.routings
    assert {report.key for report in one.reports} == {report.key for report in other.reports}
    assert summary_of(one).pieces_rejected == summary_of(other).pieces_rejected


def test_a_workbook_is_read_like_a_text_file_and_midnight_is_a_time(tmp_path):
    rows = [*three_steps(), row("Packing", at=17 * 60, done=0, span="")]
    book = openpyxl.Workbook()
    book.active.append(HEADER)
    for made in rows:
        cells = [int(made[name]) if "Q" in name else made[name] or None for name in HEADER]
        book.active.append(
            [
                datetime.fromisoformat(cell.replace("/", "-")) if "Timestamp" in name else cell
                for name, cell in zip(HEADER, cells, strict=True)
            ]
        )
    book.save(tmp_path / "log.xlsx")
    found = read(tmp_path / "log.xlsx", ZONE)
    plain = read(log(*rows), ZONE)
    assert summary_of(found) == summary_of(plain)
    assert [report.key for report in found.reports] == [report.key for report in plain.reports]
    assert found.reports[-1].start.hour == 0
    assert summary_of(read((tmp_path / "log.xlsx").read_bytes(), ZONE)) == summary_of(plain)


def test_a_western_log_is_read_when_its_encoding_is_declared():
    raw = log(row(item="Bügel"), encoding="cp1252")
    assert read(raw, ZONE, encoding="cp1252").items == ("Bügel",)
    with pytest.raises(BadFile, match="Line 2 is neither UTF-8 nor GB18030"):
        read(raw, ZONE)
