"""Facts about loading inspection results: what is stored, that nothing is doubled, and that it reconciles."""

from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from qms.jobs import imports as jobs
from qms.models.acceptance import Characteristic, Check, Handover, Reading, Standard
from qms.models.chain import Defect, Item, Link, Lot, Site, Unit
from qms.models.imports import Import, ImportProblem
from qms.models.rejections import Hold, OriginStatement, Rejection
from qms.rules.accounts import SYSTEM
from qms.rules.errors import BadFile, Invalid, NotAllowed
from qms.workflows import imports
from tests.imports.inspection_files import flagged, labelled, mapping

LABELS = b'-1 "19/07/2030 11:55:00"\r\r\n1 "19/07/2030 12:32:00"\r\r\n-1 "20/07/2030 13:17:00"\r\r\n'


@pytest.fixture
def load(db, tmp_path):
    """Return a function that imports bytes under a mapping as the system, or as a person."""

    def run(raw, under, person=SYSTEM, names=None):
        path = tmp_path / "rows.txt"
        path.write_bytes(raw)
        with db.transaction(person, "imports.prepare") as session:
            run_id = imports.prepare(session, person, kind="inspections", file_name="rows.txt", file_sha256="0").id
        try:
            return jobs.load_inspections(db, person, run_id, path, under, names)
        finally:
            run.id = run_id

    return run


def count(db, cls):
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(cls))


def test_each_row_becomes_a_decided_hand_over_and_each_rejection_is_held(db, load):
    outcome = load(LABELS, labelled())
    assert (outcome.added, outcome.known) == (3, 0)
    with db.reading() as session:
        rows = session.scalars(select(Handover).order_by(Handover.id)).all()
        assert [(row.state, row.quantity, row.accepted, row.rejected) for row in rows] == [
            ("accepted", 1, 1, 0),
            ("rejected", 1, 0, 1),
            ("accepted", 1, 1, 0),
        ]
        assert rows[0].presented_at.isoformat() == "2030-07-19T03:55:00+00:00"
        assert [row.lot.number for row in rows] == ["D-20300719", "D-20300719", "D-20300720"]
        assert rows[0].lot.quantity == 2
        (rejection,) = session.scalars(select(Rejection)).all()
        assert (rejection.kind, rejection.state, rejection.quantity, rejection.origin_state) == (
            "not_accepted",
            "held",
            1,
            "assumed",
        )
        assert (rejection.handover_id, rejection.escape_steps, rejection.escape_class) == (rows[1].id, 1, "1")
        assert rejection.origin_unit.code == "X"
        assert session.scalars(select(Hold.quantity)).all() == [1]
        assert session.scalars(select(OriginStatement.state)).all() == ["assumed"]
        assert session.scalars(select(Check.good).order_by(Check.id)).all() == [True, False, True]


def test_what_the_mapping_names_is_made_once(db, load):
    load(LABELS, labelled())
    load(LABELS + b'1 "21/07/2030 13:17:00"\n', labelled())
    assert [count(db, cls) for cls in (Site, Unit, Link, Item, Defect)] == [1, 2, 1, 1, 2]
    assert count(db, Lot) == 3


def test_a_second_run_adds_nothing_and_a_longer_file_only_what_is_new(db, load):
    load(LABELS, labelled())
    again = load(LABELS, labelled())
    assert (again.added, again.known, again.totals.taken) == (0, 3, 3)
    longer = load(LABELS.splitlines(keepends=True)[0] + LABELS, labelled())
    assert (longer.added, longer.known) == (1, 3)
    assert (count(db, Handover), count(db, Rejection)) == (4, 1)


def test_readings_are_kept_exactly_under_a_recorded_standard(db, load):
    load(b"1.50\t-4e-3\t1\t0\t0\r\n", flagged())
    with db.reading() as session:
        standard = session.scalars(select(Standard)).one()
        assert (standard.state, standard.form_number, standard.approved_by_id) == ("recorded", "IMP-made-up", None)
        found = session.execute(
            select(Characteristic.name_en, Reading.value, Reading.unit, Reading.good)
            .join(Characteristic, Characteristic.id == Reading.characteristic_id)
            .order_by(Reading.id)
        ).all()
        assert [tuple(row) for row in found] == [
            ("w", Decimal("1.50"), "px", True),
            ("h", Decimal("-0.004"), "1", True),
        ]
        assert str(found[0][1]) == "1.50"
        assert session.scalars(select(Handover.standard_id)).one() == standard.id


def test_other_limits_make_another_revision_of_the_recorded_standard(db, load):
    load(b"1\t2\t1\t0\t0\n", flagged())
    load(b"1\t2\t0\t1\t0\n", flagged())
    load(
        b"1\t3\t0\t1\t0\n", flagged(readings=[{"column": "w", "unit": "px", "upper": 5}, {"column": "h", "unit": "1"}])
    )
    with db.reading() as session:
        assert session.scalars(select(Standard.revision).order_by(Standard.id)).all() == [1, 2]


def test_an_undated_row_carries_the_time_of_the_import_and_says_so(db, load):
    load(b"1\t2\t1\t0\t0\n", flagged())
    with db.reading() as session:
        assert "no date" in session.scalars(select(Handover.remark)).one()


def test_refused_lines_are_kept_with_their_reasons_and_the_rest_is_loaded(db, load):
    outcome = load(LABELS + b"7 now\n", labelled())
    assert (outcome.added, outcome.totals.refused) == (3, 1)
    with db.reading() as session:
        run = session.get_one(Import, load.id)
        assert (run.state, run.rows, run.taken, run.known, run.refused) == ("done", 4, 3, 0, 1)
        assert run.summary["by_defect"] == {"A": 1}
        found = session.scalars(select(ImportProblem).order_by(ImportProblem.id)).all()
        assert [(row.line, row.column) for row in found] == [(4, "time"), (4, "verdict")]


def test_a_file_that_cannot_be_taken_stores_nothing_and_is_marked_as_refused(db, load):
    with pytest.raises(BadFile):
        load(b"7 now\n", labelled())
    with db.reading() as session:
        assert session.get_one(Import, load.id).state == "refused"
        assert session.scalars(select(ImportProblem.line)).all() == [1, 1]
    assert [count(db, cls) for cls in (Handover, Site, Unit)] == [0, 0, 0]


def test_a_dry_run_tells_the_same_and_changes_nothing(db, tmp_path):
    path = tmp_path / "rows.txt"
    path.write_bytes(LABELS)
    outcome = jobs.preview_inspections(db, SYSTEM, path, labelled())
    assert (outcome.added, outcome.known, outcome.totals.rejected) == (3, 0, 1)
    assert outcome.made == ("S", "X", "Y", "I", "A", "B")
    assert [count(db, cls) for cls in (Handover, Site, Import)] == [0, 0, 0]


def test_a_dry_run_knows_what_is_there(db, load, tmp_path):
    load(LABELS, labelled())
    outcome = jobs.preview_inspections(db, SYSTEM, tmp_path / "rows.txt", labelled())
    assert (outcome.added, outcome.known, outcome.made) == (0, 3, ())


def test_several_rejected_pieces_of_a_row_are_a_rejection_for_each_defect(db, load):
    columns = {"time": "At", "lot": "Lot", "quantity": "Pieces"}
    defects = [
        {"code": "A", "en": "a", "zh": "甲", "column": "NG"},
        {"code": "B", "en": "b", "zh": "乙", "column": "Code", "severity": "CR"},
    ]
    under = mapping(columns=columns, defects=defects, marks={"pieces": True}, readings=[])
    load(b"Lot,At,Pieces,NG,Code\nL1,2031/05/06 07:00,50,3,4\nL1,2031/05/06 08:00,10,0,0\n", under)
    with db.reading() as session:
        first, second = session.scalars(select(Handover).order_by(Handover.id)).all()
        assert (first.state, first.accepted, first.rejected, second.state) == ("partly_accepted", 43, 7, "accepted")
        assert session.execute(select(Rejection.quantity, Rejection.severity).order_by(Rejection.id)).all() == [
            (4, "CR"),
            (3, "MA"),
        ]
        assert first.lot.quantity == 60


def test_a_person_needs_the_permission_and_their_grant_is_kept(db, load, plant):
    with pytest.raises(NotAllowed):
        load(LABELS, labelled(), plant.operator)
    load(LABELS, labelled(site={"code": "SH", "en": "x", "zh": "x", "zone": "Asia/Shanghai"}), plant.quality_engineer)
    with db.reading() as session:
        row = session.scalars(select(Handover).limit(1)).one()
        assert (row.site_id, row.presented_by_id, row.grant_id) == (
            plant.site,
            plant.quality_engineer.id,
            plant.quality_engineer.grants[0].id,
        )


def test_a_site_in_another_zone_is_refused(load, plant):
    other = {"code": "SH", "en": "x", "zh": "x", "zone": "Europe/Rome"}
    with pytest.raises(Invalid, match="zone"):
        load(LABELS, labelled(site=other))


def test_units_items_and_defects_that_are_there_are_used(db, load, plant):
    under = labelled(
        site={"code": "SH", "en": "x", "zh": "x", "zone": "Asia/Shanghai"},
        supplier={"code": "OP30", "en": "x", "zh": "x"},
        customer={"code": "OP90", "en": "x", "zh": "x"},
        item={"code": "BR-100", "en": "x", "zh": "x"},
        defects=[{"code": "D01", "en": "x", "zh": "x", "severity": "CR"}],
        verdict={"accept": ["-1"], "reject": ["1"], "defect": "D01"},
    )
    load(LABELS, under)
    with db.reading() as session:
        row = session.scalars(select(Rejection)).one()
        assert (row.link_id, row.item_id, row.defect_id, row.severity) == (
            plant.paint_final,
            plant.item,
            plant.burr,
            "MA",
        )
        assert row.escape_class == "F"


def test_a_run_that_was_stopped_is_begun_again_and_reconciles(db, load, tmp_path, monkeypatch):
    monkeypatch.setattr(jobs, "LINES_PER_BATCH", 20)
    rows = b"".join(b'-1 "19/07/2030 11:%02d:00"\n' % minute for minute in range(50))
    path = tmp_path / "rows.txt"
    path.write_bytes(rows)
    with db.transaction(SYSTEM, "imports.prepare") as session:
        run_id = imports.prepare(session, SYSTEM, kind="inspections", file_name="rows.txt", file_sha256="0").id

    def stop(done, _total):
        raise KeyboardInterrupt(done)

    with pytest.raises(KeyboardInterrupt):
        jobs.load_inspections(db, SYSTEM, run_id, path, labelled(), progress=stop)
    assert count(db, Handover) == 20
    outcome = jobs.load_inspections(db, SYSTEM, run_id, path, labelled())
    assert (outcome.added, outcome.known, count(db, Handover)) == (50, 0, 50)


def test_a_cancelled_run_is_marked(db, tmp_path):
    path = Path(tmp_path, "rows.txt")
    path.write_bytes(LABELS)
    with db.transaction(SYSTEM, "imports.prepare") as session:
        run_id = imports.prepare(session, SYSTEM, kind="inspections", file_name="rows.txt", file_sha256="0").id

    def cancel(_done, _total):
        raise jobs.Cancelled

    with pytest.raises(jobs.Cancelled):
        jobs.load_inspections(db, SYSTEM, run_id, path, labelled(), progress=cancel)
    with db.reading() as session:
        assert session.get_one(Import, run_id).state == "cancelled"
