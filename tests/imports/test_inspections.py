"""Facts about inspection results: what a file gives, and that its totals reconcile."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qms.imports.inspections import Totals, inspections, read
from qms.imports.mapping_toml import read_mapping
from qms.rules.errors import BadFile, Problem
from tests.imports.inspection_files import FAULTS, flagged, labelled, mapping

ROOT = Path(__file__).parents[2]
DATA = ROOT.parent / "shared" / "data"
HEAD = "Lot,At,Pieces,NG,Code,Width,Note\n"
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the public data sets are not beside the repository"
)


def lots(*rows, **changed):
    return read((HEAD + "".join(f"{row}\n" for row in rows)).encode(), mapping(**changed))


def plates(*rows, **changed):
    return read("".join("\t".join(map(str, row)) + "\r\n" for row in rows).encode(), flagged(**changed))


def labels(*rows, **changed):
    return read("".join(f'{verdict} "{at}"\r\r\n' for verdict, at in rows).encode(), labelled(**changed))


@needs_data
def test_steel_plates_give_their_published_counts():
    found = read(
        DATA / "uci-steel-plates" / "Faults.NNA", read_mapping(ROOT / "examples/mappings/steel-plates.toml")
    )
    assert (found.totals.pieces, found.totals.rejected, found.problems) == (1941, 1941, ())
    assert found.totals.by_defect == {
        "Other": 673,
        "Bumps": 402,
        "K_Scratch": 391,
        "Z_Scratch": 190,
        "Pastry": 158,
        "Stains": 72,
        "Dirtiness": 55,
    }
    assert {len(each.readings) for each in found.inspections} == {27}
    assert len({each.key for each in found.inspections}) == 1941


@needs_data
def test_secom_gives_its_published_counts():
    found = read(
        DATA / "uci-secom-labels" / "secom_labels.data", read_mapping(ROOT / "examples/mappings/secom.toml")
    )
    assert (found.totals.rows, found.totals.pieces, found.totals.rejected, found.problems) == (
        1567,
        1567,
        104,
        (),
    )
    assert len({each.key for each in found.inspections}) == 1567


def test_a_flag_is_a_rejection_of_the_piece_for_that_defect():
    found = plates((1.50, "2", 0, 1, 0), (3, "-4e-3", 1, 0, 0))
    assert found.totals.by_defect == {"Z_Mark": 1, "Dent": 1}
    first, second = found.inspections
    assert (first.lot, first.item, first.at, first.quantity, first.rejected) == ("L", "I", None, 1, 1)
    assert [(reading.column, reading.value, reading.unit) for reading in second.readings] == [
        ("w", Decimal(3), "px"),
        ("h", Decimal("-0.004"), "1"),
    ]
    assert found.totals.undated == 2


def test_two_flags_are_one_rejected_piece_under_the_graver_defect():
    graver = [
        {"code": name, "en": name, "zh": name, "column": name, "severity": "CR" if name == "K_Mark" else "MI"}
        for name in FAULTS
    ]
    found = plates((1, 2, 1, 0, 1), defects=graver)
    (piece,) = found.inspections
    assert (piece.rejected, piece.defects, piece.further) == (1, (("K_Mark", 1),), ("Dent",))
    assert (found.totals.rejected, found.totals.further_defects) == (1, 1)


def test_no_flag_is_refused_where_one_is_required_and_accepted_where_not():
    rows = ((1, 2, 0, 0, 0), (1, 2, 1, 0, 0))
    assert [(problem.line, problem.field) for problem in plates(*rows).problems] == [(1, "Dent")]
    found = plates(*rows, marks={})
    assert (found.totals.pieces, found.totals.rejected) == (2, 1)


def test_labels_accept_and_reject_one_piece_each_in_the_lot_of_their_day():
    found = labels((-1, "19/07/2030 23:55:00"), (1, "20/07/2030 00:05:00"))
    accepted, rejected = found.inspections
    assert (accepted.rejected, accepted.defects, accepted.lot) == (0, (), "D-20300719")
    assert (rejected.rejected, rejected.defects, rejected.lot) == (1, (("A", 1),), "D-20300720")
    assert accepted.at == datetime(2030, 7, 19, 15, 55, tzinfo=UTC)
    assert [each.line for each in found.inspections] == [1, 2]


def test_lots_are_gathered_by_the_rule():
    rows = [(-1, f"{day}/07/2030 10:00:00") for day in (1, 1, 2, 3, 31)]
    assert {each.lot for each in labels(*rows, lot={"rule": "month", "prefix": "M"}).inspections} == {
        "M203007"
    }
    by_two = labels(*rows, lot={"rule": "pieces", "prefix": "N", "size": 2})
    assert [each.lot for each in by_two.inspections] == ["N00001", "N00001", "N00002", "N00002", "N00003"]


def test_a_row_of_many_pieces_carries_its_quantities():
    found = lots("L1,2031/05/06 07:00,50,3,B,9.98,x", "L2,2031/05/06 08:00,20,0,,?,")
    first, second = found.inspections
    assert (first.quantity, first.rejected, first.defects, first.readings[0].value) == (
        50,
        3,
        (("B", 3),),
        Decimal("9.98"),
    )
    assert (second.quantity, second.rejected, second.defects, second.readings) == (20, 0, (), ())
    assert (found.totals.pieces, found.totals.rejected) == (70, 3)


def test_columns_of_pieces_share_out_the_rejected():
    columns = {"time": "At", "lot": "Lot", "quantity": "Pieces"}
    defects = [
        {"code": "A", "en": "a", "zh": "a", "column": "NG"},
        {"code": "B", "en": "b", "zh": "b", "column": "Code", "severity": "CR"},
    ]
    found = lots("L1,2031/05/06 07:00,50,3,4,1,", columns=columns, defects=defects, marks={"pieces": True})
    assert (found.inspections[0].rejected, found.inspections[0].defects) == (7, (("B", 4), ("A", 3)))


def test_a_reading_is_held_against_its_limits_and_the_limit_is_good():
    readings = [{"column": "Width", "unit": "mm", "lower": Decimal("1.0"), "upper": 2}]
    found = lots(
        *(f"L,2031/05/06 07:00,1,0,,{width}," for width in ("0.99", "1", "2.0", "2.1")), readings=readings
    )
    assert [each.readings[0].good for each in found.inspections] == [False, True, True, False]


def test_a_decimal_comma_is_read_where_declared():
    found = read(
        b"Lot;At;Pieces;NG;Code;Width\nL;2031/05/06 07:00;1;0;;1,25\n", mapping(file={"decimal_point": ","})
    )
    assert found.inspections[0].readings[0].value == Decimal("1.25")


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("L,2031/05/06 07:00,-1,0,,1,", "Pieces"),
        ("L,2031/05/06 07:00,0,0,,1,", "Pieces"),
        ("L,2031/05/06 07:00,1.5,0,,1,", "Pieces"),
        ("L,2031/05/06 07:00,12345678901234567890,0,,1,", "Pieces"),
        ("L,2031/05/06 07:00,,0,,1,", "Pieces"),
        ("L,24:00.0,1,0,,1,", "At"),
        ("L,,1,0,,1,", "At"),
        ("L,06/05/2031 07:00,1,0,,1,", "At"),
        (",2031/05/06 07:00,1,0,,1,", "Lot"),
        ("=1+1,2031/05/06 07:00,1,0,,1,", "Lot"),
        ("L\x07,2031/05/06 07:00,1,0,,1,", "Lot"),
        ("x" * 40_000 + ",2031/05/06 07:00,1,0,,1,", "Lot"),
        ("L,2031/05/06 07:00,1,2,A,1,", "NG"),
        ("L,2031/05/06 07:00,1,1,,1,", "Code"),
        ("L,2031/05/06 07:00,1,0,A,1,", "Code"),
        ("L,2031/05/06 07:00,1,1,C,1,", "Code"),
        ("L,2031/05/06 07:00,1,x,A,1,", "NG"),
        ("L,2031/05/06 07:00,1,0,,1e99,", "Width"),
        ("L,2031/05/06 07:00,1,0,,nan,", "Width"),
        ("L,2031/05/06 07:00,1,0,,12345678901234567890,", "Width"),
    ],
)
def test_a_wrong_cell_refuses_its_row_by_line_and_column(row, column):
    found = lots("L,2031/05/06 07:00,1,0,,1,", row)
    assert [(problem.line, problem.field) for problem in found.problems] == [(3, column)]
    assert (found.totals.rows, found.totals.taken, found.totals.refused) == (2, 1, 1)


def test_every_wrong_cell_of_a_row_is_named():
    found = lots("L,2031/05/06 07:00,1,0,,1,", ",now,x,0,,y,")
    assert {problem.field for problem in found.problems} == {"Lot", "At", "Pieces", "Width"}


@pytest.mark.parametrize(
    ("row", "column"), [((-2, "19/07/2030 11:55:00"), "verdict"), ((1, "31/02/2030 11:55:00"), "time")]
)
def test_a_wrong_label_is_refused(row, column):
    found = labels((-1, "19/07/2030 11:55:00"), row)
    assert [(problem.line, problem.field) for problem in found.problems] == [(2, column)]


def test_a_torn_row_is_refused():
    found = plates((1, 2, 1, 0, 0), (1, 2, 1), (1, 2, 1, 0, 0, 9))
    assert [problem.line for problem in found.problems] == [2, 3]


def test_names_are_taken_from_the_file_beside(tmp_path):
    beside = {"delimiter": "tab", "header": "beside", "names_file": "names"}
    (tmp_path / "rows").write_bytes(b"1\t2\t0\t1\t0\r\n")
    with pytest.raises(BadFile, match="names"):
        read(tmp_path / "rows", flagged(file=beside))
    (tmp_path / "names").write_text("\r\n".join(["w", "h", *FAULTS]))
    assert read(tmp_path / "rows", flagged(file=beside)).totals.by_defect == {"Z_Mark": 1}
    raw = (tmp_path / "rows").read_bytes()
    assert read(raw, flagged(file=beside), (tmp_path / "names").read_bytes()).totals.taken == 1
    with pytest.raises(BadFile, match="needed too"):
        read(raw, flagged(file=beside))


def test_missing_columns_are_all_named_with_the_one_that_may_be_meant():
    with pytest.raises(BadFile) as error:
        read(b"Lot,At,Piece,Code,NG\nL,x,1,0,A\n", mapping())
    assert [problem.field for problem in error.value.problems] == ["Pieces", "Width"]
    assert "“Piece” meant" in error.value.problems[0].words.en


@pytest.mark.parametrize("raw", [b"", HEAD.encode(), HEAD.encode() + b"L,x,1,0,,1,\n"])
def test_a_file_that_gives_nothing_is_refused(raw):
    with pytest.raises(BadFile):
        read(raw, mapping())


def test_keys_survive_a_longer_file_and_equal_rows_stay_distinct():
    same = "L,2031/05/06 07:00,1,0,,1,"
    short = {each.key for each in lots(same, same, same.replace("L", "M")).inspections}
    longer = {
        each.key
        for each in lots(same.replace("L", "N"), same, same, same, same.replace("L", "M")).inspections
    }
    assert len(short) == 3
    assert short < longer
    assert not short & {each.key for each in lots(same, same, source="another").inspections}


@given(
    st.lists(
        st.tuples(
            st.integers(-2, 12),
            st.integers(-1, 12),
            st.sampled_from(["", "A", "B", "C"]),
            st.sampled_from(["L", "M", ""]),
        )
    )
)
def test_totals_reconcile_whatever_the_rows(rows):
    totals = Totals()
    raw = HEAD + "".join(
        f"{lot},2031/05/06 07:00,{pieces},{bad},{code},1,\n" for pieces, bad, code, lot in rows
    )
    found = list(inspections(raw.encode(), mapping(), totals))
    good = [
        (pieces, bad, code)
        for pieces, bad, code, lot in rows
        if lot
        and pieces > 0
        and 0 <= bad <= pieces
        and ((bad > 0 and code in ("A", "B")) or (bad == 0 and not code))
    ]
    assert (totals.rows, totals.taken, totals.pieces) == (
        len(rows),
        len(good),
        sum(pieces for pieces, _, _ in good),
    )
    assert totals.rejected == totals.by_defect.total() == sum(bad for _, bad, _ in good)
    assert len({each.line for each in found if isinstance(each, Problem)}) == totals.refused
    assert Counter(each.line for each in found if not isinstance(each, Problem)).total() == totals.taken
