"""Facts about loading a production log: what is derived into records, and that no piece is lost or doubled."""

import pytest
from sqlalchemy import func, select

from qms.jobs import imports as jobs
from qms.models.acceptance import Handover
from qms.models.chain import Item, Link, Lot, Routing, RoutingStep, Site, Unit
from qms.models.imports import Import, ImportProblem, ProductionReport
from qms.models.rejections import Hold, OriginStatement, Passage, Rejection
from qms.rules.accounts import SYSTEM
from qms.rules.errors import BadFile, NotAllowed
from qms.workflows import imports
from tests.imports.production_logs import log, row, three_steps


@pytest.fixture
def load(db, tmp_path):
    """Return a function that imports a log at site SHOP as the system, or as a person."""

    def run(raw, person=SYSTEM, **choices):
        path = tmp_path / "log.csv"
        path.write_bytes(raw)
        with db.transaction(person, "imports.prepare") as session:
            run.id = imports.prepare(session, person, kind="production", file_name="log.csv", file_sha256="0").id
        return jobs.load_production(db, person, run.id, path, jobs.ProductionChoices(**({"site": "SHOP"} | choices)))

    return run


def handovers(db):
    with db.reading() as session:
        rows = session.scalars(select(Handover).order_by(Handover.lot_id, Handover.presented_at)).all()
        return [
            (
                each.supplier.name_en,
                each.customer.name_en,
                each.state,
                each.quantity,
                each.accepted,
                each.rejected,
                each.for_review,
            )
            for each in rows
        ]


def count(db, cls):
    with db.reading() as session:
        return session.scalar(select(func.count()).select_from(cls))


INSPECTED = ("Milling - Machine 3", "Milling Q.C.", "partly_accepted", 10, 7, 2, 1)
NOT_INSPECTED = ("Milling Q.C.", "Packing", "not_inspected", 7, 0, 0, 0)


def test_hand_overs_carry_the_verdict_of_an_inspection_and_none_where_nobody_inspected(db, load):
    load(log(*three_steps()))
    assert handovers(db) == [INSPECTED, NOT_INSPECTED]


def test_rejected_and_held_pieces_stay_two_rejections_with_the_producing_origin(db, load):
    load(log(*three_steps()))
    with db.reading() as session:
        rejected, held = session.scalars(select(Rejection).order_by(Rejection.id)).all()
        assert (rejected.quantity, rejected.for_review, held.quantity, held.for_review) == (2, False, 1, True)
        for found in (rejected, held):
            assert (found.kind, found.state, found.origin_state, found.escape_steps) == (
                "not_accepted",
                "held",
                "assumed",
                1,
            )
            assert (found.origin_unit.name_en, found.found_unit.name_en) == ("Milling - Machine 3", "Milling Q.C.")
            assert found.handover.customer_id == found.found_unit_id
    assert (count(db, Hold), count(db, OriginStatement)) == (2, 2)


def test_a_producing_operation_that_rejects_has_not_made_it_and_it_is_its_own_origin(db, load):
    load(log(row("Milling - Machine 3", done=9, rejected=1)))
    with db.reading() as session:
        found = session.scalars(select(Rejection)).one()
        assert (found.kind, found.escape_class, found.escape_steps, found.handover_id) == ("not_made", "0", 0, None)
        assert found.origin_unit_id == found.found_unit_id


def test_an_inspection_without_a_producing_step_leaves_the_origin_unknown(db, load):
    load(log(row("Milling QC", done=9, rejected=1)))
    with db.reading() as session:
        found = session.scalars(select(Rejection)).one()
        assert (found.origin_unit_id, found.origin_state, found.escape_class) == (None, "unknown", "unknown")
    assert count(db, OriginStatement) == 0


def test_operations_between_origin_and_detection_are_kept_as_passed(db, load):
    load(
        log(
            row("Milling", done=10),
            row("Milling QC", at=40, done=10),
            row("Final Inspection", at=80, done=9, rejected=1),
        )
    )
    with db.reading() as session:
        found = session.scalars(select(Rejection)).one()
        assert (found.escape_steps, found.escape_class) == (2, "F")
        assert [(each.position, each.unit.name_en) for each in session.scalars(select(Passage))] == [(1, "Milling QC")]


def test_every_report_is_kept_with_its_kind_and_rework_mark(db, load):
    load(log(row("A", done=10, rework="Y"), row("B", at=40, kind="S", done=3), row("B", at=80, kind="B")))
    with db.reading() as session:
        rows = session.scalars(select(ProductionReport).order_by(ProductionReport.line)).all()
        assert [(each.kind, each.completed, each.rework) for each in rows] == [
            ("D", 10, True),
            ("S", 3, False),
            ("B", 0, False),
        ]
        assert session.scalars(select(Handover.rework)).all() == [True]


def test_the_chain_is_proposed_with_its_counts(db, load):
    rows = [{**made, "Case ID": f"Order {number}"} for number in range(3) for made in three_steps()]
    load(log(*rows))
    with db.reading() as session:
        links = session.scalars(select(Link).order_by(Link.id)).all()
        assert [
            (each.supplier.name_en, each.customer.name_en, each.observed, each.proposed, each.source) for each in links
        ] == [("Milling - Machine 3", "Milling Q.C.", 3, True, "log"), ("Milling Q.C.", "Packing", 3, True, "log")]
        routing = session.scalars(select(Routing)).one()
        assert (routing.observed, routing.proposed, routing.source) == (3, True, "log")
        steps = session.scalars(select(RoutingStep).order_by(RoutingStep.position))
        assert [each.unit.name_en for each in steps] == ["Milling - Machine 3", "Milling Q.C.", "Packing"]
        inspecting = session.scalars(select(Unit.name_en).where(Unit.inspects)).all()
        assert inspecting == ["Milling Q.C."]
    assert [count(db, cls) for cls in (Site, Item, Lot)] == [1, 1, 3]


def test_a_second_run_adds_nothing(db, load):
    load(log(*three_steps()))
    again = load(log(*three_steps()))
    assert (again.added, again.known) == (0, 3)
    assert handovers(db) == [INSPECTED, NOT_INSPECTED]
    assert [count(db, cls) for cls in (ProductionReport, Rejection, Link, Routing)] == [3, 2, 2, 1]
    with db.reading() as session:
        run = session.get_one(Import, load.id)
        assert (run.state, run.rows, run.taken, run.known) == ("done", 3, 0, 3)


def test_a_longer_log_brings_its_orders_up_to_date(db, load):
    first, inspected, packed = three_steps()
    load(log(first, inspected))
    assert handovers(db) == [INSPECTED]
    load(log(first, inspected, packed))
    assert handovers(db) == [INSPECTED, NOT_INSPECTED]


def test_the_next_log_without_the_earlier_rows_joins_on_to_them(db, load):
    first, inspected, packed = three_steps()
    load(log(first))
    load(log(inspected))
    load(log(packed))
    assert handovers(db) == [INSPECTED, NOT_INSPECTED]
    with db.reading() as session:
        assert {each.origin_unit.name_en for each in session.scalars(select(Rejection))} == {"Milling - Machine 3"}


def test_the_origin_is_corrected_when_the_producing_step_comes_later(db, load):
    first, inspected, _packed = three_steps()
    load(log(inspected))
    load(log(first))
    with db.reading() as session:
        for found in session.scalars(select(Rejection)):
            assert (found.origin_state, found.origin_unit.name_en, found.escape_steps) == (
                "assumed",
                "Milling - Machine 3",
                1,
            )
    assert handovers(db) == [INSPECTED]


def test_a_report_that_begins_a_step_earlier_moves_the_hand_over_and_doubles_none(db, load):
    first, _inspected, packed = three_steps()
    load(log(first, packed))
    load(log(row("Packing", at=70, minutes=5, done=1)))
    assert handovers(db) == [("Milling - Machine 3", "Packing", "not_inspected", 10, 0, 0, 0)]


def test_a_step_between_two_others_takes_the_hand_over_apart(db, load):
    first, inspected, packed = three_steps()
    load(log(first, packed))
    load(log(inspected))
    assert handovers(db) == [INSPECTED, NOT_INSPECTED]


def test_a_hand_over_of_nothing_is_a_link_and_no_record(db, load):
    outcome = load(log(row("A", kind="S"), row("B", at=40, done=5)))
    assert outcome.summary.hand_overs == 1
    assert (count(db, Link), count(db, Handover)) == (1, 0)


def test_an_operation_that_the_site_knows_inspects_as_the_site_says(db, load):
    load(log(*three_steps()))
    with db.transaction(SYSTEM, "tests.change") as session:
        session.scalars(select(Unit).where(Unit.name_en == "Packing")).one().inspects = True
    outcome = load(log(*three_steps(), row("Packing", case="Order B", done=3)))
    assert outcome.summary.inspections == 2
    assert handovers(db)[1] == ("Milling Q.C.", "Packing", "accepted", 7, 7, 0, 0)


def test_refused_rows_and_anomalies_are_kept_with_line_and_column(db, load):
    load(log(*three_steps(), row(at=200, done=-1), row("Packing", at=300, kind="Q")))
    with db.reading() as session:
        found = session.execute(
            select(ImportProblem.line, ImportProblem.column, ImportProblem.kind).order_by(ImportProblem.id)
        ).all()
        assert [tuple(each) for each in found] == [
            (5, "Qty Completed", "quantity"),
            (6, "Report Type", "report_type_unknown"),
        ]
        run = session.get_one(Import, load.id)
        assert (run.rows, run.taken, run.refused) == (5, 4, 1)
        assert ["Rows refused", "拒绝导入的行数", 1] in run.summary["figures"]


def test_a_log_that_excel_destroyed_stores_nothing(db, load):
    with pytest.raises(BadFile, match="Excel destroyed"):
        load(log(*three_steps(), row(at=200, start="24:00.0")))
    with db.reading() as session:
        assert session.get_one(Import, load.id).state == "refused"
    assert [count(db, cls) for cls in (Site, ProductionReport)] == [0, 0]


def test_a_dry_run_changes_nothing(db, load, tmp_path):
    path = tmp_path / "dry.csv"
    path.write_bytes(log(*three_steps()))
    choices = jobs.ProductionChoices("SHOP")
    outcome = jobs.preview_production(db, SYSTEM, path, choices)
    assert (outcome.added, outcome.known, count(db, Site)) == (3, 0, 0)
    load(log(*three_steps()))
    outcome = jobs.preview_production(db, SYSTEM, path, choices)
    assert (outcome.added, outcome.known) == (0, 3)


def test_times_are_read_in_the_zone_of_the_site(db, load):
    load(log(*three_steps()), zone="Europe/Rome")
    with db.reading() as session:
        first = session.scalars(select(ProductionReport.started_at).order_by(ProductionReport.started_at)).first()
        assert first.isoformat() == "2031-05-06T05:00:00+00:00"
        assert session.scalars(select(Site.time_zone)).one() == "Europe/Rome"


def test_the_pieces_of_records_and_log_are_the_same_whatever_the_dirt(db, load):
    rows = [
        row(
            f"{name} - Machine {number}" if number else f"{name} QC",
            at=number * 7 + place,
            done=place % 5,
            rejected=place % 3,
            mrb=place % 2,
            kind="DSDBD"[place % 5],
            case=f"Order {place % 4}",
        )
        for place in range(30)
        for number, name in ((place % 3, "Turning"),)
    ]
    summary = load(log(*rows, *rows[3:9])).summary
    with db.reading() as session:
        stored = session.execute(
            select(Rejection.for_review, func.sum(Rejection.quantity), func.count())
            .group_by(Rejection.for_review)
            .order_by(Rejection.for_review)
        ).all()
        assert [tuple(each) for each in stored] == [
            (False, summary.pieces_rejected, summary.rows_rejected),
            (True, summary.pieces_mrb, summary.rows_mrb),
        ]
        assert session.scalar(select(func.sum(Hold.quantity))) == summary.pieces_rejected + summary.pieces_mrb
        assert session.scalar(select(func.count()).where(Rejection.origin_unit_id == Unit.id, Unit.inspects)) == 0
    assert count(db, ProductionReport) == summary.rows_read


def test_only_someone_who_may_import_can(load, plant):
    with pytest.raises(NotAllowed):
        load(log(*three_steps()), plant.operator, site="SH")
    assert load(log(*three_steps()), plant.quality_engineer, site="SH").added == 3


def test_what_a_person_decided_since_stays_where_the_log_knows_no_verdict(db, load):
    load(log(*three_steps()))
    with db.transaction(SYSTEM, "tests.decide") as session:
        decided = session.scalars(select(Handover).where(Handover.state == "not_inspected")).one()
        decided.state, decided.accepted = "accepted", 7
        decided.decided_at, decided.decided_by_id = decided.presented_at, SYSTEM.id
    load(log(*three_steps(), row("Milling Q.C.", at=70, minutes=5, done=2)))
    assert handovers(db)[1] == ("Milling Q.C.", "Packing", "accepted", 9, 7, 0, 0)


def test_an_origin_of_which_a_person_spoke_stays(db, load):
    first, inspected, _packed = three_steps()
    load(log(inspected))
    with db.transaction(SYSTEM, "tests.speak") as session:
        for found in session.scalars(select(Rejection)):
            session.add(OriginStatement(rejection_id=found.id, state="assumed", unit_id=None, person_id=SYSTEM.id,
                                        at=found.found_at, reason="seen at the machine"))
    load(log(first))
    with db.reading() as session:
        assert session.scalars(select(Rejection.origin_unit_id)).all() == [None, None]
